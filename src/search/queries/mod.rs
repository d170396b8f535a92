//! SQL of the global search. Candidates are picked by statements that are not prepared where the planner should see how
//! frequent the searched words are; the few rows that are shown are read by ones that are.

mod companies;
mod notes;
mod people;
mod reasons;

pub(super) use companies::{begun, of_person, rows, similar, worded};
pub(super) use notes::notes;
pub(super) use people::{by_email, by_phone, by_words, people};
pub(super) use reasons::{Channel, channels, colleagues};

type Sql<T> = Result<T, sqlx::Error>;

/// A text as the beginning of what `LIKE` looks for.
pub(super) fn beginning(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("{escaped}%")
}
