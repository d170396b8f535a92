//! Two processes, ten people with five phones each, a thousand calls, answers lost on the way, and one of the processes
//! killed in the middle: each call comes to exactly one phone, and is dialled there once (the promise of calls).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures::future::join_all;
use sqlx::{PgPool, Row as _};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::phones::{App, Desk, Phone, Screens, app_of, end_of};
use crate::postgres::Postgres;
use crate::program::{Program, Running, free_port};
use crate::wire::{Wire, exchange};

const PEOPLE: usize = 10;
/// Clicks of each person. One of twenty-one has no time, which leaves a thousand calls in all.
const CLICKS: usize = 105;
const LASTING: i64 = 1000;
const PASSWORD: &str = "Zimniy-vecher-58";
/// Calls live so long that the other process can be killed and come back; those whose number says so are over at once.
const BASE: &str = "
    UPDATE call_settings SET ttl_seconds = 300;
    INSERT INTO users (username, password_hash, first_name, last_name, role)
    SELECT 'p' || n, boss.password_hash, 'Пётр', 'Петров', 'manager' FROM users AS boss, generate_series(0, 9) AS n;
    CREATE FUNCTION hasten() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF right(NEW.phone, 5)::integer % 21 = 20 THEN
            NEW.expires_at := clock_timestamp() + interval '5 milliseconds';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER hasten BEFORE INSERT ON call_requests FOR EACH ROW EXECUTE FUNCTION hasten()";
/// Calls with the phone that was told, how many phones the history names, and the end.
const CALLS: &str = "
    SELECT call.id::text, phone.device_id, call.state, call.result, right(call.phone, 5)::integer % 21 = 20 AS hasty,
           (SELECT count(DISTINCT step.device_id) FROM call_steps AS step
            WHERE step.call_id = call.id AND step.step IN ('delivered', 'redelivered')) AS told,
           (SELECT count(*) FROM call_steps AS step
            WHERE step.call_id = call.id AND step.step = 'redelivered') AS again
    FROM call_requests AS call LEFT JOIN phone_devices AS phone ON phone.id = call.device_id";
const IS_WAITING: &str = "SELECT state IN ('pending', 'delivered') FROM call_requests WHERE id = $1::uuid";
const TAKEN: &str = "SELECT count(*) FROM call_requests WHERE state NOT IN ('pending', 'delivered')";
/// Given to a phone after its time, by the clock of the database.
const LATE: &str = "
    SELECT count(*) FROM call_steps AS step JOIN call_requests AS call ON call.id = step.call_id
    WHERE step.step IN ('delivered', 'redelivered') AND step.at > call.expires_at";
const PATIENCE: Duration = Duration::from_mins(4);
const PAUSE: Duration = Duration::from_millis(25);

async fn number(db: &PgPool, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(db).await.expect("a number")
}

async fn until(db: &PgPool, sql: &'static str, enough: impl Fn(i64) -> bool) {
    let end = Instant::now() + PATIENCE;
    loop {
        let now = number(db, sql).await;
        if enough(now) {
            return;
        }
        assert!(Instant::now() < end, "{sql}: {now}");
        tokio::time::sleep(PAUSE).await;
    }
}

async fn until_ready(port: u16) {
    let end = Instant::now() + PATIENCE;
    while !matches!(exchange(port, "GET /health/", &[], "").await, Ok(answer) if answer.status == 200) {
        assert!(Instant::now() < end, "the process at {port} is not ready");
        tokio::time::sleep(PAUSE).await;
    }
}

/// A person clicks on one number after another, each time when the call before has been taken or is over.
async fn click_through(db: &PgPool, desk: Desk, person: usize) {
    for at in 0..CLICKS {
        let id = desk.click(&format!("791{person:03}{at:05}")).await;
        let end = Instant::now() + PATIENCE;
        while sqlx::query_scalar(IS_WAITING)
            .bind(&id)
            .fetch_one(db)
            .await
            .expect("a call")
        {
            assert!(Instant::now() < end, "{id} waits for ever");
            tokio::time::sleep(PAUSE).await;
        }
    }
}

struct Place {
    program: Program,
    port: u16,
    server: Running,
}

async fn two_places(url: &str) -> [Place; 2] {
    let places = [0, 1].map(|at| {
        let port = free_port(at);
        let program = Program::new(url).at(port);
        let server = program.spawn(&["serve"]);
        Place { program, port, server }
    });
    for place in &places {
        until_ready(place.port).await;
    }
    places
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_of_a_thousand_calls_is_dialled_on_one_phone_though_answers_are_lost_and_a_process_is_killed() {
    let postgres = Postgres::start();
    let url = postgres.database("calls").await;
    let program = Program::new(&url);
    program.run(&["migrate"]);
    program.run_with(&["create-admin", "--username", "boss"], PASSWORD);
    let db = PgPool::connect(&url).await.expect("a pool");
    sqlx::raw_sql(BASE).execute(&db).await.expect("people");
    let mut places = two_places(&url).await;
    let ports = places.each_ref().map(|place| place.port);
    let wires = [Wire::to(ports[0]).await, Wire::to(ports[1]).await];
    let bad = wires.each_ref().map(|wire| wire.port);
    let screens = Arc::new(Mutex::new(Screens::default()));
    let names: Vec<String> = (0..PEOPLE).map(|person| format!("p{person}")).collect();
    let (over, is_over) = watch::channel(false);
    let mut phones = JoinSet::new();
    for own in join_all(names.iter().map(|name| Phone::of(name, PASSWORD, &bad, &screens))).await {
        for phone in own {
            phones.spawn(phone.live(is_over.clone()));
        }
    }
    let desks = join_all(names.iter().map(|name| Desk::of(name, PASSWORD, ports))).await;
    let days = desks.into_iter().enumerate();
    let days = join_all(days.map(|(person, desk)| click_through(&db, desk, person)));
    let murder = async {
        until(&db, TAKEN, |now| now >= LASTING / 2).await;
        places[0].server.kill();
        let taken = number(&db, TAKEN).await;
        assert!(taken < LASTING, "it was killed in the middle");
        places[0].server = places[0].program.spawn(&["serve"]);
        until_ready(places[0].port).await;
    };
    tokio::select! {
        _ = async { tokio::join!(days, murder) } => (),
        gone = phones.join_next() => panic!("a phone gave up: {gone:?}"),
    }
    over.send_replace(true);
    while let Some(phone) = phones.join_next().await {
        phone.expect("a phone's day");
    }
    assert!(wires.iter().all(|wire| wire.broken() > 100), "the line was good");
    let screens = std::mem::take(&mut *screens.lock().unwrap_or_else(PoisonError::into_inner));
    judge(&db, &screens).await;
    program.run(&["verify"]);
}

async fn judge(db: &PgPool, screens: &Screens) {
    let rows = sqlx::query(CALLS).fetch_all(db).await.expect("calls");
    assert_eq!(rows.len(), PEOPLE * CLICKS, "a click is a call");
    assert_eq!(number(db, LATE).await, 0, "given out after its time");
    let (mut lost, mut redelivered, mut expired) = (0, 0, 0);
    for row in &rows {
        let (id, hasty): (String, bool) = (row.get("id"), row.get("hasty"));
        let (device, state): (Option<String>, String) = (row.get("device_id"), row.get("state"));
        let told: i64 = row.get("told");
        assert!(told == 1 || hasty && told == 0, "{id} was told to {told} phones");
        redelivered += row.get::<i64, _>("again");
        expired += usize::from(hasty && told == 0 && state == "expired");
        let dialled = screens.dialled.get(&id);
        let Some(dialled) = dialled else {
            // Only a phone that knows nothing of confirming may miss a call, and only by an answer that was lost.
            let is_older = device.is_some_and(|device| app_of(&device) == App::Older);
            assert!(hasty || is_older, "{id} was never dialled");
            lost += usize::from(!hasty);
            continue;
        };
        assert_eq!(dialled.len(), 1, "{id} was dialled on {dialled:?}");
        assert_eq!(
            device.as_ref(),
            dialled.first(),
            "{id} was dialled on another phone than was told"
        );
        // Of a call that was over before its phone could confirm it, the phone may not be told again.
        if !hasty {
            let result: Option<&str> = row.get("result");
            assert_eq!((state.as_str(), result), ("ended", Some(end_of(&id))), "{id}");
        }
    }
    assert!(
        lost <= screens.unheard,
        "{lost} calls were lost on {} lost answers",
        screens.unheard
    );
    assert!(
        redelivered > 0 && expired > 0,
        "{redelivered} told again, {expired} over before anybody asked"
    );
    let twice: HashMap<_, _> = screens.told.iter().filter(|(_, times)| **times > 1).collect();
    assert!(!twice.is_empty(), "no phone was told the same twice");
    let older = twice.keys().find(|(device, _)| app_of(device) == App::Older);
    assert_eq!(older, None, "an older phone was told twice, and so dialled twice");
}
