//! The program under test: found or built, started on a free port with a data folder of its own, stopped at the end.

use std::fs::{self, File, Permissions};
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context as _, Result, bail, ensure};
use tempfile::TempDir;

/// The embedded database makes its cluster within this time on a busy machine with two cores.
const START: Duration = Duration::from_mins(2);

/// A running server.
pub(crate) struct Program {
    binary: PathBuf,
    folder: TempDir,
    server: Child,
    /// `http://127.0.0.1:<port>`
    pub(crate) origin: String,
}

impl Program {
    /// Starts the server on a new embedded database and waits until it is ready.
    pub(crate) fn start() -> Result<Self> {
        let binary = binary()?;
        // Under root the database runs as another user, which must be able to enter: not /tmp, not 0700.
        let folder = tempfile::Builder::new()
            .prefix("proficrm-browser-")
            .permissions(Permissions::from_mode(0o755))
            .tempdir_in("/var/tmp")?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let log = File::create(folder.path().join("log"))?;
        let mut command = command(&binary, folder.path());
        command
            .env("CRM_LISTEN", format!("127.0.0.1:{port}"))
            .env("CRM_LOG_FORMAT", "json")
            .env("CRM_BACKUP_AT", "off")
            .stderr(log);
        let server = command
            .arg("serve")
            .spawn()
            .with_context(|| format!("{} does not start", binary.display()))?;
        let mut program = Self {
            binary,
            folder,
            server,
            origin: format!("http://127.0.0.1:{port}"),
        };
        program.wait_until_ready(port)?;
        Ok(program)
    }

    /// The one-time link of the first administrator, as the log has it.
    pub(crate) fn setup_link(&self) -> Result<String> {
        let log = self.log();
        let link = log
            .split(|c: char| c.is_whitespace() || c == '"')
            .find(|word| word.contains("/setup/"));
        Ok(link
            .with_context(|| format!("the log has no /setup/ link:\n{log}"))?
            .to_owned())
    }

    /// Runs another command of the program beside the server.
    pub(crate) fn run(&self, arguments: &[&str]) -> Result<()> {
        let output = command(&self.binary, self.folder.path()).args(arguments).output()?;
        let told = String::from_utf8_lossy(&output.stderr);
        ensure!(
            output.status.success(),
            "proficrm {} failed:\n{told}",
            arguments.join(" ")
        );
        Ok(())
    }

    /// A place for a file of this run.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What the server has logged.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.file("log")).unwrap_or_default()
    }

    fn wait_until_ready(&mut self, port: u16) -> Result<()> {
        let until = Instant::now() + START;
        while !is_ready(port) {
            if let Some(status) = self.server.try_wait()? {
                bail!("the server ended with {status}:\n{}", self.log());
            }
            ensure!(
                Instant::now() < until,
                "the server is not ready after {START:?}:\n{}",
                self.log()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Asked to stop, it also stops its database, so that the folder can be removed.
        if let Some(pid) = i32::try_from(self.server.id())
            .ok()
            .and_then(rustix::process::Pid::from_raw)
        {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        }
        let until = Instant::now() + Duration::from_secs(20);
        while Instant::now() < until && matches!(self.server.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// The program with a clean environment: neither the developer's variables nor a `.env` reach it.
fn command(binary: &Path, folder: &Path) -> Command {
    let mut command = Command::new(binary);
    command
        .env_clear()
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    command.env("CRM_DATA_DIR", folder.join("data"));
    for name in ["PATH", "CRM_PG_BIN"] {
        if let Some(value) = variable(name) {
            command.env(name, value);
        }
    }
    command
}

fn is_ready(port: u16) -> bool {
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else {
        return false;
    };
    let timeout = Some(Duration::from_secs(5));
    let mut answer = String::new();
    stream.set_read_timeout(timeout).is_ok()
        && stream
            .write_all(b"GET /health/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            .is_ok()
        && stream.read_to_string(&mut answer).is_ok()
        && answer.starts_with("HTTP/1.1 200")
}

/// The binary beside this test, built first when a source is newer. `PROFICRM` names another one.
fn binary() -> Result<PathBuf> {
    if let Some(named) = variable("PROFICRM") {
        return Ok(named.into());
    }
    // target/<profile>/deps/browser-… → target/<profile>/proficrm
    let own = std::env::current_exe()?;
    let profile = own
        .parent()
        .and_then(Path::parent)
        .context("the test lies outside a target folder")?;
    let binary = profile.join("proficrm");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .context("the project lies two folders up")?;
    let built = fs::metadata(&binary).and_then(|file| file.modified()).ok();
    let sources = ["src", "templates", "static", "migrations", "Cargo.toml", "Cargo.lock"];
    let newest = sources.iter().filter_map(|name| newest(&root.join(name))).max();
    if built.is_some() && built >= newest {
        return Ok(binary);
    }
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(["build", "--locked", "--package", "proficrm", "--bin", "proficrm"])
        .current_dir(root);
    if profile.ends_with("release") {
        cargo.arg("--release");
    }
    ensure!(cargo.status()?.success(), "the program does not build");
    Ok(binary)
}

/// The time of the last change under a path.
fn newest(path: &Path) -> Option<SystemTime> {
    let metadata = fs::metadata(path).ok()?;
    if !metadata.is_dir() {
        return metadata.modified().ok();
    }
    fs::read_dir(path)
        .ok()?
        .flatten()
        .filter_map(|entry| newest(&entry.path()))
        .max()
}

#[expect(
    clippy::disallowed_methods,
    reason = "the rule is for the program; a test has no configuration of its own"
)]
fn variable(name: &str) -> Option<std::ffi::OsString> {
    std::env::var_os(name)
}
