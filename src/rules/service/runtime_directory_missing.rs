//! `service/runtime-directory-missing`: a program makes its socket in a directory nobody makes after a start of the machine.

use std::path::Path;

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::endpoint::Endpoint;
use crate::stack::services::Unit;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "service/runtime-directory-missing",
    severity: Severity::Warning,
    summary: "a program makes its socket in a directory of /run nobody makes",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/service/runtime-directory-missing.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let services = &context.stack.services;
    for app in services.apps.iter().filter(|_| context.files.rooted) {
        let Some(unit) = app.unit.map(|unit| &services.units[unit]).filter(|unit| unit.whole) else {
            continue;
        };
        for bind in &app.binds {
            let Endpoint::Unix(path) = &bind.endpoint else { continue };
            let Some(name) = directory(path).filter(|name| !is_made(context, unit, name)) else { continue };
            let (title, unit_name) = (app.title(), &unit.name);
            let message = format!(
                "nobody makes /run/{name} when the machine starts, and {title} cannot make its socket: the gateway answers 502"
            );
            let found = Diagnostic::new(bind.span, message, "in a directory that is gone after each start")
                .note("nginx logs: connect() failed (2: No such file or directory) while connecting to upstream")
                .help(format!("write `RuntimeDirectory={name}` below `[Service]` in {unit_name}"))
                .fix(repair(context, unit, name));
            sink.report(found);
        }
    }
}

/// The directory of /run a socket is in: `shop` of `/run/shop/web.sock`.
fn directory(path: &str) -> Option<&str> {
    let (dir, _) = path.strip_prefix("/run/")?.rsplit_once('/')?;
    (!dir.contains('/')).then_some(dir)
}

/// Whether a unit, a drop-in, tmpfiles.d or a package makes the directory.
fn is_made(context: &Context<'_>, own: &Unit, name: &str) -> bool {
    // The packages of these bring a tmpfiles.d of their own; users' directories are logind's.
    const PACKAGED: &[&str] =
        &["php", "php-fpm", "nginx", "apache2", "httpd", "uwsgi", "user", "lock", "systemd"];
    let files = context.files;
    let units = &context.stack.services.units;
    let by_unit = units.iter().any(|unit| {
        let words = unit.words(files, "Service", "RuntimeDirectory");
        words.iter().any(|word| word.known().is_none_or(|made| made.split(['/', ':']).next() == Some(name)))
    });
    let by_command = ["ExecStartPre", "ExecStart"].iter().any(|key| {
        let words = own.words(files, "Service", key);
        let makes = words
            .iter()
            .any(|word| word.known().is_none_or(|word| word.ends_with("mkdir") || word.ends_with("install")));
        makes || (*key == "ExecStartPre" && !words.is_empty())
    });
    let by_socket = units.iter().filter(|unit| unit.is_socket()).any(|unit| {
        let words = unit.words(files, "Socket", "ListenStream");
        words.iter().any(|word| word.known().is_none_or(|path| directory(path) == Some(name)))
    });
    PACKAGED.contains(&name) || by_unit || by_command || by_socket || by_tmpfiles(context, name)
}

fn by_tmpfiles(context: &Context<'_>, name: &str) -> bool {
    let dirs =
        ["etc/tmpfiles.d", "usr/lib/tmpfiles.d", "run/tmpfiles.d"].map(|dir| context.files.root.join(dir));
    let files = dirs.iter().flat_map(|dir| {
        context.disk.list(dir).unwrap_or_default().into_iter().map(move |file| dir.join(file))
    });
    let mut configurations =
        files.filter(|file| file.extension().is_some_and(|extension| extension == "conf"));
    let wanted = [format!("/run/{name}"), format!("/var/run/{name}")];
    configurations.any(|file: std::path::PathBuf| {
        let text = context.disk.read(Path::new(&file)).unwrap_or_default();
        String::from_utf8_lossy(&text).split_whitespace().any(|word| {
            wanted.iter().any(|wanted| word.trim_end_matches('/') == wanted || word.contains('%'))
        })
    })
}

fn repair(context: &Context<'_>, unit: &Unit, name: &str) -> Option<Fix> {
    let exec =
        unit.get("Service", "ExecStart").filter(|_| unit.get("Service", "RuntimeDirectory").is_none())?;
    let line_break = context.sources.file_of(exec.span).line_break();
    let edit = Edit::insert(exec.span.lo, format!("RuntimeDirectory={name}{line_break}"));
    Some(Fix::risky(format!("make /run/{name} with the service"), vec![edit]))
}
