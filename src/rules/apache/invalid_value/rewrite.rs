//! `RewriteBase`, `RewriteOptions`, `RewriteMap`.

use super::super::lines::{Fault, is_filled_in, part};
use crate::spelling::closest;
use crate::stack::apache::Command;
use crate::value::rewrite_line;
use crate::vocabulary::{INTERNAL_MAPS, REWRITE_OPTIONS};

/// A line with one word.
pub(super) fn line(command: &Command<'_>) -> Option<Fault> {
    let line = command.line().filter(|line| !command.args.is_empty() && !line.text.contains("{{"))?;
    if rewrite_line(&line.text).is_some() {
        return None;
    }
    let text = line.text.trim();
    let (name, lacks) = if command.node.is("RewriteRule") {
        ("RewriteRule", "a pattern and no place to rewrite to")
    } else {
        ("RewriteCond", "something to test and no pattern")
    };
    let says = if text.starts_with(['"', '\'']) {
        format!("`{name}` ends within its first word: a quote is not closed")
    } else {
        format!("`{name}` has {lacks}")
    };
    let fault = Fault::new(command.head(), says, format!("{name}: bad argument line '{text}'"))
        .label("ends too early");
    Some(match text.find('}').filter(|at| text.starts_with("%{") && at + 1 < text.len()) {
        Some(at) => fault.help(format!("write a blank between `{}` and `{}`", &text[..=at], &text[at + 1..])),
        None => fault,
    })
}

/// `RewriteBase /path`.
pub(super) fn base(command: &Command<'_>) -> Option<Fault> {
    let [arg] = command.args else { return None };
    let text = arg.value.as_str();
    if text.starts_with('/') || text.is_empty() || is_filled_in(text) {
        return None;
    }
    let fault = Fault::new(
        arg.span,
        format!("`{text}` is no path: it does not begin with `/`"),
        "RewriteBase: argument is not a valid URL",
    );
    Some(if text.contains("://") {
        fault
    } else {
        fault.help(format!("write `RewriteBase /{}`", text.trim_start_matches("./")))
    })
}

/// `RewriteOptions word …`.
pub(super) fn options(command: &Command<'_>) -> Option<Fault> {
    command.args.iter().find_map(|arg| {
        let text = arg.value.as_str();
        let known = REWRITE_OPTIONS.iter().any(|word| word.eq_ignore_ascii_case(text));
        if known || text.to_ascii_lowercase().starts_with("maxredirects=") || is_filled_in(text) {
            return None;
        }
        let fault = Fault::new(
            arg.span,
            format!("mod_rewrite has no option `{text}`"),
            format!("RewriteOptions: unknown option '{text}'"),
        );
        Some(match closest(text, REWRITE_OPTIONS.iter().copied()) {
            Some(meant) => fault.meant(arg.plain, meant),
            None => fault,
        })
    })
}

/// `RewriteMap name int:function`; whether the files of other maps are there is not asked.
pub(super) fn map(command: &Command<'_>) -> Option<Fault> {
    let arg = command.args.get(1)?;
    let function = arg.value.get(4..).filter(|_| arg.value[..4].eq_ignore_ascii_case("int:"))?;
    if INTERNAL_MAPS.contains(&function) || is_filled_in(function) {
        return None;
    }
    let at = 4..arg.value.len();
    let log = format!("RewriteMap: internal map not found:{function}");
    let fault = Fault::new(part(arg, &at), format!("mod_rewrite has no function `{function}`"), log);
    let lower = function.to_ascii_lowercase();
    let same = INTERNAL_MAPS.iter().copied().find(|known| *known == lower);
    Some(match same.or_else(|| closest(function, INTERNAL_MAPS.iter().copied())) {
        Some(meant) => fault.meant(arg.part(4, arg.value.len()), meant),
        None => fault.help("there are `tolower`, `toupper`, `escape` and `unescape`"),
    })
}
