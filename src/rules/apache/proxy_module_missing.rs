//! `apache/proxy-module-missing`: requests are handed on in a way that no loaded module knows.

use std::collections::HashSet;

use super::remedy::remedy;
use crate::diagnostic::{Diagnostic, Severity};
use crate::load::apache::Arg;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::apache::{Apache, Entry};
use crate::vocabulary::{ApacheModule, apache_module};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "apache/proxy-module-missing",
    severity: Severity::Error,
    summary: "requests are handed on in a way that no loaded module knows, and answer 500",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/apache/proxy-module-missing.md"),
    check,
};

/// What speaks each scheme; one of them is enough.
const SPEAKERS: &[(&str, &[&str])] = &[
    ("http", &["proxy_http_module"]),
    ("https", &["proxy_http_module"]),
    ("ws", &["proxy_http_module", "proxy_wstunnel_module"]),
    ("wss", &["proxy_http_module", "proxy_wstunnel_module"]),
    ("h2", &["proxy_http2_module"]),
    ("h2c", &["proxy_http2_module"]),
    ("fcgi", &["proxy_fcgi_module"]),
    ("uwsgi", &["proxy_uwsgi_module"]),
    ("scgi", &["proxy_scgi_module"]),
    ("ajp", &["proxy_ajp_module"]),
    ("ftp", &["proxy_ftp_module"]),
    ("balancer", &["proxy_balancer_module"]),
];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    for apache in
        context.stack.apache.iter().filter(|apache| apache.modules.complete && !apache.modules.foreign)
    {
        for id in apache.section_ids() {
            for entry in &apache.section(id).entries {
                let Some((arg, scheme, by_handler)) = target(entry) else { continue };
                let Some(module) = missing(apache, &scheme) else { continue };
                if seen.insert((entry.at.file, module.name)) {
                    sink.report(finding(context, apache, entry, arg, &scheme, module, by_handler));
                }
            }
        }
        if let Some(found) = unsupported_balancer(context, apache) {
            sink.report(found);
        }
    }
}

/// Where a directive hands requests on, the scheme, and whether it is a handler.
fn target(entry: &Entry) -> Option<(&Arg, String, bool)> {
    let (arg, handler) = match entry.name.as_str() {
        "proxypass" | "proxypassmatch" | "balancermember" => {
            (entry.args.iter().take(2).find(|arg| arg.value.contains("://"))?, false)
        }
        "sethandler" | "addhandler" => {
            let arg = entry.args.first()?;
            (arg.value.to_ascii_lowercase().starts_with("proxy:").then_some(arg)?, true)
        }
        "rewriterule" => {
            let mut flags = entry.value(2)?.trim_matches(['[', ']']).split(',');
            let proxies = flags.any(|flag| matches!(flag.trim(), "P" | "p" | "proxy"));
            (entry.args.get(1).filter(|arg| proxies && arg.value.contains("://"))?, false)
        }
        _ => return None,
    };
    let url = arg.value.rsplit('|').next()?;
    let (scheme, _) = url.split_once("://")?;
    let scheme = scheme.rsplit(':').next()?.to_ascii_lowercase();
    Some((arg, scheme, handler))
}

/// The module that is missing for a scheme.
fn missing(apache: &Apache, scheme: &str) -> Option<&'static ApacheModule> {
    let (_, modules) = SPEAKERS.iter().find(|(name, _)| *name == scheme)?;
    let lacks = |name: &&&str| apache_module(name).is_some_and(|module| apache.modules.lack(module));
    // Without mod_proxy itself its directives are not known, which is told for itself.
    let proxy = apache.modules.loaded.iter().any(|(name, _)| name == "proxy_module");
    let all_lack = proxy && modules.iter().filter(lacks).count() == modules.len();
    all_lack.then(|| apache_module(modules[0])).flatten()
}

fn finding(
    context: &Context<'_>,
    apache: &Apache,
    entry: &Entry,
    arg: &Arg,
    scheme: &str,
    module: &ApacheModule,
    by_handler: bool,
) -> Diagnostic {
    let outcome = if by_handler {
        "visitors get the source of the files"
    } else {
        "every request that goes here answers 500"
    };
    let message =
        format!("`{scheme}://` is spoken by {}, which this Apache does not load: {outcome}", module.name);
    let note = if by_handler {
        "Apache answers 200 with the file as it is and logs nothing".to_owned()
    } else {
        format!("Apache logs: AH01144: No protocol handler was valid for the URL / (scheme '{scheme}')")
    };
    let (help, fix) = remedy(context, apache, module);
    Diagnostic::new(arg.span, message, format!("needs {}", module.name))
        .label(entry.span(context.files), "hands requests on")
        .note(note)
        .help(help)
        .fix(fix)
}

/// A balancer whose method or shared memory is of no loaded module: Apache passes its test and does not start.
fn unsupported_balancer(context: &Context<'_>, apache: &Apache) -> Option<Diagnostic> {
    apache.modules.loaded.iter().find(|(name, _)| name == "proxy_balancer_module")?;
    let (_, at) = apache.balancers.iter().find_map(|balancer| balancer.members.first())?;
    let needs = |name: &str| apache_module(name).filter(|module| apache.modules.lack(module));
    let chosen =
        apache.section_ids().any(|id| {
            apache.section(id).entries.iter().any(|entry| {
                entry.args.iter().any(|arg| arg.value.to_ascii_lowercase().starts_with("lbmethod="))
            })
        });
    let (module, log) = match (needs("slotmem_shm_module"), needs("lbmethod_byrequests_module")) {
        (Some(module), _) => {
            (module, "AH01177: Failed to lookup provider 'shm' for 'slotmem': is mod_slotmem_shm loaded??")
        }
        (None, Some(module)) if !chosen => (module, "AH02432: Cannot find LB Method: byrequests"),
        _ => return None,
    };
    let span = context.files.node(*at).head();
    let (help, fix) = remedy(context, apache, module);
    let message =
        format!("a balancer needs {}, which this Apache does not load: it does not start", module.name);
    Some(
        Diagnostic::new(span, message, "makes a balancer")
            .note(format!("`apachectl configtest` says Syntax OK; Apache logs: {log}"))
            .help(help)
            .fix(fix),
    )
}
