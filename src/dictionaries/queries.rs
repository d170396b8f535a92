//! SQL of the dictionaries.

use sqlx::PgConnection;

use super::model::{ContractType, Dictionaries, Sphere, Status};
use crate::values::{SphereId, StatusId};

type Sql<T> = Result<T, sqlx::Error>;

/// All of them in one round trip: every list, card and form asks for them.
pub(super) async fn all(conn: &mut PgConnection) -> Sql<Dictionaries> {
    let rows = sqlx::query!(
        r#"SELECT kind AS "kind!", id AS "id!", code AS "code!", name AS "name!", tone AS "tone!",
                  is_active AS "is_active!"
           FROM (
               SELECT 'status' AS kind, id, '' AS code, name, tone, is_active, position FROM company_statuses
               UNION ALL
               -- Spheres are read by name: there are too many for an order of their own to be of use.
               SELECT 'sphere', id, '', name, '', is_active, 0 FROM company_spheres
               UNION ALL
               SELECT 'contract', 0, code, name, '', is_active, position FROM contract_types
           ) AS entries
           ORDER BY kind, position, name"#,
    )
    .fetch_all(conn)
    .await?;
    let mut all = Dictionaries::default();
    for row in rows {
        let (name, is_active) = (row.name, row.is_active);
        match row.kind.as_str() {
            "status" => all.statuses.push(Status {
                id: StatusId(row.id),
                name,
                tone: row.tone,
                is_active,
            }),
            "sphere" => all.spheres.push(Sphere {
                id: SphereId(row.id),
                name,
                is_active,
            }),
            _ => all.contract_types.push(ContractType {
                code: row.code,
                name,
                is_active,
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
