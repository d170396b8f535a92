//! Calls and marks of cards that have become part of others, and are parted again.

use super::cold::with_number;
use super::{ago, click, own_calls, value};
use crate::policy::Role;
use crate::testing::{Client, TestApp};
use crate::values::CompanyId;

const NUMBER: (&str, &str) = ("phone", "+79123456789");
const MARKS: &str = "SELECT count(*)::text FROM cold_marks";

/// Two cards of Anna with the same number, and her browser.
async fn cards(app: &TestApp) -> (Client, CompanyId, CompanyId) {
    let anna = app.person("anna", Role::Manager, None).await;
    let (kept, gone) = (
        app.company("Ромашка, Екатеринбург").of(&anna).create(app).await,
        app.company("Ромашка, Пермь").of(&anna).create(app).await,
    );
    for id in [kept, gone] {
        with_number(app, id, true).await;
    }
    (app.signed_in("anna").await, kept, gone)
}

async fn merge(browser: &mut Client, kept: CompanyId, gone: CompanyId) {
    let with = [("with", &*gone.to_string())];
    browser
        .post(&format!("/companies/{kept}/merge/"), &with)
        .await
        .expect_redirect();
}

/// Two cards, of which the one that is gone was called so long ago, before the merge; answers the other.
async fn called_and_merged(time: &'static str) -> (TestApp, Client, CompanyId) {
    let app = TestApp::new().await;
    let (mut browser, kept, gone) = cards(&app).await;
    click(&mut browser, &[NUMBER, ("company_id", &gone.to_string())]).await;
    ago(&app, time).await;
    merge(&mut browser, kept, gone).await;
    (app, browser, kept)
}

async fn part(app: &TestApp, browser: &mut Client) {
    let merge = value(app, "SELECT id::text FROM merges WHERE entity = 'company'").await;
    let split = format!("/duplicates/merges/{merge}/split/");
    browser.post(&split, &[]).await.expect_redirect();
}

#[tokio::test]
async fn lists_name_the_card_that_stands_for_the_called_one() {
    let (app, mut browser, kept) = called_and_merged("1 minute").await;
    let list = own_calls(&app).await;
    let page = browser.get(&list).await;
    page.expect_text("Ромашка, Екатеринбург").expect_no_text("без компании");
    let whom = format!("+79123456789 {kept} -");
    assert_eq!(page.attribute("td button[name=whom]", "value"), Some(whom.clone()));
    let card = browser.get(&format!("/companies/{kept}/?feed=calls")).await;
    assert_eq!(card.attribute(".event.call button[name=whom]", "value"), Some(whom));
    // What is said of the call goes to the card that is there.
    let outcome = card.attribute(".event.call a[href*=outcome]", "href").unwrap();
    let word = [("outcome", "talked"), ("note", "Ждут счёт")];
    browser.post(&outcome, &word).await.expect_redirect();
    assert_eq!(
        value(&app, "SELECT company_id::text FROM notes").await,
        kept.to_string()
    );
    part(&app, &mut browser).await;
    browser.get(&list).await.expect_text("Ромашка, Пермь");
}

#[tokio::test]
async fn the_queue_knows_calls_of_before_the_merge() {
    let (app, mut browser, _) = called_and_merged("1 day").await;
    browser.get("/calls/queue/").await.expect_text("Звонить некому");
    ago(&app, "4 days").await;
    browser
        .get("/calls/queue/")
        .await
        .expect_text("Ромашка, Екатеринбург")
        .expect_text("Последняя попытка")
        .expect_no_text("Ещё не звонили");
    part(&app, &mut browser).await;
    browser
        .get("/calls/queue/")
        .await
        .expect_text("Ромашка, Екатеринбург")
        .expect_text("Ещё не звонили");
}

#[tokio::test]
async fn a_main_number_is_marked_once_over_a_merge_and_a_call_of_before_it_counts() {
    let app = TestApp::new().await;
    let (mut browser, kept, gone) = cards(&app).await;
    for id in [gone, kept] {
        click(&mut browser, &[NUMBER, ("company_id", &id.to_string())]).await;
        ago(&app, "1 minute").await;
    }
    let toggle = |id: CompanyId| format!("/companies/{id}/cold-call/toggle/");
    browser.post(&toggle(gone), &[]).await.expect_redirect();
    assert_eq!(value(&app, MARKS).await, "1");
    merge(&mut browser, kept, gone).await;
    browser
        .get(&format!("/companies/{kept}/?feed=calls"))
        .await
        .expect_no_text("Это холодный звонок");
    browser.post(&toggle(kept), &[]).await.expect_redirect();
    assert_eq!(value(&app, MARKS).await, "1");
    part(&app, &mut browser).await;
    browser.post(&toggle(kept), &[]).await.expect_redirect();
    assert_eq!(value(&app, MARKS).await, "2");
}

#[tokio::test]
async fn a_call_from_the_card_that_is_gone_is_marked_on_the_one_that_is_there() {
    let (app, mut browser, kept) = called_and_merged("1 minute").await;
    let page = browser.get(&format!("/companies/{kept}/?feed=calls")).await;
    let toggle = page.attribute("form[action*=cold-call]", "action").unwrap();
    assert_eq!(toggle, format!("/companies/{kept}/cold-call/toggle/"));
    browser.post(&toggle, &[]).await.expect_redirect();
    assert_eq!(
        value(&app, "SELECT company_id::text FROM cold_marks").await,
        kept.to_string()
    );
}

#[tokio::test]
async fn a_contact_is_marked_once_over_a_merge() {
    let app = TestApp::new().await;
    let (mut browser, company, _) = cards(&app).await;
    sqlx::query(
        "INSERT INTO contacts (id, company_id, last_name)
         SELECT gen_random_uuid(), $1, name FROM unnest(ARRAY['Белозёров', 'Белозеров']) AS name",
    )
    .bind(company.0)
    .execute(&app.db)
    .await
    .unwrap();
    let kept = value(&app, "SELECT id::text FROM contacts WHERE last_name = 'Белозёров'").await;
    let gone = value(&app, "SELECT id::text FROM contacts WHERE last_name = 'Белозеров'").await;
    for id in [&gone, &kept] {
        let whom = [NUMBER, ("company_id", &company.to_string()), ("contact_id", id)];
        click(&mut browser, &whom).await;
        ago(&app, "1 minute").await;
    }
    let toggle = |id: &str| format!("/contacts/{id}/cold-call/toggle/");
    browser.post(&toggle(&gone), &[]).await.expect_redirect();
    assert_eq!(value(&app, MARKS).await, "1");
    let fields = [("with", gone.as_str()), ("keep", kept.as_str())];
    browser
        .post(&format!("/contacts/{kept}/merge/"), &fields)
        .await
        .expect_redirect();
    browser.post(&toggle(&kept), &[]).await.expect_redirect();
    assert_eq!(value(&app, MARKS).await, "1");
    let page = browser.get(&own_calls(&app).await).await;
    assert_eq!(page.texts("td[data-label='Контакт:']"), ["Белозёров", "Белозёров"]);
}
