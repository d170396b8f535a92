//! SQL of notices.

mod read;
mod settings;
mod write;

pub(super) use read::{page, unread};
pub(super) use settings::{silenced, write as write_settings};
pub(super) use write::{clean, forget, insert, open, read_all, read_one, settle, withdraw};

type Sql<T> = Result<T, sqlx::Error>;
