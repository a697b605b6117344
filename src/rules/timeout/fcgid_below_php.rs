//! `timeout/fcgid-below-php`: mod_fcgid waits less for an answer than PHP may work on it.

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::apache::{Apache, Runner, Sort};
use crate::stack::nginx::ScopeId;
use crate::value;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "timeout/fcgid-below-php",
    severity: Severity::Warning,
    summary: "mod_fcgid waits less for an answer than PHP may work on it",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/timeout/fcgid-below-php.md"),
    check,
};

/// Its name now, and the one it had before mod_fcgid 2.3.
const NAMES: [&str; 2] = ["fcgidiotimeout", "ipccommtimeout"];

/// Seconds mod_fcgid waits where nothing is said.
const DEFAULT: i64 = 40;

/// Seconds on top of what PHP may take, so that it is PHP who ends the request.
const ROOM: i64 = 5;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for apache in &context.stack.apache {
        // It may give a single program another time.
        if apache.everywhere("fcgidcmdoptions").next().is_some() {
            continue;
        }
        for runner in context.stack.runners(context.files, context.disk, apache) {
            let own = apache.vhost_of(runner.scope);
            let hosts = apache.vhosts().filter(|_| own == ScopeId(0)).chain([own]);
            for host in hosts.filter(|_| runner.sort == Sort::Fcgid) {
                sink.report_once(finding(context, apache, &runner, host));
            }
        }
    }
}

fn finding(context: &Context<'_>, apache: &Apache, runner: &Runner<'_>, host: ScopeId) -> Option<Diagnostic> {
    let entry = NAMES.iter().find_map(|name| apache.find(host, name)).map(|(entry, _)| entry);
    let waits = match entry {
        Some(entry) => value::apache_strict(entry.value(0)?).ok()?,
        None if apache.whole => DEFAULT,
        None => return None,
    };
    let setting = runner.setting(context.files, apache, host, "max_execution_time", "30");
    let works = value::php_int(&setting.value).value;
    if works <= waits || waits < 1 {
        return None;
    }
    let default = if entry.is_none() { " (default)" } else { "" };
    let message = format!(
        "mod_fcgid waits {waits} s{default} and PHP may work for {works} s: a request in between answers 500"
    );
    let needed = works + ROOM;
    let place = entry.unwrap_or(runner.entry).span(context.files);
    let mut found = Diagnostic::new(place, message, format!("waits {waits} s{default}"));
    if let Some(span) = setting.span {
        found = found.label(span, format!("may work for {works} s"));
    }
    let edit = if let Some(entry) = entry {
        Edit::replace(entry.args.first()?.plain?, needed.to_string())
    } else {
        let own = apache.vhost_of(runner.scope);
        let outermost = apache.around(runner.scope).take_while(|&id| id != own).last();
        let at = outermost.and_then(|id| apache.section(id).at).unwrap_or(runner.entry.at);
        edits::insert_line_before(context.files.node(at), &format!("FcgidIOTimeout {needed}"))
    };
    Some(
        found
            .note(format!("Apache logs: mod_fcgid: read data timeout in {waits} seconds"))
            .help(format!("write `FcgidIOTimeout {needed}`"))
            .fix(Fix::risky(format!("wait {needed} s"), vec![edit])),
    )
}
