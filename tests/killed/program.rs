//! The program as a process.

use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

/// The program on one database, with a data folder of its own.
pub(crate) struct Program {
    url: String,
    /// `0`: any free one.
    port: u16,
    folder: tempfile::TempDir,
}

impl Program {
    pub(crate) fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            port: 0,
            folder: tempfile::tempdir().expect("a folder"),
        }
    }

    /// Listens at a port that stays its own while it is down.
    pub(crate) fn at(self, port: u16) -> Self {
        Self { port, ..self }
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, arguments: &[&str]) {
        self.run_with(arguments, "");
    }

    /// Runs a command that reads this line.
    pub(crate) fn run_with(&self, arguments: &[&str], line: &str) {
        let typed = self.folder.path().join("typed");
        std::fs::write(&typed, line).expect("a file");
        let typed = std::fs::File::open(typed).expect("a file");
        let output = self
            .command(arguments)
            .stdin(typed)
            .output()
            .expect("the program starts");
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
            .env("CRM_LISTEN", format!("127.0.0.1:{}", self.port))
            // One for all processes on a database: each reads what another has signed.
            .env(
                "CRM_SECRET_KEY",
                "a key that all processes of a test share, long enough",
            )
            .env("CRM_BACKUP_AT", "off");
        if !self.url.is_empty() {
            command.env("DATABASE_URL", &self.url);
        }
        command
    }
}

/// A port that nobody listens at, below those that the system gives to outgoing connections: it stays free for a process
/// that is down for a while. `at` tells those of one test apart.
pub(crate) fn free_port(at: u32) -> u16 {
    let first = std::process::id().wrapping_mul(7);
    let mut ports = (0..1000).map(|step| 15_000 + first.wrapping_add(at * 1000 + step) % 15_000);
    let free = ports.find_map(|port| {
        let port = u16::try_from(port).ok()?;
        std::net::TcpListener::bind(("127.0.0.1", port)).ok().map(|_| port)
    });
    free.expect("a free port")
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
