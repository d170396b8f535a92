//! The program while it serves.

use std::fs::{self, OpenOptions};
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};

use crate::base::Base;
use crate::machine::{MIB, memory};

const START_LIMIT: Duration = Duration::from_mins(1);

/// A serving process; dropping it ends it.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    /// From the start of the process to the first good answer of `/health/`.
    pub(crate) started_in: Duration,
}

/// The Postgres that the server started for itself.
pub(crate) struct Postgres {
    /// The folder of its socket.
    pub(crate) socket: String,
}

impl Server {
    /// Starts it on a free port and waits until it is ready. `name` tells its log from others.
    pub(crate) fn start(base: &Base, name: &str) -> Result<Self> {
        let address = free_address()?;
        let log = base.path(&format!("server{name}.log"));
        let log = OpenOptions::new().create(true).write(true).truncate(true).open(log)?;
        let mut command = base.command(&["serve"]);
        command
            .env("CRM_LISTEN", address.to_string())
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log);
        let began = Instant::now();
        let child = command.spawn()?;
        let mut server = Self {
            child,
            address,
            started_in: Duration::ZERO,
        };
        while !is_healthy(address) {
            if let Some(status) = server.child.try_wait()? {
                bail!(
                    "the server ended by itself ({status}): see its log in {}",
                    base.path("").display()
                );
            }
            ensure!(began.elapsed() < START_LIMIT, "the server does not become ready");
            std::thread::sleep(Duration::from_millis(5));
        }
        server.started_in = began.elapsed();
        Ok(server)
    }

    /// Where its Postgres listens: told by the command line of the process that it started.
    pub(crate) fn postgres(&self) -> Result<Postgres> {
        let parent = self.child.id().to_string();
        for entry in fs::read_dir("/proc")?.filter_map(Result::ok) {
            let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
            // «pid (name) state parent …»
            let found = stat.rsplit_once(") ").and_then(|(_, rest)| rest.split(' ').nth(1));
            if found != Some(parent.as_str()) {
                continue;
            }
            let line = fs::read_to_string(entry.path().join("cmdline"))?;
            let mut words = line.split('\0').skip_while(|word| *word != "-k");
            if let Some(socket) = words.nth(1) {
                return Ok(Postgres {
                    socket: socket.to_owned(),
                });
            }
        }
        bail!("the server did not start a Postgres of its own")
    }

    /// MiB it holds now.
    pub(crate) fn resident(&self) -> u64 {
        memory(self.child.id(), "VmRSS") / MIB
    }

    /// MiB it ever held.
    pub(crate) fn most_resident(&self) -> u64 {
        memory(self.child.id(), "VmHWM") / MIB
    }

    /// Asks it to end, and waits.
    pub(crate) fn stop(mut self) -> Result<()> {
        let id = i32::try_from(self.child.id())
            .ok()
            .and_then(Pid::from_raw)
            .context("a process without a number")?;
        kill_process(id, Signal::TERM)?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Of no use after `stop`, and then without effect.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Postgres {
    /// The address of one of its databases.
    pub(crate) fn url(&self, database: &str) -> String {
        format!("postgres://crm@localhost/{database}?host={}", self.socket)
    }
}

/// Somebody else could take it in between; then the start fails and says so.
pub(crate) fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}

fn is_healthy(address: SocketAddr) -> bool {
    let Ok(mut stream) = TcpStream::connect(address) else {
        return false;
    };
    let mut answer = [0; 12];
    stream.set_read_timeout(Some(Duration::from_secs(2))).is_ok()
        && stream
            .write_all(b"GET /health/ HTTP/1.1\r\nhost: bench\r\nconnection: close\r\n\r\n")
            .is_ok()
        && stream.read_exact(&mut answer).is_ok()
        && answer.ends_with(b"200")
}
