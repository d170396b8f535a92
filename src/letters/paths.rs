//! Addresses of letters.

use crate::companies;
use crate::values::{CompanyId, LetterId};

/// Where saved letters are sent, and the form for them.
pub(crate) fn upload(company: CompanyId) -> String {
    format!("/companies/{company}/letters/upload/")
}

/// Where a letter is written down by hand.
pub(crate) fn write(company: CompanyId) -> String {
    format!("/companies/{company}/letters/new/")
}

/// One letter.
pub(crate) fn show(id: LetterId) -> String {
    format!("/letters/{id}/")
}

/// Changes what was written down by hand.
pub(crate) fn edit(id: LetterId) -> String {
    format!("/letters/{id}/edit/")
}

/// Removes a letter.
pub(crate) fn delete(id: LetterId) -> String {
    format!("/letters/{id}/delete/")
}

/// The letters on their company's card.
pub(crate) fn list(company: CompanyId) -> String {
    format!("{}?feed=letters#timeline", companies::paths::show(company))
}
