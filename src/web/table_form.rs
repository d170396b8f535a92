//! Forms that bring a table to read: their parts, one after another, held in memory within a limit.

use axum::extract::Multipart;
use axum::extract::multipart::{Field, MultipartError};
use axum::http::StatusCode;

use super::extract::UploadForm;

/// The longest ordinary field, and the longest name of a file.
const LONGEST_FIELD: usize = 255;
const CUT_SHORT: &str = "Файл не дошёл целиком. Выберите его ещё раз.";

/// Such a form; its errors are sentences about the file.
pub(crate) struct TableForm {
    body: Multipart,
    most: usize,
    too_large: &'static str,
}

impl TableForm {
    /// `most` bytes may be in a file; `too_large` says that there were more.
    pub(crate) fn new(UploadForm(body): UploadForm, most: usize, too_large: &'static str) -> Self {
        Self { body, most, too_large }
    }

    /// The next part; `None` behind the last one.
    pub(crate) async fn next(&mut self) -> Result<Option<TablePart<'_>>, &'static str> {
        let (most, too_large) = (self.most, self.too_large);
        let field = self.body.next_field().await.map_err(|error| cut(&error, too_large))?;
        Ok(field.map(|field| TablePart { field, most, too_large }))
    }
}

/// A part of a [`TableForm`].
pub(crate) struct TablePart<'a> {
    field: Field<'a>,
    most: usize,
    too_large: &'static str,
}

impl TablePart<'_> {
    /// Which field it is.
    pub(crate) fn name(&self) -> &str {
        self.field.name().unwrap_or_default()
    }

    /// What is typed or chosen in it.
    pub(crate) async fn text(self) -> Result<String, &'static str> {
        Ok(String::from_utf8_lossy(&self.bytes(LONGEST_FIELD).await?).into_owned())
    }

    /// The file of it: its name and its bytes.
    pub(crate) async fn file(self) -> Result<(String, Vec<u8>), &'static str> {
        let name = self.field.file_name().unwrap_or_default();
        // Some browsers send the whole path.
        let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
        let name = name.chars().filter(|c| !c.is_control()).take(LONGEST_FIELD).collect();
        let most = self.most;
        Ok((name, self.bytes(most).await?))
    }

    async fn bytes(mut self, most: usize) -> Result<Vec<u8>, &'static str> {
        let mut bytes = Vec::new();
        while let Some(piece) = self.field.chunk().await.map_err(|error| cut(&error, self.too_large))? {
            if bytes.len() + piece.len() > most {
                return Err(self.too_large);
            }
            bytes.extend_from_slice(&piece);
        }
        Ok(bytes)
    }
}

/// Why the body ended before its end.
fn cut(error: &MultipartError, too_large: &'static str) -> &'static str {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        too_large
    } else {
        CUT_SHORT
    }
}
