//! The export itself: chunk by chunk out of the snapshot, into the file and away.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use bytes::Bytes;
use sqlx::PgConnection;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::mpsc;

use crate::app::App;
use crate::error::{Error, Result};
use crate::exports::model::{Format, State, What};
use crate::exports::queries::{self, Selection};
use crate::exports::sheet::{CsvSheet, Layout, Row, Words, company_row, contact_row, write_xlsx};

/// Bytes that are given away at once.
const PIECE: usize = 64 * 1024;
/// Whoever has not taken a piece within this time does not want it.
const PATIENCE: Duration = Duration::from_mins(1);

const GONE: &str = "Получатель закрыл соединение";
const SLOW: &str = "Получатель целую минуту ничего не принимал";
const NO_DATABASE: &str = "База данных перестала отвечать";
const NO_ROOM: &str = "Файл не удалось записать на диск";
const DEFECT: &str = "Внутренняя ошибка, она записана в журнал сервера";

/// What is left of an export after its beginning.
pub(in crate::exports) struct Run {
    pub(super) conn: PgConnection,
    pub(super) number: i64,
    pub(super) what: What,
    pub(super) format: Format,
    pub(super) selection: Selection,
    pub(super) layout: Layout,
    pub(super) watermark: Vec<String>,
    pub(super) words: Words,
}

/// Where the bytes go.
pub(in crate::exports) enum Out {
    /// To a browser.
    Browser(mpsc::Sender<io::Result<Bytes>>),
    /// Into a file.
    File(tokio::fs::File),
}

/// How much has been given away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sent {
    /// Records.
    pub(crate) rows: i64,
    /// Bytes.
    pub(crate) bytes: i64,
}

/// Why an export ended in its middle.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error("nobody takes the bytes")]
    Gone,
    #[error("the bytes are taken too slowly")]
    Slow,
    #[error("the file cannot be written: {0}")]
    Disk(io::Error),
    #[error(transparent)]
    Failed(#[from] Error),
}

impl From<sqlx::Error> for Broken {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl From<anyhow::Error> for Broken {
    fn from(error: anyhow::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl Broken {
    fn sentence(&self) -> &'static str {
        match self {
            Self::Gone => GONE,
            Self::Slow => SLOW,
            Self::Disk(_) => NO_ROOM,
            Self::Failed(Error::Unavailable(_)) => NO_DATABASE,
            Self::Failed(_) => DEFECT,
        }
    }
}

/// Counts what goes out.
struct Tap<'a> {
    out: Out,
    sent: Sent,
    progress: &'a (dyn Fn(i64) + Sync),
}

impl Tap<'_> {
    async fn give(&mut self, bytes: &[u8]) -> Result<(), Broken> {
        for piece in bytes.chunks(PIECE) {
            match &mut self.out {
                Out::Browser(browser) => {
                    let sending = browser.send(Ok(Bytes::copy_from_slice(piece)));
                    let sent = tokio::time::timeout(PATIENCE, sending).await;
                    sent.map_err(|_| Broken::Slow)?.map_err(|_| Broken::Gone)?;
                }
                Out::File(file) => file.write_all(piece).await.map_err(Broken::Disk)?,
            }
            self.sent.bytes += i64::try_from(piece.len()).unwrap_or(i64::MAX);
        }
        Ok(())
    }

    fn count(&mut self, rows: usize) {
        self.sent.rows += i64::try_from(rows).unwrap_or(i64::MAX);
        (self.progress)(self.sent.rows);
    }

    /// The end: a file is whole on the disk, a browser learns of a failure by a broken connection.
    async fn close(&mut self, is_whole: bool) -> Result<(), Broken> {
        match &mut self.out {
            Out::Browser(browser) if !is_whole => {
                let _ = browser.send(Err(io::Error::other("the export broke off"))).await;
            }
            Out::Browser(_) => (),
            Out::File(file) => file.sync_all().await.map_err(Broken::Disk)?,
        }
        Ok(())
    }
}

impl Run {
    /// Gives all of it away and writes down how it ended; the error is what a command says.
    pub(in crate::exports) async fn work(
        mut self,
        app: &App,
        out: Out,
        progress: &(dyn Fn(i64) + Sync),
    ) -> Result<Sent> {
        let mut tap = Tap {
            out,
            sent: Sent::default(),
            progress,
        };
        let mut worked = match self.format {
            Format::Csv | Format::CsvComma => self.csv(&mut tap).await,
            Format::Xlsx => self.xlsx(app, &mut tap).await,
        };
        let closed = tap.close(worked.is_ok()).await;
        worked = worked.and(closed);
        let (state, failure) = match &worked {
            Ok(()) => (State::Done, ""),
            Err(broken) => (State::Broken, broken.sentence()),
        };
        if let Err(Broken::Failed(error)) = &worked {
            tracing::error!(
                number = self.number,
                error = format!("{error:#}"),
                "an export broke off"
            );
        }
        let mut conn = app.db.acquire().await?;
        let sent = (tap.sent.rows, tap.sent.bytes);
        queries::finish(&mut conn, self.number, (state, failure), sent, app.now()).await?;
        match worked {
            Ok(()) => Ok(tap.sent),
            Err(broken) => Err(anyhow::anyhow!("{}", broken.sentence()).into()),
        }
    }

    async fn csv(&mut self, tap: &mut Tap<'_>) -> Result<(), Broken> {
        let sheet = CsvSheet::new(self.format);
        tap.give(&sheet.head(&self.watermark, &self.layout.headings)?).await?;
        for of_contacts in self.kinds() {
            queries::open(&mut self.conn, &self.selection, of_contacts).await?;
            while let Some(rows) = self.chunk(of_contacts).await? {
                tap.give(&sheet.rows(&rows)?).await?;
                tap.count(rows.len());
            }
            queries::close(&mut self.conn).await?;
        }
        Ok(())
    }

    /// A workbook is a draft on the disk first: its parts are not written in the order of the file.
    async fn xlsx(&mut self, app: &App, tap: &mut Tap<'_>) -> Result<(), Broken> {
        let folder = drafts(app);
        let (chunks, inbox) = mpsc::channel(2);
        let (layout, watermark) = (self.layout.clone(), self.watermark.clone());
        let mut drafted = 0;
        let writing = tokio::task::spawn_blocking(move || write_xlsx(&folder, &layout, &watermark, inbox));
        for of_contacts in self.kinds() {
            queries::open(&mut self.conn, &self.selection, of_contacts).await?;
            while let Some(rows) = self.chunk(of_contacts).await? {
                if tap.is_closed() {
                    return Err(Broken::Gone);
                }
                let count = rows.len();
                if chunks.send(rows).await.is_err() {
                    // The writer has ended: what it says is the cause.
                    break;
                }
                drafted += i64::try_from(count).unwrap_or(i64::MAX);
                (tap.progress)(drafted);
            }
            queries::close(&mut self.conn).await?;
        }
        drop(chunks);
        // The snapshot is no longer needed, the turn is.
        queries::drop_snapshot(&mut self.conn).await?;
        let file = writing.await.context("the writer of a workbook panicked")??;
        let mut file = tokio::fs::File::from_std(file);
        let mut piece = vec![0; PIECE];
        loop {
            let read = file.read(&mut piece).await.map_err(Broken::Disk)?;
            if read == 0 {
                // Nobody can read a part of a workbook.
                tap.sent.rows = drafted;
                return Ok(());
            }
            tap.give(&piece[..read]).await?;
        }
    }

    /// Companies first, so that people find theirs wherever the file is read.
    fn kinds(&self) -> Vec<bool> {
        let companies = self.what.has_companies().then_some(false);
        let contacts = self.what.has_contacts().then_some(true);
        companies.into_iter().chain(contacts).collect()
    }

    async fn chunk(&mut self, of_contacts: bool) -> Result<Option<Vec<Row>>, Broken> {
        let ids = queries::fetch(&mut self.conn).await?;
        if ids.is_empty() {
            return Ok(None);
        }
        let (layout, words) = (&self.layout, &self.words);
        let rows = if of_contacts {
            let records = queries::contacts(&mut self.conn, &ids).await?;
            records
                .iter()
                .map(|record| contact_row(layout, record, words))
                .collect()
        } else {
            let records = queries::companies(&mut self.conn, &ids).await?;
            records
                .iter()
                .map(|record| company_row(layout, record, words))
                .collect()
        };
        Ok(Some(rows))
    }
}

impl Tap<'_> {
    fn is_closed(&self) -> bool {
        matches!(&self.out, Out::Browser(browser) if browser.is_closed())
    }
}

/// Where drafts lie: beside the data, for a machine's own folder may be kept in memory.
fn drafts(app: &App) -> PathBuf {
    let own = app.config.data_dir.join("drafts");
    match std::fs::create_dir_all(&own) {
        Ok(()) => own,
        Err(_) => std::env::temp_dir(),
    }
}
