//! Walks through a file: companies first, so that contacts find theirs wherever it stands; some hundred rows in one
//! transaction.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sqlx::{Connection as _, PgConnection};
use tokio::sync::mpsc;

use super::judge::{Chunk, Judge};
use super::model::{Import, ImportSummary, Kind, Outcome, ReportLine, Verdict};
use super::options::ImportOptions;
use super::reading::Table;
use super::rows::{Meaning, Reader};
use super::{names::Names, people::People, queries, write};
use crate::app::App;
use crate::audit::{self, Event};
use crate::error::{Error, Result};
use crate::policy::{Action, Actor, Ties, check};
use crate::values::{ImportId, text};
use crate::{accounts, companies, dictionaries};

/// Rows of one transaction: few enough that whoever makes a company meanwhile waits for a moment only.
const CHUNK: usize = 500;

const DIED: &str = "Загрузка прервалась: программу остановили. Загрузите файл ещё раз, готовые строки не изменятся.";
const NO_DATABASE: &str =
    "База данных перестала отвечать. Загрузите файл ещё раз: готовые строки не изменятся, остальные добавятся.";
const DEFECT: &str = "Внутренняя ошибка, она записана в журнал. Готовые строки сохранены.";

/// Reports rows done and rows in all.
pub(super) type Progress<'a> = &'a (dyn Fn(u64, u64) + Sync);

/// An import that has begun: its row is written, its file is read as far as the heading.
pub(crate) struct Started {
    conn: PgConnection,
    table: Arc<Table>,
    judge: Judge,
    options: ImportOptions,
    summary: ImportSummary,
}

/// Opens the file and enters the import.
///
/// # Errors
/// [`Error::Invalid`] with a sentence when the file cannot be imported at all.
pub(super) async fn begin(app: &App, actor: &Actor, bytes: Vec<u8>, options: ImportOptions) -> Result<Started> {
    check(actor, Action::ImportBase, Ties::default())?;
    let opened = tokio::task::spawn_blocking(move || {
        let sha256 = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(&bytes));
        Table::open(bytes).map(|table| (table, sha256))
    });
    let opened = opened.await.map_err(anyhow::Error::from)?;
    let (table, sha256) = opened.map_err(|sentence| Error::field("file", sentence))?;
    let people = People::new(&accounts::users(app, actor).await?);
    let mut conn = app.db.acquire().await?.detach();
    queries::prepare_session(&mut conn).await?;
    queries::bury_dead(&mut conn, DIED, app.now()).await?;
    let id = ImportId::new();
    queries::hold(&mut conn, id).await?;
    let import = Import {
        summary: ImportSummary::new(id, i64::from(table.rows)),
        file_name: options.file_name.clone(),
        is_dry_run: options.is_dry_run,
        state: super::model::State::Running,
        failure: String::new(),
        started_by: String::new(),
        started_at: app.now(),
        finished_at: None,
    };
    queries::insert(&mut conn, &import, &sha256, actor.user.map(|user| user.0)).await?;
    // Read after the import is entered: a merge of two entries that does not see it yet is one that is seen here.
    let names = Names::new(&dictionaries::all(&mut conn).await?);
    let judge = Judge::new(*actor, &options, people, names);
    Ok(Started {
        conn,
        table: Arc::new(table),
        judge,
        options,
        summary: import.summary,
    })
}

/// Ends imports whose process has died, so that nobody waits for them.
pub(super) async fn bury_dead(app: &App, conn: &mut PgConnection) -> Result<()> {
    Ok(queries::bury_dead(conn, DIED, app.now()).await?)
}

impl Started {
    /// Key of the import.
    pub(crate) fn id(&self) -> ImportId {
        self.summary.id
    }

    /// Judges all rows and ends the import, well or not.
    pub(crate) async fn work(mut self, app: &App, progress: Progress<'_>) -> Result<ImportSummary> {
        let id = self.id();
        let worked = self.walk(app, progress).await;
        let failure = match &worked {
            Ok(()) => "",
            Err(Error::Unavailable(_)) => NO_DATABASE,
            Err(_) => DEFECT,
        };
        // The session may be what failed: the end is written by another one.
        let mut conn = app.db.acquire().await?;
        queries::finish(&mut conn, id, failure, app.now()).await?;
        worked?;
        if !self.options.is_dry_run {
            let message = format!(
                "Импорт из amoCRM: файл «{}», добавлено {}, обновлено {}",
                self.options.file_name,
                text::number(self.summary.created),
                text::number(self.summary.updated),
            );
            audit::record(
                &mut conn,
                &self.judge.actor,
                Event::new("import", "import", id, message),
            )
            .await?;
        }
        Ok(self.summary)
    }

    async fn walk(&mut self, app: &App, progress: Progress<'_>) -> Result<()> {
        let total = u64::from(self.table.rows.unsigned_abs());
        let (chunks, mut ready) = mpsc::channel(2);
        let (table, options, now) = (Arc::clone(&self.table), self.options.clone(), app.now());
        // Reading is work for a processor, writing for the database: both at once.
        let reading = tokio::task::spawn_blocking(move || read(&table, &options, now, &chunks));
        while let Some(chunk) = ready.recv().await {
            self.judge_rows(app, &chunk).await?;
            progress(u64::try_from(self.summary.judged()).unwrap_or(total), total);
        }
        reading.await.map_err(anyhow::Error::from)?;
        Ok(())
    }

    /// Judges a chunk; when it cannot be written as a whole, row by row, so that one does not stop the others.
    async fn judge_rows(&mut self, app: &App, rows: &[Meaning]) -> Result<()> {
        match self.attempt(app, rows).await {
            Err(Error::Unexpected(cause)) if !self.options.is_dry_run => {
                tracing::warn!(
                    cause = format!("{cause:#}"),
                    "a chunk of an import is written row by row"
                );
            }
            result => return result,
        }
        for row in rows {
            let cause = match self.attempt(app, std::slice::from_ref(row)).await {
                Err(Error::Unexpected(cause)) => cause,
                result => {
                    result?;
                    continue;
                }
            };
            tracing::warn!(cause = format!("{cause:#}"), "a row of an import is refused");
            let (line, key) = row.place();
            let message = "Строку не удалось записать: база данных её не приняла";
            let refused = Outcome::without_record(line, Verdict::Refused, key, message);
            self.attempt(app, &[Meaning::Judged(refused)]).await?;
        }
        Ok(())
    }

    /// One transaction: read, judge, write, report.
    async fn attempt(&mut self, app: &App, rows: &[Meaning]) -> Result<()> {
        let mut chunk = Chunk::default();
        let result = self.transact(app, rows, &mut chunk).await;
        match result {
            Ok(summary) => {
                self.summary = summary;
                self.judge.forget(&chunk, self.options.is_dry_run);
                Ok(())
            }
            Err(error) => {
                self.judge.undo(&chunk);
                // Names that the transaction made are gone with it.
                if !matches!(error, Error::Unavailable(_)) {
                    self.judge.names = Names::new(&dictionaries::all(&mut self.conn).await?);
                }
                Err(error)
            }
        }
    }

    async fn transact(&mut self, app: &App, rows: &[Meaning], chunk: &mut Chunk) -> Result<ImportSummary> {
        let Self {
            conn,
            judge,
            options,
            summary,
            ..
        } = self;
        let is_dry_run = options.is_dry_run;
        let mut tx = conn.begin().await?;
        if !is_dry_run {
            companies::bulk::lock(&mut tx).await?;
        }
        write::load(&mut tx, judge, rows, is_dry_run).await?;
        for row in rows {
            judge.judge(chunk, row);
        }
        if !is_dry_run {
            write::flush(&mut tx, judge, chunk, app.now()).await?;
        }
        let lines: Vec<ReportLine> = chunk.outcomes.iter().flat_map(Outcome::lines).collect();
        queries::add_lines(&mut tx, summary.id, &lines).await?;
        let mut counted = summary.clone();
        for outcome in &chunk.outcomes {
            counted.add(outcome.verdict);
        }
        queries::count(&mut tx, &counted).await?;
        tx.commit().await?;
        Ok(counted)
    }
}

/// Reads a file chunk by chunk, until nobody wants more.
fn read(table: &Table, options: &ImportOptions, now: DateTime<Utc>, chunks: &mpsc::Sender<Vec<Meaning>>) {
    let reader = Reader::new(&table.head, options.time_zone, now).by(options.key);
    for contacts in [false, true] {
        let mut rows = table
            .rows()
            .filter(|row| (reader.kind(row) == Some(Kind::Contact)) == contacts);
        loop {
            let chunk: Vec<Meaning> = rows.by_ref().take(CHUNK).map(|row| reader.read(&row)).collect();
            if chunk.is_empty() {
                break;
            }
            if chunks.blocking_send(chunk).is_err() {
                return;
            }
        }
    }
}
