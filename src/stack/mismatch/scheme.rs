//! The edits that make a hop speak another language.

use super::Mismatch;
use crate::diagnostic::Edit;
use crate::edits;
use crate::load::Workspace;
use crate::source::Span;
use crate::stack::Stack;
use crate::stack::apache::Apache;
use crate::stack::hop::Hop;
use crate::stack::nginx::{Nginx, target};
use crate::tree::Tree;

impl Mismatch<'_> {
    /// Puts `https` for `http`, or the reverse, wherever the hop names it; `None` where it is not written
    /// as it reads.
    pub fn scheme_edits(&self, stack: &Stack, files: &Workspace, scheme: &str) -> Option<Vec<Edit>> {
        let now = self.hop.protocol.word();
        if !self.all {
            return None;
        }
        if let Some(apache) = stack.apache_of(self.hop) {
            return apache_edits(apache, files, self.hop, now, scheme);
        }
        let span = files.node(self.hop.at).plain_span(0)?;
        Some(vec![replace_scheme(files.tree(self.hop.at.file), span, now, scheme)?])
    }

    /// Makes a pass of nginx another one: `fastcgi_pass a:1` as `proxy_pass http://a:1`. `None` where it
    /// has more to it than an address.
    pub fn pass_edits(&self, nginx: &Nginx, files: &Workspace, pass: &str) -> Option<Vec<Edit>> {
        let node = files.node(self.hop.at);
        let (text, span) = (node.arg(0)?, node.arg_span(0)?);
        let read = target(&text, self.hop.protocol);
        // A URL of a socket ends in `:`.
        let rest = text[read.offset + read.address.len()..].trim_start_matches(':');
        if !self.all || !(rest.is_empty() || rest == "/") || node.plain_span(0).is_none() {
            return None;
        }
        let mut made = vec![Edit::replace(node.name_span(), pass)];
        if pass == "proxy_pass" {
            let end = if read.address.starts_with("unix:") { ":" } else { "" };
            made.push(Edit::replace(span, format!("{}://{}{end}", self.spoken.word(), read.address)));
            // FastCGI and uwsgi hand the name on that the visitor asked for.
            if nginx.list(files, self.hop.scope, "proxy_set_header").is_none() {
                made.push(edits::insert_line_before(node, "proxy_set_header Host $host;"));
            }
        } else {
            made.push(Edit::replace(span, read.address));
        }
        Some(made)
    }
}

/// The URLs of an Apache hop, and those of `ProxyPassReverse` that undo them.
fn apache_edits(apache: &Apache, files: &Workspace, hop: &Hop, now: &str, scheme: &str) -> Option<Vec<Edit>> {
    let mut made = Vec::new();
    for leg in hop.legs.iter().filter(|leg| !leg.down) {
        let (written, _) = leg.written?;
        let before = Span::new(written.lo.checked_sub(now.len() as u32 + 3)?, written.hi);
        made.push(replace_scheme(files.tree(leg.at.file), before, now, scheme)?);
        let url = files.tree(leg.at.file).slice(before);
        let vhost = apache.vhost_of(hop.scope);
        for (section, entry) in apache.everywhere("proxypassreverse") {
            let Some(arg) = entry.args.last().filter(|_| apache.vhost_of(section) == vhost) else { continue };
            let same =
                arg.value.strip_prefix(url).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
            if let (true, Some(span)) = (same, arg.part(0, arg.value.len())) {
                made.extend(replace_scheme(files.tree(entry.at.file), span, now, scheme));
            }
        }
    }
    made.sort();
    made.dedup();
    Some(made)
}

/// Replaces the scheme a URL begins with.
fn replace_scheme(tree: &Tree, url: Span, now: &str, scheme: &str) -> Option<Edit> {
    let head = Span::new(url.lo, url.lo + now.len() as u32);
    let text = tree.slice(Span::new(url.lo, head.hi + 3));
    text.strip_suffix("://")
        .filter(|text| text.eq_ignore_ascii_case(now))
        .map(|_| Edit::replace(head, scheme))
}
