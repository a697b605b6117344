//! `routing/error-page-ok`: a backend that fails answers 200.

use super::files::serves_files;
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::stack::nginx::{Nginx, Place, Route, ScopeKind};
use crate::tree::NodeRef;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "routing/error-page-ok",
    severity: Severity::Hint,
    summary: "an error page is sent with status 200, and nobody sees that the backend fails",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/routing/error-page-ok.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for nginx in context.stack.nginx.iter().filter(|nginx| nginx.whole) {
        for place in nginx.places(context.files).filter(|place| place.node.name() == "error_page") {
            sink.report_once(finding(context, nginx, &place));
        }
    }
}

fn finding(context: &Context<'_>, nginx: &Nginx, place: &Place<'_>) -> Option<Diagnostic> {
    let node = place.node;
    let mark = node.args().position(|arg| arg.starts_with('='))?;
    let text = node.arg(mark)?;
    let page = node.arg(mark + 1).filter(|page| page.starts_with('/') && !page.contains('$'))?;
    let codes: Vec<u16> = node.args().take(mark).filter_map(|code| code.parse().ok()).collect();
    let fails = |code: &&u16| (500..600).contains(*code);
    let code = codes.iter().find(fails)?;
    let server = nginx.enclosing(place.scope, ScopeKind::Server)?;
    let answers = match nginx.route(context.files, server, &page)? {
        Route::Server => server,
        Route::Location(id) => id,
    };
    // A backend that answers in place of another one is no page about an error.
    let is_file = serves_files(context, nginx, answers, false);
    if !is_file || !(*text == *"=" || text.starts_with("=2")) {
        return None;
    }
    let message = format!(
        "where a backend fails with {code}, {page} is sent with status 200: no monitoring, no cache and no search engine sees that \
         the page is missing"
    );
    let all_fail = codes.iter().all(|code| fails(&code));
    let fix = without(node, mark).filter(|_| all_fail);
    Some(
        Diagnostic::new(node.head(), message, "answers 200")
            .note(format!("the access log says 200; $upstream_status has the {code}"))
            .help("leave the `=` and what touches it out: the page is sent with the status of the fault")
            .fix(fix.map(|edit| Fix::risky("send the page with the status of the fault", vec![edit]))),
    )
}

/// Takes an argument out, with the blanks before it.
fn without(node: NodeRef<'_>, index: usize) -> Option<Edit> {
    let (before, word) = (node.arg_span(index.checked_sub(1)?)?, node.arg_span(index)?);
    Some(Edit::replace(Span::new(before.hi, word.hi), ""))
}
