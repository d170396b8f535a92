//! What people do with companies.

mod change;
mod choose;
mod contracts;
mod create;
mod do_not_call;
mod heads;
mod merging;
mod pick;
mod read;
mod readings;
mod regroup;
mod reminders;
mod removal;
mod select;
mod single;
mod words;
mod write;

pub(super) use change::with_labels;
pub(crate) use change::{Marks, marks, read_marks, transfer, update, update_status};
pub(crate) use choose::{Choice, choose};
pub(crate) use contracts::{Ending, ending};
pub(crate) use create::{Created, create};
pub(crate) use do_not_call::mark_do_not_call;
pub(crate) use heads::{Candidate, branches, fixed, head_candidates, may_place, organisation, set_head};
pub(crate) use merging::{
    Joined, TOGETHER, absorb, adopt, among, chosen_rows, give_back, give_up, grow, image, lock_together, look_up,
    merge_changes, mixed, new_channels, touch_words,
};
pub(crate) use pick::{heirs, pick};
pub(crate) use read::{Admitted, Found, admit, channels, count, count_of, duplicates, find, list, overdue, touch};
pub(crate) use readings::{Meant, readings};
pub(crate) use regroup::{Holders, count_with, count_with_both, holders, regroup};
pub(crate) use reminders::remind_of_contracts;
pub(crate) use removal::{Likeness, PARTS, attach, detach, forget_words, hold_twins, lock_alone, strong_twins};
pub(crate) use select::{Selected, select};
pub(crate) use single::{Saved, Wish, update_field};
pub(crate) use words::gather_words;
pub(crate) use write::{Whole, make, records, write};
