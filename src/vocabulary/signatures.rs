//! What each word of an nginx directive is read as: by its place, by its `key=`, or by the one type that the
//! table of directives has for all of them. The rest is `grammar/nginx-values.tsv`.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::OnceLock;

use super::Contexts;
use super::kind::{Class, Kind};
use super::nginx::{self, Value};
use super::slots::{Position, Slot};

/// The words of one meaning of a directive.
#[derive(Debug, Clone)]
pub struct Signature {
    contexts: Contexts,
    slots: Vec<Slot>,
    classes: u16,
}

impl Signature {
    fn new(contexts: Contexts, slots: Vec<Slot>) -> Self {
        let classes = slots.iter().fold(0, |all, slot| all | classes_of(slot));
        Self { contexts, slots, classes }
    }

    fn push(&mut self, slot: Slot) {
        self.classes |= classes_of(&slot);
        self.slots.push(slot);
    }

    /// Whether a word of it can be of the class.
    pub const fn has(&self, class: Class) -> bool {
        self.classes >> class as u16 & 1 == 1
    }

    /// All its words.
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// What the argument `text` is read as that is number `place` of `count`, and where in it the value begins.
    pub fn slot(&self, place: usize, count: usize, text: &str) -> Option<(&Slot, usize)> {
        let by = |wanted: &dyn Fn(Position) -> bool| self.slots.iter().find(|slot| wanted(slot.place));
        let last = || by(&|at| at == Position::Last).filter(|_| place == count);
        let only = || by(&|at| at == Position::Only).filter(|_| count == 1);
        let exact = only().or_else(last).or_else(|| by(&|at| at == Position::At(place)));
        if let Some(slot) = exact {
            return Some((slot, 0));
        }
        let mut keyed = self.slots.iter().filter_map(|slot| Some((slot, slot.key()?)));
        if let Some((slot, key)) = keyed.find(|(_, key)| text.starts_with(key)) {
            return Some((slot, key.len()));
        }
        by(&|at| matches!(at, Position::From(from) if place >= from)).map(|slot| (slot, 0))
    }

    /// What two words are read as that mean one: `5 m`, `rate=10 r/s`. With the slot comes how many bytes stand
    /// before the number, and what the two are together.
    pub fn in_two(
        &self,
        place: usize,
        count: usize,
        first: &str,
        second: &str,
    ) -> Option<(&Slot, usize, String)> {
        let number = first.ends_with(|c: char| c.is_ascii_digit());
        if !number || !second.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        let amount = |place, word| self.slot(place, count, word).filter(|(slot, _)| slot.is_amount());
        // `expires 30 d`: the time is what stands last.
        let last = || amount(place + 1, second).filter(|(_, skip)| *skip == 0);
        let (slot, skip) = amount(place, first).or_else(last)?;
        let together = format!("{} {second}", first.get(skip..).filter(|number| !number.is_empty())?);
        slot.mend(&together)?;
        Some((slot, skip, together))
    }

    /// The words and keys it has for parameters.
    pub fn parameters(&self) -> impl Iterator<Item = &'static str> {
        self.slots.iter().flat_map(|slot| {
            let words = matches!(slot.kind, Kind::Parameter(_)).then(|| slot.kind.words());
            slot.key().into_iter().chain(words.into_iter().flatten())
        })
    }
}

/// The classes of a word, each a bit.
fn classes_of(slot: &Slot) -> u16 {
    let needed = if slot.needed { 1 << Class::Parameter as u16 } else { 0 };
    needed | 1 << slot.kind.class() as u16
}

/// All signatures by the name of the directive. Every rule about values asks for that of every directive, so that a
/// short hash pays.
type Signatures = HashMap<&'static str, Vec<Signature>, BuildHasherDefault<Fnv>>;

/// FNV-1a.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}

/// What the words of a directive are read as that stands in one of `contexts`: none where nothing is known of
/// them, several where it can have several meanings there.
pub fn signatures(name: &str, contexts: Contexts) -> impl Iterator<Item = &'static Signature> {
    static WRITTEN: OnceLock<Signatures> = OnceLock::new();
    let written = WRITTEN.get_or_init(read).get(name).map(Vec::as_slice);
    let meanings = written.unwrap_or_else(|| typed(name));
    meanings.iter().filter(move |one| one.contexts.meets(contexts))
}

/// The lines of the table.
fn read() -> Signatures {
    let mut all = Signatures::with_capacity_and_hasher(512, BuildHasherDefault::default());
    for line in include_str!("../../grammar/nginx-values.tsv").lines().skip(1) {
        let mut fields = line.split('\t');
        let mut field = || fields.next().unwrap_or("");
        let (names, contexts) = (field(), field());
        let contexts = if contexts.is_empty() { Contexts::ALL } else { Contexts::parse(contexts) };
        let Some(slot) = Slot::parse(field(), field(), field()) else { continue };
        for name in names.split(',') {
            let meanings = all.entry(name).or_default();
            match meanings.iter_mut().find(|one| one.contexts == contexts) {
                Some(meaning) => meaning.push(slot),
                None => meanings.push(Signature::new(contexts, vec![slot])),
            }
        }
    }
    all
}

/// What the types of a directive say that the table does not name.
fn typed(name: &str) -> &'static [Signature] {
    let Some(known) = nginx::known(name) else { return &[] };
    known.signatures.get_or_init(|| {
        let mut signatures: Vec<Signature> = Vec::new();
        for word in &known.meanings {
            let slots = of_type(word.value);
            match signatures.last_mut().filter(|last| last.slots == slots) {
                Some(same) => same.contexts = same.contexts | word.contexts,
                None if !slots.is_empty() => signatures.push(Signature::new(word.contexts, slots)),
                None => {}
            }
        }
        signatures
    })
}

/// The words of a directive that has one of nginx's own setters.
fn of_type(value: Value) -> Vec<Slot> {
    use super::kind::Unit::{Milliseconds, Number, Offset, Seconds, Size};
    let amount = |unit, least| Kind::Amount(unit, least, u64::MAX);
    let invalid = "\"%d\" directive invalid value";
    let (place, kind, logs) = match value {
        Value::Flag => {
            let logs = "invalid value \"%\" in \"%d\" directive, it must be \"on\" or \"off\"";
            (Position::At(1), Kind::Switch, logs)
        }
        Value::Size | Value::ComplexSize => (Position::At(1), amount(Size, 0), invalid),
        Value::Offset => (Position::At(1), amount(Offset, 0), invalid),
        Value::Milliseconds => (Position::At(1), amount(Milliseconds, 0), invalid),
        Value::Seconds => (Position::At(1), amount(Seconds, 0), invalid),
        Value::Number => (Position::At(1), amount(Number, 0), "\"%d\" directive invalid number"),
        Value::OneOf(list) => (Position::At(1), Kind::Words(list), "invalid value \"%\""),
        Value::SomeOf(list) => (Position::From(1), Kind::Words(list), "invalid value \"%\""),
        Value::Access => (Position::From(1), Kind::Rights, "invalid value \"%\""),
        Value::Path => (Position::From(2), amount(Number, 1), invalid),
        Value::Buffers => {
            let count = Slot::new(Position::At(1), amount(Number, 1), invalid);
            return vec![count, Slot::new(Position::At(2), amount(Size, 1), invalid)];
        }
        _ => return Vec::new(),
    };
    vec![Slot::new(place, kind, logs)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read_and_every_name_is_a_directive() {
        for line in include_str!("../../grammar/nginx-values.tsv").lines().skip(1) {
            let fields: Vec<_> = line.split('\t').collect();
            let [names, _, place, kind, logs] = fields[..] else { panic!("five fields: {line}") };
            assert!(Slot::parse(place, kind, logs).is_some(), "{line}");
            for name in names.split(',') {
                assert!(!nginx::nginx(name).is_empty(), "{name}");
            }
        }
    }

    #[test]
    fn a_word_is_known_by_its_place_its_key_or_the_type_of_the_directive() {
        let http = Contexts::parse("server");
        let kind = |name, place, count, text| {
            let slot = signatures(name, http).next()?.slot(place, count, text)?;
            Some((slot.0.kind, slot.1))
        };
        assert_eq!(kind("gzip", 1, 1, "on"), Some((Kind::Switch, 0)));
        assert_eq!(kind("listen", 1, 2, "80"), Some((Kind::Listen, 0)));
        assert_eq!(kind("listen", 2, 2, "ipv6only=on"), Some((Kind::OnOff, 9)));
        assert!(kind("listen", 2, 2, "slow").is_some_and(|(kind, _)| matches!(kind, Kind::Parameter(_))));
        assert_eq!(kind("error_page", 2, 2, "/50x.html"), Some((Kind::Text, 0)));
        assert_eq!(kind("proxy_pass", 1, 1, "x"), None);
    }
}
