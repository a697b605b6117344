//! `script/extension-denied`: a location hands files to PHP that the pool refuses to run.

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::fpm::Pool;
use crate::stack::hop::{Gateway, Hop, Protocol};
use crate::stack::nginx::LocationHead;
use crate::tree::NodeRef;
use crate::value::{LocationKind, regex_matches};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "script/extension-denied",
    severity: Severity::Warning,
    summary: "a location hands files to PHP that the pool refuses to run",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/script/extension-denied.md"),
    check,
};

/// What people let PHP run. A pool that leaves `.php` itself out is seldom meant to.
const EXTENSIONS: [&str; 10] =
    [".php", ".html", ".htm", ".phtml", ".inc", ".xml", ".js", ".css", ".shtml", ".asp"];

/// What a pool runs unless told otherwise.
const DEFAULT: &str = ".php .phar";

const KEY: &str = "security.limit_extensions";

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for hop in context.stack.hops.iter().filter(|hop| hop.protocol == Protocol::Fastcgi) {
        sink.report_once(finding(context, hop));
    }
}

fn finding(context: &Context<'_>, hop: &Hop) -> Option<Diagnostic> {
    let (block, pattern, caseless) = pattern(context, hop)?;
    let (fpm, pool) = hop.legs.iter().find_map(|leg| context.stack.pool_at(leg))?;
    let set = pool.get(KEY);
    if set.is_none() && !fpm.whole {
        return None;
    }
    let list = set.map_or(DEFAULT, |entry| entry.value.as_str()).to_owned();
    let allowed: Vec<&str> = list.split([' ', ',', '\t']).filter(|one| !one.is_empty()).collect();
    let refused = |one: &&str| !allowed.contains(one) && is_meant(&pattern, caseless, one);
    let refused: Vec<&str> = EXTENSIONS.into_iter().filter(refused).collect();
    // An empty list allows all. An expression that takes in any file is not about extensions.
    let any = regex_matches(&pattern, caseless, "/name.qqq")? || regex_matches(&pattern, caseless, "/name")?;
    if refused.is_empty() || allowed.is_empty() || any || is_fixed(context, hop) {
        return None;
    }
    let default = if set.is_none() { " (default)" } else { "" };
    let names = refused.join(" ");
    let message = format!(
        "pool [{}] runs {}{default} and is handed {names} files: they answer 403 \"Access denied.\"",
        pool.name,
        allowed.join(" ")
    );
    let right = format!("{} {names}", allowed.join(" "));
    let place = set.map_or(pool.name_span, |entry| entry.span);
    let runs = format!("runs {}{default}", allowed.join(" "));
    let takes = format!("takes in {names}");
    let ((first, says), (second, adds)) = if refused.contains(&".php") {
        ((place, runs), (block.head(), takes))
    } else {
        ((block.head(), takes), (place, runs))
    };
    Some(
        Diagnostic::new(first, message, says)
            .label(second, adds)
            .label(hop.span, "to this pool")
            .note(format!(
                "PHP-FPM says: Access to the script '…{}' has been denied (see security.limit_extensions)",
                refused[0]
            ))
            .help(format!("write `{KEY} = {right}` in the pool, or take {names} out of the expression"))
            .fix(
                edit(context, pool, &right)
                    .map(|edit| Fix::risky(format!("let the pool run {names} files"), vec![edit])),
            ),
    )
}

/// The expression that decides which files are handed on.
fn pattern<'a>(context: &Context<'a>, hop: &Hop) -> Option<(NodeRef<'a>, String, bool)> {
    match hop.gateway {
        Gateway::Nginx(_) => {
            let nginx = context.stack.nginx_of(hop)?;
            let block = context.files.node(nginx.scope(hop.scope).at?);
            let head = LocationHead::of(block).filter(|head| head.kind == LocationKind::Regex)?;
            Some((block, head.text, head.caseless))
        }
        Gateway::Apache(_) => {
            let block = context.stack.apache_of(hop)?.node(context.files, hop.scope)?;
            let text = block.arg(0).filter(|_| block.is("FilesMatch"))?.into_owned();
            Some((block, text, false))
        }
    }
}

/// Whether an expression takes in an extension, and names it: `ph(ar|p|tml)` is what distributions write.
fn is_meant(pattern: &str, caseless: bool, extension: &str) -> bool {
    let name = extension.trim_start_matches('.');
    let word = |at: usize| {
        let before = pattern[..at].chars().next_back();
        let after = pattern[at + name.len()..].chars().next();
        [before, after].into_iter().all(|next| next.is_none_or(|next| !next.is_ascii_alphanumeric()))
    };
    let named = pattern.match_indices(name).any(|(at, _)| word(at));
    let optional = name == "html" && pattern.contains("html?") || name == "htm" && pattern.contains("html?");
    (named || optional) && regex_matches(pattern, caseless, &format!("/name{extension}")) == Some(true)
}

/// Whether one and the same script runs for all of them.
fn is_fixed(context: &Context<'_>, hop: &Hop) -> bool {
    let Some(nginx) = context.stack.nginx_of(hop) else { return false };
    let Some(params) = super::Params::read(context, nginx, hop.scope) else { return true };
    let file = params.find("SCRIPT_FILENAME").and_then(|node| node.arg(1));
    !file.is_some_and(|file| {
        file.contains("$fastcgi_script_name") || file.contains("$request_filename") || file.contains("$uri")
    })
}

/// Sets the list in the pool.
fn edit(context: &Context<'_>, pool: &Pool, right: &str) -> Option<Edit> {
    if let Some(entry) = pool.get(KEY) {
        return Some(edits::restate(context.files.node(entry.at), right));
    }
    let listen = context.files.node(pool.get("listen")?.at);
    Some(edits::insert_line_after(listen, &edits::key_like(listen, KEY, right)))
}
