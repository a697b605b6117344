//! `php/open-basedir`: PHP is not allowed to open the scripts it is to run.

use std::collections::HashSet;

use super::site::{Site, below_root, sites};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::php::PhpSetting;
use crate::value::php_reserved;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "php/open-basedir",
    severity: Severity::Error,
    summary: "open_basedir leaves out the directory of the scripts PHP is to run",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/php/open-basedir.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    for site in sites(context) {
        let Site { hop, fpm, pool, root, .. } = &site;
        let setting = context.stack.php_setting(context.files, Some(hop), fpm, pool, "open_basedir", "");
        let Some(setting) = setting.filter(|setting| excludes(context, &setting.value, root)) else {
            continue;
        };
        if setting.span.is_some_and(|span| seen.insert(span)) {
            sink.report_some(finding(context, &site, &setting));
        }
    }
}

/// Whether none of the directories holds `root`. A relative one, or one that is filled in elsewhere, may.
fn excludes(context: &Context<'_>, list: &str, root: &str) -> bool {
    if list.is_empty() || php_reserved(list).is_some() {
        return false;
    }
    let real = context.disk.canonical(&below_root(context, root));
    list.split(':').filter(|dir| !dir.is_empty()).all(|dir| {
        let plain = dir.starts_with('/') && !dir.contains(['$', '{', '<', '@', '%']);
        plain && !real.starts_with(context.disk.canonical(&below_root(context, dir)))
    })
}

fn finding(context: &Context<'_>, site: &Site<'_>, setting: &PhpSetting) -> Option<Diagnostic> {
    let Site { root, pool, caller, .. } = site;
    let list = &setting.value;
    let message = format!(
        "PHP may open files in {list} only, and pool [{}] is to run those in {root}: every request answers 404 \"No \
         input file specified.\"",
        pool.name
    );
    let wider = format!("{}:{root}/", list.trim_end_matches(':'));
    let edit = setting.value_span.and_then(|span| {
        let written = context.sources.text(span);
        let at = written.find(list.as_str())?;
        let lo = span.lo + u32::try_from(at).ok()?;
        let hi = lo + u32::try_from(list.len()).ok()?;
        Some(Edit::replace(crate::source::Span::new(lo, hi), wider.clone()))
    });
    let found = Diagnostic::new(setting.span?, message, "the site is not among them")
        .label(site.span, "the scripts are here")
        .note(format!(
            "{caller} logs: PHP Warning:  PHP Request Startup: open_basedir restriction in effect. \
             File({root}/index.php) is not within the allowed path(s): ({list})"
        ))
        .help(format!("write `open_basedir = {wider}`"));
    Some(found.fix(edit.map(|edit| Fix::risky(format!("let PHP open files in {root}"), vec![edit]))))
}
