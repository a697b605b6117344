//! `htaccess/php-value-without-mod-php`: settings of PHP in Apache's files, where PHP runs in FPM.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::apache::{Apache, Entry};
use crate::tree::NodeRef;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "htaccess/php-value-without-mod-php",
    severity: Severity::Error,
    summary: "a setting of PHP in an .htaccess or virtual host, where no mod_php reads it",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/htaccess/php-value-without-mod-php.md"),
    check,
};

/// The directives of mod_php.
const NAMES: &[&str] = &["php_value", "php_flag", "php_admin_value", "php_admin_flag"];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    for apache in &context.stack.apache {
        if !is_without_module(context, apache) {
            continue;
        }
        for id in apache.section_ids() {
            let mut entries =
                apache.section(id).entries.iter().filter(|entry| NAMES.contains(&entry.name.as_str()));
            let first = entries.find(|entry| is_read(context.files.node(entry.at)));
            // One finding tells of all lines of a section.
            let Some(entry) = first.filter(|entry| seen.insert(entry.at)) else { continue };
            sink.report(finding(context, apache, entry));
        }
    }
}

/// Whether the server certainly reads the file and has no mod_php.
fn is_without_module(context: &Context<'_>, apache: &Apache) -> bool {
    let server = match &apache.governor {
        Some(governor) if governor.rights.is_some() => context.stack.apache.get(governor.server),
        Some(_) => None,
        None => apache.whole.then_some(apache),
    };
    server.is_some_and(|server| {
        let modules = &server.modules;
        let is_php = |(name, _): &(String, _)| {
            name.starts_with("php") || name.contains("lsapi") || name.contains("suphp")
        };
        modules.complete && !modules.foreign && !modules.loaded.iter().any(is_php)
    })
}

/// Whether no condition stands around a line: the files of an .htaccess are read without knowing the modules.
fn is_read(node: NodeRef<'_>) -> bool {
    let mut around = std::iter::successors(node.parent(), |node| node.parent()).take(100);
    !around.any(|section| section.name().to_ascii_lowercase().starts_with("if"))
}

fn finding(context: &Context<'_>, apache: &Apache, entry: &Entry) -> Diagnostic {
    let node = context.files.node(entry.at);
    let outcome = if apache.is_htaccess() {
        "every request below this directory answers 500"
    } else {
        "Apache does not start"
    };
    let message = format!("`{}` is of mod_php, and this Apache has none: {outcome}", node.name());
    let key = node.arg(0).unwrap_or_default();
    let value = node.arg(1).unwrap_or_default();
    let complaint = format!(
        "Invalid command '{}', perhaps misspelled or defined by a module not included in the server configuration",
        node.name()
    );
    let place = if node.name().to_ascii_lowercase().contains("admin") || !apache.is_htaccess() {
        format!("write `php_value[{key}] = {value}` into the pool")
    } else {
        format!("write `{key} = {value}` into a `.user.ini` in the same directory")
    };
    Diagnostic::new(node.head(), message, "nobody reads it")
        .note(format!("Apache logs: {complaint}"))
        .help(format!(
            "{place}; until then `<IfModule mod_php.c>` around the lines keeps Apache from failing"
        ))
        .fix(Fix::safe("put <IfModule mod_php.c> around the settings of PHP", wrapped(node)))
}

/// Puts a condition around each run of such lines in the section of `node`.
fn wrapped(node: NodeRef<'_>) -> Vec<Edit> {
    let siblings: Vec<NodeRef<'_>> = match node.parent() {
        Some(parent) => parent.children().collect(),
        None => node.tree.top().collect(),
    };
    let ours = |node: &NodeRef<'_>| NAMES.iter().any(|name| node.is(name));
    let runs = siblings.chunk_by(|one, next| ours(one) == ours(next)).filter(|run| ours(&run[0]));
    runs.flat_map(|run| {
        [
            edits::insert_line_before(run[0], "<IfModule mod_php.c>"),
            edits::insert_line_after(run[run.len() - 1], "</IfModule>"),
        ]
    })
    .collect()
}
