//! `php/not-settable-here`: a setting stands where PHP does not look at it.

use super::{Place, Set, settings};
use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::vocabulary::{Changeable, php_word};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "php/not-settable-here",
    severity: Severity::Warning,
    summary: "a setting that has no effect where it stands: in .user.ini, in a pool, in what nginx sends along",
    fixable: Fixable::No,
    card: include_str!("../../../rules/php/not-settable-here.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for set in settings(context).iter().filter(|set| set.place != Place::Ini) {
        sink.report_some(finding(set));
    }
}

fn finding(set: &Set) -> Option<Diagnostic> {
    let key = &set.key;
    let changeable = match key.as_str() {
        "zend_extension" => Changeable::Start,
        "extension" => Changeable::System,
        name => php_word(name)?.changeable,
    };
    let (message, label, help) = match (set.place, changeable) {
        (Place::UserIni, Changeable::System) => (
            format!("PHP ignores `{key}` in .user.ini"),
            "only php.ini and pools may set this",
            format!("set it in php.ini, or as `php_admin_value[{key}]` in the pool"),
        ),
        (Place::UserIni, Changeable::Start) => (
            format!("PHP ignores `{key}` in .user.ini"),
            "only php.ini may set this",
            "set it in php.ini, for all pools".to_owned(),
        ),
        (Place::Pool, Changeable::Start) => (
            format!(
                "`{key}` has no effect in a pool: it is used up when PHP-FPM starts, before there are pools"
            ),
            "only php.ini may set this",
            "set it in php.ini, for all pools".to_owned(),
        ),
        (Place::Param, Changeable::Start) => (
            format!("`{key}` has no effect in a request: it is used up when PHP-FPM starts"),
            "only php.ini may set this",
            "set it in php.ini, for all pools".to_owned(),
        ),
        _ => return None,
    };
    let diagnostic = Diagnostic::new(set.line, message, label).help(help);
    Some(match set.place {
        Place::UserIni => diagnostic.note("PHP logs nothing"),
        _ => diagnostic.note("FPM logs nothing, and `ini_get()` shows the value that is not in force"),
    })
}
