//! Sending files, fetching them, and their pieces of other pages.

mod field;
mod sent;
mod serve;
mod upload;

use crate::files::model::{MOST, MOST_BYTES, MOST_LETTER_BYTES};
use crate::policy::Action;
use crate::web::{Guard, Routes};

pub(crate) use field::{Attachments, FilesField};
pub(crate) use sent::Sent;
pub(crate) use serve::href;

/// The largest form with files, in bytes: as many as a note holds, and the words.
pub(crate) const FORM_LIMIT: usize = (MOST + 1) * MOST_BYTES;
/// The largest form with saved letters.
pub(crate) const LETTERS_LIMIT: usize = MOST * MOST_LETTER_BYTES + MOST_BYTES;
/// The largest form with one file.
const ONE: usize = 2 * MOST_BYTES;

/// `/files/…`
pub(crate) fn routes() -> Routes {
    Routes::new()
        .post_upload("/files/", Guard::May(Action::AddNote), upload::create, ONE)
        .get("/files/{id}/", Guard::May(Action::ViewBase), serve::show)
        .get("/files/{id}/view/", Guard::May(Action::ViewBase), serve::view)
}
