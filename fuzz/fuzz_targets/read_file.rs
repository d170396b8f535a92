//! Whatever bytes come, the reader of imports answers with rows or with a sentence.
//!
//! `bin/fuzz` builds and runs it, with a file of each layout to begin with.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| proficrm::read_import(bytes));
