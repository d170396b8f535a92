//! What is known of the installation without asking the database: a job of `system` keeps it fresh.

use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, Utc};

/// A word to administrators on top of every page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Notice {
    /// `info`, `warning` or `error`.
    pub(crate) tone: &'static str,
    /// What is the matter.
    pub(crate) text: String,
    /// Where it is seen to.
    pub(crate) href: &'static str,
    /// What that link says.
    pub(crate) link: &'static str,
}

/// How the installation stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Whether this copy sends nothing.
    pub(crate) is_passive: bool,
    /// When the newest good copy was begun.
    pub(crate) copied_at: Option<DateTime<Utc>>,
    /// Its size.
    pub(crate) copy_bytes: u64,
    /// Whether the copy that was tried last is a failure.
    pub(crate) is_copy_failed: bool,
    /// What administrators are told.
    pub(crate) notices: Vec<Notice>,
}

/// The newest standing, for all requests of the process.
#[derive(Default)]
pub(crate) struct Board(RwLock<Arc<Standing>>);

impl Board {
    /// The newest.
    pub(crate) fn read(&self) -> Arc<Standing> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts a newer one up.
    pub(crate) fn put(&self, standing: Standing) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(standing);
    }
}
