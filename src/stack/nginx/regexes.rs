//! Which words nginx takes for regular expressions, as its modules do.

use crate::load::Workspace;
use crate::tree::{NodeRef, Text};
use crate::value::{NginxCondition, nginx_condition};

/// A regular expression.
#[derive(Debug)]
pub struct Pattern<'a> {
    /// The directive, or the line of a `map`.
    pub node: NodeRef<'a>,
    /// The expression.
    pub text: Text<'a>,
    /// Whether it matches in any case.
    pub caseless: bool,
    /// Whether its named groups become variables.
    pub names: bool,
}

/// The regular expressions in the arguments of a directive, or in the lines of a `map`.
pub fn patterns<'a>(files: &'a Workspace, node: NodeRef<'a>) -> Vec<Pattern<'a>> {
    match node.name() {
        "location" => location(node).into_iter().collect(),
        "server_name" => marked_names(node, true),
        "valid_referers" => marked_names(node, false),
        "rewrite" => first(node, true).into_iter().collect(),
        "fastcgi_split_path_info" => first(node, false).into_iter().collect(),
        "if" => condition(node).into_iter().collect(),
        "map" => lines(files, node).filter_map(map_line).collect(),
        "proxy_redirect" | "proxy_cookie_path" => marked(node, 0, true).into_iter().collect(),
        "proxy_cookie_domain" | "proxy_cookie_flags" => marked(node, 0, false).into_iter().collect(),
        "gzip_disable" => all(node),
        _ => Vec::new(),
    }
}

/// The lines of a block that holds data, those of files included there too.
pub(crate) fn lines<'a>(files: &'a Workspace, block: NodeRef<'a>) -> impl Iterator<Item = NodeRef<'a>> {
    block.children().flat_map(move |line| {
        let included = if line.name() == "include" { files.includes.get(&line.at()) } else { None };
        let inside = included.into_iter().flat_map(|inclusion| &inclusion.files);
        std::iter::once(line).chain(inside.flat_map(|&file| files.tree(file).top()))
    })
}

/// `location ~ x`, and `location ~x` in one word.
fn location(node: NodeRef<'_>) -> Option<Pattern<'_>> {
    match node.words().len() {
        2 => {
            let modifier = node.arg(0)?;
            let caseless = modifier == "~*";
            let text = Text::arg(node, 1).filter(|_| caseless || modifier == "~")?;
            Some(Pattern { node, text, caseless, names: true })
        }
        1 => marked(node, 0, true),
        _ => None,
    }
}

/// An argument that begins with `~`; with `~*` it matches in any case, where that is known (`star`).
fn marked(node: NodeRef<'_>, index: usize, star: bool) -> Option<Pattern<'_>> {
    let text = Text::arg(node, index)?;
    marked_text(node, &text, star)
}

fn marked_text<'a>(node: NodeRef<'a>, text: &Text<'a>, star: bool) -> Option<Pattern<'a>> {
    let rest = text.value.strip_prefix('~')?;
    let any_case = star && rest.starts_with('*');
    // Where no `~*` is known, all match in any case.
    Some(Pattern {
        node,
        text: text.from(1 + usize::from(any_case)),
        caseless: any_case || !star,
        names: true,
    })
}

/// The arguments that begin with `~`. A name with a capital letter matches in any case, a referer always.
fn marked_names(node: NodeRef<'_>, names: bool) -> Vec<Pattern<'_>> {
    let all = (0..node.words().len()).filter_map(|index| marked(node, index, false));
    let given = all.filter(|pattern| !pattern.text.value.is_empty());
    let told = given.map(|pattern| {
        let capital = pattern.text.value.bytes().any(|byte| byte.is_ascii_uppercase());
        Pattern { caseless: !names || capital, names, ..pattern }
    });
    told.collect()
}

fn first(node: NodeRef<'_>, names: bool) -> Option<Pattern<'_>> {
    Some(Pattern { node, text: Text::arg(node, 0)?, caseless: false, names })
}

fn condition(node: NodeRef<'_>) -> Option<Pattern<'_>> {
    let words: Vec<_> = node.args().collect();
    let Ok(NginxCondition::Match(_, part, caseless)) = nginx_condition(&words) else { return None };
    let text = Text::arg(node, part.index)?.part(part.bytes);
    Some(Pattern { node, text, caseless, names: true })
}

/// A line of a `map`, which has a value, too.
fn map_line(line: NodeRef<'_>) -> Option<Pattern<'_>> {
    if line.words().len() != 1 {
        return None;
    }
    marked_text(line, &Text::of(line, line.raw().name), true)
}

/// All arguments but the name of an old browser.
fn all(node: NodeRef<'_>) -> Vec<Pattern<'_>> {
    let texts = node.words().iter().map(|&word| Text::of(node, word));
    let given = texts.filter(|text| !matches!(&*text.value, "msie6" | "degradation"));
    given.map(|text| Pattern { node, text, caseless: true, names: false }).collect()
}
