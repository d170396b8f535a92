//! What administrators do with exports.

mod ask;
mod begin;
mod file;
mod log;
mod run;

pub(crate) use ask::{outlook, refuse};
pub(crate) use begin::{Begun, begin};
pub(crate) use file::write_file;
pub(crate) use log::{bury_dead, log};
pub(super) use run::Out;
