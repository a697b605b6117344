//! The model of the machine.

use crate::load::Workspace;
use crate::source::SourceMap;
use crate::version::Targets;

/// The model of the machine.
#[derive(Debug, Default)]
pub struct Stack {}

impl Stack {
    /// Builds the model.
    pub fn build(_sources: &SourceMap, _files: &Workspace, _targets: &Targets) -> Self {
        Self {}
    }
}
