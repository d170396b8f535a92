//! Addresses of duplicates.

use crate::values::{CompanyId, MergeId};

/// Groups of cards that look like one company.
pub(super) const LIST: &str = "/duplicates/";
/// Pairs that were said to be different companies.
pub(super) const DENIED: &str = "/duplicates/denied/";

/// The page on which a company is made one with others.
pub(super) fn merge(id: CompanyId, with: &[CompanyId]) -> String {
    let with = with.iter().map(|id| ("with", id.to_string()));
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(with)
        .finish();
    if query.is_empty() {
        format!("/companies/{id}/merge/")
    } else {
        format!("/companies/{id}/merge/?{query}")
    }
}

/// Cards that were made one; parting them lies beside it.
pub(super) fn merged(id: MergeId) -> String {
    format!("/duplicates/merges/{id}/")
}
