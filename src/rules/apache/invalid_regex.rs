//! `apache/invalid-regex`: PCRE does not take a regular expression.

use super::header::Header;
use super::lines::{Fault, refuse};
use crate::diagnostic::Severity;
use crate::load::apache::Arg;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::stack::apache::Command;
use crate::value::{regex, rewrite_line};
use crate::vocabulary::redirect_status;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "apache/invalid-regex",
    severity: Severity::Error,
    summary: "PCRE does not take this regular expression",
    fixable: Fixable::No,
    card: include_str!("../../../rules/apache/invalid-regex.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    refuse(context, sink, |command| {
        let pattern = pattern(command)?;
        let text = pattern.text.as_str();
        if ["${", "{{", "<%", "{%", "@@"].iter().any(|mark| text.contains(mark)) {
            return None;
        }
        let outcome = regex(text, false);
        // httpd allows two groups of one name.
        let error = outcome.as_ref().as_ref().err().filter(|error| !error.same_name)?;
        let at = pattern.plain.map(|span| Span::new(span.lo + error.offset as u32, span.hi));
        let span = pattern.plain.unwrap_or(pattern.whole);
        let rest = at.filter(|at| !at.is_empty() && error.offset > 0);
        let says = match rest {
            Some(_) => format!(
                "`{text}` is no regular expression: {}, seen before `{}`",
                error.message,
                &text[error.offset..]
            ),
            None => format!("`{text}` is no regular expression: {}", error.message),
        };
        let log = pattern.log.replace("{}", text);
        let fault = Fault::new(span, says, log).label("is not compiled");
        Some(match text.strip_prefix("*.") {
            Some(end) => {
                fault.help(format!("`*.{end}` is a wildcard; as a regular expression it is `\\.{end}$`"))
            }
            None => fault,
        })
    });
}

/// A pattern and where it stands.
struct Pattern {
    text: String,
    whole: Span,
    plain: Option<Span>,
    /// What the server logs, with `{}` for the pattern.
    log: &'static str,
}

impl Pattern {
    fn arg(arg: Option<&Arg>, log: &'static str) -> Option<Self> {
        let arg = arg?;
        Some(Self { text: arg.value.clone(), whole: arg.span, plain: arg.plain, log })
    }
}

/// What the server says to the patterns of most directives.
const PLAIN: &str = "Regular expression could not be compiled.";
/// And to those of sections.
const SECTION: &str = "Regex could not be compiled";

/// The pattern of a directive, if it has one.
fn pattern(command: &Command<'_>) -> Option<Pattern> {
    let args = command.args;
    let is = |name: &str| command.node.is(name);
    if command.node.body().is_some() {
        if ["LocationMatch", "DirectoryMatch", "FilesMatch", "ProxyMatch"].iter().any(|name| is(name)) {
            return Pattern::arg(args.first(), SECTION);
        }
        let marked = ["Location", "Directory", "Files"].iter().any(|name| is(name));
        let tilde = marked && args.first().is_some_and(|arg| arg.value == "~");
        return if tilde { Pattern::arg(args.get(1), SECTION) } else { None };
    }
    match command.name().to_ascii_lowercase().as_str() {
        "rewriterule" | "rewritecond" => rewrite(command),
        "redirectmatch" => {
            let has_status =
                args.len() > 2 || args.first().is_some_and(|arg| redirect_status(&arg.value).is_some());
            Pattern::arg(args.get(usize::from(has_status)), PLAIN)
        }
        "aliasmatch" | "scriptaliasmatch" => Pattern::arg(args.first().filter(|_| args.len() > 1), PLAIN),
        "proxypassmatch" => {
            Pattern::arg(args.first().filter(|arg| args.len() > 1 && !arg.value.contains("://")), PLAIN)
        }
        "proxypass" => Pattern::arg(args.get(1).filter(|_| args[0].value == "~"), PLAIN),
        "setenvif" => Pattern::arg(args.get(1), "SetEnvIf regex could not be compiled."),
        "setenvifnocase" => Pattern::arg(args.get(1), "SetEnvIfNoCase regex could not be compiled."),
        "browsermatch" => Pattern::arg(args.first(), "BrowserMatch regex could not be compiled."),
        "browsermatchnocase" => Pattern::arg(args.first(), "BrowserMatchNoCase regex could not be compiled."),
        "header" | "requestheader" => {
            let header = Header::of(command).filter(Header::is_edit)?;
            Pattern::arg(header.values.first(), "Header edit regex could not be compiled")
        }
        _ => None,
    }
}

/// What `mod_rewrite` compiles.
fn rewrite(command: &Command<'_>) -> Option<Pattern> {
    let line = command.line()?;
    let parts = rewrite_line(&line.text)?;
    let (mut range, log) = if command.node.is("RewriteRule") {
        (parts.first, "RewriteRule: cannot compile regular expression '{}'")
    } else if line.text[parts.first].eq_ignore_ascii_case("expr") {
        return None;
    } else {
        (parts.second, "RewriteCond: cannot compile regular expression '{}'")
    };
    if line.text[range.clone()].starts_with('!') {
        range.start += 1;
    }
    let text = &line.text[range.clone()];
    let compares = command.node.is("RewriteCond") && text.len() > 1 && text.starts_with(['<', '>', '=', '-']);
    if compares {
        return None;
    }
    Some(Pattern { text: text.to_owned(), whole: line.part(&range), plain: line.exact(&range), log })
}
