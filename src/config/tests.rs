//! What a gwlint.toml says, and what is said of a wrong one.

use super::*;
use crate::options::DeclaredListener;
use crate::version::Version;

/// What a text says, or what is wrong with it: `line:column message (help)`.
pub(super) fn parsed(
    path: &str,
    text: &str,
    all: &[&'static Rule],
    options: &[&'static RuleOption],
) -> Result<Config, Vec<String>> {
    let path = Path::new(path);
    let disk = Disk::memory([(path.to_owned(), text.into())]);
    read(&disk, path, all, options).map_err(|invalid| match invalid {
        Invalid::Unreadable(_, error) => vec![error.to_string()],
        Invalid::Wrong(sources, mistakes) => {
            let say = |mistake: &Diagnostic| {
                let place = sources.file_of(mistake.span()).place(mistake.span().lo);
                let help = mistake.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
                format!("{}:{} {}{help}", place.line, place.column, mistake.message)
            };
            mistakes.iter().map(say).collect()
        }
    })
}

fn parse(text: &str) -> Result<Config, Vec<String>> {
    parsed("/srv/gwlint.toml", text, &[], &[])
}

#[test]
fn every_key_is_read() {
    let text = "select = []\nignore = []\nfail-on = \"error\"\nroot = \"tree\"\n\
                [target]\nnginx = \"1.22\"\napache = \"2.4.57\"\n\
                [nginx]\ndirectives = [\"my_key\"]\n[apache]\ndirectives = [\"MyKey\"]\n\
                [[listener]]\naddress = \"unix:/run/shop.sock\"\nprotocol = \"http\"\n";
    let targets =
        Targets { nginx: Some(Version::new(1, 22, 0)), apache: Some(Version::new(2, 4, 57)), php: None };
    let expected = Config {
        fail_on: Some(Severity::Error),
        root: Some("/srv/tree".into()),
        targets,
        options: Options {
            nginx_directives: vec!["my_key".to_owned()],
            apache_directives: vec!["MyKey".to_owned()],
            listeners: vec![DeclaredListener {
                address: "unix:/run/shop.sock".to_owned(),
                protocol: Some("http".to_owned()),
            }],
            ..Options::default()
        },
        ..Config::default()
    };
    assert_eq!(parse(text), Ok(expected));
    assert_eq!(parse("target.php = '8.2'").expect("valid").targets.php, Some(Version::new(8, 2, 0)));
}

#[test]
fn every_mistake_is_named_with_its_place() {
    let mistakes = parse(
        "selct = []\nignore = \"x\"\nselect = [1, \"timeout\"]\nfail-on = \"warn\"\nroot = true\n\
         colour = 1\n[target]\nngnix = \"1\"\nphp = 8.2\nnginx = \"new\"\n\
         [nginx]\ndirectivs = []\ndirectives = [1, \"my_key on;\"]\n[apache]\ndirectives = \"MyKey\"\n",
    );
    assert_eq!(
        mistakes.expect_err("all wrong"),
        [
            "1:1 there is no key `selct` (did you mean `select`?)",
            "2:10 `ignore` is a list of rules and families, such as [\"timeout\"], not a string",
            "3:11 `select` lists names, and this is an integer",
            "3:14 there is no rule or family `timeout` (`gwlint rules` lists them all)",
            "4:11 `fail-on` is one of hint, warning, error, not `warn` (did you mean `warning`?)",
            "5:8 `root` is text in quotes, not a boolean",
            "6:1 there is no key `colour` (the keys here are select, ignore, fail-on, root, target, nginx, \
             apache, rules, listener, verify, severity, ignore-in)",
            "8:1 there is no key `ngnix` (did you mean `nginx`?)",
            "9:7 `php` is text in quotes, not a float",
            "10:9 `new` is no version",
            "12:1 there is no key `directivs` (did you mean `directives`?)",
            "13:15 `directives` lists names, and this is an integer",
            "13:18 `my_key on;` is no name of a directive (write the name alone, as it begins the line)",
            "15:14 `directives` is a list of directives, such as [\"my_key\"], not a string",
        ]
    );
}

#[test]
fn a_listener_is_an_address_and_a_protocol() {
    let mistakes =
        parse("[[listener]]\naddres = \"x\"\n[[listener]]\naddress = \"/run/x\"\nprotocol = \"fcgi\"\n");
    assert_eq!(
        mistakes.expect_err("all wrong"),
        [
            "2:1 there is no key `addres` (did you mean `address`?)",
            "1:1 a listener has an `address` (add a line such as `address = \"127.0.0.1:9000\"`)",
            "4:11 `/run/x` is no address",
            "5:12 `protocol` is one of http, https, fastcgi, uwsgi, scgi, grpc, memcached, ajp, not `fcgi` (did you mean `scgi`?)",
        ]
    );
    assert!(parse("listener = 1").is_err());
}

#[test]
fn what_is_no_toml_is_shown_where_it_breaks() {
    let mistakes = parse("select = [\n").expect_err("broken");
    assert!(mistakes[0].starts_with("1:11 this is not TOML: "), "{mistakes:?}");
}

#[test]
fn the_nearest_file_above_is_found() {
    let files = ["/a/gwlint.toml", "/a/b/c/x.conf"].map(|path| (path.into(), Vec::new()));
    let disk = Disk::memory(files);
    assert_eq!(find(&disk, Path::new("/a/b/c/x.conf")), Some("/a/gwlint.toml".into()));
    assert_eq!(find(&disk, Path::new("/x")), None);
}
