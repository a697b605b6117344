//! File name patterns as `glob(3)` reads them: sorted, dot-files only where the pattern has the dot.

use std::path::{Component, Path, PathBuf};

use glob::{MatchOptions, Pattern};

use crate::vfs::Disk;

const OPTIONS: MatchOptions =
    MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: true };

/// Whether a path is a pattern, as nginx decides it.
pub(crate) fn is_pattern(path: &str) -> bool {
    path.contains(['*', '?', '['])
}

/// The crate gives `**` a meaning of its own; to the servers it is `*` twice.
fn compile(pattern: &str) -> Option<Pattern> {
    let mut plain = pattern.to_owned();
    while plain.contains("**") {
        plain = plain.replace("**", "*");
    }
    Pattern::new(&plain).ok()
}

/// The paths that are there and fit `pattern`, sorted; a path without wildcards is itself, if there.
pub(crate) fn expand(disk: &Disk, pattern: &Path) -> Vec<PathBuf> {
    let mut paths = vec![PathBuf::new()];
    for component in pattern.components() {
        paths = match component {
            Component::Normal(part) => match part.to_str() {
                Some(part) if is_pattern(part) => {
                    paths.iter().flat_map(|dir| matches_in(disk, dir, part)).collect()
                }
                _ => paths.into_iter().map(|path| path.join(part)).collect(),
            },
            other => paths.into_iter().map(|path| path.join(other)).collect(),
        };
    }
    paths.retain(|path| disk.kind(path).is_some());
    paths.sort();
    paths
}

/// Whether one part of a path fits one part of a pattern, a leading dot like any other character.
pub(crate) fn fits(pattern: &str, part: &str) -> bool {
    let any_dot = MatchOptions { require_literal_leading_dot: false, ..OPTIONS };
    pattern == part || compile(pattern).is_some_and(|pattern| pattern.matches_with(part, any_dot))
}

fn matches_in(disk: &Disk, dir: &Path, part: &str) -> Vec<PathBuf> {
    let Some(pattern) = compile(part) else { return Vec::new() };
    let names = disk.list(dir).unwrap_or_default();
    names.into_iter().filter(|name| pattern.matches_with(name, OPTIONS)).map(|name| dir.join(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dot_files_stay_out_and_the_order_is_by_byte() {
        let files = ["/c/b.conf", "/c/.hidden.conf", "/c/B.conf", "/c/a.conf.bak", "/c/d/x.conf"];
        let disk = Disk::memory(files.map(|file| (PathBuf::from(file), Vec::new())));
        let found = |pattern: &str| -> Vec<String> {
            expand(&disk, Path::new(pattern)).iter().map(|path| path.display().to_string()).collect()
        };
        assert_eq!(found("/c/*.conf"), ["/c/B.conf", "/c/b.conf"]);
        assert_eq!(found("/c/*"), ["/c/B.conf", "/c/a.conf.bak", "/c/b.conf", "/c/d"]);
        assert_eq!(found("/*/?/**.conf"), ["/c/d/x.conf"]);
        assert!(found("/nope/x").is_empty());
    }
}
