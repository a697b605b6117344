//! What the reports look like.

use std::path::Path;
use std::time::{Duration, Instant};

use super::*;
use crate::diagnostic::{Edit, Fix};
use crate::source::Span;

const PLAIN: Terminal = Terminal { width: 100, color: false };

const SITE: &str =
    "server {\n    location ~ \\.php$ {\n        fastcgi_pass unix:/run/php/php8.1-fpm.sock;\n    }\n}\n";
const POOL: &str = "[www]\nuser = www-data\n\nlisten = /run/php/php8.2-fpm.sock\n";

fn sources(files: &[(&str, &[u8])]) -> SourceMap {
    let mut sources = SourceMap::default();
    for (path, bytes) in files {
        sources.add(Path::new(path), bytes.to_vec()).expect("small");
    }
    sources
}

fn shop() -> SourceMap {
    sources(&[
        ("etc/nginx/sites-enabled/shop", SITE.as_bytes()),
        ("etc/php/8.2/fpm/pool.d/www.conf", POOL.as_bytes()),
    ])
}

/// The span of `text` in the first file that holds it.
fn find(sources: &SourceMap, text: &str) -> Span {
    let found = sources.files().find_map(|(_, file)| {
        let at = file.base + file.text.find(text)? as u32;
        Some(Span::new(at, at + text.len() as u32))
    });
    found.expect("it is there")
}

/// A finding over both files of [`shop`].
fn mismatch(sources: &SourceMap) -> Diagnostic {
    let called = find(sources, "unix:/run/php/php8.1-fpm.sock");
    let listened = find(sources, "/run/php/php8.2-fpm.sock");
    let fix = Fix::safe("call www's socket", vec![Edit::replace(called, "unix:/run/php/php8.2-fpm.sock")]);
    let finding =
        Diagnostic::new(called, "nothing listens on /run/php/php8.1-fpm.sock", "nginx connects here")
            .label(listened, "the only pool listens here")
            .note(
                "visitors get 502 Bad Gateway, and nginx logs: connect() to unix:/run/php/php8.1-fpm.sock \
             failed (2: No such file or directory)",
            )
            .help("call the socket of the pool that is there")
            .fix(fix);
    Diagnostic { rule: "target/socket-without-listener", ..finding }
}

fn report<'a>(sources: &'a SourceMap, findings: &'a [Diagnostic]) -> Report<'a> {
    Report {
        sources,
        findings: findings.iter().collect(),
        hidden: 0,
        known: 0,
        files: 2,
        unreadable: &[],
        repaired: None,
    }
}

fn print(report: &Report<'_>, format: Format, terminal: Terminal) -> String {
    let mut out = Vec::new();
    report.print(format, terminal, &mut out).expect("a Vec takes everything");
    String::from_utf8(out).expect("UTF-8")
}

#[test]
fn a_finding_over_two_files_shows_both() {
    let sources = shop();
    let findings = [mismatch(&sources)];
    let shown = print(&report(&sources, &findings), Format::Full, PLAIN);
    assert_eq!(
        shown,
        r"error[target/socket-without-listener]: nothing listens on /run/php/php8.1-fpm.sock
   ╭─[etc/nginx/sites-enabled/shop:3:22]
 2 │     location ~ \.php$ {
 3 │         fastcgi_pass unix:/run/php/php8.1-fpm.sock;
   ·                      ──────────────┬──────────────
   ·                                    ╰── nginx connects here
 4 │     }
   ╰────
   ╭─[etc/php/8.2/fpm/pool.d/www.conf:4:10]
 4 │ listen = /run/php/php8.2-fpm.sock
   ·          ────────────┬───────────
   ·                      ╰── the only pool listens here
   ╰────
  note: visitors get 502 Bad Gateway, and nginx logs: connect() to unix:/run/php/php8.1-fpm.sock
        failed (2: No such file or directory)
  help: call the socket of the pool that is there
   fix: call www's socket (--fix)

"
    );
}

#[test]
fn frames_of_files_with_longer_line_numbers_are_aligned() {
    let long = format!("{}listen = 9000\n", "; comment\n".repeat(120));
    let sources = sources(&[("site", b"fastcgi_pass :9001;\n"), ("pool", long.as_bytes())]);
    let finding =
        Diagnostic::new(find(&sources, ":9001"), "m", "called").label(find(&sources, "9000"), "listening");
    let shown = print(&report(&sources, &[finding]), Format::Full, PLAIN);
    let bars: Vec<_> = shown.lines().filter(|line| line.contains('│')).collect();
    assert!(bars.iter().all(|line| line.chars().position(|c| c == '│') == Some(5)), "{shown}");
}

#[test]
fn colours_are_there_when_wanted() {
    let sources = shop();
    let findings = [mismatch(&sources)];
    let report = report(&sources, &findings);
    for format in [Format::Full, Format::Concise] {
        assert!(!print(&report, format, PLAIN).contains('\x1b'));
        let colored = print(&report, format, Terminal { color: true, ..PLAIN });
        assert!(colored.contains("\x1b[31m"), "{colored}");
        assert_eq!(anstream::adapter::strip_str(&colored).to_string(), print(&report, format, PLAIN));
    }
}

#[test]
fn text_that_would_act_on_the_terminal_is_shown_instead() {
    let sources = sources(&[("evil\x1b[2J\nname", b"a \x1b]0;title\x07;\n")]);
    let span = find(&sources, "a \x1b");
    let finding = Diagnostic::new(span, "what is \x1b[31m", "this \x1b[0m").note("\x1b").help("\x07");
    let findings = [finding];
    for format in [Format::Full, Format::Concise, Format::Json] {
        let shown = print(&report(&sources, &findings), format, PLAIN);
        assert!(!shown.contains(['\x1b', '\x07']), "{shown}");
    }
    assert_eq!(print(&report(&sources, &findings), Format::Concise, PLAIN).lines().count(), 1);
}

#[test]
fn no_text_and_no_place_in_it_is_too_odd_to_be_shown() {
    let long = "x".repeat(3000);
    let texts: [&[u8]; 10] = [
        b"",
        b"\n",
        b"\r\n",
        b"\r",
        b"\xef\xbb\xbfa",
        b"\xff\xfe\0a\n",
        "\t\t漢字\t🙂 e\u{301}\n".as_bytes(),
        b"a\nb\r\nc",
        b"a\n\n\n\n\n\n\n\nb",
        long.as_bytes(),
    ];
    for text in texts {
        let sources = sources(&[("before", b"x"), ("f", text), ("after", b"")]);
        let file = sources.file(crate::source::FileId(1));
        let places: Vec<u32> = (file.span().lo..=file.span().hi).collect();
        let step = places.len() / 40 + 1;
        for &lo in places.iter().step_by(step) {
            for &hi in places.iter().step_by(step).filter(|&&hi| hi >= lo) {
                let finding = Diagnostic::new(Span::new(lo, hi), "m", "first").label(Span::at(hi), "second");
                for width in [0, 20, 80] {
                    let terminal = Terminal { width, color: false };
                    let shown =
                        print(&report(&sources, std::slice::from_ref(&finding)), Format::Full, terminal);
                    assert!(shown.contains("first") && shown.contains("second"), "{shown}");
                }
            }
        }
    }
}

#[test]
fn five_thousand_findings_are_printed_at_once() {
    let text = format!("{}{}", SITE.repeat(5000), "y".repeat(100_000));
    let sources = sources(&[("site", text.as_bytes()), ("pool", POOL.as_bytes())]);
    let listen = find(&sources, "/run/php/php8.2-fpm.sock");
    let findings: Vec<_> = text
        .match_indices("unix:")
        .map(|(at, _)| {
            let finding = Diagnostic::new(Span::new(at as u32, at as u32 + 5), "message", "label");
            finding.label(listen, "other").note("note").help("help")
        })
        .collect();
    assert_eq!(findings.len(), 5000);
    let start = Instant::now();
    let shown = print(&report(&sources, &findings), Format::Full, PLAIN);
    // Without optimisation, on a busy machine; a release build takes a tenth of a second.
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    assert!(shown.lines().count() > 5000 * 10);
}

#[test]
fn concise_is_a_line_for_each_finding() {
    let sources = shop();
    let findings = [mismatch(&sources)];
    assert_eq!(
        print(&report(&sources, &findings), Format::Concise, PLAIN),
        "etc/nginx/sites-enabled/shop:3:22: error target/socket-without-listener nothing listens on \
         /run/php/php8.1-fpm.sock\n"
    );
}

#[test]
fn json_has_everything() {
    let sources = sources(&[("a", b"\xe9\xe9 = \"x\"\n"), ("b", b"y\n")]);
    let span = find(&sources, "\"x\"");
    let finding = Diagnostic::new(span, "m", "here")
        .label(find(&sources, "y"), "there")
        .help("h")
        .fix(Fix::risky("t", vec![Edit::replace(span, "\"z\"")]));
    let findings = [Diagnostic { rule: "f/r", ..finding }];
    let unreadable = [(PathBuf::from("c"), "permission denied".to_owned())];
    let report = Report { unreadable: &unreadable, ..report(&sources, &findings) };
    let shown: serde_json::Value =
        serde_json::from_str(&print(&report, Format::Json, PLAIN)).expect("it is JSON");
    let at = |file: &str, line: u32, column: u32, end_column: u32| {
        serde_json::json!({
            "file": file, "line": line, "column": column, "end_line": line, "end_column": end_column
        })
    };
    let with = |mut object: serde_json::Value, more: serde_json::Value| {
        if let (Some(object), serde_json::Value::Object(more)) = (object.as_object_mut(), more) {
            object.extend(more);
        }
        object
    };
    let edit = serde_json::json!({ "start_byte": 5, "end_byte": 8, "text": "\"z\"" });
    let finding = serde_json::json!({
        "rule": "f/r", "severity": "error", "message": "m", "note": null, "help": "h",
        "labels": [
            with(at("a", 1, 6, 9), serde_json::json!({ "text": "here", "primary": true })),
            with(at("b", 1, 1, 2), serde_json::json!({ "text": "there", "primary": false })),
        ],
        "fix": { "title": "t", "applicability": "unsafe", "edits": [with(at("a", 1, 6, 9), edit)] },
    });
    let unreadable = serde_json::json!({
        "rule": "input/unreadable", "severity": "error", "message": "permission denied", "note": null, "help": null,
        "labels": [], "fix": null,
    });
    let expected = serde_json::json!([with(at("c", 1, 1, 1), unreadable), with(at("a", 1, 6, 9), finding)]);
    assert_eq!(shown, expected);
}

/// The closing line of a report with findings of these severities and fixes.
fn closing(findings: &[(Severity, Option<Applicability>)], change: impl Fn(Report<'_>) -> String) -> String {
    let sources = shop();
    let make = |&(severity, by): &(Severity, Option<Applicability>)| {
        let fix = by.map(|applicability| Fix { title: String::new(), edits: Vec::new(), applicability });
        Diagnostic { severity, ..Diagnostic::new(Span::at(0), "", "") }.fix(fix)
    };
    let findings: Vec<_> = findings.iter().map(make).collect();
    change(report(&sources, &findings))
}

#[test]
fn the_closing_line_counts() {
    use Applicability::{Display, Safe, Unsafe};
    use Severity::{Error, Hint, Warning};
    let plain = |findings: &[_]| closing(findings, |report| summary::summary(&report));
    assert_eq!(plain(&[]), "No problems found in 2 files.");
    assert_eq!(plain(&[(Hint, None)]), "Found 1 problem (1 hint) in 2 files.");
    assert_eq!(
        plain(&[(Error, Some(Safe)), (Error, Some(Unsafe)), (Warning, Some(Safe)), (Hint, Some(Display))]),
        "Found 4 problems (2 errors, 1 warning, 1 hint) in 2 files; 2 can be repaired with --fix, 1 more \
         with --unsafe-fixes."
    );
    assert_eq!(
        plain(&[(Error, Some(Unsafe))]),
        "Found 1 problem (1 error) in 2 files; 1 can be repaired with --fix --unsafe-fixes."
    );
}

#[test]
fn the_closing_line_does_not_call_clean_what_was_not_read() {
    let unreadable = [(PathBuf::from("c"), String::new())];
    let found = |findings: &[_]| {
        closing(findings, |report| summary::summary(&Report { hidden: 3, unreadable: &unreadable, ..report }))
    };
    assert_eq!(found(&[]), "1 file could not be read; nothing found in 2 files. 3 hints hidden (--hints).");
    assert_eq!(
        found(&[(Severity::Error, None)]),
        "Found 1 problem (1 error) in 2 files; 1 file could not be read. 3 hints hidden (--hints)."
    );
}

#[test]
fn the_closing_line_after_repairs_promises_no_more_of_them() {
    let place = crate::source::Place { line: 3, column: 1 };
    let fixes = [Applied { rule: "f/r", title: "do it".into(), path: "a".into(), place }];
    let reload = ["nginx -s reload".to_owned()];
    let found = |findings: &[_]| {
        closing(findings, |report| {
            let repaired = Some(Repaired {
                done: Done::Repaired,
                fixes: &fixes,
                allowed: Applicability::Safe,
                reload: &reload,
            });
            let mut out = Vec::new();
            Report { repaired, ..report }.print_closing(PLAIN, &mut out).expect("a Vec");
            String::from_utf8(out).expect("UTF-8")
        })
    };
    assert_eq!(
        found(&[]),
        "repaired a:3:1: f/r: do it\nRepaired 1 problem. No problems are left in 2 files.\n\
         Reload with `nginx -s reload`.\nTake it back with `gwlint undo`.\n"
    );
    let left = [(Severity::Error, Some(Applicability::Safe)), (Severity::Error, Some(Applicability::Unsafe))];
    assert!(found(&left).contains(
        "Repaired 1 problem. Found 2 problems (2 errors) in 2 files; 1 can be repaired with --fix \
             --unsafe-fixes.\n"
    ));
}
