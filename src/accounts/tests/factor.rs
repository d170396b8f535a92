//! The second factor: set up, asked for, replayed, lost.

use chrono::TimeDelta;

use crate::accounts::factor::{Secret, step_of};
use crate::accounts::known::KnownDevice;
use crate::accounts::{self, actions};
use crate::policy::{Actor, Role};
use crate::testing::{Answer, Client, TestApp};
use crate::values::Origin;

const PAGE: &str = "/account/second-factor/";
const SET_UP: &str = "/account/second-factor/set-up/";
const PASSWORD: &str = "правильный пароль";

struct Scene {
    app: TestApp,
    actor: Actor,
    /// Where the second factor was set up; signed in.
    browser: Client,
    secret: Secret,
    codes: Vec<String>,
}

impl Scene {
    /// A manager who has set up a second factor through the pages.
    async fn new() -> Self {
        let app = TestApp::new().await;
        let actor = app.person("ivanova", Role::Manager, None).await;
        let mut browser = app.signed_in("ivanova").await;
        let secret = begin(&mut browser).await;
        let code = secret.code(step_of(app.now()));
        let shown = browser.post_from(SET_UP, SET_UP, &[("code", &code)]).await;
        let codes = shown.expect(200).texts(".recovery-codes code");
        assert_eq!(codes.len(), 10);
        // The code of setting up has been used.
        app.pass(TimeDelta::seconds(30));
        Self {
            app,
            actor,
            browser,
            secret,
            codes,
        }
    }

    fn code(&self) -> String {
        self.secret.code(step_of(self.app.now()))
    }

    /// A browser whose password was right.
    async fn half_way(&self) -> Client {
        let mut browser = self.app.browser();
        let led = browser.sign_in("ivanova", PASSWORD).await.expect_redirect();
        assert_eq!(led, "/login/code/?next=%2F");
        browser
    }

    async fn verbs(&self) -> Vec<String> {
        sqlx::query_scalar("SELECT verb FROM audit_events WHERE entity_id = $1 ORDER BY at, id")
            .bind(self.actor.user.expect("a person").to_string())
            .fetch_all(&self.app.db)
            .await
            .expect("verbs")
    }
}

/// Asks for a secret and reads it off the page.
async fn begin(browser: &mut Client) -> Secret {
    let path = format!("{PAGE}begin/");
    let led = browser.post_from(PAGE, &path, &[("password", PASSWORD)]).await;
    assert_eq!(led.expect_redirect(), SET_UP);
    let page = browser.get(SET_UP).await;
    let letters = page.expect(200).texts(".qr-key").join("");
    assert!(
        page.attribute(".qr path", "d")
            .is_some_and(|path| path.starts_with("M4 4h7"))
    );
    Secret::from_bytes(bytes(&letters))
}

/// RFC 4648, backwards.
pub(super) fn bytes(letters: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let (mut bits, mut held) = (0_u32, 0_u32);
    for letter in letters.bytes().filter(u8::is_ascii_alphanumeric) {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            _ => letter - b'2' + 26,
        };
        (bits, held) = (bits << 5 | u32::from(value), held + 5);
        if held >= 8 {
            held -= 8;
            out.push(u8::try_from(bits >> held & 0xff).expect("a byte"));
        }
    }
    out
}

async fn enter(browser: &mut Client, code: &str) -> Answer {
    browser
        .post_from("/login/code/", "/login/code/", &[("code", code)])
        .await
}

#[tokio::test]
async fn whoever_has_a_second_factor_has_no_session_before_the_code() {
    let scene = Scene::new().await;
    let mut browser = scene.half_way().await;
    browser.get("/account/password/").await.expect(303);
    enter(&mut browser, &scene.code()).await.expect(303);
    browser.get("/account/password/").await.expect(200);
    assert_eq!(
        scene.verbs().await,
        ["sign_in", "second_factor_on", "sign_in"],
        "each is in the audit"
    );
}

#[tokio::test]
async fn the_code_page_leads_where_the_password_page_would_have_led() {
    let scene = Scene::new().await;
    for (next, led) in [("/companies/?q=a&b=c", "/companies/?q=a&b=c"), ("//evil.example/", "/")] {
        let mut browser = scene.app.browser();
        let fields = [("username", "ivanova"), ("password", PASSWORD), ("next", next)];
        let code_page = browser.post_from("/login/", "/login/", &fields).await.expect_redirect();
        let carried = browser.get(&code_page).await.attribute("input[name=next]", "value");
        assert_eq!(carried.as_deref(), Some(led));
        scene.app.pass(TimeDelta::seconds(30));
        let fields = [("code", scene.code()), ("next", next.to_owned())];
        let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
        let answer = browser.post_from(&code_page, "/login/code/", &fields).await;
        assert_eq!(answer.expect_redirect(), led);
    }
}

#[tokio::test]
async fn a_code_is_accepted_once() {
    let scene = Scene::new().await;
    let code = scene.code();
    enter(&mut scene.half_way().await, &code).await.expect(303);
    let mut again = scene.half_way().await;
    enter(&mut again, &code)
        .await
        .expect(422)
        .expect_text("Код не подошёл.");
    scene.app.pass(TimeDelta::seconds(30));
    enter(&mut again, &scene.code()).await.expect(303);
    assert!(scene.verbs().await.contains(&"second_factor_failed".to_owned()));
}

#[tokio::test]
async fn the_code_that_turned_it_on_does_not_sign_in() {
    let scene = Scene::new().await;
    let used = scene.secret.code(step_of(scene.app.now()) - 1);
    enter(&mut scene.half_way().await, &used).await.expect(422);
}

#[tokio::test]
async fn a_recovery_code_signs_in_once_however_it_is_typed() {
    let scene = Scene::new().await;
    let typed = scene.codes[3].to_lowercase().replace('-', " ");
    let mut browser = scene.half_way().await;
    enter(&mut browser, &typed).await.expect(303);
    browser
        .get("/account/password/")
        .await
        .expect_text("Осталось: 9 кодов.");
    enter(&mut scene.half_way().await, &scene.codes[3]).await.expect(422);
}

#[tokio::test]
async fn of_two_requests_with_one_recovery_code_one_signs_in() {
    let scene = Scene::new().await;
    let visitor = actions::Visitor {
        origin: &Origin::default(),
        device: &KnownDevice::default(),
    };
    let mut tokens = Vec::new();
    for _ in 0..2 {
        match actions::sign_in(&scene.app, "ivanova", PASSWORD, visitor).await {
            Ok(actions::Step::Code(token)) => tokens.push(token),
            _ => panic!("a code is asked for"),
        }
    }
    let (one, two) = tokio::join!(
        actions::enter_code(&scene.app, &tokens[0], &scene.codes[0], visitor),
        actions::enter_code(&scene.app, &tokens[1], &scene.codes[0], visitor),
    );
    assert_ne!(one.is_ok(), two.is_ok());
}

#[tokio::test]
async fn a_pending_sign_in_is_used_once_and_the_other_code_stays() {
    let scene = Scene::new().await;
    let browser = scene.half_way().await;
    let (mut one, mut two) = (browser.moved_to(&scene.app), browser.moved_to(&scene.app));
    let token = two.get("/login/code/").await.csrf();
    enter(&mut one, &scene.codes[0]).await.expect(303);
    let fields = [("csrf_token", token.as_str()), ("code", &scene.codes[1])];
    let answer = two.post_bare("/login/code/", &fields).await;
    assert_eq!(answer.expect_redirect(), "/login/");
    enter(&mut scene.half_way().await, &scene.codes[1]).await.expect(303);
}

#[tokio::test]
async fn a_right_password_waits_ten_minutes_and_dies_with_that_password() {
    let scene = Scene::new().await;
    let mut browser = scene.half_way().await;
    scene.app.pass(TimeDelta::minutes(11));
    assert_eq!(browser.get("/login/code/").await.expect_redirect(), "/login/");
    let mut browser = scene.half_way().await;
    let id = scene.actor.user.expect("a person");
    accounts::reset_password(
        &scene.app,
        &Actor::system(),
        &Origin::default(),
        id,
        "другой хороший пароль",
    )
    .await
    .expect("a new password");
    assert_eq!(browser.get("/login/code/").await.expect_redirect(), "/login/");
}

#[tokio::test]
async fn another_browser_cannot_enter_the_code() {
    let scene = Scene::new().await;
    scene.half_way().await;
    let mut other = scene.app.browser();
    let fields = [("code", scene.code())];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    let answer = other.post_from("/login/", "/login/code/", &fields).await;
    assert_eq!(answer.expect_redirect(), "/login/");
}

#[tokio::test]
async fn codes_cannot_be_found_out_by_trying() {
    let scene = Scene::new().await;
    let mut browser = scene.half_way().await;
    for _ in 0..5 {
        enter(&mut browser, "abc").await.expect(422);
    }
    let held = enter(&mut browser, &scene.code()).await;
    held.expect(429).expect_text("Слишком много неверных кодов.");
    // A fresh password does not give fresh tries.
    let mut fresh = scene.half_way().await;
    enter(&mut fresh, &scene.code()).await.expect(429);
    accounts::unlock(
        &scene.app,
        &Actor::system(),
        &Origin::default(),
        scene.actor.user.expect("a person"),
    )
    .await
    .expect("unlocked");
    enter(&mut fresh, &scene.code()).await.expect(303);
}

#[tokio::test]
async fn setting_up_asks_for_the_password_and_for_a_code() {
    let app = TestApp::new().await;
    app.person("ivanova", Role::Manager, None).await;
    let mut browser = app.signed_in("ivanova").await;
    assert_eq!(browser.get(SET_UP).await.expect_redirect(), PAGE);
    let wrong = browser
        .post_from(PAGE, &format!("{PAGE}begin/"), &[("password", "не тот")])
        .await;
    wrong.expect(422).expect_text("Нынешний пароль другой.");
    begin(&mut browser).await;
    let answer = browser.post_from(SET_UP, SET_UP, &[("code", "000000")]).await;
    answer.expect(422).expect_text("Код не подошёл.");
    // Another session of the same person has not begun anything.
    assert_eq!(app.signed_in("ivanova").await.get(SET_UP).await.expect_redirect(), PAGE);
}

#[tokio::test]
async fn turning_it_on_ends_other_sessions_and_turning_it_off_asks_for_the_password() {
    let app = TestApp::new().await;
    app.person("ivanova", Role::Manager, None).await;
    let mut elsewhere = app.signed_in("ivanova").await;
    let mut browser = app.signed_in("ivanova").await;
    let secret = begin(&mut browser).await;
    let code = secret.code(step_of(app.now()));
    browser.post_from(SET_UP, SET_UP, &[("code", &code)]).await.expect(200);
    elsewhere.get(PAGE).await.expect(303);
    browser.get(PAGE).await.expect(200).expect_text("осталось 10 из 10");
    let off = format!("{PAGE}turn-off/");
    browser
        .post_from(PAGE, &off, &[("off_password", "не тот")])
        .await
        .expect(422);
    browser
        .post_from(PAGE, &off, &[("off_password", PASSWORD)])
        .await
        .expect(303);
    app.signed_in("ivanova").await.get(PAGE).await.expect(200);
}

#[tokio::test]
async fn new_recovery_codes_replace_the_old_ones_and_only_own_codes_make_a_file() {
    let mut scene = Scene::new().await;
    let path = format!("{PAGE}codes/");
    let shown = scene
        .browser
        .post_from(PAGE, &path, &[("codes_password", PASSWORD)])
        .await;
    let fresh = shown.expect(200).texts(".recovery-codes code");
    let file = format!("{PAGE}codes/file/");
    let fields: Vec<_> = fresh.iter().map(|code| ("code", code.as_str())).collect();
    let answer = scene.browser.post_from(PAGE, &file, &fields).await;
    answer.expect(200);
    assert!(fresh.iter().all(|code| answer.text.contains(code)));
    let foreign = [("code", scene.codes[0].as_str())];
    scene.browser.post_from(PAGE, &file, &foreign).await.expect(303);
    enter(&mut scene.half_way().await, &scene.codes[0]).await.expect(422);
    enter(&mut scene.half_way().await, &fresh[0]).await.expect(303);
}

#[tokio::test]
async fn an_administrator_resets_a_lost_second_factor() {
    let mut scene = Scene::new().await;
    scene.app.person("boss", Role::Admin, None).await;
    let mut admin = scene.app.signed_in("boss").await;
    let id = scene.actor.user.expect("a person");
    let page = format!("/settings/users/{id}/edit/");
    admin.get(&page).await.expect_text("Сбросить второй фактор");
    let path = format!("/settings/users/{id}/reset-second-factor/");
    admin.post_from(&page, &path, &[]).await.expect(303);
    admin.get(&page).await.expect_no_text("Сбросить второй фактор");
    scene.browser.get(PAGE).await.expect(303);
    scene.app.signed_in("ivanova").await.get(PAGE).await.expect(200);
    assert!(scene.verbs().await.contains(&"second_factor_reset".to_owned()));
}

#[tokio::test]
async fn after_a_change_of_the_secret_key_recovery_codes_still_work() {
    let scene = Scene::new().await;
    sqlx::query("UPDATE second_factors SET sealed_secret = '\\x0100'")
        .execute(&scene.app.db)
        .await
        .expect("another key");
    let mut browser = scene.half_way().await;
    enter(&mut browser, &scene.code())
        .await
        .expect(422)
        .expect_text("Ключ сервера сменился");
    enter(&mut browser, &scene.codes[0]).await.expect(303);
    browser
        .get(PAGE)
        .await
        .expect(200)
        .expect_text("Ключ сервера сменился.");
}

#[tokio::test]
async fn secrets_and_codes_are_not_stored_as_they_are() {
    let scene = Scene::new().await;
    let (sealed, hashes): (Vec<u8>, i64) = sqlx::query_as(
        "SELECT sealed_secret, (SELECT count(*) FROM recovery_codes WHERE octet_length(code_hash) = 32)
         FROM second_factors",
    )
    .fetch_one(&scene.app.db)
    .await
    .expect("a row");
    assert_eq!(hashes, 10);
    assert!(!sealed.windows(20).any(|part| part == scene.secret.bytes()));
}
