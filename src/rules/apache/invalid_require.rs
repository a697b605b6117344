//! `apache/invalid-require`: a `Require` (or an `Order`, `Allow`, `Deny` of old) is not taken.

mod compat;
mod provider;

use super::lines::{Fault, refuse};
use crate::diagnostic::Severity;
use crate::load::Workspace;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::apache::Command;
use crate::tree::NodeRef;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "apache/invalid-require",
    severity: Severity::Error,
    summary: "Apache does not take this rule of access",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/apache/invalid-require.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    refuse(context, sink, |command| {
        let name = command.name();
        if name.len() == 7 && command.node.is("Require") {
            provider::require(context.files, command)
        } else if command.node.is("Order") {
            compat::order(command)
        } else if command.node.is("Allow") || command.node.is("Deny") {
            compat::allow(command)
        } else if name.len() > 9 && command.node.body().is_some() {
            section(context.files, command)
        } else {
            None
        }
    });
}

/// What a line about access is judged by: the `<Require…>` around it, or what httpd puts around it itself.
/// `None` where that is out of sight.
fn judged_by(files: &Workspace, command: &Command<'_>) -> Option<&'static str> {
    let Some(node) = command.apache.node(files, command.scope) else {
        let path = &files.file(command.node.tree.file).path;
        return path.file_name().is_some_and(|name| name == ".htaccess").then_some("RequireAny");
    };
    let containers = ["RequireAll", "RequireAny", "RequireNone"];
    Some(containers.into_iter().find(|name| node.is(name)).unwrap_or("RequireAny"))
}

/// A `<Require…>` with nothing in it, or with nothing that lets anyone in.
fn section(files: &Workspace, command: &Command<'_>) -> Option<Fault> {
    let name = ["RequireAll", "RequireAny", "RequireNone"].into_iter().find(|name| command.node.is(name))?;
    let mut inside = command.node.children();
    if inside.next().is_none() {
        let log = format!("<{name}> directive contains no authorization directives");
        let says = format!("`<{name}>` holds no `Require`");
        return Some(Fault::new(command.head(), says, log).label("is empty"));
    }
    let around = judged_by(files, command)?;
    if name == "RequireNone" && around != "RequireAll" {
        let log = format!("<RequireNone> directive has no effect in <{around}> directive");
        let says = format!("`<RequireNone>` decides nothing in `<{around}>`");
        return Some(Fault::new(command.head(), says, log).help("write `<RequireAll>` around it"));
    }
    let is_negative = |node: NodeRef<'_>| {
        node.is("Require") && node.arg(0).is_some_and(|word| word.eq_ignore_ascii_case("not"))
    };
    if name == "RequireAll" && around != "RequireAll" && command.node.children().all(is_negative) {
        let log = "AH01624: <RequireAll> directive contains only negative authorization directives";
        let says = "`<RequireAll>` says who may not enter, and not who may";
        return Some(
            Fault::new(command.head(), says, log)
                .label("only `Require not`")
                .help("add `Require all granted`"),
        );
    }
    None
}
