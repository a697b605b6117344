//! Texts that are not on the disk: `--overlay` and `-`.

use std::io::Write;
use std::process::Stdio;

use super::{Place, Ran, finish};

/// A run with something on standard input.
fn run(place: &Place, args: &[&str], input: &str) -> Ran {
    let mut command = place.command(args);
    let file = place.path().join("input");
    std::fs::File::create(&file).and_then(|mut file| file.write_all(input.as_bytes())).expect("a file");
    let file = std::fs::File::open(file).expect("a file");
    finish(command.stdin(Stdio::from(file)))
}

const MAIN: &str = "events {}\nhttp {\n    include sites-enabled/*;\n}\n";
const SITE: &str = "server {\n    listen 127.0.0.1:20000;\n    return 204;\n}\n";

fn machine() -> Place {
    Place::new(&[("etc/nginx/nginx.conf", MAIN), ("etc/nginx/sites-enabled/a", SITE)])
}

#[test]
fn a_file_that_is_to_be_is_judged_in_its_stack() {
    let place = machine();
    place.write("new", &SITE.replace("204", "204 no quotes"));
    let ran = place.run(&["--format", "concise", "--overlay", "etc/nginx/sites-enabled/a=new"]);
    assert_eq!(ran.status, 1, "{}", ran.err);
    assert!(ran.out.starts_with("etc/nginx/sites-enabled/a:3:19: error "), "{}", ran.out);
    assert_eq!(place.read("etc/nginx/sites-enabled/a"), SITE);
    assert_eq!(place.run(&["etc"]).status, 0);
}

#[test]
fn a_file_that_is_not_there_yet_is_judged_beside_the_others() {
    let place = machine();
    let both = SITE.replace("20000", "20000 default_server");
    place.write("etc/nginx/sites-enabled/a", &both);
    place.write("new", &both);
    let ran = place.run(&["--format", "concise", "--overlay", "etc/nginx/sites-enabled/b=new"]);
    assert!(ran.out.contains("nginx/duplicate-default-server"), "{}{}", ran.out, ran.err);
    let input = run(&place, &["--format", "concise", "--overlay", "etc/nginx/sites-enabled/b=-"], &both);
    assert_eq!((input.status, input.out), (ran.status, ran.out));
}

#[test]
fn a_dump_is_linted_under_the_names_in_it() {
    let place = Place::new(&[]);
    let bad = SITE.replace("204;", "204");
    let dump = format!(
        "# configuration file /etc/nginx/nginx.conf:\n{MAIN}\n# configuration file /etc/nginx/sites-enabled/a:\n{bad}\n"
    );
    let ran = run(&place, &["--format", "concise", "-"], &dump);
    assert_eq!(ran.status, 1, "{}", ran.err);
    assert!(
        ran.out.starts_with("/etc/nginx/sites-enabled/a:3:15: error syntax/missing-semicolon"),
        "{}",
        ran.out
    );
    let healthy = run(&place, &["-"], &dump.replace(&bad, SITE));
    assert_eq!((healthy.status, healthy.out.as_str()), (0, "No problems found in 2 files.\n"));
}

#[test]
fn a_file_without_a_name_is_linted_as_what_it_is() {
    let place = Place::new(&[]);
    let ran = run(&place, &["--format", "concise", "--dialect", "fpm", "-"], "[www]\npm = dynamc\n");
    assert_eq!(ran.status, 1, "{}", ran.err);
    assert!(ran.out.starts_with("/stdin:2:"), "{}", ran.out);
    let guessed = run(&place, &["--format", "concise", "-"], "events {\n}\nhttp {\n    gzip onn;\n}\n");
    assert!(guessed.out.starts_with("/stdin:4:"), "{}{}", guessed.out, guessed.err);
    let unknown = run(&place, &["-"], "hello\n");
    assert_eq!(unknown.status, 2);
    assert!(unknown.err.contains("--dialect"), "{}", unknown.err);
}

#[test]
fn what_is_not_on_the_disk_is_not_repaired() {
    let place = machine();
    place.write("new", SITE);
    for args in [["--fix", "-"], ["--diff", "-"], ["--fix", "--overlay=etc/nginx/sites-enabled/a=new"]] {
        let ran = run(&place, &args, SITE);
        assert_eq!(ran.status, 2);
        assert!(ran.err.contains("cannot be repaired there"), "{}", ran.err);
    }
    let missing = place.run(&["--overlay", "etc/nginx/sites-enabled/a=nowhere"]);
    assert_eq!((missing.status, missing.err.starts_with("error: nowhere: ")), (2, true), "{}", missing.err);
    let several = run(&place, &["-", "etc"], SITE);
    assert!(several.err.contains("`-` is all there is to read"), "{}", several.err);
    assert_eq!(place.run(&["--overlay", "new"]).status, 2);
}
