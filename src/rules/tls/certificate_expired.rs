//! `tls/certificate-expired`: a certificate is not valid today.

use std::collections::HashSet;
use std::time::{SystemTime, UNIX_EPOCH};

use super::{apache_says, over_tls, shown_by, verifies};
use crate::diagnostic::{Diagnostic, Severity};
use crate::options::{OptionKind, RuleOption};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::hop::Protocol::Https;
use crate::stack::hop::{Gateway, Hop};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "tls/certificate-expired",
    severity: Severity::Warning,
    summary: "a certificate has expired, or is not valid yet",
    fixable: Fixable::No,
    card: include_str!("../../../rules/tls/certificate-expired.md"),
    check,
};

/// The time certificates are judged by, in seconds since 1970; 0 is the clock of this machine.
pub(crate) static NOW: RuleOption =
    RuleOption { rule: RULE.name, key: "now", kind: OptionKind::Number, default: 0 };

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some(now) = now(context) else { return };
    let (mut seen, mut known) = (HashSet::new(), HashSet::new());
    let hops = over_tls(context);
    for listener in context.stack.listeners.iter().filter(|listener| listener.protocol == Some(Https)) {
        for shown in shown_by(context, listener) {
            let certificate = &shown.certificate;
            let valid = (certificate.not_before..=certificate.not_after).contains(&now);
            if valid || !seen.insert(shown.span) || !known.insert(shown.path.clone()) {
                continue;
            }
            let expired = certificate.not_after < now;
            let since = if expired {
                format!("expired on {}", date(certificate.not_after))
            } else {
                format!("is not valid before {}", date(certificate.not_before))
            };
            let caller = hops.iter().find(|(hop, other)| other.span == listener.span && looks(context, hop));
            let found = |message: String| Diagnostic::new(shown.span, message, since.clone());
            let help = format!("put a new certificate into {}", shown.path);
            if let Some((hop, _)) = caller {
                let (status, log) = answer(hop, expired);
                let message = format!(
                    "this certificate {since}, and the gateway in front looks at it: every request answers {status}"
                );
                let found = found(message).label(hop.span, "requests come from here").note(log).help(help);
                sink.report_as(Severity::Error, found);
            } else {
                let message = format!("this certificate {since}: browsers refuse the site");
                let log = if expired {
                    "NET::ERR_CERT_DATE_INVALID, SEC_ERROR_EXPIRED_CERTIFICATE"
                } else {
                    "NET::ERR_CERT_DATE_INVALID"
                };
                sink.report(found(message).note(format!("the visitor sees: {log}")).help(help));
            }
        }
    }
}

/// Whether the gateway a hop begins at looks at the dates of a certificate: nginx when it is told to,
/// Apache unless it is told not to.
fn looks(context: &Context<'_>, hop: &Hop) -> bool {
    match (context.stack.nginx_of(hop), context.stack.apache_of(hop)) {
        (Some(nginx), _) => verifies(context, nginx, hop.scope),
        (_, Some(apache)) => !apache_says(apache, hop.scope, "sslproxycheckpeerexpire", "off"),
        _ => false,
    }
}

fn answer(hop: &Hop, expired: bool) -> (u16, &'static str) {
    match (hop.gateway, expired) {
        (Gateway::Nginx(_), true) => (
            502,
            "nginx logs: upstream SSL certificate verify error: (10:certificate has expired) while SSL handshaking to upstream",
        ),
        (Gateway::Nginx(_), false) => (
            502,
            "nginx logs: upstream SSL certificate verify error: (9:certificate is not yet valid) while SSL handshaking to upstream",
        ),
        (Gateway::Apache(_), _) => {
            (500, "Apache logs, at level info: AH02004: SSL Proxy: Peer certificate is expired")
        }
    }
}

fn now(context: &Context<'_>) -> Option<i64> {
    match i64::try_from(context.options.of(&NOW)) {
        Ok(0) => i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs()).ok(),
        said => said.ok(),
    }
}

/// A day of the calendar, counted from the first of March, as the leap day is the last one of a year then.
fn date(seconds: i64) -> String {
    let days = seconds.div_euclid(86_400) + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let of_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    format!("{}-{month:02}-{of_month:02}", year + era * 400 + next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_their_dates() {
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(951_782_400), "2000-02-29");
        assert_eq!(date(1_609_459_199), "2020-12-31");
        assert_eq!(date(4_102_444_800), "2100-01-01");
    }
}
