//! `handler/php-not-matched`: the section that hands files to PHP does not match files that end in `.php`.

use super::patterns::Pattern;
use super::{Handler, all, handled_elsewhere, index};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::stack::apache::{Apache, Entry};
use crate::stack::nginx::ScopeId;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "handler/php-not-matched",
    severity: Severity::Error,
    summary: "the section that hands files to PHP does not match .php, and their source is sent to visitors",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/handler/php-not-matched.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for apache in context.stack.apache.iter().filter(|apache| apache.whole && apache.modules.complete) {
        let missing: Vec<Miss<'_>> = all(apache).filter_map(|handler| Miss::of(apache, handler)).collect();
        for miss in &missing {
            for vhost in hosts(apache, miss.handler.scope) {
                let mine: Vec<&Entry> = missing.iter().map(|miss| miss.handler.entry).collect();
                if handled_elsewhere(apache, vhost, &mine) {
                    continue;
                }
                let index = index(apache, vhost);
                if !miss.is_about_php && !index.is_some_and(|index| comes_first(apache, vhost, index)) {
                    continue;
                }
                let severity = if index.is_some() { Severity::Error } else { Severity::Warning };
                sink.report_once_as(severity, miss.finding(context, index));
            }
        }
    }
}

/// The virtual hosts a section counts for: its own, or of the main server all that serve PHP.
fn hosts(apache: &Apache, scope: ScopeId) -> Vec<ScopeId> {
    match apache.vhost_of(scope) {
        ScopeId(0) => {
            let with_index: Vec<ScopeId> =
                apache.vhosts().filter(|&vhost| index(apache, vhost).is_some()).collect();
            if with_index.is_empty() { vec![ScopeId(0)] } else { with_index }
        }
        vhost => vec![vhost],
    }
}

/// Whether the virtual host itself wants a PHP file before all others: then it is no site of anything else.
fn comes_first(apache: &Apache, vhost: ScopeId, index: &Entry) -> bool {
    let own = apache.section_ids().filter(|&id| apache.vhost_of(id) == vhost);
    let mut entries = own.flat_map(|id| &apache.section(id).entries);
    entries.any(|entry| entry.at == index.at)
        && index.value(0).is_some_and(|first| first.to_ascii_lowercase().ends_with(".php"))
}

/// A handler whose section or list of extensions leaves `.php` out.
struct Miss<'a> {
    handler: Handler<'a>,
    /// What is matched instead.
    pattern: &'a str,
    /// Where it is written, and what to write instead.
    place: Option<Span>,
    instead: &'static str,
    /// Whether it is for files of PHP by its looks.
    is_about_php: bool,
}

impl<'a> Miss<'a> {
    fn of(apache: &'a Apache, handler: Handler<'a>) -> Option<Self> {
        let hands_to_php =
            handler.to.to_ascii_lowercase().starts_with("proxy:") && handler.to.contains("fcgi:");
        if !hands_to_php || handler.takes_php(apache) {
            return None;
        }
        if handler.entry.name.starts_with("add") {
            let [_, arg] = handler.entry.args.as_slice() else { return None };
            let pattern = arg.value.as_str();
            let like = pattern.trim_start_matches('.').to_ascii_lowercase().starts_with("php");
            return like.then_some(Self {
                handler,
                pattern,
                place: arg.plain,
                instead: ".php",
                is_about_php: true,
            });
        }
        let mut around = apache.around(handler.scope);
        let (id, pattern) = around.find_map(|id| Some((id, Pattern::of(apache, id)?)))?;
        let text = pattern.text();
        let instead = match pattern {
            Pattern::NameGlob(_) => "*.php",
            Pattern::NameRegex(_) | Pattern::PathRegex(_) => r"\.php$",
        };
        let place = apache.section(id).args.last().and_then(|arg| arg.plain);
        // What is no expression is told for itself.
        pattern.is_valid().then_some(Self {
            handler,
            pattern: text,
            place,
            instead,
            is_about_php: is_about_php(text),
        })
    }

    fn finding(&self, context: &Context<'_>, index: Option<&Entry>) -> Diagnostic {
        let handler = self.handler.entry.span(context.files);
        let span = self.place.unwrap_or(handler);
        let message = format!(
            "`{}` does not match `index.php`, and nothing else hands it to PHP: visitors get the source of every \
             `.php` file",
            self.pattern
        );
        let mut found = Diagnostic::new(span, message, "no file that ends in .php");
        if span != handler {
            found = found.label(handler, "what PHP files are for");
        }
        if let Some(index) = index {
            found = found.label(index.span(context.files), "the page that is sent as text");
        }
        let fix = self.place.map(|place| {
            Fix::risky(format!("match {}", self.instead), vec![Edit::replace(place, self.instead)])
        });
        found
            .note("Apache answers 200 with the source of the script and logs nothing")
            .help(format!("write `{}`", self.instead))
            .fix(fix)
    }
}

/// Whether a pattern is for files of PHP: a dot, and `ph` somewhere behind it. What is about everything but
/// something is not judged.
fn is_about_php(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let behind_dot = lower.find('.').is_some_and(|dot| lower[dot..].contains("php"));
    behind_dot && !lower.contains("(?!") && !lower.contains("[^")
}
