//! Where a program listens: its own words for it, as endpoints.

use std::path::Path;

use super::{App, Said, Setting, Unit};
use crate::load::Workspace;
use crate::source::Span;
use crate::stack::endpoint::Endpoint;
use crate::stack::hop::Protocol;

/// An address a program listens on.
#[derive(Debug, Clone)]
pub struct Bind {
    /// The address.
    pub endpoint: Endpoint,
    /// The same as it is written.
    pub shown: Endpoint,
    /// What is spoken there, if that is known.
    pub protocol: Option<Protocol>,
    /// Where it is written; the command where nothing is said.
    pub span: Span,
    /// The text to replace for another address, as the program writes them.
    pub value: Option<Span>,
    /// Whether it is the program's default.
    pub default: bool,
}

/// What a program speaks.
pub(super) fn protocol(app: &App) -> Option<Protocol> {
    match app.get("protocol").and_then(|setting| setting.value.known()) {
        Some(word) => Protocol::of_word(word),
        None => Protocol::of_word(app.program.protocol),
    }
}

/// All addresses of a program; none when one of them is not known.
pub(super) fn of(app: &App, root: &Path) -> Vec<Bind> {
    let mut found = own(app).unwrap_or_default();
    if found.is_empty() && !app.open && own(app).is_some() {
        found.extend(default(app));
    }
    below(root, found)
}

/// Paths as they are on the machine described.
fn below(root: &Path, mut found: Vec<Bind>) -> Vec<Bind> {
    for bind in &mut found {
        if let Endpoint::Unix(path) = &bind.shown {
            bind.endpoint = Endpoint::unix(path, root);
        }
    }
    found
}

fn own(app: &App) -> Option<Vec<Bind>> {
    if app.program.name == "uwsgi" {
        return of_uwsgi(app);
    }
    let mut found = Vec::new();
    let (host, port, path) = (app.get("host"), app.get("port"), app.get("uds"));
    if app.get("fd").is_some() {
        return Some(found);
    }
    if let Some(setting) = path {
        found.push(bind(app, setting, unix(setting.value.known()?)));
    } else if app.program.name == "pm2" {
        for setting in app.settings.iter().filter(|setting| setting.key == "port") {
            found.push(bind(app, setting, Endpoint::tcp("*", setting.value.known()?.parse().ok()?)));
        }
    } else if host.is_some() || port.is_some() {
        found.push(of_host_and_port(app, host, port)?);
    }
    // The command line takes the place of the file.
    let binds: Vec<&Setting> = app.settings.iter().filter(|setting| setting.key == "bind").collect();
    let from_command = binds.iter().any(|setting| setting.on_command_line);
    for setting in binds.into_iter().filter(|setting| setting.on_command_line == from_command) {
        for part in parts(&setting.value)? {
            let Some(endpoint) = address(app, part.known()?) else { continue };
            found.push(Bind { value: part.plain.then_some(part.span), ..bind(app, setting, endpoint) });
        }
    }
    Some(found)
}

/// A list of addresses with commas between them.
fn parts(value: &Said) -> Option<Vec<Said>> {
    let mut found = Vec::new();
    let mut at = 0;
    for part in value.known()?.split(',') {
        let behind = value.behind(at);
        let span = Span::new(behind.span.lo, (behind.span.lo + part.len() as u32).min(value.span.hi));
        found.push(Said {
            text: Some(part.trim().to_owned()),
            span,
            plain: value.plain && part.trim() == part,
        });
        at += part.len() + 1;
    }
    Some(found)
}

fn of_host_and_port(app: &App, host: Option<&Setting>, port: Option<&Setting>) -> Option<Bind> {
    let default = Endpoint::authority(app.program.default, None);
    let (default_host, default_port) = match &default {
        Endpoint::Tcp { host, port } => (host.as_str(), Some(*port)),
        _ => ("0.0.0.0", None),
    };
    // A port alone, by `-p` of puma and `PORT` of most: all addresses.
    let alone = if app.program.default.is_empty() || app.program.name == "gunicorn" {
        "0.0.0.0"
    } else {
        default_host
    };
    let host_text = host.map_or(Some(alone), |setting| setting.value.known())?;
    let port_text = port.map_or(Some(None), |setting| setting.value.known().map(Some))?;
    let number = port_text.map_or(default_port, |text| text.parse().ok())?;
    Some(bind(app, port.or(host)?, everywhere(Endpoint::tcp(host_text, number))))
}

fn bind(app: &App, setting: &Setting, endpoint: Endpoint) -> Bind {
    let value = setting.value.plain.then_some(setting.value.span);
    Bind {
        shown: endpoint.clone().as_target(),
        endpoint,
        protocol: protocol(app),
        span: setting.span,
        value,
        default: false,
    }
}

fn default(app: &App) -> Option<Bind> {
    let endpoint = everywhere(Endpoint::authority(app.program.default, None));
    let known = endpoint != Endpoint::Unresolved;
    let shown = endpoint.clone().as_target();
    known.then(|| Bind {
        endpoint,
        shown,
        protocol: protocol(app),
        span: app.span,
        value: None,
        default: true,
    })
}

/// `unix:/run/a.sock`, `127.0.0.1:8000`, `:8000`, `8000`, `tcp://0.0.0.0:9292`; `None` for a file descriptor.
fn address(app: &App, text: &str) -> Option<Endpoint> {
    let text = text.strip_prefix("tcp://").or_else(|| text.strip_prefix("tcp:")).unwrap_or(text);
    if text.starts_with("fd:") || text.starts_with("ssl://") {
        return None;
    }
    if let Some(path) = text.strip_prefix("unix:") {
        let path = path.strip_prefix("//").unwrap_or(path);
        return Some(unix(path.split('?').next().unwrap_or(path)));
    }
    if text.starts_with('/') {
        return Some(unix(text));
    }
    Some(tcp(text, matches!(app.program.name, "gunicorn" | "hypercorn").then_some(8000)))
}

/// A socket as it is written.
fn unix(path: &str) -> Endpoint {
    Endpoint::unix(path, Path::new("/"))
}

fn tcp(text: &str, default_port: Option<u16>) -> Endpoint {
    if let Ok(port) = text.trim_start_matches(':').parse() {
        return Endpoint::tcp("*", port);
    }
    everywhere(Endpoint::authority(text, default_port))
}

fn everywhere(endpoint: Endpoint) -> Endpoint {
    match endpoint {
        Endpoint::Tcp { host, port } if matches!(host.as_str(), "*" | "::" | "0.0.0.0") => {
            Endpoint::tcp("*", port)
        }
        other => other,
    }
}

/// Each of uWSGI's sockets has an option for its protocol.
fn of_uwsgi(app: &App) -> Option<Vec<Bind>> {
    const KEYS: &[(&str, Option<Protocol>)] = &[
        ("socket", None),
        ("uwsgi-socket", Some(Protocol::Uwsgi)),
        ("http-socket", Some(Protocol::Http)),
        ("http", Some(Protocol::Http)),
        ("https", Some(Protocol::Https)),
        ("fastcgi-socket", Some(Protocol::Fastcgi)),
        ("scgi-socket", Some(Protocol::Scgi)),
    ];
    let mut found = Vec::new();
    for setting in &app.settings {
        let Some(&(_, spoken)) = KEYS.iter().find(|(key, _)| *key == setting.key) else { continue };
        let text = setting.value.known()?;
        let address = text.split(',').next().unwrap_or(text);
        let address = address.strip_prefix("unix:").unwrap_or(address);
        let endpoint = if address.contains('/') {
            unix(address)
        } else if address.contains(':') {
            tcp(address, None)
        } else {
            continue;
        };
        let protocol = spoken.or_else(|| protocol(app));
        found.push(Bind { protocol, ..bind(app, setting, endpoint) });
    }
    Some(found)
}

/// What a `.socket` unit listens on.
pub(super) fn of_socket(files: &Workspace, unit: &Unit, protocol: Option<Protocol>) -> Vec<Bind> {
    let mut found = Vec::new();
    for entry in unit.all("Socket", "ListenStream") {
        let Some(said) = unit.entry_words(files, entry).into_iter().next() else { continue };
        let Some(text) = said.known() else { continue };
        let endpoint = if text.starts_with('/') { unix(text) } else { tcp(text, None) };
        let value = said.plain.then_some(said.span);
        let shown = endpoint.clone().as_target();
        found.push(Bind { endpoint, shown, protocol, span: entry.span, value, default: false });
    }
    below(&files.root, found)
}
