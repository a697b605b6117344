//! `buffer/header-too-small`: the buffer for the header of a response is smaller than a login needs.

use super::ladder::{Ladder, PAGE, PREFIXES, Place, Rung, Sizes};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::rules::script::is_php;
use crate::stack::compose::Container;
use crate::stack::hop::{Hop, Leg};
use crate::value::nginx_size_text;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "buffer/header-too-small",
    severity: Severity::Warning,
    summary: "the buffer for the header of a response is smaller than a login needs",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/buffer/header-too-small.md"),
    check,
};

/// Programs that answer a login with more than fits into a page.
const LOGINS: [&str; 2] = ["keycloak", "authentik"];

/// What a login with a session, a remember-me cookie and a content security policy fits into, twice.
const ENOUGH: u64 = 32 * 1024;

/// Buffers of this size go with it.
const BUFFER: u64 = 16 * 1024;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (nginx, hop) in context.stack.nginx_hops() {
        let Some(ladder) = Ladder::read(context, nginx, hop.scope, hop.protocol.nginx_prefix()) else {
            continue;
        };
        let (severity, found) = match ladder.header {
            Some(header) if header.value < PAGE => (Severity::Warning, too_small(&ladder, header)),
            None if ladder.certain && login(context, hop).is_some() => {
                (Severity::Warning, of_login(context, &ladder, hop))
            }
            None if ladder.certain && is_php(context, hop) => (Severity::Hint, default(hop)),
            _ => continue,
        };
        sink.report_once_as(severity, found);
    }
}

/// The program that people log in with, where its name is that of the backend, of its group or of its image.
fn login(context: &Context<'_>, hop: &Hop) -> Option<&'static str> {
    let target = context.files.node(hop.at).arg(0)?;
    let written = LOGINS.into_iter().find(|name| target.contains(name));
    let of_leg = |leg: &Leg| {
        let container = context.stack.compose.answering(hop.at.file, &leg.endpoint);
        let image = container.map_or("", Container::image_name);
        let address = leg.endpoint.to_string();
        LOGINS.into_iter().find(|name| *name == image || address.contains(name))
    };
    written.or_else(|| hop.legs.iter().find_map(of_leg))
}

/// The default in front of a program whose answers are known to be larger.
fn of_login(context: &Context<'_>, ladder: &Ladder<'_>, hop: &Hop) -> Diagnostic {
    let prefix = ladder.prefix;
    let name = login(context, hop).unwrap_or_default();
    let message = format!(
        "the header of a response has to fit into one page (4k, default), and {name} sends several tokens as cookies: logging in answers \
         502 for those who have been here before"
    );
    let anchor = Place { node: context.files.node(hop.at), scope: hop.scope };
    let changes = ladder.changes(enough(ladder));
    Diagnostic::new(hop.span, message, format!("`{prefix}_buffer_size` is not set for this"))
        .note(LOG)
        .help(ladder.help(&changes))
        .fix(Fix::risky("make the buffers large enough for a login", ladder.edits(anchor, &changes)))
}

fn too_small(ladder: &Ladder<'_>, header: Rung<'_, u64>) -> Diagnostic {
    let prefix = ladder.prefix;
    let size = nginx_size_text(header.value);
    let message = format!(
        "`{prefix}_buffer_size` holds a header of {size}, less than nginx's default of 4k: a response with more \
         cookies answers 502"
    );
    let changes = ladder.changes(enough(ladder));
    let edits = ladder.edits(header.place, &changes);
    Diagnostic::new(header.place.node.head(), message, "one header has to fit into this")
        .note(LOG)
        .help(ladder.help(&changes))
        .fix(Fix::risky("make the buffers large enough for a login", edits))
}

/// The three sizes that go together, and the others fitted to them.
fn enough(ladder: &Ladder<'_>) -> Sizes {
    let mut sizes = ladder.sizes();
    sizes.header = ENOUGH;
    if !PREFIXES.contains(&ladder.prefix) {
        return sizes;
    }
    sizes.buffers.size = sizes.buffers.size.max(BUFFER);
    sizes.buffers_set = true;
    sizes.busy = sizes.busy.map(|busy| busy.max(2 * ENOUGH));
    sizes.fit()
}

fn default(hop: &Hop) -> Diagnostic {
    let message = "responses from here may have a header of one page (4k, default): a login that sets more cookies \
                   answers 502";
    Diagnostic::new(hop.span, message, "`fastcgi_buffer_size` is not set for this")
        .note(LOG)
        .help("write `fastcgi_buffer_size 32k;` and `fastcgi_buffers 8 16k;`")
}

const LOG: &str = "nginx logs: upstream sent too big header while reading response header from upstream";
