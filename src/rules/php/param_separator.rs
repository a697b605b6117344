//! `php/param-separator`: `fastcgi_param PHP_VALUE` holds two settings on one line.

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::tree::NodeRef;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "php/param-separator",
    severity: Severity::Warning,
    summary: "two settings on one line of fastcgi_param PHP_VALUE, of which PHP takes one or none",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/php/param-separator.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let places = context.stack.nginx.iter().flat_map(|nginx| nginx.places(context.files));
    for node in places.map(|place| place.node).filter(|node| node.name() == "fastcgi_param") {
        let named = node.arg(0).is_some_and(|name| name == "PHP_VALUE" || name == "PHP_ADMIN_VALUE");
        if named {
            sink.report_once(finding(node));
        }
    }
}

/// What PHP makes of a line with two settings.
enum Lost<'a> {
    /// A `;` begins a comment: what is behind it is lost.
    Rest(&'a str),
    /// A second `=` is an error of syntax: nothing is set.
    All,
}

fn finding(node: NodeRef<'_>) -> Option<Diagnostic> {
    let text = node.arg(1).filter(|text| !text.contains('$'))?;
    let span = node.arg_span(1)?;
    let lost = text.lines().find_map(lost)?;
    let (message, logs) = match lost {
        Lost::Rest(rest) => {
            (format!("a `;` begins a comment: PHP does not see `{rest}`"), "PHP logs nothing".to_owned())
        }
        Lost::All => (
            "a line with two `=` is an error of syntax: PHP sets nothing of it".to_owned(),
            "FPM logs: PHP:  syntax error, unexpected '=' in Unknown on line 1".to_owned(),
        ),
    };
    Some(
        Diagnostic::new(span, message, "two settings on one line")
            .note(logs)
            .help(r#"write each on a line of its own: `"memory_limit=256M \n max_execution_time=60"`"#)
            .fix(fix(node, &lost)),
    )
}

/// What PHP loses of a line.
fn lost(line: &str) -> Option<Lost<'_>> {
    let (_, value) = line.split_once('=')?;
    let value = value.trim_start();
    // Within quotes both signs are text.
    let open = match value.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"')?.1,
        None => value,
    };
    let (seen, comment) = open.split_once(';').unwrap_or((open, ""));
    if seen.contains('=') {
        return Some(Lost::All);
    }
    let name = comment.split_once('=')?.0.trim();
    let is_name =
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.".contains(&byte));
    is_name.then(|| Lost::Rest(comment.trim()))
}

/// A line break in the place of the one `;`.
fn fix(node: NodeRef<'_>, lost: &Lost<'_>) -> Option<Fix> {
    let Lost::Rest(rest) = lost else { return None };
    let span = node.plain_span(1)?;
    let text = node.tree.slice(span);
    let mut signs = text.match_indices(';');
    let (at, _) = signs.next().filter(|_| signs.next().is_none())?;
    let lo = span.lo + u32::try_from(at).ok()?;
    Some(Fix::risky(format!("set `{rest}` too"), vec![Edit::replace(Span::new(lo, lo + 1), r"\n")]))
}

#[cfg(test)]
mod tests {
    use super::{Lost, lost};

    #[test]
    fn one_setting_a_line_is_fine() {
        for line in ["a=1", "a = \"x=y; b=2\"", "a=1 ; why", "session.save_path=\"tcp://h?auth=x\"", ""] {
            assert!(lost(line).is_none(), "{line}");
        }
        assert!(matches!(lost("a=1; b=2"), Some(Lost::Rest("b=2"))));
        assert!(matches!(lost("a=1 b=2"), Some(Lost::All)));
    }
}
