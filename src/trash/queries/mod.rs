//! SQL of the trash and of requests for deletion.

mod items;
mod requests;

pub(super) use items::{belongings, due, find, forget, insert, is_trashed, list, of_company, take};
pub(super) use requests::{
    close, decide, erase as erase_requests, insert as insert_request, pending, pending_of, refusal, reopen, waiting,
};

type Sql<T> = Result<T, sqlx::Error>;
