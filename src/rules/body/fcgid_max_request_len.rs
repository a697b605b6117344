//! `body/fcgid-max-request-len`: mod_fcgid refuses requests that PHP was set up to take.

use super::{POST, Size};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::apache::{Apache, Entry, Runner, Sort};
use crate::stack::nginx::ScopeId;
use crate::value::{self, bytes_text};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "body/fcgid-max-request-len",
    severity: Severity::Warning,
    summary: "mod_fcgid refuses requests that PHP was set up to take",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/body/fcgid-max-request-len.md"),
    check,
};

/// Its name now, and the one it had before mod_fcgid 2.3.
const NAMES: [&str; 2] = ["fcgidmaxrequestlen", "maxrequestlen"];

/// What mod_fcgid takes since 2.3.6 where nothing is said.
const DEFAULT: u64 = 131_072;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for apache in &context.stack.apache {
        for runner in context.stack.runners(context.files, context.disk, apache) {
            for vhost in hosts(apache, &runner) {
                let Some(refusal) = Refusal::of(context, apache, &runner, vhost) else { continue };
                let severity = if refusal.is_chosen() { Severity::Warning } else { Severity::Hint };
                sink.report_once_as(severity, refusal.finding(context));
            }
        }
    }
}

/// The virtual hosts PHP runs for: its own, or of the main server itself and all.
fn hosts(apache: &Apache, runner: &Runner<'_>) -> Vec<ScopeId> {
    let own = apache.vhost_of(runner.scope);
    let others = apache.vhosts().filter(|_| own == ScopeId(0));
    others.chain([own]).filter(|_| runner.sort == Sort::Fcgid).collect()
}

/// mod_fcgid takes less than PHP.
struct Refusal<'a> {
    apache: &'a Apache,
    /// The directive in force; `None` for the default.
    entry: Option<&'a Entry>,
    limit: u64,
    size: Size,
    wrapper: &'a Entry,
    scope: ScopeId,
}

impl<'a> Refusal<'a> {
    fn of(context: &Context<'_>, apache: &'a Apache, runner: &Runner<'a>, vhost: ScopeId) -> Option<Self> {
        let mut found = NAMES.iter().filter_map(|name| apache.find(vhost, name));
        let entry = found.next().map(|(entry, _)| entry);
        let limit = match entry {
            Some(entry) => u64::try_from(value::apache_strict(entry.value(0)?).ok()?).ok()?,
            None if apache.whole => DEFAULT,
            None => return None,
        };
        let size = Size::read(POST.0, &runner.setting(context.files, apache, vhost, POST.0, POST.1))?;
        let below = limit < size.bytes;
        below.then_some(Self { apache, entry, limit, size, wrapper: runner.entry, scope: runner.scope })
    }

    /// Whether somebody wanted more than is taken: chose the size of PHP, or never heard of the limit.
    fn is_chosen(&self) -> bool {
        self.entry.is_none() || self.size.is_chosen(POST.1)
    }

    fn finding(&self, context: &Context<'_>) -> Diagnostic {
        let default = if self.entry.is_none() { " (default)" } else { "" };
        let (limit, size) = (bytes_text(self.limit), bytes_text(self.size.bytes));
        let message = format!(
            "mod_fcgid takes requests of {limit}{default} and PHP of {size}: an upload in between answers 500"
        );
        let place = self.entry.unwrap_or(self.wrapper).span(context.files);
        let label = format!("no more than {} bytes{default} get to PHP", self.limit);
        let mut found = Diagnostic::new(place, message, label);
        if let Some(span) = self.size.span {
            found = found.label(span, self.size.words());
        }
        found
            .note(format!(
                "Apache logs: mod_fcgid: HTTP request length … (so far) exceeds MaxRequestLen ({})",
                self.limit
            ))
            .help(format!("write `FcgidMaxRequestLen {}`: it takes bytes, and no unit", self.size.bytes))
            .fix(self.repair(context))
    }

    /// Raises the value where it stands; else sets it beside what runs PHP, outside of the sections that may not hold it.
    fn repair(&self, context: &Context<'_>) -> Option<Fix> {
        let bytes = self.size.bytes;
        let edit = if let Some(entry) = self.entry {
            Edit::replace(entry.args.first()?.plain?, bytes.to_string())
        } else {
            let host = self.apache.vhost_of(self.scope);
            let mut around = self.apache.around(self.scope).take_while(|&id| id != host);
            let outermost = around.by_ref().last().and_then(|id| self.apache.section(id).at);
            let node = context.files.node(outermost.unwrap_or(self.wrapper.at));
            edits::insert_line_before(node, &format!("FcgidMaxRequestLen {bytes}"))
        };
        Some(Fix::risky(format!("let mod_fcgid take {}", bytes_text(bytes)), vec![edit]))
    }
}
