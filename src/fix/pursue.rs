//! Fixes that only hold together with others.
//!
//! What is set around all locations is right for some of them and wrong for others: to mend it there can
//! break a location that sets the other half itself. Such a fix is an error more when it is made alone, and none
//! when the location is mended, too.

use std::collections::BTreeMap;

use crate::session::Failure;

use super::choose::{self, Candidate, Identity};
use super::judge::Tally;
use super::{Run, Why, splice};

/// Each pursuit lints the whole stack some times.
const PURSUITS: usize = 16;

impl Run<'_> {
    /// Makes the fixes that were dropped for the errors they add, with those that repair these errors.
    pub(super) fn pursue_all(&mut self) -> Result<(), Failure> {
        for _ in 0..PURSUITS {
            let Some(candidate) = self.deferred().into_iter().next() else { break };
            match self.pursue(&candidate)? {
                Some(better) => {
                    *self = better;
                    self.passes()?;
                }
                None => {
                    self.hopeless.insert(candidate.identity);
                }
            }
        }
        Ok(())
    }

    /// The fixes that add an error when they are made alone.
    fn deferred(&self) -> Vec<Candidate> {
        let adds_error = |identity: &Identity| {
            let dropped = self.barred.get(identity).filter(|_| !self.hopeless.contains(identity));
            dropped.is_some_and(|dropped| matches!(dropped.why, Why::Error(_)))
        };
        let all = choose::candidates(&self.outcome, self.allow, &BTreeMap::new());
        all.into_iter().filter(|candidate| adds_error(&candidate.identity)).collect()
    }

    /// The run with the fix made and all that follows from it, if that does no harm.
    fn pursue(&self, candidate: &Candidate) -> Result<Option<Self>, Failure> {
        let made = [candidate.clone()];
        let Ok(patches) = splice::patch(&self.outcome, self.disk, &self.patches, &made) else {
            return Ok(None);
        };
        let overlay = patches.values().map(|file| (file.real.clone(), file.after.clone()));
        let outcome = (self.lint)(&self.disk.with(overlay))?;
        let mut applied = self.applied.clone();
        applied.push(candidate.applied(&self.outcome));
        let mut seen = self.seen.clone();
        seen.push(patches.clone());
        let (barred, hopeless) = (BTreeMap::new(), self.hopeless.clone());
        let mut run = Run { outcome, patches, seen, barred, hopeless, applied, ..*self };
        run.passes()?;
        let harm = Tally::of(&run.outcome).harm(&Tally::of(&self.outcome), &made);
        Ok(harm.is_none().then_some(run))
    }
}
