//! `--add-ignores`: comments that silence what is shown.

use super::Place;

const SITE: &str = "server {
\tlisten 80;
\tlocation / {
\t\tproxy_pass http://127.0.0.1:8080; proxy_read_timeout 5x;
\t}
\tlocation /long {
\t\tproxy_pass
\t\t\thttp://127.0.0.1:8081;
\t}
}
";
const PHP: &str = "[PHP]\nmemory_limit = 12Q\n";
const APACHE: &str = "# one line \\\nof two\nLimitRequestFieldSize 16k\nLimitRequestLine \\\n  16k\n";
const FILES: [&str; 3] = ["etc/nginx/nginx.conf", "etc/php/8.2/fpm/php.ini", "etc/apache2/apache2.conf"];

fn machine() -> Place {
    let nginx = format!("events {{}}\nhttp {{\n{SITE}}}\n");
    Place::new(&[(FILES[0], &nginx), (FILES[1], PHP), (FILES[2], APACHE)])
}

fn texts(place: &Place) -> [String; 3] {
    FILES.map(|file| place.read(file))
}

#[test]
fn comments_silence_all_that_is_shown_and_nothing_else_changes() {
    let place = machine();
    let before = texts(&place);
    assert_eq!(place.run(&[]).status, 1);
    let ran = place.run(&["--add-ignores=until the move"]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""), "{}", ran.out);
    assert!(ran.out.contains("\nTake it back with `gwlint undo`."), "{}", ran.out);
    for (now, before) in texts(&place).iter().zip(&before) {
        assert_ne!(now, before);
        let kept: String = now.split_inclusive('\n').filter(|line| !line.contains("gwlint:")).collect();
        assert_eq!(kept, *before);
        let comments = now.lines().filter(|line| line.contains("gwlint:"));
        assert!(comments.clone().all(|line| line.ends_with("] until the move")), "{now}");
    }
    let silent = place.run(&["--hints", "--select", "suppress,value,target,apache,php"]);
    assert!(!silent.out.contains("unused-ignore"), "{}", silent.out);
    let after = texts(&place);
    let again = place.run(&["--add-ignores"]);
    assert!(again.out.starts_with("No problems found in "), "{}", again.out);
    assert_eq!(texts(&place), after);
}

#[test]
fn the_sign_and_the_indent_are_those_of_the_place() {
    let place = machine();
    place.run(&["--add-ignores", "--select", "value,php,apache/limit-suffix,target"]);
    let [nginx, php, apache] = texts(&place);
    assert!(nginx.contains("\t\t# gwlint: ignore["), "{nginx}");
    assert!(php.contains("\n; gwlint: ignore["), "{php}");
    assert!(
        apache.contains("of two\n# gwlint: ignore[apache/limit-suffix] added by --add-ignores"),
        "{apache}"
    );
    assert!(apache.contains("\n# gwlint: ignore[apache/limit-suffix] added by --add-ignores, nobody has looked into it yet\nLimitRequestLine \\\n"));
}

#[test]
fn line_ends_and_bytes_stay_as_they_are() {
    let place = machine();
    let text = b"# M\xfcller\r\nLimitRequestFieldSize 16k\r\n";
    std::fs::write(place.path().join(FILES[2]), text).expect("a file");
    let select = ["--select", "apache/limit-suffix"];
    assert_eq!(place.run(&[&["--add-ignores=f\u{fc}r M."], &select[..]].concat()).status, 0);
    let now = std::fs::read(place.path().join(FILES[2])).expect("a file");
    let wanted: &[u8] =
        b"# M\xfcller\r\n# gwlint: ignore[apache/limit-suffix] f\xfcr M.\r\nLimitRequestFieldSize 16k\r\n";
    assert_eq!(now, wanted);
    std::fs::write(place.path().join(FILES[2]), text).expect("a file");
    let ran = place.run(&[&["--add-ignores=\u{2192} M."], &select[..]].concat());
    assert_eq!(ran.status, 1);
    assert!(ran.err.contains("not ignored: ") && ran.err.contains("is not UTF-8"), "{}", ran.err);
    assert_eq!(std::fs::read(place.path().join(FILES[2])).expect("a file"), text);
}

#[test]
fn a_line_within_a_value_gets_no_comment() {
    let place =
        Place::new(&[(FILES[0], "events {}\nhttp {\n    log_format a 'x\n'; proxy_read_timeout 5x;\n}\n")]);
    let before = place.read(FILES[0]);
    let ran = place.run(&["--add-ignores", "--select", "value"]);
    assert_eq!(ran.status, 1, "{}", ran.out);
    assert_eq!(place.read(FILES[0]), before);
}

#[test]
fn the_comments_can_be_seen_before_and_taken_back() {
    let place = machine();
    let before = texts(&place);
    let ran = place.run(&["--add-ignores", "--diff"]);
    assert_eq!(ran.status, 1);
    assert!(ran.out.contains("\n+; gwlint: ignore["), "{}", ran.out);
    assert_eq!(texts(&place), before);
    let state = place.path().join("state");
    let run = |args: &[&str]| super::finish(place.command(args).env("GWLINT_STATE_DIR", &state));
    run(&["--add-ignores"]);
    assert_ne!(texts(&place), before);
    assert_eq!(run(&["undo"]).status, 0);
    assert_eq!(texts(&place), before);
}

#[test]
fn a_reason_is_one_line() {
    for args in [["--add-ignores=", "etc"], ["--add-ignores=a\nb", "etc"], ["--add-ignores=a\\", "etc"]] {
        let ran = machine().run(&args);
        assert_eq!((ran.status, ran.out.as_str()), (2, ""), "{args:?}");
        assert!(ran.err.contains("reason"), "{}", ran.err);
    }
    let ran = machine().run(&["--add-ignores", "--fix"]);
    assert!(ran.err.contains("cannot be used with"), "{}", ran.err);
}
