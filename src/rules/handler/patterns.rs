//! Which names of files the sections of Apache hold.

use crate::stack::apache::Apache;
use crate::stack::nginx::ScopeId;
use crate::value::{regex, regex_groups};

/// Names of PHP files that sites have.
pub(super) const SAMPLES: &[&str] =
    &["index.php", "test.php", "wp-login.php", "admin/index.php", "a/b/c.php"];

/// How the files of a section are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pattern<'a> {
    /// An expression for the name: `<FilesMatch>`, `<Files ~ …>`.
    NameRegex(&'a str),
    /// A wildcard for the name: `<Files>`.
    NameGlob(&'a str),
    /// An expression for the path of the request: `<LocationMatch>`.
    PathRegex(&'a str),
}

impl<'a> Pattern<'a> {
    /// The pattern of a section; `None` of one that is about no names, or about what is not known.
    pub(super) fn of(apache: &'a Apache, id: ScopeId) -> Option<Self> {
        let section = apache.section(id);
        let arg = section.args.last().filter(|arg| !arg.is_unresolved())?;
        let tilde = section.args.len() > 1;
        let name = section.word.map(|word| word.name)?.to_ascii_lowercase();
        match (name.as_str(), tilde) {
            ("filesmatch", _) | ("files", true) => Some(Self::NameRegex(&arg.value)),
            ("files", false) => Some(Self::NameGlob(&arg.value)),
            ("locationmatch", _) | ("location", true) => Some(Self::PathRegex(&arg.value)),
            _ => None,
        }
    }

    /// The text of the pattern.
    pub(super) fn text(self) -> &'a str {
        match self {
            Self::NameRegex(text) | Self::NameGlob(text) | Self::PathRegex(text) => text,
        }
    }

    /// Whether Apache takes it.
    pub(super) fn is_valid(self) -> bool {
        match self {
            Self::NameRegex(text) | Self::PathRegex(text) => regex(text, false).is_ok(),
            Self::NameGlob(_) => true,
        }
    }

    /// Whether some file that ends in `.php` is among them.
    pub(super) fn holds_php(self) -> bool {
        let words = words(self.text());
        let own = words.iter().map(|word| format!("{word}.php"));
        SAMPLES.iter().map(|&name| name.to_owned()).chain(own).any(|path| self.holds(&path))
    }

    /// Whether a file is among them.
    pub(super) fn holds(self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        match self {
            Self::NameRegex(text) => regex_groups(text, false, name).is_some(),
            Self::NameGlob(text) => glob::Pattern::new(text).is_ok_and(|glob| glob.matches(name)),
            Self::PathRegex(text) => regex_groups(text, false, &format!("/{path}")).is_some(),
        }
    }
}

/// Whether a section may hold files that end in `.php`: what is about no names may.
pub(super) fn may_hold_php(apache: &Apache, id: ScopeId) -> bool {
    Pattern::of(apache, id).is_none_or(Pattern::holds_php)
}

/// The words a pattern is made of: a file may be named as one of them.
fn words(text: &str) -> Vec<&str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-');
    words.filter(|word| !word.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn patterns_of_php_files_are_known() {
        let regexes = [
            r"\.php$",
            r".+\.ph(?:ar|p|tml)$",
            r"^status\.php$",
            r"(?i)\.PHP$",
            r"\.php",
            r"index\.(html|php)",
        ];
        assert!(regexes.iter().all(|text| Pattern::NameRegex(text).holds_php()));
        assert!(Pattern::NameGlob("*.php").holds_php() && Pattern::NameGlob("cron.php").holds_php());
        assert!(Pattern::PathRegex(r"^/(.*)\.php$").holds_php());
    }

    #[test]
    fn patterns_that_miss_php_files_are_known() {
        let regexes = [r"\.php5$", r"/.php$", r"\.PHP$", r"\.php\$$", r"^\.php$", r"\.phtml$"];
        assert!(!regexes.iter().any(|text| Pattern::NameRegex(text).holds_php()));
        assert!(!Pattern::NameGlob(r"\.php$").holds_php() && !Pattern::NameGlob(".php").holds_php());
    }
}
