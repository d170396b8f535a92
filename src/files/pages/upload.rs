//! `POST /files/`: a file is sent while its note is still being written; the answer is its line in the form.

use axum::http::StatusCode;

use super::field::UploadItem;
use super::sent::Sent;
use crate::error::Error;
use crate::web::{Html, fragment, page_with};

#[derive(askama::Template)]
#[template(path = "files/_refused.html")]
struct Refused {
    sentence: String,
}

/// `POST /files/`
pub(super) async fn create(sent: Sent) -> Html {
    let refused = |sentence: String| page_with(StatusCode::UNPROCESSABLE_ENTITY, &Refused { sentence });
    match (sent.files.first(), sent.refused.into_iter().next()) {
        (Some(file), _) => fragment(&UploadItem::new(file)),
        (None, Some(sentence)) => refused(sentence),
        (None, None) => refused("Выберите файл.".to_owned()),
    }
}

impl Sent {
    /// What was wrong with the files, as one error at `file`; `None`: all were taken.
    pub(crate) fn complaint(&self) -> Option<Error> {
        (!self.refused.is_empty()).then(|| Error::field("file", self.refused.join(" ")))
    }
}
