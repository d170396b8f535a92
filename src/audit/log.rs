//! The whole log, for administrators: filtered, by pages, and as a file.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

use super::{Changes, Event, record};
use crate::app::App;
use crate::db::{Cursor, PAGE, Page, Place};
use crate::error::Result;
use crate::policy::{Action, Actor, Ties, check};
use crate::values::{Origin, UserId, time};

/// Which events are asked for; what is `None` or empty narrows nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LogFilter {
    /// Whose acts.
    pub(crate) actor: Option<By>,
    /// A kind of object.
    pub(crate) entity: String,
    /// One object of that kind.
    pub(crate) entity_id: String,
    /// A kind of act.
    pub(crate) verb: String,
    /// Kinds of acts, any of them; empty: all.
    pub(crate) verbs: &'static [&'static str],
    /// From this address.
    pub(crate) ip: String,
    /// Not before.
    pub(crate) since: Option<DateTime<Utc>>,
    /// Before.
    pub(crate) until: Option<DateTime<Utc>>,
}

/// Who acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    /// A person.
    Person(UserId),
    /// Jobs, commands, and those who could not sign in.
    System,
}

/// An event of the log.
#[derive(Debug)]
pub(crate) struct LogRow {
    /// Key.
    pub(crate) id: Uuid,
    /// When.
    pub(crate) at: DateTime<Utc>,
    /// Who, «Имя Фамилия»; empty: the system.
    pub(crate) actor: String,
    /// What was done.
    pub(crate) verb: String,
    /// To what kind of object.
    pub(crate) entity: String,
    /// To which one.
    pub(crate) entity_id: String,
    /// A Russian sentence.
    pub(crate) message: String,
    /// Field, old, new.
    pub(crate) changes: Vec<(String, String, String)>,
    /// The address it was done from.
    pub(crate) ip: String,
    /// The browser it was done from.
    pub(crate) user_agent: String,
}

impl LogRow {
    fn cursor(&self) -> Cursor {
        Cursor {
            key: self.at.timestamp_micros().to_string(),
            id: self.id,
        }
    }
}

/// One page of the log, newest first.
///
/// # Errors
/// [`crate::error::Error::Denied`].
pub(crate) async fn log(app: &App, actor: &Actor, filter: &LogFilter, place: &Place) -> Result<Page<LogRow>> {
    check(actor, Action::ViewAudit, Ties::default())?;
    let limit = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let mut conn = app.db.acquire().await?;
    let rows = select(&mut conn, filter, place, PAGE + 1).await?;
    Ok(place.page(rows, limit, LogRow::cursor))
}

/// Kinds of acts and kinds of objects that the log knows.
pub(crate) async fn log_kinds(app: &App, actor: &Actor) -> Result<(Vec<String>, Vec<String>)> {
    check(actor, Action::ViewAudit, Ties::default())?;
    // From each kind the index is asked for the next one: a few look-ups, however long the log is.
    let row = sqlx::query!(
        r#"WITH RECURSIVE verbs (verb) AS (
               SELECT min(verb) FROM audit_events
               UNION ALL
               SELECT (SELECT min(verb) FROM audit_events WHERE verb > verbs.verb) FROM verbs WHERE verb IS NOT NULL
           ), entities (entity) AS (
               SELECT min(entity) FROM audit_events
               UNION ALL
               SELECT (SELECT min(entity) FROM audit_events WHERE entity > entities.entity)
               FROM entities WHERE entity IS NOT NULL
           )
           SELECT ARRAY(SELECT verb FROM verbs WHERE verb IS NOT NULL) AS "verbs!",
                  ARRAY(SELECT entity FROM entities WHERE entity IS NOT NULL) AS "entities!""#,
    )
    .fetch_one(&app.db)
    .await?;
    Ok((row.verbs, row.entities))
}

/// Notes that somebody takes the log away as a file: before its first byte.
///
/// # Errors
/// [`crate::error::Error::Denied`].
pub(crate) async fn begin_export(app: &App, actor: &Actor, origin: &Origin, filter: &LogFilter) -> Result<()> {
    check(actor, Action::ViewAudit, Ties::default())?;
    let mut changes = Changes::default();
    let moment = |at: Option<DateTime<Utc>>| at.map(|at| at.to_rfc3339()).unwrap_or_default();
    let by = match filter.actor {
        Some(By::Person(id)) => id.to_string(),
        Some(By::System) => "system".to_owned(),
        None => String::new(),
    };
    for (field, value) in [
        ("actor", &by),
        ("entity", &filter.entity),
        ("entity_id", &filter.entity_id),
        ("verb", &filter.verb),
        ("since", &moment(filter.since)),
        ("until", &moment(filter.until)),
    ] {
        changes.compare(field, "", value);
    }
    let mut conn = app.db.acquire().await?;
    let event = Event::new("export", "audit", "-", "Выгружен журнал действий");
    record(&mut conn, actor, event.with(changes).from(origin)).await
}

/// Rows of the file after one of them, newest first; empty: the end.
pub(crate) async fn exported(
    app: &App,
    actor: &Actor,
    filter: &LogFilter,
    last: Option<(DateTime<Utc>, Uuid)>,
) -> Result<Vec<LogRow>> {
    const BATCH: i64 = 2_000;
    check(actor, Action::ViewAudit, Ties::default())?;
    let place = last.map_or(Place::First, |(at, id)| {
        let key = at.timestamp_micros().to_string();
        Place::After(Cursor { key, id })
    });
    let mut conn = app.db.acquire().await?;
    select(&mut conn, filter, &place, BATCH).await
}

#[derive(sqlx::FromRow)]
struct Selected {
    id: Uuid,
    at: DateTime<Utc>,
    actor: String,
    verb: String,
    entity: String,
    entity_id: String,
    message: String,
    changes: serde_json::Value,
    ip: String,
    user_agent: String,
}

/// The query: only filters that are set, so that the planner sees which index serves.
fn query(filter: &LogFilter, place: &Place, limit: i64) -> QueryBuilder<Postgres> {
    let mut sql = QueryBuilder::new(
        "SELECT event.id, event.at, COALESCE(person.name, '') AS actor, event.verb, event.entity, event.entity_id,
                event.message, event.changes, event.ip, event.user_agent
         FROM (SELECT id, at, actor_id, verb, entity, entity_id, message, changes, ip, user_agent
               FROM audit_events WHERE true",
    );
    match filter.actor {
        Some(By::Person(id)) => {
            sql.push(" AND actor_id = ").push_bind(id.0);
        }
        Some(By::System) => {
            sql.push(" AND actor_id IS NULL");
        }
        None => (),
    }
    for (column, value) in [
        (" AND entity = ", &filter.entity),
        (" AND entity_id = ", &filter.entity_id),
        (" AND verb = ", &filter.verb),
        (" AND ip = ", &filter.ip),
    ] {
        if !value.is_empty() {
            sql.push(column).push_bind(value.clone());
        }
    }
    if !filter.verbs.is_empty() {
        sql.push(" AND verb = ANY(").push_bind(filter.verbs).push(")");
    }
    if let Some(since) = filter.since {
        sql.push(" AND at >= ").push_bind(since);
    }
    if let Some(until) = filter.until {
        sql.push(" AND at < ").push_bind(until);
    }
    let (from, sign) = match place {
        Place::First => (None, ""),
        Place::After(cursor) => (Some(cursor), " < ("),
        Place::Before(cursor) => (Some(cursor), " > ("),
    };
    if let Some((at, id)) = from.and_then(|cursor| time::from_micros(&cursor.key).map(|at| (at, cursor.id))) {
        sql.push(" AND (at, id)")
            .push(sign)
            .push_bind(at)
            .push(", ")
            .push_bind(id)
            .push(")");
    }
    let order = if place.is_backward() { "ASC" } else { "DESC" };
    sql.push(format!(" ORDER BY at {order}, id {order} LIMIT "))
        .push_bind(limit);
    sql.push(") AS event LEFT JOIN users AS person ON person.id = event.actor_id");
    sql.push(format!(" ORDER BY event.at {order}, event.id {order}"));
    sql
}

async fn select(conn: &mut PgConnection, filter: &LogFilter, place: &Place, limit: i64) -> Result<Vec<LogRow>> {
    let rows: Vec<Selected> = query(filter, place, limit).build_query_as().fetch_all(conn).await?;
    let row = |row: Selected| LogRow {
        id: row.id,
        at: row.at,
        actor: row.actor,
        verb: row.verb,
        entity: row.entity,
        entity_id: row.entity_id,
        message: row.message,
        changes: Changes::read(&row.changes),
        ip: row.ip,
        user_agent: row.user_agent,
    };
    Ok(rows.into_iter().map(row).collect())
}
