//! The queue of calls to come: which company is next. A person presses each button; nothing dials by itself.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::own;
use crate::app::App;
use crate::calls::queries::cold as queries;
use crate::calls::queries::read::{self, Row};
use crate::companies::{self, ClientClock, Company};
use crate::error::Result;
use crate::policy::Actor;
use crate::values::{Phone, UserId};

/// Companies that are looked at first.
const GLANCE: usize = 100;
/// Companies that are looked through for one whose office is open.
pub(in crate::calls) const LOOKED_AT: usize = 1_000;
/// Companies that one may pass over before the queue begins anew.
pub(in crate::calls) const SKIPPED: usize = 60;

/// The company that is next.
pub(in crate::calls) struct Next {
    /// Whom to call.
    pub(in crate::calls) company: Company,
    /// What o'clock it is there.
    pub(in crate::calls) clock: Option<ClientClock>,
    /// The last talk.
    pub(in crate::calls) last: Option<Row>,
}

/// The next of the actor's companies that may be called now: not marked «не звонить», with a number, its office open as far
/// as that is known, and not at night there. With it how many of the first [`LOOKED_AT`] were passed over because they are
/// closed.
pub(in crate::calls) async fn next(
    app: &App,
    actor: &Actor,
    is_cold: Option<bool>,
    skipped: &[Uuid],
) -> Result<(Option<Next>, usize)> {
    let user = own(actor)?;
    let mut conn = app.db.acquire().await?;
    let mut asleep = 0;
    // Mostly one of the first few is open, and then nobody waits for the rest.
    for most in [GLANCE, LOOKED_AT] {
        let ids = waiting(&mut conn, (user, is_cold, skipped), most).await?;
        let offices = queries::offices(&mut conn, &ids).await?;
        let open = offices.iter().enumerate().find_map(|(at, office)| {
            let clock = clock(office, app.now());
            is_awake(clock.as_ref()).then_some((at, office.id, clock))
        });
        if let Some((asleep, id, clock)) = open {
            let next = Next {
                company: companies::find(&mut conn, actor, id).await?,
                clock,
                last: read::of_cards(&mut conn, &[id.0], None, None, 1)
                    .await?
                    .into_iter()
                    .next(),
            };
            return Ok((Some(next), asleep));
        }
        asleep = offices.len();
        if ids.len() < most {
            break;
        }
    }
    Ok((None, asleep))
}

/// Keys of those who wait: never called, then called longest ago.
async fn waiting(
    conn: &mut PgConnection,
    (user, is_cold, skipped): (UserId, Option<bool>, &[Uuid]),
    most: usize,
) -> Result<Vec<Uuid>> {
    let wanted = |found: usize| queries::Wanted {
        user,
        is_cold,
        skipped,
        limit: i64::try_from(most - found).unwrap_or(0),
    };
    let mut ids = queries::never_called(conn, wanted(0)).await?;
    if ids.len() < most {
        ids.extend(queries::called_before(conn, wanted(ids.len())).await?);
    }
    Ok(ids)
}

fn clock(office: &queries::Office, now: DateTime<Utc>) -> Option<ClientClock> {
    let phones: Vec<Phone> = office.phones.iter().filter_map(|phone| Phone::read(phone)).collect();
    let zones = (office.time_zone.as_str(), office.region_zone.as_str());
    companies::clock_of(zones, &office.working_hours, phones.iter(), now)
}

/// Whether somebody may be called there: by the office's hours, else between nine and six on their clock.
fn is_awake(clock: Option<&ClientClock>) -> bool {
    let Some(clock) = clock else { return true };
    if let Some(call) = &clock.call {
        return call.is_welcome;
    }
    let hour: u32 = clock
        .time
        .split(':')
        .next()
        .and_then(|hour| hour.parse().ok())
        .unwrap_or(12);
    (9..18).contains(&hour)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_known_hours_nobody_is_called_outside_the_day() {
        let at = |time: &str| ClientClock {
            time: time.to_owned(),
            source: "",
            call: None,
        };
        for (time, expected) in [
            ("8:59", false),
            ("9:00", true),
            ("17:59", true),
            ("18:00", false),
            ("3:10", false),
        ] {
            assert_eq!(is_awake(Some(&at(time))), expected, "{time}");
        }
        assert!(is_awake(None));
    }
}
