//! Filling a database: rows are generated on one thread and copied in on another, so that memory stays flat.

use std::sync::Arc;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use sqlx::{Connection as _, PgConnection};
use tokio::sync::mpsc;

use super::company::{company, head_of};
use super::copy::{Chunk, Directory, STATEMENTS};
use super::{indexes, people};

/// Companies in one transaction: some ten megabytes of text.
const CHUNK: u64 = 2_000;

/// From here on an empty base is filled without its indexes, which are made again at the end.
const WITHOUT_INDEXES: u64 = 20_000;

/// What to fill the base with.
#[derive(Debug, Clone)]
pub(crate) struct SeedOptions {
    /// How many companies to add to those that are there.
    pub(crate) companies: u64,
    pub(crate) seed: u64,
    pub(crate) now: DateTime<Utc>,
    /// The hash of the password of all demo users, as `users.password_hash` keeps it.
    pub(crate) password_hash: String,
}

/// How much was made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SeedSummary {
    pub(crate) branches: u64,
    pub(crate) users: u64,
    pub(crate) companies: u64,
    pub(crate) contacts: u64,
    pub(crate) phones: u64,
    pub(crate) emails: u64,
    pub(crate) notes: u64,
    pub(crate) tasks: u64,
}

impl SeedSummary {
    fn add(&mut self, rows: &[u64; STATEMENTS.len()]) {
        let [
            companies,
            phones,
            emails,
            _,
            contacts,
            contact_phones,
            contact_emails,
            notes,
            tasks,
        ] = rows;
        self.companies += companies;
        self.contacts += contacts;
        self.phones += phones + contact_phones;
        self.emails += emails + contact_emails;
        self.notes += notes;
        self.tasks += tasks;
    }
}

/// Adds demo companies, and branches with users when there are none; `progress` hears how many are in.
///
/// A base that has companies already is continued: its next company is the one after those.
pub(crate) async fn seed(
    conn: &mut PgConnection,
    options: SeedOptions,
    progress: &(dyn Fn(u64) + Sync),
) -> anyhow::Result<SeedSummary> {
    let mut summary = SeedSummary::default();
    (summary.branches, summary.users) = people::create(conn, &options.password_hash).await?;
    let first = count_companies(conn).await?;
    if first == 0 && options.companies >= WITHOUT_INDEXES {
        // In one transaction: whoever breaks the fill off keeps an empty base with all its indexes.
        let mut all = conn.begin().await.context("opening the fill")?;
        // Contacts and notes hang on companies, so their tables are as good as empty.
        let definitions = indexes::drop_all(&mut all).await?;
        fill(&mut all, &options, first, (&mut summary, progress)).await?;
        indexes::create(&mut all, definitions).await?;
        all.commit().await.context("closing the fill")?;
    } else {
        fill(conn, &options, first, (&mut summary, progress)).await?;
    }
    // Invented companies bear dates of the past, so that gathering must begin anew.
    sqlx::query!("DELETE FROM company_words_gathered")
        .execute(&mut *conn)
        .await
        .context("forgetting the words")?;
    sqlx::query!("ANALYZE")
        .execute(conn)
        .await
        .context("counting for the planner")?;
    Ok(summary)
}

async fn count_companies(conn: &mut PgConnection) -> anyhow::Result<u64> {
    let count = sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM companies"#)
        .fetch_one(conn)
        .await
        .context("counting companies")?;
    Ok(u64::try_from(count)?)
}

async fn fill(
    conn: &mut PgConnection,
    options: &SeedOptions,
    first: u64,
    (summary, progress): (&mut SeedSummary, &(dyn Fn(u64) + Sync)),
) -> anyhow::Result<()> {
    let directory = Arc::new(directory(conn).await?);
    let (sender, mut chunks) = mpsc::channel(1);
    let plan = options.clone();
    let writer = tokio::task::spawn_blocking(move || generate(&plan, first, &directory, &sender));
    while let Some(chunk) = chunks.recv().await {
        copy_in(conn, &chunk).await?;
        if summary.companies == 0 {
            // Checks of foreign keys keep the plan of their first row: let it be made for tables that are not empty.
            sqlx::query!("ANALYZE companies, contacts").execute(&mut *conn).await?;
        }
        summary.add(&chunk.rows);
        progress(summary.companies);
    }
    writer.await.context("generating companies")
}

/// Writes chunk after chunk; stops when nobody takes them any more.
fn generate(plan: &SeedOptions, first: u64, directory: &Directory, chunks: &mpsc::Sender<Chunk>) {
    let end = first + plan.companies;
    let mut from = first;
    while from < end {
        let mut chunk = Chunk::default();
        let to = end.min(from + CHUNK);
        for index in from..to {
            let mut made = company(plan.seed, index, plan.now);
            if head_of(index).is_some_and(|head| head < first) {
                // The head was made at another time, if at all, and has another key.
                made.head_company_id = None;
            }
            chunk.add(&made, directory);
        }
        if chunks.blocking_send(chunk).is_err() {
            return;
        }
        from = to;
    }
}

async fn copy_in(conn: &mut PgConnection, chunk: &Chunk) -> anyhow::Result<()> {
    let mut transaction = conn.begin().await.context("opening a chunk")?;
    for (statement, text) in STATEMENTS.into_iter().zip(&chunk.texts) {
        let mut copy = transaction.copy_in_raw(statement).await.context("starting COPY")?;
        copy.send(text.as_bytes()).await.context("sending rows")?;
        copy.finish()
            .await
            .with_context(|| format!("finishing «{statement}»"))?;
    }
    transaction.commit().await.context("closing a chunk")
}

async fn directory(conn: &mut PgConnection) -> anyhow::Result<Directory> {
    let statuses = sqlx::query!("SELECT name, id FROM company_statuses")
        .fetch_all(&mut *conn)
        .await
        .context("reading statuses")?;
    let spheres = sqlx::query!("SELECT name, id FROM company_spheres")
        .fetch_all(&mut *conn)
        .await
        .context("reading spheres")?;
    let regions = sqlx::query!("SELECT name, id FROM regions")
        .fetch_all(&mut *conn)
        .await
        .context("reading regions")?;
    Ok(Directory {
        regions: regions.into_iter().map(|row| (row.name, row.id)).collect(),
        statuses: statuses.into_iter().map(|row| (row.name, row.id)).collect(),
        spheres: spheres.into_iter().map(|row| (row.name, row.id)).collect(),
        staff: people::staff(conn).await?,
    })
}
