//! Which findings are kept. The trees are made by hand: only comments and statement heads count.

use std::path::{Path, PathBuf};

use super::*;
use crate::load::File;
use crate::tree::{Dialect, Node, NodeId, Quote, Word};

/// A machine of files, each with the comments that begin at `#`.
fn machine(files: &[(&str, &str, bool)]) -> (SourceMap, Workspace) {
    let mut sources = SourceMap::default();
    let mut workspace = Workspace::default();
    for &(path, text, asked) in files {
        let id = sources.add(Path::new(path), text.into()).expect("small");
        let source = sources.file(id);
        let mut tree = Tree::new(id, Dialect::Nginx, source);
        for (at, _) in text.match_indices('#') {
            let end = text[at..].find(['\r', '\n']).map_or(text.len(), |end| at + end);
            tree.comments.push(Span::new(source.base + at as u32, source.base + end as u32));
        }
        let path = PathBuf::from(path);
        workspace.files.push(File { id, real: path.clone(), path, dialect: Dialect::Nginx, tree, asked });
    }
    (sources, workspace)
}

/// What is left of findings of `timeout/read` at each `@` of the files.
fn left(files: &[(&str, &str, bool)]) -> Vec<String> {
    let (sources, workspace) = machine(files);
    let mut findings = Vec::new();
    for (_, file) in sources.files() {
        for (at, _) in file.text.match_indices('@') {
            let span = Span::at(file.base + at as u32);
            findings.push(Diagnostic { rule: "timeout/read", ..Diagnostic::new(span, "m", "l") });
        }
    }
    findings.extend(findings.clone());
    findings.reverse();
    settle(&sources, &workspace, &[], &mut findings);
    findings.iter().map(|finding| sources.path_line(finding.span())).collect()
}

#[test]
fn findings_are_sorted_by_path_and_place_and_said_once() {
    assert_eq!(left(&[("b", "@\n@\n", true), ("a", "\n@", true)]), ["a:2", "b:1", "b:2"]);
}

#[test]
fn companions_are_evidence_only() {
    assert_eq!(left(&[("a", "@", false), ("b", "@", true)]), ["b:1"]);
}

#[test]
fn a_finding_is_kept_for_any_label_in_a_file_that_was_asked_for() {
    let (sources, workspace) = machine(&[("a", "x", false), ("b", "y", true)]);
    let mut findings = vec![Diagnostic::new(Span::at(0), "m", "l").label(Span::at(2), "l")];
    settle(&sources, &workspace, &[], &mut findings);
    assert_eq!(findings.len(), 1);
}

#[test]
fn a_comment_silences_its_line_or_the_one_below() {
    let kept = |text| left(&[("f", text, true)]);
    assert!(kept("@ # gwlint: ignore[timeout/read] slow reports\n").is_empty());
    assert!(kept("# gwlint: ignore[timeout]\r\n@\r\n").is_empty());
    assert!(kept("#gwlint:ignore[other, timeout/read]\n# why\n  @").is_empty());
    assert_eq!(kept("@ # gwlint: ignore[timeout]\n@"), ["f:2"]);
    assert_eq!(kept("# gwlint: ignore[timeout]\n\n@"), ["f:3"]);
    assert_eq!(kept("# gwlint: ignore[timeout]\n@\n@"), ["f:3"]);
    assert_eq!(kept("# gwlint: ignore[timeout/send, time]\n@"), ["f:2"]);
}

#[test]
fn a_comment_that_names_no_rule_silences_nothing() {
    let kept = |text| left(&[("f", text, true)]);
    assert_eq!(kept("@ # gwlint: ignore"), ["f:1"]);
    assert_eq!(kept("@ # gwlint: ignore[]"), ["f:1"]);
    assert_eq!(kept("@ # gwlint: ignore-all[timeout]"), ["f:1"]);
}

#[test]
fn a_file_can_be_silenced_as_a_whole() {
    assert!(left(&[("f", "@\n@\n# gwlint: ignore-file[timeout] generated\n", true)]).is_empty());
}

#[test]
fn a_comment_above_a_statement_of_several_lines_is_about_all_of_them() {
    let text = "# gwlint: ignore[timeout]\nname\n  argument;\n";
    let (sources, mut workspace) = machine(&[("f", text, true)]);
    workspace.files[0].tree.nodes.push(Node {
        name: Word { span: Span::new(26, 30), quote: Quote::None },
        args: (0, 0),
        span: Span::new(26, 42),
        head: Span::new(26, 41),
        body: None,
        parent: None,
        end: NodeId(1),
    });
    let finding = Diagnostic { rule: "timeout/read", ..Diagnostic::new(Span::new(33, 41), "m", "l") };
    let mut findings = vec![finding];
    settle(&sources, &workspace, &[], &mut findings);
    assert!(findings.is_empty());
}
