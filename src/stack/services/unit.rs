//! systemd units with their drop-ins.

use std::path::Path;

use super::text::{self, Entry, Said};
use crate::load::Workspace;
use crate::source::{FileId, Span};

/// A unit: its file and its drop-ins, in the order systemd reads them.
#[derive(Debug)]
pub struct Unit {
    /// Its name: `shop.service`.
    pub name: String,
    /// Its files; the first is the unit itself, if that is in sight.
    pub files: Vec<FileId>,
    /// Whether the unit itself is in sight, and not only drop-ins.
    pub whole: bool,
    entries: Vec<Entry>,
}

impl Unit {
    /// Reads all units of the workspace. Of two units of a name the first is in force: the
    /// directories come in systemd's order.
    pub(super) fn collect(files: &Workspace, found: &[FileId]) -> Vec<Self> {
        let mut units: Vec<Self> = Vec::new();
        let (mut drop_ins, mut plain) = (Vec::new(), Vec::new());
        for &id in found {
            match drop_in_of(&files.file(id).path) {
                Some(unit) => drop_ins.push((unit, id)),
                None => plain.push(id),
            }
        }
        for id in plain {
            let name = file_name(&files.file(id).path);
            if !units.iter().any(|unit| unit.name == name) {
                units.push(Self::begin(name, true).with(files, id));
            }
        }
        drop_ins.sort_by_key(|&(_, id)| file_name(&files.file(id).path));
        for (name, id) in drop_ins {
            let at = units.iter().position(|unit| unit.name == name);
            let unit = at.map_or_else(|| Self::begin(name, false), |at| units.remove(at));
            units.push(unit.with(files, id));
        }
        units
    }

    fn begin(name: String, whole: bool) -> Self {
        Self { name, files: Vec::new(), whole, entries: Vec::new() }
    }

    fn with(mut self, files: &Workspace, id: FileId) -> Self {
        self.files.push(id);
        self.entries.extend(text::entries(files.tree(id)));
        self
    }

    /// The name without `.service` or `.socket`.
    pub fn stem(&self) -> &str {
        self.name.rsplit_once('.').map_or(&self.name, |(stem, _)| stem)
    }

    /// Whether it is a `.socket`.
    pub fn is_socket(&self) -> bool {
        self.name.ends_with(".socket")
    }

    /// The entries of a key in force: an empty value takes back those before it.
    pub fn all(&self, section: &str, key: &str) -> Vec<&Entry> {
        let mut found = Vec::new();
        for entry in self.entries.iter().filter(|entry| entry.section == section && entry.key == key) {
            if entry.value.is_empty() {
                found.clear();
            } else {
                found.push(entry);
            }
        }
        found
    }

    /// The last entry of a key.
    pub fn get(&self, section: &str, key: &str) -> Option<&Entry> {
        self.all(section, key).pop()
    }

    /// The value of a key, specifiers resolved.
    pub fn value(&self, files: &Workspace, section: &str, key: &str) -> Option<Said> {
        let entry = self.get(section, key)?;
        Some(self.resolve(Said::plain(Self::raw(files, entry), entry.value.lo)))
    }

    /// Whether a switch is on: `yes`, `true`, `1`, `on`.
    pub fn is_on(&self, files: &Workspace, section: &str, key: &str) -> bool {
        let entry = self.get(section, key);
        entry.is_some_and(|entry| {
            let value = Self::raw(files, entry).to_ascii_lowercase();
            matches!(value.as_str(), "yes" | "true" | "1" | "on" | "y" | "t")
        })
    }

    /// The words of all entries of a key, specifiers resolved.
    pub fn words(&self, files: &Workspace, section: &str, key: &str) -> Vec<Said> {
        let entries = self.all(section, key).into_iter();
        entries.flat_map(|entry| self.entry_words(files, entry)).collect()
    }

    /// The words of one entry, specifiers resolved.
    pub fn entry_words(&self, files: &Workspace, entry: &Entry) -> Vec<Said> {
        let words = text::words(Self::raw(files, entry), entry.value.lo).into_iter();
        words.map(|word| self.resolve(word)).collect()
    }

    /// Where a label points when the unit as a whole is meant: at `[Service]`'s first line of interest, else at
    /// the beginning.
    pub fn span(&self, files: &Workspace) -> Span {
        let entry = self.get("Service", "ExecStart").or_else(|| self.get("Socket", "ListenStream"));
        entry.map_or_else(|| Span::at(files.tree(self.files[0]).base), |entry| entry.span)
    }

    fn raw<'f>(files: &'f Workspace, entry: &Entry) -> &'f str {
        files.tree(entry.file).slice(entry.value)
    }

    /// Puts in what `%i`, `%n`, `%p` and `%t` stand for; what it cannot leaves the word unknown.
    fn resolve(&self, word: Said) -> Said {
        let Some(text) = word.text.as_deref().filter(|text| text.contains('%')) else { return word };
        let resolved = self.specifiers(text);
        Said { plain: false, text: resolved, ..word }
    }

    fn specifiers(&self, text: &str) -> Option<String> {
        let stem = self.stem();
        let (prefix, instance) = stem.split_once('@').unwrap_or((stem, ""));
        let is_template = stem.contains('@') && instance.is_empty();
        let mut out = String::new();
        let mut rest = text.chars();
        while let Some(char) = rest.next() {
            if char != '%' {
                out.push(char);
                continue;
            }
            match rest.next()? {
                '%' => out.push('%'),
                't' => out.push_str("/run"),
                'S' => out.push_str("/var/lib"),
                'C' => out.push_str("/var/cache"),
                'L' => out.push_str("/var/log"),
                'n' if !is_template => out.push_str(&self.name),
                'N' if !is_template => out.push_str(stem),
                'p' => out.push_str(prefix),
                'i' | 'I' if !instance.is_empty() => out.push_str(instance),
                _ => return None,
            }
        }
        Some(out)
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The unit a drop-in belongs to: the directory `shop.service.d` says.
fn drop_in_of(path: &Path) -> Option<String> {
    let dir = path.parent()?.file_name()?.to_str()?;
    let unit = dir.strip_suffix(".d")?;
    path.extension().filter(|extension| *extension == "conf").map(|_| unit.to_owned())
}
