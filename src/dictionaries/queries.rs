//! SQL of the dictionaries.

use sqlx::PgConnection;

use super::actions::{ContractType, Sphere, Status};

type Sql<T> = Result<T, sqlx::Error>;

pub(super) async fn statuses(conn: &mut PgConnection) -> Sql<Vec<Status>> {
    let rows = sqlx::query_as!(
        Status,
        "SELECT id, name, tone, is_active FROM company_statuses ORDER BY position, name",
    );
    rows.fetch_all(conn).await
}

pub(super) async fn spheres(conn: &mut PgConnection) -> Sql<Vec<Sphere>> {
    let rows = sqlx::query_as!(Sphere, "SELECT id, name, is_active FROM company_spheres ORDER BY name");
    rows.fetch_all(conn).await
}

pub(super) async fn contract_types(conn: &mut PgConnection) -> Sql<Vec<ContractType>> {
    let rows = sqlx::query_as!(
        ContractType,
        "SELECT code, name, is_active FROM contract_types ORDER BY position, name",
    );
    rows.fetch_all(conn).await
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
