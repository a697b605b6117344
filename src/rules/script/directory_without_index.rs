//! `script/directory-without-index`: PHP gets the paths of directories too, and no name of a script in them.

use super::{Params, is_php};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::hop::{Hop, Protocol};
use crate::stack::nginx::{LocationHead, Nginx, Route, ScopeId, ScopeKind};
use crate::value::LocationKind;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "script/directory-without-index",
    severity: Severity::Warning,
    summary: "PHP gets the paths of directories too, and no name of a script in them",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/script/directory-without-index.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (nginx, hop) in context.stack.nginx_hops() {
        sink.report_once(finding(context, nginx, hop));
    }
}

const LINE: &str = "fastcgi_index index.php;";

fn finding(context: &Context<'_>, nginx: &Nginx, hop: &Hop) -> Option<Diagnostic> {
    if hop.protocol != Protocol::Fastcgi || !is_php(context, hop) || !nginx.is_certain(hop.scope) {
        return None;
    }
    let block = context.files.node(nginx.scope(hop.scope).at?);
    let head = LocationHead::of(block)
        .filter(|head| head.kind == LocationKind::Prefix && head.text.ends_with('/'))?;
    let server = nginx.enclosing(hop.scope, ScopeKind::Server)?;
    let reached = nginx.route(context.files, server, &head.text)? == Route::Location(hop.scope);
    let has = |id: ScopeId, name: &str| nginx.here(context.files, id, name).next().is_some();
    let changed = nginx.around(hop.scope).any(|id| has(id, "rewrite") || has(id, "return"))
        || has(hop.scope, "try_files")
        || has(hop.scope, "fastcgi_split_path_info")
        || nginx.inside(hop.scope).any(|id| nginx.scope(id).kind == ScopeKind::If);
    if !reached || changed || nginx.find(context.files, hop.scope, "fastcgi_index").is_some() {
        return None;
    }
    let params = Params::read(context, nginx, hop.scope)?;
    let file = params.find("SCRIPT_FILENAME")?;
    let value = file.arg(1).filter(|value| value.ends_with("$fastcgi_script_name"))?;
    let message = format!(
        "`{}` goes to PHP as the name of a directory ({value}) and no script: it answers 404 \"File not found.\"",
        head.text
    );
    Some(
        Diagnostic::new(hop.span, message, "called without `fastcgi_index`")
            .label(block.head(), "directories are asked for here, too")
            .note(
                "nginx logs: FastCGI sent in stderr: \"Primary script unknown\" while reading response header from upstream",
            )
            .help(format!("write `{LINE}`"))
            .fix(Fix::safe("run index.php in directories", vec![edits::insert_line_before(context.files.node(hop.at), LINE)])),
    )
}
