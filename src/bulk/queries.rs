//! SQL of acts on many companies.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, Postgres, QueryBuilder, Row as _};
use uuid::Uuid;

use super::model::{BulkAct, BulkRow, NamedRow, State, Verdict, Wish};
use crate::companies::bulk::Marks;
use crate::db::Place;
use crate::error::Result;
use crate::values::{BranchId, BulkActId, CompanyId, SphereId, StatusId, UserId};

type Sql<T> = std::result::Result<T, sqlx::Error>;

/// An act that is being prepared.
pub(super) struct Draft<'a> {
    pub(super) id: BulkActId,
    pub(super) actor: UserId,
    pub(super) wish: &'a Wish,
    pub(super) title: &'a str,
    pub(super) query: &'a str,
    pub(super) is_whole: bool,
    pub(super) created_at: DateTime<Utc>,
}

pub(super) async fn insert(conn: &mut PgConnection, act: &Draft<'_>, rows: &[BulkRow]) -> Result<()> {
    let wish = serde_json::to_value(act.wish).map_err(anyhow::Error::from)?;
    sqlx::query!(
        "INSERT INTO bulk_acts (id, actor_id, wish, title, query, is_whole, state, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, 'draft', $7)",
        act.id.0,
        act.actor.0,
        wish,
        act.title,
        act.query,
        act.is_whole,
        act.created_at,
    )
    .execute(&mut *conn)
    .await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.company.0).collect();
    let verdicts: Vec<&str> = rows.iter().map(|row| row.verdict.code()).collect();
    let versions: Vec<i32> = rows.iter().map(|row| row.version).collect();
    let key = |get: fn(&Marks) -> Option<i64>| rows.iter().map(|row| get(&row.old)).collect::<Vec<_>>();
    let spheres: Vec<serde_json::Value> = rows.iter().map(|row| serde_json::json!(row.old.spheres)).collect();
    sqlx::query!(
        "INSERT INTO bulk_rows (act_id, company_id, verdict, version, old_responsible, old_branch, old_status,
                                old_spheres)
         SELECT $1, row.id, row.verdict, row.version, row.responsible, row.branch, row.status,
                -- An array of arrays would have to be a rectangle.
                ARRAY(SELECT jsonb_array_elements(row.spheres)::bigint)
         FROM unnest($2::uuid[], $3::text[], $4::int[], $5::bigint[], $6::bigint[], $7::bigint[], $8::jsonb[])
              AS row (id, verdict, version, responsible, branch, status, spheres)",
        act.id.0,
        &ids,
        &verdicts as &[&str],
        &versions,
        &key(|old| old.responsible.map(|id| id.0)) as &[Option<i64>],
        &key(|old| old.branch.map(|id| id.0)) as &[Option<i64>],
        &key(|old| old.status.map(|id| id.0)) as &[Option<i64>],
        &spheres,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// One act. Locked, nobody else does it or takes it back until the transaction ends.
pub(super) async fn find(conn: &mut PgConnection, id: BulkActId, is_locked: bool) -> Result<Option<BulkAct>> {
    if is_locked {
        sqlx::query!("SELECT id FROM bulk_acts WHERE id = $1 FOR UPDATE", id.0)
            .fetch_optional(&mut *conn)
            .await?;
    }
    let row = sqlx::query!(
        r#"SELECT act.actor_id, person.name AS "actor_name!", act.wish, act.title, act.query, act.is_whole, act.state,
                  act.done_at, act.undone_at, undoer.name AS "undone_by?"
           FROM bulk_acts AS act
           JOIN users AS person ON person.id = act.actor_id
           LEFT JOIN users AS undoer ON undoer.id = act.undone_by
           WHERE act.id = $1"#,
        id.0,
    )
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(BulkAct {
        id,
        actor: UserId(row.actor_id),
        actor_name: row.actor_name,
        wish: serde_json::from_value(row.wish).map_err(anyhow::Error::from)?,
        title: row.title,
        query: row.query,
        is_whole: row.is_whole,
        state: State::read(&row.state),
        done_at: row.done_at,
        undone_at: row.undone_at,
        undone_by: row.undone_by.unwrap_or_default(),
    }))
}

/// A done act in the list of acts.
pub(super) struct Summary {
    pub(super) id: BulkActId,
    pub(super) actor_name: String,
    pub(super) title: String,
    pub(super) is_undone: bool,
    pub(super) done_at: DateTime<Utc>,
    /// Companies that it changed, be they as before by now or not.
    pub(super) changed: i64,
}

/// Done acts, newest first: one person's, or everybody's. The first hundred tell enough of the last days.
pub(super) async fn list(conn: &mut PgConnection, of: Option<UserId>) -> Sql<Vec<Summary>> {
    let rows = sqlx::query!(
        r#"SELECT act.id, person.name AS "actor_name!", act.title, act.state, act.done_at AS "done_at!",
                  (SELECT count(*) FROM bulk_rows AS row
                   WHERE row.act_id = act.id AND row.verdict IN ('done', 'undone', 'touched', 'lost')) AS "changed!"
           FROM bulk_acts AS act
           JOIN users AS person ON person.id = act.actor_id
           WHERE act.done_at IS NOT NULL AND ($1::bigint IS NULL OR act.actor_id = $1)
           ORDER BY act.done_at DESC, act.id DESC
           LIMIT 100"#,
        of.map(|id| id.0),
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter();
    Ok(rows
        .map(|row| Summary {
            id: BulkActId(row.id),
            actor_name: row.actor_name,
            title: row.title,
            is_undone: row.state == "undone",
            done_at: row.done_at,
            changed: row.changed,
        })
        .collect())
}

/// How many companies have each verdict.
pub(super) async fn counts(conn: &mut PgConnection, id: BulkActId) -> Sql<Vec<(Verdict, i64)>> {
    let rows = sqlx::query!(
        r#"SELECT verdict, count(*) AS "count!" FROM bulk_rows WHERE act_id = $1 GROUP BY verdict"#,
        id.0,
    )
    .fetch_all(conn)
    .await?;
    let known = |code: &str| Verdict::read(code);
    Ok(rows
        .into_iter()
        .filter_map(|row| Some((known(&row.verdict)?, row.count)))
        .collect())
}

/// The companies of an act with this verdict, in the order of their keys.
pub(super) async fn rows_of(conn: &mut PgConnection, id: BulkActId, verdict: Verdict) -> Sql<Vec<BulkRow>> {
    let rows = sqlx::query!(
        "SELECT company_id, version, old_responsible, old_branch, old_status, old_spheres
         FROM bulk_rows
         WHERE act_id = $1 AND verdict = $2
         ORDER BY company_id",
        id.0,
        verdict.code(),
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter();
    Ok(rows
        .map(|row| BulkRow {
            company: CompanyId(row.company_id),
            verdict,
            version: row.version,
            old: Marks {
                responsible: row.old_responsible.map(UserId),
                branch: row.old_branch.map(BranchId),
                status: row.old_status.map(StatusId),
                spheres: row.old_spheres.into_iter().map(SphereId).collect(),
            },
        })
        .collect())
}

/// One page of an act, and one row more; `None`: whatever became of them. What changes stands before what stays, each by
/// the companies' names.
pub(super) async fn page(
    conn: &mut PgConnection,
    id: BulkActId,
    verdict: Option<Verdict>,
    (place, limit): (&Place, i64),
) -> Sql<Vec<NamedRow>> {
    let mut query = QueryBuilder::<Postgres>::new(
        "SELECT row.company_id, row.verdict, row.version, row.old_responsible, row.old_branch, row.old_status,
                row.old_spheres, company.name, place.key
         FROM bulk_rows AS row
         JOIN companies AS company ON company.id = row.company_id
         CROSS JOIN LATERAL (
             SELECT CASE WHEN row.verdict IN ('ready', 'done', 'undone') THEN '1 ' ELSE '2 ' END || company.name_key
         ) AS place (key)
         WHERE row.act_id = ",
    );
    query.push_bind(id.0);
    if let Some(verdict) = verdict {
        query.push(" AND row.verdict = ").push_bind(verdict.code());
    }
    if let Place::After(cursor) | Place::Before(cursor) = place {
        let sign = if place.is_backward() { ") < (" } else { ") > (" };
        query.push(" AND (place.key, company.id").push(sign);
        query
            .push_bind(cursor.key.clone())
            .push(", ")
            .push_bind(cursor.id)
            .push(")");
    }
    let direction = if place.is_backward() { " DESC" } else { " ASC" };
    query
        .push(" ORDER BY place.key")
        .push(direction)
        .push(", company.id")
        .push(direction);
    query.push(" LIMIT ").push_bind(limit);
    let rows = query.build().fetch_all(conn).await?;
    rows.iter()
        .map(|row| {
            Ok(NamedRow {
                row: BulkRow {
                    company: row.try_get("company_id")?,
                    verdict: Verdict::read(row.try_get("verdict")?).unwrap_or(Verdict::Same),
                    version: row.try_get("version")?,
                    old: Marks {
                        responsible: row.try_get("old_responsible")?,
                        branch: row.try_get("old_branch")?,
                        status: row.try_get("old_status")?,
                        spheres: row
                            .try_get::<Vec<i64>, _>("old_spheres")?
                            .into_iter()
                            .map(SphereId)
                            .collect(),
                    },
                },
                name: row.try_get("name")?,
                key: row.try_get("key")?,
            })
        })
        .collect()
}

/// What became of companies of an act, with the versions that they have by it.
pub(super) async fn settle(conn: &mut PgConnection, id: BulkActId, rows: &[(CompanyId, Verdict, i32)]) -> Sql<()> {
    let ids: Vec<Uuid> = rows.iter().map(|(id, ..)| id.0).collect();
    let verdicts: Vec<&str> = rows.iter().map(|(_, verdict, _)| verdict.code()).collect();
    let versions: Vec<i32> = rows.iter().map(|(.., version)| *version).collect();
    sqlx::query!(
        "UPDATE bulk_rows AS settled
         SET verdict = row.verdict, version = row.version
         FROM unnest($2::uuid[], $3::text[], $4::int[]) AS row (id, verdict, version)
         WHERE settled.act_id = $1 AND settled.company_id = row.id",
        id.0,
        &ids,
        &verdicts as &[&str],
        &versions,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn set_done(conn: &mut PgConnection, id: BulkActId, now: DateTime<Utc>) -> Sql<()> {
    sqlx::query!(
        "UPDATE bulk_acts SET state = 'done', done_at = $2 WHERE id = $1",
        id.0,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn set_undone(conn: &mut PgConnection, id: BulkActId, by: UserId, now: DateTime<Utc>) -> Sql<()> {
    sqlx::query!(
        "UPDATE bulk_acts SET state = 'undone', undone_at = $2, undone_by = $3 WHERE id = $1",
        id.0,
        now,
        by.0,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets acts that were only looked at, and done ones that are long past.
pub(super) async fn forget(conn: &mut PgConnection, drafts: DateTime<Utc>, acts: DateTime<Utc>) -> Sql<u64> {
    let done = sqlx::query!(
        "DELETE FROM bulk_acts WHERE (state = 'draft' AND created_at < $1) OR created_at < $2",
        drafts,
        acts,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
