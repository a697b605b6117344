//! Regular expressions, as the servers' own library takes them: PCRE2.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use pcre2::bytes::RegexBuilder;

/// What there is to know about an expression that PCRE2 takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Regex {
    /// How many groups capture, named ones included.
    pub captures: usize,
    /// The names of those that have one, in order.
    pub names: Vec<String>,
}

/// Why PCRE2 does not take an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegexError {
    /// What it says: "missing closing parenthesis".
    pub message: String,
    /// How many bytes it had read.
    pub offset: usize,
    /// Whether it is only that two groups have one name: nginx refuses that, httpd allows it (`PCRE2_DUPNAMES`).
    pub same_name: bool,
}

/// What became of an expression, shared by all places that hold the same one.
type Outcome = Arc<Result<Regex, RegexError>>;

/// `PCRE2_ERROR_DUPLICATE_SUBPATTERN_NAME`.
const SAME_NAME: i32 = 143;

/// Gives `pattern` to PCRE2. The same pattern is compiled only once: sites are copies of each other.
pub fn regex(pattern: &str, caseless: bool) -> Outcome {
    static KNOWN: LazyLock<Mutex<[HashMap<String, Outcome>; 2]>> = LazyLock::new(Mutex::default);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let known = &mut known[usize::from(caseless)];
    if let Some(outcome) = known.get(pattern) {
        return Arc::clone(outcome);
    }
    let outcome = Arc::new(compile(pattern, caseless));
    known.insert(pattern.to_owned(), Arc::clone(&outcome));
    outcome
}

/// What the groups of `pattern` hold of `text`, the whole match first; `None` where it does not match, or is refused.
pub fn regex_groups(pattern: &str, caseless: bool, text: &str) -> Option<Vec<String>> {
    let regex = RegexBuilder::new().caseless(caseless).build(pattern).ok()?;
    let found = regex.captures(text.as_bytes()).ok()??;
    let group = |index: usize| {
        found
            .get(index)
            .map_or_else(String::new, |group| String::from_utf8_lossy(group.as_bytes()).into_owned())
    };
    Some((0..found.len()).map(group).collect())
}

fn compile(pattern: &str, caseless: bool) -> Result<Regex, RegexError> {
    match RegexBuilder::new().caseless(caseless).build(pattern) {
        Ok(regex) => {
            let names = regex.capture_names().iter().flatten().cloned().collect();
            Ok(Regex { captures: regex.captures_len().saturating_sub(1), names })
        }
        Err(error) => Err(refusal(&error, pattern)),
    }
}

/// Whether a text matches. `None` where PCRE2 does not take the pattern, or gives up.
pub fn regex_matches(pattern: &str, caseless: bool, text: &str) -> Option<bool> {
    let regex = RegexBuilder::new().caseless(caseless).build(pattern).ok()?;
    regex.is_match(text.as_bytes()).ok()
}

/// The message without what the crate puts before it.
fn refusal(error: &pcre2::Error, pattern: &str) -> RegexError {
    let offset = error.offset().unwrap_or(0).min(pattern.len());
    let text = error.to_string();
    let before = format!("PCRE2: error compiling pattern at offset {offset}: ");
    let message = text.strip_prefix(&before).unwrap_or(&text).to_owned();
    RegexError { message, offset, same_name: error.code() == SAME_NAME }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_tells_its_groups() {
        let taken = regex(r"^/(?<kind>\w+)/(\d{4})/(?:x)$", false);
        assert_eq!(*taken, Ok(Regex { captures: 2, names: vec!["kind".to_owned()] }));
        assert!(Arc::ptr_eq(&taken, &regex(r"^/(?<kind>\w+)/(\d{4})/(?:x)$", false)), "compiled once");
    }

    #[test]
    fn a_text_matches_or_nobody_knows() {
        assert_eq!(regex_matches(r"\.php$", false, "/a.php"), Some(true));
        assert_eq!(regex_matches(r"\.php$", false, "/a.PHP"), Some(false));
        assert_eq!(regex_matches("(", false, "/a"), None);
    }

    #[test]
    fn what_pcre_refuses_has_its_words_and_its_place() {
        let cases = [
            ("^/(a", "missing closing parenthesis", 4, false),
            ("a)b", "unmatched closing parenthesis", 1, false),
            ("*.php", "quantifier does not follow a repeatable item", 0, false),
            ("[a-", "missing terminating ] for character class", 3, false),
            ("(?<a>x)(?<a>y)", "two named subpatterns have the same name (PCRE2_DUPNAMES not set)", 12, true),
        ];
        for (pattern, message, offset, same_name) in cases {
            let refused = RegexError { message: message.to_owned(), offset, same_name };
            assert_eq!(*regex(pattern, false), Err(refused), "{pattern}");
        }
    }
}
