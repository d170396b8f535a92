//! SQL of the dictionaries.

use sqlx::PgConnection;

use super::entries::Kind;
use super::model::{ContractType, Dictionaries, Region, Sphere, Status, TaskType, Terms};
use crate::values::{Money, RegionId, SphereId, StatusId, TaskTypeId};

/// The detail of an important sphere.
const IMPORTANT: &str = "important";

type Sql<T> = Result<T, sqlx::Error>;

#[expect(clippy::too_many_lines, reason = "one statement and its fields")]
/// All of them in one round trip: every list, card and form asks for them.
pub(super) async fn all(conn: &mut PgConnection) -> Sql<Dictionaries> {
    let rows = sqlx::query!(
        r#"SELECT kind AS "kind!", id AS "id!", code AS "code!", name AS "name!", tone AS "tone!", detail AS "detail!",
                  is_active AS "is_active!", is_annual AS "is_annual!", warning_days AS "warning_days!",
                  danger_days AS "danger_days!", warning_kopecks AS "warning_kopecks!",
                  danger_kopecks AS "danger_kopecks!"
           FROM (
               SELECT 'status' AS kind, id, '' AS code, name, tone, '' AS detail, is_active, position,
                      false AS is_annual, 0 AS warning_days, 0 AS danger_days, 0::bigint AS warning_kopecks,
                      0::bigint AS danger_kopecks
               FROM company_statuses
               UNION ALL
               SELECT 'sphere', id, '', name, tone, CASE WHEN is_important THEN 'important' ELSE '' END, is_active,
                      position, false, 0, 0, 0, 0
               FROM company_spheres
               UNION ALL
               SELECT 'region', id, '', name, tone, time_zone, is_active, position, false, 0, 0, 0, 0 FROM regions
               UNION ALL
               SELECT 'task', id, '', name, tone, '', is_active, position, false, 0, 0, 0, 0 FROM task_types
               UNION ALL
               SELECT 'contract', 0, code, name, tone, '', is_active, position, is_annual, warning_days, danger_days,
                      (warning_amount * 100)::bigint, (danger_amount * 100)::bigint
               FROM contract_types
               UNION ALL
               SELECT 'heir of ' || kind, 0, old_key, old_name, '', new_key, false, 0, false, 0, 0, 0, 0
               FROM dictionary_replacements
           ) AS entries
           ORDER BY kind, position, name"#,
    )
    .fetch_all(conn)
    .await?;
    let mut all = Dictionaries::default();
    for row in rows {
        let (name, tone, is_active) = (row.name, row.tone, row.is_active);
        if let Some(kind) = row.kind.strip_prefix("heir of ") {
            if let Some(kind) = Kind::from_code(kind) {
                all.heirs.add(kind, row.code, name, row.detail);
            }
            continue;
        }
        match row.kind.as_str() {
            "status" => all.statuses.push(Status {
                id: StatusId(row.id),
                name,
                tone,
                is_active,
            }),
            "sphere" => all.spheres.push(Sphere {
                id: SphereId(row.id),
                name,
                tone,
                is_important: row.detail == IMPORTANT,
                is_active,
            }),
            "region" => all.regions.push(Region {
                id: RegionId(row.id),
                name,
                tone,
                time_zone: row.detail,
                is_active,
            }),
            "task" => all.task_types.push(TaskType {
                id: TaskTypeId(row.id),
                name,
                tone,
                is_active,
            }),
            _ => all.contract_types.push(ContractType {
                code: row.code,
                name,
                tone,
                is_active,
                terms: Terms {
                    is_annual: row.is_annual,
                    warning_days: row.warning_days,
                    danger_days: row.danger_days,
                    warning_amount: Money(row.warning_kopecks),
                    danger_amount: Money(row.danger_kopecks),
                },
            }),
        }
    }
    Ok(all)
}

pub(super) async fn add_statuses(conn: &mut PgConnection, names: &[String]) -> Sql<Vec<(String, i64, bool)>> {
    let rows = sqlx::query!(
        r#"WITH added AS (
               INSERT INTO company_statuses (name, position)
               SELECT name, (SELECT COALESCE(max(position), 0) FROM company_statuses) + place
               FROM unnest($1::text[]) WITH ORDINALITY AS wanted (name, place)
               ON CONFLICT (name) DO NOTHING
               RETURNING name, id
           )
           SELECT name AS "name!", id AS "id!", true AS "is_new!" FROM added
           UNION ALL
           -- The snapshot is older than the insert: only names that were there before.
           SELECT name, id, false FROM company_statuses WHERE name = ANY($1)"#,
        names,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.name, row.id, row.is_new)).collect())
}

pub(super) async fn add_spheres(conn: &mut PgConnection, names: &[String]) -> Sql<Vec<(String, i64, bool)>> {
    let rows = sqlx::query!(
        r#"WITH added AS (
               INSERT INTO company_spheres (name, position)
               SELECT name, (SELECT COALESCE(max(position), 0) FROM company_spheres) + place
               FROM unnest($1::text[]) WITH ORDINALITY AS wanted (name, place)
               ON CONFLICT (name) DO NOTHING
               RETURNING name, id
           )
           SELECT name AS "name!", id AS "id!", true AS "is_new!" FROM added
           UNION ALL
           -- The snapshot is older than the insert: only names that were there before.
           SELECT name, id, false FROM company_spheres WHERE name = ANY($1)"#,
        names,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.name, row.id, row.is_new)).collect())
}

/// Of these statuses those that are there, each with its name and whether it is as it was added and no company has it.
pub(super) async fn unused_statuses(conn: &mut PgConnection, ids: &[i64]) -> Sql<Vec<(i64, String, bool)>> {
    let rows = sqlx::query!(
        r#"SELECT id, name,
                  version = 1 AND is_active
                  AND NOT EXISTS (SELECT FROM companies WHERE status_id = entry.id)
                  AND NOT EXISTS (SELECT FROM dictionary_replacements
                                  WHERE kind = 'statuses' AND new_key = entry.id::text) AS "is_unused!"
           FROM company_statuses AS entry
           WHERE id = ANY($1)
           ORDER BY id"#,
        ids,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name, row.is_unused)).collect())
}

/// Of these spheres those that are there, each with its name and whether it is as it was added and no company has it.
pub(super) async fn unused_spheres(conn: &mut PgConnection, ids: &[i64]) -> Sql<Vec<(i64, String, bool)>> {
    let rows = sqlx::query!(
        r#"SELECT id, name,
                  version = 1 AND is_active
                  AND NOT EXISTS (SELECT FROM company_sphere_links WHERE sphere_id = entry.id)
                  AND NOT EXISTS (SELECT FROM dictionary_replacements
                                  WHERE kind = 'spheres' AND new_key = entry.id::text) AS "is_unused!"
           FROM company_spheres AS entry
           WHERE id = ANY($1)
           ORDER BY id"#,
        ids,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name, row.is_unused)).collect())
}
