//! One server process: how its cluster is made, how it is started, and how it is stopped.

use std::fs::{self, File, OpenOptions};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};

use super::binaries;
use super::place::{Place, Settings};

/// The only login of the cluster; the folder's mode guards it, not a password.
const USER: &str = "crm";
/// The database made at the first start.
const DATABASE: &str = "crm";
/// A crash under load leaves up to a gigabyte of log to replay, which takes a slow disk minutes.
const START_LIMIT: Duration = Duration::from_secs(300);
const STOP_LIMIT: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(10);
const LARGEST_LOG: u64 = 10 * 1024 * 1024;

/// How to run the server of one place.
pub(super) struct Server {
    pub(super) place: Place,
    bin: PathBuf,
    settings: Settings,
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
        self.place.make_private(&self.place.socket_dir)?;
        if self.place.existing_major()?.is_none() {
            self.make_cluster()?;
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
        let alive = fs::read_to_string(format!("/proc/{pid}/cmdline"))
            .is_ok_and(|command| command.contains("postgres"));
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

    /// Runs `initdb` under a temporary name, so that a broken run never looks like a cluster.
    fn make_cluster(&self) -> Result<()> {
        tracing::info!(folder = %self.place.root.display(), "making a private PostgreSQL cluster");
        let unfinished = self.place.root.join("data.new");
        if unfinished.exists() {
            fs::remove_dir_all(&unfinished)
                .with_context(|| format!("cannot remove {}", unfinished.display()))?;
        }
        self.place.make_private(&unfinished)?;
        let mut initdb = self.command("initdb", false);
        initdb
            .arg("-D")
            .arg(&unfinished)
            .args(["-U", USER, "-A", "trust", "-E", "UTF8"]);
        initdb.arg("--locale=C.UTF-8");
        if !self.settings.durable {
            initdb.arg("--no-sync");
        }
        let done = initdb.output().with_context(|| self.cannot_run("initdb"))?;
        let said = String::from_utf8_lossy(&done.stderr);
        ensure!(
            done.status.success(),
            "initdb failed: {}",
            telling_line(&said)
        );
        fs::rename(&unfinished, self.place.data()).context("cannot name the new cluster")
    }

    fn spawn(&self) -> Result<Child> {
        let log = open_log(&self.place.log())?;
        let mut postgres = self.command("postgres", true);
        postgres
            .arg("-D")
            .arg(self.place.data())
            .arg("-k")
            .arg(&self.place.socket_dir);
        for (name, value) in self.options() {
            postgres.arg("-c").arg(format!("{name}={value}"));
        }
        // Own process group: a Ctrl-C in the terminal is for us, and we stop the server last.
        postgres
            .process_group(0)
            .stdout(log.try_clone()?)
            .stderr(log);
        postgres
            .spawn()
            .with_context(|| self.cannot_run("postgres"))
    }

    /// A server for one program on a small machine, which shares it with that program.
    fn options(&self) -> Vec<(String, String)> {
        let mut options = vec![
            ("listen_addresses", ""),
            ("port", "5432"),
            ("unix_socket_permissions", "0700"),
            ("shared_buffers", "256MB"),
            ("effective_cache_size", "1GB"),
            ("work_mem", "16MB"),
            ("maintenance_work_mem", "128MB"),
            ("random_page_cost", "1.1"),
            ("jit", "off"),
            ("checkpoint_timeout", "15min"),
            ("wal_compression", "on"),
            ("timezone", "UTC"),
            ("log_timezone", "UTC"),
            ("log_checkpoints", "off"),
            // Details and statements of errors would carry people's data into the log.
            ("log_error_verbosity", "terse"),
            ("log_min_error_statement", "panic"),
        ];
        if !self.settings.durable {
            options.extend([
                ("fsync", "off"),
                ("synchronous_commit", "off"),
                ("full_page_writes", "off"),
            ]);
        }
        let mut options: Vec<(String, String)> = options
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        options.push((
            "max_connections".into(),
            self.settings.max_connections.to_string(),
        ));
        options.extend(self.settings.extra.iter().cloned());
        options
    }

    fn wait_until_ready(&self, child: &mut Child, deadline: Instant) -> Result<()> {
        while !self.is_ready() {
            if let Some(status) = child.try_wait()? {
                let log = fs::read_to_string(self.place.log()).unwrap_or_default();
                bail!(
                    "PostgreSQL did not start ({status}): {}",
                    telling_line(&log)
                );
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
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
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
                sqlx::query("CREATE DATABASE crm")
                    .execute(&mut conn)
                    .await?;
            }
            conn.close().await.context("cannot leave the database")
        })
    }

    /// The address of `database` for sqlx. Port and mode are named, lest `PGPORT` be read.
    pub(super) fn url(&self, database: &str) -> String {
        let folder = percent_encoded(self.place.socket_dir.as_os_str().as_encoded_bytes());
        format!("postgres://{USER}@localhost:5432/{database}?host={folder}&sslmode=disable")
    }

    /// A program of PostgreSQL under the right user, without our environment and its secrets.
    fn command(&self, program: &str, dies_with_us: bool) -> Command {
        let program = self.bin.join(program);
        let mut command = if let Some(user) = self.place.user {
            let mut setpriv = Command::new("setpriv");
            setpriv
                .arg(format!("--reuid={}", user.uid))
                .arg(format!("--regid={}", user.gid))
                .arg("--clear-groups");
            setpriv
        } else if dies_with_us && Path::new("/usr/bin/setpriv").exists() {
            Command::new("setpriv")
        } else {
            Command::new(&program)
        };
        if command.get_program() == "setpriv" {
            if dies_with_us {
                // The kernel sends it when the thread that starts the server ends.
                command.args(["--pdeathsig", "INT"]);
            }
            command.arg("--").arg(&program);
        }
        command.env_clear().env(
            "PATH",
            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        );
        command.current_dir("/").stdin(Stdio::null());
        command
    }

    fn cannot_run(&self, program: &str) -> String {
        let with = if self.place.user.is_some() {
            " through setpriv (package util-linux)"
        } else {
            ""
        };
        format!("cannot run {}{with}", self.bin.join(program).display())
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
    file.lock()
        .with_context(|| format!("cannot lock {}", path.display()))?;
    Ok(file)
}

fn open_log(path: &Path) -> Result<File> {
    if fs::metadata(path).is_ok_and(|found| found.len() > LARGEST_LOG) {
        fs::rename(path, path.with_extension("log.1"))?;
    }
    let file = OpenOptions::new().create(true).append(true).open(path);
    file.with_context(|| format!("cannot open {}", path.display()))
}

/// The line of a server's output that says what went wrong.
fn telling_line(text: &str) -> &str {
    let mut lines = text.lines().rev().filter(|line| !line.trim().is_empty());
    let last = lines.clone().next().unwrap_or("it did not say why");
    lines
        .find(|line| line.contains("FATAL:") || line.contains("error:"))
        .unwrap_or(last)
        .trim()
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
