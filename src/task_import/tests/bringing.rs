use chrono::TimeDelta;

use crate::policy::{Actor, Role};
use crate::testing::{Answer, Client, TestApp};

const INDEX: &str = "/settings/import/tasks/";

/// An admin in a browser.
async fn setting() -> (TestApp, Actor, Client) {
    let app = TestApp::new().await;
    let admin = app.person("admin", Role::Admin, None).await;
    let browser = app.signed_in("admin").await;
    (app, admin, browser)
}

fn file(events: &[&[&str]]) -> String {
    let event = |lines: &&[&str]| format!("BEGIN:VEVENT\r\n{}\r\nEND:VEVENT\r\n", lines.join("\r\n"));
    let events: String = events.iter().map(event).collect();
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n")
}

/// Sends a file; answers the address of its check.
async fn send(browser: &mut Client, file: &str, options: &[(&str, &str)]) -> String {
    let fields: Vec<_> = [("time_zone", "Asia/Yekaterinburg")]
        .into_iter()
        .chain(options.iter().copied())
        .collect();
    let answer = browser
        .post_files(INDEX, &fields, &[("amo.ics", file.as_bytes())])
        .await;
    answer.expect_redirect()
}

/// «Звонок · Ромашка · 01.12.2026 10:00 · С компанией» for each row of the page.
fn rows(page: &Answer) -> Vec<String> {
    page.texts("tbody tr")
}

async fn run(browser: &mut Client, path: &str) {
    let led = browser
        .post_from(path, &format!("{path}run/"), &[])
        .await
        .expect_redirect();
    assert_eq!(led, path);
}

type Stored = (String, Option<String>, i64, Option<String>, bool, String);

async fn stored(app: &TestApp) -> Vec<Stored> {
    sqlx::query_as(
        "SELECT task.title, company.name, task.assignee_id,
                to_char(task.due_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'), task.is_all_day, task.external_uid
         FROM tasks AS task LEFT JOIN companies AS company ON company.id = task.company_id
         WHERE task.external_source = 'amo_ics' AND task.status = 'new' ORDER BY task.external_uid",
    )
    .fetch_all(&app.app.db)
    .await
    .expect("tasks")
}

/// Two companies, one of which is looked after by somebody who has left, and a file about them; answers who looks after
/// the other one.
async fn sample(app: &TestApp) -> (Actor, String) {
    let owner = app.person("owner", Role::Manager, None).await;
    let gone = app.person("gone", Role::Manager, None).await;
    app.company("ООО «Ромашка»").of(&owner).create(app).await;
    app.company("Лютик").of(&gone).create(app).await;
    sqlx::query("UPDATE users SET is_active = false WHERE username = 'gone'")
        .execute(&app.app.db)
        .await
        .expect("a change");
    let moment = "DTSTART:20261201T070000Z";
    let file = file(&[
        &["UID:1", "SUMMARY:Звонок", "CONTACT:Компания: ромашка", moment],
        &[
            "UID:2",
            "SUMMARY:Письмо",
            "DESCRIPTION:Компания: \"ЛЮТИК\"",
            "DTSTART:20261201T100000",
        ],
        &[
            "UID:3",
            "SUMMARY:Чужая",
            "DESCRIPTION:Компания: ООО",
            "DTSTART;VALUE=DATE:20261202",
        ],
        &[
            "UID:4",
            "SUMMARY:Похожая",
            "DESCRIPTION:Компания: Ромашка плюс",
            "DTSTART:когда-нибудь",
        ],
        &["UID:1", "SUMMARY:Звонок ещё раз", moment],
    ]);
    (owner, file)
}

#[tokio::test]
async fn a_check_shows_what_would_come_and_writes_nothing() {
    let (app, _, mut browser) = setting().await;
    let (_, file) = sample(&app).await;
    let path = send(&mut browser, &file, &[]).await;
    let check = browser.get(&path).await;
    check.expect(200).expect_text("пока ничего не записано");
    let checked = rows(&check);
    assert_eq!(checked.len(), 5);
    for (row, parts) in checked.iter().zip([
        ["Звонок", "ООО «Ромашка»", "01.12.2026 10:00", "С компанией"],
        ["Письмо", "Лютик", "01.12.2026 08:00", "С компанией"],
        ["Чужая", "ООО", "02.12.2026", "Без компании"],
        ["Похожая", "Ромашка плюс", "не читается", "Без компании"],
        ["Звонок ещё раз", "", "01.12.2026 10:00", "Повтор в файле"],
    ]) {
        assert!(parts.iter().all(|part| row.contains(part)), "{row}: {parts:?}");
    }
    assert!(stored(&app).await.is_empty());
    run(&mut browser, &path).await;
    let done = browser.get(&path).await;
    done.expect(200).expect_text("Загружено: 4 задачи.");
    assert_eq!(rows(&done), checked);
}

#[tokio::test]
async fn what_was_checked_is_brought_in_once() {
    let (app, admin, mut browser) = setting().await;
    let (owner, file) = sample(&app).await;
    let path = send(&mut browser, &file, &[]).await;
    run(&mut browser, &path).await;
    let (admin, owner) = (admin.user.expect("a person").0, owner.user.expect("a person").0);
    let expected = [
        (
            "Звонок",
            Some("ООО «Ромашка»"),
            owner,
            Some("2026-12-01 07:00"),
            false,
            "1",
        ),
        ("Письмо", Some("Лютик"), admin, Some("2026-12-01 05:00"), false, "2"),
        ("Чужая", None, admin, Some("2026-12-02 20:59"), true, "3"),
        ("Похожая", None, admin, None, false, "4"),
    ];
    let string = |text: &str| text.to_owned();
    let expected = expected.map(|(title, company, who, due, is_all_day, uid)| {
        (
            string(title),
            company.map(string),
            who,
            due.map(string),
            is_all_day,
            string(uid),
        )
    });
    assert_eq!(stored(&app).await, expected);
    let events: i64 = sqlx::query_scalar("SELECT count(*) FROM audit_events WHERE verb = 'import'")
        .fetch_one(&app.app.db)
        .await
        .expect("a count");
    assert_eq!(events, 5, "each task, and the file");
    // Pressed twice, it is done once.
    run(&mut browser, &path).await;
    assert_eq!(stored(&app).await.len(), 4);
}

#[tokio::test]
async fn the_same_file_brings_nothing_twice() {
    let (app, _, mut browser) = setting().await;
    let file = file(&[&["UID:1", "SUMMARY:Звонок"], &["SUMMARY:Без ключа"]]);
    let path = send(&mut browser, &file, &[]).await;
    run(&mut browser, &path).await;
    let again = send(&mut browser, &file, &[]).await;
    let page = browser.get(&again).await;
    assert!(
        rows(&page).iter().all(|row| row.contains("Уже есть")),
        "{:?}",
        rows(&page)
    );
    assert!(
        page.attribute("form.actions button", "class").is_none(),
        "there is nothing to bring"
    );
    run(&mut browser, &again).await;
    assert_eq!(stored(&app).await.len(), 2);
}

#[tokio::test]
async fn only_tasks_of_known_companies_may_be_wanted() {
    let (app, _, mut browser) = setting().await;
    app.company("Ромашка").create(&app).await;
    for _ in 0..2 {
        app.company("Двойник").create(&app).await;
    }
    app.company("ИП Двойник").create(&app).await;
    let file = file(&[
        &["UID:1", "SUMMARY:Одна", "DESCRIPTION:Ромашка"],
        &["UID:2", "SUMMARY:Две", "DESCRIPTION:Двойник"],
        &["UID:3", "SUMMARY:По буквам", "DESCRIPTION:ИП Двойник"],
        &["UID:4", "SUMMARY:Ничья"],
    ]);
    let path = send(&mut browser, &file, &[("only_linked", "1")]).await;
    let page = browser.get(&path).await;
    page.expect_text("Несколько компаний с таким названием");
    run(&mut browser, &path).await;
    let brought: Vec<_> = stored(&app).await.into_iter().map(|task| (task.0, task.1)).collect();
    let expected = [("Одна", "Ромашка"), ("По буквам", "ИП Двойник")];
    assert_eq!(
        brought,
        expected.map(|(title, company)| (title.to_owned(), Some(company.to_owned())))
    );
}

#[tokio::test]
async fn what_is_no_calendar_comes_back_with_a_sentence() {
    let (_app, _, mut browser) = setting().await;
    for (bytes, zone, sentence) in [
        (&b"PK\x03\x04"[..], "Europe/Moscow", "Это не файл календаря"),
        (
            b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
            "Europe/Moscow",
            "нет ни одной задачи",
        ),
        (b"", "Europe/Moscow", "Выберите файл"),
        (b"BEGIN:VCALENDAR\r\n", "Nowhere", "Выберите часовой пояс"),
    ] {
        let fields = [("time_zone", zone), ("only_linked", "1")];
        let answer = browser.post_files(INDEX, &fields, &[("a.ics", bytes)]).await;
        answer.expect(422).expect_text(sentence);
        assert!(answer.attribute("input[name=only_linked][checked]", "value").is_some());
    }
}

#[tokio::test]
async fn what_nobody_brings_in_is_forgotten() {
    let (app, _, mut browser) = setting().await;
    let file = file(&[&["UID:1", "SUMMARY:Звонок"]]);
    let old = send(&mut browser, &file, &[]).await;
    app.pass(TimeDelta::days(8));
    let mut browser = app.signed_in("admin").await;
    let new = send(&mut browser, &file, &[]).await;
    browser.get(&old).await.expect(404);
    browser.get(&new).await.expect(200);
}
