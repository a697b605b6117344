//! `php/doc-root`: PHP puts its own directory in the place of the one the web server names.

use std::path::Path;

use super::site::{Site, below_root, sites};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "php/doc-root",
    severity: Severity::Error,
    summary: "PHP looks for all scripts in its own doc_root, not where the web server says they are",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/php/doc-root.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for site in sites(context) {
        let Site { hop, fpm, pool, root, .. } = &site;
        let setting = context.stack.php_setting(context.files, Some(hop), fpm, pool, "doc_root", "");
        let Some((setting, span)) = setting.and_then(|setting| Some((setting.clone(), setting.span?))) else {
            continue;
        };
        let dir = setting.value.trim_end_matches('/');
        // A relative one is passed over.
        let elsewhere = dir.starts_with('/') && dir != root && !dir.contains(['$', '{', '<', '@']);
        if elsewhere && !holds_scripts(context, dir) {
            sink.report_once(finding(context, &site, dir, span));
        }
    }
}

/// Whether there are scripts in the directory, so that requests may be answered after all.
fn holds_scripts(context: &Context<'_>, dir: &str) -> bool {
    let names = context.disk.list(&below_root(context, dir)).unwrap_or_default();
    names.iter().any(|name| Path::new(name).extension().is_some_and(|extension| extension == "php"))
}

fn finding(context: &Context<'_>, site: &Site<'_>, dir: &str, span: Span) -> Diagnostic {
    let Site { root, caller, .. } = site;
    let message = format!(
        "PHP looks for every script in {dir} and not in {root}, where {caller} says it is: every request answers 404 \
         \"No input file specified.\""
    );
    let log = match *caller {
        "nginx" => "nginx logs: FastCGI sent in stderr: \"Unable to open primary script: ",
        _ => "Apache logs: AH01071: Got error 'Unable to open primary script: ",
    };
    let node = context.files.tree(context.sources.file_id(span)).all().find(|node| node.head() == span);
    let fix =
        node.map(|node| Fix::risky(format!("take the scripts from {root}"), vec![edits::remove_node(node)]));
    Diagnostic::new(span, message, "replaces the directory of every script")
        .label(site.span, "not looked at")
        .note(format!("{log}{root}/index.php (No such file or directory)"))
        .help("take the line out: the web server names the whole path of the script")
        .fix(fix)
}
