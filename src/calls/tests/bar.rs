//! The call at the foot of the page: what the script needs of it.

use serde_json::json;

use super::{Phone, click};
use crate::policy::Role;
use crate::testing::{Answer, TestApp};

/// After how many milliseconds the page asks again; `None`: not at all.
fn again(bar: &Answer) -> Option<i64> {
    let ms = bar.attribute(".call-main", "data-again")?;
    Some(ms.parse().expect("a number"))
}

#[tokio::test]
async fn what_waits_or_goes_on_is_asked_for_again_though_nothing_is_heard() {
    let app = TestApp::new().await;
    app.person("anna", Role::Manager, None).await;
    let mut browser = app.signed_in("anna").await;
    let mut phone = Phone::of(&app, "anna", "d1").await;
    let asked = click(&mut browser, &[("phone", "+79123456789")]).await;
    // A request lives a minute here; it is asked for soon after that.
    let waits = again(&browser.get("/calls/bar/").await).unwrap();
    assert!((50_000..=61_500).contains(&waits), "{waits}");
    sqlx::query("UPDATE call_requests SET expires_at = now() - interval '1 second'")
        .execute(&app.db)
        .await
        .unwrap();
    assert_eq!(again(&browser.get("/calls/bar/").await), Some(1_500));
    sqlx::query("UPDATE call_requests SET expires_at = now() + interval '1 minute'")
        .execute(&app.db)
        .await
        .unwrap();
    phone.pull("").await.expect(200);
    assert_eq!(again(&browser.get("/calls/bar/").await), Some(30_000));
    let over = json!({"call_status": "busy"});
    phone.report(&asked["id"], over).await.expect(200);
    assert_eq!(again(&browser.get("/calls/bar/").await), None);
}

#[tokio::test]
async fn a_talk_is_as_long_as_the_database_says_whatever_the_clock_of_the_page() {
    let app = TestApp::new().await;
    app.person("anna", Role::Manager, None).await;
    let mut browser = app.signed_in("anna").await;
    let mut phone = Phone::of(&app, "anna", "d1").await;
    let asked = click(&mut browser, &[("phone", "+79123456789")]).await;
    phone.pull("").await.expect(200);
    let bar = browser.get("/calls/bar/").await;
    assert_eq!(bar.attribute("[data-talked]", "data-talked"), None);
    let talking = json!({"seq": 1, "call_status": "talking"});
    phone.report(&asked["id"], talking).await.expect(200);
    sqlx::query("UPDATE call_requests SET talking_at = now() - interval '65 seconds'")
        .execute(&app.db)
        .await
        .unwrap();
    let bar = browser.get("/calls/bar/").await;
    let talked = bar.attribute("[data-talked]", "data-talked").unwrap();
    let talked: i64 = talked.parse().unwrap();
    assert!((65_000..80_000).contains(&talked), "{talked}");
}

#[tokio::test]
async fn the_bar_names_the_button_that_was_pressed() {
    let app = TestApp::new().await;
    let anna = app.person("anna", Role::Manager, None).await;
    let card = app.company("ООО «Ромашка»").of(&anna).create(&app).await;
    sqlx::query(
        "INSERT INTO company_phones (company_id, position, raw, e164, digits, extension)
         VALUES ($1, 0, '8 912 345-67-89 доб. 12', '+79123456789', '9123456789', '12')",
    )
    .bind(card.0)
    .execute(&app.db)
    .await
    .unwrap();
    let mut browser = app.signed_in("anna").await;
    let page = browser.get(&format!("/companies/{card}/")).await;
    let button = page.attribute("main button[form=call]", "value").unwrap();
    click(&mut browser, &[("whom", &button)]).await;
    let bar = browser.get("/calls/bar/").await;
    assert_eq!(
        bar.attribute(".call-main", "data-whom").as_deref(),
        Some(button.as_str())
    );
    assert_eq!(
        bar.attribute(".call-main", "data-word").as_deref(),
        Some("телефон не подключён")
    );
}
