//! A Postgres of the test's own that may be killed: unlike the one of the other tests it loses nothing.

use std::fs::{self, Permissions};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

pub(crate) struct Postgres {
    bin: PathBuf,
    folder: tempfile::TempDir,
    /// PostgreSQL refuses to run as root.
    user: Option<u32>,
    port: u16,
    server: Child,
}

impl Postgres {
    pub(crate) fn start() -> Self {
        let bin = bin();
        let folder = tempfile::Builder::new()
            .prefix("proficrm-killed-")
            .permissions(Permissions::from_mode(0o755))
            .tempdir_in("/var/tmp")
            .expect("a folder");
        let user = (fs::metadata(folder.path()).expect("a folder").uid() == 0).then(nobody);
        let data = folder.path().join("data");
        fs::create_dir(&data).expect("a folder");
        fs::set_permissions(&data, Permissions::from_mode(0o700)).expect("its mode");
        chown(&data, user, None).expect("its owner");
        let mut initdb = Command::new(bin.join("initdb"));
        initdb
            .args(["-U", "crm", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-D"])
            .arg(&data);
        let made = under(&mut initdb, user).output().expect("initdb starts");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|free| free.local_addr())
            .expect("a port")
            .port();
        let server = server(&bin, &data, (user, port));
        Self {
            bin,
            folder,
            user,
            port,
            server,
        }
    }

    /// An empty database; answers its address.
    pub(crate) async fn database(&self, name: &str) -> String {
        let end = Instant::now() + Duration::from_mins(1);
        let mut admin = loop {
            match PgConnection::connect(&self.url("postgres")).await {
                Ok(admin) => break admin,
                Err(error) => assert!(Instant::now() < end, "{error}"),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        admin
            .execute(AssertSqlSafe(format!("CREATE DATABASE {name}")))
            .await
            .expect("a database");
        self.url(name)
    }

    fn url(&self, name: &str) -> String {
        format!("postgres://crm@127.0.0.1:{}/{name}", self.port)
    }

    /// `kill -9`, all of it.
    pub(crate) fn kill(&mut self) {
        self.server.kill().expect("killed");
        self.server.wait().expect("gone");
    }

    /// Starts it again.
    pub(crate) fn launch(&mut self) {
        // The children of the killed one need a moment to notice; until then it refuses to start.
        let end = Instant::now() + Duration::from_secs(30);
        loop {
            self.server = server(&self.bin, &self.folder.path().join("data"), (self.user, self.port));
            std::thread::sleep(Duration::from_millis(500));
            if matches!(self.server.try_wait(), Ok(None)) {
                return;
            }
            assert!(Instant::now() < end, "the database does not start again");
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn server(bin: &Path, data: &Path, (user, port): (Option<u32>, u16)) -> Child {
    let mut server = Command::new(bin.join("postgres"));
    server
        .arg("-D")
        .arg(data)
        .args(["-h", "127.0.0.1", "-k", "", "-p", &port.to_string()]);
    under(&mut server, user).spawn().expect("postgres starts")
}

fn under(command: &mut Command, user: Option<u32>) -> &mut Command {
    if let Some(user) = user {
        command.uid(user);
    }
    command
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
}

/// The newest of those that are installed.
fn bin() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").expect("PostgreSQL is missing: run bin/setup");
    let bins = versions.flatten().map(|version| version.path().join("bin"));
    let found = bins.filter(|bin| bin.join("initdb").exists()).max();
    found.expect("PostgreSQL is missing: run bin/setup")
}

/// The key of the user who owns nothing.
fn nobody() -> u32 {
    let users = fs::read_to_string("/etc/passwd").expect("users");
    let line = users.lines().find(|line| line.starts_with("nobody:"));
    let key = line
        .and_then(|line| line.split(':').nth(2))
        .and_then(|key| key.parse().ok());
    key.unwrap_or(65_534)
}
