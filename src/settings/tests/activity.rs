//! The audit log as administrators read it.

use chrono::TimeDelta;

use crate::audit::{self, Changes, Event};
use crate::policy::{Actor, Role};
use crate::testing::{Client, TestApp};

async fn admin() -> (TestApp, Client, Actor) {
    let app = TestApp::new().await;
    let actor = app.person("boss", Role::Admin, None).await;
    let browser = app.signed_in("boss").await;
    (app, browser, actor)
}

async fn write(app: &TestApp, actor: &Actor, event: Event<'_>) {
    let mut conn = app.conn().await;
    audit::record_many(&mut conn, actor, vec![event], app.now())
        .await
        .expect("an event");
}

fn renamed(name: &str) -> Event<'static> {
    let mut changes = Changes::default();
    changes.compare("name", "Ромашка", name);
    Event::new(
        "update",
        "company",
        "00000000-0000-7000-8000-000000000001",
        format!("Переименована в «{name}»"),
    )
    .with(changes)
}

#[tokio::test]
async fn each_event_shows_who_did_what_with_old_and_new_values() {
    let (app, mut browser, actor) = admin().await;
    write(&app, &actor, renamed("Лилия")).await;
    let page = browser.get("/settings/activity/").await;
    page.expect(200)
        .expect_text("boss Тестов")
        .expect_text("Название: Ромашка → Лилия")
        .expect_text("Вход с адреса 127.0.0.1");
    let page = browser.get("/settings/activity/?verb=update").await;
    let link = page.attribute("td.cell-main a", "href");
    assert_eq!(
        link.as_deref(),
        Some("/companies/00000000-0000-7000-8000-000000000001/")
    );
}

#[tokio::test]
async fn filters_narrow_the_log_and_each_is_one_click_from_cleared() {
    let (app, mut browser, actor) = admin().await;
    let other = app.person("other", Role::Manager, None).await;
    write(&app, &actor, renamed("Лилия")).await;
    write(&app, &other, Event::new("create", "contact", "7", "Контакт Белкин")).await;
    write(
        &app,
        &Actor::system(),
        Event::new("import", "import", "8", "Загружен файл"),
    )
    .await;
    let other_id = other.user.expect("a person");
    for (query, shown, hidden) in [
        (format!("person={other_id}"), "Контакт Белкин", "Лилия"),
        ("person=system".to_owned(), "Загружен файл", "Контакт Белкин"),
        ("entity=company".to_owned(), "Лилия", "Контакт Белкин"),
        ("entity=contact&object=7".to_owned(), "Контакт Белкин", "Лилия"),
        ("verb=update".to_owned(), "Лилия", "Загружен файл"),
        (
            "since=2026-11-23&until=2026-11-23".to_owned(),
            "Лилия",
            "Ничего не нашлось",
        ),
        ("until=2026-11-22".to_owned(), "Ничего не нашлось", "Лилия»"),
    ] {
        let page = browser.get(&format!("/settings/activity/?{query}")).await;
        page.expect(200).expect_text(shown).expect_no_text(hidden);
        let chips = page.texts(".filter-active .chip");
        assert_eq!(chips.len(), query.split('&').count(), "{query}: {chips:?}");
    }
    let page = browser.get("/settings/activity/?entity=company&verb=update").await;
    let clear = page.attribute(".chip a", "href");
    assert_eq!(clear.as_deref(), Some("/settings/activity/?verb=update"));
}

#[tokio::test]
async fn a_day_is_the_day_of_whoever_reads_and_a_wrong_date_says_so() {
    let (app, mut browser, actor) = admin().await;
    // Half past one in the night of the 24th in Moscow, the 23rd in UTC.
    app.pass(TimeDelta::minutes(13 * 60 + 30));
    write(&app, &actor, renamed("Лилия")).await;
    let day = |day: &str| format!("/settings/activity/?since={day}&until={day}&verb=update");
    browser.get(&day("2026-11-24")).await.expect_text("Ромашка → Лилия");
    browser.get(&day("2026-11-23")).await.expect_no_text("Ромашка → Лилия");
    let page = browser.get("/settings/activity/?since=31.02.2026").await;
    page.expect(200).expect_text("Такой даты нет");
}

#[tokio::test]
async fn the_log_is_read_page_by_page_and_nothing_is_lost_between_them() {
    let (app, mut browser, actor) = admin().await;
    for number in 0..120 {
        write(&app, &actor, renamed(&format!("№{number}."))).await;
    }
    let mut address = "/settings/activity/?verb=update".to_owned();
    let mut seen = Vec::new();
    loop {
        let page = browser.get(&address).await;
        seen.extend(page.texts("td.cell-main > a"));
        let Some(next) = page.attribute("a[rel=next]", "href") else {
            break;
        };
        let back = browser.get(&next).await.attribute("a[rel=prev]", "href");
        assert!(back.is_some(), "a way back from {next}");
        address = next;
    }
    let expected: Vec<_> = (0..120)
        .rev()
        .map(|number| format!("Переименована в «№{number}.»"))
        .collect();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn taking_the_log_away_is_logged_before_its_first_byte_and_runs_no_formula() {
    let (app, mut browser, actor) = admin().await;
    write(&app, &actor, renamed("Лилия; \"и Ко\"")).await;
    write(
        &app,
        &actor,
        Event::new("create", "note", "1", "=HYPERLINK(\"http://evil\")"),
    )
    .await;
    let file = browser.post("/settings/activity/export/", &[("entity", "note")]).await;
    file.expect(200);
    assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8");
    let lines: Vec<_> = file.text.trim_start_matches('\u{feff}').lines().collect();
    assert!(file.text.starts_with('\u{feff}') && lines.len() == 2, "{lines:?}");
    assert!(lines[1].contains("\"'=HYPERLINK(\"\"http://evil\"\")\""), "{lines:?}");
    let file = browser.post("/settings/activity/export/", &[]).await;
    let (log, note) = (file.text.find("Выгружен журнал"), file.text.find("HYPERLINK"));
    assert!(log.is_some() && log < note, "the export itself is in the log");
    assert!(file.text.contains("Название: «Ромашка» → «Лилия; \"\"и Ко\"\"»"));
}
