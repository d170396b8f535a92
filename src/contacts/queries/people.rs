//! The list of all people: by words, by number or by address, the latest changed first.

use std::ops::Range;

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

use super::Sql;
use crate::contacts::model::{PeopleFilter, Wanted};
use crate::db::{Cursor, Place};
use crate::values::time;

/// Rows of the list's order that are looked at to tell common words from others: names are few and each is common.
const PROBED: i64 = 1_024;
/// So many are looked at to guess how frequent a word is that is among those, unless the index has so few that it tells
/// sooner: of the first rows alone a guess may be wrong by half, and then all people with a common name are read.
const SAMPLED: i64 = 4_096;
/// Rows of the order that are walked through at most until a page is full; a power of two.
const WALKED: i64 = 32_768;
/// A word of more people than this is met often enough on a walk along the list's order; fewer are sorted.
const RARE: i64 = 8_000;
/// So many numbers or addresses with one beginning are looked at.
const CHANNELS: i64 = 500;

/// A row of the list, before what it shows is read.
pub(in crate::contacts) struct Picked {
    pub(in crate::contacts) id: Uuid,
    pub(in crate::contacts) updated_at: DateTime<Utc>,
}

/// Rows of a page and one more, in reading order of `place`.
pub(in crate::contacts) async fn list(
    conn: &mut PgConnection,
    filter: &PeopleFilter,
    place: &Place,
    limit: i64,
) -> Sql<Vec<Picked>> {
    if let Wanted::Words(words) = &filter.wanted {
        if let Some(picked) = walk(conn, filter, place, limit).await? {
            return Ok(picked);
        }
        if let Some(picked) = rare(conn, filter, place, (words, limit)).await? {
            return Ok(picked);
        }
    }
    pick(conn, filter, place, (limit, Way::Any)).await
}

/// How the rows of a page are come by.
enum Way {
    /// As the planner likes.
    Any,
    /// Only those among these rows of the list's order.
    Within(Range<i64>),
}

/// Rows of a page that lie near in the list's order; `None`: they do not fill it.
async fn walk(conn: &mut PgConnection, filter: &PeopleFilter, place: &Place, limit: i64) -> Sql<Option<Vec<Picked>>> {
    let count = |picked: &[Picked]| i64::try_from(picked.len()).unwrap_or(i64::MAX);
    let mut picked = pick(conn, filter, place, (limit, Way::Within(0..PROBED))).await?;
    if count(&picked) > limit {
        return Ok(Some(picked));
    }
    let people = estimate(conn).await?;
    // A row on the way costs half of one that the index has found anywhere.
    let in_index = |found: i64, of: i64| found * people / of * 2;
    if in_index(count(&picked), PROBED) < SAMPLED {
        return Ok(None);
    }
    picked.extend(pick(conn, filter, place, (limit, Way::Within(PROBED..SAMPLED))).await?);
    let found = count(&picked);
    if found > limit {
        picked.truncate(usize::try_from(limit).unwrap_or(usize::MAX) + 1);
        return Ok(Some(picked));
    }
    let walked = limit * SAMPLED / found;
    if walked > in_index(found, SAMPLED) || walked > WALKED / 2 {
        return Ok(None);
    }
    // The guess may still be wrong by some; few different limits are few statements to prepare.
    let most = u64::try_from(walked * 2).unwrap_or_default().next_power_of_two();
    let most = i64::try_from(most).unwrap_or(WALKED);
    picked.extend(pick(conn, filter, place, (limit - found, Way::Within(SAMPLED..most))).await?);
    Ok((count(&picked) > limit).then_some(picked))
}

/// About how many people there are, as the planner believes.
async fn estimate(conn: &mut PgConnection) -> Sql<i64> {
    let count =
        sqlx::query_scalar!(r#"SELECT reltuples::bigint AS "count!" FROM pg_class WHERE oid = 'contacts'::regclass"#);
    count.fetch_one(conn).await
}

async fn pick(
    conn: &mut PgConnection,
    filter: &PeopleFilter,
    place: &Place,
    (limit, way): (i64, Way),
) -> Sql<Vec<Picked>> {
    let mut query = QueryBuilder::new("SELECT id, updated_at FROM ");
    let is_walk = matches!(way, Way::Within(_));
    if let Way::Within(stretch) = way {
        query.push("(SELECT * FROM contacts WHERE true");
        push_tail(&mut query, filter, place, (true, stretch.end - stretch.start));
        query.push(" OFFSET ").push(stretch.start);
        query.push(") AS near WHERE true");
    } else {
        query.push("contacts WHERE true");
    }
    push_wanted(&mut query, &filter.wanted);
    push_tail(&mut query, filter, place, (!is_walk, limit + 1));
    // A walk has one plan; else never a generic one: the planner sees how frequent the words are.
    let rows: Vec<(Uuid, DateTime<Utc>)> = query.build_query_as().persistent(is_walk).fetch_all(conn).await?;
    let rows = rows.into_iter();
    Ok(rows.map(|(id, updated_at)| Picked { id, updated_at }).collect())
}

/// How many were found in all, and one of the page, if there is any.
type Counted = (i64, Option<Uuid>, Option<DateTime<Utc>>);

/// Rows of a page when few people have these words; `None`: they are many.
async fn rare(
    conn: &mut PgConnection,
    filter: &PeopleFilter,
    place: &Place,
    (words, limit): (&str, i64),
) -> Sql<Option<Vec<Picked>>> {
    let mut query = QueryBuilder::new(
        "WITH found AS MATERIALIZED (SELECT id, updated_at, company_id FROM contacts WHERE search @@ ",
    );
    query.push_bind(words).push("::tsquery LIMIT ").push(RARE + 1);
    query.push("), counted AS (SELECT count(*) AS count FROM found)");
    query.push(" SELECT count, id, updated_at FROM counted LEFT JOIN LATERAL (SELECT id, updated_at FROM found");
    query.push(" WHERE true");
    push_tail(&mut query, filter, place, (true, limit + 1));
    query.push(") AS page ON true");
    let rows: Vec<Counted> = query.build_query_as().persistent(false).fetch_all(conn).await?;
    if rows.first().is_some_and(|(count, ..)| *count > RARE) {
        return Ok(None);
    }
    let picked = rows.into_iter().filter_map(|(_, id, updated_at)| {
        Some(Picked {
            id: id?,
            updated_at: updated_at?,
        })
    });
    Ok(Some(picked.collect()))
}

/// What every way to a page ends with; `has_cursor`: only what lies beyond the place.
fn push_tail(
    query: &mut QueryBuilder<Postgres>,
    filter: &PeopleFilter,
    place: &Place,
    (has_cursor, limit): (bool, i64),
) {
    if filter.is_lone {
        query.push(" AND company_id IS NULL");
    }
    if let Some(company) = filter.company {
        query.push(" AND company_id = ").push_bind(company.0);
    }
    if let (true, Place::After(cursor) | Place::Before(cursor)) = (has_cursor, place) {
        push_cursor(query, rises(filter, place), cursor);
    }
    let direction = if rises(filter, place) { " ASC" } else { " DESC" };
    query.push(" ORDER BY updated_at").push(direction);
    query.push(", id").push(direction);
    query.push(" LIMIT ").push(limit);
}

/// A query of the keys of all people that the list shows.
pub(crate) fn push_people(query: &mut QueryBuilder<Postgres>, filter: &PeopleFilter) {
    query.push("SELECT id FROM contacts WHERE true");
    push_wanted(query, &filter.wanted);
    if filter.is_lone {
        query.push(" AND company_id IS NULL");
    }
}

fn push_wanted(query: &mut QueryBuilder<Postgres>, wanted: &Wanted) {
    match wanted {
        Wanted::Anybody => {}
        Wanted::Words(words) => {
            query.push(" AND search @@ ").push_bind(words.clone()).push("::tsquery");
        }
        Wanted::Phone(digits) => {
            query.push(" AND id IN (SELECT contact_id FROM contact_phones WHERE digits <> '' AND (digits LIKE ");
            query.push_bind(beginning(digits)).push(" OR right(digits, 7) = ");
            query
                .push_bind(digits.clone())
                .push(") LIMIT ")
                .push_bind(CHANNELS)
                .push(")");
        }
        Wanted::Email(email) => {
            query.push(" AND id IN (SELECT contact_id FROM contact_emails WHERE lower(value) LIKE ");
            query
                .push_bind(beginning(email))
                .push(" LIMIT ")
                .push_bind(CHANNELS)
                .push(")");
        }
    }
}

/// Whether rows are read from the oldest change to the newest.
fn rises(filter: &PeopleFilter, place: &Place) -> bool {
    filter.is_rising != place.is_backward()
}

fn push_cursor(query: &mut QueryBuilder<Postgres>, rises: bool, cursor: &Cursor) {
    let sign = if rises { ") > (" } else { ") < (" };
    query.push(" AND (updated_at, id").push(sign);
    query.push_bind(time::from_micros(&cursor.key).unwrap_or_default());
    query.push(", ").push_bind(cursor.id).push(")");
}

/// A pattern for what begins so.
fn beginning(text: &str) -> String {
    let quoted = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("{quoted}%")
}
