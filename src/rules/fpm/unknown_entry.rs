//! `fpm/unknown-entry`: a setting that FPM does not know, or not in this section.

use super::section::moved;
use super::{log_place, outage, sections};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::spelling::closest;
use crate::stack::fpm::{Entry, Fpm, Pool};
use crate::tree::Quote;
use crate::value;
use crate::version::Version;
use crate::vocabulary::{FPM_ARRAYS, PhpType, PhpWord, fpm_word, fpm_words, php_word, php_words};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "fpm/unknown-entry",
    severity: Severity::Error,
    summary: "a setting PHP-FPM does not know, as those of php.ini, with which it does not start",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/fpm/unknown-entry.md"),
    check,
};

/// The last version whose settings are known here.
const NEWEST: Version = Version::new(8, 4, 0);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fpm in &context.stack.fpm {
        let newer = context.stack.php_version(fpm).is_some_and(|version| version > NEWEST);
        for (section, global) in sections(fpm) {
            // A `#` is the matter of fpm/hash-comment.
            for entry in section.entries.iter().filter(|entry| !entry.key.starts_with('#') && !entry.broken) {
                let Some(fault) = Fault::of(context, section, global, entry) else { continue };
                if !(newer && fault.could_be_new) {
                    let moved = moved(context, fpm, global, entry);
                    sink.report(fault.say(context, fpm, entry, moved));
                }
            }
        }
    }
}

/// What is wrong with an entry.
struct Fault {
    /// The beginning of the message.
    what: String,
    /// What FPM says.
    complaint: String,
    help: String,
    /// What the text from the beginning of the line to the end of the span becomes.
    instead: Option<(Span, String)>,
    /// Whether a newer FPM may know the setting.
    could_be_new: bool,
}

impl Fault {
    fn of(context: &Context<'_>, section: &Pool, global: bool, entry: &Entry) -> Option<Self> {
        if entry.sub.is_some() {
            return Self::of_array(context, section, global, entry);
        }
        if entry.value_span.is_none() {
            return Some(Self::without_value(context, global, entry));
        }
        if fpm_word(&entry.key, global).is_some() || entry.key == "include" {
            return None;
        }
        Some(Self::of_key(context, section, global, entry))
    }

    /// `name[key] = value`.
    fn of_array(context: &Context<'_>, section: &Pool, global: bool, entry: &Entry) -> Option<Self> {
        let what = format!("PHP-FPM knows no setting `{}[…]` in [{}]", entry.key, section.name);
        if global {
            let help = "move it into a pool".to_owned();
            let complaint = "Array are not allowed in the global section".to_owned();
            return Some(Self { what, complaint, help, instead: None, could_be_new: false });
        }
        if FPM_ARRAYS.contains(&entry.key.as_str()) {
            return Self::of_brackets(context, entry);
        }
        let close = closest(&entry.key, FPM_ARRAYS.iter().copied());
        let lo = name_span(context, entry).lo;
        let instead = close.map(|name| (Span::new(lo, lo + entry.key.len() as u32), name.to_owned()));
        let help = match close {
            Some(name) => format!("write `{name}[…]`"),
            None => "settings of php.ini are written `php_admin_value[…]` in a pool".to_owned(),
        };
        let complaint = format!("unknown directive '{}'", entry.key);
        Some(Self { what, complaint, help, instead, could_be_new: close.is_none() })
    }

    /// What stands in the brackets, or does not.
    fn of_brackets(context: &Context<'_>, entry: &Entry) -> Option<Self> {
        let (key, sub) = (&entry.key, entry.sub.as_deref().unwrap_or_default());
        let (what, complaint, help, instead) = match (key.as_str(), sub.is_empty()) {
            ("access.suppress_path", false) => {
                let line = format!("{key}[]");
                let what = format!("`{key}` takes nothing in its brackets");
                let help = format!("write `{line} = {}`", entry.value);
                let instead = Some((name_span(context, entry), line));
                (what, format!("Keys provided to field '{key}' are ignored"), help, instead)
            }
            ("access.suppress_path", true) | (_, false) => return None,
            (_, true) => {
                let what = format!("`{key}[]` names nothing in its brackets");
                let inside = if key == "env" { "NAME" } else { "memory_limit" };
                let help = format!("write `{key}[{inside}] = …`, with the name of what is set");
                (what, format!("You must provide a key for field '{key}'"), help, None)
            }
        };
        Some(Self { what, complaint, help, instead, could_be_new: false })
    }

    /// A line with no `=`.
    fn without_value(context: &Context<'_>, global: bool, entry: &Entry) -> Self {
        let (key, rest) = entry.key.split_once([' ', '\t']).unwrap_or((&entry.key, ""));
        let (key, rest) = (key, rest.trim_start());
        let known = fpm_word(key, global).is_some() || key == "include";
        let line = if known && !rest.is_empty() {
            Some(format!("{key} = {rest}"))
        } else {
            rest.split_once([' ', '\t']).and_then(|(name, value)| array_line(key, name, value.trim_start()))
        };
        let what = format!("`{}` is a setting without a value", entry.key);
        let help = match &line {
            Some(line) => format!("write `{line}`"),
            None => "write `key = value`, or take the line out".to_owned(),
        };
        let complaint = "value is NULL for a ZEND_INI_PARSER_ENTRY".to_owned();
        let instead = line.map(|line| (name_span(context, entry), line));
        Self { what, complaint, help, instead, could_be_new: false }
    }

    /// `key = value` with a key that is none of this section.
    fn of_key(context: &Context<'_>, section: &Pool, global: bool, entry: &Entry) -> Self {
        let what = format!("`{}` is no setting of PHP-FPM", entry.key);
        let complaint = format!("unknown entry '{}'", entry.key);
        let place = name_span(context, entry);
        if !global && let Some(name) = as_php(context, entry) {
            let what = match entry.key.split_once([' ', '\t']) {
                Some((key, _)) => format!("`{key}` wants brackets"),
                None => format!("`{}` is a setting of php.ini, not of PHP-FPM", entry.key),
            };
            let help = format!("write `{name} = {}`", entry.value);
            return Self { what, complaint, help, instead: Some((place, name)), could_be_new: false };
        }
        if let Some(other) = fpm_word(&entry.key, !global) {
            let what =
                format!("`{}` is no setting of {}", other.name, if global { "[global]" } else { "a pool" });
            let to = if global { "the pool it is for" } else { "[global]" };
            let help = format!("move it to {to}");
            return Self { what, complaint, help, instead: None, could_be_new: false };
        }
        if !global && FPM_ARRAYS.contains(&entry.key.as_str()) {
            let what = format!("`{}` wants brackets", entry.key);
            let path = entry.key == "access.suppress_path";
            let name = format!("{}[{}]", entry.key, if path { "" } else { "…" });
            let help = format!("write `{name} = …`");
            let instead = path.then_some((place, name));
            return Self { what, complaint, help, instead, could_be_new: false };
        }
        let names = fpm_words(global).map(|word| word.name);
        if let Some(name) = closest(&entry.key, names) {
            let help = format!("did you mean `{name}`?");
            let fresh = section.get(name).is_none();
            let instead = fresh.then(|| (place, name.to_owned()));
            return Self { what, complaint, help, instead, could_be_new: false };
        }
        let help = match closest(&entry.key, php_words().iter().map(|word| word.name)) {
            Some(name) if !global => format!("did you mean `php_admin_value[{name}]`?"),
            _ if !global && entry.key.contains('.') => {
                format!("if this is a setting of php.ini, write `php_admin_value[{}]`", entry.key)
            }
            _ => "take the line out".to_owned(),
        };
        Self { what, complaint, help, instead: None, could_be_new: true }
    }

    fn say(self, context: &Context<'_>, fpm: &Fpm, entry: &Entry, moved: Option<Fix>) -> Diagnostic {
        let message = format!("{}: {}", self.what, outage(context, fpm));
        let fix = self
            .instead
            .map(|(span, text)| Fix::safe(format!("write {text}"), vec![Edit::replace(span, text)]));
        Diagnostic::new(entry.span, message, "PHP-FPM stops reading here")
            .note(format!("FPM logs: ERROR: {} {}", log_place(context, entry.span), self.complaint))
            .help(self.help)
            .fix(fix.or(moved))
    }
}

fn name_span(context: &Context<'_>, entry: &Entry) -> Span {
    context.files.node(entry.at).name_span()
}

/// The key under which a pool takes what is written: a setting of php.ini, or `php_value name`.
fn as_php(context: &Context<'_>, entry: &Entry) -> Option<String> {
    if let Some((key, name)) = entry.key.split_once([' ', '\t']) {
        let takes_name = FPM_ARRAYS.contains(&key) && !name.trim().is_empty();
        return takes_name.then(|| format!("{key}[{}]", name.trim()));
    }
    let word = php_setting(&entry.key)?;
    let kind = if is_switch(context, word, entry) { "php_admin_flag" } else { "php_admin_value" };
    Some(format!("{kind}[{}]", word.name))
}

/// The setting of php.ini, in whatever case it is written.
fn php_setting(key: &str) -> Option<&'static PhpWord> {
    php_word(key).or_else(|| php_words().iter().find(|word| word.name.eq_ignore_ascii_case(key)))
}

/// Whether the value is on or off: a switch, or `on` and its like for a setting that takes a text too.
fn is_switch(context: &Context<'_>, word: &PhpWord, entry: &Entry) -> bool {
    let node = context.files.node(entry.at);
    let quoted = node.words().first().is_some_and(|word| word.quote != Quote::None);
    let number = entry.value.is_empty() || entry.value.bytes().all(|byte| byte.is_ascii_digit());
    value::fpm_bool(&entry.value, quoted).is_ok() && (word.takes == PhpType::Flag || !number)
}

/// `php_value[name] = value` of `php_value name value`.
fn array_line(key: &str, name: &str, value: &str) -> Option<String> {
    (FPM_ARRAYS.contains(&key) && !value.is_empty()).then(|| format!("{key}[{name}] = {value}"))
}
