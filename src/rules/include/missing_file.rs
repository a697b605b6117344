//! `include/missing-file`: a file that is included is not there.

use std::path::{Path, PathBuf};

use super::{dialect, faults, paths, server};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::include::{IncludeFault, Inclusion};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::tree::Dialect;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "include/missing-file",
    severity: Severity::Error,
    summary: "a file that is included is not there",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/include/missing-file.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (inclusion, fault) in faults(context) {
        if let IncludeFault::Missing(near) = fault {
            sink.report(finding(context, inclusion, near.as_deref()));
        }
    }
}

fn finding(context: &Context<'_>, inclusion: &Inclusion, near: Option<&Path>) -> Diagnostic {
    let server = server(context.files, inclusion);
    if dialect(context.files, inclusion) == Dialect::Fpm {
        return missing_directory(context, inclusion);
    }
    let (path, logged) = paths(context, &inclusion.pattern);
    let message = format!("{path} is not there: {server} does not start");
    let diagnostic = Diagnostic::new(inclusion.word, message, "included here")
        .note(format!("{server} says: open() \"{logged}\" failed (2: No such file or directory)"));
    match near.and_then(|near| near.file_name()?.to_str()).map(|name| instead(context, inclusion, name)) {
        Some(text) => diagnostic.help(format!("include `{text}`")).fix(replace(context, inclusion, text)),
        None => match params(context, inclusion) {
            Some(text) => diagnostic
                .help(format!("include `{text}`, which is there, or put the file in its place"))
                .fix(replace(context, inclusion, text)),
            None => diagnostic.help("put the file in its place, or take the line out"),
        },
    }
}

/// PHP-FPM minds only that the directory of a pattern is there.
fn missing_directory(context: &Context<'_>, inclusion: &Inclusion) -> Diagnostic {
    let (_, logged) = paths(context, &inclusion.pattern);
    let (dir, _) = paths(context, inclusion.pattern.parent().unwrap_or(Path::new("/")));
    let message = format!("the directory {dir} is not there: PHP-FPM does not start");
    let found = Diagnostic::new(inclusion.word, message, "included here")
        .note(format!("PHP-FPM says: Unable to globalize '{logged}' (ret=2)"));
    match pools(context, inclusion) {
        Some(text) => found.help(format!("include `{text}`")).fix(replace(context, inclusion, text)),
        None => found.help(format!("make the directory with `mkdir {dir}`, or take the line out")),
    }
}

/// The directory in which packages have the pools, beside the main file, if it is there and holds some.
fn pools(context: &Context<'_>, inclusion: &Inclusion) -> Option<String> {
    let beside = context.files.file(inclusion.at.file).path.parent()?;
    let has_pools = |dir: &PathBuf| {
        let names = context.disk.list(dir).unwrap_or_default();
        names.iter().any(|name| Path::new(name).extension().is_some_and(|end| end == "conf"))
    };
    let dir = ["pool.d", "php-fpm.d"].into_iter().map(|name| beside.join(name)).find(has_pools)?;
    // A tree that is tried out where it lies has its own place in its paths.
    let written = context.files.node(inclusion.at).arg(0)?;
    let in_place = Path::new(&*written).starts_with(&context.files.root);
    let dir = if in_place { dir } else { context.files.on_machine(&dir) };
    Some(format!("{}/*.conf", dir.display()))
}

/// The argument with another file name.
fn instead(context: &Context<'_>, inclusion: &Inclusion, name: &str) -> String {
    let written = context.files.node(inclusion.at).arg(0).unwrap_or_default();
    match written.rsplit_once('/') {
        Some((dir, _)) => format!("{dir}/{name}"),
        None => name.to_owned(),
    }
}

/// Debian's `snippets/fastcgi-php.conf` is missing where a site moves to another system; the file of
/// parameters every package has does its main part.
fn params(context: &Context<'_>, inclusion: &Inclusion) -> Option<String> {
    let wanted = inclusion.pattern.file_name()?.to_str()?;
    let node = context.files.node(inclusion.at);
    let passes = node.parent()?.children().any(|node| node.name() == "fastcgi_pass");
    let plain =
        !inclusion.pattern.ends_with("fastcgi_params") && !inclusion.pattern.ends_with("fastcgi.conf");
    if !passes || !plain || !wanted.contains("fastcgi") {
        return None;
    }
    ["fastcgi.conf", "fastcgi_params"]
        .into_iter()
        .find(|name| context.files.stands_beside_main(name))
        .map(str::to_owned)
}

fn replace(context: &Context<'_>, inclusion: &Inclusion, text: String) -> Option<Fix> {
    let span = context.files.node(inclusion.at).plain_span(0)?;
    Some(Fix::risky(format!("include `{text}`"), vec![Edit::replace(span, text)]))
}
