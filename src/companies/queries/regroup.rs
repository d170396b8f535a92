//! SQL of companies that have an entry of a dictionary, and of giving them another.

use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

use super::Sql;
use crate::dictionaries::Kind;

/// The column that holds the entry, and its type; `None`: a table of links, or nothing at all.
fn column(kind: Kind) -> Option<(&'static str, &'static str)> {
    match kind {
        Kind::Status => Some(("status_id", "bigint")),
        Kind::Region => Some(("region_id", "bigint")),
        Kind::Contract => Some(("contract_type", "text")),
        Kind::Sphere | Kind::Task => None,
    }
}

/// What is true of the companies that have the entry `$1`.
fn condition(kind: Kind) -> Option<String> {
    match (kind, column(kind)) {
        (_, Some((column, r#type))) => Some(format!("company.{column} = $1::{type}")),
        (Kind::Sphere, None) => {
            Some("company.id IN (SELECT company_id FROM company_sphere_links WHERE sphere_id = $1::bigint)".to_owned())
        }
        (_, None) => None,
    }
}

pub(in crate::companies) async fn count_with(conn: &mut PgConnection, kind: Kind, key: &str) -> Sql<i64> {
    let Some(condition) = condition(kind) else { return Ok(0) };
    let sql = format!("SELECT count(*) FROM companies AS company WHERE {condition}");
    sqlx::query_scalar(AssertSqlSafe(sql)).bind(key).fetch_one(conn).await
}

/// The newest of them, and their names.
pub(in crate::companies) async fn some_with(
    conn: &mut PgConnection,
    kind: Kind,
    key: &str,
    limit: i64,
) -> Sql<Vec<(Uuid, String)>> {
    let Some(condition) = condition(kind) else {
        return Ok(Vec::new());
    };
    let sql = format!(
        "SELECT company.id, company.name FROM companies AS company WHERE {condition}
         ORDER BY company.updated_at DESC, company.id DESC LIMIT $2"
    );
    sqlx::query_as(AssertSqlSafe(sql))
        .bind(key)
        .bind(limit)
        .fetch_all(conn)
        .await
}

/// How many companies have both spheres.
pub(in crate::companies) async fn count_with_both(conn: &mut PgConnection, one: &str, other: &str) -> Sql<i64> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!"
           FROM company_sphere_links AS one
           JOIN company_sphere_links AS other ON other.company_id = one.company_id
           WHERE one.sphere_id = $1::text::bigint AND other.sphere_id = $2::text::bigint"#,
        one,
        other,
    )
    .fetch_one(conn)
    .await
}

/// Locks some companies that have the entry until the transaction ends. By key, as everybody who locks several does.
pub(in crate::companies) async fn lock_with(
    conn: &mut PgConnection,
    kind: Kind,
    key: &str,
    limit: i64,
) -> Sql<Vec<Uuid>> {
    let picked = match (kind, column(kind)) {
        (_, Some((column, r#type))) => format!("SELECT id FROM companies WHERE {column} = $1::{type} LIMIT $2"),
        (Kind::Sphere, None) => {
            "SELECT company_id FROM company_sphere_links WHERE sphere_id = $1::bigint LIMIT $2".to_owned()
        }
        (_, None) => return Ok(Vec::new()),
    };
    let sql = format!("SELECT id FROM companies WHERE id = ANY(ARRAY({picked})) ORDER BY id FOR NO KEY UPDATE");
    sqlx::query_scalar(AssertSqlSafe(sql))
        .bind(key)
        .bind(limit)
        .fetch_all(conn)
        .await
}

/// Gives these companies `new` where they have `old`; what an import wrote reads as the new one too. Times and versions
/// stay: nobody has changed these companies. Answers how many it was.
pub(in crate::companies) async fn replace_entry(
    conn: &mut PgConnection,
    kind: Kind,
    (old, new): (&str, &str),
    ids: &[Uuid],
) -> Sql<u64> {
    let Some((column, r#type)) = column(kind) else {
        return replace_sphere(conn, old, new, ids).await;
    };
    let imported = if kind == Kind::Status {
        ", imported_fields = CASE WHEN imported_fields ->> 'status' = $1
                                  THEN jsonb_set(imported_fields, '{status}', to_jsonb($2::text))
                                  ELSE imported_fields END"
    } else {
        ""
    };
    let sql = format!(
        "UPDATE companies SET {column} = $2::text::{type}{imported}
         WHERE id = ANY($3) AND {column} = $1::text::{type}"
    );
    let done = sqlx::query(AssertSqlSafe(sql))
        .bind(old)
        .bind(new)
        .bind(ids)
        .execute(conn)
        .await?;
    Ok(done.rows_affected())
}

async fn replace_sphere(conn: &mut PgConnection, old: &str, new: &str, ids: &[Uuid]) -> Sql<u64> {
    let moved: Vec<Uuid> = sqlx::query_scalar!(
        "DELETE FROM company_sphere_links
         WHERE sphere_id = $1::text::bigint AND company_id = ANY($2)
         RETURNING company_id",
        old,
        ids,
    )
    .fetch_all(&mut *conn)
    .await?;
    sqlx::query!(
        "INSERT INTO company_sphere_links (company_id, sphere_id)
         SELECT id, $1::text::bigint FROM unnest($2::uuid[]) AS id
         ON CONFLICT DO NOTHING",
        new,
        &moved,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "UPDATE companies
         SET imported_fields = jsonb_set(imported_fields, '{spheres}', to_jsonb(
             (SELECT string_agg(key::text, ',' ORDER BY key)
              FROM (SELECT DISTINCT CASE WHEN key = $1 THEN $2 ELSE key END::bigint AS key
                    FROM unnest(string_to_array(imported_fields ->> 'spheres', ',')) AS key) AS keys)))
         WHERE id = ANY($3) AND $1 = ANY(string_to_array(imported_fields ->> 'spheres', ','))",
        old,
        new,
        &moved,
    )
    .execute(conn)
    .await?;
    Ok(u64::try_from(moved.len()).unwrap_or(u64::MAX))
}
