//! Reading letters.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use super::Sql;
use crate::letters::address::Mailbox;
use crate::letters::model::{Content, Direction, Letter, Source};
use crate::values::{CompanyId, ContactId, LetterId, UserId};

/// So much of a text stands in a timeline.
pub(in crate::letters) const BEGINNING: i32 = 3000;

struct Row {
    id: LetterId,
    company: CompanyId,
    company_name: String,
    contact: Option<Uuid>,
    contact_name: String,
    author: Option<i64>,
    author_name: String,
    direction: String,
    source: String,
    sent_at: DateTime<Utc>,
    from_name: String,
    from_address: String,
    recipients: Json<Vec<Mailbox>>,
    copies: Json<Vec<Mailbox>>,
    subject: String,
    text: String,
    is_cut: bool,
    left_out: String,
    is_erased: bool,
    version: i32,
    recorded_at: DateTime<Utc>,
    edited_at: Option<DateTime<Utc>>,
}

impl From<Row> for Letter {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            company: row.company,
            company_name: row.company_name,
            contact: row.contact.map(|id| (ContactId(id), row.contact_name)),
            author: row.author.map(UserId),
            author_name: row.author_name,
            source: Source::read(&row.source),
            content: Content {
                direction: Direction::read(&row.direction).unwrap_or(Direction::In),
                sent_at: row.sent_at,
                from: Mailbox {
                    name: row.from_name,
                    address: row.from_address,
                },
                to: row.recipients.0,
                cc: row.copies.0,
                subject: row.subject,
                text: row.text,
            },
            is_cut: row.is_cut,
            left_out: row.left_out,
            is_erased: row.is_erased,
            version: row.version,
            recorded_at: row.recorded_at,
            edited_at: row.edited_at,
            files: Vec::new(),
        }
    }
}

/// One letter with its whole text.
pub(in crate::letters) async fn find(conn: &mut PgConnection, id: LetterId) -> Sql<Option<Letter>> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT letter.id AS "id: LetterId", letter.company_id AS "company: CompanyId", company.name AS company_name,
                  contact.id AS "contact?",
                  COALESCE(NULLIF(concat_ws(' ', contact.last_name, contact.first_name), ''), 'Без имени') AS "contact_name!",
                  letter.author_id AS author, COALESCE(author.name, '') AS "author_name!",
                  letter.direction, letter.source, letter.sent_at, letter.from_name, letter.from_address,
                  letter.recipients AS "recipients: Json<Vec<Mailbox>>", letter.copies AS "copies: Json<Vec<Mailbox>>",
                  letter.subject, letter.text, letter.is_cut, letter.left_out, letter.is_erased, letter.version,
                  letter.recorded_at, letter.edited_at
           FROM letters AS letter
           JOIN companies AS company ON company.id = letter.company_id
           LEFT JOIN contacts AS contact ON contact.id = letter.contact_id
           LEFT JOIN users AS author ON author.id = letter.author_id
           WHERE letter.id = $1"#,
        id.0,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(Letter::from))
}

/// On whose card a letter stands.
pub(in crate::letters) async fn company_of(conn: &mut PgConnection, id: LetterId) -> Sql<Option<CompanyId>> {
    let company = sqlx::query_scalar!("SELECT company_id FROM letters WHERE id = $1", id.0);
    Ok(company.fetch_optional(conn).await?.map(CompanyId))
}

/// The letter of a company that has this key, with its subject.
pub(in crate::letters) async fn by_message(
    conn: &mut PgConnection,
    company: CompanyId,
    message_id: &str,
) -> Sql<Option<(LetterId, String)>> {
    let row = sqlx::query!(
        "SELECT id, subject FROM letters WHERE company_id = $1 AND message_id = $2 ORDER BY copy LIMIT 1",
        company.0,
        message_id,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (LetterId(row.id), row.subject)))
}

/// The newest letters, or all that one person put in; from the second page on, those older than the last one shown. Of long
/// texts the beginning.
pub(in crate::letters) async fn of_company(
    conn: &mut PgConnection,
    company: CompanyId,
    by: Option<UserId>,
    before: Option<(DateTime<Utc>, LetterId)>,
    limit: i64,
) -> Sql<Vec<Letter>> {
    let (before, before_id) = before.unzip();
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT letter.id AS "id: LetterId", letter.company_id AS "company: CompanyId", '' AS "company_name!",
                  contact.id AS "contact?",
                  COALESCE(NULLIF(concat_ws(' ', contact.last_name, contact.first_name), ''), 'Без имени') AS "contact_name!",
                  letter.author_id AS author, COALESCE(author.name, '') AS "author_name!",
                  letter.direction, letter.source, letter.sent_at, letter.from_name, letter.from_address,
                  letter.recipients AS "recipients: Json<Vec<Mailbox>>", letter.copies AS "copies: Json<Vec<Mailbox>>",
                  letter.subject, left(letter.text, $6) AS "text!",
                  letter.is_cut OR char_length(letter.text) > $6 AS "is_cut!", letter.left_out,
                  letter.is_erased, letter.version, letter.recorded_at, letter.edited_at
           FROM letters AS letter
           LEFT JOIN contacts AS contact ON contact.id = letter.contact_id
           LEFT JOIN users AS author ON author.id = letter.author_id
           WHERE letter.company_id = $1
             AND ($5::bigint IS NULL OR letter.author_id = $5)
             AND (letter.sent_at, letter.id) < (COALESCE($2::timestamptz, 'infinity'), COALESCE($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
             -- Of letters that came to two cards which are one now, the first.
             AND (letter.copy = 0 OR NOT EXISTS (
                 SELECT FROM letters AS first
                 WHERE first.company_id = letter.company_id AND first.message_id = letter.message_id
                   AND first.copy < letter.copy))
           ORDER BY letter.sent_at DESC, letter.id DESC
           LIMIT $4"#,
        company.0,
        before,
        before_id.map(|id| id.0),
        limit,
        by.map(|user| user.0),
        BEGINNING,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Letter::from).collect())
}

/// Those who put letters on a card: key and name.
pub(in crate::letters) async fn authors(conn: &mut PgConnection, company: CompanyId) -> Sql<Vec<(UserId, String)>> {
    let rows = sqlx::query!(
        "SELECT DISTINCT author.id, author.name
         FROM letters AS letter JOIN users AS author ON author.id = letter.author_id
         WHERE letter.company_id = $1",
        company.0,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (UserId(row.id), row.name)).collect())
}
