//! `fpm/listen-taken-for-path`: an address without a port is the path of a socket to FPM.

use super::is_computed;
use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::value::{self, FpmListen};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "fpm/listen-taken-for-path",
    severity: Severity::Warning,
    summary: "PHP-FPM takes an address without a port for the path of a socket",
    fixable: Fixable::No,
    card: include_str!("../../../rules/fpm/listen-taken-for-path.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fpm in &context.stack.fpm {
        for pool in &fpm.pools {
            for entry in ["listen", "pm.status_listen"].iter().filter_map(|key| pool.said(key)) {
                let Some(meant) = meant(&entry.value).filter(|_| !is_computed(entry)) else { continue };
                let place = context.files.node(entry.at).arg_span(0).unwrap_or(entry.span);
                let message = format!(
                    "PHP-FPM takes `{}` for the path of a socket, not for an address: nothing listens on a port",
                    entry.value
                );
                sink.report(
                    Diagnostic::new(place, message, "no `:` before a port, so this is a path")
                        .note("`php-fpm -t` says that the test is successful")
                        .help(format!("write `{} = {meant}`", entry.key)),
                );
            }
        }
    }
}

/// What is meant by a text that names an address and no port, or a port with something behind it.
fn meant(text: &str) -> Option<String> {
    let Ok(FpmListen::UnixPath(path)) = value::fpm_listen(text) else { return None };
    let (first, rest) = path.split_once([' ', '\t']).unwrap_or((path, ""));
    let rest = rest.trim();
    let is_port =
        |text: &str| matches!(value::fpm_listen(text), Ok(FpmListen::Port(_))) && !text.contains(':');
    let is_host = first == "localhost" || first == "*" || first.parse::<std::net::Ipv4Addr>().is_ok();
    if is_host {
        let port = if is_port(rest) { rest } else { "9000" };
        let host = if first == "localhost" { "127.0.0.1" } else { first };
        return Some(if host == "*" { port.to_owned() } else { format!("{host}:{port}") });
    }
    (is_port(first) && !rest.is_empty()).then(|| first.to_owned())
}

#[cfg(test)]
mod tests {
    use super::meant;

    #[test]
    fn addresses_are_told_from_paths() {
        assert_eq!(meant("127.0.0.1").as_deref(), Some("127.0.0.1:9000"));
        assert_eq!(meant("10.0.0.1 9001").as_deref(), Some("10.0.0.1:9001"));
        assert_eq!(meant("localhost").as_deref(), Some("127.0.0.1:9000"));
        assert_eq!(meant("9000 # fpm").as_deref(), Some("9000"));
        for path in ["9000", "127.0.0.1:9000", "/run/php.sock", "php.sock", "localhost.sock", "9000.sock"] {
            assert_eq!(meant(path), None, "{path}");
        }
    }
}
