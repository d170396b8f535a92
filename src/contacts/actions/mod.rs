//! What people do with contacts.

mod change;
mod do_not_call;
mod merging;
mod people;
mod relocate;
mod same;

pub(crate) use change::{Made, PARTS, admit, create, find, make, of_company, update, write};
pub(crate) use do_not_call::mark_do_not_call;
pub(crate) use merging::{
    Joined, TOGETHER, absorb, chosen_rows, found, give_up, grow, heir, image, lock_together, lost_words, mixed,
    move_all, move_back, of_companies,
};
pub(super) use people::cold_marks;
pub(crate) use people::{list, may_edit};
pub(crate) use relocate::relocate;
pub(crate) use same::{But, same_phones, shared_phones};
