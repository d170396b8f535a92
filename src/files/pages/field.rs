//! Files as pieces of a page: the field that takes them, and the list under a note.

use askama::Template;

use super::serve::addresses;
use crate::files::model::{MOST, MOST_BYTES, MOST_LETTER_BYTES, StoredFile};
use crate::files::{kinds, paths};
use crate::values::text;
use crate::web::assets::{self, Assets};

/// A picture over this is not loaded into a page by itself.
const PREVIEWED: i64 = 3 * 1024 * 1024;

/// The field of a form that takes files. What has been sent stays chosen when the form comes back refused.
#[derive(Template)]
#[template(path = "files/_field.html")]
pub(crate) struct FilesField {
    assets: &'static Assets,
    url: &'static str,
    /// What the button says.
    label: &'static str,
    accepted: String,
    allowed: &'static str,
    /// What goes in, in a few words.
    hint: String,
    /// How, where there is a script.
    ways: &'static str,
    most: usize,
    most_bytes: usize,
    uploads: Vec<UploadItem>,
    error: String,
}

impl askama::filters::HtmlSafe for FilesField {}

impl FilesField {
    /// The field with files that were sent before, and a sentence about what was not taken.
    pub(crate) fn new(uploads: &[StoredFile], error: &str) -> Self {
        Self {
            assets: assets::urls(),
            url: paths::UPLOAD,
            label: "Файлы",
            accepted: kinds::accepted(),
            allowed: kinds::ALLOWED,
            hint: format!("До {MOST} файлов по {} МБ", MOST_BYTES / 1024 / 1024),
            ways: ": выберите, перетащите сюда или вставьте снимок из буфера",
            most: MOST,
            most_bytes: MOST_BYTES,
            uploads: uploads.iter().map(UploadItem::new).collect(),
            error: error.to_owned(),
        }
    }

    /// The field that takes saved letters.
    pub(crate) fn letters(uploads: &[StoredFile], error: &str) -> Self {
        Self {
            label: "Файлы писем",
            accepted: ".eml".to_owned(),
            allowed: "письма, сохранённые как EML",
            hint: format!("До {MOST} писем .eml по {} МБ", MOST_LETTER_BYTES / 1024 / 1024),
            ways: ": выберите или перетащите сюда",
            most_bytes: MOST_LETTER_BYTES,
            ..Self::new(uploads, error)
        }
    }
}

/// A file that waits for its note.
#[derive(Template)]
#[template(path = "files/_upload.html")]
pub(super) struct UploadItem {
    assets: &'static Assets,
    id: String,
    name: String,
    size: String,
}

impl askama::filters::HtmlSafe for UploadItem {}

impl UploadItem {
    pub(super) fn new(file: &StoredFile) -> Self {
        Self {
            assets: assets::urls(),
            id: file.id.to_string(),
            name: file.name.clone(),
            size: text::size(file.size),
        }
    }
}

/// The files of a note, to be fetched; pictures are shown.
#[derive(Template)]
#[template(path = "files/_attachments.html")]
pub(crate) struct Attachments {
    assets: &'static Assets,
    files: Vec<AttachmentView>,
}

impl askama::filters::HtmlSafe for Attachments {}

struct AttachmentView {
    href: String,
    /// The picture itself, for a tab of its own.
    view: Option<String>,
    is_previewed: bool,
    name: String,
    size: String,
}

impl Attachments {
    /// The list.
    pub(crate) fn new(files: &[StoredFile]) -> Self {
        let view = |file: &StoredFile| {
            let (href, view) = addresses(file);
            AttachmentView {
                href,
                is_previewed: view.is_some() && file.size <= PREVIEWED,
                view,
                name: file.name.clone(),
                size: text::size(file.size),
            }
        };
        Self {
            assets: assets::urls(),
            files: files.iter().map(view).collect(),
        }
    }

    /// Whether there are any.
    pub(crate) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}
