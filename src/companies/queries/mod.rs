//! SQL of companies.

mod duplicates;
mod list;
mod one;
pub(super) mod removal;
pub(super) mod words;
mod write;

pub(super) use duplicates::{Wanted, duplicates, lock_twins};
pub(super) use list::{count_up_to, estimate, list, similar};
pub(super) use one::{find, lock};
pub(super) use write::{insert, replace_children, touch, transfer, update};

type Sql<T> = Result<T, sqlx::Error>;
