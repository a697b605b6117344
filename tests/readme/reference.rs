//! `docs/rules.md`, the list of all rules.

use std::fmt::Write as _;

use gwlint::rule::{Fixable, Rule};
use gwlint::rules::ALL;

use crate::agree;

#[test]
fn the_rules_reference_lists_the_rules() {
    let mut page = HEAD.to_owned();
    let mut family = "";
    for rule in ALL {
        if rule.family() != family {
            family = rule.family();
            let _ =
                write!(page, "\n## {family}\n\n| rule | severity | repair | what it finds |\n|-|-|-|-|\n");
        }
        page.push_str(&row(rule));
    }
    agree("docs/rules.md", &page);
}

const HEAD: &str = "\
# Rules

Written by `UPDATE_README=1 cargo test --test readme` from the table in src/rules.rs. Each name leads to the card of the
rule, which `gwlint explain RULE` prints too: what goes wrong, how it looks in the log, how it is repaired.

The repair is made by `--fix` (safe), by `--fix --unsafe-fixes` (unsafe), or is left to you (by hand). A rule makes it where
one repair is clearly the right one; a single finding may have none.
";

fn row(rule: &Rule) -> String {
    let repair = match rule.fixable {
        Fixable::Safe => "safe",
        Fixable::Unsafe => "unsafe",
        Fixable::No => "by hand",
    };
    let (name, severity) = (rule.name, rule.severity.word());
    format!(
        "| [{name}](../rules/{name}.md) | {severity} | {repair} | {} |\n",
        rule.summary.replace('|', "\\|")
    )
}
