//! Addresses of exports.

/// The form, and where it is sent.
pub(crate) use crate::companies::paths::EXPORT as NEW;
/// The log.
pub(crate) const LOG: &str = "/settings/exports/";
