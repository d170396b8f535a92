//! The program's start: everything else is in the library.

use std::process::ExitCode;

/// Pages are made of many small texts; what it saves is told in decision 0004.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    proficrm::run()
}
