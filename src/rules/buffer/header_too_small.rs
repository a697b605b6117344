//! `buffer/header-too-small`: the buffer for the header of a response is smaller than a login needs.

use super::ladder::{Ladder, PAGE, PREFIXES, Rung, Sizes};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::rules::script::is_php;
use crate::stack::hop::Hop;
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
            None if ladder.certain && is_php(context, hop) => (Severity::Hint, default(hop)),
            _ => continue,
        };
        sink.report_once_as(severity, found);
    }
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
