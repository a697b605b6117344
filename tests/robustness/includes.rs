//! Files that include each other: in circles, a thousand times, or not at all.

use std::path::{Path, PathBuf};

use gwlint::session::Outcome;
use gwlint::vfs::Disk;

use crate::inspect::{inspect, session};
use crate::texts::{APACHE, FPM, NGINX, NGINX_MAIN, machine};

const SNIPPET: &str = "/etc/nginx/snippet.conf";

fn run(files: &[(&str, String)]) -> Outcome {
    let files = files.iter().map(|(path, text)| (PathBuf::from(path), text.clone().into_bytes()));
    inspect(&session(Disk::memory(machine()).with(files))).expect("a run that ends")
}

fn found(outcome: &Outcome, rule: &str) -> usize {
    outcome.findings.iter().filter(|finding| finding.rule == rule).count()
}

fn times_read(outcome: &Outcome, path: &str) -> usize {
    outcome.workspace.files.iter().filter(|file| file.real == Path::new(path)).count()
}

#[test]
fn a_file_that_includes_itself_is_a_finding() {
    let outcome = run(&[(NGINX, "include sites-enabled/site;\n".to_owned())]);
    assert_eq!(found(&outcome, "include/cycle"), 1, "{:#?}", outcome.findings);
    let outcome = run(&[(APACHE, format!("Include {APACHE}\n"))]);
    assert_eq!(found(&outcome, "include/cycle"), 1, "{:#?}", outcome.findings);
    run(&[(FPM, format!("include = {FPM}\n"))]);
}

#[test]
fn a_circle_of_files_is_a_finding() {
    let outcome = run(&[(NGINX, format!("include {SNIPPET};\n")), (SNIPPET, format!("include {NGINX};\n"))]);
    assert_eq!(found(&outcome, "include/cycle"), 1, "{:#?}", outcome.findings);
}

#[test]
fn a_snippet_in_ten_places_is_read_once_and_reported_once() {
    let servers = format!("server {{ include {SNIPPET}; }}\n").repeat(10);
    let snippet =
        "proxy_buffers 1 4k;\nlocation / { fastcgi_pass unix:/run/php/gone.sock; }\n} # one too many\n";
    let outcome = run(&[(NGINX, servers), (SNIPPET, snippet.to_owned())]);
    assert_eq!(times_read(&outcome, SNIPPET), 1);
    let mut places: Vec<_> = outcome
        .findings
        .iter()
        .filter(|finding| outcome.sources.file_of(finding.span()).path == Path::new(SNIPPET))
        .map(|finding| (finding.rule, finding.span()))
        .collect();
    assert!(!places.is_empty());
    let all = places.len();
    places.dedup();
    assert_eq!(places.len(), all, "reported more than once: {places:?}");
}

#[test]
fn ten_thousand_includes_of_one_snippet() {
    let servers = format!("server {{ include {SNIPPET}; }}\n").repeat(10_000);
    let outcome = run(&[(NGINX, servers), (SNIPPET, "location / { return 204; }\n".to_owned())]);
    assert_eq!(times_read(&outcome, SNIPPET), 1);
}

#[test]
fn a_thousand_files_in_a_chain() {
    let names: Vec<String> = (0..1000).map(|number| format!("/etc/nginx/chain/{number}")).collect();
    let mut files = vec![(NGINX_MAIN, format!("http {{ include {}; }}\n", names[0]))];
    files.extend(
        names.iter().zip(&names[1..]).map(|(name, next)| (name.as_str(), format!("include {next};\n"))),
    );
    let outcome = run(&files);
    assert_eq!(times_read(&outcome, &names[998]), 1);
}

#[test]
fn files_that_include_the_next_twice() {
    for (main, directory, word, end) in
        [(NGINX, "/etc/nginx", "include", ";"), (APACHE, "/etc/apache2", "Include", "")]
    {
        let names: Vec<String> = (0..64).map(|number| format!("{directory}/twice/{number}")).collect();
        let include = |name: &str| format!("{word} {name}{end}\n").repeat(2);
        let mut files = vec![(main, include(&names[0]))];
        files.extend(names.iter().zip(&names[1..]).map(|(name, next)| (name.as_str(), include(next))));
        let outcome = run(&files);
        assert_eq!(times_read(&outcome, &names[40]), 1);
    }
}

#[test]
fn macros_that_use_themselves_or_double() {
    let twice = |number| format!("<Macro M{}>\nUse M{number}\nUse M{number}\n</Macro>\n", number + 1);
    let doubling: Vec<String> = (0..64).map(twice).collect();
    run(&[(APACHE, "<Macro M0>\nListen 1\n</Macro>\n".to_owned() + &doubling.concat() + "Use M64\n")]);
    run(&[(APACHE, "<Macro A>\nUse B\n</Macro>\n<Macro B>\nUse A\n</Macro>\nUse A\n".to_owned())]);
}

#[test]
fn definitions_that_double() {
    let twice = |number| format!("Define D{} \"${{D{number}}}${{D{number}}}\"\n", number + 1);
    let doubling: Vec<String> = (0..64).map(twice).collect();
    run(&[(APACHE, "Define D0 xx\n".to_owned() + &doubling.concat() + "ServerName ${D64}\n")]);
}
