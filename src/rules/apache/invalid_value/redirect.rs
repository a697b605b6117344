//! `Redirect` and its kin, `ErrorDocument`.

use super::super::lines::Fault;
use crate::load::apache::Arg;
use crate::spelling::closest;
use crate::stack::apache::Command;
use crate::value::apache_int;
use crate::vocabulary::{is_http_status, redirect_status};

/// What a template or a variable fills in; a `%`, a `[` and a `$1` are part of URLs and patterns.
fn is_template(arg: &Arg) -> bool {
    ["${", "{{", "{%", "<", "@"].iter().any(|mark| arg.value.contains(mark))
}

/// `Redirect [status] [path] [url]`.
pub(super) fn redirect(command: &Command<'_>, name: &str, per_directory: Option<bool>) -> Option<Fault> {
    let args = command.args;
    let first = args.first()?;
    // What takes two has no status, and a wrong count is apache/argument-count.
    let takes_two = name == "redirectpermanent" || name == "redirecttemp";
    if args.len() > 3 || takes_two && args.len() != 2 || args.iter().any(is_template) {
        return None;
    }
    let known = redirect_status(&first.value);
    if args.len() == 3 && known.is_none() {
        let words = ["permanent", "temp", "seeother", "gone"];
        let says = format!("`{}` is no status of a redirect", first.value);
        let fault = Fault::new(first.span, says, "Redirect: invalid first argument (of three)");
        let number = first.value.trim_matches(['[', ']', 'R', 'r', '=']);
        return Some(match closest(&first.value, words) {
            Some(meant) => fault.meant(first.plain, meant),
            None if first.value.eq_ignore_ascii_case("perm") => fault.meant(first.plain, "permanent"),
            None if number.parse().is_ok_and(is_http_status) => fault.meant(first.plain, number),
            None => fault.help("it is a number like `301`, or `permanent`, `temp`, `seeother` or `gone`"),
        });
    }
    let status = known.unwrap_or(if name == "redirectpermanent" { 301 } else { 302 });
    let redirects = (300..400).contains(&status);
    // In a `<Location>`, the path may be left out: then the URL is an expression.
    if args.len() < 3 && known.is_some() == (args.len() == 2) || args.len() == 1 {
        let complete = match (args.len(), known) {
            (2, Some(_)) if redirects => per_directory?,
            (2, Some(_)) => true,
            (1, Some(_)) if !redirects => per_directory?,
            (1, Some(_)) => false,
            _ => per_directory?,
        };
        return (!complete).then(|| {
            let says = format!("`{}` does not say where to", command.name());
            Fault::new(command.head(), says, "URL to redirect to is missing").label("has no URL")
        });
    }
    let url = args.last()?;
    if !redirects {
        // A number that is no redirect answers with that status, and has nowhere to send anyone.
        if known.is_some() && args.len() < 3 {
            return None;
        }
        let says = format!("a status of {status} sends nobody on to `{}`", url.value);
        let fault = Fault::new(url.span, says, "Redirect URL not valid for this status");
        return Some(fault.help("leave the URL out, or write a status from 301 to 308"));
    }
    if name == "redirectmatch" || url.value.starts_with('/') || has_scheme(&url.value) {
        return None;
    }
    let says = format!("`{}` is neither a path that begins with `/` nor a URL", url.value);
    let fault = Fault::new(url.span, says, "Redirect to non-URL");
    let host = url.value.split(['/', ':']).next().unwrap_or_default();
    let is_host = host.contains('.') && !host.starts_with('.') && host.len() < url.value.len();
    Some(if is_host {
        fault.help(format!("write `https://{}`", url.value))
    } else {
        fault.help(format!("write `/{}`", url.value))
    })
}

/// `ap_is_url`: letters and digits, then a colon.
fn has_scheme(text: &str) -> bool {
    let scheme = text.split(':').next().unwrap_or_default();
    let is_scheme =
        scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    scheme.len() < text.len() && !scheme.is_empty() && is_scheme
}

/// `ErrorDocument status …`.
pub(super) fn error_document(command: &Command<'_>) -> Option<Fault> {
    let arg = command.args.first().filter(|arg| !is_template(arg) && command.args.len() > 1)?;
    let read = apache_int(&arg.value).value;
    if u32::try_from(read).is_ok_and(is_http_status) {
        return None;
    }
    let says = format!("`{}` is no status of HTTP that Apache knows", arg.value);
    Some(Fault::new(arg.span, says, format!("Unsupported HTTP response code {}", arg.value)))
}
