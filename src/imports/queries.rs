//! SQL of imports: their own tables, and reading the base.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::base::Known;
use super::model::{Import, ImportSummary, ReportLine, State, Verdict};
use crate::companies::bulk::{Channels, FIELDS, Field, Imported, Record, email_key, phone_key};
use crate::contacts::bulk::FIELDS as CONTACT_FIELDS;
use crate::values::ImportId;

type Sql<T> = Result<T, sqlx::Error>;

/// First half of the advisory lock that a running import holds; the second half comes from its key.
const ALIVE: i32 = 0x4352_4d02;

/// Lets a session wait longer than a page may, and plan for a base that grows under it: plans made for an empty one
/// are forgotten, and the trigram index, which knows «equals» too, is left to search (hundreds of names at once take
/// seconds by it, and only bitmap scans can use it).
pub(super) async fn prepare_session(conn: &mut PgConnection) -> Sql<()> {
    let settings = [
        "SET statement_timeout = '120s'",
        "SET lock_timeout = '60s'",
        "SET plan_cache_mode = force_custom_plan",
        "SET enable_bitmapscan = off",
    ];
    for setting in settings {
        sqlx::query(setting).execute(&mut *conn).await?;
    }
    Ok(())
}

/// Shows for as long as the session lives that the import is at work.
pub(super) async fn hold(conn: &mut PgConnection, id: ImportId) -> Sql<()> {
    sqlx::query!("SELECT pg_advisory_lock($1, ('x' || right($2::uuid::text, 8))::bit(32)::int)", ALIVE, id.0)
        .execute(conn)
        .await?;
    Ok(())
}

/// Ends imports whose process has died.
pub(super) async fn bury_dead(conn: &mut PgConnection, failure: &str, now: DateTime<Utc>) -> Sql<()> {
    sqlx::query!(
        "UPDATE imports
         SET state = 'failed', failure = $2, finished_at = $3
         WHERE state = 'running' AND NOT EXISTS (
             SELECT FROM pg_locks AS held
             WHERE held.locktype = 'advisory' AND held.granted
               AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
               AND held.classid = $1::bigint::oid
               AND held.objid = (('x' || right(imports.id::text, 8))::bit(32)::bigint)::oid
         )",
        i64::from(ALIVE),
        failure,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn insert(conn: &mut PgConnection, import: &Import, sha256: &str, by: Option<i64>) -> Sql<()> {
    sqlx::query!(
        "INSERT INTO imports (id, started_by, file_name, file_sha256, is_dry_run, rows_total, started_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        import.summary.id.0,
        by,
        import.file_name,
        sha256,
        import.is_dry_run,
        i32::try_from(import.summary.rows).unwrap_or(i32::MAX),
        import.started_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn count(conn: &mut PgConnection, summary: &ImportSummary) -> Sql<()> {
    let number = |verdict| i32::try_from(summary.of(verdict)).unwrap_or(i32::MAX);
    sqlx::query!(
        "UPDATE imports
         SET created = $2, updated = $3, unchanged = $4, skipped = $5, refused = $6
         WHERE id = $1",
        summary.id.0,
        number(Verdict::Created),
        number(Verdict::Updated),
        number(Verdict::Unchanged),
        number(Verdict::Skipped),
        number(Verdict::Refused),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends an import, well when there is no failure.
pub(super) async fn finish(conn: &mut PgConnection, id: ImportId, failure: &str, now: DateTime<Utc>) -> Sql<()> {
    sqlx::query!(
        "UPDATE imports
         SET state = CASE WHEN $2 = '' THEN 'done' ELSE 'failed' END, failure = $2, finished_at = $3
         WHERE id = $1 AND state = 'running'",
        id.0,
        failure,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn add_lines(conn: &mut PgConnection, id: ImportId, lines: &[ReportLine]) -> Sql<()> {
    let ordinals: Vec<i32> = lines.iter().map(|line| line.ordinal).collect();
    let numbers: Vec<i32> = lines.iter().map(|line| line.line).collect();
    let verdicts: Vec<&str> = lines.iter().map(|line| line.verdict.code()).collect();
    let entities: Vec<&str> = lines.iter().map(|line| line.entity.as_str()).collect();
    let entity_ids: Vec<Option<Uuid>> = lines.iter().map(|line| line.entity_id).collect();
    let keys: Vec<&str> = lines.iter().map(|line| line.key.as_str()).collect();
    let fields: Vec<&str> = lines.iter().map(|line| line.field.as_str()).collect();
    let messages: Vec<&str> = lines.iter().map(|line| line.message.as_str()).collect();
    sqlx::query!(
        "INSERT INTO import_rows (import_id, ordinal, line, verdict, entity, entity_id, key, field, message)
         SELECT $1, row.*
         FROM unnest($2::int[], $3::int[], $4::text[], $5::text[], $6::uuid[], $7::text[], $8::text[], $9::text[])
              AS row",
        id.0,
        &ordinals,
        &numbers,
        &verdicts as &[&str],
        &entities as &[&str],
        &entity_ids as &[Option<Uuid>],
        &keys as &[&str],
        &fields as &[&str],
        &messages as &[&str],
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Imports, the newest first; one of them when `id` is given.
pub(super) async fn imports(conn: &mut PgConnection, id: Option<ImportId>, limit: i64) -> Sql<Vec<Import>> {
    let rows = sqlx::query!(
        r#"SELECT run.id, run.file_name, run.is_dry_run, run.state, run.failure, run.started_at, run.finished_at,
                  run.rows_total, run.created, run.updated, run.unchanged, run.skipped, run.refused,
                  COALESCE(person.name, '') AS "started_by!"
           FROM imports AS run
           LEFT JOIN users AS person ON person.id = run.started_by
           WHERE $1::uuid IS NULL OR run.id = $1
           ORDER BY run.started_at DESC, run.id DESC
           LIMIT $2"#,
        id.map(|id| id.0),
        limit,
    )
    .fetch_all(conn)
    .await?;
    let import = rows.into_iter().map(|row| Import {
        summary: ImportSummary {
            id: ImportId(row.id),
            rows: i64::from(row.rows_total),
            created: i64::from(row.created),
            updated: i64::from(row.updated),
            unchanged: i64::from(row.unchanged),
            skipped: i64::from(row.skipped),
            refused: i64::from(row.refused),
        },
        file_name: row.file_name,
        is_dry_run: row.is_dry_run,
        state: State::from_code(&row.state),
        failure: row.failure,
        started_by: row.started_by,
        started_at: row.started_at,
        finished_at: row.finished_at,
    });
    Ok(import.collect())
}

/// Lines of the report after (or, backward, before) an ordinal, in reading order.
pub(super) async fn lines(
    conn: &mut PgConnection,
    id: ImportId,
    verdict: Option<Verdict>,
    (from, is_backward): (i32, bool),
    limit: i64,
) -> Sql<Vec<ReportLine>> {
    let (direction, order) = if is_backward { ("<", "DESC") } else { (">", "ASC") };
    let mut query = sqlx::QueryBuilder::new(
        "SELECT ordinal, line, verdict, entity, entity_id, key, field, message FROM import_rows WHERE import_id = ",
    );
    query.push_bind(id.0).push(format!(" AND ordinal {direction} ")).push_bind(from);
    if let Some(verdict) = verdict {
        query.push(" AND verdict = ").push_bind(verdict.code());
    }
    query.push(format!(" ORDER BY ordinal {order} LIMIT ")).push_bind(limit);
    let rows: Vec<LineRow> = query.build_query_as().fetch_all(conn).await?;
    let mut lines: Vec<ReportLine> = rows.into_iter().map(LineRow::read).collect();
    if is_backward {
        lines.reverse();
    }
    Ok(lines)
}

#[derive(sqlx::FromRow)]
struct LineRow {
    ordinal: i32,
    line: i32,
    verdict: String,
    entity: String,
    entity_id: Option<Uuid>,
    key: String,
    field: String,
    message: String,
}

impl LineRow {
    fn read(self) -> ReportLine {
        let Self { ordinal, line, verdict, entity, entity_id, key, field, message } = self;
        // The column's CHECK allows no other codes.
        let verdict = Verdict::from_code(&verdict).unwrap_or(Verdict::Refused);
        ReportLine { ordinal, line, verdict, entity, entity_id, key, field, message }
    }
}

/// Companies that any of the keys may mean.
pub(super) async fn company_ids(
    conn: &mut PgConnection,
    amo_ids: &[i64],
    inns: &[String],
    name_keys: &[String],
) -> Sql<Vec<Uuid>> {
    sqlx::query_scalar!(
        r#"SELECT id AS "id!" FROM companies WHERE amocrm_company_id = ANY($1)
           UNION
           SELECT id FROM companies WHERE inn <> '' AND inn = ANY($2)
           UNION
           SELECT id FROM companies WHERE name_key = ANY($3)"#,
        amo_ids,
        inns,
        name_keys,
    )
    .fetch_all(conn)
    .await
}

pub(super) async fn companies(conn: &mut PgConnection, ids: &[Uuid]) -> Sql<Vec<Known>> {
    let rows = sqlx::query!(
        r#"SELECT id, amocrm_company_id, name, legal_name, inn, kpp, ogrn, address, website, activity_kind,
                  contact_name, contact_position, lead_state, status_id, responsible_id, branch_id,
                  name_key, address_key, imported_fields,
                  ARRAY(SELECT sphere_id FROM company_sphere_links WHERE company_id = company.id ORDER BY sphere_id)
                      AS "spheres!"
           FROM companies AS company
           WHERE id = ANY($1)
           ORDER BY id"#,
        ids,
    )
    .fetch_all(&mut *conn)
    .await?;
    let phones = sqlx::query!(
        "SELECT company_id AS owner, position, digits, extension, raw FROM company_phones
         WHERE company_id = ANY($1) ORDER BY company_id, position",
        ids,
    );
    let phones = phones.fetch_all(&mut *conn).await?.into_iter();
    let phones = phones.map(|row| (row.owner, row.position, phone_key(&row.digits, &row.extension, &row.raw)));
    let emails = sqlx::query!(
        "SELECT company_id AS owner, position, value FROM company_emails
         WHERE company_id = ANY($1) ORDER BY company_id, position",
        ids,
    );
    let emails = emails.fetch_all(conn).await?.into_iter();
    let emails = emails.map(|row| (row.owner, row.position, email_key(&row.value)));
    let (mut phones, mut emails) = (by_owner(phones), by_owner(emails));
    let key = |key: Option<i64>| key.map(|key| key.to_string()).unwrap_or_default();
    let known = rows.into_iter().map(|row| {
        let mut record = Record::new(row.id, FIELDS.len());
        record.amo_id = row.amocrm_company_id;
        record.phones = phones.remove(&row.id).unwrap_or_default();
        record.emails = emails.remove(&row.id).unwrap_or_default();
        record.imported = Imported::read(row.imported_fields.as_ref(), &FIELDS);
        let mut set = |field: Field, value: String| record.values[field as usize] = value;
        set(Field::Name, row.name);
        set(Field::LegalName, row.legal_name);
        set(Field::Inn, row.inn);
        set(Field::Kpp, row.kpp);
        set(Field::Ogrn, row.ogrn);
        set(Field::Address, row.address);
        set(Field::Website, row.website);
        set(Field::ActivityKind, row.activity_kind);
        set(Field::ContactName, row.contact_name);
        set(Field::ContactPosition, row.contact_position);
        set(Field::LeadState, row.lead_state);
        set(Field::Status, key(row.status_id));
        set(Field::Responsible, key(row.responsible_id));
        set(Field::Branch, key(row.branch_id));
        set(Field::Spheres, row.spheres.iter().map(i64::to_string).collect::<Vec<_>>().join(","));
        Known { record, name_key: row.name_key, address_key: row.address_key }
    });
    Ok(known.collect())
}

/// Contacts that any of the keys may mean; those without a company by their phones and e-mails.
pub(super) async fn contact_ids(
    conn: &mut PgConnection,
    amo_ids: &[i64],
    companies: &[Uuid],
    digits: &[String],
    emails: &[String],
) -> Sql<Vec<Uuid>> {
    sqlx::query_scalar!(
        r#"SELECT id AS "id!" FROM contacts WHERE amocrm_contact_id = ANY($1)
           UNION
           SELECT id FROM contacts WHERE company_id = ANY($2)
           UNION
           SELECT contact_id FROM contact_phones AS phone
           JOIN contacts AS contact ON contact.id = phone.contact_id AND contact.company_id IS NULL
           WHERE digits <> '' AND digits = ANY($3)
           UNION
           SELECT contact_id FROM contact_emails AS email
           JOIN contacts AS contact ON contact.id = email.contact_id AND contact.company_id IS NULL
           WHERE lower(value) = ANY($4)"#,
        amo_ids,
        companies,
        digits,
        emails,
    )
    .fetch_all(conn)
    .await
}

pub(super) async fn contacts(conn: &mut PgConnection, ids: &[Uuid]) -> Sql<Vec<Record>> {
    let rows = sqlx::query!(
        "SELECT id, amocrm_contact_id, company_id, first_name, last_name, position, note, imported_fields
         FROM contacts WHERE id = ANY($1) ORDER BY id",
        ids,
    )
    .fetch_all(&mut *conn)
    .await?;
    let phones = sqlx::query!(
        "SELECT contact_id AS owner, position, digits, extension, raw FROM contact_phones
         WHERE contact_id = ANY($1) ORDER BY contact_id, position",
        ids,
    );
    let phones = phones.fetch_all(&mut *conn).await?.into_iter();
    let phones = phones.map(|row| (row.owner, row.position, phone_key(&row.digits, &row.extension, &row.raw)));
    let emails = sqlx::query!(
        "SELECT contact_id AS owner, position, value FROM contact_emails
         WHERE contact_id = ANY($1) ORDER BY contact_id, position",
        ids,
    );
    let emails = emails.fetch_all(conn).await?.into_iter();
    let emails = emails.map(|row| (row.owner, row.position, email_key(&row.value)));
    let (mut phones, mut emails) = (by_owner(phones), by_owner(emails));
    let records = rows.into_iter().map(|row| Record {
        id: row.id,
        amo_id: row.amocrm_contact_id,
        phones: phones.remove(&row.id).unwrap_or_default(),
        emails: emails.remove(&row.id).unwrap_or_default(),
        imported: Imported::read(row.imported_fields.as_ref(), &CONTACT_FIELDS),
        values: vec![
            row.first_name,
            row.last_name,
            row.position,
            row.note,
            row.company_id.map(|id| id.to_string()).unwrap_or_default(),
        ],
    });
    Ok(records.collect())
}

fn by_owner(rows: impl Iterator<Item = (Uuid, i32, String)>) -> std::collections::HashMap<Uuid, Channels> {
    let mut owners: std::collections::HashMap<Uuid, Channels> = std::collections::HashMap::new();
    for (owner, position, key) in rows {
        let channels = owners.entry(owner).or_default();
        channels.next = channels.next.max(position + 1);
        channels.keys.push(key);
    }
    owners
}
