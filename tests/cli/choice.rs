//! Which repairs are made: `--fix-only` and `--interactive`.

use std::io::Write;
use std::process::{Command, Stdio};

use super::Place;

const MAIN: &str = "events {}\nhttp {\n    client_max_body_size 64MB;\n    gzip yes;\n    sendfile yes;\n}\n";

fn place() -> Place {
    Place::new(&[("etc/nginx/nginx.conf", MAIN)])
}

fn text(place: &Place) -> String {
    place.read("etc/nginx/nginx.conf")
}

#[test]
fn only_what_the_named_rules_find_is_repaired() {
    let place = place();
    let ran = place.run(&["--fix", "--fix-only", "value/invalid-size"]);
    assert_eq!((ran.status, ran.err.as_str()), (1, ""));
    assert_eq!(text(&place), MAIN.replace("64MB", "64m"));
    assert!(ran.out.contains("`gzip`"), "what is not repaired is shown: {}", ran.out);
    assert_eq!(place.run(&["--fix", "--fix-only", "value"]).status, 0);
    let wrong = place.run(&["--diff", "--fix-only", "value/invalid-sizes"]);
    assert_eq!(wrong.status, 2);
    assert!(wrong.err.contains("did you mean `value/invalid-size`?"), "{}", wrong.err);
    assert_eq!(place.run(&["--fix-only", "value"]).status, 2, "alone it does nothing");
}

/// What is left when these answers are typed on a terminal, and what is shown there.
fn typed(answers: &str) -> (String, String) {
    let place = place();
    let gwlint = place.command(&["--fix", "--interactive", "etc"]);
    let mut words = vec![gwlint.get_program().to_string_lossy().into_owned()];
    words.extend(gwlint.get_args().map(|arg| arg.to_string_lossy().into_owned()));
    let mut command = Command::new("script");
    command.args(["-qec", &words.join(" "), "/dev/null"]).current_dir(place.path());
    command.env("GWLINT_STATE_DIR", env!("CARGO_TARGET_TMPDIR")).env("NO_COLOR", "1");
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("`script` of bsdutils makes a terminal");
    child.stdin.take().expect("piped").write_all(answers.as_bytes()).expect("it reads");
    let shown = child.wait_with_output().expect("it ends").stdout;
    (text(&place), String::from_utf8_lossy(&shown).into_owned())
}

#[test]
fn each_repair_is_shown_and_asked_about() {
    let (text, shown) = typed("n\ny\nn\n");
    assert_eq!(text, MAIN.replacen("yes", "on", 1), "{shown}");
    assert!(shown.contains("-    client_max_body_size 64MB;"), "{shown}");
    assert_eq!(shown.matches("Repair it?").count(), 3, "{shown}");
    assert!(shown.contains("Repaired 1 problem."), "{shown}");
}

#[test]
fn all_of_a_rule_are_one_answer_and_no_word_is_asked_again() {
    let (text, shown) = typed("what\nn\na\n");
    assert_eq!(text, MAIN.replace("yes", "on"), "{shown}");
    assert_eq!(shown.matches("Repair it?").count(), 3, "{shown}");
}

#[test]
fn quitting_keeps_what_was_chosen_before() {
    let (text, shown) = typed("y\nq\n");
    assert_eq!(text, MAIN.replace("64MB", "64m"), "{shown}");
}

#[test]
fn without_a_terminal_nobody_is_asked() {
    let place = place();
    let ran = place.run(&["--fix", "--interactive"]);
    assert_eq!(
        (ran.status, ran.err.as_str()),
        (2, "error: --interactive asks on a terminal, and this is none\n")
    );
    assert_eq!(text(&place), MAIN);
}
