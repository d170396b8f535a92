//! Reading cold marks, which are written by `calls`.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::Sql;
use crate::values::ContactId;

/// The one cold call of a contact, or of one that has become part of it.
pub(in crate::contacts) struct ColdMark {
    pub(in crate::contacts) contact: ContactId,
    pub(in crate::contacts) at: DateTime<Utc>,
    /// Who marked it, «Имя Фамилия».
    pub(in crate::contacts) by: String,
}

/// The marks of these contacts, the oldest first.
pub(in crate::contacts) async fn cold_marks(conn: &mut PgConnection, contacts: &[ContactId]) -> Sql<Vec<ColdMark>> {
    let contacts: Vec<_> = contacts.iter().map(|id| id.0).collect();
    sqlx::query_as!(
        ColdMark,
        r#"SELECT own.kept AS "contact!: ContactId", mark.marked_at AS at, person.name AS "by!"
           FROM (
               SELECT id, id AS kept FROM unnest($1::uuid[]) AS whole (id)
               UNION ALL
               SELECT merged.id, whole.id
               FROM unnest($1::uuid[]) AS whole (id) CROSS JOIN LATERAL merged_from(whole.id) AS merged (id)
           ) AS own
           JOIN cold_marks AS mark ON mark.contact_id = own.id
           JOIN users AS person ON person.id = mark.marked_by
           ORDER BY mark.marked_at"#,
        &contacts,
    )
    .fetch_all(conn)
    .await
}
