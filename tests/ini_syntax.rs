//! php.ini and FPM pools as trees: every fact of the syntax, exactness, and what PHP itself says to the same text.

#![allow(clippy::expect_used)]

#[path = "common/corpus.rs"]
mod corpus;

use std::fs;
use std::path::Path;
use std::process::Command;

use gwlint::source::{FileId, SourceMap, Span};
use gwlint::tree::ini::split_key;
use gwlint::tree::{Dialect, NodeRef, Quote, SyntaxKind, Tree};
use proptest::prelude::*;

/// Parses bytes as a file that does not begin at 0 of the address space.
fn parse_bytes(dialect: Dialect, bytes: &[u8]) -> Tree {
    let mut map = SourceMap::default();
    map.add(Path::new("before"), b"x".to_vec()).expect("small");
    let id = map.add(Path::new("test.ini"), bytes.to_vec()).expect("small");
    let tree = Tree::parse(id, dialect, map.file(id));
    assert_eq!(tree.file, FileId(1));
    exact(&tree);
    tree
}

fn php(text: &str) -> Tree {
    parse_bytes(Dialect::Php, text.as_bytes())
}

fn fpm(text: &str) -> Tree {
    parse_bytes(Dialect::Fpm, text.as_bytes())
}

/// Every byte lies in a node's own text, a comment or skipped text, or is white space; nothing overlaps or leaves the
/// file; nodes are in order and nested.
fn exact(tree: &Tree) {
    let mut parts: Vec<Span> = tree.comments.iter().chain(&tree.skipped).copied().collect();
    for node in tree.all() {
        let raw = node.raw();
        assert!(raw.span.contains(raw.head) && raw.head.contains(raw.name.span), "{node:?}");
        assert!(raw.end.0 > node.id.0 && raw.end.0 <= tree.nodes.len() as u32, "{node:?}");
        for word in node.words() {
            assert!(raw.head.contains(word.span), "{node:?}");
            assert!(word.quote == Quote::None || word.span.len() >= 2, "{node:?}");
        }
        for child in node.children() {
            assert_eq!(child.parent(), Some(node));
            assert!(raw.span.contains(child.span()) && raw.head.hi <= child.span().lo);
        }
        parts.push(raw.head);
    }
    parts.sort();
    let mut at = tree.base;
    for part in parts {
        assert!(part.lo >= at, "{part:?} overlaps what ends at {at}");
        assert_eq!(tree.slice(Span::new(at, part.lo)).trim(), "", "lost before {part:?}");
        at = part.hi;
    }
    let end = tree.base + tree.text.len() as u32;
    assert_eq!(tree.slice(Span::new(at, end)).trim(), "", "lost at the end");
    for error in &tree.errors {
        assert!(tree.base <= error.span.lo && error.span.hi <= end, "{error:?}");
        assert!(tree.text.is_char_boundary((error.span.lo - tree.base) as usize), "{error:?}");
    }
}

/// The tree in one line: `[section]` and `key=value`; a key alone has no `=`.
fn shape(tree: &Tree) -> String {
    let one = |node: NodeRef<'_>| match (node.body(), node.arg(0)) {
        (Some(_), _) => format!("[{}]", node.name()),
        (None, Some(value)) => format!("{}={value}", node.name()),
        (None, None) => node.name().to_owned(),
    };
    tree.all().map(one).collect::<Vec<_>>().join("|")
}

/// The errors in one line: kind, line, text.
fn errors(tree: &Tree) -> String {
    let line = |at: u32| 1 + tree.text[..(at - tree.base) as usize].matches('\n').count();
    let one = |error: &gwlint::tree::SyntaxError| {
        format!("{:?}:{}:{}", error.kind, line(error.span.lo), error.what)
    };
    tree.errors.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// The one value of a text.
fn value(text: &str) -> String {
    let tree = php(text);
    assert_eq!(errors(&tree), "", "{text}");
    tree.all().next().and_then(|node| node.arg(0)).expect("a value").into_owned()
}

#[test]
fn sections_hold_the_keys_behind_them() {
    let tree = fpm("a=1\n[global]\n; c\npid = /p\n\n[www]\nlisten = 9000 ; d\npm=static\n");
    assert_eq!(shape(&tree), "a=1|[global]|pid=/p|[www]|listen=9000|pm=static");
    let tops: Vec<_> = tree.top().map(|node| node.name().to_owned()).collect();
    assert_eq!(tops, ["a", "global", "www"]);
    let www = tree.top().nth(2).expect("www");
    assert_eq!(www.children().count(), 2);
    assert_eq!(tree.slice(www.head()), "[www]");
    assert_eq!(tree.slice(www.span()), "[www]\nlisten = 9000 ; d\npm=static");
    assert_eq!(tree.slice(www.body().expect("a body").open), "]");
    assert_eq!(tree.comments.iter().map(|&span| tree.slice(span)).collect::<Vec<_>>(), ["; c", "; d"]);
}

#[test]
fn sections_as_php_takes_them() {
    assert_eq!(shape(&php("[PATH=/x y]\na=1\n[HOST=h]\n")), "[PATH=/x y]|a=1|[HOST=h]");
    assert_eq!(shape(&php("[\"a\"]\n['b]c']\n[]\n[ d ]\n")), "[a]|[b]c]|[]|[ d ]");
    assert_eq!(shape(&php("[s] x=1 ; c\n")), "[s]|x=1");
    assert_eq!(shape(&php("\t[s]\na=1\n")), "[s]|a=1");
    assert_eq!(errors(&php("  [s]\na=1\n")), "BadLine:1:[");
    assert_eq!(shape(&php("  [s]\na=1\n")), "[s]|a=1");
}

#[test]
fn an_unclosed_section_still_holds_its_keys() {
    let tree = fpm("[www\nlisten=1\n[b]\n");
    assert_eq!(errors(&tree), "UnclosedSectionLine:1:www");
    assert_eq!(shape(&tree), "[www]|listen=1|[b]");
    assert_eq!(tree.errors[0].insert, Some((tree.base + 4, "]".into())));
    assert_eq!(errors(&php("[a;b]\nx=1\n")), "UnclosedSectionLine:1:a;b]");
    assert_eq!(errors(&php("a[b = 1\nx=1\n")), "UnclosedSectionLine:1:[");
}

#[test]
fn keys_with_brackets() {
    let tree = php("a[]=1\nphp_admin_value[memory_limit] = 128M\na ['b']=2\n");
    assert_eq!(shape(&tree), "a[]=1|php_admin_value[memory_limit]=128M|a ['b']=2");
    assert_eq!(split_key("php_admin_value[memory_limit]"), ("php_admin_value", Some("memory_limit")));
    assert_eq!(split_key("a[]"), ("a", Some("")));
    assert_eq!(split_key("a ['b']"), ("a", Some("b")));
    assert_eq!(split_key("a [ \"b\"]"), ("a", Some("b")));
    assert_eq!(split_key("pm.max_children"), ("pm.max_children", None));
    assert_eq!(split_key("a]"), ("a]", None));
    assert_eq!(errors(&php("a[b]\nc=1\n")), "BadLine:1:a[b]");
    assert_eq!(errors(&php("a[b] 128M\nc=1\n")), "BadLine:1:1");
}

#[test]
fn keys_without_a_value_and_empty_values_differ() {
    let tree = fpm("a\nb=\nc = \nd = \"\"\ne = ; x\n");
    let words: Vec<_> = tree
        .all()
        .map(|node| node.words().iter().map(|w| (w.span.len(), w.quote)).collect::<Vec<_>>())
        .collect();
    let empty = vec![(0, Quote::None)];
    assert_eq!(words, [vec![], empty.clone(), empty.clone(), vec![(2, Quote::Double)], empty]);
    let c = tree.all().nth(2).expect("c");
    assert_eq!(tree.slice(c.head()), "c = ");
}

#[test]
fn a_number_sign_begins_a_key() {
    let tree = fpm("# foo\n# a = b\n[www]\n");
    assert_eq!(errors(&tree), "");
    assert_eq!(shape(&tree), "# foo|# a=b|[www]");
    assert_eq!(value("a = b # c\n"), "b # c");
}

#[test]
fn values_without_quotes() {
    for (text, expected) in [
        ("a = b; c", "b"),
        ("a=x   ", "x"),
        ("a = 1 2", "1 2"),
        ("a=x:y,z.w/@%+*?<>-_`#[b]{c}\\", "x:y,z.w/@%+*?<>-_`#[b]{c}\\"),
        ("a = E_ALL & ~E_DEPRECATED ; c", "E_ALL & ~E_DEPRECATED"),
        ("a = (1 | 2) & !3", "(1 | 2) & !3"),
        ("a=x|y", "x|y"),
        ("a = ${HOME}/x", "${HOME}/x"),
        ("a = $x", "$x"),
        ("a = on", "on"),
        ("a = on-line", "on-line"),
        ("a=\u{a0}x", "\u{a0}x"),
    ] {
        assert_eq!(value(text), expected, "{text}");
    }
}

#[test]
fn values_in_quotes() {
    for (text, expected) in [
        ("a = \"b; c\" ; d", "b; c"),
        ("a = ' x '", " x "),
        ("a = \"x\\\"y\\\\z\\$\\n\\'\"", "x\"y\\z$\\n\\'"),
        ("a = 'x\\'", "x\\"),
        ("a = \"x\ny\"\nb=1", "x\ny"),
        ("a = 'x\ny'\nb=1", "x\ny"),
        ("a = \"C:\\\"\nb=1", "C:\\"),
        ("a = \"x\" y", "xy"),
        ("a = x \"y\" z", "xyz"),
        ("a = 'x' y", "x y"),
        ("a = \"${HOME}x\"", "${HOME}x"),
        ("a='x\";'", "x\";"),
        ("a = \"a\" | \"b\"", "\"a\" | \"b\""),
    ] {
        assert_eq!(value(text), expected, "{text}");
    }
    let quote = |text: &str| php(text).words[0].quote;
    assert_eq!(quote("a = \"x\""), Quote::Double);
    assert_eq!(quote("a = 'x' ; c"), Quote::Single);
    assert_eq!(quote("a = \"x\" y"), Quote::None);
}

#[test]
fn an_empty_value_in_single_quotes_stops_fpm() {
    // php-fpm 8.2: "value is NULL for a ZEND_INI_PARSER_ENTRY", of the key `'`.
    assert_eq!(value("a = '' ; c"), "");
    assert_eq!(errors(&php("a = ''x")), "BadValue:1:''");
    let tree = fpm("a = ''\nb=1\n");
    assert_eq!(errors(&tree), "BadValue:1:''");
    assert_eq!(shape(&tree), "a=|b=1");
}

#[test]
fn operators_in_a_value_are_found() {
    for (text, expected) in [
        ("a = x(y)", "BadValue:1:("),
        ("a = x)y", "BadValue:1:)"),
        ("a = x!", "BadValue:1:!"),
        ("a = x~y", "BadValue:1:~"),
        ("a = b = c", "BadValue:1:="),
        ("a = b=c", "BadValue:1:="),
        ("a = (1", "BadValue:1:("),
        ("a = 1 |", "BadValue:1:|"),
        ("a = ()", "BadValue:1:)"),
        ("a = (1) 2", "BadValue:1:2"),
        ("a = turn on", "BadValue:1:on"),
        ("a = yes x", "BadValue:1:yes"),
        ("a = 1|off", "BadValue:1:off"),
        ("a = ${}", "BadValue:1:${"),
        ("a = ${HOME", "UnclosedVariable:1:${"),
    ] {
        let tree = php(&format!("{text} ; c\nb=1\n"));
        assert_eq!(errors(&tree), expected, "{text}");
        let raw = text.strip_prefix("a = ").expect("a = ");
        assert_eq!(shape(&tree), format!("a={raw}|b=1"), "{text}");
        let related = tree.errors[0].related.expect("the value");
        assert_eq!(tree.slice(related), raw);
        assert_eq!(tree.comments.len(), 1, "{text}");
    }
    let tree = php("user_agent = Mozilla/5.0 (X11; Linux)\n");
    assert_eq!(shape(&tree), "user_agent=Mozilla/5.0 (X11; Linux)");
}

#[test]
fn an_unclosed_quote_costs_its_line_only() {
    for dialect in [Dialect::Php, Dialect::Fpm] {
        let tree = parse_bytes(dialect, b"a = \"x\nb = 1\n");
        assert_eq!(errors(&tree), "UnclosedQuote:1:\"");
        assert_eq!(shape(&tree), "a=\"x|b=1");
        assert_eq!(tree.errors[0].insert, Some((tree.base + 6, "\"".into())));
        let tree = parse_bytes(dialect, b"a = \"x\nb = 1\nc = \"y\"\nd = 2\n");
        assert_eq!(errors(&tree), "UnclosedQuote:1:\"", "{dialect:?}");
        assert_eq!(shape(&tree), "a=\"x|b=1|c=y|d=2");
    }
    let tree = php("a = it's\nb = 1\n");
    assert_eq!(errors(&tree), "UnclosedQuote:1:'");
    assert_eq!(tree.errors[0].insert, None);
    assert_eq!(shape(&tree), "a=it's|b=1");
}

#[test]
fn many_stray_quotes_cost_no_more_than_a_few() {
    // Each of these quotes runs on to the end of the file.
    let tree = php(&"b=\\\"x\n".repeat(20_000));
    assert_eq!(tree.errors.len(), 20_000);
    assert_eq!(tree.nodes.len(), 20_000);
    let deep = format!("a={}1{}\n", "(".repeat(100_000), ")".repeat(100_000));
    assert_eq!(errors(&php(&deep)), "");
}

#[test]
fn fpm_reads_line_by_line() {
    let tree = fpm("access.format = \"a\nb\"\n");
    assert_eq!(errors(&tree), "UnclosedQuote:1:\" BadLine:2:\"");
    let tree = php("a = \"a\nb\"\n");
    assert_eq!(errors(&tree), "");
}

#[test]
fn lines_that_are_nothing() {
    for (text, expected) in [
        ("= x", "BadLine:1:="),
        ("yes = 1", "BadLine:1:yes"),
        ("on", "BadLine:1:on"),
        ("a(b = 1", "BadLine:1:("),
        ("\"a\" = 1", "BadLine:1:\""),
        ("a! = 1", "BadLine:1:!"),
    ] {
        let tree = php(&format!("{text}\nb=1\n"));
        assert_eq!(errors(&tree), expected, "{text}");
        assert_eq!(shape(&tree), "b=1", "{text}");
    }
    assert_eq!(errors(&php(" on = 1\nyesno = 1\non[x]=1")), "");
}

#[test]
fn a_tab_ends_a_key() {
    assert_eq!(shape(&fpm("pm.max_children\t5\n")), "pm.max_children|5");
    assert_eq!(shape(&fpm("pm.max_children\t\t= 5\n")), "pm.max_children=5");
    assert_eq!(shape(&fpm("pm.max_children 5\n")), "pm.max_children 5");
}

#[test]
fn bytes_survive() {
    assert_eq!(shape(&php("a=1\r\nb = \"x\"\r\n[s]\r\n")), "a=1|b=x|[s]");
    assert_eq!(shape(&fpm("a=1\rb=2\r")), "a=1|b=2");
    assert_eq!(shape(&php("\u{feff}a=1")), "a=1");
    assert_eq!(shape(&fpm("\u{feff}[s]\na=1")), "[s]|a=1");
    assert_eq!(shape(&parse_bytes(Dialect::Php, b"\xef\xbb\xbfa=\xe9")), "a=é");
    assert_eq!(shape(&php(";c")), "");
    assert_eq!(shape(&php("")), "");
    let tree = fpm("a = x\0y\nb=1\n; c\0d\n");
    assert_eq!(errors(&tree), "NulByte:1:\0");
    assert_eq!(shape(&tree), "a=x|b=1");
    assert_eq!(tree.slice(tree.comments[0]), "; c\0d");
    assert_eq!(errors(&php("a = x\0y\nb=1\n")), "NulByte:1:\0");
    assert_eq!(errors(&php("a\0b = \"x\0y\"\n")), "");
}

/// What PHP says to each text, a line each: `!` for a syntax error, else the value of `a` in JSON.
fn php_says(texts: &[String]) -> Option<Vec<String>> {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("texts");
    fs::write(&path, texts.join("\x01")).expect("written");
    let code = r#"foreach (explode("\1", file_get_contents($argv[1])) as $t) {
        $r = @parse_ini_string($t, false, INI_SCANNER_NORMAL);
        echo $r === false ? "!" : json_encode($r["a"] ?? null, 832 | JSON_INVALID_UTF8_SUBSTITUTE), "\n"; }"#;
    let output = Command::new("php").args(["-n", "-r", code]).arg(&path).output();
    let Ok(output) = output else {
        eprintln!("php is not installed: not compared with it");
        return None;
    };
    let said = String::from_utf8(output.stdout).expect("UTF-8");
    let said: Vec<String> = said.lines().map(str::to_owned).collect();
    assert_eq!(said.len(), texts.len());
    Some(said)
}

/// Where PHP takes a text in silence that gwlint reports all the same: each loses a part of it.
fn silent_loss(text: &str, tree: &Tree) -> bool {
    // A `'` that never ends, behind the beginning of a value: PHP drops the rest of the file.
    let unclosed =
        tree.errors.iter().any(|error| error.kind == SyntaxKind::UnclosedQuote) && text.contains('\'');
    // A `''` ends the value, and what is behind it becomes a key.
    let empty = text.contains("''");
    // A `$` at the end of its line takes the line end into the value; so does a backslash in brackets.
    let swallowed = text.contains("$\n") || text.contains("\\\n");
    // A `[` behind spaces is the bracket of a key without a name, and `[s] =` gives it a value.
    let nameless = tree.errors.iter().any(|error| error.kind == SyntaxKind::BadLine && error.what == "[");
    unclosed || empty || swallowed || nameless
}

/// Texts made of `pieces`, in a fixed but arbitrary order.
fn mixed(pieces: &[&str], count: usize, longest: u64) -> Vec<String> {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut next = move |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) % below
    };
    let mut text = || {
        let len = 1 + next(longest);
        (0..len).map(|_| pieces[next(pieces.len() as u64) as usize]).collect::<String>()
    };
    (0..count).map(|_| text()).collect()
}

#[test]
fn php_agrees_on_values() {
    let pieces = [
        "x", "1", " ", " ", "on", "no", "\"", "\"", "'", "(", ")", "|", "&", "^", "~", "!", "=", ";", "$",
        "{", "}", "${A}", "\\", "\n", "[", "]", "#", "\"y\"", "'z'", "\t", ".", "\\\"", "null",
    ];
    let texts: Vec<String> =
        mixed(&pieces, 20_000, 6).into_iter().map(|value| format!("a = {value}\nb=1\n")).collect();
    let Some(said) = php_says(&texts) else { return };
    let mut wrong = Vec::new();
    for (text, said) in texts.iter().zip(&said) {
        let tree = php(text);
        let first = tree.all().find(|node| node.is("a")).and_then(|node| node.arg(0)).unwrap_or_default();
        let plain = !first.contains(['|', '&', '^', '~', '!', '(', ')', '$']);
        let bare = tree.words.first().is_some_and(|word| word.quote == Quote::None);
        let reserved =
            gwlint::value::php_reserved(&first).filter(|_| bare).map_or(first.to_string(), str::to_owned);
        let reads = serde_json::to_string(&reserved).expect("JSON");
        let agrees = match said.as_str() {
            "!" => !tree.errors.is_empty(),
            _ if silent_loss(text, &tree) => true,
            said => {
                tree.errors.is_empty() && (!plain || said == reads || shape(&tree).matches("a=").count() > 1)
            }
        };
        if !agrees {
            wrong.push(format!("{text:?}: php {said}, gwlint {} {:?}", errors(&tree), shape(&tree)));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        texts.len(),
        wrong[..wrong.len().min(40)].join("\n")
    );
}

#[test]
fn php_agrees_on_lines() {
    let pieces = [
        "x", "1", " ", "\t", "on", "no", "\"", "'", "(", "|", "~", "=", "=", ";", "$", "{", "${A}", "\\",
        "\n", "\n", "[", "]", "[s]", "a", "b=1\n", "#", "\r", "a[b]", "\u{e9}",
    ];
    let texts = mixed(&pieces, 20_000, 7);
    let texts: Vec<String> = texts.into_iter().map(|text| text + "\n").collect();
    let Some(said) = php_says(&texts) else { return };
    let mut wrong = Vec::new();
    for (text, said) in texts.iter().zip(&said) {
        let tree = php(text);
        if (said == "!") == tree.errors.is_empty() && !silent_loss(text, &tree) {
            wrong.push(format!("{text:?}: php {said}, gwlint {} {:?}", errors(&tree), shape(&tree)));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        texts.len(),
        wrong[..wrong.len().min(40)].join("\n")
    );
}

#[test]
fn the_corpus_agrees_with_the_oracle() {
    let Some(corpus) = corpus::corpus() else { return };
    let index = fs::read_to_string(corpus.join("index.tsv")).expect("an index");
    let oracle = fs::read_to_string(corpus.join("oracle.tsv")).expect("an oracle");
    let (mut files, mut false_errors, mut found, mut missed) = (0, Vec::new(), Vec::new(), Vec::new());
    for line in index.lines() {
        let cells: Vec<&str> = line.split('\t').collect();
        let dialect = match cells[1] {
            "phpini" => Dialect::Php,
            "fpm" => Dialect::Fpm,
            _ => continue,
        };
        let path = cells[0];
        let bytes = fs::read(corpus.join("files").join(path)).expect(path);
        let tree = parse_bytes(dialect, &bytes);
        files += 1;
        // RAW reads another grammar; php.ini and pools are always read as NORMAL.
        let rows = oracle.lines().map(|row| row.split('\t').collect::<Vec<_>>());
        let rows: Vec<_> = rows.filter(|row| row[0] == path && row[4].ends_with("NORMAL")).collect();
        let rejected = rows.iter().any(|row| row[6] == "lexical" || row[6] == "syntax");
        if !rejected && !tree.errors.is_empty() {
            false_errors.push(format!("{path}: {}", errors(&tree)));
        } else if rejected && tree.errors.is_empty() {
            missed.push(path.to_owned());
        } else if rejected {
            found.push(format!("{path}: {}", errors(&tree)));
        }
    }
    println!("{files} files, {} with errors:\n{}\nmissed: {missed:?}", found.len(), found.join("\n"));
    assert!(false_errors.is_empty(), "{}", false_errors.join("\n"));
    assert!(missed.is_empty(), "{missed:?}");
    assert!(found.len() >= 6 && files >= 360, "the corpus has shrunk");
}

proptest! {
    #[test]
    fn any_bytes_are_read_exactly(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        parse_bytes(Dialect::Php, &bytes);
        parse_bytes(Dialect::Fpm, &bytes);
    }

    #[test]
    fn any_mixture_is_read_exactly(text in "[a-c \\t\\r\\n=\\[\\]\"';#$\\{\\}()|&^~!\\\\\\x00é]{0,60}") {
        parse_bytes(Dialect::Php, text.as_bytes());
        parse_bytes(Dialect::Fpm, text.as_bytes());
    }
}
