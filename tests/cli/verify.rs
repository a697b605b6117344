//! `--fix --verify`, with programs in the place of servers that say what a test needs.

use super::Place;

const MAIN: &str = "events {}\nhttp {\n    client_max_body_size 64MB;\n}\n";

/// A tree with a size nginx does not read, and a judge of it.
fn place(judge: &str) -> Place {
    let place = Place::new(&[("etc/nginx/nginx.conf", MAIN)]);
    place.write("gwlint.toml", &format!("[verify]\nnginx = {judge}\n"));
    place
}

#[test]
fn what_the_server_takes_stays() {
    let place = place(r#"["grep", "-q", "http", "{root}/etc/nginx/nginx.conf"]"#);
    let ran = place.run(&["--fix", "--verify"]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    assert_eq!(place.read("etc/nginx/nginx.conf"), MAIN.replace("64MB", "64m"));
}

#[test]
fn what_it_refuses_is_taken_back() {
    let place = place(r#"["grep", "64MB", "{root}/etc/nginx/nginx.conf"]"#);
    let ran = place.run(&["--fix", "--verify"]);
    assert_eq!(ran.status, 2);
    let said = "error: nginx refuses the repaired files; all have their old text again. `grep 64MB ";
    assert!(ran.err.starts_with(said), "{}", ran.err);
    assert_eq!(place.read("etc/nginx/nginx.conf"), MAIN);
}

#[test]
fn what_it_refused_before_stays_and_is_said() {
    let place = place(r#"["sh", "-c", "echo no such user; exit 1"]"#);
    let ran = place.run(&["--fix", "--verify"]);
    assert_eq!(ran.status, 0);
    assert!(ran.err.starts_with("warning: nginx refused the files before, and still does."), "{}", ran.err);
    assert!(ran.err.ends_with("says:\nno such user\n"), "{}", ran.err);
    assert_eq!(place.read("etc/nginx/nginx.conf"), MAIN.replace("64MB", "64m"));
}

#[test]
fn nothing_is_written_when_nobody_can_be_asked() {
    for (config, said) in [
        ("[verify]\nnginx = [\"./no-such-program\"]\n", "`./no-such-program` could not be started: "),
        ("", "these files are below a root of their own, and the nginx of this machine does not read them; "),
    ] {
        let place = Place::new(&[("etc/nginx/nginx.conf", MAIN), ("gwlint.toml", config)]);
        let ran = place.run(&["--fix", "--verify"]);
        assert_eq!(ran.status, 2, "{}", ran.err);
        assert!(ran.err.contains(said) && ran.err.contains("nothing was written"), "{}", ran.err);
        assert_eq!(place.read("etc/nginx/nginx.conf"), MAIN);
    }
}

#[test]
fn no_server_is_asked_about_files_that_stay_as_they_are() {
    let place = Place::healthy();
    place.write("gwlint.toml", "[verify]\nnginx = [\"./no-such-program\"]\n");
    let ran = place.run(&["--fix", "--verify"]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
}

#[test]
fn a_wrong_command_is_shown_where_it_is() {
    for (line, said) in [
        ("nginx = []", "`nginx` is a program and its arguments"),
        ("nginx = \"nginx -t\"", "`nginx` is a program and its arguments"),
        ("ngnix = [\"nginx\"]", "did you mean `nginx`?"),
    ] {
        let place = place("[\"true\"]");
        place.write("gwlint.toml", &format!("[verify]\n{line}\n"));
        let ran = place.run(&[]);
        assert_eq!(ran.status, 2);
        let flat = ran.err.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(said), "{}", ran.err);
    }
}
