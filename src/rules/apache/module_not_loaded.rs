//! `apache/module-not-loaded`: a directive whose module the server does not load.

use std::collections::HashSet;

use super::outcome::{logs, outcome};
use super::remedy::remedy;
use super::standing::{Standing, is_named, provider};
use super::unknown_directive;
use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::apache::{Apache, Place};
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
        // Settings of PHP have a better place than mod_php, which is told for itself.
        let is_setting = name.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("php_"));
        let module = third_party(name).filter(|_| !is_setting && !context.options.has_apache(name))?;
        if unknown_directive::is_misspelt(name, module) {
            return None;
        }
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
