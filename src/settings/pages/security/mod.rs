//! `/settings/security/…`: sign-ins, what is locked, and for which roles a second factor is required.

mod locks;
mod rules;
mod sign_ins;

pub(super) use locks::{lift, locks};
pub(super) use rules::{rules, set_rules};
pub(super) use sign_ins::index;
