//! The corpus of real files against what real httpd said of them.

use std::fs;

use crate::exact::assert_exact;
use crate::parse;
use crate::place::corpus;

/// The rows of a table whose second column is `apache`, split into columns.
fn rows(table: &str) -> impl Iterator<Item = Vec<&str>> {
    table.lines().map(|line| line.split('\t').collect::<Vec<_>>()).filter(|row| row[1] == "apache")
}

#[test]
fn every_file_is_kept_byte_for_byte() {
    let Some(corpus) = corpus() else { return };
    let index = fs::read_to_string(corpus.join("index.tsv")).expect("index.tsv");
    let mut files = 0;
    for row in rows(&index) {
        assert_exact(&parse(&fs::read(corpus.join("files").join(row[0])).expect(row[0])));
        files += 1;
    }
    assert!(files > 800, "only {files} Apache files in the corpus");
}

#[test]
fn the_parser_finds_fault_with_what_httpd_finds_fault_with() {
    let Some(corpus) = corpus() else { return };
    let oracle = fs::read_to_string(corpus.join("oracle.tsv")).expect("oracle.tsv");
    let (mut silent, mut wrong, mut found, mut missed, mut other) =
        (0, Vec::new(), 0, Vec::new(), Vec::new());
    for row in rows(&oracle) {
        let tree = parse(&fs::read(corpus.join("files").join(row[0])).expect(row[0]));
        let shown = || format!("{}: {:?}", row[0], tree.errors.first());
        // `lexical` is what the oracle calls a refusal by the part of httpd that pairs tags.
        match (row[2], row[6], tree.errors.is_empty()) {
            ("accept", _, true) => silent += 1,
            ("accept", _, false) => wrong.push(shown()),
            (_, "lexical" | "syntax", false) => found += 1,
            (_, "lexical" | "syntax", true) => missed.push(row[0]),
            (_, _, true) => {}
            (_, _, false) => other.push(shown()),
        }
    }
    println!(
        "accepted: {silent} without errors, {} with; refused for syntax: {found} found, {missed:?} not",
        wrong.len()
    );
    println!("refused for another reason, with errors: {other:#?}");
    assert_eq!(wrong, Vec::<String>::new(), "httpd takes these");
    assert!(silent >= 600 && found >= 2 && missed.is_empty(), "{silent} {found} {missed:?}");
}
