//! HTML plumbing: routes with their guards, the frame round every page, forms, errors, assets.

pub(crate) mod assets;
pub(crate) mod csrf;
mod extract;
mod failure;
mod flash;
mod layers;
mod layout;
mod linked;
mod no_call;
mod own_path;
mod page;
mod picture;
mod recurrence;
mod routes;
mod small_form;
mod table_form;
#[cfg(test)]
mod tests;
pub(crate) mod versions;
mod whom;

pub(crate) use csrf::form_key;
pub(crate) use extract::{Form, Path, Query, UploadForm, is_htmx, present};
use failure::render_failures;
pub(crate) use failure::{Failure, HtmlError};
pub(crate) use flash::{COOKIE as FLASH_COOKIE, Flash, clear_cookie as clear_flash, flash};
pub(crate) use layers::{Peer, finish};
pub(crate) use layout::{BellLine, BellView, Layout, Opt, Section, Viewer};
pub(crate) use linked::linked;
pub(crate) use no_call::{NoCallForm, NoCallPage};
pub(crate) use own_path::own_path;
pub(crate) use page::{fragment, page, page_with, see_other, see_other_with};
pub(crate) use picture::Picture;
pub(crate) use recurrence::RecurrenceForm;
pub(crate) use routes::{ApiMethod, Guard, RouteInfo, Routes};
pub(crate) use small_form::SmallForm;
pub(crate) use table_form::TableForm;
pub(crate) use whom::whom;

/// What a page handler answers with.
pub(crate) type Html = Result<axum::response::Response, HtmlError>;
