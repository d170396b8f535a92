//! The queue of calls to come: which company is next. A person presses each button; nothing dials by itself.

use sqlx::PgConnection;
use uuid::Uuid;

use super::own;
use crate::app::App;
use crate::calls::queries::cold as queries;
use crate::calls::queries::read::{self, Row, Talk};
use crate::companies::{self, ClientClock, Company, Daytime};
use crate::error::Result;
use crate::merges;
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
    /// What o'clock it is there, or is taken to be.
    pub(in crate::calls) clock: ClientClock,
    /// The last talk.
    pub(in crate::calls) talk: Option<Talk>,
    /// The last call, whatever came of it.
    pub(in crate::calls) last: Option<Row>,
}

/// The next of the actor's companies that may be called now: not marked «не звонить», with a number, its office open as far
/// as that is known, and within the working day where it is not. With it how many of the first [`LOOKED_AT`] were passed
/// over because they are closed.
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
            let Daytime { clock, is_awake } = daytime(app, office);
            is_awake.then_some((at, office.id, clock))
        });
        if let Some((asleep, id, clock)) = open {
            let mut cards = merges::lineage(&mut conn, id.0).await?;
            cards.push(id.0);
            let last = read::of_cards(&mut conn, (id, &cards), None, None, 1).await?;
            let next = Next {
                company: companies::find(&mut conn, actor, id).await?,
                clock,
                talk: read::last_talk(&mut conn, &cards).await?,
                last: last.into_iter().next(),
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

fn daytime(app: &App, office: &queries::Office) -> Daytime {
    let phones: Vec<Phone> = office.phones.iter().filter_map(|phone| Phone::read(phone)).collect();
    let zones = (office.time_zone.as_str(), office.region_zone.as_str());
    let here = (app.now(), app.config.time_zone);
    companies::daytime(zones, &office.working_hours, phones.iter(), here)
}
