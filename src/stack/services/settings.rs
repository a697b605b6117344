//! Configurations of application servers: `gunicorn.conf.py`, uWSGI's ini, PM2's ecosystem files. They are read as
//! text and never run; what is not a plain value is not known.

use std::path::Path;

use super::command::Setting;
use super::text::{self, Said};
use crate::source::Span;
use crate::tree::Tree;

/// The settings of a `gunicorn.conf.py`: what is assigned outside of all blocks. A name that is also assigned inside
/// of one is not known.
pub(super) fn gunicorn(tree: &Tree) -> Vec<Setting> {
    let mut found: Vec<Setting> = Vec::new();
    let mut lo = tree.base;
    for line in tree.text.split_inclusive('\n') {
        let begin = lo;
        lo += line.len() as u32;
        let Some((name, value)) = line.split_once('=').filter(|(_, value)| !value.starts_with('=')) else {
            continue;
        };
        let key = name.trim();
        if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            continue;
        }
        let indented = name.starts_with([' ', '\t']);
        let from = begin as usize - tree.base as usize + (line.len() - value.trim_start().len());
        for said in python(&tree.text[from..], tree.base + from as u32) {
            let said = if indented { Said { text: None, ..said } } else { said };
            let name_at = begin + (name.len() - name.trim_start().len()) as u32;
            let span = Span::new(name_at, said.span.hi);
            found.retain(|old| old.key != key || old.span.lo == span.lo);
            found.push(Setting { key: key.to_owned(), value: said, span, on_command_line: false });
        }
    }
    found
}

/// The strings or the number of a Python expression that is nothing but them.
fn python(text: &str, lo: u32) -> Vec<Said> {
    let first_line = text.lines().next().unwrap_or_default();
    let unknown = || {
        vec![Said { text: None, span: Span::new(lo, lo + first_line.trim_end().len() as u32), plain: false }]
    };
    let Some(list) = text.strip_prefix(['[', '(']) else {
        return match python_value(first_line) {
            Some((value, offset)) => vec![Said::plain(value, lo + offset)],
            None => unknown(),
        };
    };
    let Some(end) = list.find([']', ')']) else { return unknown() };
    let mut found = Vec::new();
    let mut at = lo + 1;
    for part in list[..end].split(',') {
        let indent = (part.len() - part.trim_start().len()) as u32;
        match python_value(part.trim()) {
            Some((value, offset)) => found.push(Said::plain(value, at + indent + offset)),
            None if part.trim().is_empty() => {}
            None => return unknown(),
        }
        at += part.len() as u32 + 1;
    }
    found
}

/// A string or a number, and where it begins.
fn python_value(text: &str) -> Option<(&str, u32)> {
    let text = text.trim_end();
    if let Some(quote) = text.chars().next().filter(|&c| c == '"' || c == '\'') {
        let inner = &text[1..];
        let end = inner.find(quote)?;
        let rest = inner[end + 1..].trim_start();
        let alone = rest.is_empty() || rest.starts_with('#');
        return (alone && end > 0 && !inner[..end].contains('\\')).then_some((&inner[..end], 1));
    }
    let number = text.split('#').next().unwrap_or_default().trim_end();
    let is_number = number.starts_with(|c: char| c.is_ascii_digit())
        && number.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_number.then_some((number, 0))
}

/// The settings of an ini of uWSGI, and whether more is said elsewhere.
pub(super) fn uwsgi(tree: &Tree, path: &Path) -> (Vec<Setting>, bool) {
    let entries = text::entries(tree);
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let own = |name: &str| {
        let entry = entries.iter().find(|entry| entry.section == "uwsgi" && entry.key == name)?;
        let value = tree.slice(entry.value);
        (!value.contains(['%', '$', '@'])).then_some(value)
    };
    let mut open = false;
    let mut found = Vec::new();
    for entry in entries.iter().filter(|entry| entry.section == "uwsgi") {
        open |= matches!(entry.key.as_str(), "ini" | "include" | "inherit" | "xml" | "yaml")
            || entry.key.starts_with("if-");
        let said = Said::plain(tree.slice(entry.value), entry.value.lo);
        let value = match said.text.as_deref() {
            Some(text) if text.contains(['%', '$', '@']) => {
                Said { text: fill_in(text, &stem, own), plain: false, ..said }
            }
            _ => said,
        };
        found.push(Setting { key: entry.key.clone(), value, span: entry.span, on_command_line: false });
    }
    (found, open)
}

/// `%n` is the name of the file without its end, `%(base)` another value of it.
fn fill_in<'a>(text: &str, stem: &str, own: impl Fn(&str) -> Option<&'a str>) -> Option<String> {
    let mut parts = text.split('%');
    let mut out = parts.next()?.to_owned();
    for part in parts {
        if let Some(inner) = part.strip_prefix('(') {
            let (name, rest) = inner.split_once(')')?;
            out.push_str(own(name)?);
            out.push_str(rest);
        } else {
            out.push_str(stem);
            out.push_str(part.strip_prefix('n')?);
        }
    }
    (!out.contains("$(") && !out.contains("@(")).then_some(out)
}

/// The ports an ecosystem file gives its programs: `PORT: 3000`, `"PORT": "3000"`, and where they stand.
pub(super) fn pm2(tree: &Tree) -> Vec<Said> {
    let text = &*tree.text;
    let names = text.match_indices("PORT").filter(|(at, _)| {
        let before = text[..*at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '.' || c == '$')
    });
    names
        .filter_map(|(at, name)| {
            let rest = &text[at + name.len()..];
            let value = rest.trim_start_matches(['"', '\'']).trim_start().strip_prefix(':')?;
            let value = value.trim_start_matches([' ', '\t', '"', '\'']);
            let end = value.find(|c: char| !c.is_ascii_digit()).unwrap_or(value.len());
            let lo = tree.base + (text.len() - value.len()) as u32;
            if end == 0 || value[end..].starts_with(|c: char| c.is_alphanumeric() || c == '_') {
                return Some(Said { text: None, span: Span::at(lo), plain: false });
            }
            Some(Said::plain(&value[..end], lo))
        })
        .collect()
}
