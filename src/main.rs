//! The gwlint command.

use std::process::ExitCode;

fn main() -> ExitCode {
    gwlint::app::main()
}
