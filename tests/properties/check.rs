//! What holds of the repairs of a tree, without a server.

use std::collections::BTreeMap;
use std::path::Path;

use gwlint::diagnostic::Applicability;
use gwlint::fix::{Patched, Repair, Why};
use gwlint::session::Outcome;

use crate::summary::Summary;
use crate::trees::Tree;
use crate::{apply, single, variant};

/// All of it.
pub(crate) fn check(tree: &Tree) -> Summary {
    let mut summary = Summary { trees: 1, ..Summary::default() };
    let outcome = match tree.session().lint() {
        Ok(outcome) => outcome,
        Err(failure) => {
            summary.notes.push(format!("{}: {failure}", tree.name));
            return summary;
        }
    };
    if outcome.findings.iter().all(|finding| finding.fix.is_none()) {
        return summary;
    }
    summary.wrong.extend(single::check(tree, &outcome));
    for allow in [Applicability::Safe, Applicability::Unsafe] {
        if let Err(why) = level(tree, &outcome, allow, &mut summary) {
            summary.wrong.push(format!("{} ({allow:?}): {why}", tree.name));
        }
    }
    summary
}

/// The repairs of a kind.
fn level(tree: &Tree, outcome: &Outcome, allow: Applicability, summary: &mut Summary) -> Result<(), String> {
    let repair = tree.repair(allow)?;
    let wrong = [
        settles(tree, allow, &repair),
        harmless(outcome, &repair),
        comments_stay(outcome, &repair),
        repair.files.iter().try_for_each(lines_end_as_before),
        same_with_crlf(tree, allow, &repair),
        if repair.files.is_empty() { Ok(()) } else { apply::applies(apply::PATCH, &repair.files) },
    ];
    if allow == Applicability::Unsafe {
        account(tree, &repair, summary);
    }
    let wrong: Vec<String> = wrong.into_iter().filter_map(Result::err).collect();
    if wrong.is_empty() { Ok(()) } else { Err(format!("{}\n{}", wrong.join("; "), shown(&repair))) }
}

/// What was made and what was dropped.
fn account(tree: &Tree, repair: &Repair, summary: &mut Summary) {
    summary.changed += usize::from(!repair.files.is_empty());
    for fix in &repair.applied {
        *summary.made.entry(fix.rule).or_default() += 1;
    }
    for dropped in &repair.dropped {
        let (fix, why) = (&dropped.fix, &dropped.why);
        let place = format!("{}:{}", fix.path.display(), fix.place.line);
        summary.dropped.push(format!("{}: {place}: {}: {}: {why}", tree.name, fix.rule, fix.title));
    }
}

/// A second run changes nothing.
fn settles(tree: &Tree, allow: Applicability, repair: &Repair) -> Result<(), String> {
    let second = tree.repaired(repair).repair(allow)?;
    match second.applied.first() {
        None => Ok(()),
        Some(fix) => Err(format!("made only by a second run: {}: {}", fix.rule, fix.title)),
    }
}

/// No fix has edits that do not fit, and none is left when the passes are over.
fn harmless(outcome: &Outcome, repair: &Repair) -> Result<(), String> {
    let bad =
        repair.dropped.iter().find(|dropped| matches!(dropped.why, Why::Edits | Why::Passes | Why::Circle));
    if let Some(dropped) = bad {
        return Err(format!("{}: {}: {}", dropped.fix.rule, dropped.fix.title, dropped.why));
    }
    let errors =
        |outcome: &Outcome| outcome.workspace.files.iter().map(|file| file.tree.errors.len()).sum::<usize>();
    if errors(&repair.outcome) > errors(outcome) { Err("syntax errors more".to_owned()) } else { Ok(()) }
}

/// Rules whose fault is in a comment.
const ABOUT_COMMENTS: [&str; 3] =
    ["apache/comment-continued", "nginx/unknown-context", "suppress/unused-ignore"];

/// Every comment of a file that is still read is there afterwards, as often as it was.
fn comments_stay(before: &Outcome, repair: &Repair) -> Result<(), String> {
    if repair.applied.iter().any(|fix| ABOUT_COMMENTS.contains(&fix.rule)) {
        return Ok(());
    }
    let has = comments(&repair.outcome);
    for (path, had) in comments(before) {
        let Some(has) = has.get(path) else { continue };
        if let Some((comment, _)) =
            had.iter().find(|(comment, count)| has.get(*comment).unwrap_or(&0) < count)
        {
            return Err(format!("{}: the comment is gone: {comment}", path.display()));
        }
    }
    Ok(())
}

/// The comments of each file, and how often each is there.
fn comments(outcome: &Outcome) -> BTreeMap<&Path, BTreeMap<&str, usize>> {
    let mut comments = BTreeMap::<_, BTreeMap<_, usize>>::new();
    for file in &outcome.workspace.files {
        let own = comments.entry(&*file.real).or_default();
        for &span in &file.tree.comments {
            *own.entry(outcome.sources.text(span).trim_end()).or_default() += 1;
        }
    }
    comments
}

/// CRLF stays CRLF, LF stays LF, and a last line that ends still does.
fn lines_end_as_before(file: &Patched) -> Result<(), String> {
    let Patched { before, after, .. } = file;
    let kind = |bytes: &[u8]| {
        let count = |end: &[u8]| bytes.windows(end.len()).filter(|part| *part == end).count();
        (count(b"\n") > count(b"\r\n"), bytes.contains(&b'\r'))
    };
    let (before_kind, after_kind) = (kind(before), kind(after));
    if after_kind.0 && !before_kind.0 && before.contains(&b'\n') {
        return Err(format!("{}: a line without CR among lines with it", file.path.display()));
    }
    if after_kind.1 && !before_kind.1 {
        return Err(format!("{}: a CR that was not there", file.path.display()));
    }
    if before.ends_with(b"\n") && !after.is_empty() && !after.ends_with(b"\n") {
        return Err(format!("{}: the last line lost its end", file.path.display()));
    }
    Ok(())
}

/// The same tree with CRLF becomes the same tree with CRLF.
fn same_with_crlf(tree: &Tree, allow: Applicability, repair: &Repair) -> Result<(), String> {
    let Some(other) = variant::with_crlf(tree) else { return Ok(()) };
    let made = other.repaired(&other.repair(allow)?);
    for (path, bytes) in &tree.repaired(repair).files {
        let wanted = variant::crlf(bytes);
        if made.files.get(path) != Some(&wanted) {
            let made = made.files.get(path).map(|bytes| String::from_utf8_lossy(bytes)).unwrap_or_default();
            return Err(format!("{} with CRLF becomes\n{made}", path.display()));
        }
    }
    Ok(())
}

fn shown(repair: &Repair) -> String {
    String::from_utf8_lossy(&apply::render(&repair.files, "/".as_ref())).into_owned()
}
