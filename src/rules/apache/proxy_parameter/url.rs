//! The URL of a worker.

use super::super::lines::{Fault, is_filled_in};
use crate::load::apache::Arg;
use crate::value::proxy_url;

/// What is wrong with a URL. The server calls the directive by `name`, and by `socket_name` where a socket is meant.
pub(super) fn bad_url(url: &Arg, name: &str, socket_name: &str) -> Option<Fault> {
    let text = url.value.as_str();
    if is_filled_in(text.trim_start_matches("http://[")) || text.starts_with('#') {
        return None;
    }
    let log = proxy_url(text).err()?;
    let log = if log.starts_with("uses") { format!("{socket_name} {log}") } else { format!("{name} {log}") };
    let fault = Fault::new(url.span, format!("`{text}` is no whole URL"), log);
    let (scheme, rest) = text.split_at(text.bytes().take_while(u8::is_ascii_alphabetic).count());
    let known =
        ["http", "https", "fcgi", "scgi", "uwsgi", "ajp", "ws", "wss", "h2", "balancer"].contains(&scheme);
    let host = rest.trim_start_matches([':', '/']);
    let slip = known && (rest.starts_with(":/") || rest.starts_with("//")) && !host.starts_with(':');
    Some(match text.strip_prefix("unix:") {
        Some(socket) => {
            let socket = socket.split('|').next().unwrap_or(socket);
            fault
                .label("names no protocol")
                .help(format!("write `unix:{socket}|fcgi://localhost/` for PHP-FPM"))
        }
        None if slip && !host.is_empty() => fault.meant(url.plain, &format!("{scheme}://{host}")),
        None if text.contains("://") => fault,
        None => fault.label("has no scheme").help(format!("write `http://{}`", text.trim_start_matches('/'))),
    })
}
