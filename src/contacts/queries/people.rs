//! The list of all people: by words, by number or by address, the latest changed first.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

use super::Sql;
use crate::contacts::model::{PeopleFilter, Wanted};
use crate::db::{Cursor, Place};
use crate::values::time;

/// A word of more people than this is met often enough on a walk along the list's order; fewer are sorted.
const RARE: i64 = 2_000;
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
    let rare = match &filter.wanted {
        Wanted::Words(query) => rare(conn, query).await?,
        _ => None,
    };
    let mut query = QueryBuilder::new("SELECT id, updated_at FROM contacts WHERE true");
    match (&filter.wanted, rare) {
        (_, Some(ids)) => {
            query.push(" AND id = ANY(").push_bind(ids).push(")");
        }
        (wanted, None) => push_wanted(&mut query, wanted),
    }
    if filter.is_lone {
        query.push(" AND company_id IS NULL");
    }
    if let Place::After(cursor) | Place::Before(cursor) = place {
        push_cursor(&mut query, place, cursor);
    }
    let direction = if place.is_backward() { " ASC" } else { " DESC" };
    query
        .push(" ORDER BY updated_at")
        .push(direction)
        .push(", id")
        .push(direction);
    query.push(" LIMIT ").push_bind(limit + 1);
    // Never a generic plan: the planner sees how frequent the words are.
    let rows: Vec<(Uuid, DateTime<Utc>)> = query.build_query_as().persistent(false).fetch_all(conn).await?;
    let rows = rows.into_iter();
    Ok(rows.map(|(id, updated_at)| Picked { id, updated_at }).collect())
}

/// All people with these words, when they are few.
async fn rare(conn: &mut PgConnection, words: &str) -> Sql<Option<Vec<Uuid>>> {
    let found: Vec<Uuid> = sqlx::query_scalar("SELECT id FROM contacts WHERE search @@ $1::tsquery LIMIT $2")
        .bind(words)
        .bind(RARE + 1)
        .persistent(false)
        .fetch_all(conn)
        .await?;
    let is_rare = i64::try_from(found.len()).is_ok_and(|count| count <= RARE);
    Ok(is_rare.then_some(found))
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

fn push_cursor(query: &mut QueryBuilder<Postgres>, place: &Place, cursor: &Cursor) {
    let sign = if place.is_backward() { ") > (" } else { ") < (" };
    query.push(" AND (updated_at, id").push(sign);
    query.push_bind(time::from_micros(&cursor.key).unwrap_or_default());
    query.push(", ").push_bind(cursor.id).push(")");
}

/// A pattern for what begins so.
fn beginning(text: &str) -> String {
    let quoted = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("{quoted}%")
}
