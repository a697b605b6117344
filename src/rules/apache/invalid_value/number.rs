//! Numbers and times the server refuses; those it takes for others are `apache/limit-suffix` and `timeout/suffix-ignored`.

use super::super::lines::{Fault, is_filled_in};
use crate::stack::apache::Command;
use crate::value::{apache_int, apache_strict};
use crate::vocabulary::{ApacheReader, apache_values};

/// A directive of `grammar/apache-values.tsv`.
pub(super) fn number(command: &Command<'_>, name: &str) -> Option<Fault> {
    apache_values(name).iter().find_map(|value| {
        let arg = command.args.get(value.place)?;
        let text = arg.value.as_str();
        // An argument that is missing, or as good as that, is apache/argument-count.
        if text.is_empty() || value.takes(text) || is_filled_in(text) {
            return None;
        }
        let directive = command.name();
        let is_number = text.trim_start_matches(['+', '-']).bytes().all(|byte| byte.is_ascii_digit());
        let says = match value.read(text) {
            Some(read) if !is_number => {
                format!("`{text}` is read as {read}, and `{directive}` takes {}", value.describe())
            }
            _ => format!("`{directive}` takes {}, not `{text}`", value.describe()),
        };
        let fault = Fault::new(arg.span, says, value.logged(text));
        let meant = matches!(value.reader, ApacheReader::Time(_)).then(|| mended_time(text)).flatten();
        Some(match meant {
            Some(meant) => fault.meant(arg.plain, &meant),
            None => fault,
        })
    })
}

/// A time as Apache writes it, where the unit is beyond doubt.
fn mended_time(text: &str) -> Option<String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let unit = match text[digits..].to_ascii_lowercase().as_str() {
        "m" | "min" | "minutes" => "min",
        "s" | "sec" | "seconds" => "s",
        "ms" => "ms",
        "h" | "hours" => "h",
        _ => return None,
    };
    (digits > 0).then(|| format!("{}{unit}", &text[..digits]))
}

/// `LimitRequestBody` takes bytes, and no unit; of `LimitXMLRequestBody` the number counts.
pub(super) fn body(command: &Command<'_>, name: &str) -> Option<Fault> {
    let [arg] = command.args else { return None };
    let text = arg.value.as_str();
    if is_filled_in(text) || apache_strict(text).is_ok_and(|bytes| bytes >= 0) {
        return None;
    }
    let directive = command.name();
    if name == "limitxmlrequestbody" && apache_int(text).value >= 0 {
        return None;
    }
    let says = format!("`{directive}` takes bytes, not `{text}`");
    let fault = Fault::new(arg.span, says, format!("{directive} requires a non-negative integer."));
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let factor: i64 = match text[digits..].trim_start().to_ascii_lowercase().as_str() {
        "k" | "kb" | "kib" => 1 << 10,
        "m" | "mb" | "mib" => 1 << 20,
        "g" | "gb" | "gib" => 1 << 30,
        _ => return Some(fault),
    };
    let bytes = text[..digits].parse::<i64>().ok().and_then(|number| number.checked_mul(factor));
    Some(match bytes {
        Some(bytes) => fault.meant(arg.plain, &bytes.to_string()),
        None => fault,
    })
}
