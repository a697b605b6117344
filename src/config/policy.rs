//! `[severity]` and `[[ignore-in]]`: what the user makes of findings.

use std::path::{Component, Path, PathBuf};

use glob::{MatchOptions, Pattern};
use toml_edit::{Item, Table};

use super::{Reader, did_you_mean};
use crate::diagnostic::{Diagnostic, Severity};
use crate::load::File;
use crate::select::{self, closest};
use crate::session::Outcome;

const OPTIONS: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: false,
};

/// What is made of findings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    /// Rules whose findings are worse or less bad than they say.
    pub severities: Vec<(String, Severity)>,
    /// Files in which rules are ignored.
    pub ignored: Vec<IgnoreIn>,
}

/// One `[[ignore-in]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IgnoreIn {
    /// The files and directories, in full; links resolved in the second.
    pub paths: Vec<Pattern>,
    /// The rules and families.
    pub rules: Vec<String>,
}

impl Policy {
    /// Drops what is ignored, and says of the rest how bad it is.
    pub fn apply(&self, outcome: &mut Outcome) {
        let Outcome { sources, workspace, findings, .. } = outcome;
        if !self.ignored.is_empty() {
            findings.retain(|finding| {
                let file = workspace.file(sources.file_id(finding.span()));
                !self.ignored.iter().any(|ignored| ignored.drops(finding, file))
            });
        }
        for finding in findings {
            if let Some((_, severity)) = self.severities.iter().find(|(rule, _)| rule == finding.rule) {
                finding.severity = *severity;
            }
        }
    }
}

impl IgnoreIn {
    fn drops(&self, finding: &Diagnostic, file: &File) -> bool {
        let path = std::path::absolute(&file.path).unwrap_or_else(|_| file.path.clone());
        self.rules.iter().any(|name| select::covers(name, finding.rule))
            && [&path, &file.real].into_iter().any(|path| self.holds(path))
    }

    /// Whether the path, or a directory it is in, fits.
    fn holds(&self, path: &Path) -> bool {
        let fits = |path: &Path| self.paths.iter().any(|pattern| pattern.matches_path_with(path, OPTIONS));
        path.ancestors().any(fits)
    }
}

impl Reader<'_> {
    /// The `[severity]` table.
    pub(super) fn severities(&mut self, item: &Item) {
        let Some(table) = item.as_table_like() else {
            return self.wrong_type(item, "severity", "a table, such as [severity]");
        };
        for (name, item) in table.iter() {
            if self.is_rule(table, name)
                && let Some(severity) = self.severity(name, item)
            {
                self.config.policy.severities.push((name.to_owned(), severity));
            }
        }
    }

    /// The severity a value names.
    pub(super) fn severity(&mut self, key: &str, item: &Item) -> Option<Severity> {
        let word = self.string(key, item)?;
        let words = Severity::ALL.map(Severity::word);
        let severity = Severity::ALL.into_iter().find(|severity| severity.word() == word);
        if severity.is_none() {
            let help = did_you_mean(closest(word, words));
            let message = format!("`{key}` is one of {}, not `{word}`", words.join(", "));
            self.mistake(item.span(), message, "no severity", help);
        }
        severity
    }

    /// The `[[ignore-in]]` tables; `directories` are the names of the one the file is in.
    pub(super) fn ignores_in(&mut self, item: &Item, directories: &[PathBuf]) {
        let Some(tables) = item.as_array_of_tables() else {
            return self.wrong_type(item, "ignore-in", "a list of tables, such as [[ignore-in]]");
        };
        for table in tables {
            self.ignore_in(table, directories);
        }
    }

    fn ignore_in(&mut self, table: &Table, directories: &[PathBuf]) {
        let mut said = IgnoreIn { paths: Vec::new(), rules: Vec::new() };
        for (key, item) in table {
            match key {
                "path" => said.paths = self.patterns(key, item, directories),
                "rules" => said.rules = self.rules(key, item),
                _ => self.unknown_key(table, key, &["path", "rules"]),
            }
        }
        for (key, example) in [("path", "\"sites-enabled/legacy*\""), ("rules", "[\"timeout\"]")] {
            if !table.contains_key(key) {
                let help = format!("add a line such as `{key} = {example}`");
                self.mistake(table.span(), format!("an ignore-in has `{key}`"), "has none", Some(help));
            }
        }
        self.config.policy.ignored.push(said);
    }

    /// A pattern of files, below each name of the directory.
    fn patterns(&mut self, key: &str, item: &Item, directories: &[PathBuf]) -> Vec<Pattern> {
        let Some(text) = self.string(key, item) else { return Vec::new() };
        if text.is_empty() || Path::new(text).components().any(|part| part == Component::ParentDir) {
            let message = format!("`{text}` is no path below this file");
            let help = "write one such as \"sites-enabled/legacy*\", or one in full".to_owned();
            self.mistake(item.span(), message, "not below this file", Some(help));
            return Vec::new();
        }
        let text = text.trim_start_matches("./").trim_end_matches('/');
        let whole = directories.iter().map(|directory| {
            let directory = Pattern::escape(&directory.display().to_string());
            if text.starts_with('/') {
                text.to_owned()
            } else {
                format!("{}/{text}", directory.trim_end_matches('/'))
            }
        });
        let patterns: Result<Vec<Pattern>, _> = whole.map(|whole| Pattern::new(&whole)).collect();
        patterns.unwrap_or_else(|error| {
            self.mistake(item.span(), format!("`{text}` is no pattern: {}", error.msg), "not readable", None);
            Vec::new()
        })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::config::Config;
    use crate::config::tests::parsed;
    use crate::diagnostic::Severity;
    use crate::rules::ALL;

    fn parse(text: &str) -> Result<Config, Vec<String>> {
        parsed("/srv/[x]/gwlint.toml", text, ALL, &[])
    }

    #[test]
    fn a_pattern_is_below_the_file_or_in_full_and_means_what_is_in_a_directory_too() {
        let holds = |pattern: &str, path: &str| {
            let config = parse(&format!("[[ignore-in]]\npath = '{pattern}'\nrules = ['timeout']\n"));
            config.expect("valid").policy.ignored[0].holds(Path::new(path))
        };
        assert!(holds("sites/legacy*", "/srv/[x]/sites/legacy-shop"));
        assert!(holds("./sites/", "/srv/[x]/sites/a/b"));
        assert!(holds("**/*.bak", "/srv/[x]/sites/a/b.bak"));
        assert!(holds("/etc/nginx", "/etc/nginx/nginx.conf"));
        assert!(!holds("sites/legacy*", "/srv/[x]/sites/new/legacy"));
        assert!(!holds("sites/legacy", "/srv/[x]/sites/legacy-shop"));
        assert!(!holds("sites", "/srv/x/sites/legacy"));
    }

    #[test]
    fn severities_are_read() {
        let config = parse("[severity]\n'suppress/unused-ignore' = 'warning'\n").expect("valid");
        assert_eq!(config.policy.severities, [("suppress/unused-ignore".to_owned(), Severity::Warning)]);
    }

    #[test]
    fn every_mistake_is_named_with_its_place() {
        let mistakes = parse(
            "[severity]\n'timeout/suffix-ignore' = 'hint'\n'timeout/suffix-ignored' = 'warn'\n'whatever' = 1\n\
             [[ignore-in]]\npaths = 'x'\n[[ignore-in]]\npath = '../x'\nrules = ['timout']\n\
             [[ignore-in]]\npath = 'a[b'\nrules = 'timeout'\n",
        );
        assert_eq!(
            mistakes.expect_err("all wrong"),
            [
                "2:1 there is no rule `timeout/suffix-ignore` (did you mean `timeout/suffix-ignored`?)",
                "3:28 `timeout/suffix-ignored` is one of hint, warning, error, not `warn` (did you mean `warning`?)",
                "4:1 there is no rule `whatever` (`gwlint rules` lists them all)",
                "6:1 there is no key `paths` (did you mean `path`?)",
                "5:1 an ignore-in has `path` (add a line such as `path = \"sites-enabled/legacy*\"`)",
                "5:1 an ignore-in has `rules` (add a line such as `rules = [\"timeout\"]`)",
                "8:8 `../x` is no path below this file (write one such as \"sites-enabled/legacy*\", or one in full)",
                "9:10 there is no rule or family `timout` (did you mean `timeout`?)",
                "11:8 `a[b` is no pattern: invalid range pattern",
                "12:9 `rules` is a list of rules and families, such as [\"timeout\"], not a string",
            ]
        );
    }
}
