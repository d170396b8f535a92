//! Addresses of phones and of their app.

use uuid::Uuid;

/// Versions of the app.
pub(super) const APP: &str = "/settings/phones/app/";

/// A version, for whoever has signed in.
pub(super) fn download(id: Uuid) -> String {
    format!("/mobile-app/download/{id}/")
}

/// The same for whoever has a link.
pub(super) fn get(link: &str) -> String {
    format!("/mobile-app/get/{link}/")
}

/// Offers a version no more.
pub(super) fn withdraw(id: Uuid) -> String {
    format!("{APP}{id}/withdraw/")
}

/// Offers it again.
pub(super) fn bring_back(id: Uuid) -> String {
    format!("{APP}{id}/bring-back/")
}
