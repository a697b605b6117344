//! `buffer/wrong-prefix`: buffers or timeouts are raised for another protocol than the location speaks.

use super::ladder::{Ladder, PAGE, PREFIXES, Place as Anchor, SUFFIXES};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::hop::Hop;
use crate::stack::nginx::{Nginx, ScopeId};
use crate::tree::NodeRef;
use crate::value::{millis_text, nginx_size_text};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "buffer/wrong-prefix",
    severity: Severity::Warning,
    summary: "buffers or timeouts are raised for another protocol than the location speaks",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/buffer/wrong-prefix.md"),
    check,
};

/// What is raised to cure a 504.
const TIMES: [&str; 3] = ["read_timeout", "send_timeout", "connect_timeout"];

/// How long nginx waits, unless told otherwise.
const MINUTE: u64 = 60_000;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (nginx, hop) in context.stack.nginx_hops() {
        let spoken = hop.protocol.nginx_prefix();
        for other in PREFIXES.into_iter().filter(|other| *other != spoken) {
            let place = Place { context, nginx, scope: hop.scope, spoken, other };
            place.finding(hop).into_iter().for_each(|found| sink.report(found));
        }
    }
}

/// A location that hands requests on with `spoken`_pass, seen for what is set for `other`.
struct Place<'a> {
    context: &'a Context<'a>,
    nginx: &'a Nginx,
    scope: ScopeId,
    spoken: &'static str,
    other: &'static str,
}

/// A directive that has no effect here.
struct Stray<'a> {
    node: NodeRef<'a>,
    suffix: &'static str,
}

impl<'a> Place<'a> {
    fn finding(&self, hop: &Hop) -> Option<Diagnostic> {
        let strays = self.strays(hop);
        let (first, now) = strays.iter().find_map(|stray| Some((stray, self.surpassed(stray)?)))?;
        if self.speaks_other() {
            return None;
        }
        let (spoken, written) = (self.spoken, first.node.tree.slice(first.node.head()));
        let (fails, log) = match first.suffix {
            "buffer_size" => (
                "a larger header answers 502",
                "nginx logs: upstream sent too big header while reading response header from upstream",
            ),
            _ => (
                "what takes longer answers 504",
                "nginx logs: upstream timed out (110: Connection timed out)",
            ),
        };
        let message = format!(
            "`{written}` has no effect on `{spoken}_pass`: `{spoken}_{}` stays {now}, and {fails}",
            first.suffix
        );
        let label = format!("is for `{}_pass`", self.other);
        let mut found = Diagnostic::new(first.node.head(), message, &label);
        for stray in strays.iter().filter(|stray| stray.node != first.node) {
            found = found.label(stray.node.head(), &label);
        }
        let edits = self.rename(&strays);
        Some(
            found
                .label(hop.span, format!("this location speaks {}", hop.protocol.word()))
                .note(log)
                .help(format!("write `{spoken}_` for `{}_` here", self.other))
                .fix(edits.map(|edits| Fix::risky(format!("set it for `{spoken}_pass`"), edits))),
        )
    }

    /// The directives of `other` that are written in the location itself and whose namesakes are not.
    /// Snippets are left alone: other locations may include them with good reason.
    fn strays(&self, hop: &Hop) -> Vec<Stray<'a>> {
        let here = |prefix: &str, suffix: &str| {
            self.nginx.here(self.context.files, self.scope, &format!("{prefix}_{suffix}")).next()
        };
        let stray = |suffix: &'static str| {
            let node = here(self.other, suffix).filter(|node| node.at().file == hop.at.file)?;
            here(self.spoken, suffix).is_none().then_some(Stray { node, suffix })
        };
        let sizes = if PREFIXES.contains(&self.spoken) { &SUFFIXES[..] } else { &SUFFIXES[..1] };
        sizes.iter().chain(&TIMES).copied().filter_map(stray).collect()
    }

    /// What is in force instead of a stray that would raise it; buffers on their own cure nothing.
    fn surpassed(&self, stray: &Stray<'_>) -> Option<String> {
        let is_time = TIMES.contains(&stray.suffix);
        if !is_time && stray.suffix != "buffer_size" {
            return None;
        }
        let read = |prefix: &str| {
            let (files, name) = (self.context.files, format!("{prefix}_{}", stray.suffix));
            if is_time {
                self.nginx.time(files, self.scope, &name, MINUTE)
            } else {
                self.nginx.size(files, self.scope, &name, PAGE)
            }
        };
        let (now, wanted) = (read(self.spoken)?, read(self.other)?);
        let known = !now.is_default() || self.nginx.is_certain(self.scope);
        let default = if now.is_default() { " (default)" } else { "" };
        let text = if is_time { millis_text(now.value) } else { nginx_size_text(now.value) };
        (known && wanted.value > now.value).then(|| format!("{text}{default}"))
    }

    /// Whether a location inside this one, which inherits from it, speaks `other`.
    fn speaks_other(&self) -> bool {
        let pass = format!("{}_pass", self.other);
        let inside = |id: &ScopeId| self.nginx.around(*id).any(|around| around == self.scope);
        self.nginx
            .scope_ids()
            .filter(inside)
            .any(|id| self.nginx.here(self.context.files, id, &pass).next().is_some())
    }

    /// Gives the strays the prefix that is spoken, and all sizes of it values that fit.
    fn rename(&self, strays: &[Stray<'_>]) -> Option<Vec<Edit>> {
        let ladder = Ladder::read(self.context, self.nginx, self.scope, self.spoken)?;
        let written = Ladder::read(self.context, self.nginx, self.scope, self.other)?.sizes();
        let mut sizes = ladder.sizes();
        for stray in strays {
            match stray.suffix {
                "buffer_size" => sizes.header = written.header,
                "buffers" => (sizes.buffers, sizes.buffers_set) = (written.buffers, true),
                "busy_buffers_size" => sizes.busy = written.busy,
                "temp_file_write_size" => sizes.write = written.write,
                "max_temp_file_size" => sizes.max_temp = written.max_temp,
                _ => {}
            }
        }
        let fitted = if PREFIXES.contains(&self.spoken) { sizes.fit() } else { sizes };
        let mut edits = Vec::new();
        for Stray { node, suffix } in strays {
            edits.push(Edit::replace(node.name_span(), format!("{}_{suffix}", self.spoken)));
            let text = fitted.text(suffix).filter(|_| SUFFIXES.contains(suffix));
            edits.extend(
                text.filter(|text| sizes.text(suffix).as_ref() != Some(text))
                    .map(|text| edits::set_value(*node, &text)),
            );
        }
        let mut others = ladder.changes(fitted);
        others.retain(|(suffix, _)| strays.iter().all(|stray| stray.suffix != *suffix));
        let anchor = Anchor { node: strays.last()?.node, scope: self.scope };
        edits.extend(ladder.edits(anchor, &others));
        Some(edits)
    }
}
