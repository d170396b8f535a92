//! What a merge asks of other rooms' tables.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::Sql;
use crate::values::{CompanyId, ContactId};

/// How many contacts, notes, tasks and letters these companies have.
pub(in crate::duplicates) async fn contents(
    conn: &mut PgConnection,
    ids: &[CompanyId],
) -> Sql<BTreeMap<CompanyId, [i64; 4]>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"SELECT card.id AS "id!", (SELECT count(*) FROM contacts WHERE company_id = card.id) AS "contacts!",
                  (SELECT count(*) FROM notes WHERE company_id = card.id) AS "notes!",
                  (SELECT count(*) FROM tasks WHERE company_id = card.id) AS "tasks!",
                  (SELECT count(*) FROM letters WHERE company_id = card.id) AS "letters!"
           FROM unnest($1::uuid[]) AS card (id)"#,
        &ids,
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter();
    Ok(rows
        .map(|row| (CompanyId(row.id), [row.contacts, row.notes, row.tasks, row.letters]))
        .collect())
}

/// Each of these companies with its number in amoCRM, in this order.
pub(in crate::duplicates) async fn amo_ids(
    conn: &mut PgConnection,
    ids: &[CompanyId],
) -> Sql<Vec<(Uuid, Option<i64>)>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"SELECT company.id, company.amocrm_company_id FROM unnest($1::uuid[]) WITH ORDINALITY AS card (id, place)
           JOIN companies AS company ON company.id = card.id ORDER BY card.place"#,
        &ids,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.amocrm_company_id)).collect())
}

/// As [`amo_ids`].
pub(in crate::duplicates) async fn contact_amo_ids(
    conn: &mut PgConnection,
    ids: &[Uuid],
) -> Sql<Vec<(Uuid, Option<i64>)>> {
    let rows = sqlx::query!(
        r#"SELECT contact.id, contact.amocrm_contact_id FROM unnest($1::uuid[]) WITH ORDINALITY AS card (id, place)
           JOIN contacts AS contact ON contact.id = card.id ORDER BY card.place"#,
        ids,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.amocrm_contact_id)).collect())
}

/// The companies of these contacts, in the order of their keys.
pub(in crate::duplicates) async fn homes(conn: &mut PgConnection, contacts: &[Uuid]) -> Sql<Vec<CompanyId>> {
    sqlx::query_scalar!(
        r#"SELECT DISTINCT company_id AS "company: CompanyId" FROM contacts
           WHERE id = ANY($1) AND company_id IS NOT NULL ORDER BY 1"#,
        contacts,
    )
    .fetch_all(conn)
    .await
    .map(|homes| homes.into_iter().flatten().collect())
}

/// The name of a company or a contact.
pub(in crate::duplicates) async fn name_of(conn: &mut PgConnection, id: Uuid) -> Sql<Option<String>> {
    let name = sqlx::query_scalar!(
        r#"SELECT COALESCE((SELECT name FROM companies WHERE id = $1),
                           (SELECT concat_ws(' ', last_name, first_name) FROM contacts WHERE id = $1)) AS "name""#,
        id,
    );
    name.fetch_one(conn).await
}

/// How many contacts, notes, tasks and letters have come to a company since then.
pub(in crate::duplicates) async fn since(conn: &mut PgConnection, id: Uuid, since: DateTime<Utc>) -> Sql<[i64; 4]> {
    let row = sqlx::query!(
        r#"SELECT (SELECT count(*) FROM contacts WHERE company_id = $1 AND created_at > $2) AS "contacts!",
                  (SELECT count(*) FROM notes WHERE company_id = $1 AND created_at > $2) AS "notes!",
                  (SELECT count(*) FROM tasks WHERE company_id = $1 AND created_at > $2) AS "tasks!",
                  (SELECT count(*) FROM letters WHERE company_id = $1 AND recorded_at > $2) AS "letters!""#,
        id,
        since,
    )
    .fetch_one(conn)
    .await?;
    Ok([row.contacts, row.notes, row.tasks, row.letters])
}

/// Contacts that share a number or an address with this one, or its name within its company; at most twenty.
pub(in crate::duplicates) async fn like(conn: &mut PgConnection, id: ContactId) -> Sql<Vec<ContactId>> {
    sqlx::query_scalar!(
        r#"SELECT DISTINCT other AS "other!: ContactId"
           FROM (SELECT theirs.contact_id AS other
                 FROM contact_phones AS own
                 JOIN contact_phones AS theirs ON theirs.digits = own.digits AND theirs.digits <> ''
                 WHERE own.contact_id = $1 AND own.digits <> '' AND own.digits !~ '(.)\1{6}$'
                 UNION ALL
                 SELECT theirs.contact_id
                 FROM contact_emails AS own
                 JOIN contact_emails AS theirs ON lower(theirs.value) = lower(own.value)
                 WHERE own.contact_id = $1
                 UNION ALL
                 SELECT theirs.id
                 FROM contacts AS own
                 JOIN contacts AS theirs ON theirs.company_id = own.company_id
                      AND fold_text(theirs.last_name || ' ' || theirs.first_name)
                          = fold_text(own.last_name || ' ' || own.first_name)
                 WHERE own.id = $1 AND own.last_name || own.first_name <> '') AS found
           WHERE other <> $1
           LIMIT 20"#,
        id.0,
    )
    .fetch_all(conn)
    .await
}
