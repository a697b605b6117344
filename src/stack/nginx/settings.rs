//! Values of nginx directives in force at a place, read as nginx reads them.

use crate::load::Workspace;
use crate::source::Span;
use crate::stack::setting::Setting;
use crate::value::{self, Resolution};

use super::{Nginx, ScopeId};

/// The value of `proxy_buffers`: how many, and how large each is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Buffers {
    /// How many.
    pub count: u64,
    /// Bytes of each.
    pub size: u64,
}

impl Nginx {
    /// A time in milliseconds; `None` when it is set to what nginx refuses.
    pub fn time(&self, files: &Workspace, scope: ScopeId, name: &str, default: u64) -> Option<Setting<u64>> {
        self.read_first(files, scope, name, default, |text| {
            value::nginx_time(text, Resolution::Milliseconds).ok()
        })
    }

    /// A size in bytes, `g` allowed; `None` when it is set to what nginx refuses.
    pub fn size(&self, files: &Workspace, scope: ScopeId, name: &str, default: u64) -> Option<Setting<u64>> {
        self.read_first(files, scope, name, default, |text| value::nginx_offset(text).ok())
    }

    /// A switch; `None` when it is neither `on` nor `off`.
    pub fn flag(
        &self,
        files: &Workspace,
        scope: ScopeId,
        name: &str,
        default: bool,
    ) -> Option<Setting<bool>> {
        self.read_first(files, scope, name, default, |text| value::nginx_flag(text).ok())
    }

    /// A number and a size; `None` when they are set to what nginx refuses.
    pub fn buffers(
        &self,
        files: &Workspace,
        scope: ScopeId,
        name: &str,
        default: Buffers,
    ) -> Option<Setting<Buffers>> {
        let Some(found) = self.find(files, scope, name) else { return Some(Setting::default(default)) };
        let count = value::nginx_number(&found.node.arg(0)?).ok()?;
        let size = value::nginx_size(&found.node.arg(1)?).ok()?;
        Some(Setting::set(Buffers { count, size }, found.node.head(), found.inherited))
    }

    /// The argument of a directive that is in force, and where the directive stands.
    pub fn text(&self, files: &Workspace, scope: ScopeId, name: &str) -> Option<Setting<String>> {
        let found = self.find(files, scope, name)?;
        Some(Setting::set(found.node.arg(0)?.into_owned(), found.node.head(), found.inherited))
    }

    /// The argument of a directive in force, for an edit that replaces it.
    pub fn value_span(&self, files: &Workspace, scope: ScopeId, name: &str) -> Option<Span> {
        self.find(files, scope, name)?.node.arg_span(0)
    }

    fn read_first<T>(
        &self,
        files: &Workspace,
        scope: ScopeId,
        name: &str,
        default: T,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Option<Setting<T>> {
        let Some(found) = self.find(files, scope, name) else { return Some(Setting::default(default)) };
        let value = read(&found.node.arg(0)?)?;
        Some(Setting::set(value, found.node.head(), found.inherited))
    }
}
