//! The measured base: a data folder of its own below `target/bench`, filled once.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

use crate::machine::{MIB, memory};

/// Who signs in.
pub(crate) const USERNAME: &str = "bench";

/// A data folder and the program that works with it.
pub(crate) struct Base {
    companies: u64,
    binary: PathBuf,
    folder: PathBuf,
}

/// What was seen of a command.
pub(crate) struct Watched {
    pub(crate) seconds: f64,
    /// MiB it ever held.
    pub(crate) most: u64,
    /// Its output.
    pub(crate) said: String,
}

impl Base {
    /// Finds the release program beside our own, and makes the folder.
    pub(crate) fn open(companies: u64) -> Result<Self> {
        let own = std::env::current_exe()?;
        let binary = own.with_file_name("proficrm");
        ensure!(binary.exists(), "{} is missing: run bin/bench", binary.display());
        let target = own.ancestors().nth(2).context("the program is not in target/release")?;
        let folder = target.join(format!("bench/data-{companies}"));
        fs::create_dir_all(&folder)?;
        Ok(Self {
            companies,
            binary,
            folder,
        })
    }

    /// A file of this base.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The program with this base's configuration and none of ours.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .args(arguments)
            .current_dir(&self.folder)
            .env("CRM_DATA_DIR", &self.folder)
            // A copy made meanwhile would be measured, too.
            .env("CRM_BACKUP_AT", "off");
        // Empty counts as unset, and keeps a .env file from saying otherwise.
        for name in [
            "DATABASE_URL",
            "DATABASE_URL_FILE",
            "CRM_SECRET_KEY",
            "CRM_PUBLIC_URL",
            "CRM_LISTEN",
            "CRM_METRICS_LISTEN",
            "CRM_LOG",
        ] {
            command.env(name, "");
        }
        command
    }

    /// Runs the program on a database, and watches it until it ends; `None`: it refused, and said why.
    pub(crate) async fn watch(&self, arguments: &[&str], database_url: &str) -> Result<Option<Watched>> {
        let began = Instant::now();
        let mut child = self
            .command(arguments)
            .env("DATABASE_URL", database_url)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut most = 0;
        while child.try_wait()?.is_none() {
            most = most.max(memory(child.id(), "VmHWM"));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let seconds = began.elapsed().as_secs_f64();
        let done = child.wait_with_output()?;
        Ok(done.status.success().then(|| Watched {
            seconds,
            most: most / MIB,
            said: String::from_utf8_lossy(&done.stdout).into_owned(),
        }))
    }

    /// Fills the base unless it is filled.
    pub(crate) fn fill(&self) -> Result<()> {
        self.once("seeded", |base| {
            println!("Filling {} companies…", base.companies);
            let began = Instant::now();
            let count = base.companies.to_string();
            base.run(
                &["seed-demo", "--companies", &count, "--password", &base.password()?],
                "",
            )?;
            println!("Filled in {:.1} s", began.elapsed().as_secs_f64());
            Ok(())
        })?;
        self.once("administrator", |base| {
            base.run(&["create-admin", "--username", USERNAME], &base.password()?)
        })
    }

    /// Made at the first run, since a base stays and may be looked at by whoever reaches the machine.
    pub(crate) fn password(&self) -> Result<String> {
        let file = self.path("bench-password");
        if !file.exists() {
            fs::write(&file, uuid::Uuid::new_v4().to_string())?;
        }
        Ok(fs::read_to_string(&file)?)
    }

    fn once(&self, step: &str, work: impl FnOnce(&Self) -> Result<()>) -> Result<()> {
        let mark = self.path(&format!("bench-{step}"));
        if mark.exists() {
            return Ok(());
        }
        work(self)?;
        Ok(fs::write(mark, "")?)
    }

    fn run(&self, arguments: &[&str], typed: &str) -> Result<()> {
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn()?;
        if let Some(mut input) = child.stdin.take() {
            input.write_all(typed.as_bytes())?;
        }
        let status = child.wait()?;
        ensure!(status.success(), "proficrm {} failed", arguments.first().unwrap_or(&""));
        Ok(())
    }
}

/// The newest of Postgres' own programs by this name.
pub(crate) fn postgres_program(name: &str) -> Option<PathBuf> {
    let mut versions: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    let number = |path: &Path| path.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok());
    versions.sort_by_key(|path| number(path));
    versions
        .iter()
        .rev()
        .map(|version| version.join("bin").join(name))
        .find(|program| program.exists())
}
