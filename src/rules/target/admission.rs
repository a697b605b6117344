//! Who a backend lets in by address: `allow` and `deny` of nginx, `Require ip` of Apache.

use std::net::IpAddr;

use crate::diagnostic::Edit;
use crate::edits;
use crate::load::Workspace;
use crate::rule::Context;
use crate::stack::apache::{Apache, SectionKind};
use crate::stack::nginx::{Nginx, ScopeId, ScopeKind};
use crate::tree::NodeRef;
use crate::value::in_network;

/// What keeps an address out.
pub(super) struct Denial<'a> {
    /// The line that does.
    pub line: NodeRef<'a>,
    /// Whose line it is.
    pub server: &'static str,
    /// The address.
    pub source: IpAddr,
    /// What to write.
    pub text: String,
    /// The edit that writes it.
    pub edit: Option<Edit>,
    /// What the backend logs.
    pub log: &'static str,
}

/// Whether a `server` of nginx keeps an address out of all it has, or of its `location /`.
pub(super) fn of_nginx<'a>(
    context: &Context<'a>,
    nginx: &'a Nginx,
    server: ScopeId,
    source: IpAddr,
) -> Option<Denial<'a>> {
    let files = context.files;
    let root = nginx.inside(server).find(|&id| {
        let node = nginx.scope(id).at.map(|at| files.node(at));
        nginx.scope(id).parent == Some(server)
            && nginx.scope(id).kind == ScopeKind::Location
            && node.is_some_and(|node| node.words().len() == 1 && node.arg(0).is_some_and(|path| path == "/"))
    });
    let judged = root.unwrap_or(server);
    let asks_otherwise = ["set_real_ip_from", "satisfy", "return", "rewrite", "auth_request"];
    let otherwise = nginx
        .around(judged)
        .any(|id| asks_otherwise.iter().any(|name| nginx.here(files, id, name).next().is_some()));
    if otherwise || !nginx.is_certain(judged) {
        return None;
    }
    let rules = nginx.around(judged).map(|id| rules(files, nginx, id)).find(|rules| !rules.is_empty())?;
    let line = first_match(&rules, source).filter(|node| node.is("deny"))?;
    // Without a single network that is let in nobody is meant to be.
    let others = rules.iter().any(|node| node.is("allow") && node.arg(0).is_some_and(|arg| arg != "all"));
    let own = line.arg(0).is_some_and(|arg| arg != "all");
    if !(others || own) {
        return None;
    }
    let text = format!("allow {source};");
    let edit = Some(edits::insert_line_before(line, &text));
    let log = "nginx logs: access forbidden by rule";
    Some(Denial { line, server: "server", source, text, edit, log })
}

/// The lines of `allow` and `deny` directly in a context, in order.
fn rules<'a>(files: &'a Workspace, nginx: &'a Nginx, scope: ScopeId) -> Vec<NodeRef<'a>> {
    nginx.entries(files, scope).filter(|node| matches!(node.name(), "allow" | "deny")).collect()
}

/// The first line an address matches; `None` where none does, or one before it cannot be read.
fn first_match<'a>(rules: &[NodeRef<'a>], source: IpAddr) -> Option<NodeRef<'a>> {
    for &rule in rules {
        let text = rule.arg(0)?;
        let hit = match &*text {
            "all" => true,
            "unix:" => false,
            network => in_network(source, network)?,
        };
        if hit {
            return Some(rule);
        }
    }
    None
}

/// Whether the virtual host of a port keeps an address out of all it has.
pub(super) fn of_apache<'a>(
    context: &Context<'a>,
    apache: &'a Apache,
    port: u16,
    source: IpAddr,
) -> Option<Denial<'a>> {
    let mut hosts = apache.vhosts().filter(|&vhost| apache.answers_port(vhost, port));
    let host = match (hosts.next(), hosts.next()) {
        (None, _) => ScopeId(0),
        (Some(host), None) => host,
        _ => return None,
    };
    let replaced = ["remoteipheader", "remoteipproxyprotocol", "satisfy", "authmerging"];
    if !apache.whole || replaced.iter().any(|name| apache.everywhere(name).next().is_some()) {
        return None;
    }
    let section = deciding(apache, host)?;
    let grouped = apache.section_ids().any(|id| {
        let inner = apache.section(id);
        inner.parent == Some(section) && inner.kind == SectionKind::Other
    });
    let lines: Vec<_> = apache.here(section, "require").collect();
    let mut networks = None;
    for entry in &lines {
        let mut words = entry.args.iter().map(|arg| arg.value.as_str());
        match words.next()?.to_ascii_lowercase().as_str() {
            "ip" => {
                for word in words {
                    if in_network(source, word)? {
                        return None;
                    }
                }
                networks = Some(*entry);
            }
            "all" if entry.value(1).is_some_and(|word| word.eq_ignore_ascii_case("denied")) => {}
            _ => return None,
        }
    }
    let entry = networks.filter(|_| !grouped)?;
    let line = context.files.node(entry.at);
    let words: Vec<_> = line.args().map(std::borrow::Cow::into_owned).collect();
    let text = format!("Require {} {source}", words.join(" "));
    let edit = Some(Edit::insert(line.head().hi, format!(" {source}")));
    let log = "Apache logs: AH01630: client denied by server configuration";
    Some(Denial { line, server: "Apache", source, text, edit, log })
}

/// The section whose `Require` counts last for all paths of a virtual host: `<Location "/">`, else the `<Directory>`
/// nearest to its `DocumentRoot`; `None` where that is not certain.
fn deciding(apache: &Apache, host: ScopeId) -> Option<ScopeId> {
    let of = |id: ScopeId| {
        let vhost = apache.vhost_of(id);
        vhost == host || vhost == ScopeId(0)
    };
    let requires = |&id: &ScopeId| of(id) && apache.here(id, "require").next().is_some();
    let top = |&id: &ScopeId| {
        let parent = apache.section(id).parent;
        parent == Some(host) || parent == Some(ScopeId(0))
    };
    let path = |id: ScopeId| apache.section(id).args.last().map(|arg| arg.value.trim_end_matches('/'));
    let named = |&id: &ScopeId, name: &str| {
        let section = apache.section(id);
        section.args.len() == 1 && section.word.is_some_and(|word| word.name.eq_ignore_ascii_case(name))
    };
    let locations = apache.section_ids().filter(requires).filter(top).filter(|id| named(id, "Location"));
    if let Some(found) = locations.filter(|&id| path(id) == Some("")).last() {
        return Some(found);
    }
    let root = apache.find(host, "documentroot")?.0.value(0)?.trim_end_matches('/');
    let all = apache.section_ids().filter(requires).filter(top).filter(|id| named(id, "Directory"));
    let covering = all.filter_map(|id| Some((path(id)?, id)));
    let covering = covering.filter(|(path, _)| below(root, path));
    covering.max_by_key(|(path, id)| (path.len(), *id)).map(|(_, id)| id)
}

/// Whether a path is another one or lies below it.
fn below(path: &str, above: &str) -> bool {
    path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
