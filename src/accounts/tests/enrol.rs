//! A second factor that the role needs: nothing is reachable before it is set up.

use chrono::TimeDelta;

use super::factor::bytes;
use crate::accounts::factor::{Secret, step_of};
use crate::accounts::{self, set_factor_rules};
use crate::policy::{Actor, Role};
use crate::testing::{Answer, Client, TestApp};
use crate::values::Origin;

const PAGE: &str = "/login/second-factor/";
const PASSWORD: &str = "правильный пароль";

/// A manager, and a rule that managers need a second factor.
async fn required() -> (TestApp, Actor) {
    let app = TestApp::new().await;
    let actor = app.person("ivanova", Role::Manager, None).await;
    require(&app, &[Role::Manager], &[]).await;
    (app, actor)
}

async fn require(app: &TestApp, wanted: &[Role], seen: &[Role]) -> u64 {
    set_factor_rules(app, &Actor::system(), &Origin::default(), wanted, seen)
        .await
        .expect("rules")
}

/// A browser whose password was right, and the secret that its page shows.
async fn half_way(app: &TestApp) -> (Client, Secret) {
    let mut browser = app.browser();
    let led = browser.sign_in("ivanova", PASSWORD).await.expect_redirect();
    assert_eq!(led, "/login/second-factor/?next=%2F");
    let page = browser.get(&led).await;
    assert!(page.expect(200).attribute(".qr path", "d").is_some());
    let secret = Secret::from_bytes(bytes(&page.texts(".qr-key").join("")));
    (browser, secret)
}

async fn enter(browser: &mut Client, code: &str) -> Answer {
    browser
        .post_from(PAGE, PAGE, &[("code", code), ("next", "/account/")])
        .await
}

#[tokio::test]
async fn whoever_has_none_sets_it_up_right_after_the_password_and_before_any_page() {
    let (app, actor) = required().await;
    let (mut browser, secret) = half_way(&app).await;
    for page in ["/account/", "/companies/", "/account/second-factor/"] {
        browser.get(page).await.expect(303);
    }
    assert_eq!(
        browser.get("/login/code/").await.expect_redirect(),
        "/login/second-factor/?next=%2F"
    );
    enter(&mut browser, "000000")
        .await
        .expect(422)
        .expect_text("Код не подошёл.");
    browser.get("/account/").await.expect(303);
    let shown = enter(&mut browser, &secret.code(step_of(app.now()))).await;
    let codes = shown.expect(200).texts(".recovery-codes code");
    assert_eq!(codes.len(), 10);
    assert!(shown.attribute("a[href='/account/']", "class").is_some());
    // The page's own form already belongs to the session.
    let token = shown.csrf();
    let mut fields = vec![("csrf_token", token.as_str())];
    fields.extend(codes.iter().map(|code| ("code", code.as_str())));
    let file = browser.post_bare("/account/second-factor/codes/file/", &fields).await;
    file.expect(200);
    browser.get("/account/").await.expect(200);
    let verbs: Vec<String> = sqlx::query_scalar("SELECT verb FROM audit_events WHERE entity_id = $1 ORDER BY at, id")
        .bind(actor.user.expect("a person").to_string())
        .fetch_all(&app.db)
        .await
        .expect("verbs");
    assert_eq!(verbs, ["second_factor_on", "sign_in"]);
    // From now on the code is asked for.
    app.pass(TimeDelta::seconds(30));
    let mut again = app.browser();
    let led = again.sign_in("ivanova", PASSWORD).await.expect_redirect();
    assert_eq!(led, "/login/code/?next=%2F");
    assert_eq!(again.get(PAGE).await.expect_redirect(), "/login/");
}

#[tokio::test]
async fn other_roles_and_those_who_have_one_sign_in_as_ever() {
    let app = TestApp::new().await;
    app.person("ivanova", Role::Manager, None).await;
    app.person("petrov", Role::SalesHead, None).await;
    require(&app, &[Role::SalesHead], &[]).await;
    app.signed_in("ivanova").await.get("/account/").await.expect(200);
    let led = app.browser().sign_in("petrov", PASSWORD).await.expect_redirect();
    assert_eq!(led, "/login/second-factor/?next=%2F");
}

#[tokio::test]
async fn setting_up_waits_half_an_hour_and_dies_with_the_password() {
    let (app, actor) = required().await;
    let (mut browser, _) = half_way(&app).await;
    app.pass(TimeDelta::minutes(29));
    browser.get(PAGE).await.expect(200);
    app.pass(TimeDelta::minutes(2));
    assert_eq!(browser.get(PAGE).await.expect_redirect(), "/login/");
    let (mut browser, secret) = half_way(&app).await;
    let id = actor.user.expect("a person");
    accounts::reset_password(&app, &Actor::system(), &Origin::default(), id, "другой хороший пароль")
        .await
        .expect("a new password");
    browser.get("/login/").await.expect(200);
    let token = browser.get("/login/").await.csrf();
    let code = secret.code(step_of(app.now()));
    let answer = browser
        .post_bare(PAGE, &[("csrf_token", token.as_str()), ("code", &code)])
        .await;
    assert_eq!(answer.expect_redirect(), "/login/");
}

#[tokio::test]
async fn of_two_browsers_that_set_it_up_the_second_begins_again() {
    let (app, _) = required().await;
    let (mut one, first) = half_way(&app).await;
    let (mut two, second) = half_way(&app).await;
    assert_ne!(first.bytes(), second.bytes());
    let token = two.get(PAGE).await.csrf();
    enter(&mut one, &first.code(step_of(app.now()))).await.expect(200);
    let code = second.code(step_of(app.now()));
    let answer = two
        .post_bare(PAGE, &[("csrf_token", token.as_str()), ("code", &code)])
        .await;
    assert_eq!(answer.expect_redirect(), "/login/");
    two.get("/account/").await.expect(303);
}

#[tokio::test]
async fn a_required_one_cannot_be_turned_off() {
    let (app, _) = required().await;
    let (mut browser, secret) = half_way(&app).await;
    enter(&mut browser, &secret.code(step_of(app.now()))).await.expect(200);
    let page = browser.get("/account/second-factor/").await;
    page.expect_text("Для вашей роли второй фактор обязателен");
    let off = "/account/second-factor/turn-off/";
    assert_eq!(page.attribute(&format!("form[action='{off}']"), "method"), None);
    let answer = browser.post(off, &[("off_password", PASSWORD)]).await;
    answer.expect(422).expect_text("второй фактор обязателен");
    require(&app, &[], &[Role::Manager]).await;
    browser.post(off, &[("off_password", PASSWORD)]).await.expect(303);
    app.signed_in("ivanova").await.get("/account/").await.expect(200);
}

#[tokio::test]
async fn a_reset_one_is_set_up_again() {
    let (app, actor) = required().await;
    let (mut browser, secret) = half_way(&app).await;
    enter(&mut browser, &secret.code(step_of(app.now()))).await.expect(200);
    let id = actor.user.expect("a person");
    accounts::reset_factor(&app, &Actor::system(), &Origin::default(), id)
        .await
        .expect("a reset");
    browser.get("/account/").await.expect(303);
    let (_, fresh) = half_way(&app).await;
    assert_ne!(fresh.bytes(), secret.bytes());
}

#[tokio::test]
async fn requiring_one_ends_the_sessions_of_those_who_have_none() {
    let app = TestApp::new().await;
    app.person("ivanova", Role::Manager, None).await;
    app.person("petrov", Role::SalesHead, None).await;
    let (mut ivanova, mut petrov) = (app.signed_in("ivanova").await, app.signed_in("petrov").await);
    assert_eq!(require(&app, &[Role::Manager], &[]).await, 1);
    ivanova.get("/account/").await.expect(303);
    petrov.get("/account/").await.expect(200);
    let (mut ivanova, secret) = half_way(&app).await;
    enter(&mut ivanova, &secret.code(step_of(app.now()))).await.expect(200);
    assert_eq!(
        require(&app, &[Role::Manager, Role::SalesHead], &[Role::Manager]).await,
        1
    );
    ivanova.get("/account/").await.expect(200);
    petrov.get("/account/").await.expect(303);
}

#[tokio::test]
async fn the_secret_that_is_set_up_is_sealed() {
    let (app, _) = required().await;
    let (_, secret) = half_way(&app).await;
    let sealed: Vec<u8> = sqlx::query_scalar("SELECT sealed_draft FROM pending_sign_ins")
        .fetch_one(&app.db)
        .await
        .expect("a draft");
    assert!(!sealed.windows(20).any(|part| part == secret.bytes()));
}
