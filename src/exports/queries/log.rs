//! The log of exports, and how many may run at once.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, Postgres, QueryBuilder, Row as _};

use super::Sql;
use crate::db::Place;
use crate::exports::model::{Format, Logged, MOST_AT_ONCE, State, What, Wish};
use crate::policy::Actor;
use crate::values::{Origin, UserId};

/// Session locks of running exports: each holds one of the turns…
const TURNS: i32 = 0x4558_0001;
/// … and one on its number, by which others see that it is alive.
const ALIVE: i32 = 0x4558_0002;

/// Takes a turn until the session ends; `false`: all are taken.
pub(in crate::exports) async fn take_slot(conn: &mut PgConnection) -> Sql<bool> {
    for turn in 1..=MOST_AT_ONCE {
        let is_taken = sqlx::query_scalar!(r#"SELECT pg_try_advisory_lock($1, $2) AS "is_taken!""#, TURNS, turn)
            .fetch_one(&mut *conn)
            .await?;
        if is_taken {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Says that the export of this number is alive as long as the session is.
pub(in crate::exports) async fn hold(conn: &mut PgConnection, number: i64) -> Sql<()> {
    let number = i32::try_from(number % i64::from(i32::MAX)).unwrap_or_default();
    sqlx::query!("SELECT pg_advisory_lock($1, $2)", ALIVE, number)
        .execute(conn)
        .await?;
    Ok(())
}

/// Enters an export that begins; answers its number.
pub(in crate::exports) async fn begin(
    conn: &mut PgConnection,
    (actor, origin): (&Actor, &Origin),
    wish: &Wish,
    (filter, expected): (&str, i64),
    now: DateTime<Utc>,
) -> Sql<i64> {
    sqlx::query_scalar!(
        "INSERT INTO exports (user_id, what, format, list, query, filter, reason, state, expected, ip, user_agent,
                              started_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'running', $8, $9, $10, $11) RETURNING id",
        actor.user.map(|user| user.0),
        wish.what.code(),
        wish.format.code(),
        wish.list.code(),
        wish.query,
        filter,
        wish.reason,
        expected,
        origin.ip,
        origin.user_agent,
        now,
    )
    .fetch_one(conn)
    .await
}

/// Enters a try that was refused; answers its number.
pub(in crate::exports) async fn refuse(
    conn: &mut PgConnection,
    (actor, origin): (&Actor, &Origin),
    wish: &Wish,
    now: DateTime<Utc>,
) -> Sql<i64> {
    sqlx::query_scalar!(
        "INSERT INTO exports (user_id, what, format, list, query, reason, state, ip, user_agent, started_at, finished_at)
         VALUES ($1, $2, $3, $4, $5, left($6, 300), 'refused', $7, $8, $9, $9) RETURNING id",
        actor.user.map(|user| user.0),
        wish.what.code(),
        wish.format.code(),
        wish.list.code(),
        wish.query,
        wish.reason,
        origin.ip,
        origin.user_agent,
        now,
    )
    .fetch_one(conn)
    .await
}

/// Says how an export ended.
pub(in crate::exports) async fn finish(
    conn: &mut PgConnection,
    number: i64,
    (state, failure): (State, &str),
    (rows, bytes): (i64, i64),
    now: DateTime<Utc>,
) -> Sql<()> {
    sqlx::query!(
        "UPDATE exports SET state = $2, failure = $3, rows = $4, bytes = $5, finished_at = $6 WHERE id = $1",
        number,
        state.code(),
        failure,
        rows,
        bytes,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends exports whose process is gone.
pub(in crate::exports) async fn bury(conn: &mut PgConnection, failure: &str, now: DateTime<Utc>) -> Sql<()> {
    let running = sqlx::query_scalar!(
        "SELECT id FROM exports WHERE state = 'running' AND started_at < $1::timestamptz - interval '1 minute'",
        now,
    );
    for number in running.fetch_all(&mut *conn).await? {
        sqlx::query!(
            "UPDATE exports SET state = 'broken', failure = $2, finished_at = $3
             WHERE id = $1 AND state = 'running' AND pg_try_advisory_xact_lock($4, ($1 % 2147483647)::int)",
            number,
            failure,
            now,
            ALIVE,
        )
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// Which exports the log shows; what is `None` narrows nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LogFilter {
    pub(crate) person: Option<UserId>,
    pub(crate) state: Option<State>,
    pub(crate) since: Option<DateTime<Utc>>,
    pub(crate) until: Option<DateTime<Utc>>,
}

/// Lines of the log, the newest first, in reading order of `place`.
pub(in crate::exports) async fn log(
    conn: &mut PgConnection,
    filter: &LogFilter,
    place: &Place,
    limit: i64,
) -> Sql<Vec<Logged>> {
    let mut query = QueryBuilder::new(
        "SELECT export.*, COALESCE(person.name, '') AS person
         FROM exports AS export LEFT JOIN users AS person ON person.id = export.user_id WHERE true",
    );
    if let Some(person) = filter.person {
        query.push(" AND export.user_id = ").push_bind(person.0);
    }
    if let Some(state) = filter.state {
        query.push(" AND export.state = ").push_bind(state.code());
    }
    if let Some(since) = filter.since {
        query.push(" AND export.started_at >= ").push_bind(since);
    }
    if let Some(until) = filter.until {
        query.push(" AND export.started_at < ").push_bind(until);
    }
    push_place(&mut query, place);
    query.push(" LIMIT ").push_bind(limit);
    let rows = query.build().persistent(false).fetch_all(conn).await?;
    rows.into_iter()
        .map(|row| {
            let started_at: DateTime<Utc> = row.try_get("started_at")?;
            let code = |name| row.try_get::<String, _>(name);
            Ok(Logged {
                id: row.try_get("id")?,
                person: row.try_get("person")?,
                // The columns' CHECKs allow no other codes.
                what: What::from_code(&code("what")?).unwrap_or(What::Both),
                format: Format::from_code(&code("format")?).unwrap_or(Format::Csv),
                filter: row.try_get("filter")?,
                reason: row.try_get("reason")?,
                state: State::from_code(&code("state")?).unwrap_or(State::Broken),
                failure: row.try_get("failure")?,
                expected: row.try_get("expected")?,
                rows: row.try_get("rows")?,
                bytes: row.try_get("bytes")?,
                ip: row.try_get("ip")?,
                user_agent: row.try_get("user_agent")?,
                started_at,
                took: row
                    .try_get::<Option<DateTime<Utc>>, _>("finished_at")?
                    .map(|ended| ended - started_at),
            })
        })
        .collect()
}

fn push_place(query: &mut QueryBuilder<Postgres>, place: &Place) {
    if let Place::After(cursor) | Place::Before(cursor) = place {
        query.push(if place.is_backward() {
            " AND export.id > "
        } else {
            " AND export.id < "
        });
        query.push_bind(cursor.key.parse::<i64>().unwrap_or_default());
    }
    query.push(if place.is_backward() {
        " ORDER BY export.id"
    } else {
        " ORDER BY export.id DESC"
    });
}
