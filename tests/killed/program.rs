//! The program as a process.

use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

/// The program on one database, with a data folder of its own.
pub(crate) struct Program {
    url: String,
    folder: tempfile::TempDir,
}

impl Program {
    pub(crate) fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            folder: tempfile::tempdir().expect("a folder"),
        }
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, arguments: &[&str]) {
        let output = self.command(arguments).output().expect("the program starts");
        assert!(
            output.status.success(),
            "proficrm {}:\n{}{}",
            arguments.join(" "),
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// Starts a command.
    pub(crate) fn spawn(&self, arguments: &[&str]) -> Running {
        let child = self
            .command(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        Running(child.expect("the program starts"))
    }

    /// With a clean environment: neither the developer's variables nor a `.env` reach it.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(Path::new(env!("CARGO_BIN_EXE_proficrm")));
        command
            .args(arguments)
            .env_clear()
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .env("CRM_DATA_DIR", self.folder.path().join("data"))
            .env("CRM_LISTEN", "127.0.0.1:0")
            .env("CRM_BACKUP_AT", "off");
        if !self.url.is_empty() {
            command.env("DATABASE_URL", &self.url);
        }
        command
    }
}

/// A command at work; killed at the latest when it is dropped.
pub(crate) struct Running(Child);

impl Running {
    /// `kill -9`
    pub(crate) fn kill(&mut self) {
        self.0.kill().expect("killed");
        self.0.wait().expect("gone");
    }

    pub(crate) fn wait(&mut self) -> ExitStatus {
        self.0.wait().expect("an end")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
