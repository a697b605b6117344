//! `Listen`, `ServerName`, `<VirtualHost>`.

use super::super::lines::{Fault, is_filled_in};
use crate::stack::apache::Command;

fn is_port(text: &str) -> bool {
    text.parse::<u16>().is_ok_and(|port| port > 0)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text has an address of v6 in it, or what else `[…]` stands for.
fn is_odd(text: &str) -> bool {
    is_filled_in(text.trim_start_matches('['))
        || text.matches(':').count() > 1 && !text.starts_with('[') && !text.contains("://")
}

/// `Listen [address:]port [protocol]`.
pub(super) fn listen(command: &Command<'_>) -> Option<Fault> {
    if command.args.is_empty() || command.args.len() > 2 && !is_odd(&command.args[2].value) {
        let says = "`Listen` takes an address with a port, and perhaps a protocol";
        return Some(Fault::new(command.head(), says, "Listen requires 1 or 2 arguments."));
    }
    let arg = command.args.first().filter(|arg| !is_odd(&arg.value))?;
    let text = arg.value.as_str();
    let fault = |says: String, log: &str| Some(Fault::new(arg.span, says, log));
    if let Some((_, host)) = text.split_once("://") {
        let log = "AH00077: alloc_listener: failed to set up sockaddr";
        let port = host.trim_end_matches('/').rsplit(':').next().filter(|port| is_port(port));
        let found = fault(format!("`Listen` takes an address and a port, no URL: `{text}`"), log)?;
        return Some(match port {
            Some(port) => found.help(format!("write `Listen {port}`")),
            None => found,
        });
    }
    let (host, port) = match text.rsplit_once(':').filter(|_| !text.ends_with(']')) {
        Some((host, port)) => (Some(host), port),
        None => (None, text),
    };
    if !is_digits(port) {
        let says = format!("`Listen {text}` names no port");
        let found = fault(says, "Port must be specified")?;
        let meant = text.trim_end_matches([';', ',']);
        let address = meant.parse::<std::net::IpAddr>().is_ok() || meant == "*";
        return Some(if is_port(meant) {
            found.meant(arg.plain, meant)
        } else if address {
            found.help(format!("write `Listen {meant}:80`, or whichever port is meant"))
        } else {
            found
        });
    }
    let wrong = host == Some("") || !is_port(port);
    let says = if host == Some("") {
        format!("there is no address before the `:` of `{text}`")
    } else {
        format!("`{port}` is no port: there are 1 to 65535")
    };
    let found = fault(says, "Invalid address or port").filter(|_| wrong)?;
    Some(if host == Some("") && is_port(port) { found.meant(arg.plain, port) } else { found })
}

/// `ServerName [scheme://]name[:port]`.
pub(super) fn server_name(command: &Command<'_>) -> Option<Fault> {
    let [arg] = command.args else { return None };
    let text = arg.value.as_str();
    if is_filled_in(text) {
        return None;
    }
    if text.contains(['*', '?']) {
        let log = format!("Invalid ServerName \"{text}\" use ServerAlias to set multiple server names.");
        let fault = Fault::new(arg.span, format!("`ServerName` takes one name, and `{text}` is many"), log);
        return Some(fault.help(format!("write `ServerAlias {text}`, and one name behind `ServerName`")));
    }
    let (_, name) = text.split_once("://").unwrap_or(("", text));
    let (host, port) = name.split_once(':')?;
    let read = crate::value::apache_int(port).value;
    if (1..65536).contains(&read) {
        return None;
    }
    let log = format!("The port number \"{text}\" is outside the appropriate range (i.e., 1..65535).");
    let fault =
        Fault::new(arg.span, format!("`{port}` behind `{host}` is no port: there are 1 to 65535"), log);
    Some(if port.is_empty() { fault.meant(arg.plain, text.trim_end_matches(':')) } else { fault })
}

/// `<VirtualHost address[:port] …>`.
pub(super) fn virtual_host(command: &Command<'_>) -> Option<Fault> {
    command.args.iter().find_map(|arg| {
        let text = arg.value.as_str();
        if is_odd(text) {
            return None;
        }
        if is_digits(text) {
            let fault = Fault::new(
                arg.span,
                format!("`{text}` is a port without an address"),
                "Missing address for VirtualHost",
            );
            return Some(fault.meant(arg.plain, &format!("*:{text}")));
        }
        let (host, port) = text.rsplit_once(':').filter(|(_, port)| is_digits(port))?;
        let log = "The address or port is invalid";
        if host.is_empty() && is_port(port) {
            let fault = Fault::new(arg.span, format!("there is no address before the `:` of `{text}`"), log);
            return Some(fault.meant(arg.plain, &format!("*:{port}")));
        }
        let says = format!("`{port}` is no port: there are 1 to 65535");
        (!is_port(port)).then(|| Fault::new(arg.span, says, log))
    })
}
