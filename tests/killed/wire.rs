//! HTTP as it goes over a bad line: a plain client, and a relay that loses answers.

use std::io::{Error, ErrorKind, Result};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Longer than any answer may take: a poll waits twenty-five seconds, and the machine is busy.
const PATIENCE: Duration = Duration::from_mins(1);

/// A number that looks like chance and is the same in each run.
pub(crate) fn chance(seed: u64) -> u64 {
    let mut mixed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// A whole answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Answer {
    /// A value of its JSON.
    #[track_caller]
    pub(crate) fn value(&self, name: &str) -> String {
        let body: serde_json::Value = serde_json::from_str(&self.body).expect("JSON");
        body[name].as_str().expect(name).to_owned()
    }

    /// Its cookies, as the next request sends them.
    pub(crate) fn cookies(&self) -> impl Iterator<Item = (String, String)> {
        self.head.lines().filter_map(|line| {
            let (name, value) = line.split_once(": ")?;
            let pair = value
                .split(';')
                .next()
                .filter(|_| name.eq_ignore_ascii_case("set-cookie"))?;
            let (name, value) = pair.split_once('=')?;
            Some((name.to_owned(), value.to_owned()))
        })
    }
}

/// One request on a line of its own. An answer that did not come, or not wholly, is an error.
pub(crate) async fn exchange(port: u16, target: &str, heads: &[String], body: &str) -> Result<Answer> {
    let asked = async {
        let mut line = TcpStream::connect(("127.0.0.1", port)).await?;
        let length = format!("Content-Length: {}", body.len());
        let first = format!("{target} HTTP/1.1");
        let mut lines = vec![first.as_str(), "Host: 127.0.0.1", "Connection: close", &length];
        lines.extend(heads.iter().map(String::as_str));
        let request = format!("{}\r\n\r\n{body}", lines.join("\r\n"));
        line.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        line.read_to_end(&mut answer).await?;
        read(&answer).ok_or_else(|| Error::from(ErrorKind::UnexpectedEof))
    };
    tokio::time::timeout(PATIENCE, asked).await?
}

fn read(answer: &[u8]) -> Option<Answer> {
    let text = String::from_utf8_lossy(answer);
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let length = length(head).unwrap_or(0);
    (body.len() == length).then(|| Answer {
        status,
        head: head.to_owned(),
        body: body.to_owned(),
    })
}

fn length(head: &str) -> Option<usize> {
    head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        value
            .parse()
            .ok()
            .filter(|_| name.eq_ignore_ascii_case("content-length"))
    })
}

/// What becomes of an exchange.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Arrives,
    /// The answer is made and does not come.
    Lost,
    /// Half of the answer comes.
    Torn,
    /// The line breaks as soon as the request has gone.
    HungUp,
}

impl Fate {
    fn of(seed: u64) -> Self {
        match chance(seed) % 100 {
            0..8 => Self::Lost,
            8..14 => Self::Torn,
            14..20 => Self::HungUp,
            _ => Self::Arrives,
        }
    }
}

/// Stands between phones and a process. Each request reaches the process; a fifth of the answers do not reach the phone.
pub(crate) struct Wire {
    pub(crate) port: u16,
    broken: Arc<AtomicU64>,
    relay: JoinHandle<()>,
}

impl Wire {
    pub(crate) async fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let own = listener.local_addr().expect("a port").port();
        let broken = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&broken);
        let relay = tokio::spawn(async move {
            for at in 0.. {
                let Ok((phone, _)) = listener.accept().await else {
                    return;
                };
                let fate = Fate::of((u64::from(port) << 32) | at);
                counter.fetch_add(u64::from(fate != Fate::Arrives), Ordering::Relaxed);
                tokio::spawn(carry(phone, port, fate));
            }
        });
        Self {
            port: own,
            broken,
            relay,
        }
    }

    /// How many answers were lost, torn or not waited for.
    pub(crate) fn broken(&self) -> u64 {
        self.broken.load(Ordering::Relaxed)
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.relay.abort();
    }
}

async fn carry(mut phone: TcpStream, port: u16, fate: Fate) -> Result<()> {
    let request = whole(&mut phone).await?;
    let mut process = TcpStream::connect(("127.0.0.1", port)).await?;
    process.write_all(&request).await?;
    if fate == Fate::HungUp {
        return Ok(());
    }
    let mut answer = Vec::new();
    process.read_to_end(&mut answer).await?;
    let carried = match fate {
        Fate::Lost => 0,
        Fate::Torn => answer.len() / 2,
        _ => answer.len(),
    };
    phone.write_all(&answer[..carried]).await
}

/// All of a request, so that no process ever sees a part of one.
async fn whole(phone: &mut TcpStream) -> Result<Vec<u8>> {
    let mut request = Vec::new();
    loop {
        if phone.read_buf(&mut request).await? == 0 {
            return Err(Error::from(ErrorKind::UnexpectedEof));
        }
        let text = String::from_utf8_lossy(&request);
        if let Some((head, body)) = text.split_once("\r\n\r\n")
            && body.len() >= length(head).unwrap_or(0)
        {
            return Ok(request);
        }
    }
}
