//! What cards of companies take over from each other when they become one.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use sqlx::PgConnection;
use uuid::Uuid;

use super::Sql;
use super::heads::lock_heads;
use crate::companies::bulk::Retold;
use crate::companies::model::{CompanyEmail, CompanyPhone};
use crate::values::{BranchId, CompanyId, UserId};

/// Locks these companies and those right under them against everybody; imports and whoever chooses head organisations
/// wait, too. Answers which of these there are.
pub(in crate::companies) async fn lock_together(conn: &mut PgConnection, ids: &[Uuid]) -> Sql<Vec<CompanyId>> {
    sqlx::query!("SELECT pg_advisory_xact_lock_shared($1)", crate::companies::IMPORT_LOCK)
        .execute(&mut *conn)
        .await?;
    lock_heads(conn).await?;
    // One order for everybody: no two can wait for each other.
    let rows = sqlx::query_scalar!(
        "SELECT id FROM companies WHERE id = ANY($1) OR head_company_id = ANY($1) ORDER BY id FOR UPDATE",
        ids,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().filter(|id| ids.contains(id)).map(CompanyId).collect())
}

/// The whole row of a company but for its words.
pub(in crate::companies) async fn image(conn: &mut PgConnection, id: CompanyId) -> Sql<Option<Map<String, Value>>> {
    let row = sqlx::query_scalar!(
        r#"SELECT to_jsonb(company) - 'search' AS "row!" FROM companies AS company WHERE id = $1"#,
        id.0,
    );
    let row = row.fetch_optional(conn).await?;
    Ok(row.and_then(|row| row.as_object().cloned()))
}

/// Whose a company is and what stands above it.
pub(in crate::companies) async fn set_owner(
    conn: &mut PgConnection,
    id: CompanyId,
    (responsible, branch): (Option<UserId>, Option<BranchId>),
    head: Option<CompanyId>,
) -> Sql<()> {
    sqlx::query!(
        "UPDATE companies SET responsible_id = $2, branch_id = $3, head_company_id = $4 WHERE id = $1",
        id.0,
        responsible.map(|id| id.0),
        branch.map(|id| id.0),
        head.map(|id| id.0),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// «Не звонить» of another company becomes this one's, when it has none.
pub(in crate::companies) async fn take_do_not_call(conn: &mut PgConnection, id: CompanyId, from: &[Uuid]) -> Sql<()> {
    sqlx::query!(
        "UPDATE companies AS company
         SET do_not_call_at = other.do_not_call_at, do_not_call_by = other.do_not_call_by,
             do_not_call_reason = other.do_not_call_reason
         FROM (SELECT do_not_call_at, do_not_call_by, do_not_call_reason
               FROM companies WHERE id = ANY($2) AND do_not_call_at IS NOT NULL
               ORDER BY do_not_call_at DESC LIMIT 1) AS other
         WHERE company.id = $1 AND company.do_not_call_at IS NULL",
        id.0,
        from,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A company's number in amoCRM, and what imports wrote into it.
pub(in crate::companies) async fn import_memory(
    conn: &mut PgConnection,
    id: CompanyId,
) -> Sql<(Option<i64>, Option<Value>)> {
    let row = sqlx::query!(
        "SELECT amocrm_company_id, imported_fields FROM companies WHERE id = $1",
        id.0
    )
    .fetch_one(conn)
    .await?;
    Ok((row.amocrm_company_id, row.imported_fields))
}

pub(in crate::companies) async fn set_import_memory(
    conn: &mut PgConnection,
    id: CompanyId,
    (amo_id, imported): (Option<i64>, Option<&Value>),
) -> Sql<()> {
    sqlx::query!(
        "UPDATE companies SET amocrm_company_id = $2, imported_fields = $3 WHERE id = $1",
        id.0,
        amo_id,
        imported,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Adds phones and e-mails behind those that a company has.
pub(in crate::companies) async fn add_channels(
    conn: &mut PgConnection,
    id: CompanyId,
    phones: &[CompanyPhone],
    emails: &[CompanyEmail],
) -> Sql<()> {
    for row in phones {
        sqlx::query!(
            "INSERT INTO company_phones (company_id, position, e164, extension, raw, digits, comment)
             VALUES ($1, (SELECT COALESCE(max(position) + 1, 0) FROM company_phones WHERE company_id = $1),
                     $2, $3, $4, $5, $6)",
            id.0,
            row.phone.e164,
            row.phone.extension,
            row.phone.raw,
            row.phone.digits,
            row.comment,
        )
        .execute(&mut *conn)
        .await?;
    }
    for row in emails {
        sqlx::query!(
            "INSERT INTO company_emails (company_id, position, value, comment)
             VALUES ($1, (SELECT COALESCE(max(position) + 1, 0) FROM company_emails WHERE company_id = $1), $2, $3)",
            id.0,
            row.value.as_str(),
            row.comment,
        )
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// Says something else of a phone or an e-mail; answers whether that was there with the former comment.
pub(in crate::companies) async fn retell(conn: &mut PgConnection, id: CompanyId, retold: &Retold) -> Sql<bool> {
    let done = if retold.is_phone {
        sqlx::query!(
            "UPDATE company_phones SET comment = $4
             WHERE id = (SELECT min(id) FROM company_phones WHERE company_id = $1 AND raw = $2 AND comment = $3)",
            id.0,
            retold.typed,
            retold.old,
            retold.new,
        )
        .execute(conn)
        .await?
    } else {
        sqlx::query!(
            "UPDATE company_emails SET comment = $4
             WHERE id = (SELECT min(id) FROM company_emails WHERE company_id = $1 AND value = $2 AND comment = $3)",
            id.0,
            retold.typed,
            retold.old,
            retold.new,
        )
        .execute(conn)
        .await?
    };
    Ok(done.rows_affected() == 1)
}

/// Takes away one phone that is still as it was added; answers whether it was there.
pub(in crate::companies) async fn drop_phone(conn: &mut PgConnection, id: CompanyId, row: &CompanyPhone) -> Sql<bool> {
    let done = sqlx::query!(
        "DELETE FROM company_phones
         WHERE id = (SELECT max(id) FROM company_phones
                     WHERE company_id = $1 AND e164 = $2 AND extension = $3 AND raw = $4 AND comment = $5)",
        id.0,
        row.phone.e164,
        row.phone.extension,
        row.phone.raw,
        row.comment,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// As [`drop_phone`].
pub(in crate::companies) async fn drop_email(conn: &mut PgConnection, id: CompanyId, row: &CompanyEmail) -> Sql<bool> {
    let done = sqlx::query!(
        "DELETE FROM company_emails
         WHERE id = (SELECT max(id) FROM company_emails WHERE company_id = $1 AND value = $2 AND comment = $3)",
        id.0,
        row.value.as_str(),
        row.comment,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Gives a company the spheres of others; answers those that it had not.
pub(in crate::companies) async fn add_spheres(conn: &mut PgConnection, id: CompanyId, from: &[Uuid]) -> Sql<Vec<i64>> {
    sqlx::query_scalar!(
        "INSERT INTO company_sphere_links (company_id, sphere_id)
         SELECT DISTINCT $1::uuid, sphere_id FROM company_sphere_links WHERE company_id = ANY($2)
         ON CONFLICT (company_id, sphere_id) DO NOTHING
         RETURNING sphere_id",
        id.0,
        from,
    )
    .fetch_all(conn)
    .await
}

pub(in crate::companies) async fn drop_spheres(conn: &mut PgConnection, id: CompanyId, spheres: &[i64]) -> Sql<()> {
    sqlx::query!(
        "DELETE FROM company_sphere_links WHERE company_id = $1 AND sphere_id = ANY($2)",
        id.0,
        spheres,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Puts the companies right under one under another, but for these. Answers them, and when each was updated before.
pub(in crate::companies) async fn adopt(
    conn: &mut PgConnection,
    (from, to): (CompanyId, CompanyId),
    but: &[Uuid],
    now: DateTime<Utc>,
) -> Sql<Vec<(Uuid, DateTime<Utc>)>> {
    let rows = sqlx::query!(
        "UPDATE companies AS company
         SET head_company_id = $2, version = company.version + 1, updated_at = $4
         FROM (SELECT id, updated_at FROM companies WHERE head_company_id = $1 AND id <> ALL($3)) AS before
         WHERE company.id = before.id
         RETURNING company.id, before.updated_at",
        from.0,
        to.0,
        but,
        now,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.updated_at)).collect())
}

/// Puts companies that were adopted at `adopted_at` back under the head they had, those that nobody has put elsewhere
/// since; what nobody has changed since is as old as before. Answers which.
pub(in crate::companies) async fn give_back(
    conn: &mut PgConnection,
    (from, to): (CompanyId, CompanyId),
    children: &HashMap<Uuid, DateTime<Utc>>,
    (adopted_at, now): (DateTime<Utc>, DateTime<Utc>),
) -> Sql<Vec<Uuid>> {
    let (ids, before): (Vec<Uuid>, Vec<DateTime<Utc>>) = children.iter().unzip();
    sqlx::query_scalar!(
        "UPDATE companies AS company
         SET head_company_id = $2, version = company.version + 1,
             updated_at = CASE WHEN company.updated_at = $5 THEN child.updated_at ELSE $6 END
         FROM unnest($3::uuid[], $4::timestamptz[]) AS child (id, updated_at)
         WHERE company.id = child.id AND company.head_company_id = $1
         RETURNING company.id",
        from.0,
        to.0,
        &ids,
        &before,
        adopted_at,
        now,
    )
    .fetch_all(conn)
    .await
}

pub(in crate::companies) async fn touch_words(conn: &mut PgConnection, id: CompanyId) -> Sql<()> {
    sqlx::query!(
        "UPDATE companies SET search = company_search(companies) WHERE id = $1",
        id.0
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(in crate::companies) async fn grow(conn: &mut PgConnection, id: CompanyId) -> Sql<()> {
    sqlx::query!("UPDATE companies SET version = version + 1 WHERE id = $1", id.0)
        .execute(conn)
        .await?;
    Ok(())
}
