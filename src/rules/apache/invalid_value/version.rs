//! `<IfVersion [operator] version>`.

use super::super::lines::{Fault, from_arg, is_filled_in};
use crate::load::apache::Arg;
use crate::stack::apache::Command;

/// What may stand before a version, and behind a `!`.
const OPERATORS: [&str; 7] = ["=", "==", ">", ">=", "<", "<=", "~"];

/// What is logged of a version that is none.
const NO_VERSION: &str = "Version appears to be invalid. It must have the format major[.minor[.patch]] \
                          where major, minor and patch are numbers.";

/// The condition of an `<IfVersion>`.
pub(super) fn condition(command: &Command<'_>) -> Option<Fault> {
    if command.args.iter().any(|arg| is_placeholder(&arg.value)) {
        return None;
    }
    match command.args {
        [] => {
            let fault = Fault::new(command.head(), "`<IfVersion>` names no version", NO_VERSION);
            Some(fault.label("has no version"))
        }
        [version] => number(version),
        [operator, version] => comparison(operator, version),
        [_, _, _, ..] => {
            let says = "`<IfVersion>` takes an operator and one version";
            let fault = Fault::new(from_arg(command, 2), says, "<IfVersion> directive missing closing '>'");
            Some(fault.label("one word too many"))
        }
    }
}

/// A `<` begins an operator here.
fn is_placeholder(text: &str) -> bool {
    is_filled_in(text.trim_start_matches('!').trim_start_matches(['<', '>', '=']))
}

fn comparison(operator: &Arg, version: &Arg) -> Option<Fault> {
    let text = operator.value.as_str();
    let bare = text.strip_prefix('!').filter(|bare| !bare.is_empty()).unwrap_or(text);
    if !OPERATORS.contains(&bare) {
        let log = format!("unrecognized operator '{text}'");
        let fault = Fault::new(operator.span, format!("`{text}` compares no versions"), log);
        return Some(match bare {
            "=>" | "=<" => {
                let meant = format!("{}{}=", &text[..text.len() - 2], &bare[1..]);
                fault.meant(operator.plain, &meant)
            }
            _ => fault.help("write `=`, `>`, `>=`, `<`, `<=` or `~`, with a `!` before it for the contrary"),
        });
    }
    // These are regular expressions.
    if bare == "~" || bare.starts_with('=') && version.value.starts_with('/') {
        return None;
    }
    number(version)
}

/// `2`, `2.4`, `2.4.57`.
fn number(arg: &Arg) -> Option<Fault> {
    let text = arg.value.as_str();
    let is_digits = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if is_digits && !text.is_empty() && text.matches('.').count() < 3 {
        return None;
    }
    let fault = Fault::new(arg.span, format!("`{text}` is no version of Apache"), NO_VERSION);
    let bare = text.trim_start_matches(['<', '>', '=', '!', '~']);
    let operator = &text[..text.len() - bare.len()];
    Some(if operator.is_empty() || bare.is_empty() {
        fault.help("a version is `2`, `2.4` or `2.4.57`")
    } else {
        fault.meant(arg.plain, &format!("{operator} {bare}"))
    })
}
