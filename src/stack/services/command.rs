//! Command lines that start what listens: which program it is, and what its options say.

use std::collections::HashMap;
use std::path::Path;

use super::text::{self, Said};
use super::{App, Told};
use crate::source::Span;
use crate::vocabulary::{Program, program};

/// The variables a command line sees.
#[derive(Debug, Default)]
pub(super) struct Environment {
    /// Those that are set in sight.
    pub(super) known: HashMap<String, Said>,
}

impl Environment {
    /// Takes in words such as `PORT=3000`.
    pub(super) fn read(words: Vec<Said>) -> Self {
        let mut known = HashMap::new();
        for word in words {
            if let Some((name, _)) = word.known().and_then(|text| text.split_once('=')) {
                known.insert(name.to_owned(), word.behind(name.len() + 1));
            }
        }
        Self { known }
    }

    /// Puts in variables; a word with one that is not known is not known.
    fn expand(&self, word: Said) -> Said {
        let Some(text) = word.text.as_deref().filter(|text| text.contains('$')) else { return word };
        Said { plain: false, text: self.expanded(text), ..word }
    }

    fn expanded(&self, text: &str) -> Option<String> {
        let mut parts = text.split('$');
        let mut out = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (name, rest) = if let Some(inner) = part.strip_prefix('{') {
                inner.split_once('}')?
            } else {
                let end = part.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
                part.split_at(end.unwrap_or(part.len()))
            };
            out.push_str(self.known.get(name)?.known()?);
            out.push_str(rest);
        }
        Some(out)
    }
}

/// The program a command line starts, and what it is told; `None` when it is none that is known.
pub(super) fn read(name: &str, words: Vec<Said>, environment: &Environment) -> Option<App> {
    let words: Vec<Said> = words.into_iter().map(|word| environment.expand(word)).collect();
    let words = inside_shell(words);
    let (program, at) = find_program(&words)?;
    let span = words.first()?.span.to(words.last()?.span);
    let mut app = App::new(program, name, span);
    options(&mut app, program, &words[at + 1..]);
    from_environment(&mut app, program, environment);
    Some(app)
}

/// `/bin/sh -c "exec gunicorn …"` is what stands in the quotes.
fn inside_shell(words: Vec<Said>) -> Vec<Said> {
    let name = |at: usize| words.get(at).and_then(|word: &Said| word.known()).unwrap_or_default();
    let is_shell = matches!(name(0).rsplit('/').next(), Some("sh" | "bash" | "dash"));
    let Some(script) =
        words.get(2).filter(|_| is_shell && name(1).starts_with('-') && name(1).ends_with('c'))
    else {
        return words;
    };
    let Some(text) = script.known() else { return vec![script.clone()] };
    let inner = text::words(text, script.span.lo);
    if script.plain {
        return inner;
    }
    inner.into_iter().map(|word| Said { span: script.span, plain: false, ..word }).collect()
}

/// The program: the first word, or behind what only starts others (`env`, `python -m`, `bundle exec`).
fn find_program(words: &[Said]) -> Option<(&'static Program, usize)> {
    let named = |at: usize| {
        words
            .get(at)
            .and_then(Said::known)
            .map(|word| word.trim_start_matches(['-', '@', ':', '+', '!', '|']))
    };
    (0..words.len().min(8)).find_map(|at| {
        let word = named(at)?;
        let behind_path = at == 0 || word.contains('/') || !named(at - 1)?.starts_with("--");
        program(word).filter(|_| behind_path).map(|program| (program, at))
    })
}

/// Reads `--bind x`, `--bind=x`, `-b x` and `-bx`.
fn options(app: &mut App, program: &Program, words: &[Said]) {
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        let Some(text) = word.known() else {
            // More options are in what is not known.
            app.open = true;
            continue;
        };
        if let Some(key) = program.key(text) {
            match rest.next() {
                Some(value) => app.say(key, value.clone(), word.span.to(value.span)),
                None => app.open = true,
            }
        } else if let Some((name, key)) =
            text.split_once('=').and_then(|(name, _)| Some((name, program.key(name)?)))
        {
            app.say(key, word.behind(name.len() + 1), word.span);
        } else if let Some(key) = text
            .get(..2)
            .filter(|name| name.starts_with('-') && *name != "--")
            .and_then(|name| program.key(name))
        {
            app.say(key, word.behind(2), word.span);
        } else if matches!(program.name, "uwsgi" | "pm2") && Told::when_named(Path::new(text)).is_some() {
            app.say("config", word.clone(), word.span);
        }
    }
}

/// What these programs take from variables: `PORT` of most, `ASPNETCORE_URLS` of none of them.
fn from_environment(app: &mut App, program: &Program, environment: &Environment) {
    if matches!(program.name, "node" | "pm2" | "puma" | "gunicorn" | "rails")
        && let Some(port) = environment.known.get("PORT")
        && app.get("bind").is_none()
        && app.get("port").is_none()
    {
        app.say("port", port.clone(), port.span);
        app.assumed = matches!(program.name, "node" | "pm2");
    }
    if program.name == "gunicorn"
        && let Some(said) = environment.known.get("GUNICORN_CMD_ARGS")
    {
        match said.known().filter(|_| said.plain) {
            Some(text) => options(app, program, &text::words(text, said.span.lo)),
            None => app.open = true,
        }
    }
}

/// The words of a command line that stands alone, as in a Procfile.
pub(super) fn words(text: &str, lo: u32) -> Vec<Said> {
    text::words(text, lo)
}

/// A setting: its key, what it says, and where.
#[derive(Debug, Clone)]
pub struct Setting {
    /// What the program calls it: `bind`, `timeout`, `harakiri`.
    pub key: String,
    /// Its value.
    pub value: Said,
    /// From its name to the end of its value.
    pub span: Span,
    /// Whether it stands on a command line, which wins over a file.
    pub on_command_line: bool,
}
