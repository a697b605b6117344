//! The buffers nginx reads responses into, and how they have to fit each other.
//!
//! nginx looks at them after inheritance, in every server and location: `*_buffer_size` for the
//! header, `*_buffers` for the rest, `*_busy_buffers_size` for how much of it may be on its way to
//! the visitor, and two sizes of temporary files. A rule finds one of them out of step; [`Sizes::fit`]
//! always puts all five in step, so that no repair uncovers the next refusal.

pub(super) use super::sizes::{Sizes, room};
use crate::diagnostic::{Diagnostic, Edit};
use crate::edits;
use crate::rule::Context;
use crate::stack::nginx::{Buffers, Nginx, ScopeId};
use crate::tree::NodeRef;
use crate::value::{self, Refused, nginx_size_text};

/// The families of directives that have all five settings.
pub(super) const PREFIXES: [&str; 4] = ["proxy", "fastcgi", "uwsgi", "scgi"];

/// A page of memory on x86-64 and, with few exceptions, ARM64: what a buffer holds by default.
pub(super) const PAGE: u64 = 4096;

/// What `*_buffers` is by default.
pub(super) const DEFAULT: Buffers = Buffers { count: 8, size: PAGE };

/// The five settings.
pub(super) const SUFFIXES: [&str; 5] =
    ["buffer_size", "buffers", "busy_buffers_size", "temp_file_write_size", "max_temp_file_size"];

/// One setting, and the directive in force for it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rung<'a, T> {
    pub(super) value: T,
    pub(super) place: Place<'a>,
}

/// A directive and the context it stands in. Of two contexts around a place the inner one has the
/// larger number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) node: NodeRef<'a>,
    pub(super) scope: ScopeId,
}

/// The five settings of one family as they are in force in one context.
#[derive(Debug, Clone)]
pub(super) struct Ladder<'a> {
    pub(super) prefix: &'static str,
    /// Whether what is not set has its default, not a value that is out of sight.
    pub(super) certain: bool,
    pub(super) header: Option<Rung<'a, u64>>,
    pub(super) buffers: Option<Rung<'a, Buffers>>,
    pub(super) busy: Option<Rung<'a, u64>>,
    pub(super) write: Option<Rung<'a, u64>>,
    pub(super) max_temp: Option<Rung<'a, u64>>,
}

impl<'a> Ladder<'a> {
    /// Reads the settings in force in `scope`; `None` when nginx cannot read one of them.
    pub(super) fn read(
        context: &Context<'a>,
        nginx: &'a Nginx,
        scope: ScopeId,
        prefix: &'static str,
    ) -> Option<Self> {
        let find = |suffix: &str| -> Option<Place<'a>> {
            let (scope, nodes) = nginx.list(context.files, scope, &format!("{prefix}_{suffix}"))?;
            Some(Place { node: *nodes.last()?, scope })
        };
        let size = |suffix: &str| rung(find(suffix), |node| value::nginx_size(&node.arg(0).ok_or(Refused)?));
        Some(Self {
            prefix,
            certain: nginx.is_certain(scope),
            header: size("buffer_size").ok()?,
            buffers: rung(find("buffers"), read_buffers).ok()?,
            busy: size("busy_buffers_size").ok()?,
            write: size("temp_file_write_size").ok()?,
            max_temp: size("max_temp_file_size").ok()?,
        })
    }

    /// The size of a default, or nothing when it may be set out of sight.
    fn default(&self) -> u64 {
        if self.certain { PAGE } else { 0 }
    }

    fn header_size(&self) -> u64 {
        self.header.map_or(self.default(), |rung| rung.value)
    }

    fn buffer_size(&self) -> u64 {
        self.buffers.map_or(self.default(), |rung| rung.value.size)
    }

    /// The larger of the header's buffer and one of the others.
    pub(super) fn largest(&self) -> u64 {
        self.header_size().max(self.buffer_size())
    }

    /// Which setting the larger of the two comes from.
    fn largest_suffix(&self) -> &'static str {
        if self.header_size() >= self.buffer_size() { "buffer_size" } else { "buffers" }
    }

    /// The larger of the two, for messages: `` `proxy_buffer_size` (4k, default) ``.
    pub(super) fn largest_text(&self) -> String {
        let suffix = self.largest_suffix();
        let one = if suffix == "buffers" { "one of " } else { "" };
        let default = if self.place(suffix).is_none() { ", default" } else { "" };
        format!("{one}`{}_{suffix}` ({}{default})", self.prefix, nginx_size_text(self.largest()))
    }

    /// How much may be busy.
    pub(super) fn busy_size(&self) -> u64 {
        self.busy.map_or_else(|| self.largest().saturating_mul(2), |rung| rung.value)
    }

    /// The buffers in force; `None` when they may be set out of sight.
    pub(super) fn buffers_in_force(&self) -> Option<Buffers> {
        self.buffers.map(|rung| rung.value).or(self.certain.then_some(DEFAULT))
    }

    pub(super) fn sizes(&self) -> Sizes {
        Sizes {
            header: self.header.map_or(PAGE, |rung| rung.value),
            buffers: self.buffers.map_or(DEFAULT, |rung| rung.value),
            buffers_set: self.buffers.is_some(),
            busy: self.busy.map(|rung| rung.value),
            write: self.write.map(|rung| rung.value),
            max_temp: self.max_temp.map(|rung| rung.value),
        }
    }

    /// The directive in force for one of the settings.
    fn place(&self, suffix: &str) -> Option<Place<'a>> {
        match suffix {
            "buffer_size" => self.header.map(|rung| rung.place),
            "buffers" => self.buffers.map(|rung| rung.place),
            "busy_buffers_size" => self.busy.map(|rung| rung.place),
            "temp_file_write_size" => self.write.map(|rung| rung.place),
            _ => self.max_temp.map(|rung| rung.place),
        }
    }

    /// What to change so that `sizes` are in force: setting and value.
    pub(super) fn changes(&self, sizes: Sizes) -> Vec<(&'static str, String)> {
        let now = self.sizes();
        let change = |suffix: &&'static str| Some((*suffix, sizes.text(suffix)?));
        SUFFIXES
            .iter()
            .filter_map(change)
            .filter(|(suffix, text)| now.text(suffix).as_ref() != Some(text))
            .collect()
    }

    /// The edits of `changes`: in place what is set where `anchor` stands or further in, the rest in new
    /// lines in that context, so that no other location changes.
    ///
    /// The new lines go below the last of the five settings there, whichever of them the finding is about:
    /// the fixes of two findings then clash, and wait for each other, where both would add a line.
    pub(super) fn edits(&self, anchor: Place<'a>, changes: &[(&'static str, String)]) -> Vec<Edit> {
        let is_one = |node: &NodeRef<'_>| {
            let suffix = node.name().strip_prefix(self.prefix).and_then(|rest| rest.strip_prefix('_'));
            suffix.is_some_and(|suffix| SUFFIXES.contains(&suffix))
        };
        let siblings = anchor.node.parent().map_or_else(|| anchor.node.tree.top(), NodeRef::children);
        let below = siblings.filter(is_one).last().unwrap_or(anchor.node);
        let edit = |(suffix, text): &(&'static str, String)| match self.place(suffix) {
            Some(place) if place.scope >= anchor.scope => edits::set_value(place.node, text),
            _ => edits::insert_line_after(below, &format!("{}_{suffix} {text};", self.prefix)),
        };
        changes.iter().map(edit).collect()
    }

    /// Of the settings that clash the one to report: the innermost, for the outer ones are right for
    /// other locations; of several in one context the first of `suffixes`.
    pub(super) fn anchor(&self, suffixes: &[&str]) -> Option<Place<'a>> {
        let mut places = suffixes.iter().filter_map(|suffix| self.place(suffix));
        let first = places.next()?;
        Some(places.fold(first, |best, place| if place.scope > best.scope { place } else { best }))
    }

    /// A finding at `anchor` that says how to fit all sizes, with a label at each of `suffixes`.
    pub(super) fn finding(
        &self,
        anchor: Place<'a>,
        message: String,
        suffixes: &[&str],
    ) -> (Diagnostic, Vec<Edit>) {
        let text = |suffix: &str| match suffix {
            "buffer_size" => {
                format!("the buffer for the header holds {}", nginx_size_text(self.header_size()))
            }
            "buffers" => self.buffers.map_or_else(String::new, |rung| {
                let Buffers { count, size } = rung.value;
                format!(
                    "{count} × {}: all but one hold {}",
                    nginx_size_text(size),
                    nginx_size_text(room(rung.value))
                )
            }),
            "busy_buffers_size" => format!("{} may be busy", nginx_size_text(self.busy_size())),
            _ => "set here".to_owned(),
        };
        let is_anchor = |place: &Place<'_>| place.node == anchor.node;
        let placed = || suffixes.iter().filter_map(|suffix| Some((self.place(suffix)?, *suffix)));
        let own =
            placed().find(|(place, _)| is_anchor(place)).map_or_else(String::new, |(_, suffix)| text(suffix));
        let mut diagnostic = Diagnostic::new(anchor.node.head(), message, own);
        for (place, suffix) in placed().filter(|(place, _)| !is_anchor(place)) {
            diagnostic = diagnostic.label(place.node.head(), text(suffix));
        }
        let changes = self.changes(self.sizes().fit());
        let help = self.help(&changes);
        (diagnostic.help(help), self.edits(anchor, &changes))
    }

    /// A finding about `own` being smaller than the largest buffer: reported there, unless the buffer is set
    /// further in.
    pub(super) fn clash(
        &self,
        own: Place<'a>,
        message: String,
        suffix: &'static str,
    ) -> (Diagnostic, Vec<Edit>) {
        let suffixes = [suffix, self.largest_suffix()];
        let anchor = self.anchor(&suffixes).unwrap_or(own);
        self.finding(anchor, message, &suffixes)
    }

    /// ``write `proxy_buffers 17 16k;` ``
    pub(super) fn help(&self, changes: &[(&'static str, String)]) -> String {
        let lines = changes.iter().map(|(suffix, text)| format!("`{}_{suffix} {text};`", self.prefix));
        format!("write {}", lines.collect::<Vec<_>>().join(" and "))
    }
}

fn rung<'a, T>(
    place: Option<Place<'a>>,
    read: impl FnOnce(NodeRef<'a>) -> Result<T, Refused>,
) -> Result<Option<Rung<'a, T>>, Refused> {
    place.map(|place| Ok(Rung { value: read(place.node)?, place })).transpose()
}

fn read_buffers(node: NodeRef<'_>) -> Result<Buffers, Refused> {
    let count = value::nginx_number(&node.arg(0).ok_or(Refused)?)?;
    let size = value::nginx_size(&node.arg(1).ok_or(Refused)?)?;
    // nginx takes no zero here.
    if count == 0 || size == 0 { Err(Refused) } else { Ok(Buffers { count, size }) }
}
