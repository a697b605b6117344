//! Parameters and URLs of `mod_proxy`, as it reads them.

use super::{ApacheUnit, apache_int, apache_timeout};
use crate::vocabulary::{ProxyValue, STATUS_LETTERS};

/// What the server says to a value it does not take.
pub fn proxy_value(text: &str, value: ProxyValue) -> Result<(), String> {
    let refused = match value {
        ProxyValue::Number(least, most, log) => {
            (!(least..=most).contains(&apache_int(text).value)).then(|| log.to_owned())
        }
        ProxyValue::Factor => {
            let number = text.split(|c: char| !c.is_ascii_digit() && c != '.').next().unwrap_or_default();
            let inside = number.parse::<f64>().is_ok_and(|factor| (1.0..=100.0).contains(&factor));
            (!inside && !text.contains(['e', 'E', '+']))
                .then(|| "LoadFactor must be a number between 1..100".to_owned())
        }
        ProxyValue::Buffer(name) => {
            let size = apache_int(text).value;
            (size < 512 && size != 0)
                .then(|| format!("{name} must be >= 512 bytes, or 0 for system default."))
        }
        ProxyValue::Time(seconds, format, short) => {
            let unit = if seconds { ApacheUnit::Seconds } else { ApacheUnit::Milliseconds };
            match apache_timeout(text, unit) {
                Err(_) => Some(format.to_owned()),
                Ok(0) => Some(short.to_owned()),
                Ok(_) => None,
            }
        }
        ProxyValue::Flag(name) => {
            let is_flag = ["on", "off"].iter().any(|flag| flag.eq_ignore_ascii_case(text));
            (!is_flag).then(|| format!("{name} must be On|Off"))
        }
        ProxyValue::Word(words, log) => {
            (!words.iter().any(|word| word.eq_ignore_ascii_case(text))).then(|| log.to_owned())
        }
        ProxyValue::Status => {
            let letters = text.to_ascii_uppercase();
            let known =
                letters.chars().all(|letter| STATUS_LETTERS.contains(letter) || matches!(letter, '+' | '-'));
            (!known).then(|| "Unknown status parameter option".to_owned())
        }
        ProxyValue::Short(length, name) => {
            (text.len() >= length).then(|| format!("{name} length must be < {length} characters"))
        }
        ProxyValue::Any => None,
    };
    refused.map_or(Ok(()), Err)
}

/// What the server says to the URL of a worker it does not take.
pub fn proxy_url(text: &str) -> Result<(), String> {
    let lower = text.to_ascii_lowercase();
    let url = match lower.strip_prefix("unix:").and_then(|socket| socket.split_once('|')) {
        Some((_, url)) if url.contains("://") => url,
        Some(_) => return Err("uses an invalid \"unix:\" URL".to_owned()),
        None => lower.as_str(),
    };
    let absolute = || Err(format!("URL must be absolute!: {text}"));
    let Some((scheme, rest)) = url.split_once("://") else {
        return match url.split_once(':') {
            // An address is no scheme: `127.0.0.1:8080`.
            Some((host, _)) if !is_scheme(host) => Err(format!("Unable to parse URL: {text}")),
            _ => absolute(),
        };
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let host = authority.rsplit('@').next().unwrap_or(authority);
    if !is_scheme(scheme) || host.is_empty() {
        return absolute();
    }
    match host.rsplit_once(':').filter(|_| !host.ends_with(']')) {
        Some(("", _)) => absolute(),
        Some((_, port)) if !port.bytes().all(|byte| byte.is_ascii_digit()) => {
            Err(format!("Unable to parse URL: {text}"))
        }
        _ => Ok(()),
    }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::{proxy_url, proxy_value};
    use crate::vocabulary::{ProxyValue, WORKER_PARAMETERS};

    fn value_of(name: &str) -> ProxyValue {
        WORKER_PARAMETERS.iter().find(|(key, _)| *key == name).map_or(ProxyValue::Any, |(_, value)| *value)
    }

    #[test]
    fn values_are_what_mod_proxy_takes() {
        let taken = [
            ("timeout", "5m"),
            ("retry", "abc"),
            ("max", "0"),
            ("keepalive", "ON"),
            ("status", "+H-E"),
            ("status", "dishcen"),
            ("loadfactor", "1.5"),
            ("connectiontimeout", "5"),
            ("acquire", "5"),
        ];
        for (name, text) in taken {
            assert_eq!(proxy_value(text, value_of(name)), Ok(()), "{name}={text}");
        }
        let refused = [
            ("timeout", "0"),
            ("timeout", "abc"),
            ("connectiontimeout", "5m"),
            ("retry", "-1"),
            ("acquire", "0"),
            ("keepalive", "yes"),
            ("flushpackets", "foo"),
            ("flushwait", "2000"),
            ("status", "+x"),
            ("loadfactor", "0"),
            ("loadfactor", "101"),
            ("iobuffersize", "100"),
        ];
        for (name, text) in refused {
            assert!(proxy_value(text, value_of(name)).is_err(), "{name}={text}");
        }
    }

    #[test]
    fn urls_are_absolute() {
        let taken = [
            "http://b/",
            "http://b:80$1".trim_end_matches("$1"),
            "unix:/run/x.sock|fcgi://localhost/",
            "UNIX:/run/x.sock|fcgi://localhost",
            "fcgi://unix:/run/x.sock",
            "foo://b",
            "http://[::1]:80/",
            "http://b:99999/",
        ];
        for url in taken {
            assert_eq!(proxy_url(url), Ok(()), "{url}");
        }
        let refused = [
            "b",
            "b.example.com:80/",
            "/b",
            "//b",
            "http:/b",
            "http//b",
            "http://",
            "http://:80",
            "http://b:abc/",
            "unix:/run/x.sock",
            "unix:/run/x.sock|",
            "unix:/run/x.sock|fcgi",
            "localhost:8080",
            "127.0.0.1:8080",
        ];
        for url in refused {
            assert!(proxy_url(url).is_err(), "{url}");
        }
    }
}
