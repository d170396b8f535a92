//! Pairs that were said to be different companies.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::Sql;
use crate::db::Place;
use crate::duplicates::model::Denial;
use crate::policy::Actor;
use crate::values::{CompanyId, time};

/// Remembers these pairs, each the lesser key first, and forgets that they looked alike.
pub(in crate::duplicates) async fn deny(
    conn: &mut PgConnection,
    actor: &Actor,
    pairs: &[(Uuid, Uuid)],
    now: DateTime<Utc>,
) -> Sql<()> {
    let (one, two): (Vec<Uuid>, Vec<Uuid>) = pairs.iter().copied().unzip();
    sqlx::query!(
        "INSERT INTO duplicate_denials (one, two, denied_by, denied_at)
         SELECT pair.one, pair.two, $3, $4 FROM unnest($1::uuid[], $2::uuid[]) AS pair (one, two)
         ON CONFLICT (one, two) DO NOTHING",
        &one,
        &two,
        actor.user.map(|user| user.0),
        now,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "DELETE FROM duplicate_pairs AS known
         USING unnest($1::uuid[], $2::uuid[]) AS pair (one, two)
         WHERE known.one = pair.one AND known.two = pair.two",
        &one,
        &two,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets that a pair was denied; answers whether it was.
pub(in crate::duplicates) async fn allow(conn: &mut PgConnection, one: Uuid, two: Uuid) -> Sql<bool> {
    let done = sqlx::query!("DELETE FROM duplicate_denials WHERE one = $1 AND two = $2", one, two)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// A page of denied pairs of living companies, the newest first, `limit + 1` rows.
pub(in crate::duplicates) async fn denials(conn: &mut PgConnection, place: &Place, limit: i64) -> Sql<Vec<Denial>> {
    let (at, one, two) = match place {
        Place::First => (None, None, None),
        Place::After(cursor) | Place::Before(cursor) => {
            let (at, one) = cursor.key.split_once('.').unwrap_or_default();
            (time::from_micros(at), one.parse::<Uuid>().ok(), Some(cursor.id))
        }
    };
    let rows = sqlx::query!(
        r#"SELECT one.id AS one, one.name AS one_name, two.id AS two, two.name AS two_name,
                  COALESCE(person.name, '') AS "denied_by!", denial.denied_at
           FROM duplicate_denials AS denial
           JOIN companies AS one ON one.id = denial.one
           JOIN companies AS two ON two.id = denial.two
           LEFT JOIN users AS person ON person.id = denial.denied_by
           WHERE $1::timestamptz IS NULL
              OR CASE WHEN $4 THEN (denial.denied_at, denial.one, denial.two) > ($1, $2, $3)
                      ELSE (denial.denied_at, denial.one, denial.two) < ($1, $2, $3) END
           ORDER BY CASE WHEN $4 THEN denial.denied_at END, CASE WHEN $4 THEN denial.one END,
                    CASE WHEN $4 THEN denial.two END, denial.denied_at DESC, denial.one DESC, denial.two DESC
           LIMIT $5"#,
        at,
        one,
        two,
        place.is_backward(),
        limit + 1,
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter();
    Ok(rows
        .map(|row| Denial {
            one: (CompanyId(row.one), row.one_name),
            two: (CompanyId(row.two), row.two_name),
            denied_by: row.denied_by,
            denied_at: row.denied_at,
        })
        .collect())
}
/// Whoever is none of the merged companies is none of the kept one either. Answers the pairs that are new by it.
pub(in crate::duplicates) async fn carry(
    conn: &mut PgConnection,
    merged: &[Uuid],
    kept: Uuid,
) -> Sql<Vec<(Uuid, Uuid)>> {
    let rows = sqlx::query!(
        r#"INSERT INTO duplicate_denials (one, two, denied_by, denied_at)
           SELECT DISTINCT ON (LEAST(other, $2), GREATEST(other, $2))
                  LEAST(other, $2), GREATEST(other, $2), denied_by, denied_at
           FROM (SELECT CASE WHEN one = ANY($1) THEN two ELSE one END AS other, denied_by, denied_at
                 FROM duplicate_denials WHERE one = ANY($1) OR two = ANY($1)) AS denial
           WHERE other <> $2 AND other <> ALL($1)
           ON CONFLICT (one, two) DO NOTHING
           RETURNING one, two"#,
        merged,
        kept,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.one, row.two)).collect())
}

/// Takes back what [`carry`] added.
pub(in crate::duplicates) async fn uncarry(conn: &mut PgConnection, pairs: &[(Uuid, Uuid)]) -> Sql<()> {
    for (one, two) in pairs {
        allow(conn, *one, *two).await?;
    }
    Ok(())
}
