//! The program's start: everything else is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    proficrm::run()
}
