//! A diff, given to the programs that will be given it.

use std::path::Path;

use proptest::prelude::*;

use crate::apply::{self, render};
use crate::patched;

/// Both programs make of `before` exactly `after`.
fn applies(files: &[(&str, &[u8], &[u8])]) {
    for program in [apply::PATCH, ("git", &["apply"])] {
        let files =
            files.iter().map(|&(name, before, after)| patched(Path::new("/").join(name), before, after));
        apply::applies(program, &files.collect::<Vec<_>>()).expect("it makes the same");
    }
}

#[test]
fn patch_and_git_apply_odd_bytes() {
    applies(&[
        ("etc/nginx/crlf.conf", b"a\r\nb\r\nc\r\n", b"a\r\nB\r\nc\r\n"),
        ("etc/nginx/latin1.conf", b"# caf\xe9\nb\n", b"# caf\xe9\nB \xe9\n"),
        ("etc/nginx/no-newline.conf", b"a\nb", b"a\nB"),
        ("etc/nginx/gains-newline.conf", b"a\nb", b"a\nb\nc\n"),
        ("etc/nginx/loses-newline.conf", b"a\nb\n", b"a"),
        ("etc/nginx/lone-cr.conf", b"a\rb\nc\r", b"a\rB\nc\r"),
        ("etc/nginx/was-empty.conf", b"", b"a\n"),
        ("etc/nginx/gets-empty.conf", b"a\n", b""),
        ("etc/nginx/no-newline-context.conf", b"a\nb\nc", b"A\nb\nc"),
    ]);
}

#[test]
fn patch_and_git_apply_odd_names() {
    applies(&[
        ("with blank/my site.conf", b"a\n", b"b\n"),
        ("quote\"d.conf", b"a\n", b"b\n"),
        ("back\\slash.conf", b"a\n", b"b\n"),
        ("caf\u{e9}.conf", b"a\n", b"b\n"),
        ("tab\there.conf", b"a\n", b"b\n"),
        ("blank \u{e9}nd more.conf", b"a\n", b"b\n"),
    ]);
}

#[test]
fn far_changes_are_hunks_of_their_own() {
    let lines: Vec<_> = (0..40).map(|line| format!("line {line}\n")).collect();
    let before = lines.concat();
    let after = before.replace("line 2\n", "").replace("line 30\n", "line 30\nmore\n");
    applies(&[("a.conf", before.as_bytes(), after.as_bytes())]);
    let text = String::from_utf8(render(&[patched("/x/a.conf", &before, &after)], Path::new("/x")));
    let text = text.expect("ASCII");
    assert!(
        text.starts_with("--- a/a.conf\n+++ b/a.conf\n@@ -1,6 +1,5 @@\n line 0\n line 1\n-line 2\n"),
        "{text}"
    );
    assert!(text.contains("@@ -29,6 +28,7 @@\n"), "{text}");
}

#[test]
fn a_path_above_the_working_directory_is_taken_from_the_root() {
    let header = |path: &str, cwd: &str| {
        let text = render(&[patched(path, "a\n", "b\n")], Path::new(cwd));
        String::from_utf8_lossy(&text).lines().next().unwrap_or_default().to_owned()
    };
    assert_eq!(header("/etc/nginx/nginx.conf", "/etc"), "--- a/nginx/nginx.conf");
    assert_eq!(header("/etc/nginx/nginx.conf", "/home/me"), "--- a/etc/nginx/nginx.conf");
    assert_eq!(header("/etc/nginx/nginx.conf", "/"), "--- a/etc/nginx/nginx.conf");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn patch_and_git_make_of_any_text_any_other(
        before in "([ab\r\u{e9}]{0,2}\r?\n){1,12}[ab]{0,2}",
        after in "([ab\r\u{e9}]{0,2}\r?\n){1,12}[ab]{0,2}",
    ) {
        prop_assume!(before != after);
        applies(&[("a.conf", before.as_bytes(), after.as_bytes())]);
    }
}
