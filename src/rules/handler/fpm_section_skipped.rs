//! `handler/fpm-section-skipped`: the section that hands PHP to FPM stands in a condition that does not hold.

use std::collections::HashSet;

use super::handled_elsewhere;
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::load::Workspace;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::FileId;
use crate::spelling::closest;
use crate::stack::apache::Apache;
use crate::stack::nginx::ScopeId;
use crate::tree::{At, Dialect, NodeRef};
use crate::vocabulary::{ApacheModule, apache_module, apache_modules};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "handler/fpm-section-skipped",
    severity: Severity::Error,
    summary: "the section that hands PHP to FPM stands in a condition that does not hold",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/handler/fpm-section-skipped.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for apache in context.stack.apache.iter().filter(|apache| apache.whole && apache.modules.complete) {
        let in_force: HashSet<At> = apache.everywhere("sethandler").map(|(_, entry)| entry.at).collect();
        for file in included(context.files, apache) {
            let handlers = context.files.tree(file).all().filter(is_fpm_handler);
            for handler in handlers.filter(|node| !in_force.contains(&node.at())) {
                report(sink, apache, handler);
            }
        }
    }
}

/// The files a server reads.
fn included(files: &Workspace, apache: &Apache) -> Vec<FileId> {
    let names = ["include", "includeoptional"];
    let lines = names.into_iter().flat_map(|name| apache.everywhere(name));
    let inclusions = lines.filter_map(|(_, entry)| files.includes.get(&entry.at));
    let mut found = vec![apache.file];
    found.extend(inclusions.flat_map(|inclusion| &inclusion.files));
    found.retain(|&file| files.file(file).dialect == Dialect::Apache);
    found.sort_unstable();
    found.dedup();
    found
}

fn is_fpm_handler(node: &NodeRef<'_>) -> bool {
    node.is("SetHandler")
        && node
            .arg(0)
            .is_some_and(|to| to.starts_with("proxy:") && to.contains("fcgi://") && !to.contains("${"))
}

/// Why a condition around a section does not hold.
enum Why<'a> {
    /// The module it asks for is not loaded.
    Missing(NodeRef<'a>, &'static ApacheModule),
    /// It asks for what is no module, and nearly the one of this name.
    Misspelt(NodeRef<'a>, String),
    /// mod_php is loaded, and it is for servers without.
    ModPhp(NodeRef<'a>),
}

/// The outermost condition that does not hold; `None` where that is another one, or one that is not known.
fn why<'a>(apache: &Apache, handler: NodeRef<'a>) -> Option<Why<'a>> {
    let around = std::iter::successors(handler.parent(), |node| node.parent()).take(50);
    let mut conditions: Vec<NodeRef<'a>> = around.filter(|node| is_condition(*node)).collect();
    while let Some(condition) = conditions.pop() {
        let arg = condition.arg(0).filter(|_| condition.is("IfModule"))?;
        let (negated, name) = arg.strip_prefix('!').map_or((false, &*arg), |name| (true, name));
        if is_mod_php(name) {
            let loaded = apache.modules.loaded.iter().any(|(name, _)| is_mod_php(name));
            match (negated, loaded) {
                (true, true) => return Some(Why::ModPhp(condition)),
                (true, false) => continue,
                // A section for mod_php itself.
                (false, _) => return None,
            }
        }
        let Some(module) = apache_module(name.strip_suffix(".c").unwrap_or(name)) else {
            let meant = meant(apache, name).filter(|_| !negated && apache.modules.are_all_of_httpd())?;
            return Some(Why::Misspelt(condition, meant));
        };
        match (negated, apache.modules.lack(module)) {
            (false, true) => return Some(Why::Missing(condition, module)),
            (false, false) => {}
            (true, _) => return None,
        }
    }
    None
}

/// The module of this Apache that a name nearly is, with the ending the name has.
fn meant(apache: &Apache, name: &str) -> Option<String> {
    let (stem, ending) = name.strip_suffix(".c").map_or((name, ""), |stem| (stem, ".c"));
    let there = apache_modules().iter().filter(|module| !apache.modules.lack(module));
    let names = there.flat_map(|module| [module.name, module.identifier]);
    closest(stem, names).map(|name| format!("{name}{ending}"))
}

fn is_condition(node: NodeRef<'_>) -> bool {
    ["IfModule", "IfDefine", "IfVersion", "IfFile", "IfDirective", "IfSection", "Macro"]
        .iter()
        .any(|name| node.is(name))
}

/// `mod_php8.c`, `mod_php.c`, `php_module`, `php7_module`.
fn is_mod_php(name: &str) -> bool {
    let name = name.strip_prefix("mod_").unwrap_or(name);
    let name = name.strip_suffix(".c").or_else(|| name.strip_suffix("_module")).unwrap_or(name);
    name.strip_prefix("php").is_some_and(|version| version.bytes().all(|byte| byte.is_ascii_digit()))
}

fn report(sink: &mut Sink<'_>, apache: &Apache, handler: NodeRef<'_>) {
    match why(apache, handler) {
        Some(Why::Missing(condition, module)) => {
            let hosts = std::iter::once(ScopeId(0)).chain(apache.vhosts());
            if hosts.into_iter().any(|host| handled_elsewhere(apache, host, &[])) {
                return;
            }
            let message = format!(
                "{} is not loaded, so this section is skipped and nothing hands PHP to FPM: visitors get the source of \
                 the scripts",
                module.name
            );
            sink.report(
                Diagnostic::new(handler.head(), message, "never read")
                    .label(condition.head(), "does not hold")
                    .note("Apache answers 200 with the source of the script and logs nothing")
                    .help(format!("run `a2enmod {}` and restart Apache", module.short())),
            );
        }
        Some(Why::Misspelt(condition, meant)) => {
            let mut hosts = std::iter::once(ScopeId(0)).chain(apache.vhosts());
            if hosts.any(|host| handled_elsewhere(apache, host, &[])) {
                return;
            }
            let message = "no module has this name, so the section is skipped and nothing hands PHP to FPM: visitors get \
                           the source of the scripts";
            let fix = edits::replace_arg(condition, 0, &meant)
                .map(|edit| Fix::risky(format!("ask for {meant}"), vec![edit]));
            sink.report(
                Diagnostic::new(condition.head(), message, "does not hold")
                    .label(handler.head(), "never read")
                    .note("Apache answers 200 with the source of the script and logs nothing")
                    .help(format!("write `<IfModule {meant}>`"))
                    .fix(fix),
            );
        }
        Some(Why::ModPhp(condition)) => {
            let message = "mod_php is loaded, so this section is skipped: PHP runs within Apache, and no setting of the \
                           pool counts";
            let loaded = apache.modules.loaded.iter().find(|(name, _)| is_mod_php(name));
            let mut found = Diagnostic::new(handler.head(), message, "never read")
                .label(condition.head(), "does not hold");
            if let Some((_, span)) = loaded {
                found = found.label(*span, "mod_php");
            }
            let found = found
                .note("nothing is logged; `phpinfo()` says Server API: Apache 2.0 Handler")
                .help("turn mod_php off: `a2dismod php8.2 mpm_prefork`, then `a2enmod mpm_event proxy_fcgi`");
            sink.report_as(Severity::Warning, found);
        }
        None => {}
    }
}
