//! Lists that are kept in memory whole: dictionaries, people, branches.

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::failure::ApiError;
use super::paging::{page_size, place};
use crate::db::Place;
use crate::values::text;

/// What is asked of such a list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeptQuery {
    /// Часть названия или имени
    #[param(value_type = Option<String>, pattern = "^[^\\u0000]*$")]
    search: Option<String>,
    #[param(value_type = Option<NameOrdering>, inline)]
    ordering: Option<NameOrdering>,
    cursor: Option<String>,
    #[param(minimum = 1, maximum = 100)]
    page_size: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
enum NameOrdering {
    #[serde(rename = "name")]
    Name,
    #[serde(rename = "-name")]
    NameBack,
}

impl KeptQuery {
    /// By name, when no order is asked for.
    pub(crate) fn or_by_name(self) -> Self {
        Self {
            ordering: self.ordering.or(Some(NameOrdering::Name)),
            ..self
        }
    }

    /// The rows whose names contain what is looked for, in the order that is asked for, or else as they come.
    pub(crate) fn chosen<R: Clone>(&self, rows: &[R], name: impl Fn(&R) -> &str) -> Vec<R> {
        let wanted = text::fold(self.search.as_deref().unwrap_or_default().trim());
        let found = rows.iter().filter(|row| text::fold(name(row)).contains(&wanted));
        let mut found: Vec<R> = found.cloned().collect();
        if self.ordering.is_some() {
            found.sort_by_cached_key(|row| text::fold(name(row)));
        }
        if self.ordering == Some(NameOrdering::NameBack) {
            found.reverse();
        }
        found
    }

    /// Which page, and of how many rows.
    ///
    /// # Errors
    /// Those of [`place`] and [`page_size`].
    pub(crate) fn asked(&self) -> Result<(Place, i64), ApiError> {
        Ok((place(self.cursor.as_deref())?, page_size(self.page_size)?))
    }
}
