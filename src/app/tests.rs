//! Turns of searching.

use std::time::Duration;

use super::{App, turns};
use crate::error::Error;
use crate::policy::Role;
use crate::testing::TestApp;

/// Long enough for whoever can go on to have done so.
const MOMENT: Duration = Duration::from_millis(50);

async fn is_free(app: &App) -> bool {
    tokio::time::timeout(MOMENT, app.turn()).await.is_ok()
}

#[tokio::test]
async fn turns_are_bounded_and_whoever_waits_takes_the_next_free_one() {
    let app = TestApp::new().await;
    let mut taken = Vec::new();
    for _ in 0..turns() {
        taken.push(app.turn().await.expect("a turn"));
    }
    assert!(!is_free(&app).await, "all are taken");
    let queue = ["first", "second"].map(|name| {
        let app = app.app.clone();
        tokio::spawn(async move {
            let turn = app.turn().await.expect("a turn");
            tokio::time::sleep(MOMENT).await;
            drop(turn);
            name
        })
    });
    tokio::time::sleep(MOMENT).await;
    assert!(queue.iter().all(|waiting| !waiting.is_finished()));
    drop(taken.pop());
    let [first, second] = queue;
    assert_eq!(first.await.expect("the first"), "first");
    assert!(!second.is_finished(), "one turn lets one through");
    assert_eq!(second.await.expect("the second"), "second");
    assert!(is_free(&app).await, "both gave it back");
}

#[tokio::test]
async fn whoever_waits_too_long_is_told_so() {
    let app = TestApp::new().await;
    app.person("one", Role::Admin, None).await;
    let mut browser = app.signed_in("one").await;
    let all = u32::try_from(turns()).expect("a few");
    let taken = app.searching.acquire_many(all).await.expect("all turns");
    assert!(matches!(app.turn().await, Err(Error::Unavailable(_))));
    browser.get("/companies/?all=1").await.expect(503);
    drop(taken);
    browser.get("/companies/?all=1").await.expect(200);
}

#[tokio::test]
async fn a_request_that_is_dropped_gives_its_turn_back() {
    let app = TestApp::new().await;
    app.person("one", Role::Admin, None).await;
    let mut browser = app.signed_in("one").await;
    let mut lock = app.begin().await.expect("a transaction");
    sqlx::query("LOCK TABLE companies IN ACCESS EXCLUSIVE MODE")
        .execute(&mut *lock)
        .await
        .expect("nobody reads companies");
    let taken = async {
        while app.searching.available_permits() == turns() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    // Whoever asked goes away while the list is being read.
    tokio::select! {
        answer = browser.get("/companies/?all=1") => panic!("read a locked table: {}", answer.status),
        () = taken => {}
    }
    assert_eq!(app.searching.available_permits(), turns());
    lock.rollback().await.expect("the table is free");
    browser.get("/companies/?all=1").await.expect(200);
}
