//! Every server reads its own values: what `gwlint::value` makes of them, row by row, and what the real
//! servers say to the same rows where they are installed.

#![allow(clippy::expect_used)]

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use gwlint::value::{
    ApacheUnit, FpmListen, QuantityFault, Refused, Resolution, apache_flag, apache_int, apache_strict,
    apache_timeout, bytes_text, fpm_bool, fpm_integer, fpm_listen, fpm_time, millis_text, nginx_flag,
    nginx_number, nginx_offset, nginx_size, nginx_time, php_bool, php_int, php_quantity,
    php_quantity_before_82, php_reserved, seconds_text,
};

/// Whether `program` can be run; says so when it cannot.
fn installed(program: &str) -> bool {
    let found = Command::new(program).arg("-v").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    if !found {
        eprintln!("{program} is not installed: its rows are not checked against it");
    }
    found
}

/// What `program` prints, on both streams.
fn output(program: &str, args: &[&str]) -> (bool, String) {
    let output = Command::new(program).args(args).output().expect("it runs");
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&text).into_owned())
}

/// Runs a PHP snippet over lines of input; gives back its lines of output.
fn php(code: &str, lines: &[String]) -> Vec<String> {
    let mut child = Command::new("php")
        .args(["-n", "-d", "error_reporting=0", "-r", code])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("php runs");
    let mut stdin = child.stdin.take().expect("piped");
    let text = lines.join("\n");
    let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = child.wait_with_output().expect("php ends");
    writer.join().expect("no panic").expect("php reads all");
    String::from_utf8(output.stdout).expect("numbers").lines().map(str::to_owned).collect()
}

#[test]
fn nginx_values() {
    let sizes: [(&str, Option<u64>, Option<u64>); 12] = [
        ("0", Some(0), Some(0)),
        ("8k", Some(8192), Some(8192)),
        ("8K", Some(8192), Some(8192)),
        ("1m", Some(1 << 20), Some(1 << 20)),
        ("2G", None, Some(2 << 30)),
        ("64MB", None, None),
        ("1.5m", None, None),
        ("-1", None, None),
        ("k", None, None),
        ("10 m", None, None),
        ("9223372036854775807", Some(i64::MAX as u64), Some(i64::MAX as u64)),
        ("9223372036854775807k", None, None),
    ];
    for (text, size, offset) in sizes {
        assert_eq!(nginx_size(text).ok(), size, "size {text}");
        assert_eq!(nginx_offset(text).ok(), offset, "offset {text}");
    }
    assert_eq!(nginx_size(""), Err(Refused));
    let times: [(&str, Option<u64>, Option<u64>); 20] = [
        ("60", Some(60_000), Some(60_000)),
        ("60s", Some(60_000), Some(60_000)),
        ("500ms", Some(500), None),
        ("1h30m", Some(5_400_000), Some(5_400_000)),
        ("1h 30m", Some(5_400_000), Some(5_400_000)),
        ("1h30", Some(3_630_000), Some(3_630_000)),
        ("30m1h", None, None),
        ("1m1m", None, None),
        ("1y", None, Some(31_536_000_000)),
        ("1M", None, Some(2_592_000_000)),
        ("1w", Some(604_800_000), Some(604_800_000)),
        ("1.5s", None, None),
        ("300sec", None, None),
        ("-1", None, None),
        ("5min", None, None),
        ("0", Some(0), Some(0)),
        ("s", None, None),
        ("1hs", Some(3_600_000), Some(3_600_000)),
        ("5 5", Some(10_000), Some(10_000)),
        ("5s 1m", None, None),
    ];
    for (text, milliseconds, seconds) in times {
        assert_eq!(nginx_time(text, Resolution::Milliseconds).ok(), milliseconds, "msec {text}");
        assert_eq!(nginx_time(text, Resolution::Seconds).ok(), seconds, "sec {text}");
    }
    assert_eq!(nginx_flag("ON"), Ok(true));
    assert_eq!(nginx_flag("yes"), Err(Refused));
    assert_eq!(nginx_number("+5"), Err(Refused));
    if !installed("nginx") {
        return;
    }
    let accepts = |directive: &str, text: &str| {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("n.conf");
        let pid = dir.path().join("pid");
        let conf = format!("pid {};\nevents {{}}\nhttp {{ {directive} \"{text}\"; }}\n", pid.display());
        fs::write(&path, conf).expect("written");
        let (_, said) = output("nginx", &["-t", "-c", path.to_str().expect("UTF-8"), "-e", "/dev/null"]);
        !said.contains("invalid value") && !said.contains("must be")
    };
    for (text, size, offset) in sizes {
        // A huge size passes the parser; nginx has no use for it before it runs.
        assert_eq!(accepts("client_body_buffer_size", text), size.is_some(), "nginx on size {text}");
        assert_eq!(accepts("client_max_body_size", text), offset.is_some(), "nginx on offset {text}");
    }
    for (text, milliseconds, seconds) in times {
        assert_eq!(accepts("proxy_read_timeout", text), milliseconds.is_some(), "nginx on msec {text}");
        assert_eq!(accepts("open_file_cache_valid", text), seconds.is_some(), "nginx on sec {text}");
    }
    for text in ["on", "ON", "Off", "yes", "1", "true"] {
        assert_eq!(accepts("sendfile", text), nginx_flag(text).is_ok(), "nginx on flag {text}");
    }
}

#[test]
fn apache_values() {
    let timeouts: [(&str, Option<u64>); 17] = [
        ("5", Some(5000)),
        ("5s", Some(5000)),
        ("5ms", Some(5)),
        ("5mi", Some(300_000)),
        ("5min", Some(300_000)),
        ("5m", None),
        ("1h", Some(3_600_000)),
        ("1hour", Some(3_600_000)),
        ("5sfoo", Some(5000)),
        ("5S", None),
        ("s", Some(0)),
        ("+5", Some(5000)),
        ("-1", None),
        (" 5", Some(5000)),
        ("5 s", None),
        ("99999999999999999999", None),
        ("9223372036854775807", None),
    ];
    for (text, millis) in timeouts {
        assert_eq!(apache_timeout(text, ApacheUnit::Seconds).ok(), millis, "{text}");
    }
    assert_eq!(apache_timeout("5", ApacheUnit::Milliseconds), Ok(5));
    let strict = [("10", true), ("+5", true), ("-5", true), ("10M", false), ("5 ", false), ("0x10", false)];
    for (text, taken) in strict {
        assert_eq!(apache_strict(text).is_ok(), taken, "{text}");
    }
    for (text, value, whole) in [
        ("300", 300, true),
        ("5m", 5, false),
        ("3min", 3, false),
        ("16k", 16, false),
        ("", 0, false),
        ("x", 0, false),
        (" -7", -7, true),
        ("99999999999", 1_215_752_191, false),
    ] {
        let reading = apache_int(text);
        assert_eq!((reading.value, reading.whole), (value, whole), "{text}");
    }
    assert_eq!(apache_flag("ON"), Ok(true));
    assert_eq!(apache_flag("1"), Err(Refused));
    if !installed("apache2") {
        return;
    }
    let complains = |line: &str| {
        let dir = tempfile::tempdir().expect("a directory");
        let modules = "/usr/lib/apache2/modules";
        let conf = format!(
            "ServerRoot {0}\nServerName x\nDefaultRuntimeDir {0}\nLoadModule mpm_event_module {modules}/mod_mpm_event.so\n\
             LoadModule authz_core_module {modules}/mod_authz_core.so\n{line}\n",
            dir.path().display(),
        );
        let path = dir.path().join("a.conf");
        fs::write(&path, conf).expect("written");
        let (_, said) = output("apache2", &["-t", "-f", path.to_str().expect("UTF-8")]);
        said.contains("wrong format") || said.contains("non-negative") || said.contains("must be On")
    };
    for (text, millis) in timeouts {
        assert_eq!(complains(&format!("KeepAliveTimeout \"{text}\"")), millis.is_none(), "apache on {text}");
    }
    for (text, taken) in strict.into_iter().filter(|(text, _)| *text != "-5") {
        assert_eq!(complains(&format!("LimitRequestBody \"{text}\"")), !taken, "apache on {text}");
    }
    for text in ["on", "ON", "Off", "yes", "1"] {
        assert_eq!(complains(&format!("KeepAlive {text}")), apache_flag(text).is_err(), "apache on {text}");
    }
}

#[test]
fn php_quantities() {
    use QuantityFault::{BadPrefix, Ignored, NoDigits, OutOfRange, UnknownMultiplier};
    let rows = [
        ("64M", 64 << 20, None),
        ("64 M", 64 << 20, None),
        (" 64M ", 64 << 20, None),
        ("64MB", 64, Some(UnknownMultiplier('B'))),
        ("512MiB", 512, Some(UnknownMultiplier('B'))),
        ("1.5G", 1 << 30, Some(Ignored)),
        ("1T", 1, Some(UnknownMultiplier('T'))),
        ("0512M", 330 << 20, None),
        ("-1", -1, None),
        ("", 0, None),
        ("M", 0, Some(NoDigits)),
        ("0x1F", 31, None),
        ("0o17", 15, None),
        ("0b101k", 5 << 10, None),
        ("0y1", 0, Some(BadPrefix)),
        ("0x", 0, Some(NoDigits)),
        ("9223372036854775808", i64::MIN, Some(OutOfRange)),
    ];
    for (text, value, fault) in rows {
        let quantity = php_quantity(text);
        assert_eq!((quantity.value, quantity.fault), (value, fault), "{text:?}");
    }
    assert_eq!(php_quantity("0512M").base, 8);
    assert_eq!(php_quantity_before_82("64MB"), 64);
    assert_eq!(php_quantity_before_82("64M "), 64);
    assert_eq!(php_quantity_before_82("0x10"), 16);
    assert_eq!(php_quantity_before_82("0b11"), 0);
    assert_eq!(php_quantity_before_82("0512M"), 330 << 20);
    assert_eq!(php_quantity_before_82("1.5G"), 1 << 30);
}

/// All texts put together from these parts.
fn quantity_texts() -> Vec<String> {
    let signs = ["", "+", "-", " ", "- ", "+-"];
    let bodies = [
        "",
        "0",
        "00",
        "08",
        "0128",
        "7",
        "128",
        "0x",
        "0xfF",
        "0XfZ",
        "0x0x1",
        "0o",
        "0o17",
        "0o9",
        "0b",
        "0b12",
        "0b0b1",
        "0b-1",
        "0x 1",
        "0q",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551615",
        "18446744073709551616",
        "8796093022208",
        "1e3",
        "1.5",
        "0.5",
        "k",
    ];
    let tails = ["", " ", "k", "K", "m", "M", "g", "G", "B", "MB", " M", "M ", " M B", "kM", "é", "\t"];
    let mut texts = Vec::new();
    for sign in signs {
        for body in bodies {
            texts.extend(tails.iter().map(|tail| format!("{sign}{body}{tail}")));
        }
    }
    texts
}

#[test]
fn php_agrees_with_every_quantity() {
    let texts = quantity_texts();
    assert_eq!(texts.len(), 6 * 29 * 16);
    if !installed("php") {
        return;
    }
    let code = r#"foreach (explode("\n", stream_get_contents(STDIN)) as $t) {
        error_clear_last(); $v = @ini_parse_quantity($t); echo $v, error_get_last() ? "!" : "", "\n"; }"#;
    let said = php(code, &texts);
    assert_eq!(said.len(), texts.len(), "PHP 8.2 or later");
    for (text, said) in texts.iter().zip(said) {
        let quantity = php_quantity(text);
        let warned = if quantity.fault.is_some() { "!" } else { "" };
        assert_eq!(format!("{}{warned}", quantity.value), said, "{text:?}");
    }
}

#[test]
fn php_switches_and_numbers() {
    for (text, on) in [("On", true), ("yes", true), ("TRUE", true), ("1", true), ("2x", true), ("-1", true)]
        .into_iter()
        .chain([("off", false), ("", false), ("0", false), ("none", false), ("maybe", false), ("x1", false)])
    {
        assert_eq!(php_bool(text), on, "{text}");
        if installed("php") {
            // html_errors is a switch a script may set, with the same reader.
            let code = format!(
                "ini_set('html_errors', '{text}'); ob_start(); phpinfo(INFO_CONFIGURATION); \
                                echo (int)preg_match('/^html_errors => On/m', ob_get_clean());"
            );
            let (_, said) = output("php", &["-n", "-r", &code]);
            assert_eq!(said, if on { "1" } else { "0" }, "php on {text}");
        }
    }
    let reading = php_int("5m");
    assert_eq!((reading.value, reading.whole), (5, false));
    assert_eq!(php_reserved("NULL"), Some(""));
    assert_eq!(php_reserved("Yes"), Some("1"));
    assert_eq!(php_reserved("y"), None);
}

/// What `php-fpm -tt` says to one line of a pool: the value it took.
fn fpm_takes(key: &str, value: &str) -> Option<String> {
    let dir = tempfile::tempdir().expect("a directory");
    let (log, sock) = (dir.path().join("log"), dir.path().join("s"));
    let conf = format!(
        "[global]\nerror_log={}\n[w]\nlisten={}\nuser=nobody\npm=static\npm.max_children=1\n{key} = {value}\n",
        log.display(),
        sock.display(),
    );
    let path = dir.path().join("f.conf");
    fs::write(&path, conf).expect("written");
    let (_, said) = output("php-fpm8.2", &["-n", "-tt", "-y", path.to_str().expect("UTF-8")]);
    let mark = format!("\t{key} = ");
    said.lines().find_map(|line| line.split_once(&mark).map(|(_, taken)| taken.to_owned()))
}

#[test]
fn fpm_values() {
    let real = installed("php-fpm8.2");
    for (text, taken) in [
        ("5", Some((5, true))),
        ("5s", Some((5, true))),
        ("5m", Some((300, true))),
        ("2h", Some((7200, true))),
        ("1d", Some((86_400, true))),
        ("500ms", Some((500, false))),
        ("1.5m", Some((60, false))),
        ("abc5", Some((0, false))),
        ("s", Some((0, false))),
        (" 5m", Some((300, true))),
        ("-5", Some((-5, true))),
        ("99999999999", Some((1_215_752_191, false))),
        ("99999d", Some((49_979_008, false))),
        ("5x", None),
        ("5S", None),
        ("5m ", None),
        ("", None),
    ] {
        assert_eq!(fpm_time(text).ok().map(|reading| (reading.value, reading.whole)), taken, "{text:?}");
        if real {
            let said = fpm_takes("request_terminate_timeout", &format!("\"{text}\""));
            assert_eq!(said, taken.map(|(seconds, _)| format!("{seconds}s")), "fpm on {text:?}");
        }
    }
    for (text, taken) in [
        ("5", Some(5)),
        ("-5", Some(-5)),
        ("", Some(0)),
        ("-", Some(0)),
        ("99999999999", Some(1_215_752_191)),
        ("5k", None),
        ("+5", None),
        ("5 ", None),
    ] {
        assert_eq!(fpm_integer(text).ok().map(|reading| reading.value), taken, "{text:?}");
        if real {
            let said = fpm_takes("pm.max_requests", &format!("\"{text}\""));
            assert_eq!(said, taken.map(|number| number.to_string()), "fpm on {text:?}");
        }
    }
    for text in ["yes", "ON", "true", "1", "no", "Off", "FALSE", "0", "none", "null", "", "maybe", "2"] {
        for quoted in [true, false] {
            let taken = fpm_bool(text, quoted).ok();
            if real {
                let said =
                    fpm_takes("clear_env", &if quoted { format!("\"{text}\"") } else { text.to_owned() });
                assert_eq!(said.as_deref(), taken.map(|on| if on { "yes" } else { "no" }), "fpm on {text:?}");
            }
        }
    }
    assert_eq!(fpm_bool("ON", false), Ok(true));
    assert_eq!(fpm_bool("ON", true), Err(Refused));
    assert_eq!(fpm_bool("maybe", false), Err(Refused));
}

#[test]
fn fpm_listen_addresses() {
    assert_eq!(fpm_listen("9000"), Ok(FpmListen::Port(9000)));
    assert_eq!(fpm_listen("*:9000"), Ok(FpmListen::Port(9000)));
    assert_eq!(fpm_listen("127.0.0.1:9000"), Ok(FpmListen::HostPort("127.0.0.1", 9000)));
    assert_eq!(fpm_listen("[::1]:9000"), Ok(FpmListen::HostPort("::1", 9000)));
    assert_eq!(fpm_listen("::1:9000"), Ok(FpmListen::HostPort("::1", 9000)));
    assert_eq!(fpm_listen("/run/php.sock"), Ok(FpmListen::UnixPath("/run/php.sock")));
    assert_eq!(fpm_listen("127.0.0.1: 9000"), Ok(FpmListen::HostPort("127.0.0.1", 9000)));
    assert_eq!(fpm_listen("tcp://127.0.0.1:9000"), Err(Refused));
    assert_eq!(fpm_listen("127.0.0.1:9000,127.0.0.2:9000"), Err(Refused));
    assert_eq!(fpm_listen("php.sock"), Ok(FpmListen::UnixPath("php.sock")));
    assert_eq!(fpm_listen("9000 "), Ok(FpmListen::UnixPath("9000 ")));
    for refused in ["", ":9000", "unix:/run/php.sock", "127.0.0.1:", "127.0.0.1:http", "70000", "0", "[]:90"]
    {
        assert_eq!(fpm_listen(refused), Err(Refused), "{refused}");
    }
}

#[test]
fn values_are_written_as_the_servers_write_them() {
    assert_eq!(bytes_text(8 << 20), "8M");
    assert_eq!(bytes_text(1536), "1536");
    assert_eq!(bytes_text(10 << 10), "10K");
    assert_eq!(bytes_text(2 << 30), "2G");
    assert_eq!(bytes_text(0), "0");
    assert_eq!(seconds_text(300), "300s");
    assert_eq!(millis_text(60_000), "60s");
    assert_eq!(millis_text(1500), "1500ms");
}
