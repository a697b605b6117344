//! The two streams: what is written where, in which colours, and what happens when nobody reads.

use std::fs::File;
use std::process::Stdio;

use super::{Place, finish};

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).expect("one JSON document")
}

#[test]
fn quiet_says_nothing_about_nothing() {
    let ran = Place::healthy().run(&["--quiet"]);
    assert_eq!((ran.status, ran.out.as_str(), ran.err.as_str()), (0, "", ""));
}

#[test]
fn json_is_a_document_and_nothing_else() {
    let ran = Place::healthy().run(&["--format", "json"]);
    assert_eq!((ran.status, json(&ran.out)), (0, serde_json::json!([])));
}

#[test]
fn json_is_a_document_also_when_there_is_nothing_to_lint() {
    let ran = Place::healthy().run(&["--format=json", "nowhere"]);
    assert_eq!(ran.status, 2);
    let unreadable = &json(&ran.out)[0];
    assert_eq!(unreadable["rule"], "input/unreadable");
    assert!(unreadable["file"].as_str().is_some_and(|path| path.ends_with("nowhere")));
    assert_eq!(unreadable["message"], "no such file or directory");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let place = Place::healthy();
    for args in [&["--format", "json"][..], &["rules"], &["--help"], &["."]] {
        let mut child =
            place.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("gwlint starts");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("gwlint ends");
        assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]), "{args:?}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_report_that_cannot_be_written_is_an_error() {
    let full = File::options().write(true).open("/dev/full").expect("Linux has it");
    let child = Place::healthy();
    let mut command = child.command(&["."]);
    let child = command.stdout(full).stderr(Stdio::piped()).spawn().expect("gwlint starts");
    let output = child.wait_with_output().expect("gwlint ends");
    assert_eq!(output.status.code(), Some(2));
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(err.starts_with("error: the report could not be written: "), "{err}");
}

#[test]
fn colours_are_used_when_asked_for_only() {
    let place = Place::healthy();
    let with = |args: &[&str], environment: &[(&str, &str)]| {
        finish(place.command(args).envs(environment.iter().copied())).err.contains('\x1b')
    };
    assert!(!with(&["nowhere"], &[]));
    assert!(with(&["nowhere", "--color", "always"], &[("NO_COLOR", "1")]));
    assert!(with(&["nowhere"], &[("CLICOLOR_FORCE", "1")]));
    assert!(!with(&["nowhere"], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(!with(&["nowhere", "--color", "never"], &[("CLICOLOR_FORCE", "1")]));
}
