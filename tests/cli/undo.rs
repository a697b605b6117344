//! `gwlint undo`.

use super::Place;

const MAIN: &str = "events {}\nhttp {\n    client_max_body_size 64MB;\n}\n";

#[test]
fn the_last_repair_is_taken_back_once() {
    let place = Place::new(&[("etc/nginx/nginx.conf", MAIN)]);
    let state = place.path().join("state");
    let run = |args: &[&str]| super::finish(place.command(args).env("GWLINT_STATE_DIR", &state));
    let nothing = run(&["undo"]);
    assert_eq!((nothing.status, nothing.err.as_str()), (2, "error: there is no repair to undo\n"));
    let fixed = run(&["--fix", "etc"]);
    assert!(fixed.out.ends_with("Take it back with `gwlint undo`.\n"), "{}", fixed.out);
    let undone = run(&["undo"]);
    assert_eq!((undone.status, undone.err.as_str()), (0, ""));
    assert!(undone.out.ends_with("/etc/nginx/nginx.conf\n"), "{}", undone.out);
    assert_eq!(place.read("etc/nginx/nginx.conf"), MAIN);
    assert_eq!(run(&["undo"]).status, 2);
}

#[test]
fn what_was_changed_since_is_kept() {
    let place = Place::new(&[("etc/nginx/nginx.conf", MAIN)]);
    let state = place.path().join("state");
    let run = |args: &[&str]| super::finish(place.command(args).env("GWLINT_STATE_DIR", &state));
    assert_eq!(run(&["--fix", "etc"]).status, 0);
    place.write("etc/nginx/nginx.conf", "events {}\n");
    let undone = run(&["undo"]);
    assert_eq!((undone.status, undone.out.as_str()), (2, ""));
    assert!(undone.err.contains("it was changed after gwlint"), "{}", undone.err);
    assert_eq!(place.read("etc/nginx/nginx.conf"), "events {}\n");
}
