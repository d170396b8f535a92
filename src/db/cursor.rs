//! Keyset paging: a place in an ordered list, as an opaque text in an address.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

/// Rows of one page of a list.
pub(crate) const PAGE: i64 = 50;

/// The place after (or before) one row: the value it is ordered by, and its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cursor {
    /// The sort value as text; the list that made it knows how to read it.
    pub(crate) key: String,
    /// Breaks ties.
    pub(crate) id: Uuid,
}

impl Cursor {
    /// For an address.
    pub(crate) fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}{}", self.id.simple(), self.key))
    }

    /// From an address; `None` for anything we did not write.
    pub(crate) fn decode(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        let (id, key) = text.split_at_checked(32)?;
        Some(Self {
            id: Uuid::try_parse(id).ok()?,
            key: key.to_owned(),
        })
    }
}

/// One page of a list and the ways on from it.
#[derive(Debug)]
pub(crate) struct Page<T> {
    /// The rows in reading order.
    pub(crate) rows: Vec<T>,
    /// Cursor of the page before, when there is one.
    pub(crate) before: Option<String>,
    /// Cursor of the page after, when there is one.
    pub(crate) after: Option<String>,
}

/// Which page is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Place {
    /// The beginning.
    #[default]
    First,
    /// The page that follows this row.
    After(Cursor),
    /// The page that ends before this row.
    Before(Cursor),
}

impl Place {
    /// From the `after` and `before` of an address; unreadable ones mean the beginning.
    pub(crate) fn read(after: Option<&str>, before: Option<&str>) -> Self {
        if let Some(cursor) = after.and_then(Cursor::decode) {
            Self::After(cursor)
        } else if let Some(cursor) = before.and_then(Cursor::decode) {
            Self::Before(cursor)
        } else {
            Self::First
        }
    }

    /// Whether rows are read against the list's direction.
    pub(crate) fn is_backward(&self) -> bool {
        matches!(self, Self::Before(_))
    }

    /// Puts `limit + 1` fetched rows in reading order and finds the ways on.
    pub(crate) fn page<T>(&self, mut rows: Vec<T>, limit: usize, cursor: impl Fn(&T) -> Cursor) -> Page<T> {
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        if self.is_backward() {
            rows.reverse();
        }
        let first = rows.first().map(|row| cursor(row).encode());
        let last = rows.last().map(|row| cursor(row).encode());
        let (before, after) = match self {
            Self::First => (None, last.filter(|_| has_more)),
            Self::After(_) => (first, last.filter(|_| has_more)),
            Self::Before(_) => (first.filter(|_| has_more), last),
        };
        Page { rows, before, after }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back() {
        let cursor = Cursor {
            key: "ёлка «Север»".to_owned(),
            id: Uuid::from_u128(7),
        };
        assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
        for bad in ["", "!", "abc", "0000"] {
            assert_eq!(Cursor::decode(bad), None);
        }
    }
}
