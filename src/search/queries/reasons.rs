//! Phones, e-mails and people of found cards: what their rows do not show and may have been found by.

use sqlx::PgConnection;
use uuid::Uuid;

use super::Sql;
use crate::values::Phone;

/// Of one search no more are read: a card may have hundreds.
const MOST: i64 = 200;

/// A phone or an e-mail of a card.
pub(in crate::search) struct Channel {
    pub(in crate::search) company: Option<Uuid>,
    pub(in crate::search) contact: Option<Uuid>,
    /// «Фамилия Имя»; empty: the company's own.
    pub(in crate::search) person: String,
    pub(in crate::search) is_phone: bool,
    /// An e-mail has no E.164 and shows as it is.
    pub(in crate::search) phone: Phone,
    /// Why nobody calls this person; `None`: people do.
    pub(in crate::search) do_not_call: Option<String>,
}

/// Phones and e-mails of these companies, their people included, and of these people, that are like one of these
/// patterns for `LIKE`.
pub(in crate::search) async fn channels(
    conn: &mut PgConnection,
    companies: &[Uuid],
    people: &[Uuid],
    (phones, emails): (&[String], &[String]),
) -> Sql<Vec<Channel>> {
    let rows = sqlx::query!(
        r#"SELECT found.company_id, found.contact_id, found.person AS "person!", found.is_phone AS "is_phone!",
                  found.raw AS "raw!", found.e164 AS "e164!", found.extension AS "extension!",
                  found.do_not_call
           FROM (
               SELECT phone.company_id, NULL::uuid AS contact_id, '' AS person, true AS is_phone, phone.raw, phone.e164,
                      phone.extension, phone.position, NULL::text AS do_not_call
               FROM company_phones AS phone
               WHERE phone.company_id = ANY($1)
                 AND (phone.digits LIKE ANY($3) OR right(phone.digits, 7) LIKE ANY($3))
               UNION ALL
               SELECT email.company_id, NULL, '', false, email.value, '', '', email.position, NULL
               FROM company_emails AS email
               WHERE email.company_id = ANY($1) AND lower(email.value) LIKE ANY($4)
               UNION ALL
               SELECT contact.company_id, contact.id, contact.last_name || ' ' || contact.first_name, true, phone.raw,
                      phone.e164, phone.extension, phone.position,
                      CASE WHEN contact.do_not_call_at IS NOT NULL THEN contact.do_not_call_reason END
               FROM contacts AS contact
               JOIN contact_phones AS phone ON phone.contact_id = contact.id
               WHERE (contact.company_id = ANY($1) OR contact.id = ANY($2))
                 AND (phone.digits LIKE ANY($3) OR right(phone.digits, 7) LIKE ANY($3))
               UNION ALL
               SELECT contact.company_id, contact.id, contact.last_name || ' ' || contact.first_name, false, email.value,
                      '', '', email.position, NULL
               FROM contacts AS contact
               JOIN contact_emails AS email ON email.contact_id = contact.id
               WHERE (contact.company_id = ANY($1) OR contact.id = ANY($2)) AND lower(email.value) LIKE ANY($4)
           ) AS found
           ORDER BY found.contact_id NULLS FIRST, found.position
           LIMIT $5"#,
        companies,
        people,
        phones,
        emails,
        MOST,
    )
    .fetch_all(conn)
    .await?;
    let channel = rows.into_iter().map(|row| Channel {
        company: row.company_id,
        contact: row.contact_id,
        person: row.person.trim().to_owned(),
        is_phone: row.is_phone,
        phone: Phone {
            raw: row.raw,
            e164: row.e164,
            extension: row.extension,
            ..Phone::default()
        },
        do_not_call: row.do_not_call,
    });
    Ok(channel.collect())
}

/// People of these companies with one of these words: company, «Фамилия Имя», position.
pub(in crate::search) async fn colleagues(
    conn: &mut PgConnection,
    companies: &[Uuid],
    any_word: &str,
) -> Sql<Vec<(Uuid, String, String)>> {
    let rows = sqlx::query!(
        r#"SELECT company_id AS "company_id!", last_name, first_name, position
           FROM contacts
           WHERE company_id = ANY($1) AND search @@ $2::text::tsquery
           ORDER BY updated_at DESC, id DESC
           LIMIT $3"#,
        companies,
        any_word,
        MOST,
    )
    .fetch_all(conn)
    .await?;
    let row = rows.into_iter().map(|row| {
        let name = format!("{} {}", row.last_name, row.first_name);
        (row.company_id, name.trim().to_owned(), row.position)
    });
    Ok(row.collect())
}
