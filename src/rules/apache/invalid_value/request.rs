//! `RequestReadTimeout`, and the lines that set variables by what a request says.

use super::super::lines::{Fault, is_filled_in};
use crate::stack::apache::Command;

/// `SetEnvIf attribute regex variable…`, `BrowserMatch regex variable…`.
pub(super) fn set_env_if(command: &Command<'_>) -> Option<Fault> {
    let name = command.name();
    let before = usize::from(!name.to_ascii_lowercase().starts_with("browser"));
    let missing = match command.args.len().checked_sub(before)? {
        0 => "regular expression",
        1 => "envariable expression",
        _ => return None,
    };
    if command.args.iter().any(|arg| arg.value.contains("${") || arg.value.contains("{{")) {
        return None;
    }
    let says = format!("`{name}` says nothing of the variable it is to set");
    Some(
        Fault::new(command.head(), says, format!("Missing {missing} for {name}"))
            .label("too few words")
            .help(format!(
                "behind the pattern comes the variable: `{name} {}pattern name`",
                ["", "attribute "][before]
            )),
    )
}

/// `RequestReadTimeout header=20-40,MinRate=500 body=20`.
pub(super) fn read_timeout(command: &Command<'_>) -> Option<Fault> {
    let takes = "it takes `header=`, `body=` and `handshake=` with seconds behind them: \
                 `RequestReadTimeout header=20-40,MinRate=500 body=20,MinRate=500`";
    command.args.iter().filter(|arg| !is_filled_in(&arg.value)).find_map(|arg| {
        let text = &arg.value;
        let Some((key, value)) = text.split_once('=') else {
            let log = "Invalid RequestReadTimeout parameter. Parameter must be in the form 'key=value'";
            return Some(
                Fault::new(arg.span, format!("`{text}` says nothing of what it limits"), log).help(takes),
            );
        };
        let why = if ["header", "body", "handshake"].iter().any(|known| key.eq_ignore_ascii_case(known)) {
            stage(value).err()?
        } else {
            "Unknown RequestReadTimeout parameter".to_owned()
        };
        let says = format!("`{text}` is no limit of `RequestReadTimeout`");
        Some(Fault::new(arg.span, says, format!("RequestReadTimeout: {text}: {why}")).help(takes))
    })
}

/// Reads `20`, `20-40,MinRate=500`; what Apache says if it is none of these.
fn stage(text: &str) -> Result<(), String> {
    let rate = text.to_ascii_lowercase().find(",minrate=");
    let (times, rate) = rate.map_or((text, None), |at| (&text[..at], Some(&text[at + ",minrate=".len()..])));
    if let Some(rate) = rate
        && number(rate)? == 0
    {
        return Err("Minimum data rate must be larger than 0".to_owned());
    }
    let Some((first, last)) = times.split_once('-') else {
        return number(times).map(drop);
    };
    if rate.is_none() {
        return Err("Must set MinRate option if using timeout range".to_owned());
    }
    if number(first)? >= number(last)? {
        return Err("Maximum timeout must be larger than initial timeout".to_owned());
    }
    Ok(())
}

/// Digits; what Apache says of anything else.
fn number(text: &str) -> Result<u64, String> {
    let rest = text.trim_start_matches(|digit: char| digit.is_ascii_digit());
    if rest.len() == text.len() {
        return Err(format!("Value '{text}' not numerical"));
    }
    if !rest.is_empty() {
        return Err(format!("Cannot parse '{rest}'"));
    }
    // What is too long is cut to the longest, and that to an `int`, which is -1.
    let number = i64::try_from(text.parse().unwrap_or(u64::MAX)).unwrap_or(i64::MAX);
    #[allow(clippy::cast_possible_truncation, reason = "as Apache does")]
    let number = number as i32;
    u64::try_from(number).map_err(|_| "Value must be non-negative".to_owned())
}
