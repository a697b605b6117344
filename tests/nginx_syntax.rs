//! nginx.conf as text: what is read, what is reported, and that nothing is lost.

#![allow(clippy::expect_used, clippy::panic, reason = "the helpers of a test may fail it")]

#[path = "common/corpus.rs"]
mod corpus;
#[path = "common/tree_check.rs"]
mod tree_check;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use gwlint::tree::{Dialect, NodeRef, SyntaxKind, Tree};
use gwlint::vocabulary::{self, NginxWord};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

fn parse(text: &[u8]) -> Tree {
    let tree = tree_check::parse(text, Dialect::Nginx);
    if let Err(wrong) = tree_check::check(&tree) {
        panic!("{wrong}\nin {:?}", String::from_utf8_lossy(text));
    }
    tree
}

/// The tree in one line: names, values, `{}` around children.
fn shape(tree: &Tree) -> String {
    fn add(out: &mut String, node: NodeRef) {
        out.push_str(node.name());
        for arg in node.args() {
            write!(out, " <{arg}>").expect("a string");
        }
        match node.body() {
            None => out.push(';'),
            Some(body) => {
                out.push('{');
                if let Some(raw) = body.raw {
                    out.push_str(node.tree.slice(raw));
                }
                node.children().for_each(|child| add(out, child));
                out.push('}');
            }
        }
    }
    let mut out = String::new();
    tree.top().for_each(|node| add(&mut out, node));
    out
}

fn lawful(text: &str) -> String {
    let tree = parse(text.as_bytes());
    assert_eq!(tree.errors, [], "in {text:?}");
    shape(&tree)
}

/// The errors as `kind line:column what`, and the text once each insertion is made.
fn errors(text: &str) -> (Vec<String>, String) {
    let tree = parse(text.as_bytes());
    let mut mended = text.to_owned();
    for (at, insert) in tree.errors.iter().rev().filter_map(|error| error.insert.clone()) {
        mended.insert_str((at - tree.base) as usize, &insert);
    }
    let told = tree.errors.iter().map(|error| {
        let at = (error.span.lo - tree.base) as usize;
        let line = text[..at].matches('\n').count() + 1;
        let column = at - text[..at].rfind('\n').map_or(0, |found| found + 1) + 1;
        format!("{:?} {line}:{column} {}", error.kind, error.what)
    });
    (told.collect(), mended)
}

/// Asserts the errors of `text`, and that the insertions make `mended` of it, where no error is left.
fn assert_mended(text: &str, expected: &[&str], mended: &str) {
    let (told, result) = errors(text);
    assert_eq!(told, expected, "in {text}");
    assert_eq!(result, mended);
    assert_eq!(errors(mended).0, [""; 0], "in {mended}");
}

fn assert_errors(text: &str, expected: &[&str]) {
    assert_eq!(errors(text).0, expected, "in {text}");
}

#[test]
fn directives_blocks_and_comments() {
    let tree = parse(b"user www; # who\nevents { }\nhttp {\r\n  gzip on;# a\r\n}\n#end");
    assert_eq!(shape(&tree), "user <www>;events{}http{gzip <on>;}");
    let comments: Vec<&str> = tree.comments.iter().map(|&span| tree.slice(span)).collect();
    assert_eq!(comments, ["# who", "# a", "#end"]);
}

#[test]
fn quotes_hashes_and_braces_are_special_only_where_a_token_begins() {
    assert_eq!(
        lawful("location ~ ^/a}b \n{ set $a x#y; return 200 it's\"}; }"),
        "location <~> <^/a}b>{set <$a> <x#y>;return <200> <it's\"}>;}"
    );
    assert_eq!(lawful("a b{c d}e; }"), "a <b>{c <d}e>;}");
}

#[test]
fn a_variable_in_braces_opens_no_block() {
    assert_eq!(lawful("server_name ${url ;"), "server_name <${url>;");
    assert_eq!(lawful("set $a ${b}c${{d;"), "set <$a> <${b}c${{d>;");
    assert_eq!(lawful("a $ {b c;}"), "a <$>{b <c>;}");
}

#[test]
fn quoted_words_hold_anything() {
    assert_eq!(lawful("a 'x;{}#\n\"y' \"it's \\\" \\n \\d\";"), "a <x;{}#\n\"y> <it's \" \n \\d>;");
    assert_eq!(lawful("'a b' c;\"d\"{e;}"), "a b <c>;d{e;}");
    assert_eq!(lawful("a \"\" '';"), "a <> <>;");
}

#[test]
fn a_backslash_takes_the_next_character_with_it() {
    assert_eq!(lawful("a b\\ c\\;d \\{ \\\"e \\\\;"), "a <b\\ c\\;d> <\\{> <\"e> <\\>;");
    assert_eq!(lawful("a '\\'' \\t\\r\\n\\x;"), "a <'> <\t\r\n\\x>;");
}

#[test]
fn a_condition_may_end_in_a_quote_and_a_bracket() {
    assert_eq!(lawful("if ($a = \"b\") { }"), "if <($a> <=> <b> <)>{}");
    assert_eq!(lawful("if ($a ~ \"b\"){c;}"), "if <($a> <~> <b> <)>{c;}");
}

#[test]
fn only_four_characters_are_white_space() {
    assert_eq!(lawful("a\u{a0}b\u{c}\u{b}c\td;"), "a\u{a0}b\u{c}\u{b}c <d>;");
}

#[test]
fn lua_ends_where_lua_says() {
    for code in [
        " ngx.say('}') ",
        " local t = { a = { } } -- }",
        "--[[ } ]] x()",
        " s = [==[ }]]} ]==] ",
        " s = \"a\\\"}\" ",
        " a[b[1]] = x - 1 --[=[ } ]] ]=]\n",
        " -- it's\n y() ",
        "",
    ] {
        let text = format!("content_by_lua_block {{{code}\n}} root /x;");
        assert_eq!(
            lawful(&text),
            format!("content_by_lua_block{{{code}\n}}root <x>;").replace("<x>", "</x>")
        );
    }
    assert_errors("init_by_lua_block { s = [=[ x ]] }\n", &["UnclosedQuote 1:25 [=["]);
    assert_errors("init_by_lua_block { if x { \n", &["UnclosedBlock 1:1 init_by_lua_block"]);
}

#[test]
fn data_blocks_are_blocks() {
    assert_eq!(
        lawful("map $a $b { default 0; \"~x{1}\" '1'; ~^/a}  2; include x; }"),
        "map <$a> <$b>{default <0>;~x{1} <1>;~^/a} <2>;include <x>;}"
    );
    assert_eq!(lawful("types { text/html html\n htm; }"), "types{text/html <html> <htm>;}");
}

#[test]
fn a_semicolon_missing_before_a_brace_or_the_end() {
    assert_mended("server { listen 80 }", &["MissingSemicolon 1:19 listen"], "server { listen 80; }");
    assert_mended("user www # x\n", &["MissingSemicolon 1:9 user"], "user www; # x\n");
}

#[test]
fn a_semicolon_missing_in_data() {
    assert_mended(
        "map $a $b {\n  default 0\n  volatile\n  x 1;\n}",
        &["MissingSemicolon 2:12 default", "MissingSemicolon 3:11 volatile"],
        "map $a $b {\n  default 0;\n  volatile;\n  x 1;\n}",
    );
    assert_mended(
        "types {\n  a/b c\n    d\n  e/f g;\n}",
        &["RunOn 3:6 a/b"],
        "types {\n  a/b c\n    d;\n  e/f g;\n}",
    );
    assert_eq!(lawful("map $a $b {\n  x\n  1;\n  y}\n 2;\n}"), "map <$a> <$b>{x <1>;y} <2>;}");
}

#[test]
fn a_brace_at_the_end_of_a_word() {
    assert_mended(
        "server {\n listen 80}\nserver {\n listen 81; }",
        &["MissingSemicolon 2:11 listen"],
        "server {\n listen 80;}\nserver {\n listen 81; }",
    );
    assert_mended(
        "server { location / { return 200} }",
        &["MissingSemicolon 1:33 return"],
        "server { location / { return 200;} }",
    );
    lawful("server { set $a b}\n; server_name ~x\n y}; }");
}

#[test]
fn a_block_without_its_brace() {
    assert_mended(
        "server {\n location /a\n  root /x;\n }\n}",
        &["MissingBrace 2:2 location"],
        "server {\n location /a {\n  root /x;\n }\n}",
    );
    assert_mended(
        "http\nserver { listen 80; } }",
        &["MissingBrace 1:1 http"],
        "http {\nserver { listen 80; } }",
    );
    assert_mended(
        "http { server\n location / root /x; } } }",
        &["MissingBrace 1:8 server", "MissingBrace 2:2 location"],
        "http { server {\n location / { root /x; } } }",
    );
    lawful("upstream a {\n server\n  b\n  backup;\n}");
}

#[test]
fn a_semicolon_missing_before_the_next_directive() {
    assert_mended(
        "location / {\n  proxy_pass http://x\n  proxy_read_timeout 5;\n}",
        &["MissingSemicolon 2:22 proxy_pass"],
        "location / {\n  proxy_pass http://x;\n  proxy_read_timeout 5;\n}",
    );
    assert_mended(
        "server {\n  root /srv # it\n  location / { }\n}",
        &["MissingSemicolon 2:12 root"],
        "server {\n  root /srv; # it\n  location / { }\n}",
    );
    assert_mended(
        "server {\n  server_name a b\n  root /x;\n}",
        &["RunOn 2:18 server_name"],
        "server {\n  server_name a b;\n  root /x;\n}",
    );
    assert_mended(
        "server {\n  listen 80\n  root /x\n  index a\n}",
        &["MissingSemicolon 2:12 listen", "MissingSemicolon 3:10 root", "MissingSemicolon 4:10 index"],
        "server {\n  listen 80;\n  root /x;\n  index a;\n}",
    );
    assert_mended(
        "worker_processes 1\nevents { }",
        &["MissingSemicolon 1:19 worker_processes"],
        "worker_processes 1;\nevents { }",
    );
}

#[test]
fn directives_over_many_lines_are_left_alone() {
    for text in [
        "server {\n listen 443\n  ssl http2;\n}",
        "server {\n server_name\n  index\n  root\n  www.example;\n}",
        "log_format main '$a'\n  '$b'\n  '$c';",
        "upstream u {\n server 127.0.0.1:1\n   weight=5\n   backup;\n}",
        "map $a $b {\n root\n  1;\n index\n  2;\n}",
        "types {\n text/x\n  index root\n  listen 80;\n}",
        "location / {\n add_header X\n  \"root\"\n always;\n}",
        "proxy_cache_path /x\n levels=1:2\n keys_zone=a:1m;",
        "location / {\n gzip_types text/plain\n   expires;\n}",
        "own_directive a\n  b c;",
    ] {
        lawful(text);
    }
}

#[test]
fn the_block_that_is_not_closed_is_found_by_its_indentation() {
    assert_mended(
        "http {\n    server {\n        location / {\n            root /x;\n\n        location /b {\n        }\n    }\n}\n",
        &["UnclosedBlock 3:9 location"],
        "http {\n    server {\n        location / {\n            root /x;\n        }\n\n        location /b {\n        }\n    }\n}\n",
    );
    assert_mended(
        "http {\n\tserver {\n\t\tlocation / {\n\t\t\troot /x;\n\t}\n}\n",
        &["UnclosedBlock 3:3 location"],
        "http {\n\tserver {\n\t\tlocation / {\n\t\t\troot /x;\n\t\t}\n\t}\n}\n",
    );
    assert_mended(
        "server {\r\n  a;\r\n}\r\nserver {\r\n  b;\r\n",
        &["UnclosedBlock 4:1 server"],
        "server {\r\n  a;\r\n}\r\nserver {\r\n  b;\r\n}\r\n",
    );
    assert_errors("http { server { a; }", &["UnclosedBlock 1:1 http"]);
    assert_errors("http {\nserver {\na;\n}\n", &["UnclosedBlock 1:1 http"]);
}

#[test]
fn a_brace_that_closes_nothing() {
    assert_errors("a { }\n}\nb;\n", &["StrayClose 2:1 }"]);
    assert_errors("server {\n    a {\n    }\n    }\n    b;\n}\n", &["StrayClose 4:5 }"]);
    assert_eq!(shape(&parse(b"s {\n    a {\n    }\n    }\n    b;\n}\n")), "s{a{}b;}");
}

#[test]
fn a_quote_that_is_not_closed_ends_with_its_line() {
    assert_mended(
        "add_header A \"b;\nroot /x;\n",
        &["UnclosedQuote 1:14 \""],
        "add_header A \"b\";\nroot /x;\n",
    );
    assert_mended(
        "add_header A \"b;\nadd_header C \"d\";\n",
        &["UnclosedQuote 1:14 \""],
        "add_header A \"b\";\nadd_header C \"d\";\n",
    );
    assert_mended(
        "if ($a ~ 'b) {\n  return 'c';\n}\n",
        &["UnclosedQuote 1:10 '"],
        "if ($a ~ 'b') {\n  return 'c';\n}\n",
    );
}

#[test]
fn text_behind_a_closing_quote() {
    assert_errors("return 200 'it's';", &["TextAfterQuote 1:16 s"]);
    assert_errors("a \"b\"c d\"e\" 'f'#g\n;", &["TextAfterQuote 1:6 c", "TextAfterQuote 1:16 #"]);
}

#[test]
fn statements_with_nothing_in_them() {
    assert_errors("a { };\n;", &["EmptyStatement 1:6 ;", "EmptyStatement 2:1 ;"]);
    assert_errors("{ a; }\nb;", &["EmptyStatement 1:1 {"]);
}

#[test]
fn marks_and_bytes_nginx_does_not_take() {
    assert_errors("\u{feff}events { }\n", &["ByteOrderMark 1:1 "]);
    let latin = parse(b"\xef\xbb\xbfevents { }\n# \xe9");
    assert_eq!((latin.errors[0].kind, shape(&latin)), (SyntaxKind::ByteOrderMark, "events{}".into()));
    assert_errors("events { }\n\0\0\0", &["NulByte 2:1 "]);
    lawful("# a\0b\nerror_log x\0y;\n");
}

#[test]
fn deep_nesting_is_cut_off() {
    let (depth, deep) = (100_000, |text: &str| parse(text.as_bytes()));
    for text in ["a{".repeat(depth), "a{\n".repeat(depth), "a {".repeat(depth) + &"}".repeat(depth)] {
        let tree = deep(&text);
        let too_deep = tree.errors.iter().filter(|error| error.kind == SyntaxKind::TooDeep);
        assert_eq!((too_deep.count(), tree.nodes.len()), (1, depth));
        assert!(tree.errors.len() <= 513, "{} errors", tree.errors.len());
    }
}

/// Text that makes a careless parser look back, ahead, or at every open block again and again.
#[test]
fn no_text_takes_more_than_linear_time() {
    let start = Instant::now();
    for text in [
        "{",
        "}\n",
        "\n }",
        "a{\n",
        "a \"",
        "\"a\n",
        "'a\n\"b\n",
        "\\\"",
        "a\nroot ",
        "a\nroot /x",
        "\"a;\nroot \" ",
        "--[[",
        "[=[",
        "\"",
        "#",
        "${",
        "a 'b'c",
        "s{\n a\n",
    ] {
        for before in ["", "http {\n", "init_by_lua_block {", "s {\n a 'b\n"] {
            // Quadratic, the slowest of them would take minutes.
            let tree =
                tree_check::parse(format!("{before}{}", text.repeat(20_000)).as_bytes(), Dialect::Nginx);
            assert!(
                start.elapsed() < Duration::from_secs(300),
                "{text:?} after {before:?}: {}",
                tree.errors.len()
            );
        }
    }
}

/// Whether real nginx takes `entries` for the body of `types`, where all that words can be is allowed.
fn nginx_takes(prefix: &Path, entries: &str) -> bool {
    let text = format!("events {{ }}\nhttp {{ types {{\n{entries}\n}} }}\n");
    std::fs::write(prefix.join("nginx.conf"), text).expect("writable");
    let mut nginx = Command::new("nginx");
    nginx.args(["-t", "-q", "-e", "/dev/null", "-c", "nginx.conf", "-g", "pid nginx.pid;", "-p"]).arg(prefix);
    nginx.output().expect("nginx starts").status.success()
}

#[test]
fn real_nginx_reads_words_as_the_parser_does() {
    if Command::new("nginx").arg("-v").output().is_err() {
        eprintln!("no nginx on this machine: this test has tested nothing");
        return;
    }
    let pieces = prop::sample::select(
        &[
            "a", "b", "\"", "'", "#", "\\", "$", "${", "${{", "a}", ")", " ", " ", "\n", "\t", "\r", ";",
            ";", "é", "\u{b}", "\u{a0}",
        ][..],
    );
    let texts = prop::collection::vec(pieces, 1..12);
    let prefix = tempfile::tempdir().expect("a directory");
    let mut runner = TestRunner::deterministic();
    let mut taken = 0;
    for _ in 0..400 {
        let entries = texts.new_tree(&mut runner).expect("a text").current().concat() + ";";
        let accepted = nginx_takes(prefix.path(), &entries);
        let tree = parse(format!("http {{ types {{\n{entries}\n}} }}\n").as_bytes());
        assert_eq!(tree.errors.is_empty(), accepted, "{entries:?}: {:?}", tree.errors);
        taken += u32::from(accepted);
    }
    assert!((40..360).contains(&taken), "{taken} of 400 texts tell nothing");
}

/// What real servers said about a file of the corpus.
#[derive(Default)]
struct Verdict {
    accepted: bool,
    lexical: Option<String>,
}

/// Contexts whose bodies are data: nginx takes any words there, and no block at all.
const DATA: [&str; 2] = ["types", "map"];

fn verdicts(oracle: &str) -> BTreeMap<&str, Verdict> {
    let mut verdicts: BTreeMap<&str, Verdict> = BTreeMap::new();
    for line in oracle.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let [path, "nginx", verdict, context, _, _, class, _, message] = fields[..] else { continue };
        let entry = verdicts.entry(path).or_default();
        entry.accepted |= verdict.starts_with("accept");
        // The rest are blocks that were tried in a place where they do not belong.
        let misplaced = DATA.contains(&context) && message.contains("unexpected \"{\"");
        if class == "lexical" && !misplaced && !message.contains("is not terminated by") {
            entry.lexical = Some(message.to_owned());
        }
    }
    verdicts
}

/// Accepted by a harness that put them into `types { }`, where two lines make one long entry. Each lacks
/// a `;` all the same.
const ACCEPTED_AS_DATA: [&str; 2] = [
    "md-fences/TrafeX__docker-php-nginx/docs/real-ip-behind-loadbalancer.md.fence0.conf",
    "md-fences/trimstray__nginx-admins-handbook/doc/RULES.md.fence30.conf",
];

#[test]
fn the_corpus_is_judged_as_real_nginx_judges_it() {
    let Some(corpus) = corpus::corpus() else { return };
    let oracle = std::fs::read_to_string(corpus.join("oracle.tsv")).expect("readable");
    let (mut accepted, mut rejected) = (0, 0);
    let (mut wrong, mut missed) = (Vec::new(), Vec::new());
    for (path, verdict) in verdicts(&oracle) {
        let tree = parse(&std::fs::read(corpus.join("files").join(path)).expect("readable"));
        if verdict.accepted {
            accepted += 1;
            // nginx starts with a directive that runs on into the next line.
            let refused = tree.errors.iter().any(|error| error.kind != SyntaxKind::RunOn);
            if refused && !ACCEPTED_AS_DATA.contains(&path) {
                wrong.push(format!("{path}: {:?}", tree.errors));
            }
        } else if let Some(message) = verdict.lexical {
            rejected += 1;
            if tree.errors.is_empty() {
                missed.push(format!("{path}: {message}"));
            }
        }
    }
    println!("{accepted} accepted, {} of them with errors", wrong.len());
    println!("{rejected} rejected for their syntax, {} missed", missed.len());
    assert!(accepted > 1000 && rejected > 40, "the corpus is not whole");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

/// Whether an accepted file has a directive with a count of arguments the table does not know.
#[test]
fn the_vocabulary_agrees_with_the_corpus() {
    let Some(corpus) = corpus::corpus() else { return };
    let oracle = std::fs::read_to_string(corpus.join("oracle.tsv")).expect("readable");
    let mut wrong = BTreeMap::new();
    for (path, verdict) in verdicts(&oracle) {
        let tree = parse(&std::fs::read(corpus.join("files").join(path)).expect("readable"));
        if !verdict.accepted || ACCEPTED_AS_DATA.contains(&path) {
            continue;
        }
        for node in tree.all().filter(|node| !in_data(*node)) {
            let meanings = vocabulary::nginx(node.name());
            let fits = |word: &NginxWord| {
                word.block == node.body().is_some() && word.args.accepts(node.words().len())
            };
            if !meanings.is_empty() && !meanings.iter().any(fits) {
                wrong.entry(node.name().to_owned()).or_insert_with(|| format!("{node:?} in {path}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn in_data(node: NodeRef) -> bool {
    const CODE: [&str; 9] =
        ["events", "http", "server", "location", "upstream", "if", "limit_except", "stream", "mail"];
    node.parent().is_some_and(|block| !CODE.contains(&block.name()))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_are_lost(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        parse(&bytes);
    }

    #[test]
    fn no_tokens_are_lost(tokens in prop::collection::vec(prop::sample::select(TOKENS), 0..40)) {
        parse(tokens.concat().as_bytes());
    }

    #[test]
    fn no_damage_is_too_much(cuts in prop::collection::vec((any::<prop::sample::Index>(), 0..30_usize), 1..5),
                             token in prop::sample::select(TOKENS)) {
        let mut text = SITE.as_bytes().to_vec();
        for (at, length) in cuts {
            let at = at.index(text.len());
            let end = (at + length).min(text.len());
            text.splice(at..end, token.bytes());
        }
        parse(&text);
    }
}

/// A file with a bit of everything.
const SITE: &str = r#"
# a site
user www;
http {
    log_format main '$remote_addr - "$request"'
                    ' $status';
    map $http_upgrade $connection { default upgrade; '' close; ~^x{1}} 2; }
    server {
        listen 443 ssl; # always
        server_name ${host} a.example
                    "b.example";
        if ($host ~ "^(a|b)$") { return 301 https://x$uri; }
        location ~ "^/x{1,2}\.php$" {
            content_by_lua_block {
                local t = { "}", '{', [==[ }} ]==] } -- }
                ngx.say("it\"s")
            }
        }
    }
}
"#;

const TOKENS: &[&str] = &[
    " ",
    "\n",
    "\n  ",
    "\r\n",
    "\t",
    ";",
    "{",
    "}",
    "\"",
    "'",
    "#",
    "\\",
    "$",
    "${",
    ")",
    "(",
    "a",
    "root",
    " /x",
    "location / {",
    "listen 80",
    "\nserver {",
    "content_by_lua_block {",
    "[[",
    "]]",
    "[=[",
    "--",
    "map $a $b {",
    "é",
    "\0",
    "\u{feff}",
    "server_name",
    " on",
];
