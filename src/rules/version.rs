//! Does the version it is written for have it? Silent where that version is not known.

pub(super) mod deprecated;
pub(super) mod removed;
pub(super) mod too_new;

use std::collections::HashSet;

use crate::rule::Context;
use crate::rules::php::{Set, settings};
use crate::source::Span;
use crate::stack::nginx::Place;
use crate::tree::{At, NodeRef};
use crate::version::Version;
use crate::vocabulary::{NginxSpan, PhpSpan, nginx_spans, php_span};

/// The settings of PHP that not all versions have, with the version that reads them.
fn php_settings(context: &Context<'_>) -> Vec<(Set, &'static PhpSpan, Version)> {
    let known = |set: Set| {
        let (span, version) = (php_span(&set.key)?, set.version?);
        Some((set, span, version))
    };
    settings(context).into_iter().filter_map(known).collect()
}

/// All directives of nginx once, where its version is known.
fn nginx_places<'a>(context: &Context<'a>) -> impl Iterator<Item = (Place<'a>, Version)> {
    let target = context.stack.targets.nginx;
    let files = context.files;
    let servers = context.stack.nginx.iter().filter(move |_| target.is_some());
    let mut seen: HashSet<At> = HashSet::new();
    let places = servers.flat_map(move |nginx| nginx.places(files));
    places.filter_map(move |place| Some((place, target?)).filter(|_| seen.insert(place.node.at())))
}

/// What there is to say about a directive of nginx or its arguments, and where.
fn nginx_found(node: NodeRef<'_>) -> Vec<(&'static NginxSpan, Span)> {
    let mut found = Vec::new();
    for about in nginx_spans(node.name()) {
        // A `server` with a block is no server of an upstream.
        if about.argument.is_empty() {
            found.push((about, node.head()));
        } else if node.body().is_none() {
            let args = node.args().zip(node.words()).filter(|(arg, _)| about.is_about(arg));
            found.extend(args.map(|(_, word)| (about, word.span)));
        }
    }
    found
}

/// A directive, or an argument of one, in backticks.
fn named(about: &NginxSpan) -> String {
    match about.argument {
        "" => format!("`{}`", about.directive),
        argument => format!("`{argument}` of `{}`", about.directive),
    }
}
