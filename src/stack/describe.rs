//! `gwlint stack`: the model, written so that its user can check it against the machine.

use std::io::{self, Write};
use std::path::Path;

use anstyle::{AnsiColor, Style};

use super::Stack;
use super::hop::{Gateway, Hop, Leg, Owner, Protocol};
use super::nginx::{Nginx, ScopeId, ScopeKind};
use super::setting::Setting;
use crate::load::Workspace;
use crate::source::{SourceMap, Span};

mod apache;
mod pools;
mod values;

/// Writes the model: each gateway with its listeners and routes, where each route goes, and the
/// values in force on the way, each with the place it was set.
///
/// # Errors
/// What `out` says.
pub fn describe(
    sources: &SourceMap,
    files: &Workspace,
    stack: &Stack,
    out: &mut dyn Write,
    color: bool,
) -> io::Result<()> {
    let mut page = Page { sources, files, stack, out, color };
    page.line(0, &format!("{} {}", page.dim("root"), files.root.display()))?;
    for (index, nginx) in stack.nginx.iter().enumerate() {
        page.nginx(index, nginx)?;
    }
    for (index, apache) in stack.apache.iter().enumerate() {
        page.apache(index, apache)?;
    }
    for fpm in &stack.fpm {
        page.fpm(fpm)?;
    }
    Ok(())
}

/// What is written, and with what at hand.
struct Page<'a> {
    sources: &'a SourceMap,
    files: &'a Workspace,
    stack: &'a Stack,
    out: &'a mut dyn Write,
    color: bool,
}

/// Columns of the names and of the values, so that the places stand below each other.
const NAME: usize = 33;
const VALUE: usize = 16;

impl Page<'_> {
    fn paint(&self, style: Style, text: &str) -> String {
        if self.color { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    fn dim(&self, text: &str) -> String {
        self.paint(Style::new().dimmed(), text)
    }

    fn bold(&self, text: &str) -> String {
        self.paint(Style::new().bold(), text)
    }

    fn line(&mut self, indent: usize, text: &str) -> io::Result<()> {
        writeln!(self.out, "{:indent$}{text}", "")
    }

    /// A name, and the place it stands at.
    fn headed(&mut self, indent: usize, text: &str, span: Option<Span>) -> io::Result<()> {
        let place = span.map_or(String::new(), |span| format!("  {}", self.place(span)));
        let text = format!("{text}{}", self.dim(&place));
        self.line(indent, &text)
    }

    /// `path:line`, the path below the root.
    fn place(&self, span: Span) -> String {
        let file = self.sources.file_id(span);
        let path = &self.files.file(file).path;
        let inside = path.strip_prefix(&self.files.root).ok().filter(|_| self.files.root != Path::new("/"));
        format!("{}:{}", inside.unwrap_or(path).display(), self.sources.file(file).place(span.lo).line)
    }

    /// One value with the place it was set.
    fn value(&mut self, indent: usize, name: &str, setting: &Setting<String>) -> io::Result<()> {
        let place = setting.span().map_or("default".to_owned(), |span| self.place(span));
        let width = NAME.saturating_sub(indent);
        let line = format!("{name:width$} {:VALUE$} {}", setting.value, self.dim(&place));
        self.line(indent, line.trim_end())
    }

    fn nginx(&mut self, index: usize, nginx: &Nginx) -> io::Result<()> {
        let main = self.sources.file(nginx.file).span();
        let user = nginx.user(self.files).and_then(|node| node.arg(0));
        let user = user.map_or(String::new(), |user| format!(" as {user}"));
        self.line(0, "")?;
        let title = format!("{}{user}", self.bold("nginx"));
        self.headed(0, &title, Some(Span::at(main.lo)))?;
        for server in nginx.of_kind(ScopeKind::Server) {
            self.server(index, nginx, server)?;
        }
        Ok(())
    }

    fn server(&mut self, index: usize, nginx: &Nginx, server: ScopeId) -> io::Result<()> {
        let addresses: Vec<String> =
            self.stack.listeners_of(Owner::Nginx(index, server)).map(listener_text).collect();
        let names =
            nginx.here(self.files, server, "server_name").flat_map(|node| node.args().collect::<Vec<_>>());
        let names: Vec<String> = names.map(std::borrow::Cow::into_owned).collect();
        let title = format!("{}  {}", self.bold(&addresses.join(", ")), names.join(" "));
        self.headed(2, title.trim_end(), nginx.head(self.files, server))?;
        for scope in nginx.inside(server) {
            let kind = nginx.scope(scope).kind;
            if matches!(kind, ScopeKind::Location | ScopeKind::If | ScopeKind::LimitExcept) {
                self.route(index, nginx, scope)?;
            }
        }
        Ok(())
    }

    fn route(&mut self, index: usize, nginx: &Nginx, scope: ScopeId) -> io::Result<()> {
        let hops: Vec<&Hop> = self.stack.hops_in(Gateway::Nginx(index), scope).collect();
        let title = nginx.title(self.files, scope);
        if hops.is_empty() {
            if nginx.scope(scope).kind == ScopeKind::Location {
                let text = format!("{title}  {}", self.dim(&self.without_hop(nginx, scope)));
                self.headed(4, &text, nginx.head(self.files, scope))?;
            }
            return Ok(());
        }
        for hop in hops {
            let text = format!("{title}  {} {}", self.arrow(), hop.protocol.word());
            self.headed(4, &text, Some(hop.span))?;
            self.legs(hop)?;
            for (name, setting) in values::of_nginx(self.files, nginx, hop) {
                self.value(6, &name, &setting)?;
            }
        }
        Ok(())
    }

    fn arrow(&self) -> String {
        self.paint(AnsiColor::Cyan.on_default(), "->")
    }

    /// What a location without a hop does: answers itself, or sends files.
    fn without_hop(&self, nginx: &Nginx, scope: ScopeId) -> String {
        if let Some(node) = nginx.here(self.files, scope, "return").last() {
            return format!("returns {}", node.args().collect::<Vec<_>>().join(" "));
        }
        let root = ["alias", "root"].iter().find_map(|name| nginx.text(self.files, scope, name));
        root.map_or_else(String::new, |root| format!("files below {}", root.value))
    }

    /// Where a hop ends up, and what answers there.
    fn legs(&mut self, hop: &Hop) -> io::Result<()> {
        if hop.legs.is_empty() {
            return self.line(6, &self.dim("to an address that depends on a variable"));
        }
        for leg in &hop.legs {
            let mark = if leg.down {
                " (down)"
            } else if leg.backup {
                " (backup)"
            } else {
                ""
            };
            let answers = self.answers(hop, leg);
            let text = format!("{}{mark}  {answers}", leg.shown);
            self.line(6, text.trim_end())?;
        }
        Ok(())
    }

    fn answers(&self, hop: &Hop, leg: &Leg) -> String {
        let who: Vec<String> =
            self.stack.listeners_at(leg).map(|listener| self.owner(listener.owner)).collect();
        if !who.is_empty() {
            return format!("{} {}", self.dim("answered by"), dedup(who).join(", "));
        }
        if let Some(container) = self.stack.compose.answering(leg.at.file, &leg.endpoint) {
            return format!("{} container {}", self.dim("answered by"), container.name);
        }
        let pools = self.stack.pools().next().is_some();
        let here = leg.endpoint.is_loopback() && pools && hop.protocol == Protocol::Fastcgi;
        let text = if here { "nothing in sight listens there" } else { "out of sight" };
        let style = if here { AnsiColor::Red.on_default() } else { Style::new().dimmed() };
        self.paint(style, text)
    }

    fn owner(&self, owner: Owner) -> String {
        match owner {
            Owner::Pool(fpm, pool) => {
                let fpm = &self.stack.fpm[fpm];
                let version = fpm.version.map_or(String::new(), |version| format!(" of PHP {version}"));
                format!("pool [{}]{version}", fpm.pools[pool].name)
            }
            Owner::Nginx(index, scope) => {
                let names = self.stack.nginx[index].here(self.files, scope, "server_name");
                let names: Vec<String> = names.filter_map(|node| Some(node.arg(0)?.into_owned())).collect();
                format!("nginx {}", names.join(" ")).trim_end().to_owned()
            }
            Owner::Apache(_) => "Apache".to_owned(),
            Owner::App(app) => self.stack.services.apps[app].title(),
            Owner::Socket(socket) => {
                let unit = self.stack.services.sockets[socket].unit;
                self.stack.services.units[unit].name.clone()
            }
        }
    }
}

fn dedup(mut names: Vec<String>) -> Vec<String> {
    names.dedup();
    names
}

fn listener_text(listener: &super::hop::Listener) -> String {
    let tls = if listener.protocol == Some(Protocol::Https) { " TLS" } else { "" };
    format!("{}{tls}", listener.endpoint)
}
