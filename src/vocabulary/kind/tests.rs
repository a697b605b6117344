//! What is taken, and what is meant by what is not.

use super::Kind;

fn kind(text: &'static str) -> Kind {
    Kind::parse(text).unwrap_or(Kind::Text)
}

#[test]
fn what_is_meant_is_written_as_nginx_reads_it() {
    let cases = [
        ("offset", "64MB", "64m"),
        ("offset", "20 m", "20m"),
        ("offset", "1.5G", "1536m"),
        ("offset", "1,5G", "1536m"),
        ("offset", "1,500k", ""),
        ("offset", "2GB", "2g"),
        ("offset", "64m,", "64m"),
        ("size", "1g", "1024m"),
        ("size", "1.5m", "1536k"),
        ("size", "100bytes", "100"),
        ("msec", "300sec", "300s"),
        ("msec", "5 m", "5m"),
        ("msec", "1.5m", "90s"),
        ("msec", "0.5", "500ms"),
        ("msec", "60S", "60s"),
        ("sec", "10min", "10m"),
        ("sec", "1500ms", ""),
        ("sec", "2000ms", "2s"),
        ("sec", "2weeks", ""),
        ("size", "many", ""),
        ("size", "0.3k", ""),
        ("size", "99999999999g", ""),
        ("number:1-9", "10", ""),
        ("number", "4,", "4"),
        ("flag", "true", "on"),
        ("flag", "Disabled", "off"),
        ("flag", "maybe", ""),
        ("onoff", "On", "on"),
        ("enum:TLSv1/TLSv1.1/TLSv1.2/TLSv1.3", "TLSv1.4", ""),
        ("enum:TLSv1/TLSv1.1/TLSv1.2/TLSv1.3", "TLS1.2", "TLSv1.2"),
        ("enum:TLSv1/TLSv1.1/TLSv1.2/TLSv1.3", "TLSv1.2,", "TLSv1.2"),
        ("word:warn/error", "Warn", "warn"),
        ("zone:8", "one:10MB", "one:10m"),
        ("zone:8", "one", ""),
        ("zone:8", "one:16k", ""),
        ("shared", "shared:SSL:10MB", "shared:SSL:10m"),
        ("rate", "10/s", "10r/s"),
        ("rate", "10r/h", ""),
        ("expires", "30days", "30d"),
        ("expires", "+1hour", "+1h"),
        ("listen", "443,", "443"),
        ("network", "10.0.0.0/8,", "10.0.0.0/8"),
    ];
    for (name, text, wanted) in cases {
        let kind = kind(name);
        assert!(!kind.takes(text), "{name} {text}");
        assert_eq!(kind.mend(text).unwrap_or_default(), wanted, "{name} {text}");
    }
}

#[test]
fn what_nginx_takes() {
    let cases = [
        ("flag", "ON"),
        ("words:GET/HEAD", "get"),
        ("expires", "-1"),
        ("expires", "@15h30m"),
        ("overwrite", "="),
        ("levels", "1:2:2"),
        ("zone:2", "one:8k"),
        ("keepalive", "30m::10"),
        ("processors", "0101"),
        ("signed", "-5"),
        ("access", "group:rw"),
        ("network", "2001:db8::/32"),
        ("network", "192.168.001.1"),
        ("network-or-host", "proxy.example.com"),
        ("listen", "*:80"),
        ("listen", "[::]:8000-8010"),
        ("listen", "UNIX:/run/nginx.sock"),
        ("server", "127.1"),
        ("server", ".0.0.1:3000"),
        ("network", "10.0.0."),
        ("server-name", "*.example.com"),
    ];
    for (name, text) in cases {
        assert!(kind(name).takes(text), "{name} {text}");
    }
}
