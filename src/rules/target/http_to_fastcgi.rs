//! `target/http-to-fastcgi`: a gateway speaks HTTP to a pool.

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::apache::Apache;
use crate::stack::hop::Protocol::{Fastcgi, Http, Https};
use crate::stack::mismatch::Mismatch;
use crate::stack::nginx::Nginx;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "target/http-to-fastcgi",
    severity: Severity::Error,
    summary: "a gateway speaks HTTP to a pool of PHP-FPM",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/target/http-to-fastcgi.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for wrong in Mismatch::find(context.stack, |from, to| matches!(from, Http | Https) && to == Fastcgi) {
        sink.report(finding(context, &wrong));
    }
}

fn finding(context: &Context<'_>, wrong: &Mismatch<'_>) -> Diagnostic {
    let (status, log) = wrong.answer();
    let (target, who) = (&wrong.leg.shown, wrong.who(context.stack));
    let message = format!(
        "HTTP is spoken to {target}, where {who} speaks FastCGI: {} answers {status}",
        wrong.requests()
    );
    let found = Diagnostic::new(wrong.span(context.files), message, "speaks HTTP")
        .label(wrong.listener.span, format!("{who} listens here"))
        .note(log);
    let fix = |edits| Fix::risky("speak FastCGI", edits);
    if let Some(nginx) = context.stack.nginx_of(wrong.hop) {
        return found
            .help(format!(
                "write `fastcgi_pass {target};` with `fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;`"
            ))
            .fix(nginx_edits(context, nginx, wrong).map(fix));
    }
    let edits = context.stack.apache_of(wrong.hop).and_then(|apache| apache_edits(context, apache, wrong));
    found
        .help(format!(
            "hand scripts to the pool: `<FilesMatch \"\\.php$\">` with `SetHandler \"proxy:fcgi://{target}\"`"
        ))
        .fix(edits.map(fix))
}

/// `fastcgi_pass`, and the parameters PHP needs where none are in force.
fn nginx_edits(context: &Context<'_>, nginx: &Nginx, wrong: &Mismatch<'_>) -> Option<Vec<Edit>> {
    let (files, scope) = (context.files, wrong.hop.scope);
    nginx.find(files, scope, "root").or_else(|| nginx.find(files, scope, "alias"))?;
    let mut made = wrong.pass_edits(nginx, files, "fastcgi_pass")?;
    if nginx.list(files, scope, "fastcgi_param").is_none() {
        let mut lines = Vec::new();
        let php = nginx.title(files, scope).contains("php");
        if !php && nginx.find(files, scope, "fastcgi_index").is_none() {
            lines.push("fastcgi_index index.php;");
        }
        if !files.stands_beside_main("fastcgi_params") {
            return None;
        }
        lines.extend([
            "include fastcgi_params;",
            "fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;",
        ]);
        let node = files.node(wrong.hop.at);
        let lines: Vec<String> = lines.into_iter().map(str::to_owned).collect();
        made.push(crate::edits::insert_lines_after(node, &lines));
    }
    Some(made)
}

/// `fcgi://` where the URL names the directory of the scripts; else a handler for the scripts of the
/// virtual host in the place of the `ProxyPass`.
fn apache_edits(context: &Context<'_>, apache: &Apache, wrong: &Mismatch<'_>) -> Option<Vec<Edit>> {
    let (entry, url) = apache.url_of(wrong.hop)?;
    let (span, _) = wrong.leg.written.filter(|_| wrong.all && wrong.leg.at == wrong.hop.at)?;
    let node = context.files.node(entry.at);
    let authority = node.tree.slice(span);
    let path = url.split_once(authority)?.1;
    if path.contains('$') && path.len() > "/$1".len() {
        return wrong.scheme_edits(context.stack, context.files, "fcgi");
    }
    let vhost = apache.vhost_of(wrong.hop.scope);
    apache.find(vhost, "documentroot")?;
    let directly = entry.name == "proxypass" && wrong.hop.scope == vhost && matches!(path, "" | "/");
    let break_ = format!("\n{}", node.indent());
    let text = [
        "<FilesMatch \"\\.php$\">".to_owned(),
        format!("    SetHandler \"proxy:fcgi://{authority}\""),
        "</FilesMatch>".to_owned(),
    ];
    directly.then(|| vec![Edit::replace(node.head(), text.join(&break_))])
}
