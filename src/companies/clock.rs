//! What o'clock it is at the client's, and whether somebody is there to take a call.

use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;

use super::model::Company;
use crate::values::hours::{Hours, Working, clock};
use crate::values::{Phone, time};

/// Whether a call is welcome now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CallNow {
    /// Whether they work.
    pub(crate) is_welcome: bool,
    /// The sentence of the badge.
    pub(crate) text: String,
}

/// The client's clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ClientClock {
    /// «14:05»
    pub(crate) time: String,
    /// How the zone is known: «по региону»; empty: it was set by hand.
    pub(crate) source: &'static str,
    /// Nothing when the working hours are not known or not understood.
    pub(crate) call: Option<CallNow>,
}

/// The clock of a company, when its zone is known: set by hand, else its region's, else that of its landlines.
pub(crate) fn client_clock(company: &Company, now: DateTime<Utc>) -> Option<ClientClock> {
    let fields = &company.fields;
    let zones = (fields.time_zone.as_str(), company.region_zone.as_str());
    let phones = fields.phones.iter().map(|row| &row.phone);
    clock_of(zones, &fields.working_hours, phones, now)
}

/// [`client_clock`] of a company of which no more is known than its zone by hand and its region's, hours and numbers.
pub(crate) fn clock_of<'a>(
    (by_hand, of_region): (&str, &str),
    working_hours: &str,
    phones: impl Iterator<Item = &'a Phone>,
    now: DateTime<Utc>,
) -> Option<ClientClock> {
    let (zone, source) = zone(by_hand, of_region, phones)?;
    let local = now.with_timezone(&zone).naive_local();
    Some(ClientClock {
        time: local.format("%-H:%M").to_string(),
        source,
        call: Hours::read(working_hours).and_then(|hours| call_now(&hours, local)),
    })
}

/// The client's zone and how it is known. Landlines of different zones say nothing.
pub(super) fn zone<'a>(
    by_hand: &str,
    of_region: &str,
    phones: impl Iterator<Item = &'a Phone>,
) -> Option<(Tz, &'static str)> {
    if let Some(zone) = time::zone(by_hand) {
        return Some((zone, ""));
    }
    if let Some(zone) = time::zone(of_region) {
        return Some((zone, "по региону"));
    }
    let mut zones = phones.filter_map(Phone::landline_zone);
    let first = zones.next()?;
    zones.all(|other| other == first).then_some((first, "по коду города"))
}

fn call_now(hours: &Hours, local: NaiveDateTime) -> Option<CallNow> {
    let not_now = format!("Сейчас нельзя: у клиента {}", local.format("%-H:%M"));
    let (is_welcome, text) = match hours.at(local)? {
        Working::Until(_) => (true, "Можно звонить сейчас".to_owned()),
        Working::From(minute) => (false, format!("{not_now}, работают с {}", clock(minute))),
        Working::Ended(minute) => (false, format!("{not_now}, работают до {}", clock(minute))),
        Working::DayOff => (false, format!("{not_now}, сегодня выходной")),
    };
    Some(CallNow { is_welcome, text })
}
