//! `Require [not] provider …`.

use super::super::lines::{Fault, from_arg, is_filled_in, method};
use super::judged_by;
use crate::load::Workspace;
use crate::load::apache::Arg;
use crate::spelling::closest;
use crate::stack::apache::Command;
use crate::value::{NetFault, ip_subnet};
use crate::vocabulary::{authz_providers, is_authz_provider};

/// What is wrong with a `Require`.
pub(super) fn require(files: &Workspace, command: &Command<'_>) -> Option<Fault> {
    let negated = command.value(0).is_some_and(|word| word.eq_ignore_ascii_case("not"));
    let at = usize::from(negated);
    let provider = command.args.get(at)?;
    let rest = command.args.get(at + 1..)?;
    if is_filled_in(&provider.value) {
        return None;
    }
    if !is_authz_provider(&provider.value) {
        return unknown(files, command, provider, rest);
    }
    let wrong = match provider.value.as_str() {
        "all" => all(provider, rest),
        "ip" => {
            rest.iter().find_map(|arg| address(arg, "ip address", "appears to be invalid")).or_else(|| {
                rest.is_empty().then(|| {
                    Fault::new(
                        provider.span,
                        "`Require ip` has no address",
                        "'require ip' requires an argument",
                    )
                })
            })
        }
        "method" => rest.iter().find_map(|arg| method(arg, format!("Invalid Method '{}'", arg.value))),
        "ssl" | "ssl-verify-client" if !rest.is_empty() => {
            let log = format!("'Require {}' does not take arguments", provider.value);
            Some(Fault::new(
                from_arg(command, at + 1),
                format!("`Require {}` takes nothing behind it", provider.value),
                log,
            ))
        }
        _ => None,
    };
    wrong.or_else(|| negated.then(|| negative(files, command)).flatten())
}

/// A provider nobody knows; modules of others bring their own, so that only a slip is certain.
fn unknown(files: &Workspace, command: &Command<'_>, provider: &Arg, rest: &[Arg]) -> Option<Fault> {
    let name = provider.value.as_str();
    let word = name.to_ascii_lowercase();
    let log = format!("Unknown Authz provider: {name}");
    let says = format!("there is nothing called `{name}` to require");
    let fault = Fault::new(provider.span, says, log).label("no provider of this name");
    let meant = match word.as_str() {
        "granted" | "denied" if rest.is_empty() => format!("all {word}"),
        "from" if rest.first().is_some_and(|arg| arg.value.eq_ignore_ascii_case("all")) => return None,
        "from" if !rest.is_empty() && rest.iter().all(|arg| ip_subnet(&arg.value).is_ok()) => "ip".to_owned(),
        "users" | "groups" | "hosts" | "ips" => word[..word.len() - 1].to_owned(),
        _ if word != name && is_authz_provider(&word) => word,
        _ if is_alias(files, command, name) => return None,
        _ => match closest(name, authz_providers()) {
            Some(close) => close.to_owned(),
            // Who knows all modules knows all providers.
            None if command.apache.modules.are_all_of_httpd() => {
                let known: Vec<&str> = authz_providers().collect();
                return Some(fault.help(format!("there are {}", known.join(", "))));
            }
            None => return None,
        },
    };
    Some(fault.meant(provider.plain, &meant))
}

/// `Require all` takes `granted` or `denied`, and nothing else: not even quotes.
fn all(provider: &Arg, rest: &[Arg]) -> Option<Fault> {
    let log = "Argument for 'Require all' must be 'granted' or 'denied'";
    let quoted = |arg: &Arg| arg.plain != Some(arg.span) && arg.plain.is_some();
    match rest {
        [arg] if ["granted", "denied"].iter().any(|word| arg.value.eq_ignore_ascii_case(word)) => {
            let fault = || Fault::new(arg.span, "`Require all` takes its word without quotes", log);
            quoted(arg).then(|| fault().meant(Some(arg.span), &arg.value))
        }
        _ if rest.iter().any(|arg| is_filled_in(&arg.value)) => None,
        [arg] => {
            let fault = Fault::new(
                arg.span,
                format!("`Require all {}` is neither granted nor denied", arg.value),
                log,
            );
            let meant = match arg.value.to_ascii_lowercase().as_str() {
                "allow" | "allowed" | "grant" | "permit" => Some("granted"),
                "deny" | "refuse" => Some("denied"),
                word => closest(word, ["granted", "denied"]),
            };
            Some(match meant {
                Some(meant) => fault.meant(Some(arg.span), meant),
                None => fault.help("write `Require all granted` or `Require all denied`"),
            })
        }
        [] => Some(
            Fault::new(provider.span, "`Require all` is neither granted nor denied", log)
                .help("write `Require all granted` or `Require all denied`"),
        ),
        [_, .., last] => Some(Fault::new(rest[1].span.to(last.span), "`Require all` takes one word", log)),
    }
}

/// An address or network.
fn address(arg: &Arg, what: &str, log: &str) -> Option<Fault> {
    if is_filled_in(&arg.value) {
        return None;
    }
    let fault = ip_subnet(&arg.value).err()?;
    let text = &arg.value;
    let (says, why) = match fault {
        NetFault::NoAddress => (format!("`{text}` is no address"), ""),
        NetFault::BadAddress => (format!("`{text}` is no address"), ": The specified IP address is invalid."),
        NetFault::BadMask => {
            (format!("`{text}` has no valid mask"), ": The specified network mask is invalid.")
        }
    };
    let found = Fault::new(arg.span, says, format!("{what} '{text}' {log}{why}"));
    let list = text.contains(',') && text.split(',').all(|part| part.is_empty() || ip_subnet(part).is_ok());
    if list {
        let parts: Vec<&str> = text.split(',').filter(|part| !part.is_empty()).collect();
        return Some(if parts.is_empty() { found } else { found.meant(arg.plain, &parts.join(" ")) });
    }
    Some(match text.strip_suffix(".*").filter(|start| ip_subnet(start).is_ok()) {
        Some(start) => found.meant(arg.plain, start),
        None if fault == NetFault::NoAddress && text.contains('-') => {
            found.help("Apache takes networks like `10.0.0.0/8`, no ranges")
        }
        None if fault == NetFault::NoAddress && text.contains('.') => {
            found.help("a name is for `Require host`")
        }
        None => found,
    })
}

/// Whether an `<AuthzProviderAlias>`, or a script that is named, gives a provider this name.
fn is_alias(files: &Workspace, command: &Command<'_>, name: &str) -> bool {
    let apache = command.apache;
    let by =
        |directive, place| apache.everywhere(directive).any(|(_, entry)| entry.value(place) == Some(name));
    if by("luaauthzprovider", 0) || by("authnzfcgidefineprovider", 1) {
        return true;
    }
    apache.section_ids().any(|id| {
        apache.node(files, id).is_some_and(|node| node.is("AuthzProviderAlias"))
            && apache.section(id).args.get(1).is_some_and(|alias| alias.value == name)
    })
}

/// `Require not` outside of `<RequireAll>`.
fn negative(files: &Workspace, command: &Command<'_>) -> Option<Fault> {
    let around = judged_by(files, command).filter(|around| *around != "RequireAll")?;
    let says =
        format!("`Require not` decides nothing in `<{around}>`, where one `Require` that fits is enough");
    let log = format!("negative Require directive has no effect in <{around}> directive");
    Some(Fault::new(command.head(), says, log).label("stands in no `<RequireAll>`").help(
        "write `<RequireAll>` around it, with a `Require all granted` or another `Require` that says who may enter",
    ))
}
