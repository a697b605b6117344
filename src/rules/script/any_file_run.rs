//! `script/any-file-run`: PHP runs a picture that a visitor has uploaded.

use super::{Params, decides, is_local};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::fpm::Entry;
use crate::stack::hop::Hop;
use crate::stack::nginx::{LocationHead, Nginx, Route, ScopeId, ScopeKind};
use crate::tree::NodeRef;
use crate::value::{LocationKind, php_bool};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "script/any-file-run",
    severity: Severity::Warning,
    summary: "a file that a visitor has uploaded is run as PHP",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/script/any-file-run.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (nginx, hop) in context.stack.nginx_hops() {
        sink.report_once(finding(context, nginx, hop));
    }
}

/// What visitors may upload.
const UPLOADED: [&str; 9] = [".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg", ".pdf", ".txt", ".zip"];

/// The line that asks for the file before PHP is called.
const TRY: &str = "try_files $uri =404;";

/// The same where something follows the name of the script.
const ASK: &str = "if (!-f $document_root$fastcgi_script_name) { return 404; }";

fn finding(context: &Context<'_>, nginx: &Nginx, hop: &Hop) -> Option<Diagnostic> {
    let (fpm, pool) = hop.legs.iter().find_map(|leg| context.stack.pool_at(leg))?;
    let list = pool.get("security.limit_extensions")?;
    let uploaded = UPLOADED.into_iter().find(|file| runs(list, file))?;
    let path = format!("/uploads/file{uploaded}/x.php");
    let (server, location) =
        (nginx.enclosing(hop.scope, ScopeKind::Server)?, nginx.enclosing(hop.scope, ScopeKind::Location)?);
    let block = context.files.node(nginx.scope(location).at?);
    let head = LocationHead::of(block).filter(|head| head.kind == LocationKind::Regex)?;
    let reached = matches!(nginx.route(context.files, server, &path)?, Route::Location(id) if id == location);
    if !reached || decides(context, nginx, location) || shuts_out(context, nginx, server) {
        return None;
    }
    let params = Params::read(context, nginx, hop.scope)?;
    let script = params.find("SCRIPT_FILENAME")?.arg(1)?;
    let named = ["$fastcgi_script_name", "$request_filename"].iter().any(|name| script.ends_with(name));
    let fixes = context.stack.php_setting(context.files, Some(hop), fpm, pool, "cgi.fix_pathinfo", "1")?;
    if !named || !php_bool(&fixes.value) {
        return None;
    }
    let message = format!(
        "{path} hands /uploads/file{uploaded} to PHP, and pool [{}] runs it: whoever may upload a file may run a program here",
        pool.name
    );
    let allows = if list.read().trim().is_empty() { "all extensions are run" } else { "these are run" };
    let help = "write `security.limit_extensions = .php` in the pool";
    let line = line(nginx, context, hop, &head);
    let found = Diagnostic::new(block.head(), message, "no look at whether the script is there")
        .label(list.span, allows)
        .note("nothing is logged: PHP finds no script of that name, takes the end off (cgi.fix_pathinfo is on) and runs the rest");
    Some(match line {
        Some(line) => found.help(format!("{help}, and `{line}` in this location")).fix(guard(block, line)),
        None => found.help(help),
    })
}

/// Whether the pool runs files of a name. The texts of the list are compared with its end; no text allows all.
fn runs(list: &Entry, file: &str) -> bool {
    let mut ends = list.read().split([' ', ',', '\t']).filter(|end| !end.is_empty()).peekable();
    ends.peek().is_none() || ends.any(|end| file.ends_with(end))
}

/// Whether a location of the server is there to keep PHP from running what lies in some directory.
fn shuts_out(context: &Context<'_>, nginx: &Nginx, server: ScopeId) -> bool {
    let shut = |id: ScopeId| {
        ["deny", "return"].iter().any(|name| nginx.here(context.files, id, name).next().is_some())
            && nginx.title(context.files, id).contains("ph")
    };
    nginx.inside(server).any(shut)
}

/// The line for a location, where nginx sees the files that PHP sees.
fn line(nginx: &Nginx, context: &Context<'_>, hop: &Hop, head: &LocationHead) -> Option<&'static str> {
    let set = |name| nginx.find(context.files, hop.scope, name).is_some();
    if !is_local(hop) || !set("root") || set("alias") {
        return None;
    }
    if head.text.ends_with("php$") {
        return Some(TRY);
    }
    set("fastcgi_split_path_info").then_some(ASK)
}

fn guard(block: NodeRef<'_>, line: &str) -> Option<Fix> {
    let edit = edits::insert_first_in_block(block, line)?;
    Some(Fix::risky("call PHP for files that are there", vec![edit]))
}
