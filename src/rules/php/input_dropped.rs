//! `php/input-dropped`: PHP takes fewer fields or files than by default, and drops the others.

use super::in_force;
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::options::{OptionKind, RuleOption};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::rules::timeout::quoted_like;
use crate::stack::php::PhpSetting;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "php/input-dropped",
    severity: Severity::Hint,
    summary: "PHP takes few fields or files of a form, and drops the others without an error",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/php/input-dropped.md"),
    check,
};

/// The least number of fields that is no finding.
pub(crate) static FIELDS: RuleOption =
    RuleOption { rule: RULE.name, key: "fields", kind: OptionKind::Number, default: 1000 };

/// The least number of files that is no finding.
pub(crate) static FILES: RuleOption =
    RuleOption { rule: RULE.name, key: "files", kind: OptionKind::Number, default: 5 };

/// A number that PHP counts up to.
struct Count {
    key: &'static str,
    /// What is counted.
    what: &'static str,
    minimum: &'static RuleOption,
    default: u64,
    log: &'static str,
}

const COUNTS: [Count; 2] = [
    Count {
        key: "max_input_vars",
        what: "fields of a form, cookies and arguments",
        minimum: &FIELDS,
        default: 1000,
        log: "PHP Warning:  Unknown: Input variables exceeded",
    },
    Count {
        key: "max_file_uploads",
        what: "files of a form",
        minimum: &FILES,
        default: 20,
        log: "PHP Warning:  Maximum number of allowable file uploads has been exceeded in Unknown on line 0",
    },
];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for count in &COUNTS {
        let minimum = context.options.of(count.minimum);
        for setting in in_force(context, count.key, "") {
            let number = setting.value.trim().parse::<u64>().ok();
            if let Some(number) = number.filter(|number| *number < minimum) {
                sink.report_once(finding(context, count, &setting, number));
            }
        }
    }
}

fn finding(context: &Context<'_>, count: &Count, setting: &PhpSetting, number: u64) -> Option<Diagnostic> {
    let Count { key, what, default, log, .. } = count;
    let message = format!(
        "PHP takes {number} {what} and drops the others: the page answers 200, and a part of what was sent is lost"
    );
    let edit = setting
        .value_span
        .map(|value| Edit::replace(value, quoted_like(context, value, &default.to_string())));
    let log = if *key == "max_input_vars" {
        format!("{log} {number}. To increase the limit change max_input_vars in php.ini.")
    } else {
        (*log).to_owned()
    };
    let found = Diagnostic::new(setting.span?, message, format!("PHP's default is {default}"))
        .note(format!("PHP logs: {log}"))
        .help(format!("write {default} for {key}, or leave it out"))
        .fix(edit.map(|edit| Fix::risky(format!("take {default}"), vec![edit])));
    Some(found)
}
