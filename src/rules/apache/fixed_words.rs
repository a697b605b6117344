//! Arguments that are one of some fixed words: what both rules about them share.

use super::lines::is_filled_in;
use super::outcome::{logs, outcome};
use super::standing::Standing;
use crate::diagnostic::{Diagnostic, Edit, Fix};
use crate::load::apache::Arg;
use crate::rule::Context;
use crate::source::Span;
use crate::stack::apache::Place;

/// A list of words that is shorter than this stands in the message itself.
const FEW: usize = 50;

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
        !is_filled_in(&self.arg.value)
    }

    /// Says so.
    pub(super) fn say(self, context: &Context<'_>, standing: Standing<'_>, place: &Place<'_>) -> Diagnostic {
        let (name, value) = (place.node.name(), &self.arg.value);
        let ending = outcome(context, standing.apache);
        let few = self.choice.len() < FEW;
        let message = if few {
            format!("`{name}` takes {}, not `{value}`: {ending}", self.choice)
        } else {
            format!("`{name}` does not take `{value}`: {ending}")
        };
        let help = match &self.meant {
            Some(meant) => Some(format!("write `{meant}`")),
            None => (!few).then(|| format!("it takes {}", self.choice)),
        };
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
