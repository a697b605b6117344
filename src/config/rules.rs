//! `[rules."family/rule"]`: the options of rules.

use toml_edit::{Item, TableLike};

use super::Reader;
use crate::options::{OptionKind, RuleOption};
use crate::value::{Resolution, nginx_offset, nginx_time};

impl Reader<'_> {
    /// The tables of all rules.
    pub(super) fn rule_tables(&mut self, key: &str, item: &Item) {
        let Some(tables) = item.as_table_like() else {
            return self.wrong_type(item, key, "a table of rules, such as [rules.\"family/rule\"]");
        };
        for (name, item) in tables.iter() {
            if !self.is_rule(tables, name) {
                continue;
            }
            if let Some(table) = item.as_table_like() {
                self.rule_table(name, tables, table);
            } else {
                self.wrong_type(item, name, &format!("a table, such as [rules.\"{name}\"]"));
            }
        }
    }

    fn rule_table(&mut self, rule: &str, tables: &dyn TableLike, table: &dyn TableLike) {
        let known: Vec<&'static RuleOption> =
            self.rule_options.iter().copied().filter(|option| option.rule == rule).collect();
        if known.is_empty() {
            let span = tables.key(rule).and_then(toml_edit::Key::span);
            return self.mistake(span, format!("`{rule}` has no options"), "nothing to set", None);
        }
        for (key, item) in table.iter() {
            let Some(option) = known.iter().find(|option| option.key == key) else {
                let keys: Vec<&str> = known.iter().map(|option| option.key).collect();
                self.unknown_key(table, key, &keys);
                continue;
            };
            match read(option.kind, item) {
                Some(value) => self.config.options.rules.push((option, value)),
                None => self.wrong_value(option, item),
            }
        }
    }

    fn wrong_value(&mut self, option: &RuleOption, item: &Item) {
        let wanted = match option.kind {
            OptionKind::Number => "a whole number from 0 on, such as 4",
            OptionKind::Bytes => "a size in quotes, such as \"512m\"",
            OptionKind::Seconds => "a time in quotes, such as \"30s\"",
        };
        let right_type = match option.kind {
            OptionKind::Number => item.is_integer(),
            OptionKind::Bytes | OptionKind::Seconds => item.is_str(),
        };
        if right_type {
            let text = item.to_string();
            let message = format!("`{}` is {wanted}, not {}", option.key, text.trim());
            self.mistake(item.span(), message, "not readable", None);
        } else {
            self.wrong_type(item, option.key, wanted);
        }
    }
}

/// The value of an option; `None` for what it cannot be.
fn read(kind: OptionKind, item: &Item) -> Option<u64> {
    match kind {
        OptionKind::Number => u64::try_from(item.as_integer()?).ok(),
        OptionKind::Bytes => nginx_offset(item.as_str()?).ok(),
        OptionKind::Seconds => Some(nginx_time(item.as_str()?, Resolution::Seconds).ok()? / 1000),
    }
}

#[cfg(test)]
mod tests {
    use crate::config::tests::parsed;
    use crate::options::Options;
    use crate::rules::{ALL, OPTIONS};

    fn parse(text: &str) -> Result<Options, Vec<String>> {
        parsed("/srv/gwlint.toml", text, ALL, OPTIONS).map(|config| config.options)
    }

    #[test]
    fn options_are_set_and_have_defaults() {
        let minimum = OPTIONS.iter().find(|option| option.rule == "limit/conn-too-low").expect("there");
        assert_eq!(parse("").expect("valid").of(minimum), 6);
        let text = "[rules.\"limit/conn-too-low\"]\nminimum = 2\n";
        assert_eq!(parse(text).expect("valid").of(minimum), 2);
    }

    #[test]
    fn every_mistake_is_named_with_its_place() {
        let mistakes = parse(
            "[rules.\"limit/conn-to-low\"]\nminimum = 2\n[rules.\"limit/conn-too-low\"]\nminimun = 2\n\
             minimum = -1\n[rules.\"limit/req-without-burst\"]\nburst = \"5\"\nsize = 1\n\
             [rules.\"syntax/bad-line\"]\nx = 1\n[rules]\n\"whatever\" = 1\n\"syntax/bad-value\" = 1\n",
        );
        assert_eq!(
            mistakes.expect_err("all wrong"),
            [
                "1:8 there is no rule `limit/conn-to-low` (did you mean `limit/conn-too-low`?)",
                "4:1 there is no key `minimun` (did you mean `minimum`?)",
                "5:11 `minimum` is a whole number from 0 on, such as 4, not -1",
                "7:9 `burst` is a whole number from 0 on, such as 4, not a string",
                "8:1 there is no key `size` (the keys here are burst, rate)",
                "9:8 `syntax/bad-line` has no options",
                "12:1 there is no rule `whatever` (`gwlint rules` lists them all)",
                "13:22 `syntax/bad-value` is a table, such as [rules.\"syntax/bad-value\"], not an integer",
            ]
        );
        assert_eq!(
            parse("rules = 1").expect_err("no tables"),
            ["1:9 `rules` is a table of rules, such as [rules.\"family/rule\"], not an integer"]
        );
    }
}
