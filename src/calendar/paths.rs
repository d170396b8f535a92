//! Addresses of calendars.

/// The page of the own one.
pub(super) const OWN: &str = "/account/calendar/";

/// A calendar by its token.
pub(super) fn feed(token: &str) -> String {
    format!("/calendar/{token}.ics")
}
