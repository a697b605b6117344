//! A run that finds something: reports, ignore comments, patches and repairs.

use super::Place;

const SITE: &str = "server {
    listen 80;
    location ~ \\.php$ {
        include fastcgi_params;
        fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
        fastcgi_pass unix:/run/php/shop.sock;
    }
}
";
const POOL: &str = "[www]\nuser = www-data\nlisten = /run/php/www.sock\nlisten.owner = www-data\n\
                    pm = static\npm.max_children = 4\n";
const RULE: &str = "target/socket-without-listener";

/// A machine whose nginx calls a socket that its one pool does not listen on.
fn broken() -> Place {
    let main = "user www-data;\nevents {}\nhttp {\n    include /etc/nginx/sites-enabled/*;\n}\n";
    let params = "fastcgi_param REQUEST_METHOD $request_method;\n";
    Place::new(&[
        ("etc/nginx/nginx.conf", main),
        ("etc/nginx/fastcgi_params", params),
        ("etc/nginx/sites-enabled/shop", SITE),
        ("etc/php/8.2/fpm/php-fpm.conf", "[global]\ninclude=/etc/php/8.2/fpm/pool.d/*.conf\n"),
        ("etc/php/8.2/fpm/pool.d/www.conf", POOL),
    ])
}

const CONCISE: [&str; 5] = ["--select", RULE, "--format", "concise", "etc/nginx"];

#[test]
fn a_finding_has_a_line_and_makes_the_status_1() {
    let ran = broken().run(&CONCISE);
    assert_eq!((ran.status, ran.err.as_str()), (1, ""));
    let start = format!("etc/nginx/sites-enabled/shop:6:22: error {RULE} ");
    assert!(ran.out.starts_with(&start), "{}", ran.out);
    let end = "Found 1 problem (1 error) in 3 files; 1 can be repaired with --fix.\n";
    assert!(ran.out.ends_with(end), "{}", ran.out);
}

#[test]
fn a_finding_is_shown_in_both_files_within_the_width_of_the_terminal() {
    let place = broken();
    let mut command = place.command(&["--select", RULE]);
    let ran = super::finish(command.env("COLUMNS", "60"));
    assert!(ran.out.contains("╭─[etc/nginx/sites-enabled/shop:6:22]"), "{}", ran.out);
    assert!(ran.out.contains("╭─[etc/php/8.2/fpm/pool.d/www.conf:3:"), "{}", ran.out);
    assert!(ran.out.contains("(--fix)"), "{}", ran.out);
}

#[test]
fn findings_come_from_what_was_asked_about_only() {
    let ran = broken().run(&["--select", RULE, "etc/php/8.2/fpm/php-fpm.conf"]);
    assert_eq!((ran.status, ran.out.as_str()), (0, "No problems found in 1 file.\n"));
}

#[test]
fn an_ignore_comment_silences_a_finding() {
    let place = broken();
    let call = "        fastcgi_pass";
    for comment in
        [format!("# gwlint: ignore[{RULE}] started by hand"), "# gwlint: ignore[target]".to_owned()]
    {
        place.write("etc/nginx/sites-enabled/shop", &SITE.replace(call, &format!("{comment}\n{call}")));
        assert_eq!(place.run(&CONCISE).status, 0);
    }
    place.write("etc/nginx/sites-enabled/shop", &SITE.replace("sock;", "sock; # gwlint: ignore[target]"));
    assert_eq!(place.run(&CONCISE).status, 0);
    place.write("etc/nginx/sites-enabled/shop", &SITE.replace("sock;", "sock; # gwlint: ignore"));
    assert_eq!(place.run(&CONCISE).status, 1);
}

#[test]
fn a_patch_is_printed_and_nothing_written() {
    let place = broken();
    let ran = place.run(&["--select", RULE, "--diff"]);
    assert_eq!((ran.status, ran.err.as_str()), (1, ""));
    assert!(ran.out.starts_with("--- a/etc/nginx/sites-enabled/shop\n+++ b/"), "{}", ran.out);
    assert!(ran.out.contains("\n+        fastcgi_pass unix:/run/php/www.sock;\n"), "{}", ran.out);
    assert_eq!(place.read("etc/nginx/sites-enabled/shop"), SITE);
}

#[test]
fn a_repair_is_written_and_named_and_made_once() {
    let place = broken();
    let ran = place.run(&["--select", RULE, "--fix"]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    let named = format!("repaired etc/nginx/sites-enabled/shop:6:22: {RULE}: ");
    assert!(ran.out.starts_with(&named), "{}", ran.out);
    assert!(ran.out.contains("\nRepaired 1 problem. No problems are left in "), "{}", ran.out);
    let repaired = SITE.replace("shop.sock", "www.sock");
    assert_eq!(place.read("etc/nginx/sites-enabled/shop"), repaired);
    let again = place.run(&["--select", RULE, "--fix"]);
    assert!(again.out.starts_with("No problems found in "), "{}", again.out);
    let nothing = place.run(&["--select", RULE, "--diff"]);
    assert_eq!((nothing.status, nothing.out.as_str()), (0, ""));
}
