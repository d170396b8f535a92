//! SQL of undoing: how what an import has written stands now.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

use super::Sql;
use super::undo::table;
use crate::companies::bulk::{email_key, phone_key};
use crate::dictionaries::Named;
use crate::imports::memory::DEAL;
use crate::imports::model::Kind;
use crate::imports::undo::{Found, Held, NoteNow, Now};
use crate::values::ImportId;

/// How these records stand now; a real undoing keeps everybody from changing them.
pub(in crate::imports) async fn now(
    conn: &mut PgConnection,
    kind: Kind,
    ids: &[Uuid],
    is_real: bool,
) -> Sql<HashMap<Uuid, Now>> {
    type Row = (Uuid, i32, DateTime<Utc>, String, Option<Uuid>);
    let title = match kind {
        Kind::Company => "name",
        Kind::Contact => "trim(last_name || ' ' || first_name)",
    };
    let company = match kind {
        Kind::Company => "id",
        Kind::Contact => "company_id",
    };
    let lock = if is_real { "FOR UPDATE" } else { "" };
    let sql = format!(
        "SELECT id, version, updated_at, {title}, {company} FROM {} WHERE id = ANY($1) ORDER BY id {lock}",
        table(kind)
    );
    let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(sql)).bind(ids).fetch_all(conn).await?;
    let now = rows.into_iter().map(|(id, version, updated_at, title, company)| {
        let now = Now {
            version,
            updated_at,
            title,
            company,
        };
        (id, now)
    });
    Ok(now.collect())
}

/// Phones and e-mails of companies or contacts, as an import would have added them.
pub(in crate::imports) async fn channels(
    conn: &mut PgConnection,
    kind: Kind,
    ids: &[Uuid],
) -> Sql<HashMap<Uuid, Vec<Found>>> {
    type Row = (Uuid, i64, bool, String, String, String, String);
    let (prefix, word) = match kind {
        Kind::Company => ("company", "comment"),
        Kind::Contact => ("contact", "kind"),
    };
    let sql = format!(
        "SELECT {prefix}_id, id, true, raw, {word}, digits, extension FROM {prefix}_phones WHERE {prefix}_id = ANY($1)
         UNION ALL
         SELECT {prefix}_id, id, false, value, {word}, '', '' FROM {prefix}_emails WHERE {prefix}_id = ANY($1)"
    );
    let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(sql)).bind(ids).fetch_all(conn).await?;
    let mut found: HashMap<Uuid, Vec<Found>> = HashMap::new();
    for (owner, id, is_phone, raw, word, digits, extension) in rows {
        let key = if is_phone {
            phone_key(&digits, &extension, &raw)
        } else {
            email_key(&raw)
        };
        found.entry(owner).or_default().push(Found {
            id,
            is_phone,
            raw,
            word,
            key,
        });
    }
    Ok(found)
}

/// Which tables and columns refer to a table, but for what goes with its rows.
async fn references(conn: &mut PgConnection, table: &str, own: &[&str]) -> Sql<Vec<(String, String)>> {
    let own: Vec<String> = own.iter().map(|table| (*table).to_owned()).collect();
    let rows = sqlx::query!(
        r#"SELECT con.conrelid::regclass::text AS "table!", quote_ident(att.attname) AS "column!"
           FROM pg_constraint AS con
           JOIN pg_attribute AS att ON att.attrelid = con.conrelid AND att.attnum = con.conkey[1]
           WHERE con.contype = 'f' AND con.confrelid = $1::text::regclass AND cardinality(con.conkey) = 1
             AND con.conrelid::regclass::text <> ALL($2)
           ORDER BY 1, 2"#,
        table,
        &own,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.table, row.column)).collect())
}

/// Why new records may not go: other rows that refer to them. A check looks through what it would have removed.
pub(in crate::imports) async fn held(
    conn: &mut PgConnection,
    import: ImportId,
    kind: Kind,
    ids: &[Uuid],
) -> Sql<Vec<Held>> {
    let own: &[&str] = match kind {
        Kind::Company => &[
            "company_phones",
            "company_emails",
            "company_sphere_links",
            "contacts",
            "notes",
            "companies",
        ],
        Kind::Contact => &["contact_phones", "contact_emails"],
    };
    let mut held = Vec::new();
    for (table, column) in references(conn, table(kind), own).await? {
        let sql = format!("SELECT DISTINCT {column} FROM {table} WHERE {column} = ANY($1)");
        let found: Vec<Uuid> = sqlx::query_scalar(AssertSqlSafe(sql))
            .bind(ids)
            .fetch_all(&mut *conn)
            .await?;
        held.extend(found.into_iter().map(|id| Held { id, by: table.clone() }));
    }
    if kind == Kind::Company {
        let found = sqlx::query!(
            r#"SELECT company_id AS "id!", 'contacts' AS "by!"
               FROM contacts AS contact
               WHERE company_id = ANY($2) AND NOT EXISTS (
                   SELECT FROM import_undo_rows AS undone
                   WHERE undone.import_id = $1 AND undone.record_id = contact.id
                     AND (undone.verdict = 'removed' OR EXISTS (
                         SELECT FROM import_changes AS change
                         WHERE change.import_id = $1 AND change.record_id = contact.id AND change.field = 'company'
                           AND change.new = contact.company_id::text AND undone.verdict IN ('restored', 'partly'))))
               UNION
               -- Those under it that the import made and nobody has touched go with it.
               SELECT head_company_id, 'companies'
               FROM companies AS company
               WHERE head_company_id = ANY($2) AND NOT EXISTS (
                   SELECT FROM import_records AS record
                   WHERE record.import_id = $1 AND record.entity = 'company' AND record.record_id = company.id
                     AND record.is_created AND record.version = company.version
                     AND record.updated_after = company.updated_at)
               UNION
               SELECT company_id, 'deletion_requests' FROM deletion_requests
               WHERE status = 'pending' AND company_id = ANY($2)"#,
            import.0,
            ids,
        );
        let found = found.fetch_all(conn).await?.into_iter();
        held.extend(found.map(|row| Held { id: row.id, by: row.by }));
    }
    Ok(held)
}

/// Notes of companies, and whether anybody has touched them since they were added.
/// A deal's note that a later import wrote anew and gave back is not touched.
pub(in crate::imports) async fn notes_now(
    conn: &mut PgConnection,
    import: ImportId,
    companies: &[Uuid],
) -> Sql<Vec<NoteNow>> {
    let rows = sqlx::query!(
        r#"SELECT company_id, id,
                  pinned_at IS NOT NULL OR edited_at IS NOT NULL OR (version > 1 AND NOT EXISTS (
                      SELECT FROM import_deals AS deal
                      WHERE deal.note_id = note.id AND deal.import_id = $2
                        AND deal.text_sha256 = encode(sha256(convert_to(note.text, 'UTF8')), 'hex'))) AS "is_touched!"
           FROM notes AS note WHERE company_id = ANY($1)"#,
        companies,
        import.0,
    )
    .fetch_all(&mut *conn)
    .await?;
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let mut touched: Vec<i64> = Vec::new();
    for (table, column) in references(conn, "notes", &[]).await? {
        let sql = format!("SELECT DISTINCT {column} FROM {table} WHERE {column} = ANY($1)");
        touched.extend(
            sqlx::query_scalar::<_, i64>(AssertSqlSafe(sql))
                .bind(&ids)
                .fetch_all(&mut *conn)
                .await?,
        );
    }
    let notes = rows.into_iter().map(|row| NoteNow {
        company: row.company_id,
        id: row.id,
        is_touched: row.is_touched || touched.contains(&row.id),
    });
    Ok(notes.collect())
}

/// What those notes say now which the import wrote anew for these companies; a real undoing keeps everybody from editing
/// them.
pub(in crate::imports) async fn rewritten(
    conn: &mut PgConnection,
    import: ImportId,
    (companies, is_real): (&[Uuid], bool),
) -> Sql<HashMap<i64, String>> {
    let lock = if is_real { "FOR UPDATE OF note" } else { "" };
    let sql = format!(
        "SELECT note.id, note.text FROM notes AS note
         WHERE note.id IN (SELECT (old_mark::jsonb ->> 'note')::bigint FROM import_changes
                           WHERE import_id = $1 AND record_id = ANY($2) AND field = $3)
         ORDER BY note.id {lock}"
    );
    let rows: Vec<(i64, String)> = sqlx::query_as(AssertSqlSafe(sql))
        .bind(import.0)
        .bind(companies)
        .bind(DEAL)
        .fetch_all(conn)
        .await?;
    Ok(rows.into_iter().collect())
}

/// Entries of a dictionary that the import made, by name, and whether none of them would be needed after an undoing as it
/// was checked.
pub(in crate::imports) async fn unused_then(
    conn: &mut PgConnection,
    import: ImportId,
    named: Named,
    ids: &[i64],
) -> Sql<Vec<(String, bool)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let (table, kind, field, uses, is_as_written) = match named {
        Named::Status => (
            "company_statuses",
            "statuses",
            "status",
            "SELECT id AS company_id FROM companies WHERE status_id = entry.id",
            "change.new = entry.id::text
             AND (change.old = '' OR EXISTS (SELECT FROM company_statuses WHERE id::text = change.old))",
        ),
        Named::Sphere => (
            "company_spheres",
            "spheres",
            "spheres",
            "SELECT company_id FROM company_sphere_links WHERE sphere_id = entry.id",
            "change.new = (SELECT string_agg(sphere_id::text, ',' ORDER BY sphere_id) FROM company_sphere_links
                           WHERE company_id = used.company_id)
             AND NOT entry.id::text = ANY(string_to_array(change.old, ','))
             AND NOT EXISTS (SELECT FROM unnest(string_to_array(change.old, ',')) AS old
                             WHERE old NOT IN (SELECT id::text FROM company_spheres))",
        ),
    };
    let sql = format!(
        "SELECT name,
                version = 1 AND is_active
                AND NOT EXISTS (SELECT FROM dictionary_replacements WHERE kind = $3 AND new_key = entry.id::text)
                AND NOT EXISTS (
                    SELECT FROM ({uses}) AS used
                    WHERE NOT EXISTS (
                        SELECT FROM import_undo_rows AS undone
                        WHERE undone.import_id = $1 AND undone.record_id = used.company_id
                          AND (undone.verdict = 'removed' OR undone.verdict IN ('restored', 'partly') AND EXISTS (
                              SELECT FROM import_changes AS change
                              WHERE change.import_id = $1 AND change.record_id = used.company_id AND change.field = $4
                                AND {is_as_written}))))
         FROM {table} AS entry
         WHERE id = ANY($2)
         ORDER BY id"
    );
    sqlx::query_as(AssertSqlSafe(sql))
        .bind(import.0)
        .bind(ids)
        .bind(kind)
        .bind(field)
        .fetch_all(conn)
        .await
}

/// Of these companies those that are there.
pub(in crate::imports) async fn existing(conn: &mut PgConnection, companies: &[Uuid]) -> Sql<Vec<Uuid>> {
    let found = sqlx::query_scalar!("SELECT id FROM companies WHERE id = ANY($1)", companies);
    found.fetch_all(conn).await
}

/// Who was the last to change these records after the import had left them, as far as the log knows.
pub(in crate::imports) async fn editors(
    conn: &mut PgConnection,
    kind: Kind,
    records: &[(Uuid, Option<Uuid>, DateTime<Utc>)],
) -> Sql<HashMap<Uuid, (String, DateTime<Utc>)>> {
    let ids: Vec<String> = records.iter().map(|(id, ..)| id.to_string()).collect();
    let companies: Vec<Option<Uuid>> = records.iter().map(|(_, company, _)| *company).collect();
    let since: Vec<DateTime<Utc>> = records.iter().map(|(.., since)| *since).collect();
    let rows = sqlx::query!(
        r#"SELECT DISTINCT ON (event.entity_id) event.entity_id, event.at, COALESCE(person.name, '') AS "name!"
           FROM unnest($2::text[], $3::uuid[], $4::timestamptz[]) AS record (id, company, since)
           JOIN audit_events AS event
             ON event.company_id = record.company AND event.entity_id = record.id AND event.at > record.since
           LEFT JOIN users AS person ON person.id = event.actor_id
           WHERE event.entity = $1
           ORDER BY event.entity_id, event.at DESC"#,
        kind.code(),
        &ids,
        &companies as &[Option<Uuid>],
        &since,
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter();
    Ok(rows
        .filter_map(|row| Some((row.entity_id.parse().ok()?, (row.name, row.at))))
        .collect())
}
