//! What leaves, who may take it, and what is written down before.

use axum::http::{HeaderValue, header};

use super::{ended, execute, export, form, part, value};
use crate::exports::{Format, What};
use crate::policy::Role;
use crate::testing::TestApp;

#[tokio::test]
async fn a_browser_that_takes_packed_files_gets_the_whole_one() {
    let app = TestApp::new().await;
    app.person("admin", Role::Admin, None).await;
    app.company("Ромашка").create(&app).await;
    let mut browser = app.signed_in("admin").await;
    let token = browser.get("/companies/export/").await.csrf();
    browser
        .headers
        .insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
    let mut fields = vec![("csrf_token", token.as_str())];
    fields.extend(form(What::Companies, Format::Csv, ""));
    let answer = browser.post_bare("/companies/export/", &fields).await;
    assert_eq!(answer.headers[header::CONTENT_ENCODING], "gzip");
    assert!(answer.bytes.starts_with(&[0x1F, 0x8B]));
    ended(&app).await;
    assert_eq!(value(&app, "SELECT state FROM exports").await, "done");
}

#[tokio::test]
async fn an_administrator_takes_away_what_the_list_shows() {
    let app = TestApp::new().await;
    let admin = app.person("admin", Role::Admin, None).await;
    app.company("=Ромашка")
        .inn("007707083893")
        .of(&admin)
        .create(&app)
        .await;
    app.company("Василёк").create(&app).await;
    let mut browser = app.signed_in("admin").await;
    let query = format!("responsible={}", admin.user.expect("a person"));
    let list = browser.get(&format!("/companies/?{query}")).await;
    let address = list
        .attribute("a[href^='/companies/export/']", "href")
        .expect("a way out");
    let page = browser.get(&address).await;
    page.expect(200)
        .expect_text("Ответственный: admin Тестов")
        .expect_text("Компании1");
    let answer = export(&mut browser, What::Companies, Format::Csv, &query).await;
    assert!(answer.bytes.starts_with("\u{feff}EXPORT_ID=".as_bytes()));
    let lines: Vec<&str> = answer.text.split("\r\n").collect();
    assert!(
        lines[0].contains(";USER=admin;IP=127.0.0.1;TS=2026-11-23T09:00:00Z;"),
        "{}",
        lines[0]
    );
    assert!(lines[1].starts_with("ID ПРОФИ;ID amoCRM;Тип;Название компании;"));
    assert!(lines[2].contains(";компания;'=Ромашка;;007707083893;"), "{}", lines[2]);
    assert_eq!(lines.len(), 4, "{}", answer.text);
    ended(&app).await;
    let told = "SELECT concat_ws('|', state, expected, rows, bytes > 100, ip, reason, filter) FROM exports";
    let expected = "done|1|1|t|127.0.0.1|Сверка с бухгалтерией|Ответственный: admin Тестов";
    assert_eq!(value(&app, told).await, expected);
    let event = "SELECT concat_ws('|', verb, entity, ip, message) FROM audit_events WHERE verb LIKE 'export%'";
    assert_eq!(
        value(&app, event).await.replace('\u{a0}', " "),
        "export|export|127.0.0.1|Выгрузка № 1: компании, 1 запись"
    );
    browser
        .get("/settings/exports/")
        .await
        .expect(200)
        .expect_text("Сверка с бухгалтерией")
        .expect_text("1 запись");
    browser
        .get("/settings/exports/?state=broken")
        .await
        .expect(200)
        .expect_text("Ничего не нашлось");
}

#[tokio::test]
async fn whoever_may_not_export_is_refused_and_written_down() {
    let app = TestApp::new().await;
    for (login, role) in [("manager", Role::Manager), ("head", Role::GroupManager)] {
        app.person(login, role, None).await;
        let mut browser = app.signed_in(login).await;
        browser
            .get("/companies/export/?q=a")
            .await
            .expect(403)
            .expect_text("только администратор");
        let sent = form(What::Both, Format::Csv, "");
        browser
            .post_from("/companies/?all=1", "/companies/export/", &sent)
            .await
            .expect(403);
        browser.get("/settings/exports/").await.expect(403);
        browser.get("/companies/").await.expect_no_text("Выгрузить");
    }
    assert_eq!(
        value(
            &app,
            "SELECT count(*) FROM exports WHERE state = 'refused' AND ip = '127.0.0.1'"
        )
        .await,
        "4"
    );
    let events =
        "SELECT count(*) FROM audit_events WHERE verb = 'export_refused' AND actor_id IS NOT NULL AND ip <> ''";
    assert_eq!(value(&app, events).await, "4");
    app.person("admin", Role::Admin, None).await;
    let mut admin = app.signed_in("admin").await;
    admin
        .get("/settings/exports/?state=refused")
        .await
        .expect(200)
        .expect_text("head Тестов");
}

#[tokio::test]
async fn without_a_reason_nothing_leaves_and_what_was_typed_stays() {
    let app = TestApp::new().await;
    app.person("admin", Role::Admin, None).await;
    let mut browser = app.signed_in("admin").await;
    for reason in ["", " . ", &"о".repeat(301)] {
        let sent = [
            ("what", "contacts"),
            ("format", "csv_comma"),
            ("reason", reason),
            ("query", "q=abc"),
        ];
        let page = browser.post("/companies/export/", &sent).await;
        page.expect(422).expect_text("Поиск: abc");
        assert_eq!(
            page.attribute("input[name=format][checked]", "value").as_deref(),
            Some("csv_comma")
        );
    }
    assert_eq!(value(&app, "SELECT count(*) FROM exports").await, "0");
}

#[tokio::test]
async fn people_are_taken_away_from_their_own_list() {
    let app = TestApp::new().await;
    app.person("admin", Role::Admin, None).await;
    let company = app.company("Ромашка").create(&app).await;
    let at = format!(
        "INSERT INTO contacts (id, company_id, last_name) VALUES (gen_random_uuid(), '{company}', 'Иванов'),
         (gen_random_uuid(), NULL, 'Одинокий')"
    );
    execute(&app, Box::leak(at.into_boxed_str())).await;
    let mut browser = app.signed_in("admin").await;
    let list = browser.get("/contacts/?lone=1").await;
    let address = list
        .attribute("a[href^='/companies/export/']", "href")
        .expect("a way out");
    assert_eq!(address, "/companies/export/?lone=1&list=people");
    let page = browser.get(&address).await;
    page.expect(200).expect_text("Без компании").expect_text("Контакты1");
    let query = page.attribute("input[name=query]", "value").expect("a query");
    let sent = [
        ("what", "both"),
        ("format", "csv"),
        ("reason", "Проверка"),
        ("list", "people"),
        ("query", &query),
    ];
    let answer = browser.post("/companies/export/", &sent).await;
    assert!(
        answer.text.contains("Одинокий") && !answer.text.contains("Иванов"),
        "{}",
        answer.text
    );
    // All people of the companies of a list, and those without one only with the whole list.
    let whole = export(&mut browser, What::Contacts, Format::Csv, "").await;
    assert!(whole.text.contains("Одинокий") && whole.text.contains("Иванов"));
    let part = export(&mut browser, What::Contacts, Format::Csv, "q=ромашка").await;
    assert!(!part.text.contains("Одинокий") && part.text.contains("Иванов"));
}

#[tokio::test]
async fn a_workbook_has_texts_dates_a_frozen_head_and_a_filter() {
    let app = TestApp::new().await;
    app.person("admin", Role::Admin, None).await;
    app.company("=1+1 & <Ко>").inn("007707083893").create(&app).await;
    execute(&app, "UPDATE companies SET contract_until = '2027-01-01'").await;
    let mut browser = app.signed_in("admin").await;
    let answer = export(&mut browser, What::Both, Format::Xlsx, "").await;
    let name = answer.headers["content-disposition"].to_str().expect("a name");
    assert_eq!(name, "attachment; filename=\"both_2026-11-23_1.xlsx\"");
    let sheet = part(&answer.bytes, "xl/worksheets/sheet1.xml");
    for told in [
        "EXPORT_ID=1",
        "<t>=1+1 &amp; &lt;Ко&gt;</t>",
        "<t>007707083893</t>",
        "<v>46388</v>",
        "state=\"frozen\"",
        "<autoFilter ref=\"A2:",
    ] {
        assert!(sheet.contains(told), "{told} in {sheet}");
    }
    assert!(!sheet.contains("<f>"));
}
