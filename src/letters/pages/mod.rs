//! Pages of letters, and their pieces of a company's card.

mod card;
mod show;
mod upload;
mod write;

use crate::files;
use crate::policy::Action;
use crate::web::{Guard, Routes};

pub(crate) use card::{Composer, LetterItem, composer, of_company};

/// `/companies/{id}/letters/…`, `/letters/{id}/…`
pub(crate) fn routes() -> Routes {
    Routes::new()
        .get(
            "/companies/{id}/letters/upload/",
            Guard::May(Action::AddLetter),
            upload::new,
        )
        .post_upload(
            "/companies/{id}/letters/upload/",
            Guard::May(Action::AddLetter),
            upload::create,
            files::LETTERS_LIMIT,
        )
        .get(
            "/companies/{id}/letters/new/",
            Guard::May(Action::AddLetter),
            write::new,
        )
        .post_upload(
            "/companies/{id}/letters/new/",
            Guard::May(Action::AddLetter),
            write::create,
            files::FORM_LIMIT,
        )
        .get("/letters/{id}/", Guard::May(Action::ViewBase), show::show)
        .get("/letters/{id}/edit/", Guard::May(Action::EditLetter), write::edit)
        .post_upload(
            "/letters/{id}/edit/",
            Guard::May(Action::EditLetter),
            write::update,
            files::FORM_LIMIT,
        )
        .post("/letters/{id}/delete/", Guard::May(Action::DeleteLetter), show::delete)
}
