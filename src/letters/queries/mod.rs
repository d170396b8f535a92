//! SQL of letters.

mod moving;
mod parties;
mod read;
mod write;

pub(super) use moving::{count_with, erase_addresses, erase_with, move_all, move_back, pass_back, pass_on, with};
pub(super) use parties::{addresses, mailboxes, own_addresses, own_mailbox, site};
pub(super) use read::{authors, by_message, company_of, find, of_company};
pub(super) use write::{New, delete, insert, update};

type Sql<T> = Result<T, sqlx::Error>;
