//! `compose/root-mismatch`: nginx and PHP see the same site at two paths, and nginx tells PHP its own.

use std::path::{Path, PathBuf};

use super::{Call, calls};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::compose::{ContainerId, Mount};
use crate::stack::hop::Protocol;
use crate::tree::NodeRef;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "compose/root-mismatch",
    severity: Severity::Error,
    summary: "nginx and PHP see the same site at two paths, and nginx tells PHP its own",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/compose/root-mismatch.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for call in calls(context).iter().filter(|call| call.hop.protocol == Protocol::Fastcgi) {
        sink.report_once(finding(context, call));
    }
}

fn finding(context: &Context<'_>, call: &Call<'_>) -> Option<Diagnostic> {
    let (files, compose) = (context.files, &context.stack.compose);
    let nginx = context.stack.nginx_of(call.hop)?;
    let target = call.target(compose)?;
    let root = nginx.text(files, call.hop.scope, "root")?;
    let (_, params) = nginx.list(files, call.hop.scope, "fastcgi_param")?;
    let named = |node: &&NodeRef<'_>| node.arg(0).is_some_and(|name| name == "SCRIPT_FILENAME");
    let param = *params.iter().rev().find(named)?;
    let value = param.arg(1)?;
    let script = value.strip_prefix("$document_root").or_else(|| value.strip_prefix(root.value.as_str()))?;
    if root.value.contains('$') || !root.value.starts_with('/') || script.contains("document_root") {
        return None;
    }
    let (mine, shared) = seen_from(context, call.from, &root.value)?;
    let theirs = reached(context, target, &shared)?;
    let other = &compose.containers[target];
    let there_too = other.mounts.iter().any(|mount| Path::new(&root.value).starts_with(&mount.target));
    if there_too || theirs.path == root.value || other.open || other.build.is_some() {
        return None;
    }
    let (path, name) = (&theirs.path, &other.name);
    let message = format!(
        "nginx sends PHP to {}, and `{name}` has these files at {path}: every script answers 404",
        root.value
    );
    // Where the parameter stands in a file of the package, other places use it too.
    let own = param.tree.file == call.hop.at.file;
    let edit = param.arg_span(1).filter(|_| own).map(|span| Edit::replace(span, format!("{path}{script}")));
    let found = Diagnostic::new(param.head(), message, "the path PHP is told")
        .label(mine.span, "the site in nginx's container")
        .label(theirs.span, format!("the site in `{name}`"))
        .note("nginx logs: FastCGI sent in stderr: \"Primary script unknown\" while reading response header from upstream")
        .help(format!("write `fastcgi_param SCRIPT_FILENAME {path}{script};`, or mount the site at one path in both"))
        .fix(edit.map(|edit| Fix::risky(format!("tell PHP {path}"), vec![edit])));
    Some(found)
}

/// What a path in a container is: the mount it lies in, and the place of the host or of the volume.
fn seen_from<'a>(context: &Context<'a>, id: ContainerId, path: &str) -> Option<(&'a Mount, Shared)> {
    let container = &context.stack.compose.containers[id];
    let around = container.mounts.iter().filter(|mount| Path::new(path).starts_with(&mount.target));
    let mount = around.max_by_key(|mount| mount.target.len())?;
    let rest = Path::new(path).strip_prefix(&mount.target).ok()?;
    let source = mount.source.as_ref().map(|source| source.join(rest));
    Some((mount, Shared { source, volume: mount.volume.clone(), rest: rest.to_path_buf() }))
}

/// A directory of the host, or a directory in a volume.
struct Shared {
    source: Option<PathBuf>,
    volume: Option<String>,
    rest: PathBuf,
}

/// Where another container has a directory.
struct Reached {
    path: String,
    span: crate::source::Span,
}

/// The one place at which a container has what is shared.
fn reached(context: &Context<'_>, id: ContainerId, shared: &Shared) -> Option<Reached> {
    let mounts = context.stack.compose.containers[id].mounts.iter();
    let places = mounts.filter_map(|mount| {
        let rest = match (&shared.source, &mount.source) {
            (Some(wanted), Some(source)) => wanted.strip_prefix(source).ok()?.to_path_buf(),
            _ if shared.volume.is_some() && shared.volume == mount.volume => shared.rest.clone(),
            _ => return None,
        };
        let path = Path::new(&mount.target).join(rest).display().to_string();
        Some(Reached { path: path.trim_end_matches('/').to_owned(), span: mount.span })
    });
    let mut places: Vec<Reached> = places.collect();
    if places.len() == 1 { places.pop() } else { None }
}
