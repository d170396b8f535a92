//! What o'clock it is at the client's, and whether somebody is there to take a call.

use chrono::{DateTime, Datelike as _, NaiveDateTime, Timelike as _, Utc};
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
    let phones = fields.phones.iter().map(|row| &row.phone);
    let (zone, source) = zone(&fields.time_zone, &company.region_zone, phones)?;
    Some(clock_in(zone, source, &fields.working_hours, now))
}

/// Whether a call is welcome now, also where that is only assumed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Daytime {
    /// The clock by which that is told.
    pub(crate) clock: ClientClock,
    /// They work now, as far as is known.
    pub(crate) is_awake: bool,
}

/// The source of a zone that nothing tells.
const ASSUMED: &str = "часовой пояс неизвестен: считаем по времени офиса";

/// What o'clock it is at a company of which no more is known than its zone by hand and its region's, hours and numbers, and
/// whether they work. Nobody is called at night for want of knowledge: without a zone the office's own one counts, and
/// without hours a working day from nine to six, from Monday to Friday.
pub(crate) fn daytime<'a>(
    (by_hand, of_region): (&str, &str),
    working_hours: &str,
    phones: impl Iterator<Item = &'a Phone>,
    (now, office): (DateTime<Utc>, Tz),
) -> Daytime {
    let (zone, source) = zone(by_hand, of_region, phones).unwrap_or((office, ASSUMED));
    let clock = clock_in(zone, source, working_hours, now);
    let is_awake = match &clock.call {
        Some(call) => call.is_welcome,
        None => is_working_day(now.with_timezone(&zone).naive_local()),
    };
    Daytime { clock, is_awake }
}

fn is_working_day(local: NaiveDateTime) -> bool {
    local.weekday().number_from_monday() <= 5 && (9..18).contains(&local.hour())
}

fn clock_in(zone: Tz, source: &'static str, working_hours: &str, now: DateTime<Utc>) -> ClientClock {
    let local = now.with_timezone(&zone).naive_local();
    ClientClock {
        time: local.format("%-H:%M").to_string(),
        source,
        call: Hours::read(working_hours).and_then(|hours| call_now(&hours, local)),
    }
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

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;
    use chrono_tz::Asia::Kamchatka;
    use chrono_tz::Europe::Moscow;

    use super::*;

    /// Whether a client is called at that time of Moscow in November 2026, and by which source of the zone.
    fn at((day, hour, minute): (u32, u32, u32), zone: &str, hours: &str, number: &str) -> (bool, &'static str) {
        let now = Moscow.with_ymd_and_hms(2026, 11, day, hour, minute, 0).unwrap();
        let phones = [Phone::read(number).unwrap()];
        let told = daytime((zone, ""), hours, phones.iter(), (now.to_utc(), Moscow));
        (told.is_awake, told.clock.source)
    }

    #[test]
    fn without_known_hours_nobody_is_called_outside_the_working_day() {
        // The 23rd is a Monday. Mobile numbers and those of the whole country tell no zone.
        for number in ["+79123456789", "88005550141"] {
            for (time, expected) in [
                ((23, 3, 0), false),
                ((23, 8, 59), false),
                ((23, 9, 0), true),
                ((27, 17, 59), true),
                ((27, 18, 0), false),
                ((28, 12, 0), false),
                ((29, 12, 0), false),
            ] {
                assert_eq!(at(time, "", "", number), (expected, ASSUMED), "{number} {time:?}");
            }
            // Hours that say nothing of Saturday.
            assert!(!at((28, 12, 0), "", "9–18", number).0);
            assert!(at((28, 12, 0), "", "ежедневно 9–21", number).0);
            assert!(at((29, 3, 0), "", "круглосуточно", number).0);
        }
    }

    #[test]
    fn a_known_zone_counts_before_the_offices() {
        // In Kamchatka it is nine hours later.
        assert_eq!(at((23, 12, 0), Kamchatka.name(), "", "+79123456789"), (false, ""));
        assert_eq!(at((23, 0, 30), Kamchatka.name(), "", "+79123456789"), (true, ""));
        assert_eq!(at((23, 12, 0), "", "", "+74152123456"), (false, "по коду города"));
    }
}
