//! The command lines of PostgreSQL's programs: as whom they run, and with which settings.

use std::fs::{self, File, OpenOptions};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};

use super::server::{Server, USER};

const LARGEST_LOG: u64 = 10 * 1024 * 1024;

impl Server {
    /// Runs `initdb` under a temporary name, so that a broken run never looks like a cluster.
    pub(super) fn make_cluster(&self) -> Result<()> {
        tracing::info!(folder = %self.place.root.display(), "making a private PostgreSQL cluster");
        let unfinished = self.place.root.join("data.new");
        if unfinished.exists() {
            fs::remove_dir_all(&unfinished).with_context(|| format!("cannot remove {}", unfinished.display()))?;
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
        ensure!(done.status.success(), "initdb failed: {}", telling_line(&said));
        fs::rename(&unfinished, self.place.data()).context("cannot name the new cluster")
    }

    /// Starts the server; it ends when the calling thread does.
    pub(super) fn spawn(&self) -> Result<Child> {
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
        postgres.process_group(0).stdout(log.try_clone()?).stderr(log);
        postgres.spawn().with_context(|| self.cannot_run("postgres"))
    }

    /// A server for one program on a small machine, which shares it with that program.
    fn options(&self) -> Vec<(String, String)> {
        let (buffers, cache) = memory_of(self.settings.durable);
        let mut options = vec![
            ("listen_addresses", ""),
            ("port", "5432"),
            ("unix_socket_permissions", "0700"),
            ("shared_buffers", buffers.as_str()),
            ("effective_cache_size", cache.as_str()),
            ("max_wal_size", "2GB"),
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
        options.push(("max_connections".into(), self.settings.max_connections.to_string()));
        options.extend(self.settings.extra.iter().cloned());
        options
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
        command
            .env_clear()
            .env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
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
}

fn open_log(path: &Path) -> Result<File> {
    if fs::metadata(path).is_ok_and(|found| found.len() > LARGEST_LOG) {
        fs::rename(path, path.with_extension("log.1"))?;
    }
    let file = OpenOptions::new().create(true).append(true).open(path);
    file.with_context(|| format!("cannot open {}", path.display()))
}

/// The line of a server's output that says what went wrong.
pub(super) fn telling_line(text: &str) -> &str {
    let mut lines = text.lines().rev().filter(|line| !line.trim().is_empty());
    let last = lines.clone().next().unwrap_or("it did not say why");
    lines
        .find(|line| line.contains("FATAL:") || line.contains("error:"))
        .unwrap_or(last)
        .trim()
}

/// `shared_buffers` and `effective_cache_size`: an eighth and a half of the machine's memory, within reason. A base of a
/// million companies is read from them; a throw-away one is small.
fn memory_of(is_durable: bool) -> (String, String) {
    let text = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"));
    let kilobytes = line.and_then(|rest| rest.trim().trim_end_matches(" kB").parse::<u64>().ok());
    let megabytes = kilobytes.unwrap_or(0) / 1024;
    let buffers = if is_durable {
        (megabytes / 8).clamp(128, 2048)
    } else {
        128
    };
    let cache = (megabytes / 2).clamp(512, 8192);
    (format!("{buffers}MB"), format!("{cache}MB"))
}
