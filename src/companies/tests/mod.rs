//! Companies through HTTP.

mod changing;
mod conflicts;
mod contract;
mod do_not_call;
mod groups;
mod heads;
mod in_place;
mod listing;
mod making;
mod mistyped;
mod single;
mod tasks;

use crate::policy::Role;
use crate::testing::{Client, TestApp};

/// The hidden field of a new company's form.
async fn form_key(browser: &mut Client) -> String {
    browser
        .get("/companies/new/")
        .await
        .attribute("input[name=form_key]", "value")
        .expect("a key")
}

/// Makes a company through the page; answers the address of its card.
async fn make(browser: &mut Client, fields: &[(&str, &str)]) -> String {
    let key = form_key(browser).await;
    let mut all = vec![("form_key", key.as_str())];
    all.extend_from_slice(fields);
    browser.post("/companies/new/", &all).await.expect_redirect()
}

async fn number(app: &TestApp, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(&app.app.db).await.expect("a number")
}

async fn text(app: &TestApp, sql: &'static str) -> String {
    sqlx::query_scalar(sql).fetch_one(&app.app.db).await.expect("a text")
}

#[tokio::test]
async fn a_company_is_made_found_and_shown() {
    let app = TestApp::new().await;
    app.person("petrov", Role::Manager, None).await;
    let mut browser = app.signed_in("petrov").await;
    let key = browser
        .get("/companies/new/")
        .await
        .attribute("input[name=form_key]", "value")
        .unwrap();
    let fields = [
        ("name", "ООО «Ёлочка-Сервис»"),
        ("inn", "7707083893"),
        ("phone", "8 (912) 345-67-89"),
        ("form_key", &key),
    ];
    let card = browser.post("/companies/new/", &fields).await.expect_redirect();
    for typed in [
        "елочка",
        "сервис ёлоч",
        "7707",
        "+7 912 345 67 89",
        "345-67-89",
        "`kjxrf",
        "елачка",
    ] {
        let path = format!(
            "/companies/?{}",
            form_urlencoded::Serializer::new(String::new())
                .append_pair("q", typed)
                .finish()
        );
        let list = browser.get(&path).await;
        list.expect(200).expect_text("Ёлочка-Сервис");
    }
    browser.get(&card).await.expect(200).expect_text("+7 (912) 345-67-89");
}
