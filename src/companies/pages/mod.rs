//! Pages of companies; the card itself is composed in `card`.

mod change;
mod choose;
mod conflict;
mod do_not_call;
mod duplicates;
mod form;
mod head;
mod list;
mod single;
#[cfg(test)]
mod tests;
mod transfer;

pub(crate) use list::{filter_of, filter_words, list_address};

use crate::policy::Action;
use crate::web::{Guard, Routes};

pub(crate) use choose::{Choices, Chooser};
pub(crate) use transfer::heir_options;

/// `/companies/…`, but for the card.
pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/companies/", Guard::May(Action::ViewBase), list::index)
        .get("/companies/count/", Guard::May(Action::ViewBase), list::count)
        .get(
            "/companies/duplicates/",
            Guard::May(Action::CreateCompany),
            duplicates::index,
        )
        .get("/companies/new/", Guard::May(Action::CreateCompany), form::new)
        .post("/companies/new/", Guard::May(Action::CreateCompany), form::create)
        .get("/companies/{id}/edit/", Guard::May(Action::EditCompany), form::edit)
        .post("/companies/{id}/edit/", Guard::May(Action::EditCompany), form::update)
        .get(
            "/companies/{id}/fields/{field}/",
            Guard::May(Action::EditCompany),
            single::edit,
        )
        .post(
            "/companies/{id}/fields/{field}/",
            Guard::May(Action::EditCompany),
            single::update,
        )
        .post(
            "/companies/{id}/update/",
            Guard::May(Action::EditCompany),
            change::update_status,
        )
        .post(
            "/companies/{id}/transfer/",
            Guard::May(Action::TransferCompany),
            transfer::update,
        )
        .get(
            "/companies/{id}/transfer/",
            Guard::May(Action::TransferCompany),
            transfer::edit,
        )
        .get(
            "/companies/{id}/do-not-call/",
            Guard::May(Action::EditCompany),
            do_not_call::edit,
        )
        .post(
            "/companies/{id}/do-not-call/",
            Guard::May(Action::EditCompany),
            do_not_call::update,
        )
        .post(
            "/companies/{id}/do-not-call/clear/",
            Guard::May(Action::EditCompany),
            do_not_call::clear,
        )
        .get("/companies/{id}/head/", Guard::May(Action::EditCompany), head::edit)
        .post("/companies/{id}/head/", Guard::May(Action::EditCompany), head::update)
}
