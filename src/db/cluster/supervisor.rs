//! Keeps a server running for as long as the program lives.

use std::process::Child;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Context, Result};

use super::place::Settings;
use super::server::Server;

/// How often the server's life is checked.
const TICK: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// A running private cluster. Dropping it stops a server that we started.
pub(crate) struct Cluster {
    server: Arc<Server>,
    owner: Arc<AtomicBool>,
    /// Dropping the sender tells the supervisor to end.
    supervisor: Mutex<Option<(Sender<()>, JoinHandle<()>)>>,
}

impl Cluster {
    /// Attaches to the server of this data folder, or makes the cluster and starts it. Blocks.
    pub(crate) fn start(settings: Settings) -> Result<Self> {
        let server = Arc::new(Server::prepare(settings)?);
        let owner = Arc::new(AtomicBool::new(false));
        let (orders, inbox) = channel();
        let (report, started) = channel();
        // A thread of its own: the server is told to stop when the thread that started it ends.
        let supervisor = thread::Builder::new().name("postgres".into()).spawn({
            let (server, owner) = (Arc::clone(&server), Arc::clone(&owner));
            move || supervise(&server, &owner, &report, &inbox)
        })?;
        started.recv().context("the thread that starts PostgreSQL ended")??;
        Ok(Self {
            server,
            owner,
            supervisor: Mutex::new(Some((orders, supervisor))),
        })
    }

    /// The address of one database of the cluster, for sqlx.
    pub(crate) fn database_url(&self, database: &str) -> String {
        self.server.url(database)
    }

    /// Whether the server is ours to stop.
    pub(crate) fn is_owner(&self) -> bool {
        self.owner.load(Ordering::Relaxed)
    }

    /// Stops a server that we started, and waits for it. Close the pools first.
    pub(crate) fn stop(&self) {
        let supervisor = self.supervisor.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((orders, thread)) = supervisor {
            self.server.stopping.store(true, Ordering::Relaxed);
            drop(orders);
            if thread.join().is_err() {
                tracing::error!("the thread that supervises PostgreSQL failed");
            }
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop();
    }
}

fn supervise(server: &Server, owner: &AtomicBool, report: &Sender<Result<()>>, inbox: &Receiver<()>) {
    let mut child = match server.ensure_running() {
        Ok(child) => child,
        Err(error) => {
            // The caller waits for this answer, so it cannot have gone away.
            let _ = report.send(Err(error));
            return;
        }
    };
    owner.store(child.is_some(), Ordering::Relaxed);
    let _ = report.send(Ok(()));
    let mut pause = TICK;
    while inbox.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
        pause = TICK;
        if is_up(server, child.as_mut()) {
            continue;
        }
        tracing::warn!("PostgreSQL has gone: starting it again");
        match server.ensure_running() {
            Ok(next) => {
                owner.store(next.is_some(), Ordering::Relaxed);
                child = next;
            }
            Err(error) => {
                tracing::error!(error = format!("{error:#}"), "PostgreSQL does not start");
                pause = LONGEST_PAUSE;
            }
        }
    }
    if let Some(child) = &mut child {
        server.shut_down(child);
        owner.store(false, Ordering::Relaxed);
    }
}

/// Our own child is asked through the kernel; a server we attached to, by its socket.
fn is_up(server: &Server, child: Option<&mut Child>) -> bool {
    match child {
        Some(child) => matches!(child.try_wait(), Ok(None)),
        None => server.is_ready(),
    }
}
