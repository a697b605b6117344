//! `apache/argument-count`: a directive with too few arguments, or too many.

use super::outcome::{logs, outcome};
use super::standing::{Standing, is_plain};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::stack::apache::Place;
use crate::tree::NodeRef;
use crate::vocabulary::{ApacheArgs, ApacheWord};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "apache/argument-count",
    severity: Severity::Error,
    summary: "a directive of Apache with too few arguments or too many, a comment behind them among those",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/apache/argument-count.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for standing in Standing::all(context) {
        for place in standing.places(context) {
            let Some(word) = standing.accepted(&place) else { continue };
            let Some(complaint) = complaint(&place, word) else { continue };
            if is_written(&place) && !has_own_rule(&place) {
                sink.report_once(finding(context, standing, &place, word, complaint));
            }
        }
    }
}

/// What Apache says of the arguments, behind the name.
fn complaint(place: &Place<'_>, word: &ApacheWord) -> Option<&'static str> {
    let args = word.args?;
    let count = place.args.len();
    // The usual case, without a list of the texts.
    let simple = count == 1 && matches!(args, ApacheArgs::Count(1, _) | ApacheArgs::Each | ApacheArgs::Flag);
    if (simple && !place.args[0].value.is_empty()) || args == ApacheArgs::Raw {
        return None;
    }
    let texts: Vec<&str> = place.args.iter().map(|arg| arg.value.as_str()).collect();
    args.complaint(&texts)
}

/// `Order allow, deny` and `Allow all`: apache/invalid-require says what was meant.
fn has_own_rule(place: &Place<'_>) -> bool {
    let is = |name: &str| place.node.is(name);
    let texts = || place.args.iter().map(|arg| arg.value.as_str());
    match place.args.len() {
        0 => false,
        1 => (is("Allow") || is("Deny")) && !texts().any(|text| text.eq_ignore_ascii_case("from")),
        _ => is("Order") && !texts().any(|text| text.starts_with('#')),
    }
}

/// Whether the words are those Apache sees: a variable or the parameter of a macro may be several, or none.
fn is_written(place: &Place<'_>) -> bool {
    let node = place.node;
    let same = place.args.iter().zip(node.words()).all(|(arg, word)| {
        let text = node.tree.slice(word.span);
        let is_blank = text.starts_with('<') && text.len() > 1;
        !is_blank && node.value(*word) == arg.value
    });
    same && is_plain(node)
}

fn finding(
    context: &Context<'_>,
    standing: Standing<'_>,
    place: &Place<'_>,
    word: &ApacheWord,
    complaint: &str,
) -> Diagnostic {
    let node = place.node;
    let head = node.head();
    let (bracket, closing) = if word.section { ("<", ">") } else { ("", "") };
    let name = format!("{bracket}{}{closing}", node.name());
    let behind = comment(place, word);
    let what = match behind {
        Some(_) => format!("Apache takes the comment behind `{name}` for arguments"),
        _ if complaint != ApacheArgs::MULTIPLE && place.args.iter().any(|arg| arg.value.is_empty()) => {
            format!("`{name}`{complaint}, and an empty one is none")
        }
        _ => format!("`{name}`{complaint}, and {} written", counted(place.args.len())),
    };
    let means = if word.means.is_empty() { String::new() } else { format!(", {}", word.means) };
    let logged = if complaint == ApacheArgs::MULTIPLE {
        format!("Multiple {bracket}{}{closing} arguments not (yet) supported.", word.logged)
    } else {
        format!("{bracket}{}{closing}{complaint}{means}", word.logged)
    };
    let found = Diagnostic::new(head, format!("{what}: {}", outcome(context, standing.apache)), label(place))
        .note(logs(context, standing.apache, head, &logged));
    match behind {
        Some(comment) => found
            .help("write the comment on a line of its own: in Apache `#` begins one only where a line begins")
            .fix(move_up(node, comment)),
        None if word.means.is_empty() => found,
        None => found.help(format!("what it takes: {}", word.means)),
    }
}

fn label(place: &Place<'_>) -> String {
    match place.args.len() {
        0 => "no argument".to_owned(),
        1 => "1 argument".to_owned(),
        count => format!("{count} arguments"),
    }
}

fn counted(count: usize) -> String {
    match count {
        0 => "none is".to_owned(),
        1 => "one is".to_owned(),
        _ => format!("{count} are"),
    }
}

/// The words that are meant as a comment: from a `#` on, before which the arguments are complete.
fn comment(place: &Place<'_>, word: &ApacheWord) -> Option<Span> {
    let words = place.node.words();
    let begin = words.iter().position(|word| place.node.tree.slice(word.span).starts_with('#'))?;
    let before: Vec<&str> = place.args[..begin].iter().map(|arg| arg.value.as_str()).collect();
    let complete = word.args?.complaint(&before).is_none();
    (complete && !word.section).then(|| words[begin].span.to(words[words.len() - 1].span))
}

/// Puts the comment on a line of its own, above.
fn move_up(node: NodeRef<'_>, comment: Span) -> Option<Fix> {
    let text = node.tree.slice(comment);
    if text.contains('\n') {
        return None;
    }
    let start = node.span().lo;
    let before = node.tree.slice(Span::new(start, comment.lo));
    let gap = Span::new(start + before.trim_end().len() as u32, comment.hi);
    let edits = vec![edits::insert_line_before(node, text), Edit::replace(gap, "")];
    Some(Fix::safe("move the comment to a line of its own", edits))
}
