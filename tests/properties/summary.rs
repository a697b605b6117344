//! What came of many trees.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use libtest_mimic::Failed;

/// What came of one tree, or of many.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    /// Trees repaired, or looked at without a need.
    pub(crate) trees: usize,
    /// Those of them that a repair changes.
    pub(crate) changed: usize,
    /// Fixes made, by rule.
    pub(crate) made: BTreeMap<&'static str, usize>,
    /// What does not hold.
    pub(crate) wrong: Vec<String>,
    /// Fixes that were dropped: nothing is broken, but a rule proposed what does not help.
    pub(crate) dropped: Vec<String>,
    /// Other remarks.
    pub(crate) notes: Vec<String>,
}

impl Summary {
    fn add(&mut self, other: Self) {
        self.trees += other.trees;
        self.changed += other.changed;
        for (rule, count) in other.made {
            *self.made.entry(rule).or_default() += count;
        }
        self.wrong.extend(other.wrong);
        self.dropped.extend(other.dropped);
        self.notes.extend(other.notes);
    }

    fn text(&self) -> String {
        let fixes: usize = self.made.values().sum();
        let mut out = format!(
            "{} trees, {} of them changed, {fixes} fixes of {} rules, {} dropped, wrong: {}\n",
            self.trees,
            self.changed,
            self.made.len(),
            self.dropped.len(),
            self.wrong.len()
        );
        let made: Vec<String> = self.made.iter().map(|(rule, count)| format!("{rule}: {count}")).collect();
        let lists = [
            ("wrong", &self.wrong),
            ("dropped", &self.dropped),
            ("notes", &self.notes),
            ("fixes made", &made),
        ];
        for (title, list) in lists {
            let _ = write!(out, "\n## {title}: {}\n\n{}\n", list.len(), list.join("\n"));
        }
        out
    }
}

/// Adds up, writes what came of it to `target/properties`, and fails where something does not hold.
pub(crate) fn conclude(name: &str, summaries: Vec<Summary>) -> Result<(), Failed> {
    let mut all = Summary::default();
    for summary in summaries {
        all.add(summary);
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("properties");
    let path = folder.join(format!("{name}.txt"));
    fs::create_dir_all(&folder).and_then(|()| fs::write(&path, all.text()))?;
    match all.wrong.len() {
        0 => Ok(()),
        count => Err(format!("{count} wrong, see {}:\n{}", path.display(), all.wrong.join("\n")).into()),
    }
}
