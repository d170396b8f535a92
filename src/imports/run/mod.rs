//! Walks through a file: each company before its contacts, wherever they stand; some hundred rows in one transaction,
//! which also says which rows are done. Whoever takes it up does the others.

mod end;
mod open;
mod order;
mod recall;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sqlx::{Connection as _, PgConnection};
use tokio::sync::mpsc;

use self::recall::Recall;
use super::judge::{Chunk, Judge};
use super::model::{ImportSummary, Outcome, ReportLine, State, Verdict};
use super::options::ImportOptions;
use super::queries::Ending;
use super::reading::Table;
use super::rows::{Meaning, Reader};
use super::{names::Names, queries, write};
use crate::app::App;
use crate::error::{Error, Result};
use crate::values::ImportId;
use crate::{accounts, companies, dictionaries};

pub(super) use self::end::UNDOABLE;
pub(super) use self::open::{FILE_KEPT, GONE, begin, bury_dead, from_preview, session, take_up};

/// Rows of one transaction: few enough that whoever makes a company meanwhile waits for a moment only.
const CHUNK: usize = 500;

const DEFECT: &str = "Внутренняя ошибка, она записана в журнал. Готовые строки сохранены.";

/// Reports rows done and rows in all.
pub(super) type Progress<'a> = &'a (dyn Fn(u64, u64) + Sync);

/// An import in somebody's hands: its row is written, its file is read as far as the heading.
pub(crate) struct Started {
    conn: PgConnection,
    table: Arc<Table>,
    judge: Judge,
    options: ImportOptions,
    summary: ImportSummary,
    /// A run that goes on reads its file as on the first day.
    begun_at: DateTime<Utc>,
    /// The check that it was started from.
    preview: Option<ImportId>,
    recall: Recall,
    /// What a person has asked of it meanwhile.
    wish: String,
}

impl Started {
    /// Key of the import.
    pub(crate) fn id(&self) -> ImportId {
        self.summary.id
    }

    /// Judges all rows and ends the import, well or not; or as far as a person lets it.
    ///
    /// # Errors
    /// [`Error::Unavailable`]: the import is left as it is, for whoever takes it up.
    pub(crate) async fn work(mut self, app: &App, progress: Progress<'_>) -> Result<ImportSummary> {
        let walked = self.walk(app, progress).await;
        let mut ending = Ending {
            state: State::Failed,
            failure: DEFECT,
            differing: None,
            undo_until: None,
        };
        match &walked {
            Ok((state, differing)) => {
                ending.state = *state;
                ending.failure = "";
                ending.differing = *differing;
            }
            Err(Error::Unavailable(_)) => (),
            Err(_) => end::end(app, &self.judge.actor, (&self.options, &self.summary), ending).await?,
        }
        walked?;
        end::end(app, &self.judge.actor, (&self.options, &self.summary), ending).await?;
        let Self { conn, summary, .. } = self;
        // Whoever goes on with it need not wait until the server has noticed that this session is gone.
        conn.close().await?;
        Ok(summary)
    }

    /// How the import ends, and how many rows came out otherwise than its check said.
    async fn walk(&mut self, app: &App, progress: Progress<'_>) -> Result<(State, Option<i32>)> {
        let total = u64::from(self.table.rows.unsigned_abs());
        let (chunks, mut ready) = mpsc::channel(2);
        let (table, options, now) = (Arc::clone(&self.table), self.options.clone(), self.begun_at);
        // Reading is work for a processor, writing for the database: both at once.
        let reading = tokio::task::spawn_blocking(move || read(&table, &options, now, &chunks));
        while let Some(chunk) = ready.recv().await {
            let unjudged = self.recall.replay(&mut self.judge, chunk);
            match self.wish.as_str() {
                "pause" => return Ok((State::Paused, None)),
                "stop" => return Ok((State::Stopped, None)),
                _ => (),
            }
            if !unjudged.is_empty() {
                self.judge_rows(app, &unjudged).await?;
                progress(u64::try_from(self.summary.judged()).unwrap_or(total), total);
            }
        }
        reading.await.map_err(anyhow::Error::from)?;
        let differing = match self.preview {
            Some(preview) => Some(queries::differing(&mut self.conn, self.summary.id, preview).await?),
            None => None,
        };
        Ok((State::Done, differing))
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
            Ok((summary, wish)) => {
                self.summary = summary;
                self.wish = wish;
                self.judge.forget(&chunk, self.options.is_dry_run);
                Ok(())
            }
            Err(error) => {
                self.judge.undo(&chunk);
                // Names that the transaction made are gone with it.
                if !matches!(error, Error::Unavailable(_)) {
                    let branches = accounts::branches(app).await?;
                    self.judge.names = Names::new(&dictionaries::all(&mut self.conn).await?, &branches);
                }
                Err(error)
            }
        }
    }

    async fn transact(&mut self, app: &App, rows: &[Meaning], chunk: &mut Chunk) -> Result<(ImportSummary, String)> {
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
        queries::look_up_by_keys(&mut tx, true).await?;
        write::load(&mut tx, judge, rows, is_dry_run).await?;
        queries::look_up_by_keys(&mut tx, false).await?;
        for row in rows {
            judge.judge(chunk, row);
        }
        if !is_dry_run {
            write::flush(&mut tx, judge, chunk, (summary.id, app.now())).await?;
        }
        let lines: Vec<ReportLine> = chunk.outcomes.iter().flat_map(Outcome::lines).collect();
        queries::add_lines(&mut tx, summary.id, &lines).await?;
        queries::add_changes(&mut tx, summary.id, &chunk.changes).await?;
        let mut counted = summary.clone();
        for outcome in &chunk.outcomes {
            counted.add(outcome.verdict);
        }
        let wish = queries::count(&mut tx, &counted).await?;
        tx.commit().await?;
        Ok((counted, wish))
    }
}

/// Reads a file chunk by chunk, until nobody wants more.
fn read(table: &Table, options: &ImportOptions, now: DateTime<Utc>, chunks: &mpsc::Sender<Vec<Meaning>>) {
    let reader = Reader::new(&table.head, options.time_zone, now).by(options.key);
    for places in order::of(table, &reader).chunks(CHUNK) {
        let rows = places.iter().filter_map(|place| table.row(*place));
        if chunks
            .blocking_send(rows.map(|row| reader.read(&row)).collect())
            .is_err()
        {
            return;
        }
    }
}
