//! `Alias`, `ScriptAlias`, `CacheEnable`, `CacheDisable`: in a `<Location>` the path is that of the location.

use super::super::lines::{Fault, is_filled_in};
use crate::stack::apache::{Command, SectionKind};

/// Whether a directive stands in a `<Location>`; `None` where that is out of sight.
fn in_location(command: &Command<'_>) -> Option<bool> {
    let apache = command.apache;
    let mut around = apache.around(command.scope).map(|id| apache.section(id).kind);
    match around.find(|kind| *kind != SectionKind::Other)? {
        SectionKind::Location => Some(true),
        SectionKind::Server => apache.whole.then_some(false),
        SectionKind::VirtualHost => Some(false),
        // None of these may stand there at all.
        _ => None,
    }
}

/// `Alias /path /directory`, and `Alias /directory` in a `<Location>`.
pub(super) fn alias(command: &Command<'_>) -> Option<Fault> {
    let name = command.name();
    match (command.args, in_location(command)?) {
        ([_], false) => {
            let log = "Alias must have two arguments when used globally";
            let says = format!(
                "`{name}` has one argument: outside of a `<Location>` it takes a path and a directory"
            );
            Some(Fault::new(command.head(), says, log).label("what it leads to is missing"))
        }
        ([first, second], true) => {
            let log = "Alias cannot occur within directory context";
            let says = format!(
                "in a `<Location>` `{name}` takes the directory alone: the path is that of the location"
            );
            let help = format!("write `{name} {}`, or put the line outside", second.value);
            Some(Fault::new(first.span, says, log).label("a second path").help(help))
        }
        _ => None,
    }
}

/// `CacheEnable disk /path`, and `CacheEnable disk` in a `<Location>`.
pub(super) fn cache_enable(command: &Command<'_>) -> Option<Fault> {
    let [provider, rest @ ..] = command.args else { return None };
    let text = provider.value.as_str();
    if text.starts_with('/') {
        let log = format!("provider ({text}) starts with a '/'.  Are url and provider switched?");
        let fault = Fault::new(provider.span, format!("`{text}` is no cache but a path"), log);
        return Some(fault.help(format!("write `CacheEnable disk {text}`")));
    }
    let missing = rest.is_empty() && !in_location(command)? && !is_filled_in(text);
    missing.then(|| {
        let log = format!("CacheEnable provider ({text}) is missing an URL.");
        Fault::new(command.head(), "`CacheEnable` does not say what to cache", log)
            .label("has no path")
            .help(format!("write `CacheEnable {text} /`"))
    })
}

/// `CacheDisable /path`, and `CacheDisable on` in a `<Location>`.
pub(super) fn cache_disable(command: &Command<'_>) -> Option<Fault> {
    let [arg] = command.args else { return None };
    let text = arg.value.as_str();
    if is_filled_in(text) {
        return None;
    }
    if in_location(command)? {
        let log = "CacheDisable must be followed by the word 'on' when in a Location.";
        let says = format!("in a `<Location>` `CacheDisable` takes `on`, not `{text}`");
        return (!text.eq_ignore_ascii_case("on"))
            .then(|| Fault::new(arg.span, says, log).help("write `on`"));
    }
    let is_place = text.starts_with('/') || text.contains(':');
    let log = "CacheDisable must specify a path or an URL.";
    let says = format!("outside of a `<Location>` `CacheDisable` takes a path or a URL, not `{text}`");
    (!is_place).then(|| Fault::new(arg.span, says, log))
}
