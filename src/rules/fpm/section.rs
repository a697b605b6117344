//! Settings that stand in the wrong section, and how they get into the right one.

use crate::diagnostic::{Edit, Fix};
use crate::edits;
use crate::rule::Context;
use crate::stack::fpm::{Entry, Fpm, Pool};
use crate::tree::NodeRef;
use crate::vocabulary::{FPM_ARRAYS, fpm_word};

/// Moves a setting to `[global]`, or to the one pool there is; where it is set there, that counts, and this line goes.
pub(super) fn moved(context: &Context<'_>, fpm: &Fpm, global: bool, entry: &Entry) -> Option<Fix> {
    let to = if global { only_pool(fpm)? } else { fpm.global.as_ref()? };
    if !belongs(entry, global) {
        return None;
    }
    let node = context.files.node(entry.at);
    let there = |other: &Entry| other.key.eq_ignore_ascii_case(&entry.key) && other.sub == entry.sub;
    let mut edits = vec![edits::remove_node(node)];
    if !to.entries.iter().any(there) {
        edits.push(insert(context.files.node(to.at), context.sources.text(entry.span))?);
    }
    Some(Fix::safe(format!("move it to [{}]", to.name), edits))
}

fn only_pool(fpm: &Fpm) -> Option<&Pool> {
    fpm.pools.first().filter(|_| fpm.pools.len() == 1)
}

/// Whether the other kind of section takes the setting, and this one does not.
fn belongs(entry: &Entry, global: bool) -> bool {
    match entry.sub {
        Some(_) => global && FPM_ARRAYS.contains(&entry.key.as_str()),
        None => fpm_word(&entry.key, global).is_none() && fpm_word(&entry.key, !global).is_some(),
    }
}

/// Below the head of a section, or above the first setting of one that has none.
fn insert(section: NodeRef<'_>, line: &str) -> Option<Edit> {
    match section.body() {
        Some(_) => edits::insert_first_in_block(section, line),
        None => Some(edits::insert_line_before(section, line)),
    }
}
