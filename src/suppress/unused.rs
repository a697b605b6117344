//! `suppress/unused-ignore`: which ignore comments silenced nothing, and how they are taken away.

use crate::diagnostic::{Applicability, Diagnostic, Edit, Fix};
use crate::load::Workspace;
use crate::rule::{Rule, Sink};
use crate::rules;
use crate::rules::suppress::unused_ignore::RULE;
use crate::select::{self, Unknown};
use crate::source::{SourceFile, SourceMap, Span};

use super::comment::{Comment, Name};

/// The comments that silence nothing, or not all they name; none when the rule about them did not run.
///
/// Where a file could not be read, the finding that a comment is about can be out of sight.
pub(super) fn find(
    sources: &SourceMap,
    files: &Workspace,
    ran: &[&'static Rule],
    comments: &[Vec<Comment<'_>>],
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    if !ran.iter().any(|rule| rule.name == RULE.name) || !files.unreadable.is_empty() {
        return found;
    }
    let mut sink = Sink::new(&RULE, &mut found);
    for (file, comments) in files.files.iter().zip(comments).filter(|(file, _)| file.asked) {
        for comment in comments {
            sink.report_some(finding(sources.file(file.id), comment, ran, files.rooted));
        }
    }
    found
}

/// What is wrong with the names of a comment. One that names this rule says that it is to stay.
fn finding(
    file: &SourceFile,
    comment: &Comment<'_>,
    ran: &[&'static Rule],
    rooted: bool,
) -> Option<Diagnostic> {
    if comment.names(RULE.name) {
        return None;
    }
    let misspelt = comment.names.iter().find_map(|name| select::check(rules::ALL, name.text).err());
    misspelt.map(|unknown| no_rule(comment, &unknown)).or_else(|| idle(file, comment, ran, rooted))
}

/// A comment with a name that is none.
fn no_rule(comment: &Comment<'_>, unknown: &Unknown) -> Diagnostic {
    let meant = unknown.meant.as_ref().map(|meant| format!("write `{meant}`"));
    let help = meant.unwrap_or_else(|| "`gwlint rules` lists them all".to_owned());
    let message = format!("{unknown}, and the comment silences nothing by it");
    Diagnostic::new(comment.span, message, "no name of a rule").help(help)
}

/// A comment that silences nothing by some of its names, or by none.
fn idle(file: &SourceFile, comment: &Comment<'_>, ran: &[&'static Rule], rooted: bool) -> Option<Diagnostic> {
    let is_idle = |name: &&Name<'_>| !name.used && all_ran(name.text, ran);
    let (idle, kept): (Vec<&Name<'_>>, Vec<&Name<'_>>) = comment.names.iter().partition(is_idle);
    if idle.is_empty() {
        return None;
    }
    let quoted: Vec<String> = idle.iter().map(|name| format!("`{}`", name.text)).collect();
    let quoted = quoted.join(", ");
    let (edit, title) = if kept.is_empty() {
        (remove(file, comment.span), "take the comment away".to_owned())
    } else {
        let kept: Vec<&str> = kept.iter().map(|name| name.text).collect();
        let edit = Edit::replace(brackets(file, comment.span)?, kept.join(", "));
        (edit, format!("take {quoted} out of the list"))
    };
    // A piece of a machine does not show all there is to find in it.
    let applicability = if rooted { Applicability::Safe } else { Applicability::Unsafe };
    let fix = Fix { title: title.clone(), edits: vec![edit], applicability };
    let message = format!("this comment silences nothing by {quoted}, and would hide what comes later");
    let diagnostic = Diagnostic::new(comment.span, message, "nothing is found here");
    Some(diagnostic.help(title).fix(fix))
}

/// Whether the rule, or all rules of the family, had their say.
fn all_ran(name: &str, ran: &[&'static Rule]) -> bool {
    let mut meant = rules::ALL.iter().filter(|rule| rule.name == name || rule.family() == name);
    meant.all(|rule| ran.iter().any(|other| other.name == rule.name))
}

/// What stands between the brackets of a comment.
fn brackets(file: &SourceFile, comment: Span) -> Option<Span> {
    let text = text(file, comment);
    let open = text.find('[')? + 1;
    let close = open + text[open..].find(']')?;
    Some(Span::new(comment.lo + open as u32, comment.lo + close as u32))
}

/// Takes a comment away: its line when it stands alone, else the comment and the blanks before it.
fn remove(file: &SourceFile, comment: Span) -> Edit {
    let line = file.line_span(comment.lo);
    let before = text(file, Span::new(line.lo, comment.lo));
    let mark =
        ["\u{feff}", "ï»¿"].into_iter().find(|mark| before.starts_with(mark)).map_or(0, str::len) as u32;
    let end = file.line_span(comment.hi).hi;
    if !before[mark as usize..].trim().is_empty() {
        let lo = line.lo + before.trim_end().len() as u32;
        return Edit::replace(Span::new(lo, comment.hi), "");
    }
    let below = text(file, Span::new(end, file.span().hi));
    let line_break = below.len() - below.trim_start_matches('\r').strip_prefix('\n').unwrap_or(below).len();
    if line_break > 0 {
        return Edit::replace(Span::new(line.lo + mark, end + line_break as u32), "");
    }
    // The last line of a file that ends without a line break: it still does afterwards.
    let above = text(file, Span::new(file.base, line.lo));
    let kept = above.strip_suffix('\n').map_or(above, |above| above.strip_suffix('\r').unwrap_or(above));
    Edit::replace(Span::new(file.base + kept.len() as u32 + mark, end), "")
}

/// The text of a span of the file.
fn text(file: &SourceFile, span: Span) -> &str {
    file.text.get((span.lo - file.base) as usize..(span.hi - file.base) as usize).unwrap_or_default()
}
