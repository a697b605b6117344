//! `target/fastcgi-to-http`: a gateway speaks `FastCGI` to a port where HTTP is spoken.

use super::{Pools, is_for_php};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::hop::Protocol::{Fastcgi, Http, Https};
use crate::stack::mismatch::Mismatch;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "target/fastcgi-to-http",
    severity: Severity::Error,
    summary: "a gateway speaks FastCGI to a port where HTTP is spoken",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/target/fastcgi-to-http.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let pools = Pools::of(context);
    for wrong in Mismatch::find(context.stack, |from, to| from == Fastcgi && matches!(to, Http | Https)) {
        sink.report(finding(context, &wrong, &pools));
    }
}

fn finding(context: &Context<'_>, wrong: &Mismatch<'_>, pools: &Pools<'_>) -> Diagnostic {
    let (status, log) = wrong.answer();
    let (target, who) = (&wrong.leg.shown, wrong.who(context.stack));
    let tls = if wrong.spoken == Https { " over TLS" } else { "" };
    let message = format!(
        "FastCGI is spoken to {target}, where {who} speaks HTTP{tls}: {} answers {status}",
        wrong.requests()
    );
    let found = Diagnostic::new(wrong.span(context.files), message, "speaks FastCGI")
        .label(wrong.listener.span, format!("{who} listens here"))
        .note(log);
    // PHP runs in a pool; the HTTP port of another gateway is not what a script is handed to.
    let for_php = is_for_php(context, wrong.hop, wrong.leg);
    if let Some((listener, pool, sure)) = pools.meant(context, wrong.leg).filter(|_| for_php) {
        let build = if sure { Fix::safe } else { Fix::risky };
        let fix =
            wrong.leg.redirect(listener).map(|edit| build(format!("call {}", listener.shown), vec![edit]));
        return found
            .label(listener.span, format!("pool [{}] listens on {}", pool.name, listener.shown))
            .help(format!("call {}, where pool [{}] listens", listener.shown, pool.name))
            .fix(fix);
    }
    let scheme = wrong.spoken.word();
    match context.stack.nginx_of(wrong.hop) {
        Some(nginx) => {
            let edits = wrong.pass_edits(nginx, context.files, "proxy_pass");
            found
                .help(format!("write `proxy_pass {scheme}://…`, or name a port where FastCGI is spoken"))
                .fix(edits.map(|edits| Fix::safe("speak HTTP", edits)))
        }
        None => found
            .help(format!("write `{scheme}://{target}`, or name a port where FastCGI is spoken"))
            .fix(apache_edit(context, wrong).map(|edit| Fix::risky("speak HTTP", vec![edit]))),
    }
}

/// `fcgi://` of a `ProxyPass` as `http://`; a handler names a script, which HTTP knows nothing of.
fn apache_edit(context: &Context<'_>, wrong: &Mismatch<'_>) -> Option<Edit> {
    let node = context.files.node(wrong.hop.at);
    let (span, _) = wrong.leg.written?;
    let plain = node.is("ProxyPass") && wrong.leg.at == wrong.hop.at && wrong.spoken == Http;
    let text = node.tree.slice(span);
    (plain && text.starts_with("fcgi://")).then(|| Edit::replace(span, text.replacen("fcgi", "http", 1)))
}
