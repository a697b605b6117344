//! Where PHP is told that the scripts of a site lie.

use std::path::{Path, PathBuf};

use crate::rule::Context;
use crate::source::Span;
use crate::stack::apache::Apache;
use crate::stack::fpm::{Fpm, Pool};
use crate::stack::hop::Hop;
use crate::stack::nginx::Nginx;

/// A place that calls a pool, and the directory it takes the scripts from.
pub(super) struct Site<'a> {
    pub(super) hop: &'a Hop,
    pub(super) fpm: &'a Fpm,
    pub(super) pool: &'a Pool,
    /// The directory, without a slash behind it.
    pub(super) root: String,
    /// Where it is written.
    pub(super) span: Span,
    /// What calls: `nginx` or `Apache`.
    pub(super) caller: &'static str,
}

/// All sites whose directory is known. A pool in a chroot names its files in another way.
pub(super) fn sites<'a>(context: &Context<'a>) -> Vec<Site<'a>> {
    let mut found = Vec::new();
    for hop in &context.stack.hops {
        let place = match (context.stack.nginx_of(hop), context.stack.apache_of(hop)) {
            (Some(nginx), _) => of_nginx(context, nginx, hop).map(|place| (place, "nginx")),
            (_, Some(apache)) => of_apache(context, apache, hop).map(|place| (place, "Apache")),
            _ => None,
        };
        let Some(((root, span), caller)) = place else { continue };
        let root = root.trim_end_matches('/').to_owned();
        let known = root.starts_with('/') && !root.contains(['$', '%', '{', '<', '@']);
        for (fpm, pool) in hop.legs.iter().filter_map(|leg| context.stack.pool_at(leg)).filter(|_| known) {
            if pool.said("chroot").is_none() {
                found.push(Site { hop, fpm, pool, root: root.clone(), span, caller });
            }
        }
    }
    found
}

/// What `SCRIPT_FILENAME` begins with: `root`, or a path of its own, as containers have it.
fn of_nginx(context: &Context<'_>, nginx: &Nginx, hop: &Hop) -> Option<(String, Span)> {
    let (_, params) = nginx.list(context.files, hop.scope, "fastcgi_param")?;
    let param = params.into_iter().rfind(|node| node.arg(0).is_some_and(|arg| arg == "SCRIPT_FILENAME"))?;
    let value = param.arg(1)?;
    let (dir, script) = value.split_at(value.find("$fastcgi_script_name").or_else(|| value.find("$uri"))?);
    if !matches!(script, "$fastcgi_script_name" | "$uri") {
        return None;
    }
    match dir.trim_end_matches('/') {
        "$document_root" | "$realpath_root" => {}
        literal if literal.starts_with('/') => return Some((literal.to_owned(), param.head())),
        _ => return None,
    }
    let here = |id, name| nginx.here(context.files, id, name).last();
    let nearest = nginx.around(hop.scope).find_map(|id| match (here(id, "root"), here(id, "alias")) {
        (Some(root), None) => Some(Some(root)),
        (None, None) if !nginx.scope(id).open => None,
        _ => Some(None),
    });
    let root = nearest??;
    Some((root.arg(0)?.into_owned(), root.head()))
}

/// `DocumentRoot`, where a handler calls PHP.
fn of_apache(context: &Context<'_>, apache: &Apache, hop: &Hop) -> Option<(String, Span)> {
    if !context.files.node(hop.at).is("SetHandler") || apache.everywhere("alias").next().is_some() {
        return None;
    }
    let (root, _) = apache.find(apache.vhost_of(hop.scope), "documentroot")?;
    Some((root.value(0)?.to_owned(), root.span(context.files)))
}

/// The path of a file of the machine in the tree that describes it.
pub(super) fn below_root(context: &Context<'_>, path: &str) -> PathBuf {
    let (root, path) = (&context.files.root, Path::new(path));
    if path.starts_with(root) {
        path.to_path_buf()
    } else {
        root.join(path.strip_prefix("/").unwrap_or(path))
    }
}
