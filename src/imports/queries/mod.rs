//! SQL of imports: their own tables, and reading the base.

mod base;
mod runs;

pub(super) use base::{companies, company_ids, contact_ids, contacts};
pub(super) use runs::{
    add_lines, bury_dead, count, erase, finish, hold, imports, insert, is_running, lines, prepare_session,
};

type Sql<T> = Result<T, sqlx::Error>;
