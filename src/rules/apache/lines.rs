//! What the rules about single lines of Apache share.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::load::apache::Arg;
use crate::rule::{Context, Sink};
use crate::source::Span;
use crate::stack::apache::Command;
use crate::vocabulary::is_http_method;

/// A finding, and how bad it is.
pub(super) type Found = (Severity, Diagnostic);

/// Asks `judge` about every directive and section in force, and reports each one once.
pub(super) fn judge(
    context: &Context<'_>,
    sink: &mut Sink<'_>,
    judge: impl Fn(&Command<'_>) -> Option<Found>,
) {
    let mut seen = HashSet::new();
    for apache in &context.stack.apache {
        for command in apache.commands(context.files) {
            let found = judge(&command).filter(|_| !is_damaged(&command));
            if let Some((severity, found)) = found.filter(|_| seen.insert(command.at())) {
                sink.report_as(severity, found);
            }
        }
    }
}

/// Reports the lines in which `find` finds something the server refuses.
pub(super) fn refuse(
    context: &Context<'_>,
    sink: &mut Sink<'_>,
    find: impl Fn(&Command<'_>) -> Option<Fault>,
) {
    judge(context, sink, |command| {
        Some((Severity::Error, find(command)?.diagnostic(outcome(context, command))))
    });
}

/// Whether a line has an error of syntax, which is reported for itself.
fn is_damaged(command: &Command<'_>) -> bool {
    let head = command.head();
    command.node.tree.errors_at(head).any(|error| error.span.lo < head.hi && head.lo < error.span.hi)
}

/// What becomes of the server that reads the line.
pub(super) fn outcome(context: &Context<'_>, command: &Command<'_>) -> &'static str {
    let path = &context.files.file(command.node.tree.file).path;
    if path.file_name().is_some_and(|name| name == ".htaccess") {
        "every request in this directory answers 500"
    } else {
        "Apache does not start"
    }
}

/// Something a server does not take.
#[derive(Debug)]
pub(super) struct Fault {
    span: Span,
    says: String,
    label: &'static str,
    log: String,
    help: Option<String>,
    fix: Option<Fix>,
}

impl Fault {
    /// What is wrong at `span`, and what the server logs.
    pub(super) fn new(span: Span, says: impl Into<String>, log: impl Into<String>) -> Self {
        let (says, log) = (says.into(), log.into());
        Self { span, says, label: "is not taken", log, help: None, fix: None }
    }

    /// A label that says more than that it is not taken.
    pub(super) fn label(self, label: &'static str) -> Self {
        Self { label, ..self }
    }

    /// What to write.
    pub(super) fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// What was meant beyond doubt: to be written at `span`.
    pub(super) fn meant(self, span: Option<Span>, text: &str) -> Self {
        let fix = span.map(|span| Fix::safe(format!("write {text}"), vec![Edit::replace(span, text)]));
        Self { help: self.help.or_else(|| Some(format!("write `{text}`"))), fix, ..self }
    }

    fn diagnostic(self, outcome: &str) -> Diagnostic {
        let found = Diagnostic::new(self.span, format!("{}: {outcome}", self.says), self.label)
            .note(format!("Apache logs: {}", self.log))
            .fix(self.fix);
        match self.help {
            Some(help) => found.help(help),
            None => found,
        }
    }
}

/// Whether a text holds what a variable, a macro or a template puts there later: `${NAME}`, `$name`,
/// `@NAME@`, `%NAME%`, `{{ name }}`, `<name>`, `[name]`, `__NAME__`.
///
/// A mark with nothing behind it fills in nothing (`Off${`, `Indexes<`, `80%`), and `%{NAME}` is Apache's own.
pub(super) fn is_filled_in(text: &str) -> bool {
    let begins_name = |rest: &str| rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
    let begins = |(at, mark): (usize, &str)| {
        let rest = &text[at + 1..];
        match mark {
            "$" => begins_name(rest) || rest.starts_with('(') || rest.starts_with('{') && rest.contains('}'),
            "{" => !rest.is_empty() && !text[..at].ends_with(['$', '%']),
            "<" | "[" => !rest.is_empty(),
            _ => begins_name(rest),
        }
    };
    text.contains("__") || text.match_indices(['$', '{', '<', '[', '@', '%']).any(begins)
}

/// Where bytes of an argument are written; the argument when it does not read as it is written.
pub(super) fn part(arg: &Arg, range: &std::ops::Range<usize>) -> Span {
    arg.part(range.start, range.end).unwrap_or(arg.span)
}

/// From one argument to the last.
pub(super) fn from_arg(command: &Command<'_>, index: usize) -> Span {
    match (command.args.get(index), command.args.last()) {
        (Some(first), Some(last)) => first.span.to(last.span),
        _ => command.head(),
    }
}

/// A method that httpd knows in capitals, and another one behind a comma.
pub(super) fn method(arg: &Arg, log: String) -> Option<Fault> {
    let text = &arg.value;
    if is_filled_in(text) || is_http_method(text) {
        return None;
    }
    let upper = text.trim_end_matches(',').to_ascii_uppercase();
    let parts: Vec<&str> = upper.split(',').collect();
    // A method nobody knows may be registered elsewhere.
    parts.iter().all(|part| is_http_method(part)).then(|| {
        let says = format!("`{text}` is no method as Apache writes it");
        Fault::new(arg.span, says, log).meant(arg.plain, &parts.join(" "))
    })
}
