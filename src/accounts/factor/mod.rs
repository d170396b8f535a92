//! The second factor without a database: codes of a moment, the secret at rest, recovery codes.

mod recovery;
mod seal;
mod totp;

pub(super) use recovery::{hash as recovery_hash, new_codes};
pub(super) use seal::{open, seal};
#[cfg(test)]
pub(super) use totp::step_of;
pub(super) use totp::{Secret, is_code};
