//! The parts of a `Header` or `RequestHeader` line.

use crate::load::apache::Arg;
use crate::stack::apache::Command;

/// A line of `mod_headers`, as it splits it.
#[derive(Debug)]
pub(super) struct Header<'a> {
    /// `set`, `unset`…
    pub action: &'a Arg,
    /// What stands behind the name of the header, but for the clause.
    pub values: &'a [Arg],
    /// `env=…`, `expr=…` or `early`.
    pub clause: Option<&'a Arg>,
}

/// Actions, and how many words each takes behind the name of the header.
pub(super) const ACTIONS: &[(&str, usize)] = &[
    ("add", 1),
    ("append", 1),
    ("echo", 0),
    ("edit", 2),
    ("edit*", 2),
    ("merge", 1),
    ("note", 1),
    ("set", 1),
    ("setifempty", 1),
    ("unset", 0),
];

impl<'a> Header<'a> {
    /// Splits a line; `None` when it has no action that is known.
    pub(super) fn of(command: &Command<'a>) -> Option<Self> {
        let skipped = usize::from(command.node.is("Header") && has_condition(command));
        let (action, rest) = command.args.get(skipped..)?.split_first()?;
        let (_, takes) = ACTIONS.iter().find(|(name, _)| name.eq_ignore_ascii_case(&action.value))?;
        let rest = rest.get(1..).unwrap_or_default();
        let (values, rest) = rest.split_at(rest.len().min(*takes));
        Some(Self { action, values, clause: rest.first() })
    }

    /// Whether the first value is a pattern.
    pub(super) fn is_edit(&self) -> bool {
        self.action.value.to_ascii_lowercase().starts_with("edit")
    }

    /// The value that is written into the header.
    pub(super) fn written(&self) -> Option<&'a Arg> {
        self.values.last().filter(|_| !self.is_edit() || self.values.len() == 2)
    }
}

/// `always` or `onsuccess` before the action.
pub(super) fn has_condition(command: &Command<'_>) -> bool {
    let first = command.value(0).unwrap_or_default();
    ["always", "onsuccess"].iter().any(|word| word.eq_ignore_ascii_case(first))
}
