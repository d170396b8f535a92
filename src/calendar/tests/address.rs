use axum::http::{StatusCode, header};
use chrono::TimeDelta;

use super::{calendar, change, events, issue, path_of, read, task};
use crate::policy::Role;
use crate::testing::TestApp;

#[tokio::test]
async fn an_address_is_shown_again_and_ends_when_another_is_issued() {
    let app = TestApp::new().await;
    app.person("ivanova", Role::Manager, None).await;
    let mut browser = app.signed_in("ivanova").await;
    let page = browser.get("/account/calendar/").await;
    page.expect(200).expect_text("Календарь выключен");
    let first = issue(&mut browser).await;
    assert_eq!(
        path_of(&mut browser).await.as_deref(),
        Some(first.as_str()),
        "shown again"
    );
    assert_eq!(read(&app, &first, None).await.status, StatusCode::OK);
    // What the base holds gives no address.
    let stored: Vec<String> = sqlx::query_scalar("SELECT feed::text FROM calendar_feeds AS feed")
        .fetch_all(&app.app.db)
        .await
        .expect("rows");
    let secret = first.trim_start_matches("/calendar/").trim_end_matches(".ics");
    assert_eq!(secret.len(), 43);
    assert!(!stored.concat().contains(secret), "{stored:?}");

    let second = issue(&mut browser).await;
    assert_ne!(first, second);
    assert_eq!(read(&app, &first, None).await.status, StatusCode::NOT_FOUND);
    assert_eq!(read(&app, &second, None).await.status, StatusCode::OK);

    let off = "/account/calendar/turn-off/";
    browser
        .post_from("/account/calendar/", off, &[])
        .await
        .expect_redirect();
    assert_eq!(path_of(&mut browser).await, None);
    assert_eq!(read(&app, &second, None).await.status, StatusCode::NOT_FOUND);
    let log: Vec<String> = sqlx::query_scalar("SELECT verb FROM audit_events WHERE verb LIKE 'calendar%' ORDER BY id")
        .fetch_all(&app.app.db)
        .await
        .expect("events");
    assert_eq!(log, ["calendar_on", "calendar_on", "calendar_off"]);
}

#[tokio::test]
async fn an_address_of_nobody_and_of_somebody_gone_are_the_same() {
    let app = TestApp::new().await;
    let gone = app.person("gone", Role::Manager, None).await;
    let path = issue(&mut app.signed_in("gone").await).await;
    sqlx::query("UPDATE users SET is_active = false WHERE id = $1")
        .bind(gone.user.map(|id| id.0))
        .execute(&app.app.db)
        .await
        .expect("a change");
    let of_gone = read(&app, &path, None).await;
    let guessed = read(&app, "/calendar/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.ics", None).await;
    for reading in [&of_gone, &guessed] {
        assert_eq!(reading.status, StatusCode::NOT_FOUND);
        assert!(!reading.headers.contains_key(header::ETAG));
    }
    assert_eq!(of_gone.text.lines().count(), guessed.text.lines().count());
    let bare = path.trim_end_matches(".ics");
    assert_eq!(read(&app, bare, None).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn another_secret_key_asks_for_a_new_issue() {
    let mut app = TestApp::new().await;
    app.person("ivanova", Role::Manager, None).await;
    issue(&mut app.signed_in("ivanova").await).await;
    app.app.secret_key = "another key of tests, not shorter than it has to be".to_owned().into();
    let twin = app.twin();
    let mut browser = twin.signed_in("ivanova").await;
    let page = browser.get("/account/calendar/").await;
    page.expect(200).expect_text("Ссылку нужно выдать заново");
    let path = issue(&mut browser).await;
    assert_eq!(read(&twin, &path, None).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_calendar_that_has_not_changed_is_not_sent_again() {
    let app = TestApp::new().await;
    let me = app.person("ivanova", Role::Manager, None).await;
    let mut browser = app.signed_in("ivanova").await;
    let path = issue(&mut browser).await;
    let id = task(&app, &me, "Позвонить", "2026-12-01 10:00+03", "").await;
    let first = read(&app, &path, None).await;
    let tag = first.headers[header::ETAG].to_str().expect("a tag").to_owned();
    assert_eq!(first.headers[header::CONTENT_TYPE], "text/calendar; charset=utf-8");
    assert_eq!(first.headers[header::CACHE_CONTROL], "private, no-cache");
    // The page says when and by what it was read.
    browser.get("/account/calendar/").await.expect_text("dataaccessd");
    app.pass(TimeDelta::hours(3));
    for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}")] {
        let again = read(&app, &path, Some(&known)).await;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED, "{known}");
        assert_eq!(again.text, "");
        assert_eq!(again.headers[header::ETAG].to_str().ok(), Some(tag.as_str()));
    }
    change(&app, "tasks", id, "title = 'Написать', version = 2").await;
    let changed = read(&app, &path, Some(&tag)).await;
    assert_eq!(changed.status, StatusCode::OK);
    assert_ne!(changed.headers[header::ETAG].to_str().ok(), Some(tag.as_str()));
}

#[tokio::test]
async fn whoever_asks_too_often_has_to_wait() {
    let app = TestApp::new().await;
    app.person("ivanova", Role::Manager, None).await;
    let path = issue(&mut app.signed_in("ivanova").await).await;
    let guess = "/calendar/guess.ics";
    for _ in 0..30 {
        assert_eq!(read(&app, guess, None).await.status, StatusCode::NOT_FOUND);
    }
    let held = read(&app, guess, None).await;
    assert_eq!(held.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(held.headers[header::RETRY_AFTER], "900");
    // Whoever has an address is not held for others' guesses, be it from the same office.
    for _ in 0..60 {
        assert_eq!(read(&app, &path, None).await.status, StatusCode::OK);
    }
    assert_eq!(read(&app, &path, None).await.status, StatusCode::TOO_MANY_REQUESTS);
    app.pass(TimeDelta::minutes(16));
    assert_eq!(read(&app, guess, None).await.status, StatusCode::NOT_FOUND);
    assert!(events(&calendar(&app, &path).await).is_empty());
    let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM calendar_readings")
        .fetch_one(&app.app.db)
        .await
        .expect("a count");
    assert_eq!(rows, 2, "what is over is swept out");
}
