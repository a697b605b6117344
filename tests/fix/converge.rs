//! The loop, over toy rules that look for words in toy files.

use std::cell::Cell;
use std::path::{Path, PathBuf};

use gwlint::diagnostic::{Applicability, Diagnostic, Edit, Fix, Severity};
use gwlint::fix::{Repair, Why, converge_with};
use gwlint::load::{File, Workspace};
use gwlint::session::Outcome;
use gwlint::source::{SourceMap, Span};
use gwlint::stack::Stack;
use gwlint::tree::{Dialect, SyntaxError, SyntaxKind, Tree};
use gwlint::vfs::Disk;

type Check = fn(&SourceMap) -> Vec<Diagnostic>;

/// Files in memory and what is checked in them. A `§` is an error of syntax.
struct Toy {
    files: Vec<(&'static str, Vec<u8>)>,
    check: Check,
    allow: Applicability,
    runs: Cell<usize>,
}

impl Toy {
    fn new(files: &[(&'static str, &str)], check: Check) -> Self {
        let files = files.iter().map(|&(path, text)| (path, text.as_bytes().to_vec())).collect();
        Self { files, check, allow: Applicability::Unsafe, runs: Cell::new(0) }
    }

    fn lint(&self, disk: &Disk) -> Outcome {
        self.runs.set(self.runs.get() + 1);
        let mut sources = SourceMap::default();
        let mut workspace = Workspace { root: PathBuf::from("/root"), ..Workspace::default() };
        for (path, _) in &self.files {
            let path = Path::new(path);
            let id = sources.add(path, disk.read(path).expect("in memory")).expect("small");
            let source = sources.file(id);
            let mut tree = Tree::new(id, Dialect::Nginx, source);
            tree.errors = source.text.match_indices('§').map(|(at, _)| syntax_error(at as u32)).collect();
            let (path, real) = (path.to_path_buf(), path.to_path_buf());
            workspace.files.push(File { id, path, real, dialect: Dialect::Nginx, tree, asked: true });
        }
        let findings = (self.check)(&sources);
        Outcome { sources, workspace, stack: Stack::default(), findings, known: Vec::new() }
    }

    fn repair(&self) -> Repair {
        let files = self.files.iter().map(|(path, bytes)| (PathBuf::from(path), bytes.clone()));
        converge_with(&Disk::memory(files), self.allow, &|disk| Ok(self.lint(disk)))
            .expect("a toy always lints")
    }

    /// What becomes of the first file.
    fn text(&self) -> String {
        let repair = self.repair();
        let file = repair.files.iter().find(|file| file.real == Path::new(self.files[0].0));
        let bytes = file.map_or_else(|| self.files[0].1.clone(), |file| file.after.clone());
        String::from_utf8(bytes).expect("ASCII")
    }
}

fn syntax_error(at: u32) -> SyntaxError {
    let span = Span::at(at);
    SyntaxError { kind: SyntaxKind::BadLine, span, related: None, what: String::new(), insert: None }
}

/// Where a word stands.
fn spans(sources: &SourceMap, word: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    for (_, file) in sources.files() {
        for (at, _) in file.text.match_indices(word) {
            let lo = file.base + at as u32;
            spans.push(Span::new(lo, lo + word.len() as u32));
        }
    }
    spans
}

fn warning(rule: &'static str, span: Span, fix: Option<Fix>) -> Diagnostic {
    let mut finding = Diagnostic::new(span, format!("found by {rule}"), "here").fix(fix);
    finding.rule = rule;
    finding.severity = Severity::Warning;
    finding
}

fn error(rule: &'static str, span: Span, fix: Option<Fix>) -> Diagnostic {
    Diagnostic { severity: Severity::Error, ..warning(rule, span, fix) }
}

/// A rule that wants `new` where `old` stands.
fn swap(sources: &SourceMap, rule: &'static str, old: &str, new: &str) -> Vec<Diagnostic> {
    let fix = |span| Fix::safe(format!("{old} to {new}"), vec![Edit::replace(span, new)]);
    spans(sources, old).into_iter().map(|span| warning(rule, span, Some(fix(span)))).collect()
}

fn whys(repair: &Repair) -> Vec<(&'static str, Why)> {
    repair.dropped.iter().map(|dropped| (dropped.fix.rule, dropped.why.clone())).collect()
}

#[test]
fn a_second_run_changes_nothing() {
    let mut toy = Toy::new(&[("/root/a", "bad\r\nbad\n"), ("/root/b", "good")], |sources| {
        swap(sources, "toy/bad", "bad", "good")
    });
    let first = toy.repair();
    assert_eq!(first.files.len(), 1);
    assert_eq!(first.files[0].before, b"bad\r\nbad\n");
    assert_eq!(first.files[0].after, b"good\r\ngood\n");
    assert_eq!(first.applied.len(), 2);
    assert_eq!((first.applied[1].rule, first.applied[1].place.line), ("toy/bad", 2));
    assert!(first.outcome.findings.is_empty() && first.dropped.is_empty());
    assert_eq!(toy.runs.get(), 2, "one pass, one run to see what it did");

    toy.files[0].1.clone_from(&first.files[0].after);
    let second = toy.repair();
    assert!(second.files.is_empty() && second.applied.is_empty());
}

#[test]
fn of_two_fixes_that_overlap_the_later_waits() {
    let toy = Toy::new(&[("/root/a", "one two")], |sources| {
        let mut found = swap(sources, "toy/pair", "one two", "uno two");
        found.extend(swap(sources, "toy/two", "two", "due"));
        found
    });
    assert_eq!(toy.text(), "uno due");
    assert_eq!(toy.repair().applied.len(), 2);
}

#[test]
fn the_same_edit_is_made_once_and_others_at_its_place_in_turn() {
    fn line(sources: &SourceMap, rule: &'static str, line: &str) -> Option<Diagnostic> {
        let end = sources.files().next()?.1.span().hi;
        let fix = Fix::safe("add a line", vec![Edit::insert(end, line)]);
        spans(sources, line).is_empty().then(|| warning(rule, Span::at(0), Some(fix)))
    }
    let toy = Toy::new(&[("/root/a", "")], |sources| {
        let rules = [("toy/a", "a;\n"), ("toy/again", "a;\n"), ("toy/b", "b;\n")];
        rules.into_iter().filter_map(|(rule, text)| line(sources, rule, text)).collect()
    });
    assert_eq!(toy.text(), "a;\nb;\n");
    assert_eq!(toy.repair().applied.len(), 3);
}

#[test]
fn of_two_rules_that_add_a_directive_the_later_looks_again() {
    /// Wants a header, and adds it behind the word it knows.
    fn header(sources: &SourceMap, rule: &'static str, behind: &str, value: &str) -> Option<Diagnostic> {
        let at = spans(sources, behind).first()?.hi;
        let fix = Fix::safe("add it", vec![Edit::insert(at, format!("\nset Host {value};"))]);
        spans(sources, "set Host").is_empty().then(|| warning(rule, Span::at(0), Some(fix)))
    }
    let toy = Toy::new(&[("/root/a", "one;\ntwo;")], |sources| {
        let rules = [("toy/a", "one;", "$host"), ("toy/b", "two;", "$http_host")];
        rules.into_iter().filter_map(|(rule, behind, value)| header(sources, rule, behind, value)).collect()
    });
    assert_eq!(toy.text(), "one;\nset Host $host;\ntwo;");
    assert!(toy.repair().dropped.is_empty());
}

#[test]
fn all_edits_of_a_fix_or_none() {
    let mut toy = Toy::new(&[("/root/a", "bad bad2"), ("/root/b", "")], |sources| {
        let Some(&span) = spans(sources, "bad ").first() else { return Vec::new() };
        let other = sources.files().nth(1).map_or(0, |(_, file)| file.base);
        let edits = vec![Edit::replace(span, "good "), Edit::insert(other, "→")];
        let mut found = vec![warning("toy/two-files", span, Some(Fix::safe("both", edits)))];
        found.extend(swap(sources, "toy/one-file", "bad2", "good2"));
        found
    });
    toy.files[1].1 = vec![0xff];
    let repair = toy.repair();
    assert_eq!(whys(&repair), [("toy/two-files", Why::Encoding("/root/b".into()))]);
    assert_eq!(repair.files.len(), 1);
    assert_eq!(repair.files[0].after, b"bad good2");

    toy.files[1].1 = vec![b'x'];
    let repair = toy.repair();
    let after: Vec<_> = repair.files.iter().map(|file| file.after.as_slice()).collect();
    assert_eq!(after, ["good good2".as_bytes(), "→x".as_bytes()]);
}

#[test]
fn a_fix_that_adds_a_syntax_error_is_dropped_alone() {
    let text = "bad ".repeat(60) + "worse " + &"bad ".repeat(60);
    let text: &'static str = text.leak();
    let toy = Toy::new(&[("/root/a", text)], |sources| {
        let mut found = swap(sources, "toy/bad", "bad", "good");
        found.extend(swap(sources, "toy/worse", "worse", "§"));
        found
    });
    let repair = toy.repair();
    assert_eq!(whys(&repair), [("toy/worse", Why::Syntax("/root/a".into()))]);
    assert_eq!(repair.applied.len(), 120);
    assert_eq!(repair.files[0].after, text.replace("bad", "good").as_bytes());
    assert!(toy.runs.get() < 25, "{} runs for one bad fix", toy.runs.get());
}

#[test]
fn a_fix_that_does_not_repair_is_dropped() {
    let toy = Toy::new(&[("/root/a", "bad worse")], |sources| {
        let mut found = swap(sources, "toy/bad", "bad", "bad bad");
        found.extend(swap(sources, "toy/idle", "w", "w"));
        found.extend(swap(sources, "toy/worse", "worse", "good"));
        found
    });
    let repair = toy.repair();
    assert_eq!(whys(&repair), [("toy/bad", Why::StillThere), ("toy/idle", Why::StillThere)]);
    assert_eq!(repair.files[0].after, b"bad good");
}

#[test]
fn fixes_that_undo_each_other_do_not_go_on_for_ever() {
    let toy = Toy::new(&[("/root/a", "left other")], |sources| {
        let mut found = swap(sources, "toy/left", "left", "right");
        found.extend(swap(sources, "toy/right", "right", "left"));
        found.extend(swap(sources, "toy/other", "other", "done"));
        found
    });
    let repair = toy.repair();
    assert_eq!(whys(&repair), [("toy/left", Why::Circle)]);
    assert_eq!(repair.files[0].after, b"left done");
}

#[test]
fn what_ten_passes_do_not_settle_is_named() {
    let toy = Toy::new(&[("/root/a", "x")], |sources| {
        let end = sources.files().next().map_or(0, |(_, file)| file.span().hi);
        let fix = Fix::safe("grow", vec![Edit::insert(end, "x")]);
        let message = format!("{end} is not enough");
        vec![Diagnostic { message, ..warning("toy/more", Span::at(0), Some(fix)) }]
    });
    let repair = toy.repair();
    assert_eq!(whys(&repair), [("toy/more", Why::Passes)]);
    assert_eq!(repair.applied.len(), 10);
}

#[test]
fn an_added_error_is_harm_but_an_uncovered_one_is_not() {
    // Both fixes lead to an error that is nowhere now; the first takes one away.
    let toy = Toy::new(&[("/root/a", "lost slow")], |sources| {
        let fix = |span, new| Some(Fix::safe("mend", vec![Edit::replace(span, new)]));
        let mut found = Vec::new();
        for span in spans(sources, "lost") {
            found.push(error("toy/lost", span, fix(span, "found")));
        }
        for span in spans(sources, "slow") {
            found.push(warning("toy/slow", span, fix(span, "fatal")));
        }
        found.extend(spans(sources, "found").into_iter().map(|span| error("toy/closed", span, None)));
        found.extend(spans(sources, "fatal").into_iter().map(|span| error("toy/fatal", span, None)));
        found
    });
    let repair = toy.repair();
    assert_eq!(whys(&repair), [("toy/slow", Why::Error("toy/fatal"))]);
    assert_eq!(repair.files[0].after, b"found slow");
}

#[test]
fn a_fix_that_holds_only_with_another_is_made_with_it() {
    // With a wide frame a narrow door is an error, which has a fix of its own.
    let toy = Toy::new(&[("/root/a", "small narrow")], |sources| {
        let fix = |span, new| Some(Fix::safe("mend", vec![Edit::replace(span, new)]));
        let mut found = Vec::new();
        for span in spans(sources, "small") {
            found.push(warning("toy/small", span, fix(span, "wide")));
        }
        if !spans(sources, "wide").is_empty() {
            let narrow = spans(sources, "narrow").into_iter();
            found.extend(narrow.map(|span| error("toy/narrow", span, fix(span, "broad"))));
        }
        found
    });
    let repair = toy.repair();
    assert_eq!(whys(&repair), []);
    assert_eq!(repair.files[0].after, b"wide broad");
    assert_eq!(repair.applied.len(), 2);
}

#[test]
fn only_what_is_allowed_is_made() {
    let check: Check = |sources| {
        let mut found = swap(sources, "toy/safe", "a", "1");
        found.extend(swap(sources, "toy/unsafe", "b", "2"));
        found.extend(swap(sources, "toy/display", "c", "3"));
        for finding in &mut found {
            let Some(fix) = &mut finding.fix else { continue };
            fix.applicability = match finding.rule {
                "toy/safe" => Applicability::Safe,
                "toy/unsafe" => Applicability::Unsafe,
                _ => Applicability::Display,
            };
        }
        found
    };
    let mut toy = Toy::new(&[("/root/a", "abc")], check);
    assert_eq!(toy.text(), "12c");
    toy.allow = Applicability::Safe;
    assert_eq!(toy.text(), "1bc");
}

#[test]
fn nothing_outside_the_root_is_written() {
    let toy = Toy::new(&[("/rooted/a", "bad")], |sources| swap(sources, "toy/bad", "bad", "good"));
    let repair = toy.repair();
    assert_eq!(whys(&repair), [("toy/bad", Why::OutsideRoot("/rooted/a".into()))]);
    assert!(repair.files.is_empty());
}
