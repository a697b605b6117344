//! `ExpiresDefault`, `ExpiresByType`.

use super::super::lines::{Fault, is_filled_in};
use crate::stack::apache::Command;

/// Units, each with the letters that are read of it.
const UNITS: &[&str] = &["y", "mo", "w", "d", "h", "mi", "s"];

/// A code like `A3600` or `"access plus 1 month"`.
pub(super) fn expires(command: &Command<'_>, index: usize) -> Option<Fault> {
    if command.args.len() != index + 1 {
        return None;
    }
    let arg = command.args.get(index).filter(|arg| !is_filled_in(&arg.value))?;
    if let Some(kind) = command.args.first().filter(|kind| index == 1 && !kind.value.contains('/')) {
        let says = format!("`{}` is no type: it has no `/`", kind.value);
        return Some(Fault::new(kind.span, says, "Invalid mimetype: should contain a slash"));
    }
    let (says, reason) = wrong(&arg.value)?;
    let name = command.name();
    let log = match index {
        0 => format!("'{name} {}': bad expires code, {reason}", arg.value),
        _ => format!("'{name} {} {}': bad expires code, {reason}", command.value(0)?, arg.value),
    };
    Some(
        Fault::new(arg.span, says, log)
            .help("write `\"access plus 1 month\"`: a start, and numbers with units"),
    )
}

fn wrong(code: &str) -> Option<(String, String)> {
    if code.starts_with(['A', 'M']) {
        return None;
    }
    let mut words = code.split_ascii_whitespace().peekable();
    let base = words.next().unwrap_or_default();
    if !base.to_ascii_lowercase().starts_with(['n', 'a', 'm']) {
        let says = format!("`{code}` begins with none of `access`, `now` and `modification`");
        return Some((says, format!("unrecognised <base> '{base}'")));
    }
    words.next_if(|word| word.to_ascii_lowercase().starts_with('p'));
    while let Some(number) = words.next() {
        if !number.starts_with(|c: char| c.is_ascii_digit()) {
            return Some((
                format!("`{number}` is no number"),
                format!("numeric value expected <num> '{number}'"),
            ));
        }
        let Some(unit) = words.next() else {
            return Some((format!("`{number}` has no unit behind it"), "missing <type>".to_owned()));
        };
        let lower = unit.to_ascii_lowercase();
        if !UNITS.iter().any(|known| lower.starts_with(known)) {
            return Some((format!("`{unit}` is no unit of time"), format!("unrecognised <type>'{unit}'")));
        }
    }
    None
}
