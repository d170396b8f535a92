//! Whatever bytes come, the reader of imports answers with rows or with a sentence.
//!
//! Good beginnings: `mkdir -p corpus/read_file`, then `proficrm generate-amo --layout … --rows 5 --out corpus/read_file/…`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| proficrm::read_import(bytes));
