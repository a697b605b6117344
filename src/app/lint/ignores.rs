//! `gwlint --add-ignores`: comments above what is shown, written as repairs are.

use super::Run;
use crate::app::{Status, Stop, remark, undo};
use crate::diagnostic::{Applicability, Severity};
use crate::fix::{self, Repair};
use crate::report::{self, Done, Repaired};
use crate::session::{Failure, Outcome};
use crate::suppress;
use crate::vfs::Disk;

impl Run<'_> {
    /// Writes an ignore comment with a reason above each finding that is shown.
    pub(super) fn add_ignores(&self, reason: &str) -> Result<Status, Stop> {
        let allowed = Applicability::Safe;
        let lint = |disk: &Disk| self.lint_offering(disk, reason);
        let mut repair = fix::converge_with(&self.session.disk, allowed, &lint).map_err(Stop::Lint)?;
        self.name_others(&repair);
        if self.args.repair.diff {
            return self.diff(&repair);
        }
        undo::write(&repair.files)?;
        for finding in &mut repair.outcome.findings {
            finding.fix = None;
        }
        let done = Repaired { done: Done::Ignored, fixes: &repair.applied, allowed, reload: &[] };
        self.report(&repair.outcome, Some(done))
    }

    /// Lints, and offers a comment in place of the repair of each finding.
    fn lint_offering(&self, disk: &Disk, reason: &str) -> Result<Outcome, Failure> {
        let mut outcome = self.lint(disk)?;
        let Outcome { sources, workspace, findings, .. } = &mut outcome;
        suppress::offer(sources, workspace, findings, &|finding| self.shows(finding), reason);
        Ok(outcome)
    }

    /// Names what no comment could silence.
    fn name_others(&self, repair: &Repair) {
        for dropped in &repair.dropped {
            let what = format!("not ignored: {} ({})", report::describe(&dropped.fix), dropped.why);
            remark(self.err, Severity::Warning, &what);
        }
    }
}
