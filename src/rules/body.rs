//! How large a request may be, on each leg of its way.

pub(super) mod fcgid_max_request_len;
pub(super) mod inner_below_outer;
pub(super) mod limit_request_body;
pub(super) mod limit_request_body_unheeded;
pub(super) mod memory_below_post;
pub(super) mod modsecurity_limit;
pub(super) mod nginx_below_php;
pub(super) mod php_size_suffix;
pub(super) mod post_below_upload;

use crate::diagnostic::Edit;
use crate::edits;
use crate::rule::Context;
use crate::source::Span;
use crate::stack::nginx::{Nginx, ScopeId, ScopeKind};
use crate::stack::php::PhpSetting;
use crate::value::{self, bytes_text};

/// The largest request nginx takes.
const DIRECTIVE: &str = "client_max_body_size";

/// The largest request PHP takes, and its default.
const POST: (&str, &str) = ("post_max_size", "8M");

/// The largest file PHP takes, and its default.
const UPLOAD: (&str, &str) = ("upload_max_filesize", "2M");

/// A size limit of PHP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Size {
    key: &'static str,
    bytes: u64,
    /// Where it is set; `None` for PHP's default.
    span: Option<Span>,
    value_span: Option<Span>,
}

impl Size {
    /// A limit in force; `None` when it is no limit, or PHP reads something else than what is written.
    fn read(key: &'static str, setting: &PhpSetting) -> Option<Self> {
        let quantity = value::php_quantity(&setting.value);
        let bytes =
            u64::try_from(quantity.value).ok().filter(|&bytes| bytes > 0 && quantity.fault.is_none())?;
        Some(Self { key, bytes, span: setting.span, value_span: setting.value_span })
    }

    /// Whether somebody chose it: it is set, and is not what PHP comes with.
    fn is_chosen(&self, default: &str) -> bool {
        self.span.is_some() && value::php_quantity(default).value.cast_unsigned() != self.bytes
    }

    /// `post_max_size is 8M (default)`.
    fn words(&self) -> String {
        let default = if self.span.is_none() { " (default)" } else { "" };
        format!("{} is {}{default}", self.key, bytes_text(self.bytes))
    }
}

/// Lets nginx take more in a context: where its limit stands for this server or location alone, there; below a value for
/// all, in the server.
fn raise(context: &Context<'_>, nginx: &Nginx, scope: ScopeId, size: &str) -> Option<Edit> {
    let server = nginx.enclosing(scope, ScopeKind::Server)?;
    let mut around = nginx.around(scope);
    let found = around.find_map(|scope| Some((scope, nginx.here(context.files, scope, DIRECTIVE).last()?)));
    let inside = |scope: ScopeId| nginx.enclosing(scope, ScopeKind::Server).is_some();
    if let Some((_, node)) = found.filter(|&(scope, _)| inside(scope)) {
        return edits::replace_arg(node, 0, size);
    }
    let block = context.files.node(nginx.scope(server).at?);
    let line = format!("{DIRECTIVE} {size};");
    let simple = block.children().take_while(|child| child.body().is_none()).last();
    match simple {
        Some(last) => Some(edits::insert_line_after(last, &line)),
        None => edits::insert_first_in_block(block, &line),
    }
}
