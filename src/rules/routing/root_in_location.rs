//! `routing/root-in-location`: `root` stands in `location /`, and the locations beside it do not have it.

use super::files::serves_files;
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::rules::script::is_php;
use crate::stack::hop::Gateway;
use crate::stack::nginx::{LocationHead, Nginx, ScopeId, ScopeKind};
use crate::tree::NodeRef;
use crate::value::{LocationKind, regex_matches};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "routing/root-in-location",
    severity: Severity::Error,
    summary: "`root` stands in `location /` alone, and the location beside it looks for files elsewhere",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/routing/root-in-location.md"),
    check,
};

/// Parts of pages, which lie where the pages lie.
const PARTS: [&str; 5] = ["/a.css", "/a.js", "/a.png", "/a.jpg", "/a.ico"];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (index, nginx) in context.stack.nginx.iter().enumerate().filter(|(_, nginx)| nginx.whole) {
        for server in nginx.of_kind(ScopeKind::Server) {
            let Some((first, root)) = root_of_pages(context, nginx, server) else { continue };
            for id in nginx.locations(server).filter(|&id| id != first) {
                sink.report_once(finding(context, Gateway::Nginx(index), nginx, id, root));
            }
        }
    }
}

/// `location /` and its `root`, where nothing around it has one.
fn root_of_pages<'a>(
    context: &Context<'a>,
    nginx: &'a Nginx,
    server: ScopeId,
) -> Option<(ScopeId, NodeRef<'a>)> {
    if !nginx.is_certain(server) || is_rooted(context, nginx, server) {
        return None;
    }
    let slash = |&id: &ScopeId| head(context, nginx, id).is_some_and(|(_, head)| head.text == "/");
    let first = nginx.locations(server).find(slash)?;
    let root = nginx.here(context.files, first, "root").last()?;
    root.arg(0).filter(|path| path.starts_with('/')).map(|_| (first, root))
}

/// Whether something says where the files of a context lie.
fn is_rooted(context: &Context<'_>, nginx: &Nginx, scope: ScopeId) -> bool {
    ["root", "alias"].iter().any(|name| nginx.find(context.files, scope, name).is_some())
}

fn head<'a>(context: &Context<'a>, nginx: &Nginx, id: ScopeId) -> Option<(NodeRef<'a>, LocationHead)> {
    let block = context.files.node(nginx.scope(id).at?);
    Some((block, LocationHead::of(block)?))
}

fn finding(
    context: &Context<'_>,
    gateway: Gateway,
    nginx: &Nginx,
    id: ScopeId,
    root: NodeRef<'_>,
) -> Option<Diagnostic> {
    let (block, head) = head(context, nginx, id)?;
    if head.kind != LocationKind::Regex || !nginx.is_certain(id) || is_rooted(context, nginx, id) {
        return None;
    }
    let path = root.arg(0)?;
    let takes = |path: &str| regex_matches(&head.text, head.caseless, path) == Some(true);
    let (what, answer, log) = if calls_php(context, gateway, nginx, id) {
        let log =
            "FastCGI sent in stderr: \"Primary script unknown\" while reading response header from upstream";
        ("scripts", "404 \"File not found.\"", log.to_owned())
    } else {
        let part = PARTS.into_iter().find(|part| takes(part))?;
        if !serves_files(context, nginx, id, true) || shuts(context, nginx, id) {
            return None;
        }
        let log = format!("open() \"/usr/share/nginx/html{part}\" failed (2: No such file or directory)");
        ("files", "404", log)
    };
    let message = format!(
        "this location has no `root`, that of `location /` does not hold here: nginx looks for {what} in its own html \
         directory and answers {answer}"
    );
    let line = format!("root {};", root.tree.slice(root.arg_span(0)?));
    Some(
        Diagnostic::new(block.head(), message, format!("no file of {path} is found here"))
            .label(root.head(), "holds in this location alone")
            .note(format!("nginx logs: {log}"))
            .help(format!("write `{line}` in the server, where all locations have it"))
            .fix(repair(block, root, &line)),
    )
}

/// The same `root` in the location that lacks it. A file that other servers include too must not get the path of
/// this one: there all locations of the server get it.
fn repair(block: NodeRef<'_>, root: NodeRef<'_>, line: &str) -> Option<Fix> {
    if block.at().file == root.at().file {
        let edit = edits::insert_first_in_block(block, line)?;
        return Some(Fix::safe("look for files where the pages are", vec![edit]));
    }
    let edit = edits::insert_line_before(root.parent()?, line);
    Some(Fix::risky("have one root for all of the server", vec![edit]))
}

/// Whether a location hands scripts to PHP by their path below `root`.
fn calls_php(context: &Context<'_>, gateway: Gateway, nginx: &Nginx, id: ScopeId) -> bool {
    let php = context.stack.hops_in(gateway, id).any(|hop| is_php(context, hop));
    let named = |node: &NodeRef<'_>| {
        let script = node.arg(0).is_some_and(|name| name == "SCRIPT_FILENAME");
        let by_root = ["$document_root", "$realpath_root", "$request_filename"];
        script && node.arg(1).is_some_and(|value| by_root.iter().any(|root| value.starts_with(root)))
    };
    let params = nginx.list(context.files, id, "fastcgi_param");
    php && params.is_some_and(|(_, nodes)| nodes.iter().rev().any(named))
}

/// Whether a location is there to keep visitors out.
fn shuts(context: &Context<'_>, nginx: &Nginx, id: ScopeId) -> bool {
    ["deny", "internal", "return"].iter().any(|name| nginx.here(context.files, id, name).next().is_some())
}
