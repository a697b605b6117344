//! Does PHP learn which script to run?

pub(super) mod alias_doubled;
pub(super) mod any_file_run;
pub(super) mod chroot_path;
pub(super) mod directory_without_index;
pub(super) mod extension_denied;
pub(super) mod filename_missing;
pub(super) mod params_lost;
pub(super) mod path_info_denied;

use crate::rule::Context;
use crate::stack::endpoint::Endpoint;
use crate::stack::hop::{Hop, Protocol};
use crate::stack::nginx::{Nginx, ScopeId, ScopeKind};
use crate::tree::NodeRef;

/// Whether a hop leads to PHP: other programs speak `FastCGI` too, and need other parameters. Examples in
/// manuals leave out the target (`fastcgi_pass ...;`), and most of the parameters with it.
pub(super) fn is_php(context: &Context<'_>, hop: &Hop) -> bool {
    let Some(nginx) = context.stack.nginx_of(hop).filter(|_| hop.protocol == Protocol::Fastcgi) else {
        return false;
    };
    let to_pool = hop.legs.iter().any(|leg| context.stack.pool_at(leg).is_some());
    let says_php = |text: &str| text.contains("php");
    let by_address = hop.legs.iter().any(|leg| says_php(&leg.endpoint.to_string()))
        || context.files.node(hop.at).arg(0).is_some_and(|target| says_php(&target));
    let by_index =
        nginx.text(context.files, hop.scope, "fastcgi_index").is_some_and(|index| says_php(&index.value));
    let elided = context.files.node(hop.at).arg(0).is_none_or(|target| target.starts_with("..."));
    let by_title = says_php(&nginx.title(context.files, hop.scope));
    !elided && (to_pool || by_address || by_index || by_title)
}

/// The line that sends the file nginx itself would take, whether `root` or `alias` says where it is.
const REQUEST_FILENAME: &str = "fastcgi_param SCRIPT_FILENAME $request_filename;";

/// The line that sends all parameters but the name of the script.
const INCLUDE: &str = "include fastcgi_params;";

/// Whether nginx finds that file.
fn has_params_file(context: &Context<'_>) -> bool {
    context.files.stands_beside_main("fastcgi_params")
}

/// The `FastCGI` parameters of one location.
#[derive(Debug)]
struct Params<'a> {
    /// The context they are all set in; `None` when there are none at all.
    scope: Option<ScopeId>,
    nodes: Vec<NodeRef<'a>>,
}

impl<'a> Params<'a> {
    /// Those in force in `scope`; `None` when some may be set out of sight.
    fn read(context: &Context<'a>, nginx: &'a Nginx, scope: ScopeId) -> Option<Self> {
        let (scope, nodes) = nginx.certain_list(context.files, scope, "fastcgi_param")?;
        Some(Self { scope, nodes })
    }

    /// Those around that these hide, when what PHP needs is among them.
    fn hidden(&self, context: &Context<'a>, nginx: &'a Nginx) -> Option<Self> {
        let outer = nginx.scope(self.scope?).parent?;
        let (scope, nodes) = nginx.list(context.files, outer, "fastcgi_param")?;
        let hidden = Self { scope: Some(scope), nodes };
        let needed =
            (!self.names_script() && hidden.names_script()) || (!self.has_method() && hidden.has_method());
        needed.then_some(hidden)
    }

    /// The last parameter of a name, which is the one that counts.
    fn find(&self, name: &str) -> Option<NodeRef<'a>> {
        self.nodes.iter().rfind(|node| node.arg(0).is_some_and(|arg| arg == name)).copied()
    }

    /// Whether PHP learns which script to run. It takes `PATH_TRANSLATED` where there is no file name.
    fn names_script(&self) -> bool {
        self.find("SCRIPT_FILENAME").or_else(|| self.find("PATH_TRANSLATED")).is_some()
    }

    /// The lines that send these parameters from further in, but for those `left_out`: a file of parameters
    /// is included again, single lines are repeated.
    fn again(&self, context: &Context<'a>, nginx: &Nginx, left_out: impl Fn(&str) -> bool) -> Vec<String> {
        let mut lines = Vec::new();
        for &node in &self.nodes {
            let place = self.scope.and_then(|scope| entry(context, nginx, scope, node));
            let is_params_file =
                || context.files.tree(node.at().file).all().all(|node| node.name() == "fastcgi_param");
            let whole = match place.filter(|place| *place != node && is_params_file()) {
                Some(include) => include,
                None if node.arg(0).is_some_and(|name| left_out(&name)) => continue,
                None => node,
            };
            let line = format!("{};", whole.tree.slice(whole.head()));
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
        lines
    }

    /// Without a method PHP-FPM takes the request for no request and answers nothing.
    fn has_method(&self) -> bool {
        self.find("REQUEST_METHOD").is_some()
    }
}

/// The nearest context around `scope`, itself included, that has `root` or `alias`, when it is an alias
/// of a directory: what it puts in place of the path of the location.
fn aliased<'a>(context: &Context<'a>, nginx: &'a Nginx, scope: ScopeId) -> Option<(ScopeId, NodeRef<'a>)> {
    let here = |id: ScopeId, name: &str| nginx.here(context.files, id, name).last();
    let nearest = nginx.around(scope).find(|&id| here(id, "root").or_else(|| here(id, "alias")).is_some())?;
    Some((nearest, here(nearest, "alias")?))
}

/// The text that names the script in a location.
fn filename(context: &Context<'_>, nginx: &Nginx, scope: ScopeId) -> &'static str {
    match aliased(context, nginx, scope) {
        Some(_) => REQUEST_FILENAME,
        None => "fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;",
    }
}

/// Whether the location itself decides which addresses come to PHP: by asking for the file, by a condition, or out of sight.
fn decides(context: &Context<'_>, nginx: &Nginx, scope: ScopeId) -> bool {
    let has = |name| nginx.here(context.files, scope, name).next().is_some();
    let inner = |id: ScopeId| nginx.scope(id).kind == ScopeKind::If;
    has("try_files") || has("rewrite") || nginx.scope(scope).open || nginx.inside(scope).any(inner)
}

/// Whether PHP runs on this machine, where nginx sees the files that PHP sees.
fn is_local(hop: &Hop) -> bool {
    hop.legs.iter().all(|leg| matches!(leg.endpoint, Endpoint::Unix(_)) || leg.endpoint.is_loopback())
}

/// Where `node` comes into the context `scope`: itself when it is written in the block, else the
/// `include` there that brings it in; `None` when that include is in a snippet too.
pub(super) fn entry<'a>(
    context: &Context<'a>,
    nginx: &Nginx,
    scope: ScopeId,
    node: NodeRef<'a>,
) -> Option<NodeRef<'a>> {
    let block = context.files.node(nginx.scope(scope).at?);
    if node.at().file == block.at().file {
        return Some(node);
    }
    let brings = |child: &NodeRef<'_>| {
        let inclusion = context.files.includes.get(&child.at());
        inclusion.is_some_and(|inclusion| inclusion.files.contains(&node.at().file))
    };
    block.children().find(brings)
}
