//! How long sessions live, and what ends them.

use chrono::TimeDelta;

use crate::accounts::{self, UserForm};
use crate::policy::{Actor, Role};
use crate::testing::{Client, TestApp};
use crate::values::{Origin, UserId};

const PAGE: &str = "/account/password/";
const OLD: &str = "правильный пароль";
const NEW: &str = "другой хороший пароль";

struct Scene {
    app: TestApp,
    admin: Actor,
    id: UserId,
    browser: Client,
}

/// An administrator, and a manager who has signed in.
async fn scene() -> Scene {
    let app = TestApp::new().await;
    let admin = app.person("admin", Role::Admin, None).await;
    let id = app.person("ivanova", Role::Manager, None).await.user.unwrap();
    let browser = app.signed_in("ivanova").await;
    Scene {
        app,
        admin,
        id,
        browser,
    }
}

async fn form_of(scene: &Scene) -> UserForm {
    let user = accounts::find_user(&scene.app, &scene.admin, scene.id).await.unwrap();
    UserForm {
        username: user.username,
        first_name: user.first_name,
        last_name: user.last_name,
        role: user.role.code().to_owned(),
        version: user.version,
        ..UserForm::default()
    }
}

#[tokio::test]
async fn session_works_in_every_process() {
    let scene = scene().await;
    let twin = scene.app.twin();
    scene.browser.moved_to(&twin).get(PAGE).await.expect(200);
}

#[tokio::test]
async fn session_ends_after_a_week_without_a_request_and_after_thirty_days_anyhow() {
    let mut scene = scene().await;
    for _ in 0..4 {
        scene.app.pass(TimeDelta::days(6));
        scene.browser.get(PAGE).await.expect(200);
    }
    scene.app.pass(TimeDelta::days(6) + TimeDelta::hours(1));
    scene.browser.get(PAGE).await.expect(303);
    let mut idle = scene.app.signed_in("ivanova").await;
    scene.app.pass(TimeDelta::days(7) + TimeDelta::hours(1));
    idle.get(PAGE).await.expect(303);
    accounts::clean(&scene.app).await.unwrap();
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM sessions")
        .fetch_one(&scene.app.db)
        .await
        .unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn deactivation_ends_sessions_at_once_and_keeps_the_person_out() {
    let mut scene = scene().await;
    accounts::set_active(&scene.app, &scene.admin, scene.id, false)
        .await
        .unwrap();
    scene.browser.get(PAGE).await.expect(303);
    scene.app.browser().sign_in("ivanova", OLD).await.expect(422);
    accounts::set_active(&scene.app, &scene.admin, scene.id, true)
        .await
        .unwrap();
    // A session that has ended does not come back.
    scene.browser.get(PAGE).await.expect(303);
    scene.app.browser().sign_in("ivanova", OLD).await.expect(303);
}

#[tokio::test]
async fn dismissal_meets_a_sign_in_at_the_same_moment() {
    let scene = scene().await;
    // Half-way through the dismissal, the person signs in.
    let mut dismissal = scene.app.begin().await.unwrap();
    sqlx::query("UPDATE users SET is_active = false WHERE id = $1")
        .bind(scene.id.0)
        .execute(&mut *dismissal)
        .await
        .unwrap();
    let holder = sqlx::query_scalar::<_, i32>("SELECT pg_backend_pid()");
    let holder = holder.fetch_one(&mut *dismissal).await.unwrap();
    let mut late = scene.app.browser();
    let sign_in = tokio::spawn(async move { late.sign_in("ivanova", OLD).await.status });
    let held = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND $1 = ANY(pg_blocking_pids(pid)))";
    let is_held = || {
        sqlx::query_scalar::<_, bool>(held)
            .bind(holder)
            .fetch_one(&scene.app.db)
    };
    while !is_held().await.unwrap() {
        assert!(!sign_in.is_finished());
        tokio::task::yield_now().await;
    }
    sqlx::query("DELETE FROM sessions WHERE user_id = $1")
        .bind(scene.id.0)
        .execute(&mut *dismissal)
        .await
        .unwrap();
    dismissal.commit().await.unwrap();
    assert_ne!(sign_in.await.unwrap(), 303);
    assert_eq!(crate::verify::broken(&scene.app).await, [""; 0]);
}

#[tokio::test]
async fn change_of_role_or_branch_ends_sessions_and_a_change_of_name_does_not() {
    let mut scene = scene().await;
    let branch = scene.app.branch("ekb").await;
    let renamed = UserForm {
        first_name: "Инна".to_owned(),
        ..form_of(&scene).await
    };
    accounts::update_user(&scene.app, &scene.admin, scene.id, &renamed)
        .await
        .unwrap();
    scene.browser.get(PAGE).await.expect(200).expect_text("Инна Тестов");
    let moved = UserForm {
        branch: branch.to_string(),
        ..form_of(&scene).await
    };
    accounts::update_user(&scene.app, &scene.admin, scene.id, &moved)
        .await
        .unwrap();
    scene.browser.get(PAGE).await.expect(303);
    let mut browser = scene.app.signed_in("ivanova").await;
    let raised = UserForm {
        role: "sales_head".to_owned(),
        branch: branch.to_string(),
        ..form_of(&scene).await
    };
    accounts::update_user(&scene.app, &scene.admin, scene.id, &raised)
        .await
        .unwrap();
    browser.get(PAGE).await.expect(303);
}

#[tokio::test]
async fn new_password_from_an_administrator_ends_sessions() {
    let mut scene = scene().await;
    accounts::reset_password(&scene.app, &scene.admin, &Origin::default(), scene.id, NEW)
        .await
        .unwrap();
    scene.browser.get(PAGE).await.expect(303);
    scene.app.browser().sign_in("ivanova", OLD).await.expect(422);
    scene.app.browser().sign_in("ivanova", NEW).await.expect(303);
}

#[tokio::test]
async fn change_of_the_own_password_ends_all_other_sessions() {
    let mut scene = scene().await;
    let mut elsewhere = scene.app.signed_in("ivanova").await;
    let fields = [("present", OLD), ("new", NEW), ("repeat", NEW)];
    scene.browser.post(PAGE, &fields).await.expect(303);
    scene
        .browser
        .get(PAGE)
        .await
        .expect(200)
        .expect_text("завершено: 1 другой сеанс");
    elsewhere.get(PAGE).await.expect(303);
    scene.app.browser().sign_in("ivanova", NEW).await.expect(303);
}

#[tokio::test]
async fn change_of_the_own_password_leaves_a_copied_cookie_worthless() {
    let mut scene = scene().await;
    let mut thief = scene.app.browser();
    thief.copy_cookies(&scene.browser);
    thief.get(PAGE).await.expect(200);
    let fields = [("present", OLD), ("new", NEW), ("repeat", NEW)];
    scene.browser.post(PAGE, &fields).await.expect(303);
    scene.browser.get(PAGE).await.expect(200);
    thief.get(PAGE).await.expect(303);
}

#[tokio::test]
async fn present_password_cannot_be_found_out_by_trying() {
    let mut scene = scene().await;
    let fields = |present| [("present", present), ("new", NEW), ("repeat", NEW)];
    for _ in 0..5 {
        scene.browser.post(PAGE, &fields("догадка")).await.expect(422);
    }
    scene.browser.post(PAGE, &fields("догадка")).await.expect(429);
    scene.browser.post(PAGE, &fields(OLD)).await.expect(429);
    scene.app.pass(TimeDelta::minutes(16));
    scene.browser.post(PAGE, &fields(OLD)).await.expect(303);
}

#[tokio::test]
async fn own_password_is_refused_when_the_present_one_is_wrong_or_the_new_one_weak() {
    let mut scene = scene().await;
    for (present, new, repeat, sentence) in [
        ("не тот", NEW, NEW, "Нынешний пароль другой."),
        (OLD, "коротко", "коротко", "Пароль короче 10 знаков."),
        (OLD, "1234567890", "1234567890", "Такой пароль подберут первым."),
        (OLD, NEW, "иное", "Пароли не совпадают."),
    ] {
        let fields = [("present", present), ("new", new), ("repeat", repeat)];
        scene
            .browser
            .post(PAGE, &fields)
            .await
            .expect(422)
            .expect_text(sentence);
    }
    scene.app.browser().sign_in("ivanova", OLD).await.expect(303);
}

#[tokio::test]
async fn secrets_of_sessions_are_stored_only_as_hashes() {
    let scene = scene().await;
    let lengths: Vec<i32> = sqlx::query_scalar("SELECT octet_length(token_hash) FROM sessions")
        .fetch_all(&scene.app.db)
        .await
        .unwrap();
    assert_eq!(lengths, [32]);
}

#[tokio::test]
async fn two_administrators_cannot_deactivate_each_other_at_one_instant() {
    let app = TestApp::new().await;
    let one = app.person("one", Role::Admin, None).await;
    let two = app.person("two", Role::Admin, None).await;
    let (one_id, two_id) = (one.user.expect("a person"), two.user.expect("a person"));
    // Both were let in before either decision was written.
    let (first, second) = tokio::join!(
        crate::accounts::set_active(&app, &one, two_id, false),
        crate::accounts::set_active(&app, &two, one_id, false),
    );
    assert_ne!(first.is_ok(), second.is_ok(), "{first:?} {second:?}");
}
