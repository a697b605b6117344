//! `script/path-info-denied`: nobody takes what follows the name of the script off it.

use super::{Params, decides, entry};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::stack::hop::Hop;
use crate::stack::nginx::{Nginx, ScopeId, ScopeKind};
use crate::tree::NodeRef;
use crate::value::{LocationKind, nginx_location, php_bool};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "script/path-info-denied",
    severity: Severity::Error,
    summary: "what follows the name of a script is taken for a part of it, because neither nginx nor PHP takes it off",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/script/path-info-denied.md"),
    check,
};

const SPLIT: &str = "fastcgi_split_path_info ^(.+?\\.php)(/.*)$;";

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (nginx, hop) in context.stack.nginx_hops() {
        sink.report_once(finding(context, nginx, hop));
    }
}

fn finding(context: &Context<'_>, nginx: &Nginx, hop: &Hop) -> Option<Diagnostic> {
    let off = left_alone(context, hop)?;
    let scope = nginx.enclosing(hop.scope, ScopeKind::Location)?;
    let location = context.files.node(nginx.scope(scope).at?);
    let params = Params::read(context, nginx, hop.scope)?;
    let script = params.find("SCRIPT_FILENAME")?;
    let whole = script.arg(1).is_some_and(|value| value.ends_with("$fastcgi_script_name"));
    let split = nginx.find(context.files, hop.scope, "fastcgi_split_path_info");
    if !whole || split.is_some() || !takes_more(location, &params) || decides(context, nginx, scope) {
        return None;
    }
    let message = "this location takes addresses such as /index.php/user/7, and neither nginx nor PHP takes the /user/7 off: \
                   they answer 403 \"Access denied.\"";
    Some(
        Diagnostic::new(location.head(), message, "takes more than the name of the script")
            .label(off, "PHP takes nothing off")
            .label(script.head(), "so this names …/index.php/user/7")
            .note(
                "nginx logs: FastCGI sent in stderr: \"Access to the script '…/index.php/user/7' has been denied (see \
                 security.limit_extensions)\"",
            )
            .help(format!("write `{SPLIT}` in this location"))
            .fix(Fix::safe("let nginx take it off", edits(context, nginx, scope, location, &params)?)),
    )
}

/// Where `cgi.fix_pathinfo` is switched off.
fn left_alone(context: &Context<'_>, hop: &Hop) -> Option<Span> {
    let (fpm, pool) = hop.legs.iter().find_map(|leg| context.stack.pool_at(leg))?;
    let setting = context.stack.php_setting(context.files, Some(hop), fpm, pool, "cgi.fix_pathinfo", "1")?;
    setting.span.filter(|_| !php_bool(&setting.value))
}

/// Whether a location is written for addresses that go on behind the script: its expression says so, or
/// `PATH_INFO` is sent from it.
fn takes_more(location: NodeRef<'_>, params: &Params<'_>) -> bool {
    let args: Vec<_> = location.args().collect();
    let Some(Ok((LocationKind::Regex, arg, skip))) = nginx_location(&args) else { return false };
    let Some((_, behind)) = args[arg][skip..].rsplit_once("php") else { return false };
    let sent = params.find("PATH_INFO").and_then(|node| node.arg(1));
    behind.contains('/') || (!behind.contains('$') && sent.is_some_and(|value| value == "$fastcgi_path_info"))
}

/// Splits the name, and sends what is behind it where nothing does.
fn edits(
    context: &Context<'_>,
    nginx: &Nginx,
    scope: ScopeId,
    location: NodeRef<'_>,
    params: &Params<'_>,
) -> Option<Vec<Edit>> {
    let mut edits = vec![edits::insert_first_in_block(location, SPLIT)?];
    if params.find("PATH_INFO").is_none() && params.scope == Some(scope) {
        let last = entry(context, nginx, scope, *params.nodes.last()?)?;
        edits.push(edits::insert_line_after(last, "fastcgi_param PATH_INFO $fastcgi_path_info;"));
    }
    Some(edits)
}
