//! `body/php-size-suffix`: PHP takes `8MB` for 8 bytes.

use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::rules::php::{Set, meant_size, settings};
use crate::value::{self, QuantityFault};
use crate::vocabulary::{PhpType, php_word};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "body/php-size-suffix",
    severity: Severity::Error,
    summary: "PHP takes 8MB for 8 bytes",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/body/php-size-suffix.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for setting in settings(context).iter().filter(|setting| is_size(&setting.key)) {
        sink.report_some(finding(context, setting));
    }
}

/// Whether PHP reads the setting as a number of bytes.
fn is_size(key: &str) -> bool {
    let takes = php_word(key).map(|word| word.takes);
    matches!(takes, Some(PhpType::Bytes | PhpType::FlagOrBytes))
        || ["apc.shm_size", "max_memory_limit"].contains(&key)
}

fn finding(context: &Context<'_>, setting: &Set) -> Option<Diagnostic> {
    let quantity = value::php_quantity(&setting.value);
    let meant = meant_size(&setting.value)
        .filter(|_| matches!(quantity.fault, Some(QuantityFault::UnknownMultiplier(_))))?;
    let (written, read) = (&setting.value, quantity.value);
    let bytes = if read == 1 { "1 byte".to_owned() } else { format!("{read} bytes") };
    let message = format!("PHP takes {written} for {bytes}: {}", effect(&setting.key));
    let edit = setting.replaced(context, &meant);
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
