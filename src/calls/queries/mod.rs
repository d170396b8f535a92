//! SQL of calls. Times are the database's: what is over is over for every process and every phone.

pub(super) mod cold;
pub(super) mod read;
pub(super) mod settings;
pub(super) mod wake;
pub(super) mod write;

type Sql<T> = std::result::Result<T, sqlx::Error>;
