//! What application servers are told, and how to tell them otherwise.

use super::{App, Setting};
use crate::diagnostic::Edit;
use crate::source::SourceMap;

impl App {
    /// The edit that gives a setting another value: in its place, else behind another one. `None` when none stands there
    /// as it is read.
    pub fn set(&self, sources: &SourceMap, key: &str, value: &str) -> Option<Edit> {
        if let Some(setting) = self.get(key) {
            return setting.value.plain.then(|| Edit::replace(setting.value.span, value));
        }
        let on_line = || self.on_command_line(sources, key, value);
        let in_file = || self.in_file(sources, key, value);
        if self.program.name == "uwsgi" { in_file().or_else(on_line) } else { on_line().or_else(in_file) }
    }

    /// An option more on the command line.
    fn on_command_line(&self, sources: &SourceMap, key: &str, value: &str) -> Option<Edit> {
        let inside = |setting: &&Setting| setting.on_command_line && self.span.contains(setting.span);
        let last = self.settings.iter().filter(inside).max_by_key(|setting| setting.span.hi)?;
        let free = last.value.plain && ends_word(sources, last.span.hi);
        let option = self.program.option(key).filter(|_| free)?;
        Some(Edit::insert(last.span.hi, format!(" {option} {value}")))
    }

    /// A line more in its file, below one that is complete.
    fn in_file(&self, sources: &SourceMap, key: &str, value: &str) -> Option<Edit> {
        let mut inside =
            self.settings.iter().rev().filter(|setting| !setting.on_command_line && setting.value.plain);
        inside.find_map(|setting| {
            let file = sources.file_of(setting.span);
            let line = file.line_span(setting.span.hi);
            let rest = sources
                .text(crate::source::Span::new(setting.span.hi, line.hi))
                .trim_start_matches(['"', '\'']);
            let complete = rest.trim().is_empty() || rest.trim_start().starts_with('#');
            complete.then(|| Edit::insert(line.hi, format!("{}{key} = {value}", file.line_break())))
        })
    }

    /// Whether gunicorn runs workers that do one request at a time.
    pub fn is_sync(&self) -> bool {
        let class = self.get("worker_class").map_or(Some("sync"), |setting| setting.value.known());
        let threads = self.get("threads").map_or(Some("1"), |setting| setting.value.known());
        let sure = self.get("worker_class").is_some() || !self.open;
        class == Some("sync") && threads == Some("1") && sure
    }

    /// Whether gunicorn runs workers of a kind it did not bring, which read requests themselves.
    pub fn has_other_worker(&self) -> bool {
        let class = self.get("worker_class").map_or(Some("sync"), |setting| setting.value.known());
        !matches!(class, Some("sync" | "gthread" | "gevent" | "eventlet"))
    }
}

/// Whether a word ends at a place.
fn ends_word(sources: &SourceMap, at: u32) -> bool {
    let file = sources.file_of(crate::source::Span::at(at));
    let rest = &file.text[(at - file.base) as usize..];
    rest.is_empty() || rest.starts_with(char::is_whitespace)
}
