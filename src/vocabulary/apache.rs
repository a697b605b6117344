//! The directives of Apache httpd: `grammar/apache.tsv`, as `apache2 -L` and the command tables of the
//! modules have them.

mod args;
mod modules;
mod place;

use std::cmp::Ordering;
use std::sync::OnceLock;

use super::entries::{Entry, entries};

pub use args::ApacheArgs;
pub use modules::{ApacheModule, Origin, apache_module, apache_module_in, apache_modules, third_party};
pub use place::{Inside, Places};

/// A directive or section of Apache.
#[derive(Debug, Clone, Copy)]
pub struct ApacheWord {
    /// Its name as the manual writes it, that of a section without its `<`. Apache takes it in any case.
    pub name: &'static str,
    /// Whether it is a section.
    pub section: bool,
    /// The modules that provide it, divided by commas, as their sources are named: `mod_rewrite`.
    modules: &'static str,
    /// How Apache splits its arguments; `None` for what Debian's Apache does not have.
    pub args: Option<ApacheArgs>,
    /// Where it may stand.
    pub places: Places,
    /// What it may not stand inside of, where that is more than its places say.
    pub forbidden: Inside,
    /// The words it takes, if they are fixed.
    pub words: Option<FixedWords>,
    /// What Apache says of another word, `%s` being the word.
    pub complaint: &'static str,
    /// What Apache adds when the number of arguments is wrong; of a word that is no more, what there is instead.
    pub means: &'static str,
    /// Its name as Apache logs it.
    pub logged: &'static str,
}

/// The fixed words of a directive, divided by `/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FixedWords {
    /// The first argument is one of them.
    First(&'static str),
    /// Each argument is one of them.
    Each(&'static str),
    /// Each argument is one of them, perhaps with a `+` or `-` before it.
    Signed(&'static str),
    /// Each argument is one of them, perhaps with a `=` and more behind it.
    Keyed(&'static str),
    /// Each argument is one of them, perhaps with a sign before it and a `=` and more behind it.
    Option(&'static str),
    /// Each argument is one of them, perhaps with a module and a `:` before it.
    Level(&'static str),
}

impl FixedWords {
    fn parse(text: &'static str) -> Option<Self> {
        let (kind, words) = text.split_once(':')?;
        match kind {
            "first" => Some(Self::First(words)),
            "each" => Some(Self::Each(words)),
            "signed" => Some(Self::Signed(words)),
            "keyed" => Some(Self::Keyed(words)),
            "option" => Some(Self::Option(words)),
            "level" => Some(Self::Level(words)),
            _ => None,
        }
    }

    /// The words.
    pub fn all(self) -> impl Iterator<Item = &'static str> {
        let (Self::First(words)
        | Self::Each(words)
        | Self::Signed(words)
        | Self::Keyed(words)
        | Self::Option(words)
        | Self::Level(words)) = self;
        words.split('/')
    }

    /// Whether all arguments are such words; else the first only.
    pub const fn of_all(self) -> bool {
        !matches!(self, Self::First(_))
    }

    /// Whether they are `on` and `off`, and nothing else.
    pub const fn is_switch(self) -> bool {
        matches!(self, Self::First(words) if matches!(words.as_bytes(), b"On/Off"))
    }

    /// The part of an argument that is one of the words.
    pub fn part(self, arg: &str) -> &str {
        match self {
            Self::Signed(_) => arg.strip_prefix(['+', '-']).unwrap_or(arg),
            Self::Keyed(_) => arg.split('=').next().unwrap_or(arg),
            Self::Option(_) => {
                let bare = arg.strip_prefix(['+', '-']).unwrap_or(arg);
                bare.split('=').next().unwrap_or(bare)
            }
            Self::Level(_) => arg.rsplit(':').next().unwrap_or(arg),
            Self::First(_) | Self::Each(_) => arg,
        }
    }

    /// Whether Apache takes an argument, which it does in any case.
    pub fn take(self, arg: &str) -> bool {
        let word = self.part(arg);
        self.all().any(|known| known.eq_ignore_ascii_case(word))
    }
}

impl ApacheWord {
    /// Reads a line of the table.
    fn parse(line: &'static str) -> Option<Self> {
        let mut fields = line.trim_end_matches('\n').split('\t');
        let mut field = || fields.next();
        let name = field()?;
        let bare = bare(name);
        Some(Self {
            name: bare,
            section: name.len() > bare.len(),
            modules: field()?,
            args: ApacheArgs::parse(field()?),
            places: Places::parse(field()?),
            forbidden: Inside::parse(field()?),
            words: FixedWords::parse(field()?),
            complaint: field()?,
            means: field()?,
            logged: field().filter(|text| !text.is_empty()).unwrap_or(bare),
        })
    }

    /// The modules that provide it, as their sources are named.
    pub fn modules(&self) -> impl Iterator<Item = &'static str> {
        self.modules.split(',')
    }

    /// Whether it is none of the Apache of today: of another system, of a newer or of an older one.
    pub const fn is_foreign(&self) -> bool {
        self.args.is_none()
    }

    /// Whether Apache 2.4 has it no more.
    pub fn is_removed(&self) -> bool {
        self.modules == "removed"
    }

    /// How it is written: a section as `<Directory>`.
    pub fn written(&self) -> String {
        if self.section { format!("<{}>", self.name) } else { self.name.to_owned() }
    }
}

/// The names of the table, sorted in lower case, a directive before the section of its name.
fn all() -> &'static [Entry<Option<ApacheWord>>] {
    static ALL: OnceLock<Vec<Entry<Option<ApacheWord>>>> = OnceLock::new();
    ALL.get_or_init(|| entries(include_str!("../../grammar/apache.tsv")))
}

/// All directives and sections, sorted as [`all`] is.
pub fn apache_words() -> impl Iterator<Item = &'static ApacheWord> + Clone {
    all().iter().filter_map(|entry| entry.said(ApacheWord::parse).as_ref())
}

/// The directive or the section of a name, in any case.
pub fn apache(name: &str, section: bool) -> Option<&'static ApacheWord> {
    let order = |entry: &Entry<_>| {
        let bare = bare(entry.name);
        compare(bare, name).then((entry.name.len() > bare.len()).cmp(&section))
    };
    let at = all().binary_search_by(order).ok()?;
    all()[at].said(ApacheWord::parse).as_ref()
}

/// The name of a directive, or of a section without its `<`.
fn bare(name: &str) -> &str {
    name.strip_prefix('<').unwrap_or(name)
}

/// The order of two names in lower case.
fn compare(a: &str, b: &str) -> Ordering {
    let lower = |byte: u8| byte.to_ascii_lowercase();
    a.bytes().map(lower).cmp(b.bytes().map(lower))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_read_whole() {
        let lines = include_str!("../../grammar/apache.tsv").lines().count() - 1;
        assert_eq!(apache_words().count(), lines);
        let all: Vec<_> = apache_words().collect();
        let sorted = all.windows(2).all(|pair| {
            compare(pair[0].name, pair[1].name).then(pair[0].section.cmp(&pair[1].section)) == Ordering::Less
        });
        assert!(sorted);
        for word in apache_words().filter(|word| !word.is_foreign()) {
            assert!(!word.places.is_empty(), "{} stands nowhere", word.name);
            assert!(!word.is_removed(), "{}", word.name);
            assert_eq!(word.words.is_some(), !word.complaint.is_empty(), "{}", word.name);
            for module in word.modules() {
                assert!(apache_module(module).is_some(), "{module} of {} is no module", word.name);
            }
        }
    }

    #[test]
    fn names_are_found_in_any_case() {
        assert_eq!(apache("proxypass", false).map(|word| word.name), Some("ProxyPass"));
        assert!(apache("Directory", true).is_some() && apache("Directory", false).is_none());
        assert!(apache("MDomain", false).is_some_and(|word| !word.section));
        assert!(apache("order", false).is_some_and(|word| word.logged == "order"));
        assert!(apache("RewriteLog", false).is_some_and(ApacheWord::is_foreign));
        assert!(apache("ProxyPas", false).is_none());
    }

    #[test]
    fn fixed_words_are_taken_in_any_case() {
        let words = |name| apache(name, false).and_then(|word| word.words).expect("fixed");
        assert!(words("ServerTokens").take("PROD") && !words("ServerTokens").take("Produkt"));
        assert!(words("EnableMMAP").is_switch() && !words("HostnameLookups").is_switch());
        assert!(words("SSLOptions").take("+StdEnvVars"));
        assert!(words("AllowOverride").take("Options=Indexes") && words("LogLevel").take("ssl:info"));
    }
}
