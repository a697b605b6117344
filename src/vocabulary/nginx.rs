//! The directives of nginx: `grammar/nginx.tsv`.

use std::sync::OnceLock;

use super::entries::{Entry, entries};
use super::{Arity, Contexts, Signature};

/// How nginx reads the arguments of a directive: the setter in its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// `on` or `off`.
    Flag,
    /// A size with `k` or `m`.
    Size,
    /// A size that may hold variables.
    ComplexSize,
    /// A size with `k`, `m` or `g`.
    Offset,
    /// A time, kept in milliseconds.
    Milliseconds,
    /// A time, kept in seconds.
    Seconds,
    /// A number.
    Number,
    /// How many buffers, and of what size.
    Buffers,
    /// Text taken as it is.
    Text,
    /// Texts, gathered over all lines of the directive.
    TextList,
    /// Text that may hold variables.
    Complex,
    /// A key and a value, gathered over all lines of the directive.
    KeyValue,
    /// A path with levels of directories.
    Path,
    /// Access rights, `user:rw`.
    Access,
    /// One of these words, divided by `/`.
    OneOf(&'static str),
    /// Some of these words, divided by `/`.
    SomeOf(&'static str),
    /// Read by code of its own.
    Custom,
}

impl Value {
    fn parse(text: &'static str) -> Self {
        if let Some((kind, words)) = text.split_once(':') {
            return if kind == "enum" { Self::OneOf(words) } else { Self::SomeOf(words) };
        }
        match text {
            "flag" => Self::Flag,
            "size" => Self::Size,
            "complex-size" => Self::ComplexSize,
            "offset" => Self::Offset,
            "msec" => Self::Milliseconds,
            "sec" => Self::Seconds,
            "number" => Self::Number,
            "bufs" => Self::Buffers,
            "string" => Self::Text,
            "string-list" => Self::TextList,
            "complex" => Self::Complex,
            "keyval" => Self::KeyValue,
            "path" => Self::Path,
            "access" => Self::Access,
            _ => Self::Custom,
        }
    }
}

/// One meaning of a directive's name; `server` has five.
#[derive(Debug, Clone, Copy)]
pub struct NginxWord {
    /// Its name.
    pub name: &'static str,
    /// Where it may stand.
    pub contexts: Contexts,
    /// How many arguments it takes.
    pub args: Arity,
    /// Whether it opens a block.
    pub block: bool,
    /// How its arguments are read.
    pub value: Value,
    /// Whether a second one in the same block is fine: `None` where that is not known.
    pub repeat: Option<bool>,
    /// What holds without it, as the manual says it.
    pub default: Option<&'static str>,
    /// The first version of nginx that has it.
    pub since: Option<&'static str>,
    /// `core`, the name of a module that is not nginx's own, or `removed-after-…`.
    pub origin: &'static str,
}

impl NginxWord {
    /// Reads a line of the table.
    fn parse(line: &'static str) -> Option<Self> {
        let mut fields = line.split('\t');
        let mut field = || fields.next();
        Some(Self {
            name: field()?,
            contexts: Contexts::parse(field()?),
            args: Arity::parse(field()?),
            block: field()? == "yes",
            value: Value::parse(field()?),
            repeat: match field()? {
                "allowed" => Some(true),
                "error" => Some(false),
                _ => None,
            },
            default: field().filter(|text| !text.is_empty()),
            since: field().filter(|text| !text.is_empty()),
            origin: field()?,
        })
    }
}

/// A name, with what else the vocabulary works out of its meanings.
pub(super) struct Known {
    pub(super) meanings: Vec<NginxWord>,
    /// What its words are read as by its types.
    pub(super) signatures: OnceLock<Vec<Signature>>,
}

impl Known {
    fn read(lines: &'static str) -> Self {
        let meanings = lines.lines().filter_map(NginxWord::parse).collect();
        Self { meanings, signatures: OnceLock::new() }
    }
}

/// The names of the table, sorted.
fn all() -> &'static [Entry<Known>] {
    static ALL: OnceLock<Vec<Entry<Known>>> = OnceLock::new();
    ALL.get_or_init(|| entries(include_str!("../../grammar/nginx.tsv")))
}

/// The names of all directives, sorted.
pub fn nginx_names() -> impl Iterator<Item = &'static str> + Clone {
    all().iter().map(|entry| entry.name)
}

/// All meanings of all directives, sorted by name.
pub fn nginx_words() -> impl Iterator<Item = &'static NginxWord> + Clone {
    all().iter().flat_map(|entry| &entry.said(Known::read).meanings)
}

/// What is known of a name.
pub(super) fn known(name: &str) -> Option<&'static Known> {
    let at = all().binary_search_by_key(&name, |entry| entry.name).ok()?;
    Some(all()[at].said(Known::read))
}

/// All meanings of a directive's name; none when it is not known.
pub fn nginx(name: &str) -> &'static [NginxWord] {
    known(name).map_or(&[], |known| &known.meanings)
}

/// Whether a directive of this name opens a block somewhere.
pub fn nginx_opens_block(name: &str) -> bool {
    nginx(name).iter().any(|word| word.block)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_read_whole() {
        let lines = include_str!("../../grammar/nginx.tsv").lines().count() - 1;
        assert_eq!(nginx_words().count(), lines);
        assert!(nginx_names().is_sorted_by(|a, b| a < b));
        for word in nginx_words() {
            assert!(!word.contexts.is_empty(), "{} stands nowhere", word.name);
            assert!(word.args.least() < 10, "{} takes nothing that can be read", word.name);
        }
    }

    #[test]
    fn a_name_may_mean_several_things() {
        let blocks = nginx("server").iter().filter(|word| word.block).count();
        assert_eq!((nginx("server").len(), blocks), (5, 3));
        assert!(nginx("sevrer").is_empty());
        let [body_size] = nginx("client_max_body_size") else { panic!("one meaning") };
        assert_eq!(body_size.default, Some("1m"));
        assert_eq!(body_size.value, Value::Offset);
        assert!(body_size.contexts.meets(Contexts::parse("location")));
    }
}
