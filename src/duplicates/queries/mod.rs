//! SQL of duplicates.

mod denials;
mod find;
mod groups;
mod merging;
mod passes;

pub(super) use denials::{allow, carry, denials, deny, uncarry};
pub(super) use find::pairs;
pub(super) use groups::{drop_pairs, kin, list, lock, members, replace, replace_all};
pub(super) use merging::{amo_ids, contact_amo_ids, contents, homes, like, name_of, since};
pub(super) use passes::{begin, changed, finish, latest, lock_pass, progress, reach, want};

type Sql<T> = Result<T, sqlx::Error>;
