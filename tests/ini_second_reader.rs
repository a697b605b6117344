//! rust-ini as the second reader: every ini file both can read must say the same, key by key. Where they differ PHP
//! decides, and the difference has a name.

#![allow(clippy::expect_used)]

#[path = "common/corpus.rs"]
mod corpus;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use gwlint::source::SourceMap;
use gwlint::tree::{Dialect, NodeRef, Tree};
use ini::{Ini, ParseOption};

/// All values of each key of each section, in their order. Keys before any section are in the section "".
type Values = BTreeMap<(String, String), Vec<String>>;

/// What gwlint reads, and the text each key was last written with.
fn ours(tree: &Tree) -> (Values, BTreeMap<(String, String), String>) {
    let mut values = Values::new();
    let mut texts = BTreeMap::new();
    for node in tree.all().filter(|node| node.body().is_none()) {
        // PHP takes a key alone for nothing; rust-ini refuses it.
        let Some(value) = node.arg(0) else { continue };
        let section = node.parent().map_or("", NodeRef::name);
        let key = (section.to_owned(), node.name().to_owned());
        values.entry(key.clone()).or_default().push(value.into_owned());
        texts.insert(key, tree.slice(node.head()).to_owned());
    }
    (values, texts)
}

/// What rust-ini reads.
fn theirs(text: &str) -> Option<Values> {
    let options = ParseOption { enabled_quote: true, enabled_escape: false, ..ParseOption::default() };
    let ini = Ini::load_from_str_opt(text, options).ok()?;
    let mut values = Values::new();
    for (section, properties) in &ini {
        // `["name"]` keeps its quotes for rust-ini; PHP takes them off.
        let section = section.unwrap_or_default();
        let quoted =
            ['"', '\''].into_iter().find_map(|quote| section.strip_prefix(quote)?.strip_suffix(quote));
        for (key, value) in properties {
            let key = (quoted.unwrap_or(section).to_owned(), key.to_owned());
            values.entry(key).or_default().push(value.to_owned());
        }
    }
    Some(values)
}

/// Why rust-ini reads `text`, one `key = value`, otherwise than PHP.
fn known_difference(text: &str, theirs: Option<&Vec<String>>) -> Option<&'static str> {
    let value = text.split_once('=').map_or("", |(_, value)| value.trim());
    if text.starts_with('#') {
        Some("`#` begins a comment for rust-ini, a key for PHP")
    } else if theirs.is_some_and(|all| all.iter().any(|value| value.contains(';'))) {
        Some("`;` behind a value begins a comment for PHP only")
    } else if value.contains('\\') {
        Some("PHP resolves `\\\\`, `\\\"` and `\\$` within double quotes")
    } else if value.contains(['"', '\'']) {
        Some("rust-ini takes quotes off where they are around the whole value")
    } else {
        None
    }
}

/// What PHP reads from one `key = value`; `None` without PHP.
fn php(text: &str) -> Option<String> {
    let code =
        r#"$r = parse_ini_string($argv[1] . "\n"); array_walk_recursive($r, function ($v) { echo $v; });"#;
    let output = Command::new("php").args(["-n", "-r", code, text]).output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether PHP computes the value, so that its text is not what PHP answers: an operator, a variable, or a constant.
fn computed(value: &str) -> bool {
    let constant = |word: &str| word.len() > 1 && word.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
    value.contains(['$', '|', '&', '^', '~', '!', '(']) || value.split_whitespace().any(constant)
}

/// The ini files of the fixtures and of the shared corpus.
fn files() -> Vec<(PathBuf, Dialect)> {
    let mut found = Vec::new();
    for entry in walkdir::WalkDir::new("fixtures").sort_by_file_name().into_iter().flatten() {
        let path = entry.path().to_path_buf();
        let text = path.to_string_lossy().into_owned();
        let of_fpm = text.contains("/fpm/") || text.contains("php-fpm");
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("ini") => found.push((path, Dialect::Php)),
            Some("conf") if of_fpm => found.push((path, Dialect::Fpm)),
            _ => {}
        }
    }
    assert!(found.iter().any(|(_, dialect)| *dialect == Dialect::Fpm), "fixtures hold pools");
    let Some(corpus) = corpus::corpus() else { return found };
    let index = fs::read_to_string(corpus.join("index.tsv")).expect("its table");
    for line in index.lines() {
        let mut cells = line.split('\t');
        let path = corpus.join("files").join(cells.next().unwrap_or_default());
        match cells.next() {
            Some("phpini") => found.push((path, Dialect::Php)),
            Some("fpm") => found.push((path, Dialect::Fpm)),
            _ => {}
        }
    }
    found
}

/// Reads a file; `None` when it is not in order.
fn read(path: &Path, dialect: Dialect) -> Option<Tree> {
    let mut map = SourceMap::default();
    let id = map.add(path, fs::read(path).expect("readable")).expect("small");
    let tree = Tree::parse(id, dialect, map.file(id));
    tree.errors.is_empty().then_some(tree)
}

#[test]
fn both_readers_agree_key_by_key() {
    let (mut compared, mut keys, mut unread, mut joined) = (0, 0, 0, 0);
    let mut differences: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut unexplained = Vec::new();
    for (path, dialect) in files() {
        let Some(tree) = read(&path, dialect) else { continue };
        let Some(theirs) = theirs(&tree.text) else {
            unread += 1;
            continue;
        };
        if theirs.keys().any(|(_, key)| key.contains('\n')) {
            // A line without `=` is a key alone for PHP; rust-ini reads on into the next line.
            joined += 1;
            continue;
        }
        let (ours, texts) = ours(&tree);
        compared += 1;
        keys += ours.len();
        let all: BTreeSet<_> = ours.keys().chain(theirs.keys()).collect();
        for key in all.into_iter().filter(|key| ours.get(*key) != theirs.get(*key)) {
            let text = texts.get(key).map_or("", String::as_str);
            match known_difference(text, theirs.get(key)) {
                Some(reason) => _ = differences.entry(reason).or_default().insert(text.to_owned()),
                None => unexplained.push(format!(
                    "{}: {key:?} {:?} {:?} {text:?}",
                    path.display(),
                    ours.get(key),
                    theirs.get(key)
                )),
            }
        }
    }
    println!(
        "{compared} files and {keys} keys compared, {unread} files refused by rust-ini, {joined} joined lines"
    );
    for (reason, texts) in &differences {
        println!("{reason}: {}", texts.len());
        for text in texts.iter().take(3) {
            println!("    {text:?}");
        }
    }
    assert!(unexplained.is_empty(), "{}:\n{}", unexplained.len(), unexplained.join("\n"));
    assert!(compared > 10 && keys > 100);
    for text in differences.values().flatten() {
        let Some(said) = php(text) else {
            eprintln!("php is not installed: nobody decides the differences");
            return;
        };
        let mut map = SourceMap::default();
        let id = map.add(Path::new("one.ini"), text.clone().into_bytes()).expect("small");
        let tree = Tree::parse(id, Dialect::Php, map.file(id));
        let value = tree.all().next().and_then(|node| node.arg(0)).expect("a value");
        assert!(computed(&value) || value == said, "php reads {said:?} from {text:?}, gwlint {value:?}");
    }
}
