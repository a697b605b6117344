//! The words of php.ini: `grammar/php.tsv`.

use std::sync::LazyLock;

/// A setting of php.ini.
#[derive(Debug, Clone, Copy)]
pub struct PhpWord {
    /// Its name, in this case only.
    pub name: &'static str,
    /// Whether it is a switch.
    pub flag: bool,
}

/// The settings of php.ini, sorted by name.
pub fn php_words() -> &'static [PhpWord] {
    static WORDS: LazyLock<Vec<PhpWord>> = LazyLock::new(read);
    &WORDS
}

/// The setting of a name.
pub fn php_word(name: &str) -> Option<&'static PhpWord> {
    let words = php_words();
    words.binary_search_by(|word| word.name.cmp(name)).ok().map(|index| &words[index])
}

fn read() -> Vec<PhpWord> {
    let lines = include_str!("../../grammar/php.tsv").lines().skip(1);
    let mut words: Vec<PhpWord> = lines.filter_map(line).collect();
    words.sort_by_key(|word| word.name);
    words.dedup_by_key(|word| word.name);
    words
}

fn line(line: &'static str) -> Option<PhpWord> {
    let mut fields = line.split('\t');
    let (name, _extension, kind) = (fields.next()?, fields.next()?, fields.next()?);
    Some(PhpWord { name, flag: kind == "bool" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_found_by_their_exact_name() {
        assert!(php_word("memory_limit").is_some_and(|word| !word.flag));
        assert!(php_word("file_uploads").is_some_and(|word| word.flag));
        assert!(php_word("Memory_Limit").is_none());
    }
}
