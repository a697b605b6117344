//! `fpm/hash-comment`: `#` begins no comment in the files of FPM.

use super::{log_place, outage, sections, settings};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::load::File;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::stack::fpm::{Entry, Fpm};
use crate::tree::Quote;
use crate::vocabulary::FpmType;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "fpm/hash-comment",
    severity: Severity::Error,
    summary: "# begins no comment in the files of PHP-FPM, which does not start",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/fpm/hash-comment.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fpm in &context.stack.fpm {
        for id in fpm.files(context.files) {
            for marks in blocks(context.files.file(id)) {
                sink.report(of_lines(context, fpm, &marks));
            }
        }
        for entry in read_with_comment(fpm) {
            if let Some(mark) = trailing_mark(context, entry) {
                sink.report(of_value(context, fpm, entry, mark));
            }
        }
    }
}

/// The `#` that lines begin with; those of lines in a row together, as they are one comment.
fn blocks(file: &File) -> Vec<Vec<Span>> {
    let mut blocks: Vec<Vec<Span>> = Vec::new();
    let (mut at, mut above) = (file.tree.base, false);
    for line in file.tree.text.split_inclusive('\n') {
        let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
        let begins = line[indent..].starts_with('#');
        if begins {
            let lo = at + indent as u32;
            let mark = Span::new(lo, lo + 1);
            match blocks.last_mut() {
                Some(block) if above => block.push(mark),
                _ => blocks.push(vec![mark]),
            }
        }
        (at, above) = (at + line.len() as u32, begins);
    }
    blocks
}

fn of_lines(context: &Context<'_>, fpm: &Fpm, marks: &[Span]) -> Diagnostic {
    let message = format!("`#` begins no comment here: {}", outage(context, fpm));
    let file = context.sources.file_of(marks[0]);
    let line = file.line_span(marks[0].lo);
    let place = Span::new(marks[0].lo, line.hi);
    let edits = marks.iter().map(|&mark| Edit::replace(mark, ";")).collect();
    Diagnostic::new(place, message, "FPM takes this for a setting")
        .note(format!(
            "FPM logs: ERROR: {} {}",
            log_place(context, place),
            complaint(context.sources.text(place))
        ))
        .help("begin comments with `;`")
        .fix(Fix::safe("begin the comment with `;`", edits))
}

/// What FPM says about the first line it cannot read.
fn complaint(line: &str) -> String {
    match line.split_once('=') {
        Some((key, _)) => match key.split_once('[') {
            Some((key, _)) => format!("unknown directive '{}'", key.trim_end()),
            None => format!("unknown entry '{}'", key.trim_end()),
        },
        None => "value is NULL for a ZEND_INI_PARSER_ENTRY".to_owned(),
    }
}

/// The settings FPM refuses with a `# comment` in their value. In a text it does no more than stand there.
fn read_with_comment(fpm: &Fpm) -> impl Iterator<Item = &Entry> {
    let names = ["user", "group", "listen.owner", "listen.group"];
    let texts = [FpmType::Text, FpmType::Filled, FpmType::Listen];
    let typed = settings(fpm).filter(move |(_, name, takes)| !texts.contains(takes) || names.contains(name));
    let flags = sections(fpm)
        .flat_map(|(section, _)| &section.entries)
        .filter(|entry| entry.sub.is_some() && matches!(entry.key.as_str(), "php_flag" | "php_admin_flag"));
    typed.map(|(entry, ..)| entry).chain(flags)
}

/// The `#` behind a blank in a value without quotes.
fn trailing_mark(context: &Context<'_>, entry: &Entry) -> Option<Span> {
    let node = context.files.node(entry.at);
    let word = node.words().first().filter(|word| word.quote == Quote::None)?;
    let text = node.tree.slice(word.span);
    let found = text.find([' ', '\t']).and_then(|blank| {
        let at = blank + text[blank..].find('#')?;
        text[blank..at].trim().is_empty().then_some(at)
    })?;
    let lo = word.span.lo + found as u32;
    Some(Span::new(lo, lo + 1))
}

fn of_value(context: &Context<'_>, fpm: &Fpm, entry: &Entry, mark: Span) -> Diagnostic {
    let message = format!(
        "`#` begins no comment here, it is part of the value of {}: {}",
        entry.key,
        outage(context, fpm)
    );
    let value = entry.value_span.unwrap_or(entry.span);
    Diagnostic::new(value, message, format!("FPM reads all of `{}`", entry.value))
        .help("begin comments with `;`")
        .fix(Fix::safe("begin the comment with `;`", vec![Edit::replace(mark, ";")]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn complaints_are_those_of_fpm() {
        assert_eq!(complaint("# listen=x # y"), "unknown entry '# listen'");
        assert_eq!(complaint("#php_value[x] = 3"), "unknown directive '#php_value'");
        assert_eq!(complaint("# words"), "value is NULL for a ZEND_INI_PARSER_ENTRY");
    }
}
