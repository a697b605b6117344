//! A tree may hold an /etc/hosts: its servers see it where the machine has its own.

use std::process::{Command, Stdio};

use crate::case::Case;
use crate::tree::Tree;

/// Whether the case has one.
pub(crate) fn are_own(case: &Case) -> bool {
    case.folder.join("tree/etc/hosts").exists()
}

/// Whether this machine lets a process see another file than the rest does. Few containers do.
pub(crate) fn can_be_own() -> bool {
    let tried = Command::new("unshare").args(["--mount", "true"]).stderr(Stdio::null()).status();
    tried.is_ok_and(|status| status.success())
}

/// What stands before a command so that it sees the hosts of the tree; nothing where it has none.
pub(crate) fn lay_over(command: &mut Command, tree: &Tree) {
    let hosts = tree.path("etc/hosts");
    if hosts.exists() {
        let script = "mount --bind \"$0\" /etc/hosts && exec \"$@\"";
        command.args(["unshare", "--mount", "sh", "-c", script]).arg(hosts);
    }
}
