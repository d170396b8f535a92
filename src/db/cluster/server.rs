//! The server of one place: whether it runs, how it comes up, and how it goes down.

use std::fs::{self, File, OpenOptions};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::Child;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};

use super::binaries;
use super::launch::telling_line;
use super::place::{Place, Settings};

/// The only login of the cluster; the folder's mode guards it, not a password.
pub(super) const USER: &str = "crm";
/// The database made at the first start.
const DATABASE: &str = "crm";
/// A crash under load leaves up to a gigabyte of log to replay, which takes a slow disk minutes.
const START_LIMIT: Duration = Duration::from_mins(5);
const STOP_LIMIT: Duration = Duration::from_mins(1);
const POLL: Duration = Duration::from_millis(10);

/// How to run the server of one place.
pub(super) struct Server {
    pub(super) place: Place,
    pub(super) bin: PathBuf,
    pub(super) settings: Settings,
    /// Set when our own process wants to end, so that no wait holds it up.
    pub(super) stopping: Arc<AtomicBool>,
}

/// What `postmaster.pid` tells, checked against the processes that exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Absent,
    /// Starting or stopping.
    Busy,
    Ready,
}

impl Server {
    /// Finds the folders and the programs; starts nothing.
    pub(super) fn prepare(settings: Settings) -> Result<Self> {
        let place = Place::choose(&settings.data_dir)?;
        let _lock = lock(&place)?;
        let existing = place.existing_major()?;
        let bin = binaries::find(&place.root, settings.pg_bin.as_deref(), existing)?;
        Ok(Self {
            place,
            bin,
            settings,
            stopping: Arc::default(),
        })
    }

    /// Attaches to a running server, or starts one: then the answer is its process.
    pub(super) fn ensure_running(&self) -> Result<Option<Child>> {
        let _lock = lock(&self.place)?;
        self.place.make_private(&self.place.socket_dir)?;
        if self.place.existing_major()?.is_none() {
            self.make_cluster()?;
        }
        let deadline = Instant::now() + START_LIMIT;
        let mut pause = Duration::from_millis(100);
        loop {
            match self.try_once(deadline) {
                Ok(child) => return Ok(child),
                // After a kill -9 its children hold the shared memory for another moment.
                Err(error) if pause > Duration::from_secs(2) => return Err(error),
                Err(_) => {
                    self.check_stopping()?;
                    sleep(pause);
                    pause *= 2;
                }
            }
        }
    }

    fn try_once(&self, deadline: Instant) -> Result<Option<Child>> {
        while self.state() == State::Busy {
            self.check_stopping()?;
            ensure!(
                Instant::now() < deadline,
                "the running PostgreSQL does not become ready"
            );
            sleep(POLL);
        }
        if self.state() == State::Ready {
            self.ensure_database()?;
            return Ok(None);
        }
        let mut child = self.spawn()?;
        let up = self
            .wait_until_ready(&mut child, deadline)
            .and_then(|()| self.ensure_database());
        if let Err(error) = up {
            stop(&mut child);
            return Err(error);
        }
        Ok(Some(child))
    }

    /// Whether clients can connect.
    pub(super) fn is_ready(&self) -> bool {
        self.state() == State::Ready
    }

    fn state(&self) -> State {
        let Ok(text) = fs::read_to_string(self.place.data().join("postmaster.pid")) else {
            return State::Absent;
        };
        let mut lines = text.lines();
        let pid = lines.next().unwrap_or_default().trim();
        let alive =
            fs::read_to_string(format!("/proc/{pid}/cmdline")).is_ok_and(|command| command.contains("postgres"));
        if !alive {
            return State::Absent;
        }
        // The eighth line is the status; the rest was read off the start.
        let ready = lines.nth(6).is_some_and(|status| status.trim() == "ready");
        if ready && UnixStream::connect(self.place.socket()).is_ok() {
            State::Ready
        } else {
            State::Busy
        }
    }

    fn check_stopping(&self) -> Result<()> {
        ensure!(
            !self.stopping.load(Ordering::Relaxed),
            "stopped before the database was ready"
        );
        Ok(())
    }

    fn wait_until_ready(&self, child: &mut Child, deadline: Instant) -> Result<()> {
        while !self.is_ready() {
            if let Some(status) = child.try_wait()? {
                let log = fs::read_to_string(self.place.log()).unwrap_or_default();
                bail!("PostgreSQL did not start ({status}): {}", telling_line(&log));
            }
            self.check_stopping()?;
            ensure!(
                Instant::now() < deadline,
                "PostgreSQL is not ready after {} s: see {}",
                START_LIMIT.as_secs(),
                self.place.log().display()
            );
            sleep(POLL);
        }
        Ok(())
    }

    /// Makes our database when it is missing. Also the proof that clients are served.
    fn ensure_database(&self) -> Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            use sqlx::{Connection, PgConnection};
            let mut conn = PgConnection::connect(&self.url("postgres"))
                .await
                .map_err(|error| anyhow!("the started PostgreSQL does not answer: {error}"))?;
            // Unchecked at build time: this runs before there is a schema to check against.
            let found = sqlx::query("SELECT 1 FROM pg_database WHERE datname = $1")
                .bind(DATABASE)
                .fetch_optional(&mut conn)
                .await?;
            if found.is_none() {
                sqlx::query("CREATE DATABASE crm").execute(&mut conn).await?;
            }
            conn.close().await.context("cannot leave the database")
        })
    }

    /// The address of `database` for sqlx. Port and mode are named, lest `PGPORT` be read.
    pub(super) fn url(&self, database: &str) -> String {
        let folder = percent_encoded(self.place.socket_dir.as_os_str().as_encoded_bytes());
        format!("postgres://{USER}@localhost:5432/{database}?host={folder}&sslmode=disable")
    }

    /// Stops the server and waits, holding the lock so that nobody starts another meanwhile.
    pub(super) fn shut_down(&self, child: &mut Child) {
        let _lock = lock(&self.place).ok();
        stop(child);
    }
}

/// Rolls open transactions back and writes a checkpoint; harder when that takes too long.
fn stop(child: &mut Child) {
    for signal in [Signal::INT, Signal::QUIT, Signal::KILL] {
        let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) else {
            return;
        };
        if kill_process(pid, signal).is_err() {
            return;
        }
        let deadline = Instant::now() + STOP_LIMIT;
        while Instant::now() < deadline {
            if !matches!(child.try_wait(), Ok(None)) {
                return;
            }
            sleep(POLL);
        }
        tracing::warn!(?signal, "PostgreSQL does not stop");
    }
}

fn lock(place: &Place) -> Result<File> {
    let path = place.lock();
    let file = OpenOptions::new().create(true).append(true).open(&path);
    let file = file.with_context(|| format!("cannot open {}", path.display()))?;
    file.lock().with_context(|| format!("cannot lock {}", path.display()))?;
    Ok(file)
}

fn percent_encoded(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, &byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(text, "%{byte:02X}");
        }
        text
    })
}
