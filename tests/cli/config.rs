//! `gwlint.toml`: where it is found, and that nothing in it is ever passed over.

use super::Place;

#[test]
fn a_mistake_is_shown_where_it_is() {
    let place = Place::healthy();
    place.write("gwlint.toml", "fail-on = \"error\"\n\n[target]\nngnix = \"1.22\"\n");
    let ran = place.run(&["etc/nginx"]);
    assert_eq!((ran.status, ran.out.as_str()), (2, ""));
    let shown = ran.err.replace(&place.path().display().to_string(), "");
    assert_eq!(
        shown,
        "error: there is no key `ngnix`
   ╭─[/gwlint.toml:4:1]
 3 │ [target]
 4 │ ngnix = \"1.22\"
   · ──┬──
   ·   ╰── not known
   ╰────
  help: did you mean `nginx`?
"
    );
}

#[test]
fn the_file_nearest_to_the_first_path_counts() {
    let place = Place::healthy();
    place.write("gwlint.toml", "wrong = 1");
    assert_eq!(place.run(&["etc/nginx"]).status, 2);
    place.write("etc/gwlint.toml", "");
    assert_eq!(place.run(&["etc/nginx"]).status, 0);
}

#[test]
fn the_file_of_the_current_directory_counts_where_the_path_has_none() {
    let machine = Place::healthy();
    let place = Place::new(&[("gwlint.toml", "wrong = 1")]);
    let path = machine.path().to_str().expect("UTF-8");
    assert_eq!(place.run(&[path]).status, 2);
}

#[test]
fn another_file_can_be_named_or_none() {
    let place = Place::healthy();
    place.write("gwlint.toml", "wrong = 1");
    place.write("right.toml", "fail-on = 'hint'");
    assert_eq!(place.run(&["--no-config"]).status, 0);
    assert_eq!(place.run(&["--config", "right.toml"]).status, 0);
    let ran = place.run(&["--config", "none.toml"]);
    assert_eq!((ran.status, ran.out.as_str()), (2, ""));
    assert!(ran.err.starts_with("error: none.toml: "), "{}", ran.err);
}

#[test]
fn directives_made_in_house_are_known() {
    let place = Place::healthy();
    place.write("etc/nginx/nginx.conf", "events {}\nshop_colour blue;\n");
    let err = place.run(&["etc/nginx", "--format", "concise"]);
    assert!(err.out.contains("nginx/unknown-directive"), "{}", err.out);
    place.write("gwlint.toml", "[nginx]\ndirectives = [\"shop_colour\"]\n");
    assert_eq!(place.run(&["etc/nginx"]).out, "No problems found in 1 file.\n");
}

#[test]
fn what_stands_around_a_piece_is_said_by_an_option_or_a_comment() {
    let place = Place::new(&[("headers.conf", "add_header A 1;\n")]);
    let run = |args: &[&str]| {
        place.run(&[&["headers.conf", "--dialect", "nginx", "--format", "concise"], args].concat()).out
    };
    assert!(!run(&[]).contains("wrong-context"));
    assert!(!run(&["--context", "http,server"]).contains("wrong-context"));
    assert!(run(&["--context", "upstream"]).contains("nginx/wrong-context"));
    place.write("headers.conf", "# gwlint: context location\nadd_header A 1;\n");
    assert!(!run(&["--context", "upstream"]).contains("wrong-context"), "the comment counts for its file");
    place.write("headers.conf", "# gwlint: context stream\nadd_header A 1;\n");
    assert!(run(&[]).contains("nginx/wrong-context"));
    place.write("headers.conf", "# gwlint: context steam\nadd_header A 1;\n");
    assert!(run(&[]).contains("nginx/unknown-context"));
}

#[test]
fn rules_are_ignored_in_files_and_as_bad_as_it_says() {
    let place =
        Place::new(&[("etc/nginx/nginx.conf", "events {}\nhttp {\n    include sites-enabled/*;\n}\n")]);
    let site = "server {\n    listen 80;\n    proxy_read_timeout 5x;\n}\n";
    place.write("etc/nginx/sites-available/legacy-shop", site);
    place.write("etc/nginx/sites-available/new", site);
    std::fs::create_dir(place.path().join("etc/nginx/sites-enabled")).expect("a directory");
    for name in ["legacy-shop", "new"] {
        let link = place.path().join("etc/nginx/sites-enabled").join(name);
        std::os::unix::fs::symlink(format!("../sites-available/{name}"), link).expect("a link");
    }
    let run = |settings: &str| {
        place.write("etc/nginx/gwlint.toml", settings);
        let ran = place.run(&["etc/nginx", "--format", "concise", "--select", "value"]);
        assert_eq!(ran.err, "");
        (ran.status, ran.out.matches("legacy-shop:").count(), ran.out.matches("/new:").count(), ran.out)
    };
    assert_eq!(run("").1, 1);
    for directory in ["sites-enabled", "sites-available"] {
        for rules in ["value", "value/invalid-time"] {
            let settings = format!("[[ignore-in]]\npath = \"{directory}/legacy*\"\nrules = [\"{rules}\"]\n");
            let (status, legacy, new, out) = run(&settings);
            assert_eq!((status, legacy, new), (1, 0, 1), "{settings}: {out}");
        }
    }
    let named = place.run(&["--config", "gwlint.toml", "--format", "concise", "--select", "value", "."]);
    assert_eq!(named.status, 2, "there is none");
    place.write("gwlint.toml", "[[ignore-in]]\npath = \"etc/nginx/sites-*/legacy*\"\nrules = [\"value\"]\n");
    let named = place.run(&["--config", "gwlint.toml", "--format", "concise", "--select", "value", "."]);
    assert!(named.status == 1 && !named.out.contains("legacy"), "{}", named.out);
    let other = run("[[ignore-in]]\npath = \"sites-enabled\"\nrules = [\"timeout\"]\n");
    assert_eq!((other.1, other.2), (1, 1));
    let (status, .., out) = run("[severity]\n\"value/invalid-time\" = \"warning\"\n");
    assert!(status == 1 && out.contains(" warning value/invalid-time "), "{out}");
    let (status, legacy, _, out) = run("[severity]\n\"value/invalid-time\" = \"hint\"\n");
    assert_eq!((status, legacy), (0, 0), "{out}");
    assert!(out.ends_with("2 hints hidden (--hints).\n"), "{out}");
}
