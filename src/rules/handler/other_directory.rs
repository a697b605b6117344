//! `handler/other-directory`: the section that hands files to PHP is for a directory that the site does not serve.

use std::path::Path;

use super::{Handler, all, handled_elsewhere, index};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::load::apache::Arg;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::apache::{Apache, Entry};
use crate::stack::nginx::ScopeId;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "handler/other-directory",
    severity: Severity::Error,
    summary: "what hands files to PHP stands in a <Directory> that no site serves, and the source of PHP is sent",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/handler/other-directory.md"),
    check,
};

/// What brings files of other places into a site: where one stands, the `DocumentRoot` is not all.
const OTHER_PLACES: &[&str] = &[
    "aliasmatch",
    "scriptaliasmatch",
    "virtualdocumentroot",
    "virtualscriptalias",
    "userdir",
    "rewriterule",
];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for apache in context.stack.apache.iter().filter(|apache| apache.whole && apache.modules.complete) {
        let lost: Vec<(Handler<'_>, &Arg)> = all(apache)
            .filter(|handler| handler.runs() && handler.takes_php(apache))
            .filter_map(|handler| Some((handler, directory(apache, handler)?)))
            .filter(|(handler, dir)| !serves(apache, handler.scope, &dir.value))
            .collect();
        let entries: Vec<&Entry> = lost.iter().map(|(handler, _)| handler.entry).collect();
        for (handler, dir) in &lost {
            let host = apache.vhost_of(handler.scope);
            let site = if host == ScopeId(0) { only_site(apache) } else { Some(host) };
            let Some(site) = site.filter(|&site| !handled_elsewhere(apache, site, &entries)) else {
                continue;
            };
            let Some(root) = root(apache, site) else { continue };
            let first = index(apache, site);
            let severity = if first.is_some() { Severity::Error } else { Severity::Warning };
            sink.report_once_as(severity, finding(context, *handler, dir, root, first));
        }
    }
}

/// The path of the `<Directory>` around a handler, where it is a plain one.
fn directory<'a>(apache: &'a Apache, handler: Handler<'_>) -> Option<&'a Arg> {
    let mut around = apache.around(handler.scope).map(|id| apache.section(id));
    let section =
        around.find(|section| section.word.is_some_and(|word| word.name.starts_with("Directory")))?;
    let arg = section.args.first().filter(|_| section.args.len() == 1)?;
    let plain = section.word.is_some_and(|word| word.name == "Directory")
        && arg.value.starts_with('/')
        && !arg.value.contains(['*', '?', '[', '$', '%']);
    plain.then_some(arg)
}

/// Whether anything that requests can get to lies in a directory or above it, or whether that is not known.
fn serves(apache: &Apache, scope: ScopeId, dir: &str) -> bool {
    let host = apache.vhost_of(scope);
    let near = |id: ScopeId| {
        let of = apache.vhost_of(id);
        host == ScopeId(0) || of == host || of == ScopeId(0)
    };
    let unclear = OTHER_PLACES.iter().any(|name| {
        apache
            .everywhere(name)
            .any(|(id, entry)| near(id) && (entry.name != "rewriterule" || leads_away(entry)))
    });
    let places = ["documentroot", "alias", "scriptalias"].iter().flat_map(|name| apache.everywhere(name));
    let mut places = places.filter(|(id, _)| near(*id)).filter_map(|(_, entry)| entry.args.last());
    unclear
        || places.any(|place| {
            let (place, dir) = (Path::new(&place.value), Path::new(dir));
            place.is_relative()
                || place.to_string_lossy().contains(['$', '%'])
                || place.starts_with(dir)
                || dir.starts_with(place)
        })
}

/// Whether a `RewriteRule` may lead to a file outside of the site.
fn leads_away(entry: &Entry) -> bool {
    entry
        .value(1)
        .is_some_and(|to| to.starts_with('/') && to.matches('/').count() > 1 || to.starts_with(['$', '%']))
}

/// The site of a server with one virtual host, or none.
fn only_site(apache: &Apache) -> Option<ScopeId> {
    let mut sites = apache.vhosts();
    let first = sites.next();
    if sites.next().is_some() { None } else { first.or(Some(ScopeId(0))) }
}

/// The `DocumentRoot` of a site, where it is written.
fn root(apache: &Apache, site: ScopeId) -> Option<(&Entry, &Arg)> {
    let (entry, _) = apache.find(site, "documentroot")?;
    let arg = entry.args.first().filter(|arg| !arg.is_unresolved())?;
    Some((entry, arg))
}

fn finding(
    context: &Context<'_>,
    handler: Handler<'_>,
    dir: &Arg,
    (root, path): (&Entry, &Arg),
    first: Option<&Entry>,
) -> Diagnostic {
    let (there, here) = (dir.value.trim_end_matches('/'), path.value.trim_end_matches('/'));
    let message = format!(
        "files below {there} are handed to PHP, and this site is {here}: visitors get the source of every `.php` file"
    );
    let mut found = Diagnostic::new(dir.span, message, "nothing of the site lies there")
        .label(root.span(context.files), "what is served")
        .label(handler.entry.span(context.files), "what PHP files are for");
    if let Some(index) = first {
        found = found.label(index.span(context.files), "the page that is sent as text");
    }
    let fix = dir.plain.map(|span| Fix::risky(format!("write {here}"), vec![Edit::replace(span, here)]));
    found
        .note("Apache answers 200 with the source of the script and logs nothing")
        .help(format!("write `<Directory {here}>`"))
        .fix(fix)
}
