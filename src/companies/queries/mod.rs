//! SQL of companies.

mod conditions;
mod contracts;
mod duplicates;
mod groups;
mod heads;
mod list;
pub(super) mod merging;
mod one;
mod records;
pub(super) mod regroup;
pub(super) mod reminders;
pub(super) mod removal;
mod rows;
mod tasked;
pub(super) mod words;
mod write;

pub(super) use conditions::push_where;
pub(super) use contracts::ending;
pub(super) use duplicates::{Wanted, duplicates, lock_twins};
pub(super) use groups::groups;
pub(super) use heads::{branches, head_of, hold, lock_heads, organisation, set_head, under};
pub(super) use list::{Most, Order, count_of, count_up_to, estimate, list, pick, similar};
pub(super) use one::{do_not_call_reason, find, lock, stakes};
pub(super) use records::records;
pub(super) use rows::{channels, overdue};
pub(super) use write::{insert, replace_children, set_do_not_call, touch, transfer, update};

type Sql<T> = Result<T, sqlx::Error>;
