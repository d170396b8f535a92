//! What strangers tried: many at once, stale pages, addresses that no page wrote.

use std::time::Duration;

use sqlx::postgres::PgPoolOptions;

use crate::policy::Role;
use crate::testing::{Client, TestApp};

/// A page or a form that waits for a second connection while it holds one stops everybody once all are held.
#[tokio::test]
async fn every_page_and_form_gets_by_with_one_connection() {
    let app = TestApp::new().await;
    let petrov = app.person("petrov", Role::Manager, None).await;
    let sidorov = app.person("sidorov", Role::Manager, None).await;
    let id = app.company("ООО Ромашка").of(&petrov).create(&app).await;
    let signed_in = app.signed_in("petrov").await;
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(Duration::from_secs(5));
    let db = pool.connect_lazy_with((*app.db.connect_options()).clone());
    let narrow = crate::app::App { db, ..app.app.clone() };
    let mut browser = app.browser_of(crate::server::router(&narrow));
    browser.copy_cookies(&signed_in);
    let card = format!("/companies/{id}/");
    let pages = [
        "/companies/?all=1",
        "/companies/bulk/",
        "/companies/saved/?query=q%3Da",
        "/companies/?q=ромашка",
        "/companies/?q=hjvfirf",
        "/companies/count/",
        "/companies/new/",
    ];
    for page in pages {
        browser.get(page).await.expect(200);
    }
    for page in ["", "edit/", "contacts/new/"] {
        browser.get(&format!("{card}{page}")).await.expect(200);
    }
    browser.post("/companies/new/", &[("name", "Лютик")]).await.expect(303);
    browser
        .post(&format!("{card}edit/"), &[("name", "Ромашка"), ("version", "1")])
        .await
        .expect(303);
    browser
        .post(&format!("{card}edit/"), &[("name", "Поздно"), ("version", "1")])
        .await
        .expect(409);
    browser
        .post(&format!("{card}notes/add/"), &[("text", "Созвонились")])
        .await
        .expect(303);
    let ids = id.to_string();
    let wish = [
        ("id", ids.as_str()),
        ("kind", "status"),
        ("status", "2"),
        ("asked", "1"),
    ];
    let act = browser.post("/companies/bulk/", &wish).await.expect_redirect();
    browser.get(&act).await.expect(200);
    for verb in ["run", "undo"] {
        browser.post(&format!("{act}{verb}/"), &[]).await.expect(303);
    }
    let to = sidorov.user.unwrap().to_string();
    browser
        .post(&format!("{card}transfer/"), &[("responsible_id", &to)])
        .await
        .expect(303);
}

async fn seen(browser: &mut Client, card: &str) -> String {
    browser.get(card).await.attribute("input[name=seen]", "value").unwrap()
}

#[tokio::test]
async fn quick_form_of_a_stale_card_overwrites_nobody() {
    let app = TestApp::new().await;
    let petrov = app.person("petrov", Role::Manager, None).await;
    let card = format!(
        "/companies/{}/",
        app.company("ООО Ромашка").of(&petrov).create(&app).await
    );
    let (mut first, mut second) = (app.signed_in("petrov").await, app.signed_in("petrov").await);
    let (early, late) = (seen(&mut first, &card).await, seen(&mut second, &card).await);
    let update = format!("{card}update/");
    first
        .post(&update, &[("status", "1"), ("seen", &early)])
        .await
        .expect(303);
    // The second page still shows no status: saving its spheres would take the new status away.
    let answer = second.post(&update, &[("spheres", "1"), ("seen", &late)]).await;
    answer.expect(409).expect_text("изменил кто-то другой");
    // Both versions, field by field, and the late one in the form, ready to be saved.
    let compared = answer.texts(".version-text").join("; ");
    assert_eq!(compared, "Новая; пусто; пусто; Авиация");
    assert_eq!(answer.attribute("input[name=spheres]", "value").as_deref(), Some("1"));
    let fresh = seen(&mut second, &card).await;
    assert!(fresh.starts_with("1;"), "{fresh}");
    second
        .post(&update, &[("status", "1"), ("spheres", "1"), ("seen", &fresh)])
        .await
        .expect(303);
    // The very same form once more changes nothing and is no conflict.
    second
        .post(&update, &[("status", "1"), ("spheres", "1"), ("seen", &fresh)])
        .await
        .expect(303);
}

#[tokio::test]
async fn places_that_no_page_wrote_are_the_beginning_or_nothing() {
    let app = TestApp::new().await;
    let boss = app.person("boss", Role::Admin, None).await;
    let card = format!(
        "/companies/{}/",
        app.company("ООО Ромашка").of(&boss).create(&app).await
    );
    let mut browser = app.signed_in("boss").await;
    let keys = [
        "-211000000000000000",
        "9223372036854775807",
        "-9999-01-01",
        "+262142-01-01",
        "x",
        "",
    ];
    for key in keys {
        let cursor = crate::db::Cursor {
            key: key.to_owned(),
            id: uuid::Uuid::nil(),
        }
        .encode();
        for sort in ["updated_at", "created_at", "name", "inn", "contract_until"] {
            browser
                .get(&format!("/companies/?sort={sort}&after={cursor}"))
                .await
                .expect(200);
        }
        browser.get(&format!("{card}?before={key}.notes.1")).await.expect(200);
        browser
            .get(&format!("{card}?before={key}.changes.{}", uuid::Uuid::nil()))
            .await
            .expect(200);
    }
}

#[tokio::test]
async fn a_company_has_at_most_a_hundred_numbers() {
    let app = TestApp::new().await;
    app.person("petrov", Role::Manager, None).await;
    let mut browser = app.signed_in("petrov").await;
    let numbers: Vec<String> = (0..101).map(|number| format!("+7912000{number:04}")).collect();
    let mut fields = vec![("name", "Ромашка")];
    fields.extend(numbers.iter().map(|number| ("phone", number.as_str())));
    browser
        .post("/companies/new/", &fields)
        .await
        .expect(422)
        .expect_text("Номеров больше 100");
    fields.pop();
    browser.post("/companies/new/", &fields).await.expect(303);
}
