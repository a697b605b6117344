//! `target/socket-path-too-long`: a unix socket has a path that the kernel has no room for.

use super::nginx_hops;
use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::stack::hop::Hop;
use crate::stack::nginx::target;
use crate::value::{self, FpmListen};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "target/socket-path-too-long",
    severity: Severity::Error,
    summary: "the path of a unix socket is longer than the system or the server takes",
    fixable: Fixable::No,
    card: include_str!("../../../rules/target/socket-path-too-long.md"),
    check,
};

/// The letters of a path that the kernel has room for.
const KERNEL: usize = 107;
/// Those Apache keeps of the socket of a `ProxyPass`.
const APACHE: usize = 95;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (_, hop) in nginx_hops(context) {
        sink.report_some(of_nginx(context, hop));
    }
    for (apache, hop) in context.stack.apache_hops() {
        let Some((entry, url)) = apache.url_of(hop) else { continue };
        let keeps = if entry.name.starts_with("proxypass") { APACHE } else { KERNEL };
        let path = url.strip_prefix("unix:").and_then(|rest| rest.split('|').next());
        if let Some(path) = path.filter(|path| is_longer(path, keeps)) {
            sink.report_once(of_apache(hop, path, keeps));
        }
    }
    for (_, pool) in context.stack.pools() {
        let Some(entry) = pool.said("listen") else { continue };
        let Ok(FpmListen::UnixPath(path)) = value::fpm_listen(&entry.value) else { continue };
        if is_longer(path, KERNEL) {
            let span = context.files.node(entry.at).arg_span(0).unwrap_or(entry.span);
            sink.report_once_as(Severity::Warning, of_fpm(span, path));
        }
    }
}

/// Whether a path that is written out is longer than `most`.
fn is_longer(path: &str, most: usize) -> bool {
    path.len() > most && path.starts_with('/') && !path.contains(['$', '{', '%', '<', '@'])
}

/// `value/invalid-address` speaks of those in `listen` and in upstreams.
fn of_nginx(context: &Context<'_>, hop: &Hop) -> Option<Diagnostic> {
    let node = context.files.node(hop.at);
    let text = node.arg(0)?;
    let path = target(&text, hop.protocol).address.strip_prefix("unix:")?;
    if !is_longer(path, KERNEL) {
        return None;
    }
    let message = format!(
        "the path of this socket has {} letters, and {KERNEL} is the most there is room for: nginx does not start",
        path.len()
    );
    let log = "nginx logs: [emerg] too long path in the unix domain socket in upstream \"unix:…\"";
    Some(say(node.arg_span(0)?, message, log, KERNEL))
}

fn of_apache(hop: &Hop, path: &str, keeps: usize) -> Diagnostic {
    let letters = path.len();
    let (comes, log) = if keeps == APACHE {
        ("Apache does not start", "Apache logs: ProxyPass worker uds path (…) too long")
    } else {
        (
            "every request answers 503",
            "Apache logs: AH02454: FCGI: attempt to connect to Unix domain socket … failed",
        )
    };
    let message = format!("the path of this socket has {letters} letters, and {keeps} is the most: {comes}");
    say(hop.span, message, log, keeps)
}

fn of_fpm(span: Span, path: &str) -> Diagnostic {
    let cut = path.get(..KERNEL).unwrap_or(path);
    let end = cut.rsplit('/').next().unwrap_or(cut);
    let message = format!(
        "PHP-FPM takes the first {KERNEL} of the {} letters of this path, and listens on a socket named `{end}`",
        path.len()
    );
    let log = "`php-fpm -t` says that the test is successful, and the log says nothing; gateways answer 502 or 503: no such file or directory";
    say(span, message, log, KERNEL)
}

fn say(span: Span, message: String, log: &str, most: usize) -> Diagnostic {
    Diagnostic::new(span, message, format!("longer than {most} letters"))
        .note(log)
        .help("put the socket into a directory nearer to the root, such as /run/php, and write the same path on both sides")
}
