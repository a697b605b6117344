//! Where writing can be made to fail.

use std::io;

/// Is asked before each system call that changes the disk; a test answers with an error, or kills the process.
pub trait Faults {
    /// Before `what`.
    ///
    /// # Errors
    /// The error that is to be met instead of making the call.
    fn before(&mut self, what: &'static str) -> io::Result<()>;
}

/// Nothing is made to fail.
#[derive(Debug, Clone, Copy)]
pub struct NoFaults;

impl Faults for NoFaults {
    fn before(&mut self, _what: &'static str) -> io::Result<()> {
        Ok(())
    }
}
