//! `apache/document-root-denied`: nothing lets visitors into the `DocumentRoot` of a virtual host.

use std::path::Path;

use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::apache::{Apache, Entry, SectionKind};
use crate::stack::nginx::ScopeId;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "apache/document-root-denied",
    severity: Severity::Error,
    summary: "nothing lets visitors into the DocumentRoot of a virtual host, and every request answers 403",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/apache/document-root-denied.md"),
    check,
};

/// What takes requests before a directory is asked, or lets somebody in otherwise.
const OTHERWISE: &[&str] = &[
    "proxypass",
    "proxypassmatch",
    "redirect",
    "redirectmatch",
    "redirectpermanent",
    "rewriterule",
    "alias",
    "aliasmatch",
    "scriptalias",
    "scriptaliasmatch",
    "wsgiscriptalias",
    "order",
    "allow",
    "deny",
    "satisfy",
    "virtualdocumentroot",
    "balancermember",
];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for apache in context.stack.apache.iter().filter(|apache| apache.whole) {
        for host in apache.vhosts() {
            let Some(root) = apache.here(host, "documentroot").next_back() else { continue };
            let denied = root
                .args
                .first()
                .filter(|arg| !arg.is_unresolved())
                .and_then(|arg| denying(apache, host, &arg.value));
            if let Some(denied) = denied {
                sink.report(finding(context, apache, host, root, denied));
            }
        }
    }
}

/// The `Require all denied` that decides about a directory; `None` where something else may.
fn denying<'a>(apache: &'a Apache, host: ScopeId, root: &str) -> Option<&'a Entry> {
    let of = |id: ScopeId| {
        let vhost = apache.vhost_of(id);
        vhost == host || vhost == ScopeId(0)
    };
    let dir = Path::new(root);
    let mut nearest: Option<(usize, ScopeId)> = None;
    for id in apache.section_ids().filter(|&id| of(id)) {
        let section = apache.section(id);
        let mut entries = section.entries.iter();
        if entries.any(|entry| OTHERWISE.contains(&entry.name.as_str())) && (apache.vhost_of(id) == host) {
            return None;
        }
        let requires = section.entries.iter().any(|entry| entry.name == "require");
        let groups = matches!(section.kind, SectionKind::Other);
        if !requires {
            continue;
        }
        let name = section.word.map(|word| word.name)?;
        // What is about names of files, or what the server tells of itself, is no way into the directory.
        match (name, section.args.as_slice()) {
            ("Directory", [path]) if !path.value.contains(['*', '?', '[', '$']) => {
                let above = Path::new(&path.value);
                let depth = above.components().count();
                if dir.starts_with(above) && nearest.is_none_or(|(best, _)| depth >= best) {
                    nearest = Some((depth, id));
                }
            }
            ("Files" | "FilesMatch", _) => {}
            ("Location", [path]) if path.value.len() > 1 => {}
            _ if groups && apache.vhost_of(id) != host => {}
            _ => return None,
        }
    }
    let (_, id) = nearest?;
    let mut lines = apache.here(id, "require");
    let line = lines.next().filter(|_| lines.next().is_none())?;
    let words: Vec<&str> = line.args.iter().map(|arg| arg.value.as_str()).collect();
    let denies = matches!(words.as_slice(), [all, denied] if all.eq_ignore_ascii_case("all") && denied.eq_ignore_ascii_case("denied"));
    let overrides = apache.here(id, "allowoverride").next_back();
    let shut =
        overrides.is_none_or(|entry| entry.value(0).is_some_and(|value| value.eq_ignore_ascii_case("none")));
    // One that stands for the directory itself says what it means.
    let own = apache.section(id).args.first().is_some_and(|path| Path::new(&path.value) == dir);
    (denies && shut && !own).then_some(line)
}

fn finding(
    context: &Context<'_>,
    apache: &Apache,
    host: ScopeId,
    root: &Entry,
    denied: &Entry,
) -> Diagnostic {
    let path = root.value(0).unwrap_or_default();
    let message =
        format!("nothing lets visitors into `{path}`: every request for this virtual host answers 403");
    let node = context.files.node(root.at);
    let lines =
        [format!("<Directory \"{path}\">"), "    Require all granted".to_owned(), "</Directory>".to_owned()];
    let around = apache.title(context.files, host);
    Diagnostic::new(node.head(), message, "no `Require` is for it")
        .label(denied.span(context.files), "decides")
        .note(format!("Apache logs: AH01630: client denied by server configuration: {path}/"))
        .help(format!("write `<Directory \"{path}\">` with `Require all granted` into `{around}`"))
        .fix(Fix::risky(format!("let visitors into {path}"), vec![edits::insert_lines_after(node, &lines)]))
}
