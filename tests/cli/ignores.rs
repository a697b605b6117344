//! Ignore comments that silence nothing.

use super::Place;

const MAIN: &str = "events {}\nhttp {\n    proxy_read_timeout 60;\n}\n";

fn machine(text: &str) -> Place {
    Place::new(&[("etc/nginx/nginx.conf", text)])
}

/// `MAIN` with a line above the timeout, and one behind it.
fn commented(above: &str, behind: &str) -> String {
    MAIN.replace("    proxy_read_timeout 60;", &format!("{above}    proxy_read_timeout 60;{behind}"))
}

#[test]
fn a_comment_that_silences_nothing_is_a_hint_and_goes() {
    for text in [
        commented("    # gwlint: ignore[timeout] slow\n", ""),
        commented("", "  # gwlint: ignore[timeout, upstream/unused] slow"),
        format!("# gwlint: ignore-file[timeout]\n{MAIN}"),
        format!("{MAIN}# gwlint: ignore[timeout]\n"),
    ] {
        let place = machine(&text);
        let ran = place.run(&["--hints", "--format", "concise"]);
        assert!(ran.out.contains("hint suppress/unused-ignore "), "{}", ran.out);
        assert_eq!(place.run(&[]).status, 0);
        let ran = place.run(&["--hints", "--fix"]);
        assert!(ran.out.contains("suppress/unused-ignore: take the comment away"), "{}", ran.out);
        assert_eq!(place.read("etc/nginx/nginx.conf"), MAIN);
    }
}

#[test]
fn line_ends_stay_as_they_were() {
    let crlf = |text: &str| text.replace('\n', "\r\n");
    let place = machine(&crlf(&commented("    # gwlint: ignore[timeout]\n", "")));
    place.run(&["--hints", "--fix"]);
    assert_eq!(place.read("etc/nginx/nginx.conf"), crlf(MAIN));
    let open_end = format!("{}\n# gwlint: ignore[timeout]", MAIN.trim_end()).replace('\n', "\r\n");
    place.write("etc/nginx/nginx.conf", &open_end);
    place.run(&["--hints", "--fix"]);
    assert_eq!(place.read("etc/nginx/nginx.conf"), crlf(MAIN.trim_end()));
    place.write("etc/nginx/nginx.conf", &format!("\u{feff}# gwlint: ignore[timeout]\n{MAIN}"));
    place.run(&["--hints", "--fix", "--ignore", "syntax"]);
    assert_eq!(place.read("etc/nginx/nginx.conf"), format!("\u{feff}{MAIN}"));
}

#[test]
fn a_comment_about_a_rule_that_did_not_run_is_left_alone() {
    let place = machine(&commented("    # gwlint: ignore[timeout] slow\n", ""));
    for args in [["--select", "suppress"], ["--ignore", "timeout/suffix-ignored"], ["--ignore", "suppress"]] {
        let ran = place.run(&[&["--hints", "--format", "concise"], &args[..]].concat());
        assert!(!ran.out.contains("unused-ignore"), "{args:?}: {}", ran.out);
    }
}

#[test]
fn in_a_piece_of_a_machine_a_comment_is_not_taken_away_by_fix_alone() {
    let place = Place::new(&[("site.conf", "# gwlint: ignore[timeout]\nserver {\n    listen 80;\n}\n")]);
    let ran = place.run(&["--hints", "--fix", "--dialect", "nginx", "site.conf"]);
    assert!(ran.out.contains("suppress/unused-ignore"), "{}", ran.out);
    assert!(place.read("site.conf").starts_with("# gwlint"));
    place.run(&["--hints", "--fix", "--unsafe-fixes", "--dialect", "nginx", "site.conf"]);
    assert!(place.read("site.conf").starts_with("server"));
}
