//! Arguments that are one of some fixed words: what both rules about them share.

use super::outcome::{logs, outcome};
use super::standing::Standing;
use crate::diagnostic::{Diagnostic, Edit, Fix};
use crate::load::apache::Arg;
use crate::rule::Context;
use crate::source::Span;
use crate::stack::apache::Place;

/// An argument that is none of the words.
pub(super) struct Refused<'a> {
    /// The argument.
    pub arg: &'a Arg,
    /// What Apache logs of it.
    pub complaint: String,
    /// The words it could be.
    pub choice: String,
    /// The one that is meant.
    pub meant: Option<String>,
}

impl Refused<'_> {
    /// Whether the argument is known, and no blank of a template.
    pub(super) fn is_known(&self) -> bool {
        !self.arg.is_unresolved() && !self.arg.value.contains(['$', '{', '}', '<', '>', '%', '@'])
    }

    /// Says so.
    pub(super) fn say(self, context: &Context<'_>, standing: Standing<'_>, place: &Place<'_>) -> Diagnostic {
        let (name, value) = (place.node.name(), &self.arg.value);
        let message =
            format!("`{name}` takes {}, not `{value}`: {}", self.choice, outcome(context, standing.apache));
        let help = self.meant.as_ref().map(|meant| format!("write `{meant}`"));
        let fix = self.meant.zip(self.arg.plain).map(|(meant, span)| replace(span, meant));
        let mut found = Diagnostic::new(self.arg.span, message, "is not taken")
            .note(logs(context, standing.apache, place.node.head(), &self.complaint))
            .fix(fix);
        found.help = help;
        found
    }
}

fn replace(span: Span, text: String) -> Fix {
    Fix::safe(format!("write {text}"), vec![Edit::replace(span, text)])
}

/// `a, b or c`.
pub(super) fn listed<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<&str> = words.into_iter().collect();
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => words.concat(),
    }
}
