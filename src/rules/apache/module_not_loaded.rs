//! `apache/module-not-loaded`: a directive whose module the server does not load.

use std::collections::HashSet;
use std::path::Path;

use super::outcome::{logs, outcome};
use super::standing::{Standing, is_named, provider};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::apache::{Apache, Place};
use crate::tree::NodeRef;
use crate::vfs::Kind;
use crate::vocabulary::{ApacheModule, third_party};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "apache/module-not-loaded",
    severity: Severity::Error,
    summary: "a directive of a module that Apache does not load, without which it does not start",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/apache/module-not-loaded.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    for standing in Standing::all(context) {
        let Some(server) = standing.server.filter(|server| server.modules.complete) else { continue };
        for place in standing.places(context) {
            let Some(module) = missing(context, standing, &place) else { continue };
            // One line of a file tells of all that need the module.
            if is_named(place.node) && seen.insert((place.node.tree.file, module.name)) {
                sink.report(finding(context, standing, server, &place, module));
            }
        }
    }
}

/// The module a directive needs and the server lacks.
fn missing(
    context: &Context<'_>,
    standing: Standing<'_>,
    place: &Place<'_>,
) -> Option<&'static ApacheModule> {
    let Some(word) = place.word else {
        let name = place.node.name();
        let module = third_party(name).filter(|_| !context.options.has_apache(name))?;
        // PHP and others go by several identifiers; one that is not known may be theirs.
        let server = standing.server?;
        return (!server.modules.foreign && server.modules.lack_all_like(module)).then_some(module);
    };
    standing.lacks(word).then(|| provider(word)).flatten()
}

fn finding(
    context: &Context<'_>,
    standing: Standing<'_>,
    server: &Apache,
    place: &Place<'_>,
    module: &ApacheModule,
) -> Diagnostic {
    let node = place.node;
    let written = if node.body().is_some() { format!("<{}", node.name()) } else { node.name().to_owned() };
    let message = format!(
        "`{written}` is of {}, which this Apache does not load: {}",
        module.name,
        outcome(context, standing.apache)
    );
    let complaint = format!(
        "Invalid command '{written}', perhaps misspelled or defined by a module not included in the \
         server configuration"
    );
    let (help, fix) = remedy(context, server, module);
    Diagnostic::new(node.name_span(), message, format!("needs {}", module.name))
        .note(logs(context, standing.apache, node.name_span(), &complaint))
        .help(help)
        .fix(fix)
}

/// What to do, and the repair where it is one of text.
fn remedy(context: &Context<'_>, server: &Apache, module: &ApacheModule) -> (String, Option<Fix>) {
    let main = &context.files.file(server.file).path;
    let available = main.with_file_name("mods-available");
    if context.disk.kind(&available) == Some(Kind::Directory)
        || context.disk.kind(&main.with_file_name("mods-enabled")) == Some(Kind::Directory)
    {
        let enable = format!("run `a2enmod {}` and restart Apache", module.short());
        let there = context.disk.kind(&available.join(format!("{}.load", module.short()))).is_some();
        let absent = context.disk.kind(&available) == Some(Kind::Directory) && !there;
        let help =
            if absent { format!("install the package of {}, then {enable}", module.name) } else { enable };
        return (help, None);
    }
    let line = |path: &str| format!("LoadModule {} {path}", module.identifier);
    let Some((last, path)) = last_load_module(context, server, module) else {
        return (format!("write `{}`", line(&format!("modules/{}.so", file_stem(module)))), None);
    };
    let text = line(&path);
    let fix = Fix::risky(format!("load {}", module.name), vec![edits::insert_line_after(last, &text)]);
    (format!("write `{text}`"), Some(fix))
}

/// The last `LoadModule`, and the path of the module beside that one's.
fn last_load_module<'a>(
    context: &Context<'a>,
    server: &Apache,
    module: &ApacheModule,
) -> Option<(NodeRef<'a>, String)> {
    let (_, entry) = server.everywhere("loadmodule").last()?;
    let dir = Path::new(entry.value(1)?).parent()?;
    let path = dir.join(format!("{}.so", file_stem(module)));
    Some((context.files.node(entry.at), path.display().to_string()))
}

/// The file of a module, without its ending.
fn file_stem(module: &ApacheModule) -> String {
    format!("mod_{}", module.short())
}
