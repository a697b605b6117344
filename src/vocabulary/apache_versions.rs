//! Since when Apache has a directive: `grammar/apache-versions.tsv`, for those that came after 2.4.0.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::version::Version;

/// The first version of Apache that has a directive; `None` where 2.4.0 has it, or nobody knows.
pub fn apache_since(name: &str) -> Option<Version> {
    static SINCE: LazyLock<HashMap<String, Version>> = LazyLock::new(read);
    SINCE.get(&name.to_ascii_lowercase()).copied()
}

fn read() -> HashMap<String, Version> {
    let lines = include_str!("../../grammar/apache-versions.tsv").lines().skip(1);
    let pairs = lines.filter_map(|line| line.split_once('\t'));
    pairs.filter_map(|(name, since)| Some((name.to_ascii_lowercase(), since.parse().ok()?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_any_case() {
        assert_eq!(apache_since("cgipassauth"), Some(Version::new(2, 4, 13)));
        assert_eq!(apache_since("ProxyPass"), None);
        assert_eq!(read().len(), include_str!("../../grammar/apache-versions.tsv").lines().count() - 1);
    }
}
