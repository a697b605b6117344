//! Arguments: which are taken, which are refused, and in what words.

use super::{Place, Ran};

fn refused(args: &[&str]) -> String {
    let Ran { status, out, err } = Place::healthy().run(args);
    assert_eq!((status, out.as_str()), (2, ""), "{args:?}: {err}");
    err
}

#[test]
fn help_and_version_are_no_failure() {
    let place = Place::new(&[]);
    for args in [["--help"], ["-h"], ["--version"]] {
        let ran = place.run(&args);
        assert_eq!((ran.status, ran.err.as_str()), (0, ""));
        assert!(ran.out.lines().all(|line| line.chars().count() <= 100), "{}", ran.out);
    }
}

#[test]
fn a_misspelt_option_is_answered_with_the_right_one() {
    assert!(refused(&["--formt", "json"]).contains("'--format'"));
    assert!(refused(&["--format", "jsn"]).contains("'json'"));
    assert!(refused(&["--fail-on", "warn"]).contains("'warning'"));
    assert!(refused(&["--dialect", "ngnix"]).contains("'nginx'"));
    assert!(refused(&["--target", "ngnix=1.22"]).contains("did you mean `nginx`?"));
    assert!(refused(&["--context", "http,sever"]).contains("did you mean `server`?"));
}

#[test]
fn options_that_do_not_go_together_are_refused() {
    assert!(refused(&["--unsafe-fixes"]).contains("--fix"));
    assert!(refused(&["--config", "a", "--no-config"]).contains("cannot be used with"));
    assert!(refused(&["--diff", "--format", "json"]).contains("cannot be used with"));
}

#[test]
fn options_that_go_together_are_taken() {
    for args in [["--fix", "--unsafe-fixes"], ["--diff", "--unsafe-fixes"], ["--fix", "--diff"]] {
        let ran = Place::healthy().run(&args);
        assert_eq!((ran.status, ran.err.as_str()), (0, ""), "{args:?}");
    }
}

#[test]
fn an_unknown_rule_is_refused() {
    for option in ["--select", "--ignore"] {
        let err = refused(&[option, "no-such-family"]);
        assert!(err.starts_with("error: there is no rule or family `no-such-family`\n  help: "), "{err}");
    }
}

#[test]
fn the_current_directory_is_linted_by_default() {
    let ran = Place::healthy().run(&[]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    assert_eq!(ran.out, "No problems found in 1 file.\n");
}

#[test]
fn a_path_that_is_named_like_a_command_can_be_linted() {
    let place = Place::new(&[("rules/etc/nginx/nginx.conf", "events {}\n")]);
    assert_eq!(place.run(&["./rules"]).out, "No problems found in 1 file.\n");
}

#[test]
fn what_is_not_there_is_named() {
    let err = refused(&["etc/nginx", "nowhere"]);
    assert!(err.ends_with("nowhere: no such file or directory\n"), "{err}");
}

#[test]
fn nothing_to_lint_is_no_success() {
    let ran = Place::new(&[("notes.txt", "")]).run(&["."]);
    assert_eq!(ran.status, 2);
    assert!(ran.err.starts_with("error: nothing to lint in .: "), "{}", ran.err);
}

#[test]
fn a_file_that_was_not_read_is_named_and_nothing_is_called_clean() {
    let place = Place::healthy();
    place.write("notes.txt", "");
    let alone = place.run(&["notes.txt"]);
    assert_eq!((alone.status, alone.out.as_str()), (2, "1 file could not be read; nothing was checked.\n"));
    assert!(alone.err.contains("notes.txt: cannot tell which language this is"), "{}", alone.err);
    let beside = place.run(&["etc", "notes.txt"]);
    assert_eq!(beside.status, 2);
    assert_eq!(beside.out, "1 file could not be read; nothing found in 1 file.\n");
}

#[test]
fn a_repository_with_the_main_file_at_its_top_does_not_include_itself() {
    let main = "events {}\nhttp {\n    include /etc/nginx/conf.d/*.conf;\n    include /etc/nginx/sites-enabled/*;\n}\n";
    let place = Place::new(&[("nginx.conf", main), ("sites/shop.conf", "server {\n    listen 80;\n}\n")]);
    assert_eq!(place.run(&[]).out, "No problems found in 2 files.\n");
}

#[test]
fn machines_are_not_mixed() {
    let place =
        Place::new(&[("a/etc/nginx/nginx.conf", "events {}\n"), ("b/etc/nginx/nginx.conf", "events {}\n")]);
    for args in [&["a", "b"][..], &["."]] {
        let ran = place.run(args);
        assert_eq!(ran.status, 2, "{args:?}: {}", ran.out);
        assert!(
            ran.err.contains("the paths belong to 2 machines; run gwlint once for each: "),
            "{}",
            ran.err
        );
    }
    assert_eq!(place.run(&["a"]).status, 0);
}
