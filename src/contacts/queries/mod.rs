//! SQL of contacts and their channels.

mod cold;
pub(super) mod merging;
mod one;
mod people;
mod same;

type Sql<T> = Result<T, sqlx::Error>;

pub(super) use cold::{ColdMark, cold_marks};
pub(super) use one::{company_of, find, insert, of_company, of_ids, relocate, set_do_not_call, update};
pub(super) use people::list;
pub(crate) use people::push_people;
pub(super) use same::holders;
