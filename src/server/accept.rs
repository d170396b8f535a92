//! The accept loop: axum's own has no timers, so that a silent connection would stay for ever.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::metrics::Traffic;
use crate::web::Peer;

/// For requests that run when the program is told to stop.
const DRAIN: Duration = Duration::from_secs(15);

/// How many connections there may be, and how long one may keep silent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Connections at once; the next one waits in the kernel's queue.
    pub(super) connections: usize,
    /// From accepting to the first byte.
    pub(super) first_byte: Duration,
    /// For one whole head of a request, and between requests.
    pub(super) head: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            // Two thousand phones that wait, and the people at their desks: 30 KiB for each that waits.
            connections: 4096,
            first_byte: Duration::from_secs(10),
            head: Duration::from_secs(15),
        }
    }
}

/// Lets the process hold as many open files as its connections need: systems begin with 1,024 of them and allow far more.
/// Where they do not, the accept loop waits for free ones.
pub(super) fn allow_files(limits: Limits) {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    /// Database connections, files being read, and some air.
    const OTHERS: u64 = 512;
    let wanted = u64::try_from(limits.connections)
        .unwrap_or(u64::MAX)
        .saturating_add(OTHERS);
    let now = getrlimit(Resource::Nofile);
    let most = now.maximum.map_or(wanted, |most| most.min(wanted));
    if now.current.is_some_and(|current| current < most) {
        let raised = Rlimit {
            current: Some(most),
            maximum: now.maximum,
        };
        if let Err(error) = setrlimit(Resource::Nofile, raised) {
            tracing::debug!(%error, "the limit of open files stays");
        }
    }
}

/// Accepts until `stop`, then lets running requests finish.
pub(super) async fn run(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    traffic: Traffic,
    stop: CancellationToken,
) {
    let slots = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    loop {
        if slots.available_permits() == 0 {
            traffic.held_back.inc();
        }
        let slot = tokio::select! {
            () = stop.cancelled() => break,
            slot = slots.clone().acquire_owned() => match slot {
                Ok(slot) => slot,
                Err(_) => break,
            },
        };
        let (stream, peer) = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Usually «too many open files»: waiting is all that helps.
                    tracing::warn!(%error, "accept failed");
                    tokio::time::sleep(Duration::from_millis(200)).await;
                    continue;
                }
            },
        };
        let router = router.clone();
        let watcher = graceful.watcher();
        let open = Open::count(&traffic);
        tokio::spawn(async move {
            let _held = (slot, open);
            connection(stream, peer, router, limits, watcher).await;
        });
    }
    drop(listener);
    tokio::select! {
        () = graceful.shutdown() => (),
        () = tokio::time::sleep(DRAIN) => tracing::warn!("some requests were cut off at the stop"),
    }
}

/// Counts a connection for as long as it lives.
struct Open(Traffic);

impl Open {
    fn count(traffic: &Traffic) -> Self {
        traffic.open.inc();
        Self(traffic.clone())
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.dec();
    }
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    limits: Limits,
    watcher: hyper_util::server::graceful::Watcher,
) {
    // Small answers must not wait for the kernel to collect more.
    let _ = stream.set_nodelay(true);
    let mut byte = [0_u8; 1];
    let spoke = tokio::time::timeout(limits.first_byte, stream.peek(&mut byte)).await;
    if !matches!(spoke, Ok(Ok(1..))) {
        return;
    }
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let router = router.clone();
        async move {
            let mut request: Request = request.map(Body::new);
            request.extensions_mut().insert(Peer(peer));
            let response = router
                .oneshot(request)
                .await
                .unwrap_or_else(|never: Infallible| match never {});
            Ok::<_, Infallible>(response)
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(64 * 1024)
        .serve_connection(TokioIo::new(stream), service);
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%error, "a connection ended early");
    }
}
