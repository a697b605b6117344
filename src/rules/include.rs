//! Files that are not where an include says.

pub(super) mod backup_file;
pub(super) mod cycle;
pub(super) mod dangling_link;
pub(super) mod directory;
pub(super) mod missing_file;

use std::path::Path;

use crate::include::{IncludeFault, Inclusion};
use crate::load::Workspace;
use crate::rule::Context;
use crate::tree::Dialect;

/// All faults of all includes, in order of their place.
fn faults<'a>(context: &Context<'a>) -> Vec<(&'a Inclusion, &'a IncludeFault)> {
    let mut found: Vec<_> = context.files.includes.values().collect();
    found.sort_by_key(|inclusion| inclusion.at);
    found.into_iter().flat_map(|one| one.faults.iter().map(move |fault| (one, fault))).collect()
}

/// A path as the user can open it, and as the log of the server has it.
fn paths(context: &Context<'_>, path: &Path) -> (String, String) {
    let (shown, logged) = (context.files.shown(path), context.files.on_machine(path));
    (shown.display().to_string(), logged.display().to_string())
}

/// The language of the file an include stands in.
fn dialect(files: &Workspace, inclusion: &Inclusion) -> Dialect {
    files.file(inclusion.at.file).dialect
}

/// The server that reads it.
fn server(files: &Workspace, inclusion: &Inclusion) -> &'static str {
    match dialect(files, inclusion) {
        Dialect::Nginx => "nginx",
        Dialect::Apache => "Apache",
        Dialect::Fpm | Dialect::Php | Dialect::Service => "PHP-FPM",
    }
}
