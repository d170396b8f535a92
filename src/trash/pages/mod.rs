//! Pages of deletions and of the trash, and their piece of a company's card.

mod card;
mod contact;
mod delete;
mod erase;
mod index;
mod item;
mod requests;

use crate::policy::Action::{DeleteCompany, EditContact, EraseData, ManageTrash, RequestDeletion};
use crate::web::{Guard, Routes};

pub(crate) use card::{CardNotice, card_notice, place_of};

/// `/companies/<uuid>/delete…`, `/contacts/<uuid>/delete/`, `/settings/trash/…`.
pub(crate) fn routes() -> Routes {
    let delete = Guard::May(DeleteCompany);
    let ask = Guard::May(RequestDeletion);
    let trash = Guard::May(ManageTrash);
    let contact = Guard::May(EditContact);
    Routes::new()
        .get("/companies/deletions/", delete, requests::index)
        .get("/companies/{id}/delete/", delete, delete::show)
        .post("/companies/{id}/delete/", delete, delete::delete)
        .get("/companies/{id}/delete-request/", ask, requests::new)
        .post("/companies/{id}/delete-request/", ask, requests::create)
        .get("/companies/{id}/delete-request/{request}/", delete, requests::show)
        .post(
            "/companies/{id}/delete-request/{request}/approve/",
            delete,
            requests::approve,
        )
        .post(
            "/companies/{id}/delete-request/{request}/cancel/",
            delete,
            requests::refuse,
        )
        .post(
            "/companies/{id}/delete-request/{request}/withdraw/",
            ask,
            requests::withdraw,
        )
        .get("/contacts/{id}/delete/", contact, contact::show)
        .post("/contacts/{id}/delete/", contact, contact::delete)
        .get("/settings/trash/", trash, index::index)
        .get("/settings/trash/{id}/", trash, item::show)
        .post("/settings/trash/{id}/restore/", trash, item::restore)
        .get("/settings/trash/{id}/erase/", Guard::May(EraseData), erase::show)
        .post("/settings/trash/{id}/erase/", Guard::May(EraseData), erase::erase)
}
