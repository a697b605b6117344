//! `nginx/invalid-condition`: an `if` asks what nginx cannot be asked.

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::tree::{NodeRef, Quote, Text};
use crate::value::{ConditionFault, nginx_condition};

use super::certain::{has_template, is_garbled};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "nginx/invalid-condition",
    severity: Severity::Error,
    summary: "nginx does not read the condition of an `if`, so that it does not start",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/nginx/invalid-condition.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for nginx in &context.stack.nginx {
        for place in nginx.places(context.files).filter(|place| place.node.name() == "if") {
            sink.report_once(finding(place.node));
        }
    }
}

fn finding(node: NodeRef<'_>) -> Option<Diagnostic> {
    let words: Vec<_> = node.args().collect();
    if words.is_empty() || words.iter().any(|word| has_template(word)) {
        return None;
    }
    let fault = nginx_condition(&words).err().filter(|_| !is_garbled(node))?;
    let (ConditionFault::NoOpening(part)
    | ConditionFault::NoClosing(part)
    | ConditionFault::Empty(part)
    | ConditionFault::NoVariable(part)
    | ConditionFault::Count(part)
    | ConditionFault::Operator(part)
    | ConditionFault::Test(part)) = &fault;
    let text = Text::arg(node, part.index)?.part(part.bytes.clone());
    let written = &*text.value;
    let (what, label) = say(&fault, written, &words);
    let message = format!("{what}: nginx does not start");
    let log = match fault {
        ConditionFault::Operator(_) => format!("nginx logs: unexpected \"{written}\" in condition"),
        _ => format!("nginx logs: invalid condition \"{written}\""),
    };
    let found = Diagnostic::new(text.span(), message, label).note(log).help(help(&fault, written, &words));
    Some(found.fix(fix(node, &fault, &text)))
}

/// What is wrong, and the label.
fn say(fault: &ConditionFault, text: &str, words: &[impl AsRef<str>]) -> (String, &'static str) {
    let joint = joint(words);
    let (what, label) = match fault {
        ConditionFault::NoOpening(_) => {
            ("the condition of `if` does not begin with `(`".into(), "no `(` before this")
        }
        ConditionFault::NoClosing(_) => {
            ("the condition of `if` does not end in `)`".into(), "no `)` behind this")
        }
        ConditionFault::Empty(_) => ("this `if` has no condition".into(), "nothing is asked"),
        ConditionFault::NoVariable(_) => (
            format!("a condition begins with a variable or a test of files, not with `{text}`"),
            "is neither",
        ),
        ConditionFault::Count(_) if joint.is_some() => (
            format!("nginx has no `{}` in conditions", joint.unwrap_or_default()),
            "one condition is all there can be",
        ),
        ConditionFault::Count(_) if text.starts_with('$') => (
            format!("`{text}` is compared with more or less than one word"),
            "takes one operator and one word",
        ),
        ConditionFault::Count(_) => (format!("`{text}` takes one path"), "takes one word"),
        ConditionFault::Operator(_) => {
            (format!("nginx has no operator `{text}` in conditions"), "no operator")
        }
        ConditionFault::Test(_) => (format!("nginx has no test of files `{text}`"), "no test"),
    };
    (what, label)
}

/// The word that should join two conditions.
fn joint(words: &[impl AsRef<str>]) -> Option<&str> {
    words.iter().map(AsRef::as_ref).find(|word| matches!(*word, "&&" | "||" | "and" | "or" | "AND" | "OR"))
}

fn help(fault: &ConditionFault, text: &str, words: &[impl AsRef<str>]) -> String {
    match fault {
        ConditionFault::NoOpening(_) | ConditionFault::NoClosing(_) => "write `if (…) {`".to_owned(),
        ConditionFault::NoVariable(_) if text.starts_with("!$") => {
            format!("for a variable that is empty or `0` write `if ({} ~ \"^0?$\")`", &text[1..])
        }
        ConditionFault::NoVariable(_) if text.trim_start_matches('!').starts_with('-') => {
            "put a blank between the test and the path".to_owned()
        }
        ConditionFault::Count(_) if joint(words).is_some() => {
            "let a `map` look at both, or compare them as one text: `set $both \"$a:$b\";` and `if ($both = \"1:2\")`"
                .to_owned()
        }
        ConditionFault::Count(_) if text.starts_with('$') => "put a text with blanks in quotes".to_owned(),
        ConditionFault::Operator(_) => match operator(text) {
            Some(meant) => format!("write `{meant}`"),
            None => "there are `=`, `!=`, `~`, `~*`, `!~` and `!~*`, with a blank on both sides".to_owned(),
        },
        ConditionFault::Test(_) | ConditionFault::Count(_) => {
            "there are `-f`, `-d`, `-e` and `-x`, and with a `!` before them, each with one path".to_owned()
        }
        _ => "write `if ($variable)`, `if ($variable = text)`, `if ($variable ~ expression)` or `if (-f path)`".to_owned(),
    }
}

/// What is meant by an operator of another language.
fn operator(text: &str) -> Option<&'static str> {
    match text {
        "==" | "===" | "eq" | "is" => Some("="),
        "!==" | "<>" | "ne" => Some("!="),
        "=~" | "~=" => Some("~"),
        _ => None,
    }
}

fn fix(node: NodeRef<'_>, fault: &ConditionFault, text: &Text<'_>) -> Option<Fix> {
    match fault {
        ConditionFault::Operator(_) => {
            let meant = operator(&text.value)?;
            Some(Fix::safe(format!("write `{meant}`"), vec![Edit::replace(text.exact()?, meant)]))
        }
        ConditionFault::NoOpening(_) | ConditionFault::NoClosing(_) => in_brackets(node),
        _ => None,
    }
}

/// The brackets that are missing, if that is all that is wrong.
fn in_brackets(node: NodeRef<'_>) -> Option<Fix> {
    let mut words: Vec<String> = node.args().map(String::from).collect();
    let (first, last) = (node.words().first()?, node.words().last()?);
    let mut edits = Vec::new();
    if first.quote == Quote::None && !words[0].starts_with('(') {
        words[0].insert(0, '(');
        edits.push(Edit::insert(first.span.lo, "("));
    }
    let end = words.len() - 1;
    if !words[end].ends_with(')') {
        words[end].push(')');
        edits.push(Edit::insert(last.span.hi, ")"));
    }
    nginx_condition(&words).ok()?;
    Some(Fix::safe("put the condition in brackets", edits))
}
