//! Pages of notes, and their pieces of a company's card.

mod card;
mod change;

use crate::files;
use crate::policy::Action;
use crate::web::{Guard, Routes};

pub(crate) use card::{AddForm, NoteItem, Reader, add_form, of_company, pinned};

/// `/companies/{id}/notes/…`
pub(crate) fn routes() -> Routes {
    Routes::new()
        .post_upload(
            "/companies/{id}/notes/add/",
            Guard::May(Action::AddNote),
            change::add,
            files::FORM_LIMIT,
        )
        .get(
            "/companies/{id}/notes/{note}/edit/",
            Guard::May(Action::EditNote),
            change::edit,
        )
        .post_upload(
            "/companies/{id}/notes/{note}/edit/",
            Guard::May(Action::EditNote),
            change::update,
            files::FORM_LIMIT,
        )
        .post(
            "/companies/{id}/notes/{note}/delete/",
            Guard::May(Action::DeleteNote),
            change::delete,
        )
        .post(
            "/companies/{id}/notes/{note}/pin/",
            Guard::May(Action::PinNote),
            change::pin,
        )
}
