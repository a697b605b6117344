//! `body/modsecurity-limit`: ModSecurity refuses requests that PHP was set up to take.

use super::{POST, Size};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::apache::{Apache, Entry, InForce};
use crate::stack::nginx::ScopeId;
use crate::value::{self, bytes_text};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "body/modsecurity-limit",
    severity: Severity::Warning,
    summary: "ModSecurity refuses requests that PHP was set up to take",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/body/modsecurity-limit.md"),
    check,
};

/// A limit of ModSecurity.
struct Limit {
    /// In small letters, and as it is written.
    name: &'static str,
    shown: &'static str,
    default: u64,
    /// What it is a limit of.
    of: &'static str,
    /// What is logged of more than that.
    log: &'static str,
}

const LIMITS: [Limit; 2] = [
    Limit {
        name: "secrequestbodylimit",
        shown: "SecRequestBodyLimit",
        default: 134_217_728,
        of: "requests",
        log: "Request body (Content-Length) is larger than the configured limit",
    },
    Limit {
        name: "secrequestbodynofileslimit",
        shown: "SecRequestBodyNoFilesLimit",
        default: 1_048_576,
        of: "forms without files",
        log: "Request body no files data length is larger than the configured limit",
    },
];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let looks = |apache: &&Apache| {
        !apache.is_htaccess() && apache.everywhere("secrequestbodyaccess").next().is_some()
    };
    for apache in context.stack.apache.iter().filter(looks) {
        if is_changed_by_rules(apache) {
            continue;
        }
        for (scope, size) in sizes(context, apache) {
            let Some(inspection) = Inspection::at(apache, scope) else { continue };
            for limit in &LIMITS {
                let severity = if size.is_chosen(POST.1) { Severity::Warning } else { Severity::Hint };
                sink.report_once_as(severity, inspection.finding(context, apache, scope, limit, size));
            }
        }
    }
}

/// The places of an Apache from which requests get to PHP, and what PHP takes there.
fn sizes(context: &Context<'_>, apache: &Apache) -> Vec<(ScopeId, Size)> {
    let mut sizes = Vec::new();
    for chain in context.stack.chains(context.files) {
        let last = chain.hops.last().copied();
        let setting = context.stack.php_setting(context.files, last, chain.fpm, chain.pool, POST.0, POST.1);
        let Some(size) = setting.and_then(|setting| Size::read(POST.0, &setting)) else { continue };
        let ours = |server: &Apache| server.file == apache.file;
        let hops = chain.hops.iter().filter(|hop| context.stack.apache_of(hop).is_some_and(ours));
        sizes.extend(hops.map(|hop| (hop.scope, size)));
    }
    for runner in context.stack.runners(context.files, context.disk, apache) {
        let host = apache.vhost_of(runner.scope);
        let setting = runner.setting(context.files, apache, host, POST.0, POST.1);
        sizes.extend(Size::read(POST.0, &setting).map(|size| (runner.scope, size)));
    }
    sizes
}

/// Whether rules of ModSecurity change for some requests how large they may be.
fn is_changed_by_rules(apache: &Apache) -> bool {
    let changes = |text: &str| {
        let text = text.to_ascii_lowercase();
        text.contains("ctl:requestbodylimit") || text.contains("ctl:requestbodyaccess")
    };
    let mut rules = ["secrule", "secaction"].iter().flat_map(|name| apache.everywhere(name));
    rules.any(|(_, rule)| rule.args.iter().any(|arg| changes(&arg.value)))
}

/// ModSecurity reads the requests of a place.
struct Inspection<'a> {
    access: &'a Entry,
    /// Whether a request that is too large goes on, with a part of it read.
    partial: bool,
}

impl<'a> Inspection<'a> {
    fn at(apache: &'a Apache, scope: ScopeId) -> Option<Self> {
        let said = |entry: Option<&Entry>, word: &str| {
            entry.and_then(|entry| entry.value(0)).is_some_and(|value| value.eq_ignore_ascii_case(word))
        };
        let engine = apache.merged(scope, "secruleengine").entry();
        let access = apache.merged(scope, "secrequestbodyaccess").entry()?;
        let detects = said(engine, "detectiononly");
        if !(detects || said(engine, "on")) || !said(Some(access), "on") {
            return None;
        }
        let InForce::Known(action) = apache.merged(scope, "secrequestbodylimitaction") else { return None };
        Some(Self { access, partial: detects || said(action, "processpartial") })
    }

    fn finding(
        &self,
        context: &Context<'_>,
        apache: &Apache,
        scope: ScopeId,
        limit: &Limit,
        size: Size,
    ) -> Option<Diagnostic> {
        let InForce::Known(entry) = apache.merged(scope, limit.name) else { return None };
        let takes = match entry {
            Some(entry) => u64::try_from(value::apache_strict(entry.value(0)?).ok()?).ok()?,
            None => limit.default,
        };
        if takes >= size.bytes {
            return None;
        }
        // A part of a form with files has no end, which ModSecurity takes for a broken one.
        let partial = self.partial && limit.name == LIMITS[0].name;
        let status = if partial { 500 } else { 413 };
        let default = if entry.is_none() { " (default)" } else { "" };
        let (least, most) = (bytes_text(takes), bytes_text(size.bytes));
        let message = format!(
            "ModSecurity takes {} of {least}{default} and PHP requests of {most}: one in between answers {status}",
            limit.of
        );
        let place = entry.unwrap_or(self.access).span(context.files);
        let mut found =
            Diagnostic::new(place, message, format!("{} of no more than {takes} bytes{default}", limit.of));
        if let Some(span) = size.span {
            found = found.label(span, size.words());
        }
        let log =
            if partial { "Multipart parsing error: Multipart: Final boundary missing." } else { limit.log };
        let limit_of = if partial { String::new() } else { format!(" ({takes})") };
        let edit = if let Some(entry) = entry {
            entry.args.first()?.plain.map(|span| Edit::replace(span, size.bytes.to_string()))
        } else {
            let line = format!("{} {}", limit.shown, size.bytes);
            Some(edits::insert_line_after(context.files.node(self.access.at), &line))
        };
        let fix = edit.map(|edit| Fix::risky(format!("let ModSecurity take {most}"), vec![edit]));
        Some(
            found
                .note(format!("Apache logs: ModSecurity: {log}{limit_of}"))
                .help(format!("write `{} {}`: it takes bytes, and drops a unit", limit.shown, size.bytes))
                .fix(fix),
        )
    }
}
