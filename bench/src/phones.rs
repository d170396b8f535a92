//! Phones: the empty poll beside the anchor, the memory of polls that wait, and the way from a click to a phone.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use hyper::StatusCode;
use sqlx::{Connection as _, PgConnection};
use tokio::task::JoinSet;

use crate::CONCURRENT;
use crate::browser::{Ask, Connection, Visitor};
use crate::load::{Load, Measured, Row, Target};
use crate::material;
use crate::report::Table;
use crate::server::Server;

/// Phones that ask in turn, so that none asks more often than it may.
const POLLING: usize = 6_000;
/// Polls that wait at once.
const WAITING: usize = 2_000;
/// People with a phone each, who are clicked for.
const CLICKED: usize = 200;
/// So many clicks of each.
const CLICKS: usize = 3;
/// Their logins begin so.
const LOGIN: &str = "bench-phone-";

/// Measures all three.
pub(crate) async fn measure(
    server: &Server,
    (url, password): (&str, &str),
    visitor: &Visitor,
    (load, table): (&Load, &mut Table),
) -> Result<()> {
    let mut conn = PgConnection::connect(url).await?;
    clear(&mut conn).await?;
    // Rows before this one changed thousands of cards, which are being compared for duplicates.
    material::settle(url).await?;
    let access = visitor.access_token(crate::base::USERNAME, password).await?;
    connect(&mut conn, crate::base::USERNAME, POLLING).await?;
    empty_polls(server.address, &access, load, table).await?;
    waiting(server, &access).await?;
    clicks(server, &mut conn, password).await?;
    clear(&mut conn).await
}

/// Takes what was made here away.
pub(crate) async fn clear(conn: &mut PgConnection) -> Result<()> {
    for sql in [
        "DELETE FROM call_requests",
        "DELETE FROM phone_devices",
        "DELETE FROM audit_events WHERE actor_id IN (SELECT id FROM users WHERE username LIKE 'bench-phone-%')",
        "DELETE FROM sessions WHERE user_id IN (SELECT id FROM users WHERE username LIKE 'bench-phone-%')",
        // The log keeps what they did, and them with it; but no page offers them to choose from.
        "UPDATE users SET is_active = false WHERE username LIKE 'bench-phone-%'",
    ] {
        // Nor may the log's rows be deleted.
        let _ = sqlx::query(sql).execute(&mut *conn).await;
    }
    Ok(())
}

/// So many phones of the newest session of a login.
async fn connect(conn: &mut PgConnection, username: &str, count: usize) -> Result<()> {
    sqlx::query(
        "INSERT INTO phone_devices (id, user_id, session_id, device_id)
         SELECT gen_random_uuid(), person.id, session.id, 'p' || at
         FROM users AS person
         CROSS JOIN LATERAL (SELECT id FROM sessions WHERE user_id = person.id AND kind = 'api'
                             ORDER BY created_at DESC, id DESC LIMIT 1) AS session
         CROSS JOIN generate_series(1, $2) AS at
         WHERE person.username = $1",
    )
    .bind(username)
    .bind(i32::try_from(count)?)
    .execute(conn)
    .await?;
    Ok(())
}

fn poll(device: usize, wait: u64) -> String {
    format!("/api/phone/calls/pull/?device_id=p{device}&wait_seconds={wait}")
}

async fn empty_polls(address: SocketAddr, access: &str, load: &Load, table: &mut Table) -> Result<()> {
    let (access, turn) = (access.to_owned(), Arc::new(AtomicUsize::new(0)));
    let row = Row {
        name: "phone: the empty poll",
        expected: StatusCode::NO_CONTENT,
        next: Arc::new(move || {
            let device = 1 + turn.fetch_add(1, Ordering::Relaxed) % POLLING;
            Ask::page(poll(device, 0)).bearing(&access)
        }),
    };
    let target = Target {
        address,
        cookie: String::new(),
    };
    for concurrent in CONCURRENT {
        let measured = load.run(&target, &row, concurrent).await?;
        table.add(row.name, concurrent, measured);
    }
    Ok(())
}

/// Memory before and while phones wait.
async fn waiting(server: &Server, access: &str) -> Result<()> {
    let before = server.resident();
    let mut polls = JoinSet::new();
    for device in 1..=WAITING {
        let mut connection = Connection::open(server.address, "", false).await?;
        let ask = Ask::page(poll(device, 25)).bearing(access);
        polls.spawn(async move { connection.ask(ask).await });
    }
    tokio::time::sleep(Duration::from_secs(10)).await;
    let during = server.resident();
    let mut failures = 0;
    while let Some(answer) = polls.join_next().await {
        failures += usize::from(answer??.status != StatusCode::NO_CONTENT);
    }
    println!(
        "{WAITING} polls that wait: {before} MiB before, {during} MiB while they do, {} KiB each; other answers: {failures}",
        (during.saturating_sub(before)) * 1024 / u64::try_from(WAITING)?
    );
    Ok(())
}

/// From the press of the button to the answer of the phone's poll.
async fn clicks(server: &Server, conn: &mut PgConnection, password: &str) -> Result<()> {
    sqlx::query(
        "INSERT INTO users (username, password_hash, first_name, last_name, role)
         SELECT $1 || at, person.password_hash, 'Телефон', at::text, 'manager'
         FROM users AS person CROSS JOIN generate_series(1, $2) AS at
         WHERE person.username = $3
         ON CONFLICT (lower(username)) DO UPDATE SET is_active = true",
    )
    .bind(LOGIN)
    .bind(i32::try_from(CLICKED)?)
    .bind(crate::base::USERNAME)
    .execute(&mut *conn)
    .await?;
    let mut people = Vec::new();
    for at in 1..=CLICKED {
        let username = format!("{LOGIN}{at}");
        let visitor = Visitor::sign_in(server.address, &username, password).await?;
        let access = visitor.access_token(&username, password).await?;
        connect(conn, &username, 1).await?;
        people.push((visitor, access));
    }
    let address = server.address;
    let mut days = JoinSet::new();
    for (visitor, access) in people {
        days.spawn(async move { day(address, &visitor, &access).await });
    }
    let mut times = Vec::new();
    while let Some(day) = days.join_next().await {
        times.extend(day??);
    }
    let count = times.len();
    let measured = Measured::of(times);
    println!(
        "Click → phone, {CLICKED} phones on long polls, {count} clicks: p50 {} ms, p95 {} ms\n",
        measured.median / 1000,
        measured.slow / 1000
    );
    Ok(())
}

/// A person clicks now and then; microseconds until the phone had it.
async fn day(address: SocketAddr, visitor: &Visitor, access: &str) -> Result<Vec<u64>> {
    let mut times = Vec::new();
    let mut browser = Connection::open(address, &visitor.cookie, false).await?;
    for at in 0..CLICKS {
        let mut phone = Connection::open(address, "", false).await?;
        let ask = Ask::page(poll(1, 25)).bearing(access);
        let polling = tokio::spawn(async move { phone.ask(ask).await });
        // Clicks of an office do not come at once.
        tokio::time::sleep(Duration::from_millis(1_000 + rand::random_range(0..4_000))).await;
        let number = format!("+7912{:07}", rand::random_range(0..9_999_999) + at);
        let form = [("csrf_token", visitor.token.as_str()), ("phone", number.as_str())];
        let began = Instant::now();
        let clicked = browser.ask(Ask::form("/phone/call/", &form)).await?;
        ensure!(
            clicked.status == StatusCode::SEE_OTHER,
            "the click was answered {}",
            clicked.status
        );
        let answer = polling.await??;
        ensure!(
            answer.status == StatusCode::OK,
            "the poll was answered {}",
            answer.status
        );
        times.push(u64::try_from(began.elapsed().as_micros()).context("a long day")?);
    }
    Ok(times)
}
