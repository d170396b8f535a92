//! The queue of calls to come: which company is next. A person presses each button; nothing dials by itself.

use uuid::Uuid;

use super::own;
use crate::app::App;
use crate::calls::queries::cold as queries;
use crate::calls::queries::read::{self, Row};
use crate::companies::{self, ClientClock, Company, client_clock};
use crate::error::Result;
use crate::policy::Actor;

/// Companies that are looked through for one whose office is open.
const LOOKED_AT: i64 = 60;
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
/// as that is known, and not at night there. `asleep`: how many were passed over because they are closed.
pub(in crate::calls) async fn next(
    app: &App,
    actor: &Actor,
    is_cold: Option<bool>,
    skipped: &[Uuid],
) -> Result<(Option<Next>, usize)> {
    let user = own(actor)?;
    let mut conn = app.db.acquire().await?;
    let waiting = queries::queue(&mut conn, user, is_cold, skipped, LOOKED_AT).await?;
    let mut asleep = 0;
    for company in waiting {
        let found = companies::find(&mut conn, actor, company.id).await?;
        let clock = client_clock(&found, app.now());
        if !is_awake(clock.as_ref()) {
            asleep += 1;
            continue;
        }
        let last = match company.called_at {
            Some(_) => read::of_cards(&mut conn, &[company.id.0], None, None, 1)
                .await?
                .into_iter()
                .next(),
            None => None,
        };
        let next = Next {
            company: found,
            clock,
            last,
        };
        return Ok((Some(next), asleep));
    }
    Ok((None, asleep))
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
