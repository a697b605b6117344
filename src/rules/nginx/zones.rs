//! The zones of shared memory of one nginx: who defines them and who uses them.

use crate::rule::Context;
use crate::source::Span;
use crate::stack::nginx::Nginx;
use crate::tree::NodeRef;
use crate::vocabulary::{Contexts, ZoneWord, zone_word};

/// A directive that names a zone.
pub(super) struct Mention<'a> {
    pub(super) node: NodeRef<'a>,
    pub(super) word: &'static ZoneWord,
    /// The part of nginx it is in: `stream` has limits of its own.
    stream: bool,
    pub(super) name: String,
    pub(super) size: Option<String>,
    /// Where the name is written; the whole argument where escapes stand in it.
    pub(super) span: Span,
    /// Whether the text at `span` is the name itself.
    pub(super) plain: bool,
}

impl Mention<'_> {
    /// Whether the two are of one kind: a zone for one is no zone for the other.
    pub(super) fn is_like(&self, other: &Mention<'_>) -> bool {
        self.word.purpose == other.word.purpose && self.stream == other.stream
    }

    /// What the zone is for.
    pub(super) fn purpose(&self) -> String {
        let of = if self.stream { " of stream" } else { "" };
        format!("`{}`{of}", self.word.purpose)
    }
}

/// All mentions of zones, in the order nginx reads them. A name that a template fills in is none.
pub(super) fn mentions<'a>(context: &Context<'a>, nginx: &'a Nginx) -> Vec<Mention<'a>> {
    let stream = Contexts::parse("stream,stream-server,stream-upstream");
    let places = nginx.places(context.files).filter_map(|place| {
        let word = zone_word(place.node.name(), place.contexts)?;
        let args: Vec<_> = place.node.args().collect();
        let shared = word.read(&args)?;
        let own = !shared.name.is_empty() && shared.name.chars().all(is_name);
        if !own || (!word.defines && shared.name == "off") {
            return None;
        }
        let plain = place.node.plain_span(shared.arg);
        let name_in = |span: Span| {
            let lo = span.lo + shared.offset as u32;
            Span::new(lo, lo + shared.name.len() as u32)
        };
        let mention = Mention {
            node: place.node,
            word,
            stream: place.contexts.meets(stream),
            name: shared.name.to_owned(),
            size: shared.size.map(str::to_owned),
            span: plain.map_or(place.node.arg_span(shared.arg)?, name_in),
            plain: plain.is_some(),
        };
        Some((place.order, mention))
    });
    let mut found: Vec<_> = places.collect();
    found.sort_by_key(|&(order, _)| order);
    found.into_iter().map(|(_, mention)| mention).collect()
}

/// What names are made of that nobody fills in.
fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '+')
}
