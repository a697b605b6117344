//! `service/gunicorn-umask`: gunicorn's umask takes from the gateway the write it needs to connect.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::access::Identity;
use crate::stack::endpoint::Endpoint;
use crate::stack::hop::Hop;
use crate::stack::services::{App, Said, Unit};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "service/gunicorn-umask",
    severity: Severity::Error,
    summary: "gunicorn's umask takes from the gateway the write it needs to connect",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/service/gunicorn-umask.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let services = &context.stack.services;
    let mut seen = HashSet::new();
    for hop in &context.stack.hops {
        for leg in hop.legs.iter().filter(|leg| matches!(leg.endpoint, Endpoint::Unix(_))) {
            let app =
                context.stack.app_at(leg).filter(|app| app.program.name == "gunicorn" && !app.activated);
            let Some((app, unit)) = app.and_then(|app| Some((app, &services.units[app.unit?]))) else {
                continue;
            };
            let Some(who) = context.stack.identity(context.files, hop.gateway) else { continue };
            if seen.insert(app.span)
                && let Some(found) = finding(context, hop, app, unit, &who)
            {
                sink.report(found);
            }
        }
    }
}

fn finding(context: &Context<'_>, hop: &Hop, app: &App, unit: &Unit, who: &Identity) -> Option<Diagnostic> {
    let umask = app.get("umask")?;
    let mask = octal(umask.value.known()?)?;
    let said = |key: &str, name: &str| match app.get(name) {
        Some(setting) => Some(setting.value.clone()),
        None => unit.value(context.files, "Service", key),
    };
    let user = said("User", "user");
    let owner = name(user.as_ref(), "root")?;
    let group_said = said("Group", "group");
    // The group of a user is by custom of the same name.
    let group = name(group_said.as_ref(), owner)?;
    if who.user == "root" || who.user == owner || mask & 0o022 == 0 {
        return None;
    }
    let member = if who.group == group { Some(true) } else { context.files.users.in_group(&who.user, group) };
    let refused = match member {
        Some(true) => mask & 0o020 != 0,
        Some(false) => mask & 0o002 != 0,
        None => mask & 0o022 == 0o022,
    };
    let status = hop.gateway.unreachable_status();
    let message = format!(
        "umask {} leaves the socket to {}, and {} cannot connect: every request answers {status}",
        umask.value.known()?,
        if mask & 0o020 == 0 { format!("{owner} and the group {group}") } else { owner.to_owned() },
        who.user
    );
    let (mut edits, mut help) = (Vec::new(), Vec::new());
    if mask & 0o027 != 0o007 {
        let text = if umask.on_command_line { "007" } else { "0o007" };
        edits.push(umask.value.plain.then(|| Edit::replace(umask.value.span, text)));
        help.push(format!("set umask to {text}"));
    }
    if member != Some(true) {
        let span = unit
            .value(context.files, "Service", "Group")
            .filter(|said| said.plain && app.get("group").is_none());
        let exec = unit.get("Service", "ExecStart");
        edits.push(match (span, exec) {
            (Some(said), _) => Some(Edit::replace(said.span, who.group.clone())),
            (None, Some(exec)) if unit.get("Service", "Group").is_none() && app.get("group").is_none() => {
                let line_break = context.sources.file_of(exec.span).line_break();
                Some(Edit::insert(exec.span.lo, format!("Group={}{line_break}", who.group)))
            }
            _ => None,
        });
        help.push(format!("write `Group={}` in {}", who.group, unit.name));
    }
    let edits: Option<Vec<Edit>> = edits.into_iter().collect();
    let found = Diagnostic::new(umask.span, message, "taken from the rights of the socket")
        .label(who.span, format!("the gateway runs as {}", who.user))
        .label(hop.span, "called from here")
        .note("nginx logs: connect() failed (13: Permission denied) while connecting to upstream")
        .help(help.join(", and "))
        .fix(edits.map(|edits| Fix::risky(format!("let {} connect", who.user), edits)));
    refused.then_some(found)
}

/// What a word says; `default` when there is none, `None` when it is not known.
fn name<'a>(said: Option<&'a Said>, default: &'a str) -> Option<&'a str> {
    match said {
        Some(said) => said.known().filter(|name| !name.bytes().all(|byte| byte.is_ascii_digit())),
        None => Some(default),
    }
}

/// gunicorn reads `007` and `0o007` as octal, and `7` as a number.
fn octal(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("0o").or_else(|| text.strip_prefix('0'));
    match digits {
        Some("") => Some(0),
        Some(digits) => u32::from_str_radix(digits, 8).ok(),
        None => text.parse().ok(),
    }
}
