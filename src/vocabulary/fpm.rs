//! The words of PHP-FPM: `grammar/fpm.tsv`, as PHP 8.2 has them.

use std::sync::LazyLock;

/// What a setting of FPM takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FpmType {
    /// Any text.
    Text,
    /// Any text but none.
    Filled,
    /// A port, an address with a port, or the path of a socket.
    Listen,
    /// The path of a URI.
    Uri,
    /// A whole number, from the one to the other.
    Integer(i32, i32),
    /// A whole number from 0 on, or `unlimited`.
    IntegerOrUnlimited,
    /// A time.
    Time,
    /// A switch.
    Flag,
    /// One of these words, in any case.
    OneOf(&'static str),
}

/// A setting of FPM.
#[derive(Debug, Clone, Copy)]
pub struct FpmWord {
    /// Its name. FPM takes it in any case.
    pub name: &'static str,
    /// Whether it stands in `[global]`; else in a pool.
    pub global: bool,
    /// What it takes.
    pub takes: FpmType,
}

/// What may have brackets behind it in a pool, in this case only.
pub const FPM_ARRAYS: &[&str] =
    &["env", "php_value", "php_flag", "php_admin_value", "php_admin_flag", "access.suppress_path"];

/// The settings of `[global]`, or those of a pool.
pub fn fpm_words(global: bool) -> impl Iterator<Item = &'static FpmWord> {
    static WORDS: LazyLock<Vec<FpmWord>> = LazyLock::new(read);
    WORDS.iter().filter(move |word| word.global == global)
}

/// The setting of a name.
pub fn fpm_word(name: &str, global: bool) -> Option<&'static FpmWord> {
    fpm_words(global).find(|word| word.name.eq_ignore_ascii_case(name))
}

fn read() -> Vec<FpmWord> {
    let lines = include_str!("../../grammar/fpm.tsv").lines().skip(1);
    lines.filter_map(line).collect()
}

/// One line of the table; `include` and what has brackets are no settings.
fn line(line: &'static str) -> Option<FpmWord> {
    let mut fields = line.split('\t');
    let (name, section, kind) = (fields.next()?, fields.next()?, fields.next()?);
    let takes = match kind {
        "integer" => FpmType::Integer(i32::MIN, i32::MAX),
        "filled" => FpmType::Filled,
        "listen" => FpmType::Listen,
        "uri" => FpmType::Uri,
        "integer-or-unlimited" => FpmType::IntegerOrUnlimited,
        "time" => FpmType::Time,
        "bool" => FpmType::Flag,
        "array" | "glob" => return None,
        _ => ranged(kind).or(kind.strip_prefix("enum:").map(FpmType::OneOf)).unwrap_or(FpmType::Text),
    };
    Some(FpmWord { name, global: section == "global", takes })
}

/// `integer:-19..20`; either end may be open.
fn ranged(kind: &str) -> Option<FpmType> {
    let (least, most) = kind.strip_prefix("integer:")?.split_once("..")?;
    Some(FpmType::Integer(least.parse().unwrap_or(i32::MIN), most.parse().unwrap_or(i32::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_belong_to_a_section() {
        assert_eq!(
            fpm_word("PM.max_children", false).map(|word| word.takes),
            Some(FpmType::Integer(i32::MIN, i32::MAX))
        );
        assert_eq!(
            fpm_word("process.priority", true).map(|word| word.takes),
            Some(FpmType::Integer(-19, 20))
        );
        assert_eq!(fpm_word("process.max", true).map(|word| word.takes), Some(FpmType::Integer(0, i32::MAX)));
        assert!(fpm_word("pm.max_children", true).is_none());
        assert!(fpm_word("daemonize", false).is_none());
        assert!(fpm_word("rlimit_files", true).is_some() && fpm_word("rlimit_files", false).is_some());
        assert_eq!(
            fpm_word("pm", false).map(|word| word.takes),
            Some(FpmType::OneOf("static/dynamic/ondemand"))
        );
    }
}
