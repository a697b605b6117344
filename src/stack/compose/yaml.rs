//! YAML with the place of every scalar. Anchors are kept as references, so that a small file that refers to itself over
//! and over stays small.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser};

use crate::source::Span;
use crate::tree::Tree;

/// Index of a value in its [`Yaml`].
type Id = usize;

#[derive(Debug)]
enum Value {
    Text(String),
    List(Vec<Id>),
    Map(Vec<(Id, Id)>),
}

/// The first document of a file.
#[derive(Debug, Default)]
pub(super) struct Yaml {
    values: Vec<(Value, Span)>,
}

/// A value of a document.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item<'a> {
    yaml: &'a Yaml,
    id: Id,
}

impl Yaml {
    /// Reads the first document; `None` when it is no YAML.
    pub(super) fn read(tree: &Tree) -> Option<Self> {
        let text = &*tree.text;
        let offsets = Offsets::of(text);
        let mut reader = Reader::default();
        for event in Parser::new_from_str(text) {
            let (event, span) = event.ok()?;
            let (lo, hi) = (offsets.byte(span.start.index()), offsets.byte(span.end.index()));
            let span = Span::new(tree.base + lo, tree.base + hi.max(lo));
            match event {
                Event::Scalar(text, _, anchor, _) => reader.add(Value::Text(text.into_owned()), span, anchor),
                Event::SequenceStart(anchor, _) => reader.open(Value::List(Vec::new()), span, anchor),
                Event::MappingStart(anchor, _) => reader.open(Value::Map(Vec::new()), span, anchor),
                Event::SequenceEnd | Event::MappingEnd => reader.close(span),
                Event::Alias(anchor) => reader.refer(anchor),
                Event::DocumentEnd => break,
                _ => {}
            }
        }
        (!reader.yaml.values.is_empty()).then_some(reader.yaml)
    }

    /// The value all others are in.
    pub(super) fn root(&self) -> Item<'_> {
        Item { yaml: self, id: 0 }
    }
}

impl<'a> Item<'a> {
    fn value(self) -> &'a Value {
        &self.yaml.values[self.id].0
    }

    fn at(self, id: Id) -> Self {
        Self { id, ..self }
    }

    /// Where it is written.
    pub(super) fn span(self) -> Span {
        self.yaml.values[self.id].1
    }

    /// A scalar.
    pub(super) fn text(self) -> Option<&'a str> {
        match self.value() {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The entries of a mapping, those merged in by `<<` behind its own.
    pub(super) fn entries(self) -> Vec<(Self, Self)> {
        let mut found = Vec::new();
        self.collect(&mut found, 8);
        found
    }

    fn collect(self, found: &mut Vec<(Self, Self)>, depth: usize) {
        let Value::Map(pairs) = self.value() else { return };
        let is_merge = |key: &Id| self.at(*key).text() == Some("<<");
        for (key, value) in pairs.iter().filter(|(key, _)| !is_merge(key)) {
            let known = |&(other, _): &(Self, Self)| other.text() == self.at(*key).text();
            if !found.iter().any(known) {
                found.push((self.at(*key), self.at(*value)));
            }
        }
        for (_, value) in pairs.iter().filter(|(key, _)| is_merge(key) && depth > 0) {
            let merged = self.at(*value);
            match merged.value() {
                Value::List(items) => items.iter().for_each(|item| self.at(*item).collect(found, depth - 1)),
                _ => merged.collect(found, depth - 1),
            }
        }
    }

    /// The value of a key.
    pub(super) fn get(self, key: &str) -> Option<Self> {
        self.entries().into_iter().find(|(name, _)| name.text() == Some(key)).map(|(_, value)| value)
    }

    /// The items of a sequence.
    pub(super) fn items(self) -> Vec<Self> {
        match self.value() {
            Value::List(items) => items.iter().map(|&item| self.at(item)).collect(),
            _ => Vec::new(),
        }
    }

    /// The names in a sequence of scalars, or the keys of a mapping.
    pub(super) fn names(self) -> Vec<Self> {
        match self.value() {
            Value::Map(_) => self.entries().into_iter().map(|(key, _)| key).collect(),
            _ => self.items(),
        }
    }

    /// A scalar, or all scalars of a sequence with blanks between them: a command line.
    pub(super) fn joined(self) -> String {
        match self.text() {
            Some(text) => text.to_owned(),
            None => self.items().into_iter().filter_map(Item::text).collect::<Vec<_>>().join(" "),
        }
    }
}

/// Builds the values as their events come.
#[derive(Default)]
struct Reader {
    yaml: Yaml,
    open: Vec<Id>,
    /// The key of each open mapping that waits for its value.
    keys: HashMap<Id, Id>,
    anchors: HashMap<usize, Id>,
}

impl Reader {
    fn add(&mut self, value: Value, span: Span, anchor: usize) {
        let id = self.yaml.values.len();
        self.yaml.values.push((value, span));
        if anchor > 0 {
            self.anchors.insert(anchor, id);
        }
        self.attach(id);
    }

    fn open(&mut self, value: Value, span: Span, anchor: usize) {
        let id = self.yaml.values.len();
        self.add(value, span, anchor);
        self.open.push(id);
    }

    fn close(&mut self, end: Span) {
        if let Some(id) = self.open.pop() {
            let span = &mut self.yaml.values[id].1;
            span.hi = span.hi.max(end.lo);
        }
    }

    fn refer(&mut self, anchor: usize) {
        // An anchor that is still open would lead back into itself.
        if let Some(&id) = self.anchors.get(&anchor).filter(|id| !self.open.contains(id)) {
            self.attach(id);
        } else {
            self.add(Value::Text(String::new()), Span::at(0), 0);
        }
    }

    fn attach(&mut self, id: Id) {
        let Some(&parent) = self.open.last() else { return };
        let key = self.keys.remove(&parent);
        match (&mut self.yaml.values[parent].0, key) {
            (Value::List(items), _) => items.push(id),
            (Value::Map(pairs), Some(key)) => pairs.push((key, id)),
            (Value::Map(_), None) => {
                self.keys.insert(parent, id);
            }
            (Value::Text(_), _) => {}
        }
    }
}

/// Where characters are in the bytes of a text.
struct Offsets(Option<Vec<u32>>);

impl Offsets {
    fn of(text: &str) -> Self {
        let all = || text.char_indices().map(|(at, _)| at as u32).chain([text.len() as u32]).collect();
        Self((!text.is_ascii()).then(all))
    }

    fn byte(&self, character: usize) -> u32 {
        match &self.0 {
            None => character as u32,
            Some(all) => all.get(character).or(all.last()).copied().unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::source::SourceMap;
    use crate::tree::Dialect;

    fn tree(text: &str) -> Tree {
        let mut map = SourceMap::default();
        let id = map.add(Path::new("compose.yml"), text.into()).expect("small");
        Tree::parse(id, Dialect::Service, map.file(id))
    }

    #[test]
    fn scalars_have_places_and_anchors_are_followed() {
        let tree = tree("x: &x {a: é, b: 2}\ny:\n  <<: *x\n  b: [3, \"80:80\"]\n");
        let yaml = Yaml::read(&tree).expect("valid");
        let y = yaml.root().get("y").expect("there");
        assert_eq!(y.get("a").and_then(Item::text), Some("é"));
        let ports = y.get("b").expect("there").items();
        assert_eq!(ports.iter().map(|item| tree.slice(item.span())).collect::<Vec<_>>(), ["3", "\"80:80\""]);
    }

    #[test]
    fn what_refers_to_itself_ends() {
        let tree = tree("a: &a\n  b: *a\n  <<: *a\n");
        let yaml = Yaml::read(&tree).expect("valid");
        assert_eq!(yaml.root().get("a").expect("there").entries().len(), 1);
        assert!(Yaml::read(&self::tree("a: [")).is_none());
    }
}
