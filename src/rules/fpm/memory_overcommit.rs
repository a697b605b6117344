//! `fpm/memory-overcommit`: the children of all pools may take more memory than there is.

use super::children::{self, CHILDREN};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::options::{OptionKind, RuleOption};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::fpm::{Fpm, Pool};
use crate::value::{bytes_text, php_quantity};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "fpm/memory-overcommit",
    severity: Severity::Warning,
    summary: "the children of all pools may take more memory than gwlint.toml says there is",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/fpm/memory-overcommit.md"),
    check,
};

/// The memory PHP may take in all; 0 when nobody says.
pub(crate) static MEMORY: RuleOption =
    RuleOption { rule: RULE.name, key: "memory", kind: OptionKind::Bytes, default: 0 };

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let memory = context.options.of(&MEMORY);
    for fpm in context.stack.fpm.iter().filter(|_| memory > 0) {
        sink.report_some(finding(context, fpm, memory));
    }
}

/// What a pool may take: its children, and bytes for each.
struct Share<'a> {
    pool: &'a Pool,
    children: u64,
    each: u64,
}

/// The shares of all pools; `None` when one of them has no limit.
fn shares<'a>(context: &Context<'a>, fpm: &'a Fpm) -> Option<Vec<Share<'a>>> {
    let share = |pool: &'a Pool| {
        let limit = context.stack.php_setting(context.files, None, fpm, pool, "memory_limit", "128M")?;
        let each = u64::try_from(php_quantity(&limit.value).value).ok()?;
        let children = u64::try_from(pool.number(CHILDREN)?).ok()?;
        Some(Share { pool, children, each })
    };
    fpm.pools.iter().map(share).collect()
}

fn finding(context: &Context<'_>, fpm: &Fpm, memory: u64) -> Option<Diagnostic> {
    let shares = shares(context, fpm)?;
    let sum =
        shares.iter().map(|share| share.children.saturating_mul(share.each)).fold(0, u64::saturating_add);
    let largest = shares.iter().max_by_key(|share| share.children.saturating_mul(share.each))?;
    if sum <= memory {
        return None;
    }
    let children: u64 = shares.iter().map(|share| share.children).sum();
    let message = format!(
        "{children} children of PHP may take {} together, and there are {}: the kernel kills one in the middle of a request, \
         which answers 502",
        bytes_text(sum),
        bytes_text(memory)
    );
    let entry = largest.pool.get(CHILDREN)?;
    let fits = memory / largest.each.max(1);
    let found = Diagnostic::new(entry.span, message, format!("each may take {}", bytes_text(largest.each)))
        .note("FPM logs: WARNING: [pool …] child … exited on signal 9 (SIGKILL) after … seconds from start");
    if let ([share], 1..) = (shares.as_slice(), fits) {
        let fix = Fix::risky(
            format!("have {fits} children at most"),
            children::rewritten(context, share.pool, fits)?,
        );
        return Some(
            found.help(format!("write `pm.max_children = {fits}`, or a lower memory_limit")).fix(fix),
        );
    }
    Some(found.help("lower pm.max_children of the pools, or memory_limit"))
}
