//! Audit events: written by every action, read by the card's history.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

use super::Changes;
use crate::app::App;
use crate::error::Result;
use crate::policy::Actor;
use crate::values::{CompanyId, Origin, UserId, time};

/// One thing somebody did.
#[derive(Debug)]
pub(crate) struct Event<'a> {
    /// The action's verb: `create`, `update`, `transfer`, `delete` …
    pub(crate) verb: &'a str,
    /// What it was done to: `company`, `contact`, `note`, `user` …
    pub(crate) entity: &'a str,
    /// Its id.
    pub(crate) entity_id: String,
    /// On whose card it shows.
    pub(crate) company: Option<CompanyId>,
    /// A Russian sentence for people.
    pub(crate) message: String,
    /// Old and new values.
    pub(crate) changes: Changes,
    /// Where from, when that matters: sign-ins, exports, locks.
    pub(crate) origin: Origin,
    /// Other companies and contacts whose names stand in the message or the values, so that erasing one erases it here.
    pub(crate) mentions: Vec<Uuid>,
}

impl<'a> Event<'a> {
    /// An event without a company or changes.
    pub(crate) fn new(verb: &'a str, entity: &'a str, entity_id: impl ToString, message: impl Into<String>) -> Self {
        let entity_id = entity_id.to_string();
        Self {
            verb,
            entity,
            entity_id,
            company: None,
            message: message.into(),
            changes: Changes::default(),
            origin: Origin::default(),
            mentions: Vec::new(),
        }
    }

    /// Shows the event on a card.
    #[must_use]
    pub(crate) fn on(mut self, company: Option<CompanyId>) -> Self {
        self.company = company;
        self
    }

    /// Adds old and new values.
    #[must_use]
    pub(crate) fn with(mut self, changes: Changes) -> Self {
        self.changes = changes;
        self
    }

    /// Adds where it was done from.
    #[must_use]
    pub(crate) fn from(mut self, origin: &Origin) -> Self {
        self.origin = origin.clone();
        self
    }

    /// Says that the name of another company or contact stands in the event.
    #[must_use]
    pub(crate) fn mentioning(mut self, record: impl Into<Uuid>) -> Self {
        self.mentions.push(record.into());
        self
    }
}

/// Writes an event into the caller's transaction.
pub(crate) async fn record(conn: &mut PgConnection, actor: &Actor, event: Event<'_>) -> Result<()> {
    sqlx::query!(
        "INSERT INTO audit_events (id, actor_id, verb, entity, entity_id, company_id, message, changes, ip, user_agent,
                                   mentions)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        Uuid::now_v7(),
        actor.user.map(|user| user.0),
        event.verb,
        event.entity,
        event.entity_id,
        event.company.map(|company| company.0),
        event.message,
        event.changes.into_json(),
        event.origin.ip,
        event.origin.user_agent,
        &event.mentions,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes many events into the caller's transaction, all at `at`.
pub(crate) async fn record_many(
    conn: &mut PgConnection,
    actor: &Actor,
    events: Vec<Event<'_>>,
    at: DateTime<Utc>,
) -> Result<()> {
    let ids: Vec<Uuid> = events.iter().map(|_| Uuid::now_v7()).collect();
    let verbs: Vec<&str> = events.iter().map(|event| event.verb).collect();
    let entities: Vec<&str> = events.iter().map(|event| event.entity).collect();
    let entity_ids: Vec<&str> = events.iter().map(|event| event.entity_id.as_str()).collect();
    let companies: Vec<Option<Uuid>> = events
        .iter()
        .map(|event| event.company.map(|company| company.0))
        .collect();
    let messages: Vec<&str> = events.iter().map(|event| event.message.as_str()).collect();
    let ips: Vec<&str> = events.iter().map(|event| event.origin.ip.as_str()).collect();
    let agents: Vec<&str> = events.iter().map(|event| event.origin.user_agent.as_str()).collect();
    let changes: Vec<Value> = events.iter().map(|event| event.changes.clone().into_json()).collect();
    // An array of arrays would have to be a rectangle.
    let mentions: Vec<Value> = events.iter().map(|event| json!(event.mentions)).collect();
    sqlx::query!(
        "INSERT INTO audit_events (id, at, actor_id, verb, entity, entity_id, company_id, message, changes, ip,
                                   user_agent, mentions)
         SELECT row.id, $12, $11, row.verb, row.entity, row.entity_id, row.company, row.message, row.changes, row.ip,
                row.agent, ARRAY(SELECT jsonb_array_elements_text(row.mentions)::uuid)
         FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::uuid[], $6::text[], $7::jsonb[], $8::text[],
                     $9::text[], $10::jsonb[])
              AS row (id, verb, entity, entity_id, company, message, changes, ip, agent, mentions)",
        &ids,
        &verbs as &[&str],
        &entities as &[&str],
        &entity_ids as &[&str],
        &companies as &[Option<Uuid>],
        &messages as &[&str],
        &changes,
        &ips as &[&str],
        &agents as &[&str],
        &mentions,
        actor.user.map(|user| user.0),
        at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Erases the words of all events about these companies and contacts, about these notes, and of those that mention them:
/// who did what to what and when is all that stays. Answers how many there were.
pub(crate) async fn erase(conn: &mut PgConnection, records: &[Uuid], notes: &[i64]) -> Result<i64> {
    let erased = sqlx::query_scalar!(r#"SELECT erase_audit_of($1, $2) AS "erased!""#, records, notes)
        .fetch_one(conn)
        .await?;
    Ok(erased)
}

/// An event as a card shows it.
#[derive(Debug)]
pub(crate) struct EventRow {
    /// Key; orders events of one moment.
    pub(crate) id: Uuid,
    /// When.
    pub(crate) at: DateTime<Utc>,
    /// To what: `company`, `contact`, `note` …
    pub(crate) entity: String,
    /// Who, «Имя Фамилия»; empty: the system.
    pub(crate) actor: String,
    /// What was done to what.
    pub(crate) message: String,
    /// Field, old, new.
    pub(crate) changes: Vec<(String, String, String)>,
}

/// The newest events of cards that have become one, or those before one of them; `by`: of one person only; `of_tasks`:
/// those of tasks, else all others. What notes say for themselves is left out. The sub-selects let Postgres keep its plan,
/// which it would make anew for each number of cards and of what else it sees, four times as long as it reads.
pub(crate) async fn of_cards(
    conn: &mut PgConnection,
    (cards, of_tasks): (&[Uuid], bool),
    by: Option<UserId>,
    before: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<EventRow>> {
    let rows = sqlx::query!(
        r#"SELECT event.id AS "id!", event.at AS "at!", event.entity AS "entity!", event.message AS "message!",
                  event.changes AS "changes!", COALESCE(actor.name, '') AS "actor!"
           FROM unnest((SELECT $1::uuid[])) AS card (id)
           CROSS JOIN LATERAL (
               SELECT id, at, entity, message, changes, actor_id
               FROM audit_events
               WHERE company_id = card.id
                 AND ((SELECT $5::bigint) IS NULL OR actor_id = (SELECT $5))
                 AND ((SELECT $2::timestamptz) IS NULL OR (at, id) < ((SELECT $2), (SELECT $3::uuid)))
                 AND (entity = 'task') = (SELECT $6::boolean)
                 AND entity <> 'call'
                 AND NOT (entity = 'note' AND verb IN ('create', 'pin', 'unpin'))
                 AND NOT (entity = 'letter' AND verb = 'create')
               ORDER BY at DESC, id DESC
               LIMIT (SELECT $4::bigint)
           ) AS event
           LEFT JOIN users AS actor ON actor.id = event.actor_id
           ORDER BY event.at DESC, event.id DESC
           LIMIT (SELECT $4::bigint)"#,
        cards,
        before.map(|(at, _)| at),
        before.map(|(_, id)| id),
        limit,
        by.map(|user| user.0),
        of_tasks,
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter();
    Ok(rows
        .map(|row| EventRow {
            id: row.id,
            at: row.at,
            entity: row.entity,
            actor: row.actor,
            message: row.message,
            changes: Changes::read(&row.changes),
        })
        .collect())
}

/// The newest events of one object.
pub(crate) async fn of_object(conn: &mut PgConnection, entity: &str, id: &str, limit: i64) -> Result<Vec<EventRow>> {
    let rows = sqlx::query!(
        r#"SELECT event.id, event.at, event.message, event.changes, COALESCE(actor.name, '') AS "actor!"
           FROM audit_events AS event
           LEFT JOIN users AS actor ON actor.id = event.actor_id
           WHERE event.entity = $1 AND event.entity_id = $2
           ORDER BY event.at DESC, event.id DESC
           LIMIT $3"#,
        entity,
        id,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter().map(|row| EventRow {
        id: row.id,
        at: row.at,
        entity: entity.to_owned(),
        actor: row.actor,
        message: row.message,
        changes: Changes::read(&row.changes),
    });
    Ok(rows.collect())
}

/// «сегодня 12:30, Анна Иванова»: when a record became as it is, and who made it so, as its log knows.
///
/// # Errors
/// Those of the database.
pub(crate) async fn last_saved(
    app: &App,
    (entity, id): (&str, String),
    (at, zone): (DateTime<Utc>, Tz),
) -> Result<String> {
    /// So many of the latest events are looked through for a change.
    const LOOKED: i64 = 10;
    let events = of_object(&mut *app.db.acquire().await?, entity, &id, LOOKED).await?;
    let writer = events.iter().find(|event| !event.changes.is_empty()).or(events.first());
    let writer = writer.map_or("", |event| event.actor.as_str());
    let moment = time::relative(at, app.now(), zone);
    Ok(if writer.is_empty() {
        moment
    } else {
        format!("{moment}, {writer}")
    })
}

/// Those who did something to cards that have become one: key and name.
pub(crate) async fn actors(
    conn: &mut PgConnection,
    (cards, of_tasks): (&[Uuid], bool),
) -> Result<Vec<(UserId, String)>> {
    let rows = sqlx::query!(
        "SELECT DISTINCT actor.id, actor.name
         FROM unnest((SELECT $1::uuid[])) AS card (id)
         JOIN audit_events AS event ON event.company_id = card.id
         JOIN users AS actor ON actor.id = event.actor_id
         WHERE (event.entity = 'task') = (SELECT $2::boolean)
           AND event.entity <> 'call'
           AND NOT (event.entity = 'note' AND event.verb IN ('create', 'pin', 'unpin'))
           AND NOT (event.entity = 'letter' AND event.verb = 'create')",
        cards,
        of_tasks,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (UserId(row.id), row.name)).collect())
}
