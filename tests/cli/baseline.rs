//! `gwlint baseline`: what is known is not shown, what is new is.

use super::Place;

const SLOW: &str = "    proxy_read_timeout 5x;\n";
const SHOP: &str = "etc/nginx/sites-enabled/shop";
const FILE: &str = "gwlint-baseline.toml";

/// A machine with a bad time in nginx.conf and two in a site.
fn machine() -> Place {
    let main = format!("events {{}}\nhttp {{\n{SLOW}    include sites-enabled/*;\n}}\n");
    let place = Place::new(&[("etc/nginx/nginx.conf", &main)]);
    place.write(SHOP, &site(2));
    place
}

fn site(times: usize) -> String {
    let locations: String = format!("location ~ a {{\n{SLOW}}}\n").repeat(times);
    format!("server {{\nlisten 80;\n{locations}}}\n")
}

/// What is shown, a line for each finding of a bad time.
fn shown(place: &Place, args: &[&str]) -> (i32, usize, String, String) {
    let ran = place.run(&[&["--format", "concise", "--select", "value"], args].concat());
    let lines = ran.out.lines().filter(|line| line.contains(" value/invalid-time ")).count();
    (ran.status, lines, ran.out, ran.err)
}

#[test]
fn what_is_known_is_not_shown_and_what_is_beyond_is() {
    let place = machine();
    assert_eq!(shown(&place, &[]).1, 3);
    let ran = place.run(&["baseline", "--select", "value"]);
    let said = "3 known problems in gwlint-baseline.toml.\n";
    assert_eq!((ran.status, ran.out.as_str(), ran.err.as_str()), (0, said, ""));
    assert_eq!(
        place.read(FILE),
        "# Findings that are known, as counts by file and rule. `gwlint baseline` writes this file anew.\n\n\
         [\"etc/nginx/nginx.conf\"]\n\"value/invalid-time\" = 1\n\n\
         [\"etc/nginx/sites-enabled/shop\"]\n\"value/invalid-time\" = 2\n"
    );
    let (status, lines, out, err) = shown(&place, &[]);
    assert_eq!((status, lines, err.as_str()), (0, 0, ""));
    assert_eq!(out, "No problems found in 2 files. 3 known problems in the baseline.\n");
    assert_eq!(shown(&place, &["--no-baseline"]).1, 3);
    place.write(SHOP, &site(3));
    let (status, lines, out, _) = shown(&place, &["etc/nginx"]);
    assert_eq!((status, lines), (1, 1), "{out}");
    assert!(out.starts_with("etc/nginx/sites-enabled/shop:10:"), "{out}");
}

#[test]
fn what_is_known_is_neither_repaired_nor_ignored() {
    let place = machine();
    place.run(&["baseline"]);
    let before = place.read(SHOP);
    for args in [["--fix", "--unsafe-fixes"], ["--add-ignores", "--hints"]] {
        assert_eq!(place.run(&[&args[..], &["--select", "value"]].concat()).status, 0);
        assert_eq!(place.read(SHOP), before);
    }
}

#[test]
fn what_is_known_and_gone_is_named_and_written_anew() {
    let place = machine();
    place.run(&["baseline", "--select", "value"]);
    place.write(SHOP, &site(0));
    let (status, _, _, err) = shown(&place, &[]);
    assert_eq!(status, 0);
    let place_of =
        format!("{FILE}:7: value/invalid-time has 2 known problems in {SHOP}, and none of them is left");
    assert!(err.starts_with("warning: ") && err.contains(&place_of), "{err}");
    assert_eq!(shown(&place, &["--ignore", "value"]).3, "", "a rule that did not run says nothing");
    assert_eq!(
        place.run(&["baseline", "--select", "value"]).out,
        "1 known problem in gwlint-baseline.toml.
"
    );
    assert!(!place.read(FILE).contains("shop"));
    assert_eq!(shown(&place, &[]).3, "");
    std::fs::remove_file(place.path().join("etc/nginx/nginx.conf")).expect("a file");
    place.write("etc/nginx/nginx.conf", "events {}\n");
    assert!(shown(&place, &[]).3.contains("value/invalid-time has 1 known problem in etc/nginx/nginx.conf"));
}

#[test]
fn it_stands_beside_gwlint_toml_and_is_found_upward() {
    let place = machine();
    place.write("etc/gwlint.toml", "fail-on = \"error\"\n");
    assert_eq!(place.run(&["baseline", "etc/nginx"]).status, 0);
    assert!(place.read("etc/gwlint-baseline.toml").contains("[\"nginx/sites-enabled/shop\"]"));
    assert_eq!(shown(&place, &["etc/nginx"]).1, 0);
    let elsewhere = Place::new(&[]);
    let path = place.path().to_str().expect("UTF-8");
    assert_eq!(elsewhere.run(&["baseline", path]).status, 0);
    assert!(elsewhere.read(FILE).contains("/etc/nginx/sites-enabled/shop\"]"), "elsewhere: in full");
    assert_eq!(shown(&elsewhere, &[path]).1, 0);
}

#[test]
fn a_broken_baseline_stops_the_run_with_a_place() {
    let place = machine();
    for (text, place_of, said) in [
        ("[\"a\"\n", ":1:", "this is not TOML"),
        ("a = 1\n", ":1:5]", "`a` is a table of rules"),
        ("[\"a\"]\n\"value/invalid-tim\" = 1\n", ":2:1]", "did you mean `value/invalid-time`?"),
        ("[\"a\"]\n\"value/invalid-time\" = 0\n", ":2:24]", "a whole number from 1 on"),
    ] {
        place.write(FILE, text);
        let ran = place.run(&[]);
        assert_eq!((ran.status, ran.out.as_str()), (2, ""));
        assert!(ran.err.contains(place_of) && ran.err.contains(said), "{}", ran.err);
    }
    assert_eq!(place.run(&["--no-baseline", "--select", "value"]).status, 1);
    assert_eq!(place.run(&["baseline"]).status, 0, "it is written anew");
}

#[test]
fn nothing_is_written_where_it_cannot_be() {
    let place = machine();
    std::fs::create_dir(place.path().join(FILE)).expect("a directory");
    let ran = place.run(&["baseline"]);
    assert_eq!((ran.status, ran.out.as_str()), (2, ""));
    assert!(ran.err.starts_with("error: gwlint-baseline.toml: "), "{}", ran.err);
    assert_eq!(std::fs::read_dir(place.path()).expect("a directory").count(), 2);
}
