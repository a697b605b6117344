//! `fpm/chroot-twice`: a pool in a chroot is sent paths that begin outside of it.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::hop::Hop;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "fpm/chroot-twice",
    severity: Severity::Error,
    summary: "a pool in a chroot is sent the paths of scripts with that of the chroot before them",
    fixable: Fixable::No,
    card: include_str!("../../../rules/fpm/chroot-twice.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    for hop in &context.stack.hops {
        if let Some(found) = finding(context, hop).filter(|found| seen.insert(found.span())) {
            sink.report(found);
        }
    }
}

fn finding(context: &Context<'_>, hop: &Hop) -> Option<Diagnostic> {
    let nginx = context.stack.nginx_of(hop)?;
    let (_, pool) = hop.legs.iter().find_map(|leg| context.stack.pool_at(leg))?;
    let chroot =
        pool.said("chroot").filter(|chroot| chroot.value.starts_with('/') && chroot.value.len() > 1)?;
    let (_, params) = nginx.list(context.files, hop.scope, "fastcgi_param")?;
    let param = params.into_iter().rfind(|node| node.arg(0).is_some_and(|arg| arg == "SCRIPT_FILENAME"))?;
    let value = param.arg(1)?;
    let outside = chroot.value.trim_end_matches('/');
    let within = |path: &str| {
        path.strip_prefix(outside).filter(|rest| rest.is_empty() || rest.starts_with('/')).map(str::to_owned)
    };
    let rest = match value.strip_prefix("$document_root").or_else(|| value.strip_prefix("$realpath_root")) {
        Some(script) => {
            let root = nginx.text(context.files, hop.scope, "root")?;
            format!("{}{script}", within(root.value.trim_end_matches('/'))?)
        }
        None => within(&value)?,
    };
    let message = format!(
        "pool [{}] sees nothing but {outside}, and is sent paths that begin with it: every request answers 404 \"File not \
         found.\"",
        pool.name
    );
    Some(
        Diagnostic::new(param.head(), message, "a path outside of the chroot")
            .label(chroot.span, "the root of this pool")
            .note("nginx logs: FastCGI sent in stderr: \"Primary script unknown\" while reading response header from upstream")
            .help(format!("write `fastcgi_param SCRIPT_FILENAME {rest};`, and DOCUMENT_ROOT in the same way")),
    )
}
