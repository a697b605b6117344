//! Apache's listeners, virtual hosts and routes.

use std::io;

use super::{Page, listener_text, values};
use crate::source::Span;
use crate::stack::apache::Apache;
use crate::stack::hop::{Hop, Owner};
use crate::stack::nginx::ScopeId;
use crate::tree::NodeRef;

impl Page<'_> {
    pub(super) fn apache(&mut self, index: usize, apache: &Apache) -> io::Result<()> {
        let file = self.sources.file(apache.file).span();
        let user = apache.identity("user").and_then(|entry| entry.value(0));
        let user = user.map_or(String::new(), |user| format!(" as {user}"));
        let listeners = self.stack.listeners_of(Owner::Apache(index));
        let addresses: Vec<String> = listeners.map(listener_text).collect();
        self.line(0, "")?;
        let title = format!("{}{user} on {}", self.bold("Apache"), addresses.join(", "));
        let title = if addresses.is_empty() { self.bold("Apache") } else { title };
        self.headed(0, &title, Some(Span::at(file.lo)))?;
        self.vhost(index, apache, ScopeId(0))?;
        for vhost in apache.vhosts() {
            self.vhost(index, apache, vhost)?;
        }
        Ok(())
    }

    fn vhost(&mut self, index: usize, apache: &Apache, vhost: ScopeId) -> io::Result<()> {
        let gateway = crate::stack::hop::Gateway::Apache(index);
        let hops = self.stack.hops.iter().filter(|hop| hop.gateway == gateway);
        let hops: Vec<&Hop> = hops.filter(|hop| apache.vhost_of(hop.scope) == vhost).collect();
        if vhost == ScopeId(0) && hops.is_empty() {
            return Ok(());
        }
        let names: Vec<&str> = apache.names(vhost).collect();
        let title = format!("{}  {}", self.bold(&apache.title(self.files, vhost)), names.join(" "));
        self.headed(2, title.trim_end(), apache.node(self.files, vhost).map(NodeRef::head))?;
        for hop in hops {
            self.apache_hop(apache, hop)?;
        }
        Ok(())
    }

    fn apache_hop(&mut self, apache: &Apache, hop: &Hop) -> io::Result<()> {
        let node = self.files.node(hop.at);
        let place = if hop.scope == apache.vhost_of(hop.scope) {
            node.arg(0).filter(|arg| arg.starts_with(['/', '^'])).unwrap_or_default().into_owned()
        } else {
            apache.title(self.files, hop.scope)
        };
        let text = format!("{} {place}  {} {}", node.name(), self.arrow(), hop.protocol.word());
        self.headed(4, &text, Some(hop.span))?;
        self.legs(hop)?;
        let url = node.args().find(|arg| arg.contains("://")).unwrap_or_default();
        let url = url.strip_prefix("proxy:").unwrap_or(&url);
        for (name, setting) in values::of_apache(self.files, apache, hop, url) {
            self.value(6, &name, &setting)?;
        }
        Ok(())
    }
}
