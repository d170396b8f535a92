//! The click.

use super::{Phone, click, steps, value};
use crate::policy::Role;
use crate::testing::TestApp;

const NUMBER: &str = "8 (912) 345-67-89";

#[tokio::test]
async fn one_click_is_one_request_however_often_it_is_pressed() {
    let app = TestApp::new().await;
    app.person("anna", Role::Manager, None).await;
    let mut browser = app.signed_in("anna").await;
    let key = "0198f000-0000-7000-8000-000000000001";
    let first = click(&mut browser, &[("phone", NUMBER), ("key", key)]).await;
    assert_eq!((&first["ok"], &first["phone"]), (&true.into(), &"79123456789".into()));
    for fields in [
        vec![("phone", NUMBER), ("key", key)],
        // Another key, the same number that still waits.
        vec![("phone", "79123456789")],
        vec![
            ("phone", "+7 912 345 67 89"),
            ("key", "0198f000-0000-7000-8000-000000000002"),
        ],
    ] {
        let again = click(&mut browser, &fields).await;
        assert_eq!((&again["id"], &again["dedup"]), (&first["id"], &true.into()));
    }
    assert_eq!(value(&app, "SELECT count(*)::text FROM call_requests").await, "1");
    // Put off the screen, it comes back by the next press.
    let put_away = format!("/calls/{}/put-away/", first["id"].as_str().unwrap());
    browser.post(&put_away, &[]).await;
    browser.get("/calls/bar/").await.expect_no_text("345-67-89");
    click(&mut browser, &[("phone", NUMBER)]).await;
    browser.get("/calls/bar/").await.expect_text("345-67-89");
    // Another number takes the place of the one that nobody took.
    let other = click(&mut browser, &[("phone", "+79990001122")]).await;
    assert_ne!(other["id"], first["id"]);
    assert_eq!(steps(&app).await, ["pending", "superseded", "pending"]);
    // The key of the first press is used up, whatever became of it.
    let late = click(&mut browser, &[("phone", NUMBER), ("key", key)]).await;
    assert_eq!(late["id"], first["id"]);
}

#[tokio::test]
async fn only_numbers_that_a_phone_may_dial_are_taken() {
    let app = TestApp::new().await;
    app.person("anna", Role::Manager, None).await;
    let mut browser = app.signed_in("anna").await;
    browser.headers.insert("accept", "application/json".parse().unwrap());
    for bad in ["*100#", "", "112", "**21*79990001122#", "позвони"] {
        let answer = browser.post("/phone/call/", &[("phone", bad)]).await;
        assert_eq!(answer.expect(400).json()["ok"], false, "{bad}");
    }
    assert_eq!(value(&app, "SELECT count(*)::text FROM call_requests").await, "0");
}

#[tokio::test]
async fn without_a_script_the_button_leads_back_and_the_bar_tells_how_it_stands() {
    let app = TestApp::new().await;
    app.person("anna", Role::Manager, None).await;
    let mut browser = app.signed_in("anna").await;
    browser.get("/calls/bar/").await.expect(200).expect_no_text("+7");
    let whom = [("whom", "tel:+79123456789 - -"), ("back", "/contacts/")];
    assert_eq!(
        browser.post("/phone/call/", &whom).await.expect_redirect(),
        "/contacts/"
    );
    let bar = browser.get("/calls/bar/").await;
    bar.expect_text("+7 (912) 345-67-89")
        .expect_text("Телефон не подключён")
        .expect_text("Подключить телефон");
    let mut phone = Phone::of(&app, "anna", "d1").await;
    browser.get("/calls/bar/").await.expect_text("Ждёт телефон");
    phone.pull("").await.expect(200);
    browser
        .get("/calls/bar/")
        .await
        .expect_text("На телефоне")
        .expect_text("Поговорили");
}

#[tokio::test]
async fn a_request_is_taken_back_before_a_phone_has_it_and_not_after() {
    let app = TestApp::new().await;
    app.person("anna", Role::Manager, None).await;
    let mut browser = app.signed_in("anna").await;
    let mut phone = Phone::of(&app, "anna", "d1").await;
    let asked = click(&mut browser, &[("phone", NUMBER)]).await;
    let cancel = format!("/calls/{}/cancel/", asked["id"].as_str().unwrap());
    browser.post(&cancel, &[]).await.expect_redirect();
    // Too late, or twice: nothing is taken back, and nothing is logged.
    browser.post(&cancel, &[]).await.expect_redirect();
    assert_eq!(
        value(
            &app,
            "SELECT string_agg(verb || ' ' || message, '|') FROM audit_events WHERE entity = 'call' AND verb <> 'ask'"
        )
        .await,
        "cancel Отменил звонок с телефона"
    );
    phone.pull("").await.expect(204);
    let asked = click(&mut browser, &[("phone", NUMBER)]).await;
    phone.pull("").await.expect(200);
    let cancel = format!("/calls/{}/cancel/", asked["id"].as_str().unwrap());
    browser.post(&cancel, &[]).await.expect_redirect();
    assert_eq!(
        value(&app, "SELECT state FROM call_requests ORDER BY created_at DESC LIMIT 1").await,
        "acked"
    );
}
