//! Companies: the base itself.

mod actions;
mod api;
pub(crate) mod bulk;
mod clock;
mod contract;
mod forms;
mod listed;
mod model;
mod no_call;
mod pages;
pub(crate) mod paths;
mod queries;
mod search;
mod single;
#[cfg(test)]
mod tests;
mod vocabulary;

pub(crate) use actions::{
    Admitted, Ending, Holders, Joined, Likeness, Meant, PARTS, Selected, TOGETHER, absorb, admit, adopt, among, attach,
    branches, chosen_rows, count_of, count_with, count_with_both, detach, ending, find, forget_words, gather_words,
    give_back, give_up, grow, heirs, hold_twins, holders, image, lock_alone, lock_together, look_up, marks,
    merge_changes, mixed, new_channels, organisation, pick, readings, regroup, remind_of_contracts, select,
    strong_twins, touch, touch_words,
};
pub(crate) use api::stale;
pub(crate) use clock::{ClientClock, Daytime, client_clock, daytime};
pub(crate) use contract::{Warning as ContractWarning, warnings as contract_warnings};
pub(crate) use model::{BranchOf, Company, CompanyPhone, Twin, field_label, lead_state_label};
pub(crate) use no_call::{DoNotCall, new_mark};
pub(crate) use pages::{Choices, Chooser, filter_of, filter_words, heir_options, list_address};
pub(crate) use search::{LONGEST as LONGEST_SEARCH, Terms};

/// `/companies/…`, but for the card, and `/api/companies/…`, but for deleting.
pub(crate) fn routes() -> crate::web::Routes {
    pages::routes().merge(api::routes())
}

/// Whoever makes companies in bulk holds this advisory lock alone; whoever makes one shares it. So neither can miss a
/// twin that the other is about to write.
pub(crate) const IMPORT_LOCK: i64 = 0x0043_524d_0001;
