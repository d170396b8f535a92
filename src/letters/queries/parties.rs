//! Addresses of the base.

use sqlx::PgConnection;

use super::Sql;
use crate::letters::address::Mailbox;
use crate::policy::Actor;
use crate::values::{CompanyId, ContactId};

/// Addresses of a company and of its people, in lower case, each with whose it is.
pub(in crate::letters) async fn addresses(
    conn: &mut PgConnection,
    company: CompanyId,
) -> Sql<Vec<(String, Option<ContactId>)>> {
    let rows = sqlx::query!(
        r#"SELECT lower(value) AS "address!", NULL::uuid AS "contact: ContactId"
           FROM company_emails WHERE company_id = $1
           UNION ALL
           SELECT lower(email.value), contact.id
           FROM contacts AS contact JOIN contact_emails AS email ON email.contact_id = contact.id
           WHERE contact.company_id = $1"#,
        company.0,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.address, row.contact)).collect())
}

/// A company's site as it is written down.
pub(in crate::letters) async fn site(conn: &mut PgConnection, company: CompanyId) -> Sql<String> {
    let site = sqlx::query_scalar!("SELECT website FROM companies WHERE id = $1", company.0);
    Ok(site.fetch_optional(conn).await?.unwrap_or_default())
}

/// Addresses of our users, in lower case.
pub(in crate::letters) async fn own_addresses(conn: &mut PgConnection) -> Sql<Vec<String>> {
    let own = sqlx::query_scalar!(r#"SELECT lower(email) AS "address!" FROM users WHERE email <> ''"#);
    own.fetch_all(conn).await
}

/// The actor's own address, when there is one.
pub(in crate::letters) async fn own_mailbox(conn: &mut PgConnection, actor: &Actor) -> Sql<Option<Mailbox>> {
    let row = sqlx::query!(
        "SELECT name, email FROM users WHERE id = $1 AND email <> ''",
        actor.user.map(|user| user.0),
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Mailbox::new(&row.name, &row.email)))
}

/// Whom a letter of this company may be from or for: its people first.
pub(in crate::letters) async fn mailboxes(conn: &mut PgConnection, company: CompanyId) -> Sql<Vec<Mailbox>> {
    let rows = sqlx::query!(
        r#"SELECT name AS "name!", address AS "address!"
           FROM (SELECT concat_ws(' ', contact.first_name, contact.last_name) AS name, email.value AS address, 1 AS place
                 FROM contacts AS contact JOIN contact_emails AS email ON email.contact_id = contact.id
                 WHERE contact.company_id = $1
                 UNION ALL
                 SELECT '', value, 2 FROM company_emails WHERE company_id = $1) AS known
           ORDER BY place, name, address
           LIMIT 50"#,
        company.0,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Mailbox::new(&row.name, &row.address))
        .collect())
}
