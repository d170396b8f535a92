//! The one error type: what went wrong, without a word about HTTP.

use std::collections::BTreeMap;

use crate::policy::Action;

/// What every action answers with.
pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

/// Why an action did not happen.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// There is no such thing, or it may not be known of.
    #[error("not found")]
    NotFound,
    /// The actor may not do this.
    #[error("denied: {0:?}")]
    Denied(Action),
    /// What was typed cannot be meant; a sentence per field.
    #[error("invalid input")]
    Invalid(FieldErrors),
    /// Somebody else was quicker; the sentence says what happened.
    #[error("conflict: {0}")]
    Conflict(&'static str),
    /// Too many tries; seconds to wait.
    #[error("too many tries, retry in {0} s")]
    TooMany(u64),
    /// The database does not answer just now.
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// The store of files does not answer just now, or its disk is full.
    #[error("the store of files is unavailable: {0}")]
    StoreUnavailable(String),
    /// A defect or a broken machine; the cause goes to the log only.
    #[error(transparent)]
    Unexpected(#[from] anyhow::Error),
}

impl Error {
    /// One sentence at one field.
    pub(crate) fn field(name: &'static str, sentence: impl Into<String>) -> Self {
        let mut errors = FieldErrors::default();
        errors.add(name, sentence);
        Self::Invalid(errors)
    }
}

/// A record is to be as somebody has seen it; `None`: however it is.
///
/// # Errors
/// [`Error::Conflict`]
pub(crate) fn must_be_as_seen(seen: Option<i32>, version: i32) -> Result<()> {
    if seen.is_some_and(|seen| seen != version) {
        return Err(Error::Conflict("Запись уже изменил кто-то другой."));
    }
    Ok(())
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let is_gone = match &error {
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) | sqlx::Error::Tls(_) => true,
            sqlx::Error::Database(database) => database.code().is_some_and(|code| {
                // Class 08: connection; 57014: statement timeout; 57P0x: shutting down or starting; 53300: full.
                code.starts_with("08") || code.starts_with("57P0") || code == "57014" || code == "53300"
            }),
            _ => false,
        };
        // 22021: a NUL, which Postgres keeps in no text; only a hand-made request carries one.
        let has_nul = error
            .as_database_error()
            .and_then(sqlx::error::DatabaseError::code)
            .is_some_and(|code| code == "22021");
        if is_gone {
            Self::Unavailable(error.to_string())
        } else if has_nul {
            Self::field("", "В тексте есть знак, который нельзя сохранить. Уберите его.")
        } else {
            Self::Unexpected(error.into())
        }
    }
}

/// Sentences by field name; the empty name speaks of the whole form.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct FieldErrors(BTreeMap<String, String>);

impl FieldErrors {
    /// Adds a sentence; the first one of a field stays.
    pub(crate) fn add(&mut self, name: impl Into<String>, sentence: impl Into<String>) {
        self.0.entry(name.into()).or_insert_with(|| sentence.into());
    }

    /// The sentence at a field, or an empty text.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// The sentences at one field and at its rows, which are called `phone-0`, `phone-1` …
    #[must_use]
    pub(crate) fn at(&self, name: &str) -> Self {
        let is_of = |field: &String| {
            let row = field
                .strip_prefix(name)
                .map(|rest| rest.strip_prefix('-').unwrap_or(rest));
            row.is_some_and(|row| row.bytes().all(|byte| byte.is_ascii_digit()))
        };
        let own = self.0.iter().filter(|(field, _)| is_of(field));
        Self(own.map(|(field, sentence)| (field.clone(), sentence.clone())).collect())
    }

    /// Whether nothing is wrong.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Names of fields with their sentences, in the order of names.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, sentence)| (name.as_str(), sentence.as_str()))
    }

    /// All sentences in the order of field names.
    pub(crate) fn sentences(&self) -> impl Iterator<Item = &str> {
        self.0.values().map(String::as_str)
    }

    /// `value` when nothing is wrong.
    pub(crate) fn or<T>(self, value: T) -> Result<T> {
        if self.is_empty() {
            Ok(value)
        } else {
            Err(Error::Invalid(self))
        }
    }
}

/// Named constraints of the database become sentences at fields.
pub(crate) trait OnConstraint<T> {
    /// Turns a breach of `constraint` into `sentence` at `field`.
    fn on_constraint(self, constraint: &str, field: &'static str, sentence: &str) -> Result<T>;
}

impl<T> OnConstraint<T> for std::result::Result<T, sqlx::Error> {
    fn on_constraint(self, constraint: &str, field: &'static str, sentence: &str) -> Result<T> {
        self.map_err(|error| {
            match error
                .as_database_error()
                .and_then(sqlx::error::DatabaseError::constraint)
            {
                Some(name) if name == constraint => Error::field(field, sentence),
                _ => error.into(),
            }
        })
    }
}
