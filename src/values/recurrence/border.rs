//! Where the clock on the wall becomes a moment.

use chrono::{DateTime, Datelike, Days, LocalResult, NaiveDateTime, TimeDelta, TimeZone, Utc, Weekday};
use chrono_tz::Tz;

/// The moment at which the clock on the wall of `zone` shows `local`.
///
/// When the clock is put forward, times in between are never shown: such a time moves on by the gap, as if the clock
/// had not been touched (02:30 becomes 03:30). When it is put back, a time is shown twice: the first one is meant.
pub(crate) fn to_utc(local: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(moment) | LocalResult::Ambiguous(moment, _) => moment.to_utc(),
        LocalResult::None => {
            // Read by the clock as it was before the gap. No zone has ever put its clock by more than a day.
            let before = TimeDelta::days(1);
            let earlier = local.checked_sub_signed(before).unwrap_or(local);
            let offset = match zone.from_local_datetime(&earlier) {
                LocalResult::Single(moment) | LocalResult::Ambiguous(_, moment) => {
                    moment.naive_local() - moment.naive_utc()
                }
                LocalResult::None => TimeDelta::zero(),
            };
            local.checked_sub_signed(offset).unwrap_or(local).and_utc()
        }
    }
}

/// The same time on the next Monday when it falls on a Saturday or Sunday.
pub(crate) fn off_weekend(local: NaiveDateTime) -> NaiveDateTime {
    let days = match local.weekday() {
        Weekday::Sat => 2,
        Weekday::Sun => 1,
        _ => 0,
    };
    local.checked_add_days(Days::new(days)).unwrap_or(local)
}
