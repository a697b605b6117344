//! `apache/rewrite-flag`: the flags of a `RewriteRule` or `RewriteCond` are not taken.

use std::ops::Range;

use super::lines::{Found, judge, outcome};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::spelling::closest;
use crate::stack::apache::{Command, Line};
use crate::value::{RewriteFlag, RewriteLine, rewrite_flags, rewrite_line};
use crate::vocabulary::{COND_FLAGS, RULE_FLAGS, is_http_status};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "apache/rewrite-flag",
    severity: Severity::Error,
    summary: "mod_rewrite does not take these flags",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/apache/rewrite-flag.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    judge(context, sink, |command| {
        let name = ["RewriteRule", "RewriteCond"].into_iter().find(|name| command.node.is(name))?;
        let line = command.line().filter(|line| !line.text.contains("{{") && !line.text.contains("<%"))?;
        let parts = rewrite_line(&line.text)?;
        let flags = parts.flags.clone()?;
        let known = if name == "RewriteRule" { RULE_FLAGS } else { COND_FLAGS };
        let end = outcome(context, command);
        let this = Flags { name, line: &line, parts: &parts, known, end };
        match rewrite_flags(&line.text[flags.clone()], flags.start) {
            None => Some((Severity::Error, this.no_brackets(&flags))),
            Some(read) => {
                let wrong = read.iter().find_map(|flag| this.wrong(flag));
                wrong.map(|found| (Severity::Error, found)).or_else(|| this.dropped(&flags, command))
            }
        }
    });
}

/// The flags of one line.
struct Flags<'a> {
    name: &'static str,
    line: &'a Line<'a>,
    parts: &'a RewriteLine,
    known: &'static [&'static str],
    end: &'static str,
}

impl Flags<'_> {
    /// Whether httpd takes a flag with this key.
    fn knows(&self, key: &str) -> bool {
        // Whatever begins with D is taken and, but for DPI, ignored.
        let any_d = self.name == "RewriteRule" && key.starts_with(['d', 'D']);
        any_d || self.known.iter().any(|flag| flag.eq_ignore_ascii_case(key))
    }

    fn knows_all<'t>(&self, mut flags: impl Iterator<Item = &'t str>) -> bool {
        flags.all(|flag| self.knows(flag.trim().split('=').next().unwrap_or(flag)))
    }

    /// The flags do not stand between brackets, to `mod_rewrite`: a blank ends them.
    fn no_brackets(&self, flags: &Range<usize>) -> Diagnostic {
        let whole = flags.start..self.line.text.trim_end().len();
        let text = &self.line.text[whole.clone()];
        let message = if text.starts_with('[') && text.ends_with(']') {
            format!("a blank ends the flags at `{}`: {}", &self.line.text[flags.clone()], self.end)
        } else if text.starts_with('#') {
            format!("{} takes the comment for its flags: {}", self.name, self.end)
        } else {
            format!(
                "`{}` stands where the flags belong and has no brackets: {}",
                &self.line.text[flags.clone()],
                self.end
            )
        };
        let found = Diagnostic::new(self.line.part(&whole), message, "read as flags")
            .note(format!("Apache logs: {}: bad flag delimiters", self.name));
        match self.meant(text) {
            Some(meant) => {
                let edit = self.line.exact(&whole).map(|span| Edit::replace(span, &meant));
                let fix = edit.map(|edit| Fix::safe(format!("write {meant}"), vec![edit]));
                found.help(format!("write `{meant}`")).fix(fix)
            }
            None if text.starts_with('#') => found.help("move the comment to a line of its own"),
            None => found.help(format!(
                "{} takes two words and flags like `[{}]`: put quotes around a word with a blank in it",
                self.name,
                if self.name == "RewriteRule" { "R=301,L" } else { "NC,OR" }
            )),
        }
    }

    /// The flags as they have to be written.
    fn meant(&self, text: &str) -> Option<String> {
        let inner = text.strip_prefix('[').unwrap_or(text);
        let inner = inner.strip_suffix(']').unwrap_or(inner).trim();
        if inner.is_empty() || inner.contains(['[', ']', '"', '\'', '#', '\\']) {
            return None;
        }
        let words = || inner.split([',', ' ', '\t']).filter(|word| !word.is_empty());
        if self.knows_all(words()) {
            return Some(format!("[{}]", words().collect::<Vec<_>>().join(",")));
        }
        let quoted = text.starts_with('[') && text.ends_with(']') && self.knows_all(inner.split(','));
        quoted.then(|| format!("\"{text}\""))
    }

    /// What is wrong with one flag.
    fn wrong(&self, flag: &RewriteFlag<'_>) -> Option<Diagnostic> {
        if !self.knows(flag.key) {
            return Some(self.unknown(flag));
        }
        let key = flag.key;
        let redirects = self.name == "RewriteRule"
            && (key.eq_ignore_ascii_case("r") || key.eq_ignore_ascii_case("redirect"));
        let digits = flag.value.bytes().take_while(u8::is_ascii_digit).count();
        let status = flag.value[..digits].parse().ok();
        if redirects && digits > 0 && !status.is_some_and(is_http_status) {
            let message = format!("`{}` is no status of HTTP that Apache knows: {}", flag.value, self.end);
            return Some(Diagnostic::new(self.line.part(&flag.at), message, "no such status").note(format!(
                "Apache logs: RewriteRule: invalid HTTP response code '{}' for flag 'R'",
                flag.value
            )));
        }
        let empty = key.eq_ignore_ascii_case("bne") && flag.value.is_empty();
        empty.then(|| {
            let message = format!("`BNE` does not say which characters stay: {}", self.end);
            Diagnostic::new(self.line.part(&flag.at), message, "takes characters")
                .note("Apache logs: RewriteRule: flag 'BNE' wants a list of characters (i.e. [BNE=...])")
                .help("write `BNE=` and the characters behind it")
        })
    }

    fn unknown(&self, flag: &RewriteFlag<'_>) -> Diagnostic {
        let message = match flag.key {
            "" => format!("there is an empty flag, which {} does not take: {}", self.name, self.end),
            key => format!("{} has no flag `{key}`: {}", self.name, self.end),
        };
        let found = Diagnostic::new(self.line.part(&flag.at), message, "not a flag")
            .note(format!("Apache logs: {}: unknown flag '{}'", self.name, flag.key));
        let (Some(meant), Some(span)) = (self.repaired(flag), self.line.exact(&flag.at)) else {
            return match self.elsewhere(flag.key) {
                Some(other) => found.help(format!("`{}` is a flag of {other}", flag.key)),
                None => found,
            };
        };
        let fix = Fix::safe(format!("write {meant}"), vec![Edit::replace(span, &meant)]);
        found.help(format!("write `{meant}`")).fix(fix)
    }

    /// The directive that has this flag.
    fn elsewhere(&self, key: &str) -> Option<&'static str> {
        let has = |flags: &[&str]| flags.iter().any(|flag| flag.eq_ignore_ascii_case(key));
        match self.name {
            "RewriteCond" if has(RULE_FLAGS) => Some("RewriteRule"),
            "RewriteRule" if has(COND_FLAGS) => Some("RewriteCond"),
            _ => None,
        }
    }

    /// What an unknown flag was meant to be.
    fn repaired(&self, flag: &RewriteFlag<'_>) -> Option<String> {
        let text =
            if flag.value.is_empty() { flag.key.to_owned() } else { format!("{}={}", flag.key, flag.value) };
        // `L;R=301`, `L|NC`
        let parts: Vec<&str> = text.split([';', '|', ' ', '\t']).filter(|part| !part.is_empty()).collect();
        if parts.len() > 1 && self.knows_all(parts.iter().copied()) {
            return Some(parts.join(","));
        }
        // `R301`, `R:301`
        let code = text.strip_prefix(['R', 'r']).map(|rest| rest.trim_start_matches(':'));
        if let Some(code) = code.filter(|code| code.parse().is_ok_and(is_http_status)) {
            return (self.name == "RewriteRule").then(|| format!("R={code}"));
        }
        let long = self.known.iter().copied().filter(|flag| flag.len() > 3);
        let meant = closest(flag.key, long).filter(|_| self.elsewhere(flag.key).is_none())?;
        Some(text.replacen(flag.key, meant, 1))
    }

    /// What stands behind the flags is dropped without a word.
    fn dropped(&self, flags: &Range<usize>, command: &Command<'_>) -> Option<Found> {
        let rest = &self.line.text[self.parts.rest.clone()];
        let inner = rest.trim_end().strip_prefix('[')?.strip_suffix(']')?;
        if !self.knows_all(inner.split(',')) {
            return None;
        }
        let whole = flags.start..self.parts.rest.end;
        let meant = format!("{},{inner}]", self.line.text[flags.clone()].strip_suffix(']')?);
        let edit = self.line.exact(&whole).map(|span| Edit::replace(span, &meant));
        let fix = edit.map(|edit| Fix::risky(format!("write {meant}"), vec![edit]));
        let message = format!("{} reads one pair of brackets: `[{inner}]` has no effect", command.name());
        let found = Diagnostic::new(self.line.part(&self.parts.rest), message, "dropped")
            .note("`apachectl configtest` says Syntax OK")
            .help(format!("write `{meant}`"));
        Some((Severity::Warning, found.fix(fix)))
    }
}
