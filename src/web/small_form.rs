//! Small forms of a card: opened in their place or on a page of their own; a refused one comes back with what was typed,
//! a late one with both versions.

use axum::http::{HeaderMap, StatusCode};

use super::is_htmx;
use crate::error::{Error, Result};

/// How a small form is drawn.
#[derive(Debug, Default)]
pub(crate) struct SmallForm {
    /// What was typed or chosen; `None`: nothing yet, the form shows what is there.
    pub(crate) typed: Option<String>,
    /// The sentence at its field.
    pub(crate) error: String,
    /// What the page is answered with.
    pub(crate) status: StatusCode,
    /// It stands in the card, where «Отмена» takes it away again.
    pub(crate) is_inline: bool,
}

impl SmallForm {
    /// For whoever opens it.
    pub(crate) fn opened(headers: &HeaderMap) -> Self {
        Self {
            is_inline: is_htmx(headers),
            ..Self::default()
        }
    }

    /// After a try that did not succeed: `field` is where its sentence stands.
    ///
    /// # Errors
    /// What is no answer to a form.
    pub(crate) fn again(error: Error, field: &str, typed: String) -> Result<Self> {
        let (status, error) = match error {
            Error::Conflict(_) => (StatusCode::CONFLICT, String::new()),
            Error::Invalid(errors) => (StatusCode::UNPROCESSABLE_ENTITY, errors.get(field).to_owned()),
            other => return Err(other),
        };
        Ok(Self {
            typed: Some(typed),
            error,
            status,
            is_inline: false,
        })
    }

    /// Somebody else was quicker: what was typed is mine, what the base holds is theirs.
    pub(crate) fn is_late(&self) -> bool {
        self.status == StatusCode::CONFLICT
    }
}
