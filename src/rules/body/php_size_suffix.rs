//! `body/php-size-suffix`: PHP takes `8MB` for 8 bytes.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::value::{self, QuantityFault};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "body/php-size-suffix",
    severity: Severity::Error,
    summary: "PHP takes 8MB for 8 bytes",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/body/php-size-suffix.md"),
    check,
};

/// The settings PHP reads as a number of bytes.
const SIZES: &[&str] = &[
    "apc.shm_size",
    "fiber.stack_size",
    "max_memory_limit",
    "memory_limit",
    "mysqlnd.net_cmd_buffer_size",
    "mysqlnd.net_read_buffer_size",
    "opcache.jit_buffer_size",
    "opcache.max_file_size",
    "output_buffering",
    "post_max_size",
    "realpath_cache_size",
    "upload_max_filesize",
    "zlib.output_compression",
];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    for setting in settings(context).into_iter().filter(|setting| SIZES.contains(&setting.key.as_str())) {
        if let Some(found) = finding(context, &setting).filter(|_| seen.insert(setting.span)) {
            sink.report(found);
        }
    }
}

/// A setting of PHP, wherever it stands.
struct Set {
    key: String,
    value: String,
    span: Span,
}

/// All settings of php.ini and conf.d, of the pools, and those nginx sends along.
fn settings(context: &Context<'_>) -> Vec<Set> {
    let stack = context.stack;
    let ini = stack.php.iter().flat_map(|php| &php.entries).map(|entry| {
        let span = entry.value_span.unwrap_or(entry.span);
        Set { key: entry.key.clone(), value: entry.value.clone(), span }
    });
    let pools = stack.pools().flat_map(|(_, pool)| pool.php_entries()).filter_map(|entry| {
        let span = entry.value_span.unwrap_or(entry.span);
        Some(Set { key: entry.sub.clone()?, value: entry.value.clone(), span })
    });
    let sent = stack.hops.iter().flat_map(|hop| stack.php_params(context.files, hop)).map(|entry| {
        let span = entry.value_span.unwrap_or(entry.span);
        Set { key: entry.key, value: entry.value, span }
    });
    ini.chain(pools).chain(sent).collect()
}

fn finding(context: &Context<'_>, setting: &Set) -> Option<Diagnostic> {
    let quantity = value::php_quantity(&setting.value);
    let meant = meant(&setting.value)
        .filter(|_| matches!(quantity.fault, Some(QuantityFault::UnknownMultiplier(_))))?;
    let (written, read) = (&setting.value, quantity.value);
    let bytes = if read == 1 { "1 byte".to_owned() } else { format!("{read} bytes") };
    let message = format!("PHP takes {written} for {bytes}: {}", effect(&setting.key));
    let edit = edit(context, setting, &meant);
    Some(
        Diagnostic::new(setting.span, message, format!("this is {bytes}"))
            .note(log_line(&setting.key, written, read))
            .help(format!("write `{meant}`: PHP knows K, M and G"))
            .fix(edit.map(|edit| Fix::safe(format!("write {meant} for {written}"), vec![edit]))),
    )
}

/// What a number of bytes that small does.
fn effect(key: &str) -> &'static str {
    match key {
        "post_max_size" => "every form arrives empty, and the visitor gets 200",
        "upload_max_filesize" => "every upload is refused",
        "memory_limit" => "PHP 8 refuses so small a limit and keeps the one it had, 128M if no other is set",
        _ => "the setting is not what is written",
    }
}

fn log_line(key: &str, written: &str, read: i64) -> String {
    match key {
        "post_max_size" => {
            format!("PHP logs: POST Content-Length of … bytes exceeds the limit of {read} bytes")
        }
        _ => format!(
            "of php.ini, PHP 8.2 and later log: Invalid \"{key}\" setting. Invalid quantity \"{written}\": unknown multiplier; of a pool nobody says a word"
        ),
    }
}

/// What `8MB`, `8MiB` and `1TB` were meant to be, as PHP writes it; `None` for other texts. A `B` alone is no fault:
/// `512B` is 512 bytes.
fn meant(text: &str) -> Option<String> {
    let text = text.trim();
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic()).trim_end();
    let unit = text[number.len()..].trim_start().to_ascii_lowercase();
    let plain = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let unit = match unit.as_str() {
        "kb" | "kib" => "K",
        "mb" | "mib" => "M",
        "gb" | "gib" => "G",
        "t" | "tb" | "tib" => {
            let gigabytes = number.parse::<u64>().ok().filter(|_| plain)?.checked_mul(1024)?;
            return Some(format!("{gigabytes}G"));
        }
        _ => return None,
    };
    plain.then(|| format!("{number}{unit}"))
}

/// Replaces the value, found again in the text: in nginx several of them stand in one argument.
fn edit(context: &Context<'_>, setting: &Set, meant: &str) -> Option<Edit> {
    let text = context.sources.text(setting.span);
    let found: Vec<_> = text.match_indices(setting.value.as_str()).collect();
    let &[(at, _)] = found.as_slice() else { return None };
    let lo = setting.span.lo + u32::try_from(at).ok()?;
    let hi = lo + u32::try_from(setting.value.len()).ok()?;
    Some(Edit::replace(Span::new(lo, hi), meant))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_what_people_mean() {
        assert_eq!(meant("8MB").as_deref(), Some("8M"));
        assert_eq!(meant("64 MB").as_deref(), Some("64M"));
        assert_eq!(meant("1GiB").as_deref(), Some("1G"));
        assert_eq!(meant("1T").as_deref(), Some("1024G"));
        assert_eq!(meant("512B"), None);
        assert_eq!(meant("1.5GB"), None);
    }
}
