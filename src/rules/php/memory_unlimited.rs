//! `php/memory-unlimited`: one script may take all the memory of the machine.

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::rules::timeout::quoted_like;
use crate::stack::fpm::{Fpm, Pool};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "php/memory-unlimited",
    severity: Severity::Warning,
    summary: "nothing limits the memory of a script, and the kernel ends one child or another",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/php/memory-unlimited.md"),
    check,
};

/// What is written instead.
const ENOUGH: &str = "256M";

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (fpm, pool) in context.stack.pools() {
        sink.report_once(finding(context, fpm, pool));
    }
}

fn finding(context: &Context<'_>, fpm: &Fpm, pool: &Pool) -> Option<Diagnostic> {
    let limit = context.stack.php_setting(context.files, None, fpm, pool, "memory_limit", "128M")?;
    let children = pool.number("pm.max_children").filter(|&children| children > 1)?;
    if limit.value.trim() != "-1" {
        return None;
    }
    let message = format!(
        "nothing limits the memory of a script, and pool [{}] has up to {children} children: when there is none left the \
         kernel ends one of them, and its visitor gets 502",
        pool.name
    );
    let edit = limit.value_span.map(|value| Edit::replace(value, quoted_like(context, value, ENOUGH)));
    let found = Diagnostic::new(limit.span?, message, "as much as there is")
        .note("FPM logs: WARNING: [pool …] child … exited on signal 9 (SIGKILL) after … seconds from start")
        .help(format!(
            "write {ENOUGH} for memory_limit; a script that runs into it ends alone, and says so in the log"
        ))
        .fix(edit.map(|edit| Fix::risky(format!("give each script {ENOUGH}"), vec![edit])));
    Some(found)
}
