//! `handler/source-exposed`: a handler that Apache does not know sends the source of PHP to visitors.

use super::{Handler, all, handled_elsewhere};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::load::apache::Arg;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::nginx::ScopeId;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "handler/source-exposed",
    severity: Severity::Error,
    summary: "Apache does not take a handler for an address, and sends the source of PHP to visitors",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/handler/source-exposed.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for apache in &context.stack.apache {
        for handler in all(apache).filter(|handler| handler.entry.name.ends_with("handler")) {
            let Some(arg) = handler.entry.args.first().filter(|arg| !arg.is_unresolved()) else { continue };
            let found = misspelt(&arg.value).map(|wrong| finding(context, handler, arg, wrong));
            sink.report_once(found);
        }
        if !apache.whole || !apache.modules.complete || apache.modules.foreign {
            continue;
        }
        for handler in all(apache).filter(|handler| is_of_module(handler.to)) {
            let vhost = apache.vhost_of(handler.scope);
            // What the main server says counts for all its virtual hosts: those that serve PHP have their own.
            let hosts = apache.vhosts().filter(|_| vhost == ScopeId(0));
            let hosts: Vec<ScopeId> = hosts.chain([vhost]).collect();
            let of_module: Vec<_> =
                all(apache).filter(|other| is_of_module(other.to)).map(|other| other.entry).collect();
            let elsewhere = |&host: &ScopeId| handled_elsewhere(apache, host, &of_module);
            let served = handler.takes_php(apache) && !hosts.iter().any(elsewhere);
            if served {
                sink.report_once(without_module(context, handler));
            }
        }
    }
}

/// What is wrong with a handler, and what was meant.
struct Wrong {
    why: &'static str,
    meant: String,
    /// What Apache does with the request.
    source: bool,
}

/// What is wrong with an address of mod_proxy as a handler; `None` for what it takes, and for names.
fn misspelt(to: &str) -> Option<Wrong> {
    let wrong = |why, meant: String| Some(Wrong { why, meant, source: true });
    let lower = to.to_ascii_lowercase();
    let Some(target) = lower.strip_prefix("proxy:").map(|_| &to["proxy:".len()..]) else {
        let address = ["fcgi://", "unix:/", "http://", "https://", "uwsgi://", "scgi://"];
        let is_address = address.iter().any(|start| lower.starts_with(start));
        let whole =
            misspelt(&format!("proxy:{to}")).map_or_else(|| format!("proxy:{to}"), |wrong| wrong.meant);
        return if is_address { wrong("it does not begin with `proxy:`", whole) } else { None };
    };
    let trimmed = target.trim_start();
    if trimmed.len() < target.len() {
        return wrong("a blank stands behind `proxy:`", format!("proxy:{trimmed}"));
    }
    if target.starts_with('/') && target.contains('|') {
        return wrong("`unix:` is missing before the path", format!("proxy:unix:{target}"));
    }
    if let Some(path) = target.strip_prefix("unix:").filter(|rest| !rest.contains('|')) {
        if let Some((path, rest)) = path.split_once(":fcgi://") {
            return wrong(
                "a colon stands where the `|` has to be",
                format!("proxy:unix:{path}|fcgi://{rest}"),
            );
        }
        let path = path.trim_end_matches(':');
        let plain = path.starts_with('/') && !path.contains(['$', ' ']);
        return if plain {
            wrong("nothing says what is spoken on the socket", format!("proxy:unix:{path}|fcgi://localhost"))
        } else {
            None
        };
    }
    let url = target.rsplit('|').next().unwrap_or(target);
    let rest = url.strip_prefix("fcgi:").filter(|rest| !rest.starts_with("//"))?;
    let host = rest.trim_start_matches('/');
    let before = &to[..to.len() - rest.len()];
    let meant = format!("{before}//{host}");
    (!host.is_empty()).then_some(Wrong {
        why: "two slashes are missing behind `fcgi:`",
        meant,
        source: false,
    })
}

fn finding(context: &Context<'_>, handler: Handler<'_>, arg: &Arg, wrong: Wrong) -> Diagnostic {
    let Wrong { why, meant, source } = wrong;
    let (outcome, note) = if source {
        (
            "Apache knows no such handler and sends the source of the scripts to visitors",
            "Apache answers 200 with the source of the script and logs nothing; `apachectl configtest` says Syntax OK",
        )
    } else {
        ("every request to PHP answers 400", "Apache logs: AH01059: error parsing URL …: Malformed URL")
    };
    let message = format!("`{}` is no address of PHP, because {why}: {outcome}", arg.value);
    let fix =
        arg.plain.map(|span| Fix::safe(format!("write {meant}"), vec![quoted(context, span, arg, &meant)]));
    Diagnostic::new(handler.entry.span(context.files), message, why)
        .note(note)
        .help(format!("write `\"{meant}\"`"))
        .fix(fix)
}

/// The edit that writes `meant`, in quotes if the argument had none.
fn quoted(context: &Context<'_>, plain: crate::source::Span, arg: &Arg, meant: &str) -> Edit {
    let bare = context.sources.text(arg.span) == context.sources.text(plain);
    let text = if bare { format!("\"{meant}\"") } else { meant.to_owned() };
    Edit::replace(plain, text)
}

/// Whether files are handed to PHP within Apache.
fn is_of_module(to: &str) -> bool {
    let to = to.to_ascii_lowercase();
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    to.strip_prefix("application/x-httpd-php").is_some_and(digits)
        || to.strip_prefix("php").and_then(|rest| rest.strip_suffix("-script")).is_some_and(digits)
}

fn without_module(context: &Context<'_>, handler: Handler<'_>) -> Diagnostic {
    let message = format!(
        "`{}` is of mod_php, which this Apache does not load, and nothing else runs PHP here: visitors get the source of \
         the scripts",
        handler.to
    );
    Diagnostic::new(handler.entry.span(context.files), message, "nobody takes what is handed over here")
        .note("Apache answers 200 with the source of the script and logs nothing")
        .help("hand the files to PHP-FPM: `SetHandler \"proxy:unix:/run/php/php8.2-fpm.sock|fcgi://localhost\"`, or run `a2enmod php8.2`")
}

#[cfg(test)]
mod tests {
    use super::misspelt;

    #[test]
    fn addresses_are_completed() {
        let meant = [
            ("proxy:unix:/x.sock", "proxy:unix:/x.sock|fcgi://localhost"),
            ("fcgi://127.0.0.1:9000", "proxy:fcgi://127.0.0.1:9000"),
            ("unix:/x.sock|fcgi://localhost", "proxy:unix:/x.sock|fcgi://localhost"),
            ("unix:/x.sock", "proxy:unix:/x.sock|fcgi://localhost"),
            ("proxy:/x.sock|fcgi://localhost", "proxy:unix:/x.sock|fcgi://localhost"),
            ("proxy:unix:/x.sock:fcgi://localhost", "proxy:unix:/x.sock|fcgi://localhost"),
            ("proxy: unix:/x.sock|fcgi://localhost", "proxy:unix:/x.sock|fcgi://localhost"),
            ("proxy:fcgi:127.0.0.1:9000", "proxy:fcgi://127.0.0.1:9000"),
            ("proxy:unix:/x.sock|fcgi:localhost", "proxy:unix:/x.sock|fcgi://localhost"),
        ];
        for (text, right) in meant {
            assert_eq!(misspelt(text).map(|wrong| wrong.meant).as_deref(), Some(right), "{text}");
        }
    }

    #[test]
    fn what_apache_takes_is_left_alone() {
        for text in [
            "proxy:unix:/x.sock|fcgi://localhost",
            "Proxy:fcgi://127.0.0.1:9000",
            "cgi-script",
            "None",
            "proxy-server",
        ] {
            assert!(misspelt(text).is_none(), "{text}");
        }
    }
}
