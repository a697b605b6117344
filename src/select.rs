//! Which rules run: by name or by family, from the command line and from `gwlint.toml`.

use crate::rule::Rule;

/// What is switched on and off in one place. Names are rules or families.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lists {
    /// Nothing but these; everything when empty.
    pub select: Vec<String>,
    /// Not these.
    pub ignore: Vec<String>,
}

impl Lists {
    /// These lists with those of the command line over them: a `--select` there replaces both
    /// lists, an `--ignore` there takes away from what is left.
    #[must_use]
    pub fn overridden(mut self, by: Self) -> Self {
        if !by.select.is_empty() {
            return by;
        }
        self.select.retain(|name| !by.ignore.contains(name));
        self.ignore.extend(by.ignore);
        self
    }

    /// Whether `rule` runs. Its own name counts for more than its family's, and within either
    /// `ignore` for more than `select`.
    pub fn includes(&self, rule: &Rule) -> bool {
        let has = |list: &[String], name: &str| list.iter().any(|entry| entry == name);
        for name in [rule.name, rule.family()] {
            if has(&self.ignore, name) {
                return false;
            }
            if has(&self.select, name) {
                return true;
            }
        }
        self.select.is_empty()
    }

    /// Whether `rule` was asked for by its own name, so that even its hints are wanted.
    pub fn names(&self, rule: &str) -> bool {
        self.select.iter().any(|name| name == rule)
    }
}

/// Whether `name` is that of `rule`, or of its family.
pub fn covers(name: &str, rule: &str) -> bool {
    name == rule || rule.split_once('/').is_some_and(|(family, _)| name == family)
}

/// Whether `name` is a rule or a family.
///
/// # Errors
/// The message for the user, and the name that was probably meant.
pub fn check(all: &[&Rule], name: &str) -> Result<(), Unknown> {
    let names = || all.iter().flat_map(|rule| [rule.name, rule.family()]);
    if names().any(|known| known == name) {
        Ok(())
    } else {
        Err(Unknown::new("rule or family", name, names()))
    }
}

/// The rule of a name.
///
/// # Errors
/// As for [`check`].
pub fn rule(all: &[&'static Rule], name: &str) -> Result<&'static Rule, Unknown> {
    let found = all.iter().copied().find(|rule| rule.name == name);
    found.ok_or_else(|| Unknown::new("rule", name, all.iter().map(|rule| rule.name)))
}

/// A name that nothing has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// What has names of this kind.
    pub kind: &'static str,
    /// The name.
    pub name: String,
    /// What was probably meant.
    pub meant: Option<String>,
}

impl Unknown {
    fn new<'a>(kind: &'static str, name: &str, known: impl Iterator<Item = &'a str> + Clone) -> Self {
        // The part behind the slash alone is how people remember a rule.
        let tail = |known: &&str| known.split_once('/').is_some_and(|(_, tail)| tail == name);
        let meant = known.clone().find(tail).or_else(|| closest(name, known));
        Self { kind, name: name.to_owned(), meant: meant.map(str::to_owned) }
    }
}

impl std::fmt::Display for Unknown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "there is no {} `{}`", self.kind, self.name)
    }
}

/// The name most like `word`, if one is much like it.
pub fn closest<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let scored = names.into_iter().map(|name| (strsim::jaro_winkler(word, name), name));
    let best = scored.max_by(|a, b| a.0.total_cmp(&b.0))?;
    (best.0 > 0.8).then_some(best.1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Severity;
    use crate::rule::{Context, Fixable, Sink};

    fn silent(_: &Context<'_>, _: &mut Sink<'_>) {}

    const fn named(name: &'static str) -> Rule {
        let (severity, fixable) = (Severity::Error, Fixable::No);
        Rule { name, severity, summary: "", fixable, card: "", check: silent }
    }

    static RULES: &[&Rule] =
        &[&named("body/too-small"), &named("timeout/read-below-backend"), &named("timeout/send")];

    fn lists(select: &[&str], ignore: &[&str]) -> Lists {
        let own = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        Lists { select: own(select), ignore: own(ignore) }
    }

    fn runs(lists: &Lists) -> Vec<&'static str> {
        RULES.iter().filter(|rule| lists.includes(rule)).map(|rule| rule.name).collect()
    }

    #[test]
    fn everything_runs_by_default() {
        assert_eq!(runs(&Lists::default()).len(), RULES.len());
    }

    #[test]
    fn a_rule_counts_for_more_than_its_family() {
        assert_eq!(runs(&lists(&["timeout"], &["timeout/send"])), ["timeout/read-below-backend"]);
        assert_eq!(runs(&lists(&["timeout/send"], &["timeout"])), ["timeout/send"]);
        assert_eq!(runs(&lists(&[], &["timeout"])), ["body/too-small"]);
        assert!(runs(&lists(&["body"], &["body"])).is_empty());
    }

    #[test]
    fn the_command_line_has_the_last_word() {
        let file = || lists(&["timeout", "body"], &["timeout/send"]);
        assert_eq!(runs(&file().overridden(lists(&["timeout/send"], &[]))), ["timeout/send"]);
        assert_eq!(runs(&file().overridden(lists(&[], &["timeout"]))), ["body/too-small"]);
        assert_eq!(runs(&file().overridden(lists(&[], &["body"]))), ["timeout/read-below-backend"]);
    }

    #[test]
    fn a_name_that_is_not_there_is_answered_with_one_that_is() {
        let meant = |name| check(RULES, name).expect_err("not there").meant;
        assert_eq!(meant("timout").as_deref(), Some("timeout"));
        assert_eq!(meant("send").as_deref(), Some("timeout/send"));
        assert_eq!(meant("timeout/read-below-backed").as_deref(), Some("timeout/read-below-backend"));
        assert_eq!(meant("zzz"), None);
        assert_eq!(check(RULES, "body"), Ok(()));
    }
}
