//! Letters change their card, their contact, or lose their words.

use sqlx::PgConnection;
use uuid::Uuid;

use super::Sql;
use crate::values::{CompanyId, ContactId, LetterId};

/// Moves all letters of one company to another, those behind that the other has, too. Answers them with their places
/// before.
pub(in crate::letters) async fn move_all(
    conn: &mut PgConnection,
    from: CompanyId,
    to: CompanyId,
) -> Sql<Vec<(Uuid, i16)>> {
    let rows = sqlx::query!(
        r#"UPDATE letters AS letter
           SET company_id = $2,
               copy = CASE WHEN letter.message_id IS NULL THEN letter.copy ELSE letter.copy + COALESCE((
                   SELECT max(other.copy) + 1 FROM letters AS other
                   WHERE other.company_id = $2 AND other.message_id = letter.message_id), 0)::smallint END
           FROM (SELECT id, copy FROM letters WHERE company_id = $1) AS before
           WHERE letter.id = before.id
           RETURNING letter.id, before.copy"#,
        from.0,
        to.0,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.copy)).collect())
}

/// Moves these letters back, those that are still there, to the places they had. Answers how many.
pub(in crate::letters) async fn move_back(
    conn: &mut PgConnection,
    (from, to): (CompanyId, CompanyId),
    moved: &[(Uuid, i16)],
) -> Sql<usize> {
    let (ids, copies): (Vec<Uuid>, Vec<i16>) = moved.iter().copied().unzip();
    let done = sqlx::query!(
        "UPDATE letters AS letter SET company_id = $2, copy = wanted.copy
         FROM unnest($3::uuid[], $4::smallint[]) AS wanted (id, copy)
         WHERE letter.id = wanted.id AND letter.company_id = $1",
        from.0,
        to.0,
        &ids,
        &copies,
    )
    .execute(conn)
    .await?;
    Ok(usize::try_from(done.rows_affected()).unwrap_or(usize::MAX))
}

/// Gives letters with these contacts to another one. Answers each with the contact it had.
pub(in crate::letters) async fn pass_on(
    conn: &mut PgConnection,
    from: &[ContactId],
    to: ContactId,
) -> Sql<Vec<(Uuid, Uuid)>> {
    let from: Vec<Uuid> = from.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"UPDATE letters AS letter SET contact_id = $2
           FROM (SELECT id, contact_id FROM letters WHERE contact_id = ANY($1)) AS before
           WHERE letter.id = before.id
           RETURNING letter.id, before.contact_id AS "contact_id!""#,
        &from,
        to.0,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.contact_id)).collect())
}

/// Gives these letters their contacts back, those that have had no other since.
pub(in crate::letters) async fn pass_back(
    conn: &mut PgConnection,
    from: ContactId,
    passed: &[(Uuid, Uuid)],
) -> Sql<()> {
    let (ids, contacts): (Vec<Uuid>, Vec<Uuid>) = passed.iter().copied().unzip();
    sqlx::query!(
        "UPDATE letters AS letter SET contact_id = wanted.contact
         FROM unnest($2::uuid[], $3::uuid[]) AS wanted (id, contact)
         WHERE letter.id = wanted.id AND letter.contact_id = $1",
        from.0,
        &ids,
        &contacts,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// How many letters there are with this contact.
pub(in crate::letters) async fn count_with(conn: &mut PgConnection, contact: ContactId) -> Sql<i64> {
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM letters WHERE contact_id = $1 AND NOT is_erased"#,
        contact.0
    );
    count.fetch_one(conn).await
}

/// Letters with these contacts.
pub(in crate::letters) async fn with(conn: &mut PgConnection, people: &[Uuid]) -> Sql<Vec<LetterId>> {
    let ids = sqlx::query_scalar!(
        r#"SELECT id AS "id: LetterId" FROM letters WHERE contact_id = ANY($1)"#,
        people
    );
    ids.fetch_all(conn).await
}

/// Takes the words of letters with these contacts away.
pub(in crate::letters) async fn erase_with(conn: &mut PgConnection, people: &[Uuid]) -> Sql<()> {
    sqlx::query!(
        "UPDATE letters
         SET is_erased = true, contact_id = NULL, from_name = '', from_address = '', recipients = '[]', copies = '[]',
             subject = '', text = '', is_cut = false, left_out = '', message_id = NULL, copy = 0, version = version + 1
         WHERE contact_id = ANY($1)",
        people,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes these addresses, in lower case, out of a company's other letters.
pub(in crate::letters) async fn erase_addresses(
    conn: &mut PgConnection,
    company: CompanyId,
    addresses: &[String],
) -> Sql<()> {
    sqlx::query!(
        r#"UPDATE letters
           SET from_name = CASE WHEN lower(from_address) = ANY($2) THEN '' ELSE from_name END,
               from_address = CASE WHEN lower(from_address) = ANY($2) THEN '' ELSE from_address END,
               recipients = COALESCE((SELECT jsonb_agg(entry) FROM jsonb_array_elements(recipients) AS entry
                                      WHERE lower(entry ->> 'address') <> ALL($2)), '[]'),
               copies = COALESCE((SELECT jsonb_agg(entry) FROM jsonb_array_elements(copies) AS entry
                                  WHERE lower(entry ->> 'address') <> ALL($2)), '[]')
           WHERE company_id = $1
             AND (lower(from_address) = ANY($2)
                  OR EXISTS (SELECT FROM jsonb_array_elements(recipients || copies) AS entry
                             WHERE lower(entry ->> 'address') = ANY($2)))"#,
        company.0,
        addresses,
    )
    .execute(conn)
    .await?;
    Ok(())
}
