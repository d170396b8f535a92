//! Connections that are silent, slow or hostile, on a real socket.

use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::metrics::Traffic;
use crate::server::accept::{self, Limits};

const SHORT: Limits = Limits {
    connections: 8,
    first_byte: Duration::from_millis(200),
    head: Duration::from_millis(400),
};

struct Server {
    traffic: Traffic,
    address: std::net::SocketAddr,
    stop: CancellationToken,
    running: JoinHandle<()>,
}

async fn server() -> Server {
    server_with(SHORT).await
}

async fn server_with(limits: Limits) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let stop = CancellationToken::new();
    let slow = || async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        "slow"
    };
    let router = Router::new()
        .route("/", get(|| async { "quick" }))
        .route("/slow", get(slow));
    let traffic = Traffic::default();
    let running = tokio::spawn(accept::run(listener, router, limits, traffic.clone(), stop.clone()));
    Server {
        traffic,
        address,
        stop,
        running,
    }
}

/// All that comes until the other side closes, and how long that took.
async fn rest(stream: &mut TcpStream) -> (String, Duration) {
    let started = Instant::now();
    let mut bytes = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut bytes)).await;
    // A reset is a close, too.
    let _ = read.expect("the connection stayed open");
    (String::from_utf8_lossy(&bytes).into_owned(), started.elapsed())
}

#[tokio::test]
async fn a_silent_connection_is_closed() {
    let server = server().await;
    let mut stream = TcpStream::connect(server.address).await.expect("a connection");
    let (answer, time) = rest(&mut stream).await;
    assert_eq!(answer, "");
    assert!(time >= Duration::from_millis(150), "{time:?}");
}

#[tokio::test]
async fn half_a_head_is_closed_too_however_busily_it_drips() {
    let server = server().await;
    let mut stream = TcpStream::connect(server.address).await.expect("a connection");
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: crm\r\nX-Slow: ")
        .await
        .expect("written");
    let (mut reading, mut writing) = stream.split();
    let dripping = async {
        while writing.write_all(b"a").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let mut bytes = Vec::new();
    let closed = async {
        let _ = tokio::time::timeout(Duration::from_secs(5), reading.read_to_end(&mut bytes))
            .await
            .expect("still open");
    };
    tokio::select! {
        () = closed => (),
        () = dripping => (),
    }
    assert!(!String::from_utf8_lossy(&bytes).contains("quick"));
}

#[tokio::test]
async fn a_connection_is_kept_for_the_next_request_and_no_longer() {
    let server = server().await;
    let mut stream = TcpStream::connect(server.address).await.expect("a connection");
    for _ in 0..2 {
        stream
            .write_all(b"GET / HTTP/1.1\r\nHost: crm\r\n\r\n")
            .await
            .expect("written");
        let mut bytes = [0; 1024];
        let read = stream.read(&mut bytes).await.expect("an answer");
        assert!(String::from_utf8_lossy(&bytes[..read]).ends_with("quick"));
    }
    let (_, time) = rest(&mut stream).await;
    assert!(time < Duration::from_secs(2), "{time:?}");
}

#[tokio::test]
async fn what_is_no_request_is_refused() {
    let server = server().await;
    for rubbish in [
        "\x16\x03\x01\x02\x00\x01\x00",
        "GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    ] {
        let mut stream = TcpStream::connect(server.address).await.expect("a connection");
        stream.write_all(rubbish.as_bytes()).await.expect("written");
        let (answer, _) = rest(&mut stream).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{answer}");
    }
}

#[tokio::test]
async fn a_stop_lets_running_requests_finish() {
    let server = server().await;
    let mut stream = TcpStream::connect(server.address).await.expect("a connection");
    stream
        .write_all(b"GET /slow HTTP/1.1\r\nHost: crm\r\n\r\n")
        .await
        .expect("written");
    tokio::time::sleep(Duration::from_millis(100)).await;
    server.stop.cancel();
    let (answer, _) = rest(&mut stream).await;
    assert!(answer.ends_with("slow"), "{answer}");
    tokio::time::timeout(Duration::from_secs(5), server.running)
        .await
        .expect("it ended")
        .expect("without a panic");
    TcpStream::connect(server.address)
        .await
        .expect_err("nobody listens any more");
}

#[tokio::test]
async fn a_connection_too_many_waits_until_another_ends() {
    let server = server_with(Limits {
        connections: 1,
        first_byte: Duration::from_secs(30),
        head: Duration::from_secs(30),
    })
    .await;
    let first = TcpStream::connect(server.address).await.expect("a connection");
    let mut second = TcpStream::connect(server.address).await.expect("a place in the queue");
    second
        .write_all(b"GET / HTTP/1.1\r\nHost: crm\r\nConnection: close\r\n\r\n")
        .await
        .expect("written");
    let mut byte = [0];
    tokio::time::timeout(Duration::from_millis(300), second.read(&mut byte))
        .await
        .expect_err("it was answered beside the first");
    assert_eq!((server.traffic.open.get(), server.traffic.held_back.get()), (1, 1));
    drop(first);
    let (answer, _) = rest(&mut second).await;
    assert!(answer.ends_with("quick"), "{answer}");
}

#[tokio::test]
async fn a_stop_is_heeded_while_no_place_is_free() {
    let server = server_with(Limits {
        connections: 1,
        first_byte: Duration::from_secs(1),
        head: Duration::from_secs(1),
    })
    .await;
    let _silent = TcpStream::connect(server.address).await.expect("a connection");
    tokio::time::sleep(Duration::from_millis(50)).await;
    server.stop.cancel();
    tokio::time::timeout(Duration::from_secs(5), server.running)
        .await
        .expect("it ended")
        .expect("without a panic");
}
