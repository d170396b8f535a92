//! The stream, and the poll behind it.

use std::time::Duration;

use axum::http::header;
use serde_json::Value;

use super::{id, office};
use crate::db::Happened;
use crate::notifications::{self, Kind, Notice};
use crate::policy::Actor;
use crate::testing::{Stream, TestApp};
use crate::values::UserId;

async fn tell(app: &TestApp, user: UserId, title: &str) {
    let notice = Notice::new(Kind::TaskGiven, app.now()).to([user]).titled(title);
    let mut tx = app.begin().await.expect("a transaction");
    notifications::tell(&mut tx, &Actor::system(), notice)
        .await
        .expect("told");
    tx.commit().await.expect("committed");
}

/// What is told next: the names of events, without signs of life.
async fn event(stream: &mut Stream) -> String {
    loop {
        let said = stream.next().await.expect("the stream ended");
        if let Some(name) = said.lines().find_map(|line| line.strip_prefix("event: ")) {
            return name.to_owned();
        }
    }
}

#[tokio::test]
async fn whoever_may_have_missed_words_looks_at_bell_and_calls() {
    let office = office().await;
    let (petrov, ivanova) = (id(&office.petrov), id(&office.ivanova));
    let mut browser = office.browser("petrov").await;
    let mut stream = browser.listen("/events/").await;
    assert_eq!(event(&mut stream).await, "bell");
    // The ear on the database was lost and found.
    office.app.live.tell(Happened::Anything);
    assert_eq!(event(&mut stream).await, "bell");
    assert_eq!(event(&mut stream).await, "call");
    // A call alone is told alone.
    office.app.live.tell(Happened::Call(petrov));
    assert_eq!(event(&mut stream).await, "call");
    // The stream is behind by more than is kept.
    office.app.live.tell(Happened::Call(petrov));
    for _ in 0..300 {
        office.app.live.tell(Happened::Bell(ivanova));
    }
    assert_eq!(event(&mut stream).await, "bell");
    assert_eq!(event(&mut stream).await, "call");
}

/// The next state of the bell.
async fn state(stream: &mut Stream) -> Value {
    loop {
        let said = stream.next().await.expect("the stream ended");
        if said.contains("event: call") {
            continue;
        }
        if let Some(data) = said.lines().find_map(|line| line.strip_prefix("data: ")) {
            assert!(said.contains("event: bell"), "{said}");
            return serde_json::from_str(data).expect("JSON");
        }
    }
}

#[tokio::test]
async fn what_another_connection_commits_arrives() {
    let office = office().await;
    let _ear = office.app.ear().await;
    let user = id(&office.petrov);
    tell(&office.app, user, "Пока никого не было").await;
    let mut petrov = office.browser("petrov").await;
    petrov
        .headers
        .insert(header::ACCEPT_ENCODING, "gzip".parse().expect("a value"));
    let mut stream = petrov.listen("/events/").await;
    assert_eq!(stream.status, 200);
    assert_eq!(stream.headers[header::CONTENT_TYPE], "text/event-stream");
    assert!(!stream.headers.contains_key(header::CONTENT_ENCODING));
    let first = state(&mut stream).await;
    assert_eq!(
        (&first["count"], &first["items"][0]["title"]),
        (&"1".into(), &"Пока никого не было".into())
    );
    // From another process, on connections of its own; and something that is nobody's business here.
    let other = office.app.reconnected();
    tell(&other, id(&office.ivanova), "Не вам").await;
    tell(&other, user, "Новая").await;
    let next = state(&mut stream).await;
    assert_eq!(
        (&next["count"], &next["items"][0]["title"]),
        (&"2".into(), &"Новая".into())
    );
    // Read elsewhere: the badge goes here.
    let mut elsewhere = petrov.moved_to(&other);
    elsewhere.post("/notifications/read-all/", &[]).await.expect_redirect();
    let last = state(&mut stream).await;
    assert_eq!(
        (&last["count"], last["items"].as_array().map(Vec::len)),
        (&"".into(), Some(0))
    );
}

#[tokio::test]
async fn a_stream_ends_with_its_session_and_with_the_process() {
    let office = office().await;
    let _ear = office.app.ear().await;
    let mut petrov = office.browser("petrov").await;
    let mut here = petrov.listen("/events/").await;
    let mut other = office.browser("petrov").await;
    let mut there = other.listen("/events/").await;
    state(&mut here).await;
    state(&mut there).await;
    other.post("/logout/", &[]).await.expect_redirect();
    let ended = tokio::time::timeout(Duration::from_secs(1), there.next()).await;
    assert_eq!(ended.expect("still open"), None);
    // An administrator ends the other one.
    let mut admin = office.browser("admin").await;
    let address = format!("/settings/users/{}/end-sessions/", id(&office.petrov));
    admin.post(&address, &[]).await.expect_redirect();
    let ended = tokio::time::timeout(Duration::from_secs(1), here.next()).await;
    assert_eq!(ended.expect("still open"), None);
    let mut stream = admin.listen("/events/").await;
    state(&mut stream).await;
    office.app.live.close();
    let ended = tokio::time::timeout(Duration::from_secs(1), stream.next()).await;
    assert_eq!(ended.expect("still open"), None);
}

#[tokio::test]
async fn one_person_has_so_many_streams_and_gets_their_places_back() {
    let office = office().await;
    let mut petrov = office.browser("petrov").await;
    let mut open = Vec::new();
    for _ in 0..8 {
        let stream = petrov.listen("/events/").await;
        assert_eq!(stream.status, 200);
        open.push(stream);
    }
    let full = petrov.listen("/events/").await;
    assert_eq!(
        (full.status.as_u16(), &full.headers[header::RETRY_AFTER]),
        (429, &"300".parse().expect("a value"))
    );
    let mut ivanova = office.browser("ivanova").await;
    assert_eq!(ivanova.listen("/events/").await.status, 200);
    open.pop();
    assert_eq!(petrov.listen("/events/").await.status, 200);
}

#[tokio::test]
async fn the_poll_says_the_same() {
    let office = office().await;
    tell(&office.app, id(&office.petrov), "Новая").await;
    let mut petrov = office.browser("petrov").await;
    let answer = petrov.get("/notifications/poll/").await;
    answer.expect(200);
    assert_eq!(answer.headers[header::CONTENT_TYPE], "application/json");
    let said: Value = serde_json::from_str(&answer.text).expect("JSON");
    assert_eq!(
        (&said["count"], &said["items"][0]["title"]),
        (&"1".into(), &"Новая".into())
    );
    let open = said["items"][0]["open"].as_str().expect("an address").to_owned();
    assert!(open.contains(said["newest"].as_str().expect("a key")));
    let mut nobody = office.app.browser();
    nobody.get("/notifications/poll/").await.expect(303);
    nobody.get("/events/").await.expect(303);
}

#[tokio::test]
async fn a_page_asks_for_the_bell_once_until_something_happens() {
    let office = office().await;
    let _ear = office.app.ear().await;
    let user = id(&office.petrov);
    let mut petrov = office.browser("petrov").await;
    let badge = |page: crate::testing::Answer| page.texts("[data-bell-count]").join("");
    tell(&office.app, user, "Первая").await;
    while office.app.live.bell(user).is_err() {
        petrov.get("/companies/?all=1").await;
    }
    // Behind the program's back: what is kept is not asked for again.
    office.execute("DELETE FROM notifications".to_owned()).await;
    assert_eq!(badge(petrov.get("/companies/?all=1").await), "1");
    // Another process tells of something: it is.
    let mut heard = office.app.live.hear();
    tell(&office.app.reconnected(), user, "Вторая").await;
    tell(&office.app.reconnected(), user, "Третья").await;
    heard.recv().await.expect("a word");
    heard.recv().await.expect("a word");
    assert_eq!(badge(petrov.get("/companies/?all=1").await), "2");
    // One's own act counts at once.
    petrov.post("/notifications/read-all/", &[]).await.expect_redirect();
    assert_eq!(badge(petrov.get("/companies/?all=1").await), "");
    // Without an ear nothing is believed.
    office.app.live.set_heard(false);
    tell(&office.app, user, "Четвёртая").await;
    assert_eq!(badge(petrov.get("/companies/?all=1").await), "1");
}

#[tokio::test]
async fn a_lost_connection_of_the_ear_is_made_up_for() {
    let office = office().await;
    let _ear = office.app.ear().await;
    let user = id(&office.petrov);
    let mut petrov = office.browser("petrov").await;
    let mut stream = petrov.listen("/events/").await;
    state(&mut stream).await;
    let cut = "SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity
               WHERE datname = current_database() AND query LIKE 'LISTEN%'";
    office.execute(cut.to_owned()).await;
    tell(&office.app, user, "Пока не слышно").await;
    // However it is heard of, it is shown.
    while state(&mut stream).await["count"] != "1" {}
}
