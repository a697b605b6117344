//! Files no one writes by hand: very deep, very long.

use std::time::{Duration, Instant};

use gwlint::session::{Outcome, Session};
use gwlint::vfs::Disk;

use crate::inspect::{inspect, repair, session};
use crate::texts::{APACHE, CHANGED, FPM, NGINX, PHP, machine};

const DEEP: usize = 100_000;
const LONG: usize = 50_000_000;

/// Even a slow machine that does much else has done a linear job by then.
const LIMIT: Duration = Duration::from_secs(120);

/// The machine with another text in one file.
fn with(path: &str, text: impl Into<Vec<u8>>) -> Session {
    session(Disk::memory(machine()).with([(path.into(), text.into())]))
}

fn in_time<T>(what: &str, job: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = job();
    assert!(start.elapsed() < LIMIT, "{what} took {:?}", start.elapsed());
    result
}

fn count(outcome: &Outcome, rule: &str) -> usize {
    outcome.findings.iter().filter(|finding| finding.rule == rule).count()
}

#[test]
fn deep_nesting_is_said_once_and_survived() {
    let texts = [
        (NGINX, "a {".repeat(DEEP), 1),
        (NGINX, "a { ".repeat(DEEP) + &"}".repeat(DEEP), 1),
        (NGINX, "{".repeat(DEEP), 0),
        (NGINX, "}".repeat(DEEP), 0),
        (APACHE, "<If a>\n".repeat(DEEP), 1),
        (APACHE, "<If a>\n".repeat(DEEP) + &"</If>\n".repeat(DEEP), 1),
        (APACHE, "</If>\n".repeat(DEEP), 0),
        (PHP, "[".repeat(DEEP), 0),
        (PHP, "a = ".to_owned() + &"(".repeat(DEEP), 0),
        (FPM, "[a]\n".repeat(DEEP), 0),
    ];
    for (path, text, too_deep) in texts {
        let what = format!("{path}: {}", &text[..8]);
        let outcome = in_time(&what, || inspect(&with(path, text))).expect(&what);
        assert_eq!(count(&outcome, "syntax/too-deep"), too_deep, "{what}");
    }
}

#[test]
fn lines_of_many_megabytes_are_read() {
    for (path, text) in CHANGED {
        // What may be a fault each time is repeated less often.
        for (unit, length) in [
            ("x", if path == NGINX { LONG } else { LONG / 10 }),
            ("x ", LONG / 100),
            ("\"", LONG / 100),
            ("\\", LONG / 100),
            ("${", LONG / 100),
        ] {
            let what = format!("{path}: {unit:?}");
            let line = unit.repeat(length / unit.len());
            let outcome = in_time(&what, || with(path, line + "\n" + text).lint()).expect(&what);
            drop(outcome);
        }
    }
}

#[test]
fn many_statements_and_many_faults_take_linear_time() {
    let texts = [
        (NGINX, "server { listen 80; location / { proxy_pass http://x; } }\n", 2_000),
        (NGINX, "a b\n", 2_000),
        (APACHE, "<Location /a>\nProxyPass http://127.0.0.1:9/\n</Location>\n", 2_000),
        (FPM, "a\n", 2_000),
        (PHP, "a = (b\n", 2_000),
    ];
    for (path, text, times) in texts {
        in_time(text, || inspect(&with(path, text.repeat(times)))).expect(text);
    }
}

#[test]
fn the_machine_is_repaired() {
    repair(&session(Disk::memory(machine()))).expect("it settles");
}
