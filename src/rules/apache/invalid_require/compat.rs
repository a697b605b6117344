//! `Order`, `Allow` and `Deny`, of `mod_access_compat`.

use super::super::lines::{Fault, from_arg, is_filled_in};
use crate::load::apache::Arg;
use crate::spelling::closest;
use crate::stack::apache::Command;
use crate::value::{NetFault, ip_subnet};

/// `Order allow,deny`.
pub(super) fn order(command: &Command<'_>) -> Option<Fault> {
    let orders = ["allow,deny", "deny,allow", "mutual-failure"];
    let is_order = |text: &str| orders.iter().any(|order| order.eq_ignore_ascii_case(text));
    // A comment behind it is apache/argument-count.
    if command.args.iter().any(|arg| is_filled_in(&arg.value) || arg.value.starts_with('#')) {
        return None;
    }
    let log = match command.args {
        [] => return None,
        [one] if is_order(&one.value) => return None,
        [_] => "unknown order",
        _ => "order takes one argument, 'allow,deny', 'deny,allow', or 'mutual-failure'",
    };
    let words: Vec<&str> = command.args.iter().map(|arg| arg.value.as_str()).collect();
    let text = words.join(" ");
    let span = from_arg(command, 0);
    let says = format!("`Order` takes `allow,deny` or `deny,allow`, without a blank, not `{text}`");
    let parts: Vec<&str> = text.split([' ', ',']).filter(|part| !part.is_empty()).collect();
    let meant = parts.join(",");
    let fault = Fault::new(span, says, log);
    let meant = if is_order(&meant) { Some(meant.as_str()) } else { closest(&meant, orders) };
    Some(match meant {
        Some(meant) => fault.meant(Some(span), meant),
        None => fault,
    })
}

/// `Allow from …`, `Deny from …`.
pub(super) fn allow(command: &Command<'_>) -> Option<Fault> {
    let name = command.name();
    let first = command.args.first()?;
    if is_filled_in(&first.value) {
        return None;
    }
    if !first.value.eq_ignore_ascii_case("from") {
        let log = if command.args.len() == 1 {
            let name = name.to_ascii_lowercase();
            format!(
                "{name} requires at least two arguments, 'from' followed by hostnames or IP-address wildcards"
            )
        } else {
            "allow and deny must be followed by 'from'".to_owned()
        };
        let fault = Fault::new(first.span, format!("`{name}` is not followed by `from`"), log);
        let known = |arg: &Arg| arg.value.eq_ignore_ascii_case("all") || ip_subnet(&arg.value).is_ok();
        return Some(if command.args.iter().all(known) {
            fault.meant(Some(first.span), &format!("from {}", first.value))
        } else {
            fault.help(format!("write `{name} from` and whom"))
        });
    }
    command.args[1..].iter().find_map(|arg| {
        let text = arg.value.as_str();
        if text.starts_with('#') {
            let says = format!("`{name}` takes the comment for a host");
            return Some(
                Fault::new(arg.span, says, "No comments are allowed here")
                    .help("move the comment to a line of its own"),
            );
        }
        let fault = ip_subnet(text).err().filter(|_| !is_filled_in(text))?;
        let log = match fault {
            NetFault::NoAddress if text.contains('/') => "An IP address was expected",
            NetFault::NoAddress => return None,
            NetFault::BadAddress => "The specified IP address is invalid.",
            NetFault::BadMask => "The specified network mask is invalid.",
        };
        Some(Fault::new(arg.span, format!("`{text}` is no address or network"), log))
    })
}
