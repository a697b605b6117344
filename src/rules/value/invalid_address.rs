//! `value/invalid-address`: an address, a network or a name of a server nginx does not take.

use super::{Fault, report};
use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::value::BadAddress;
use crate::vocabulary::{Class, Kind};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "value/invalid-address",
    severity: Severity::Error,
    summary: "an address, a network or a server name nginx does not take, so that it does not start",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/value/invalid-address.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    report(context, sink, Class::Address, finding);
}

fn finding(fault: &Fault<'_>) -> Option<Diagnostic> {
    let value = fault.value();
    // A URL or a bare path in an upstream is what `target/bad-pass-syntax` knows to mend.
    let name = fault.node.name();
    let is_pass = name.ends_with("_pass");
    if (name == "server" || is_pass) && (value.contains("://") || value.starts_with('/')) {
        return None;
    }
    // A pass may name an upstream, and those are named as one likes.
    let bad = fault.slot.kind.bad_address(value);
    if is_pass && bad != Some(BadAddress::Port) {
        return None;
    }
    let message = match (fault.slot.kind, bad) {
        (_, Some(BadAddress::NoSuchHost | BadAddress::Host)) | (Kind::Network | Kind::NetworkOrHost, _) => {
            fault.is_no("address")
        }
        (_, Some(bad)) => {
            format!("`{value}` is no address for {}, {}: nginx does not start", fault.of(), bad.told())
        }
        _ => fault.is_no("name"),
    };
    Some(fault.finding(message))
}
