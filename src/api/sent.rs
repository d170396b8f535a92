//! Bodies that change something: what is sent, what is cleared, what can only be read.

use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::extract::{Body, read_value};
use super::failure::ApiError;
use crate::error::{Error, FieldErrors};

/// A field of a body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Field<T> {
    /// It was not sent: it stays as it is.
    #[default]
    Kept,
    /// `null`
    Cleared,
    /// Anything else.
    Set(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let sent = Option::<T>::deserialize(deserializer)?;
        Ok(sent.map_or(Self::Cleared, Self::Set))
    }
}

impl<T> Field<T> {
    /// Whether it was sent.
    pub(crate) fn is_sent(&self) -> bool {
        !matches!(self, Self::Kept)
    }

    /// The same of what is made of it.
    pub(crate) fn map<U>(self, make: impl FnOnce(T) -> U) -> Field<U> {
        match self {
            Self::Kept => Field::Kept,
            Self::Cleared => Field::Cleared,
            Self::Set(value) => Field::Set(make(value)),
        }
    }

    /// What a field that may be empty becomes.
    pub(crate) fn or(self, old: Option<T>) -> Option<T> {
        match self {
            Self::Kept => old,
            Self::Cleared => None,
            Self::Set(value) => Some(value),
        }
    }

    /// Puts what was sent in the place of `old`.
    pub(crate) fn put<O: Default>(self, old: &mut O, read: impl FnOnce(T) -> O) {
        match self {
            Self::Kept => (),
            Self::Cleared => *old = O::default(),
            Self::Set(value) => *old = read(value),
        }
    }
}

impl Field<String> {
    /// Puts a text in the place of `old`; `null` is the empty one.
    pub(crate) fn write(self, old: &mut String) {
        self.put(old, |text| text);
    }
}

/// The object that was sent, before anything is made of it.
#[derive(Clone)]
pub(crate) struct Sent(Map<String, Value>);

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let Body(object) = Body::from_request(request, state).await?;
        Ok(Self(object))
    }
}

impl Sent {
    /// Takes out the version that the sender has seen.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `version`.
    pub(crate) fn version(&mut self) -> Result<Option<i32>, ApiError> {
        let Some(version) = self.0.remove("version") else {
            return Ok(None);
        };
        let number = version.as_i64().and_then(|number| i32::try_from(number).ok());
        let number = number.ok_or_else(|| Error::field("version", "Версия — целое число из ответа."))?;
        Ok(Some(number))
    }

    /// Takes out of it what was only read and comes back as it is now, so that a program may send a whole record back.
    ///
    /// # Errors
    /// [`Error::Invalid`] at fields that can only be read and are sent otherwise.
    pub(crate) fn echo(&mut self, now: &impl Serialize, read_only: &[&str]) -> Result<(), ApiError> {
        let now = serde_json::to_value(now).map_err(|error| Error::Unexpected(error.into()))?;
        let mut errors = FieldErrors::default();
        for name in read_only {
            if let Some(sent) = self.0.remove(*name)
                && now.get(name) != Some(&sent)
            {
                errors.add(*name, "Это поле только для чтения.");
            }
        }
        Ok(errors.or(())?)
    }

    /// Leaves out what can only be read: it is no wish.
    pub(crate) fn without(mut self, read_only: &[&str]) -> Self {
        self.0.retain(|name, _| !read_only.contains(&name.as_str()));
        self
    }

    /// What was sent, field by field.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.0.iter()
    }

    /// Whether these fields were sent.
    ///
    /// # Errors
    /// [`Error::Invalid`] at those that were not.
    pub(crate) fn must_have(&self, names: &[&'static str]) -> Result<(), ApiError> {
        let mut errors = FieldErrors::default();
        for name in names.iter().filter(|name| !self.0.contains_key(**name)) {
            errors.add(*name, "This field is required.");
        }
        Ok(errors.or(())?)
    }

    /// What is meant.
    ///
    /// # Errors
    /// [`Error::Invalid`] at fields that are not known or of another kind.
    pub(crate) fn read<T: DeserializeOwned>(self) -> Result<T, ApiError> {
        read_value(Value::Object(self.0))
    }
}
