//! `script/chroot-path`: PHP looks for the script below its chroot by the path it has outside.

use super::{Params, entry};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::hop::{Hop, Protocol};
use crate::stack::nginx::Nginx;
use crate::tree::NodeRef;
use crate::vfs::Kind;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "script/chroot-path",
    severity: Severity::Error,
    summary: "PHP looks for the script below its chroot by the path it has outside",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/script/chroot-path.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (nginx, hop) in context.stack.nginx_hops() {
        sink.report_once(finding(context, nginx, hop));
    }
}

/// The names of scripts that begin with `root`.
const BY_ROOT: [&str; 4] = [
    "$document_root$fastcgi_script_name",
    "$document_root/$fastcgi_script_name",
    "$realpath_root$fastcgi_script_name",
    "$request_filename",
];

fn finding(context: &Context<'_>, nginx: &Nginx, hop: &Hop) -> Option<Diagnostic> {
    if hop.protocol != Protocol::Fastcgi {
        return None;
    }
    let (_, pool) = hop.legs.iter().find_map(|leg| context.stack.pool_at(leg))?;
    let jail =
        pool.get("chroot").filter(|entry| entry.value.starts_with('/') && !entry.value.contains('$'))?;
    let params = Params::read(context, nginx, hop.scope)?;
    let param = params.find("SCRIPT_FILENAME")?;
    let value = param.arg(1).filter(|value| BY_ROOT.contains(&value.as_ref()))?;
    let root = nginx.text(context.files, hop.scope, "root").filter(|root| !root.value.contains('$'))?;
    if nginx.find(context.files, hop.scope, "alias").is_some() {
        return None;
    }
    let top = jail.value.trim_end_matches('/');
    let inside = root.value.strip_prefix(top).filter(|rest| rest.is_empty() || rest.starts_with('/'))?;
    let inside = inside.trim_end_matches('/');
    // The same path again below the chroot, by a mount or a link.
    let twice = context.files.root.join(format!("{top}{}", root.value).trim_start_matches('/'));
    if top.is_empty() || context.disk.kind(&twice) == Some(Kind::Directory) {
        return None;
    }
    // A snippet in a snippet brings it in: what comes last in the block counts.
    let place = entry(context, nginx, params.scope?, param);
    let right = format!("{inside}$fastcgi_script_name");
    let message = format!(
        "pool [{}] sees nothing but {top}, in which {value} is no path of a script: every request answers 404 \"File not \
         found.\"",
        pool.name
    );
    let line = format!("fastcgi_param SCRIPT_FILENAME {right};");
    let edit = match place {
        Some(place) if place == param => edits::replace_arg(param, 1, &right)?,
        Some(place) => edits::insert_line_after(place, &line),
        None => edits::append_in_block(context.files.node(nginx.scope(params.scope?).at?), &line)?,
    };
    Some(
        Diagnostic::new(place.map_or(hop.span, NodeRef::head), message, "the path outside of the chroot")
            .label(jail.span, "the pool is shut in here")
            .label(root.span()?, format!("is {} for the pool", if inside.is_empty() { "/" } else { inside }))
            .note(
                "nginx logs: FastCGI sent in stderr: \"Primary script unknown\" while reading response header from upstream",
            )
            .help(format!("write `{line}`"))
            .fix(Fix::risky("name the script as the pool sees it", vec![edit])),
    )
}
