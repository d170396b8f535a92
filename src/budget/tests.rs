//! The budget through HTTP.

use chrono::TimeDelta;

use crate::policy::Role;
use crate::testing::{Client, TestApp};
use crate::values::CompanyId;

async fn limit(app: &TestApp, per_hour: i32, per_day: i32) {
    sqlx::query("UPDATE reading_limits SET per_hour = $1, per_day = $2")
        .bind(per_hour)
        .bind(per_day)
        .execute(&app.app.db)
        .await
        .expect("limits");
}

async fn companies(app: &TestApp, count: usize) -> Vec<CompanyId> {
    let mut ids = Vec::new();
    for number in 0..count {
        ids.push(app.company(&format!("Ромашка {number}")).create(app).await);
    }
    ids
}

async fn value(app: &TestApp, sql: &'static str) -> String {
    let sql = format!("SELECT COALESCE(({sql})::text, '')");
    let value = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .fetch_one(&app.app.db)
        .await;
    value.expect("a value")
}

async fn open(browser: &mut Client, id: CompanyId) -> u16 {
    browser.get(&format!("/companies/{id}/")).await.status.as_u16()
}

#[tokio::test]
async fn the_card_that_is_too_many_stays_closed_until_the_next_hour() {
    let app = TestApp::new().await;
    app.person("reader", Role::Manager, None).await;
    let ids = companies(&app, 4).await;
    limit(&app, 2, 0).await;
    let mut browser = app.signed_in("reader").await;
    for id in [ids[0], ids[1], ids[0], ids[1]] {
        assert_eq!(open(&mut browser, id).await, 200);
    }
    let closed = browser.get(&format!("/companies/{}/", ids[2])).await;
    closed
        .expect(429)
        .expect_text("За этот час вы открыли 2 разные карточки")
        .expect_text("снова откроются в 13:00");
    assert_eq!(closed.headers["retry-after"], "3600");
    browser.get("/companies/?q=ромашка").await.expect(200);
    browser.get("/search/?q=ромашка").await.expect(200);
    assert_eq!(open(&mut browser, ids[1]).await, 200, "what was opened stays open");
    // On another process, too.
    let mut other = browser.moved_to(&app.twin());
    assert_eq!(open(&mut other, ids[3]).await, 429);
    assert_eq!(open(&mut other, ids[0]).await, 200);
    app.pass(TimeDelta::minutes(59));
    assert_eq!(open(&mut browser, ids[2]).await, 429);
    app.pass(TimeDelta::minutes(1));
    assert_eq!(open(&mut browser, ids[2]).await, 200);
    assert_eq!(open(&mut browser, ids[0]).await, 200);
    assert_eq!(
        open(&mut browser, ids[1]).await,
        429,
        "opened in the last hour, but not in this one"
    );
}

#[tokio::test]
async fn the_day_has_a_limit_of_its_own_which_ends_at_midnight() {
    let app = TestApp::new().await;
    app.person("reader", Role::Manager, None).await;
    let ids = companies(&app, 4).await;
    limit(&app, 2, 3).await;
    let mut browser = app.signed_in("reader").await;
    assert_eq!(open(&mut browser, ids[0]).await, 200);
    app.pass(TimeDelta::hours(10));
    assert_eq!(
        open(&mut browser, ids[0]).await,
        200,
        "the same card in another hour is the same card of the day"
    );
    assert_eq!(open(&mut browser, ids[1]).await, 200);
    // 23:59:59
    app.pass(TimeDelta::seconds(2 * 3600 - 1));
    assert_eq!(open(&mut browser, ids[2]).await, 200);
    let closed = browser.get(&format!("/companies/{}/", ids[3])).await;
    closed
        .expect(429)
        .expect_text("За сегодня вы открыли 3 разные карточки")
        .expect_text("завтра");
    assert_eq!(closed.headers["retry-after"], "1");
    app.pass(TimeDelta::seconds(1));
    assert_eq!(open(&mut browser, ids[3]).await, 200);
    super::clean(&app.app).await.expect("a cleaning");
    assert_eq!(
        value(&app, "SELECT count(*) FROM card_openings").await,
        "4",
        "yesterday is kept for a day"
    );
    app.pass(TimeDelta::days(1));
    super::clean(&app.app).await.expect("a cleaning");
    assert_eq!(value(&app, "SELECT count(*) FROM card_openings").await, "1");
}

#[tokio::test]
async fn administrators_are_warned_once_and_are_not_counted_themselves() {
    let app = TestApp::new().await;
    app.person("reader", Role::Manager, None).await;
    app.person("admin", Role::Admin, None).await;
    let ids = companies(&app, 8).await;
    limit(&app, 5, 0).await;
    let mut admin = app.signed_in("admin").await;
    let mut browser = app.signed_in("reader").await;
    for id in &ids {
        assert_eq!(open(&mut admin, *id).await, 200);
        open(&mut browser, *id).await;
    }
    let events = "SELECT string_agg(concat_ws(' ', verb, entity, ip), ', ' ORDER BY id) FROM audit_events
                  WHERE verb LIKE 'reading%'";
    assert_eq!(
        value(&app, events).await,
        "reading_near user 127.0.0.1, reading_over user 127.0.0.1"
    );
    admin
        .get("/settings/security/")
        .await
        .expect(200)
        .expect_text("Сегодня предел чтения карточек: 1 сотрудник");
    let page = admin.get("/settings/security/reading/").await;
    page.expect(200)
        .expect_text("reader Тестов")
        .expect_text("Предел")
        .expect_no_text("admin Тестов 8");
    let changed = [
        ("per_hour", "0"),
        ("per_day", "0"),
        ("seen_hour", "5"),
        ("seen_day", "0"),
    ];
    admin
        .post("/settings/security/reading/", &changed)
        .await
        .expect_redirect();
    assert_eq!(open(&mut browser, ids[7]).await, 200, "a change counts at once");
    admin
        .post("/settings/security/reading/", &changed)
        .await
        .expect(409)
        .expect_text("другой администратор");
    for (hour, day) in [("-1", "0"), ("много", "0"), ("10", "5"), ("100001", "0")] {
        let typed = [("per_hour", hour), ("per_day", day)];
        admin.post("/settings/security/reading/", &typed).await.expect(422);
    }
}

#[tokio::test]
async fn people_and_forms_count_as_the_cards_they_show() {
    let app = TestApp::new().await;
    let owner = app.person("owner", Role::Manager, None).await;
    let company = app.company("Ромашка").of(&owner).create(&app).await;
    let other = app.company("Василёк").of(&owner).create(&app).await;
    sqlx::query("INSERT INTO contacts (id, company_id, last_name) VALUES ($1, $2, 'Иванов')")
        .bind(uuid::Uuid::from_u128(7))
        .bind(company.0)
        .execute(&app.app.db)
        .await
        .expect("a contact");
    sqlx::query("INSERT INTO contacts (id, last_name) VALUES ($1, 'Одинокий')")
        .bind(uuid::Uuid::from_u128(8))
        .execute(&app.app.db)
        .await
        .expect("a contact");
    limit(&app, 2, 0).await;
    let mut browser = app.signed_in("owner").await;
    let contact = |number| format!("/contacts/{}/", uuid::Uuid::from_u128(number));
    let opened = "SELECT count(*) FROM card_openings";
    browser.get(&format!("{}edit/", contact(7))).await.expect(200);
    browser.get(&contact(7)).await.expect(200);
    for page in [
        "",
        "edit/",
        "fields/address/",
        "transfer/",
        "do-not-call/",
        "contacts/new/",
    ] {
        browser.get(&format!("/companies/{company}/{page}")).await.expect(200);
    }
    assert_eq!(value(&app, opened).await, "1", "a person is part of the company's card");
    browser.get(&contact(8)).await.expect(200);
    assert_eq!(value(&app, opened).await, "2");
    for page in ["edit/", "fields/address/", "transfer/", "head/"] {
        browser.get(&format!("/companies/{other}/{page}")).await.expect(429);
    }
    browser.get(&format!("/companies/{company}/merge/")).await.expect(200);
    browser
        .get(&format!("/companies/{company}/merge/?with={other}"))
        .await
        .expect(429);
    assert_eq!(value(&app, opened).await, "2");
}
