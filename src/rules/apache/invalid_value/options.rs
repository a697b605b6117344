//! `Options`.

use super::super::lines::{Fault, from_arg, is_filled_in};
use crate::stack::apache::Command;

/// `Options +a -b`, `Options a b`: with signs before all, or before none. Which words there are is another rule's.
pub(super) fn options(command: &Command<'_>) -> Option<Fault> {
    let (first, rest) = command.args.split_first()?;
    let signed = |text: &str| text.starts_with(['+', '-']);
    let bare = first.value.trim_start_matches(['+', '-']);
    let one = ["All", "None"].into_iter().find(|word| word.eq_ignore_ascii_case(bare));
    if command.args.iter().any(|arg| is_filled_in(&arg.value)) {
        return None;
    }
    if let Some(one) = one.filter(|_| signed(&first.value)) {
        let log = format!("You may not use 'Options +{one}' or 'Options -{one}'.");
        let says = format!("`{one}` takes no sign before it");
        let fault = Fault::new(first.span, says, log);
        let meant = match (one, first.value.starts_with('+')) {
            ("All", true) | ("None", false) => {
                return Some(fault.help(format!("write `Options {one}`, or single words")));
            }
            ("All", false) => "None",
            _ => one,
        };
        return Some(if rest.is_empty() { fault.meant(first.plain, meant) } else { fault });
    }
    // Behind `All` and `None`, signs may begin.
    let start = usize::from(one.is_some());
    let words = command.args.get(start..)?;
    let sign = signed(&words.first()?.value);
    let odd = words.iter().find(|arg| signed(&arg.value) != sign)?;
    let says =
        format!("`{}` and `{}`: all options have a sign before them, or none has", words[0].value, odd.value);
    let log = "Either all Options must start with + or -, or no Option may.";
    let all: Vec<String> = words
        .iter()
        .map(|arg| if signed(&arg.value) { arg.value.clone() } else { format!("+{}", arg.value) })
        .collect();
    let help = format!("to change what is set around it, write `Options {}`", all.join(" "));
    Some(Fault::new(from_arg(command, 0), says, log).help(help))
}
