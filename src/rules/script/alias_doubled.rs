//! `script/alias-doubled`: below an alias, the path of the location is put behind it once more.

use super::{Params, REQUEST_FILENAME, aliased, entry, is_php};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::hop::Hop;
use crate::stack::nginx::{Nginx, ScopeId};
use crate::tree::NodeRef;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "script/alias-doubled",
    severity: Severity::Error,
    summary: "below an alias, PHP looks for the script with the path of the location in it twice",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/script/alias-doubled.md"),
    check,
};

/// The two halves that do not go together below an alias.
const DOUBLING: [&str; 4] = [
    "$document_root$fastcgi_script_name",
    "$document_root/$fastcgi_script_name",
    "$realpath_root$fastcgi_script_name",
    "$realpath_root/$fastcgi_script_name",
];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (nginx, hop) in context.stack.nginx_hops() {
        if is_php(context, hop) {
            sink.report_once(finding(context, nginx, hop));
        }
    }
}

fn finding(context: &Context<'_>, nginx: &Nginx, hop: &Hop) -> Option<Diagnostic> {
    let params = Params::read(context, nginx, hop.scope)?;
    let param = params.find("SCRIPT_FILENAME")?;
    let value = param.arg(1).filter(|value| DOUBLING.contains(&value.as_ref()))?;
    let (scope, alias) = aliased(context, nginx, hop.scope)?;
    let (dir, prefix) = (alias.arg(0)?, prefix(context, nginx, scope)?);
    if dir.contains('$') || dir.contains(".php") || renames(context, nginx, hop.scope, scope) {
        return None;
    }
    let place = entry(context, nginx, params.scope?, param).filter(|_| params.scope >= Some(scope));
    let message = format!(
        "below this `alias` {value} has the path of the location twice ({}{prefix}…): every request answers 404 \
         \"File not found.\"",
        dir.trim_end_matches('/')
    );
    let log = "nginx logs: FastCGI sent in stderr: \"Primary script unknown\" while reading response header from upstream";
    let edits = match place {
        Some(place) => edit(param, place).into_iter().collect(),
        None => send_all(context, nginx, hop, &params),
    };
    Some(
        Diagnostic::new(place.map_or(hop.span, NodeRef::head), message, "names a file that is not there")
            .label(alias.head(), format!("this stands for {prefix}"))
            .note(log)
            .help(format!("write `{REQUEST_FILENAME}`"))
            .fix(Fix::safe("send the file nginx itself would take", edits)),
    )
}

/// The path an alias stands for; `None` for regular expressions, exact names and `/`.
fn prefix(context: &Context<'_>, nginx: &Nginx, scope: ScopeId) -> Option<String> {
    let location = context.files.node(nginx.scope(scope).at?);
    let args: Vec<_> = location.args().collect();
    let path = match args.as_slice() {
        [path] if !path.starts_with(['~', '=', '@']) => path,
        [modifier, path] if modifier == "^~" => path,
        _ => return None,
    };
    (!path.trim_matches('/').is_empty()).then(|| path.to_string())
}

/// Whether something between the pass and the alias may take the path of the location off the name of
/// the script, in sight or not.
fn renames(context: &Context<'_>, nginx: &Nginx, inner: ScopeId, outer: ScopeId) -> bool {
    let split = nginx.text(context.files, inner, "fastcgi_split_path_info");
    let cuts = split.is_some_and(|split| !split.value.starts_with("^(."));
    let mut between = nginx.around(inner).take_while(|&id| id >= outer);
    let rewrites = |id: ScopeId| nginx.here(context.files, id, "rewrite").next().is_some();
    cuts || between.any(|id| nginx.scope(id).open || rewrites(id))
}

/// Sets the parameter where it is written; one from a snippet is overridden below its `include`.
fn edit(param: NodeRef<'_>, place: NodeRef<'_>) -> Option<Edit> {
    if param == place {
        return edits::replace_arg(param, 1, "$request_filename");
    }
    Some(edits::insert_line_after(place, REQUEST_FILENAME))
}

/// Where the parameters are those of the server, one more alone would hide them: all are sent from here.
fn send_all(context: &Context<'_>, nginx: &Nginx, hop: &Hop, params: &Params<'_>) -> Vec<Edit> {
    let mut lines = params.again(context, nginx, |name| name == "SCRIPT_FILENAME");
    lines.push(REQUEST_FILENAME.to_owned());
    let pass = context.files.node(hop.at);
    lines.iter().map(|line| edits::insert_line_before(pass, line)).collect()
}
