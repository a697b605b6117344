//! `cargo bench --bench vocabulary`: what knowing every word costs a run.
//!
//! The tables are read when the first word is asked for, once in a process. So this program starts
//! itself again and again, asks for one word of each table, and takes the shortest time; beside it
//! stands the shortest run of gwlint on a tree of a few lines. `docs/benchmarks.md` says how to read it.

#![allow(clippy::expect_used, clippy::panic, reason = "a measurement that cannot be made has failed")]

use std::env;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use gwlint::vocabulary;
use tempfile::TempDir;

/// Only disturbance makes a turn longer, so the shortest counts.
const TURNS: usize = 30;

/// What the vocabulary may cost a run.
const LIMIT: Duration = Duration::from_millis(1);

/// The argument by which this program asks itself for one measurement.
const ONE: &str = "--one";

/// A small tree: all four languages.
const FILES: [(&str, &str); 4] = [
    ("etc/nginx/nginx.conf", "events {}\nhttp { server { listen 127.0.0.1:20000; return 204; } }\n"),
    ("etc/apache2/apache2.conf", "Timeout 60\n"),
    (
        "etc/php/8.2/fpm/php-fpm.conf",
        "[www]\nlisten = 29000\nuser = www-data\npm = static\npm.max_children = 1\n",
    ),
    ("etc/php/8.2/fpm/php.ini", "memory_limit = 128M\n"),
];

fn main() {
    if env::args().any(|argument| argument == ONE) {
        println!("{}", first_words().as_nanos());
        return;
    }
    // `cargo test --all-targets` runs this, too, without optimisation, and wants to know only that it runs.
    let measures = env::args().any(|argument| argument == "--bench");
    let turns = if measures { TURNS } else { 1 };
    let words = shortest(turns, in_a_new_process);
    let tree = tree();
    let run = shortest(turns, || gwlint(tree.path()));
    let share = 100.0 * words.as_secs_f64() / run.as_secs_f64();
    println!("the first word of each table: {share:.1} % of a run on four files of a few lines");
    assert!(!measures || words < LIMIT, "reading the tables took {words:?}, and may take {LIMIT:?}");
}

/// Asks for a word of each table for the first time.
fn first_words() -> Duration {
    let start = Instant::now();
    black_box(vocabulary::nginx(black_box("fastcgi_read_timeout")));
    black_box(vocabulary::nginx_variable(black_box("request_uri"), vocabulary::Domain::Http));
    black_box(vocabulary::signatures(black_box("listen"), vocabulary::Contexts::ALL).count());
    black_box(vocabulary::nginx_spans(black_box("http2")).count());
    black_box(vocabulary::apache(black_box("ProxyPass"), false));
    black_box(vocabulary::apache_module(black_box("proxy_fcgi_module")));
    black_box(vocabulary::php_span(black_box("track_errors")));
    black_box(vocabulary::php_word(black_box("memory_limit")));
    black_box(vocabulary::fpm_word(black_box("pm.max_children"), false));
    start.elapsed()
}

fn in_a_new_process() -> Duration {
    let this = env::current_exe().expect("a program has a path");
    let output = Command::new(this).arg(ONE).output().expect("it can be started");
    let nanos = String::from_utf8_lossy(&output.stdout).trim().parse().expect("it prints a number");
    Duration::from_nanos(nanos)
}

fn gwlint(tree: &Path) -> Duration {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gwlint"));
    command.arg(tree.join("etc"));
    let start = Instant::now();
    command.output().expect("gwlint can be started");
    start.elapsed()
}

fn shortest(turns: usize, mut turn: impl FnMut() -> Duration) -> Duration {
    (0..turns).map(|_| turn()).min().unwrap_or_default()
}

fn tree() -> TempDir {
    let tree = TempDir::new().expect("there is room for a directory");
    for (path, text) in FILES {
        let path = tree.path().join(path);
        fs::create_dir_all(path.parent().expect("it is below the tree")).expect("there is room for it");
        fs::write(path, text).expect("there is room for it");
    }
    tree
}
