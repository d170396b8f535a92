//! Lists, a page at a time: places in them and the addresses of the pages beside.

use std::borrow::Cow;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use serde::Serialize;
use utoipa::openapi::schema::{Array, Schema};
use utoipa::openapi::{Object, Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

use super::failure::ApiError;
use crate::app::App;
use crate::db::{Cursor, Page, Place};
use crate::error::Error;

/// The most rows of a page.
pub(crate) const MOST: i64 = 100;
/// Rows of a page when nobody says how many.
const USUAL: i64 = 50;

/// A page of a list.
#[derive(Debug, Serialize)]
pub(crate) struct PageOf<T> {
    next: Option<String>,
    previous: Option<String>,
    results: Vec<T>,
}

impl<T: ToSchema> PartialSchema for PageOf<T> {
    fn schema() -> RefOr<Schema> {
        let link = Option::<String>::schema();
        let rows = Array::new(Ref::from_schema_name(T::name()));
        Object::builder()
            .property("next", link.clone())
            .property("previous", link)
            .property("results", rows)
            .required("next")
            .required("previous")
            .required("results")
            .into()
    }
}

impl<T: ToSchema> ToSchema for PageOf<T> {
    fn name() -> Cow<'static, str> {
        // Pages of different rows are different types of the contract.
        format!("PageOf{}", T::name()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(schemas);
    }
}

/// How many rows a page has.
///
/// # Errors
/// [`Error::Invalid`] at `page_size`.
pub(crate) fn page_size(asked: Option<i64>) -> Result<i64, ApiError> {
    let size = asked.unwrap_or(USUAL);
    if (1..=MOST).contains(&size) {
        Ok(size)
    } else {
        Err(Error::field("page_size", "От 1 до 100.").into())
    }
}

/// The place that a cursor of ours means.
///
/// # Errors
/// 404, as Django REST framework has it.
pub(crate) fn place(cursor: Option<&str>) -> Result<Place, ApiError> {
    let Some(cursor) = cursor else {
        return Ok(Place::First);
    };
    let read = match cursor.split_at_checked(1) {
        Some(("a", rest)) => Cursor::decode(rest).map(Place::After),
        Some(("b", rest)) => Cursor::decode(rest).map(Place::Before),
        _ => None,
    };
    let sentence = "Такого места в списке нет: возьмите адрес из next или previous.";
    read.ok_or_else(|| ApiError::because(StatusCode::NOT_FOUND, sentence))
}

/// Where a list is asked for: its address without the place.
pub(crate) struct Here {
    base: String,
    query: String,
}

impl FromRequestParts<App> for Here {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let scheme = app.config.public_url.split("://").next().unwrap_or("http");
        let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        // Programs follow absolute addresses only; whoever hides behind another name goes on by that name.
        let origin = host.map(|host| format!("{scheme}://{host}")).unwrap_or_default();
        let pairs = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
        let pairs = pairs.filter(|(name, _)| name != "cursor");
        Ok(Self {
            base: format!("{origin}{}", parts.uri.path()),
            query: form_urlencoded::Serializer::new(String::new())
                .extend_pairs(pairs)
                .finish(),
        })
    }
}

impl Here {
    /// The page as it is answered.
    pub(crate) fn page<R, T: ToSchema>(&self, page: Page<R>, row: impl FnMut(R) -> T) -> PageOf<T> {
        let beside = |sign: char, cursor: String| {
            let more = if self.query.is_empty() { "" } else { "&" };
            format!("{}?{}{more}cursor={sign}{cursor}", self.base, self.query)
        };
        PageOf {
            next: page.after.map(|cursor| beside('a', cursor)),
            previous: page.before.map(|cursor| beside('b', cursor)),
            results: page.rows.into_iter().map(row).collect(),
        }
    }

    /// A page of what is kept in memory, by the key of each row.
    pub(crate) fn page_of<R: Clone, T: ToSchema>(
        &self,
        rows: &[R],
        (place, size): (Place, i64),
        key: impl Fn(&R) -> String,
        row: impl FnMut(R) -> T,
    ) -> PageOf<T> {
        let at = |cursor: &Cursor| rows.iter().position(|row| key(row) == cursor.key);
        let some: Vec<R> = match &place {
            Place::First => rows.to_vec(),
            Place::After(cursor) => at(cursor).map_or_else(Vec::new, |at| rows[at + 1..].to_vec()),
            Place::Before(cursor) => at(cursor).map_or_else(Vec::new, |at| rows[..at].iter().rev().cloned().collect()),
        };
        let limit = usize::try_from(size).unwrap_or(usize::MAX);
        let cursor = |row: &R| Cursor {
            key: key(row),
            id: uuid::Uuid::nil(),
        };
        self.page(place.page(some, limit, cursor), row)
    }
}
