//! `Header` and `RequestHeader`.

use super::super::header::{ACTIONS, Header, has_condition};
use super::super::lines::{Fault, is_filled_in};
use super::format;
use crate::load::apache::Arg;
use crate::spelling::closest;
use crate::stack::apache::Command;

/// What the server says to an action it does not know.
const FIRST: &str = "first argument must be 'add', 'set', 'setifempty', 'append', 'merge', 'unset', 'echo', 'note', 'edit', or 'edit*'.";

/// `Header [always] action name [value] [clause]`.
pub(super) fn header(command: &Command<'_>) -> Option<Fault> {
    let request = command.node.is("RequestHeader");
    let Some(header) = Header::of(command) else { return unknown(command, request) };
    let action = header.action.value.to_ascii_lowercase();
    if request && (action == "note" || action == "echo") {
        let says = format!("`RequestHeader` cannot {action}");
        let log = if action == "note" {
            "RequestHeader does not support the 'note' action"
        } else {
            "Header echo only valid on Header directives"
        };
        return Some(Fault::new(header.action.span, says, log));
    }
    let takes = ACTIONS.iter().find(|(name, _)| *name == action).map_or(0, |(_, takes)| *takes);
    if header.values.len() < takes {
        let log = if takes == 2 {
            "Header edit requires a match and a substitution"
        } else {
            "Header requires three arguments"
        };
        let says = format!("`{} {action}` has no value for its header", command.name());
        return Some(Fault::new(command.head(), says, log).label("has no value"));
    }
    let value = header.written().filter(|_| takes > 0).and_then(format::header);
    value.or_else(|| header.clause.and_then(|clause| wrong_clause(clause, takes)))
}

fn unknown(command: &Command<'_>, request: bool) -> Option<Fault> {
    let at = usize::from(!request && has_condition(command));
    let Some(action) = command.args.get(at) else {
        let says = format!("`{}` does not say what to do", command.name());
        return Some(Fault::new(command.head(), says, FIRST));
    };
    if is_filled_in(&action.value) {
        return None;
    }
    let says = format!("`{}` is nothing `{}` can do", action.value, command.name());
    let fault = Fault::new(action.span, says, FIRST);
    let words = ACTIONS.iter().map(|(name, _)| *name);
    Some(match (action.value.to_ascii_lowercase().as_str(), command.args.len()) {
        ("remove" | "delete" | "del", 2) => fault.meant(action.plain, "unset"),
        ("always" | "onsuccess", _) if request => {
            fault.help("only `Header` has `always`: every request passes here")
        }
        (word, _) => match closest(word, words) {
            Some(meant) => fault.meant(action.plain, meant),
            None => fault,
        },
    })
}

/// What stands behind the value is `early`, `env=…` or `expr=…`.
fn wrong_clause(clause: &Arg, takes: usize) -> Option<Fault> {
    let text = clause.value.as_str();
    let lower = text.to_ascii_lowercase();
    if lower == "early" || lower.starts_with("env=") || lower.starts_with("expr=") || is_filled_in(text) {
        return None;
    }
    let log = format!("Unknown parameter: {text}");
    if text.starts_with('#') {
        let says = "the comment behind the value is taken for a condition";
        return Some(Fault::new(clause.span, says, log).help("move the comment to a line of its own"));
    }
    let says = format!("`{text}` behind the value is no condition");
    let fault = Fault::new(clause.span, says, log);
    Some(if takes > 0 { fault.help("a value with blanks stands in quotes") } else { fault })
}
