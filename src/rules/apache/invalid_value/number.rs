//! Numbers and times the server refuses; those it takes for others are `apache/limit-suffix` and `timeout/suffix-ignored`.

use super::super::lines::{Fault, is_filled_in};
use crate::stack::apache::Command;
use crate::value::{ApacheUnit, apache_int, apache_strict, apache_timeout};

/// Directives read with `atoi()`: the least they take, whether 0 is taken below that, and what the server says.
const NUMBERS: &[(&str, i32, bool, &str)] = &[
    ("limitinternalrecursion", 1, false, "The recursion limit must be greater than zero."),
    (
        "limitrequestfields",
        0,
        true,
        "LimitRequestFields \"{}\" must be a non-negative integer (0 = no limit)",
    ),
    ("limitrequestfieldsize", 0, true, "LimitRequestFieldsize \"{}\" must be a non-negative integer"),
    ("limitrequestline", 0, true, "LimitRequestLine \"{}\" must be a non-negative integer"),
    ("listenbacklog", 1, false, "ListenBacklog must be > 0"),
    ("proxyiobuffersize", 512, true, "ProxyIOBufferSize must be >= 512 bytes, or 0 for system default."),
    (
        "proxyreceivebuffersize",
        512,
        true,
        "ProxyReceiveBufferSize must be >= 512 bytes, or 0 for system default.",
    ),
    ("proxytimeout", 1, false, "Proxy Timeout must be at least 1 second."),
    ("receivebuffersize", 512, true, "ReceiveBufferSize must be >= 512 bytes, or 0 for system default."),
    ("sendbuffersize", 512, true, "SendBufferSize must be >= 512 bytes, or 0 for system default."),
];

/// A directive of the table.
pub(super) fn number(command: &Command<'_>, name: &str) -> Option<Fault> {
    let (_, least, zero, log) = NUMBERS.iter().find(|(known, ..)| *known == name)?;
    let arg = command.args.iter().find(|arg| {
        let read = apache_int(&arg.value).value;
        (read < *least && !(*zero && read == 0)) && !is_filled_in(&arg.value)
    })?;
    let read = apache_int(&arg.value);
    let says = if read.whole {
        format!("`{}` takes nothing below {least}", command.name())
    } else {
        format!(
            "`{}` is read as {}, and `{}` takes nothing below {least}",
            arg.value,
            read.value,
            command.name()
        )
    };
    Some(Fault::new(arg.span, says, log.replace("{}", &arg.value)))
}

/// `KeepAliveTimeout 5`, `500ms`, `5min`.
pub(super) fn keep_alive(command: &Command<'_>) -> Option<Fault> {
    let [arg] = command.args else { return None };
    let text = arg.value.as_str();
    if is_filled_in(text) || text.is_empty() || apache_timeout(text, ApacheUnit::Seconds).is_ok() {
        return None;
    }
    let fault = Fault::new(
        arg.span,
        format!("`{text}` is no time as Apache writes it"),
        "KeepAliveTimeout has wrong format",
    );
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let unit = match text[digits..].to_ascii_lowercase().as_str() {
        "m" | "min" | "minutes" => "min",
        "s" | "sec" | "seconds" => "s",
        "ms" => "ms",
        _ => return Some(fault.help("write seconds, or a number and `ms`, `s`, `min` or `h`")),
    };
    Some(if digits > 0 { fault.meant(arg.plain, &format!("{}{unit}", &text[..digits])) } else { fault })
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
