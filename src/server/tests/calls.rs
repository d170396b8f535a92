//! The part of the table that is about phones, calls and who called how much.

use super::table::{DONE, Line, SHOWN};
use super::who::Who;

/// As `table::TABLE`.
pub(super) const TABLE: &[Line] = &[
    ("GET", "/mobile-app/", Who::Everyone, &[], SHOWN),
    ("GET", "/mobile-app/phones/", Who::Everyone, &[], SHOWN),
    ("POST", "/mobile-app/connect/", Who::Everyone, &[], SHOWN),
    // Nobody's picture.
    ("GET", "/mobile-app/qr.png", Who::Everyone, &[], &[404]),
    ("POST", "/mobile-app/phones/{id}/take-off/", Who::Everyone, &[], DONE),
    ("GET", "/settings/phones/", Who::Admin, &[], SHOWN),
    // No app has come yet.
    ("GET", "/mobile-app/download/{id}/", Who::Everyone, &[], &[404]),
    ("GET", "/mobile-app/get/{token}/", Who::Bearer, &[], &[404]),
    ("GET", "/settings/phones/app/", Who::Admin, &[], SHOWN),
    // Not a multipart form: past the guard and no further.
    ("POST", "/settings/phones/app/", Who::Admin, &[], &[400, 422]),
    ("POST", "/settings/phones/app/{id}/withdraw/", Who::Admin, &[], &[404]),
    ("POST", "/settings/phones/app/{id}/bring-back/", Who::Admin, &[], &[404]),
    ("GET", "/settings/phones/requests/", Who::Admin, &[], SHOWN),
    (
        "POST",
        "/settings/phones/requests/",
        Who::Admin,
        &[("ttl_seconds", "60"), ("version", "1")],
        DONE,
    ),
    ("GET", "/settings/phones/{id}/", Who::Admin, &[], SHOWN),
    ("POST", "/settings/phones/{id}/take-off/", Who::Admin, &[], DONE),
    (
        "POST",
        "/phone/call/",
        Who::Everyone,
        &[("phone", "8 912 345-67-89")],
        DONE,
    ),
    ("GET", "/calls/bar/", Who::Everyone, &[], SHOWN),
    ("GET", "/calls/queue/", Who::Everyone, &[], SHOWN),
    ("GET", "/calls/", Who::Everyone, &[], SHOWN),
    ("GET", "/analytics/", Who::Leader, &[], SHOWN),
    ("GET", "/analytics/calls/", Who::Leader, &[], SHOWN),
    ("GET", "/analytics/users/{id}/", Who::Leader, &[], SHOWN),
    ("GET", "/reports/cold-calls/day/", Who::Everyone, &[], SHOWN),
    ("GET", "/reports/cold-calls/month/", Who::Everyone, &[], SHOWN),
    ("POST", "/companies/{id}/cold-call/toggle/", Who::Editor, &[], DONE),
    ("POST", "/contacts/{id}/cold-call/toggle/", Who::Editor, &[], DONE),
    ("GET", "/calls/{id}/outcome/", Who::Everyone, &[], SHOWN),
    (
        "POST",
        "/calls/{id}/outcome/",
        Who::Everyone,
        &[("outcome", "busy")],
        DONE,
    ),
    ("POST", "/calls/{id}/cancel/", Who::Everyone, &[], DONE),
    ("POST", "/calls/{id}/put-away/", Who::Everyone, &[], DONE),
];
