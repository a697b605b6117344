//! How long an application server lets a request run, against how long nginx waits for it.

use std::collections::HashSet;

use super::MARGIN;
use crate::diagnostic::{Edit, Fix};
use crate::edits;
use crate::rule::Context;
use crate::source::Span;
use crate::stack::hop::Hop;
use crate::stack::nginx::ScopeKind;
use crate::stack::services::App;
use crate::stack::setting::{Origin, Setting};

/// A leg from nginx to a program that ends its workers after some time.
pub(super) struct Pair<'a> {
    pub(super) hop: &'a Hop,
    pub(super) app: &'a App,
    /// How long nginx waits, in milliseconds.
    pub(super) wait: Setting<u64>,
    /// The directive: `proxy_read_timeout`.
    pub(super) directive: String,
    /// How long the program lets a worker run.
    pub(super) limit: Limit,
}

/// After how many seconds a worker is ended, and where that is written; `None` for the default.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limit {
    pub(super) seconds: i64,
    pub(super) key: &'static str,
    pub(super) span: Option<Span>,
}

impl Limit {
    /// gunicorn watches its sync workers alone that way: one with threads answers while a request runs.
    fn of(app: &App) -> Option<Self> {
        let read = |key: &'static str, default: Option<i64>| {
            let seconds = match app.get(key) {
                Some(setting) => setting.value.known()?.parse().ok()?,
                None => default.filter(|_| !app.open)?,
            };
            let span = app.get(key).map(|setting| setting.span);
            (seconds > 0).then_some(Self { seconds, key, span })
        };
        match app.program.name {
            "gunicorn" if app.is_sync() => read("timeout", Some(30)),
            "uwsgi" => read("harakiri", None),
            _ => None,
        }
    }

    /// `timeout is 30 s (default)`.
    pub(super) fn words(self) -> String {
        let default = if self.span.is_none() { " (default)" } else { "" };
        format!("{} s{default}", self.seconds)
    }
}

/// All pairs, each directive once.
pub(super) fn pairs<'a>(context: &Context<'a>) -> Vec<Pair<'a>> {
    let stack = context.stack;
    let mut seen = HashSet::new();
    let hops = stack.hops.iter().filter(|hop| seen.insert(hop.at));
    let pairs = hops.filter_map(|hop| {
        let nginx = stack.nginx_of(hop)?;
        let app = hop.legs.iter().find_map(|leg| stack.app_at(leg))?;
        let directive = format!("{}_read_timeout", hop.protocol.nginx_prefix());
        let wait = nginx.time(context.files, hop.scope, &directive, 60_000)?;
        let known = !wait.is_default() || nginx.whole;
        known.then_some(Pair { hop, app, wait, directive, limit: Limit::of(app)? })
    });
    pairs.collect()
}

impl Pair<'_> {
    /// `60 s (default)`.
    pub(super) fn wait_words(&self) -> String {
        let default = if self.wait.is_default() { " (default)" } else { "" };
        format!("{} s{default}", self.wait.value / 1000)
    }

    /// Makes nginx wait longer than the program, where it is said for this place alone.
    pub(super) fn raise(&self, context: &Context<'_>) -> Option<Fix> {
        let nginx = context.stack.nginx_of(self.hop)?;
        let time = format!("{}s", self.limit.seconds + MARGIN);
        let edit = if let Origin::Set(_) = self.wait.origin {
            Edit::replace(nginx.value_span(context.files, self.hop.scope, &self.directive)?, time.clone())
        } else {
            let is_location = nginx.scope(self.hop.scope).kind == ScopeKind::Location;
            let node = context.files.node(self.hop.at);
            is_location.then(|| edits::insert_line_after(node, &format!("{} {time};", self.directive)))?
        };
        Some(Fix::risky(format!("wait {time}"), vec![edit]))
    }

    /// Makes the program give up a little before nginx does.
    pub(super) fn lengthen(&self, context: &Context<'_>) -> Option<(i64, Option<Fix>)> {
        let seconds = i64::try_from(self.wait.value / 1000).ok()?.checked_sub(MARGIN)?;
        let edit = self.app.set(context.sources, self.limit.key, &seconds.to_string());
        let fix = edit.map(|edit| Fix::risky(format!("set {} to {seconds}", self.limit.key), vec![edit]));
        (seconds > 0).then_some((seconds, fix))
    }
}
