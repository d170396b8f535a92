//! Acts on many tasks.

use chrono::TimeDelta;

use super::{Team, set, shown, team, titles};
use crate::testing::Client;

/// Prepares an act with these fields and answers its address.
async fn prepare(browser: &mut Client, fields: &[(&str, &str)]) -> String {
    browser.post("/tasks/many/", fields).await.expect_redirect()
}

async fn dues(browser: &mut Client) -> Vec<String> {
    shown(browser, "/tasks/").await.texts(".task .due")
}

/// Two tasks of the manager, of today and of tomorrow, as a head sees them.
async fn two(team: &mut Team) -> (String, String) {
    let one = set(&mut team.manager, &[("title", "Первая"), ("due", "сегодня 15:00")]).await;
    let two = set(&mut team.manager, &[("title", "Вторая"), ("due", "завтра")]).await;
    (one.to_string(), two.to_string())
}

#[tokio::test]
async fn dates_are_put_off_after_a_look_and_back_within_an_hour() {
    let mut team = team().await;
    let (one, two) = two(&mut team).await;
    let fields = [
        ("id", one.as_str()),
        ("id", two.as_str()),
        ("wish", "days"),
        ("days", "7"),
    ];
    let act = prepare(&mut team.manager, &fields).await;
    let page = shown(&mut team.manager, &act).await;
    page.expect_text("Перенести на 7 дней").expect_text("30.11.2026 15:00");
    assert_eq!(dues(&mut team.manager).await, ["сегодня 15:00", "завтра"]);
    for _ in 0..2 {
        team.manager.post(&format!("{act}run/"), &[]).await.expect_redirect();
        assert_eq!(dues(&mut team.manager).await, ["пн, 30 ноя 15:00", "вт, 1 дек"]);
    }
    // One of them is changed since: it stays.
    team.manager
        .post(&format!("/tasks/{two}/move/"), &[("days", "2")])
        .await
        .expect_redirect();
    team.manager.post(&format!("{act}undo/"), &[]).await.expect_redirect();
    assert_eq!(dues(&mut team.manager).await, ["сегодня 15:00", "ср, 25 ноя"]);
    shown(&mut team.manager, &act)
        .await
        .expect_text("Оставлены: их с тех пор изменили");
}

#[tokio::test]
async fn what_somebody_changed_meanwhile_is_left_alone() {
    let mut team = team().await;
    let (one, two) = two(&mut team).await;
    let fields = [
        ("id", one.as_str()),
        ("id", two.as_str()),
        ("wish", "on"),
        ("day", "2026-12-01"),
    ];
    let act = prepare(&mut team.manager, &fields).await;
    team.manager
        .post(&format!("/tasks/{one}/complete/"), &[])
        .await
        .expect_redirect();
    team.manager.post(&format!("{act}run/"), &[]).await.expect_redirect();
    shown(&mut team.manager, &act)
        .await
        .expect_text("Пропущены: их только что изменили");
    assert_eq!(dues(&mut team.manager).await, ["вт, 1 дек"]);
    team.app.pass(TimeDelta::minutes(61));
    team.manager.post(&format!("{act}undo/"), &[]).await.expect_redirect();
    assert_eq!(dues(&mut team.manager).await, ["вт, 1 дек"]);
}

#[tokio::test]
async fn a_head_hands_the_tasks_of_the_branch_over_by_a_filter_and_others_are_named() {
    let mut team = team().await;
    two(&mut team).await;
    set(&mut team.stranger, &[("title", "Чужая"), ("due", "сегодня")]).await;
    let heir = team
        .app
        .person("heir", crate::policy::Role::Manager, team.manager_actor.branch)
        .await;
    let to = heir.user.unwrap().to_string();
    let fields = [
        ("list", "/tasks/?scope=all"),
        ("wish", "give"),
        ("assignee", to.as_str()),
    ];
    let act = prepare(&mut team.head, &fields).await;
    shown(&mut team.head, &act)
        .await
        .expect_text("Нельзя: это не ваши задачи");
    team.head.post(&format!("{act}run/"), &[]).await.expect_redirect();
    let mut heir = team.app.signed_in("heir").await;
    assert_eq!(titles(&mut heir, "/tasks/").await, ["Первая", "Вторая"]);
    assert_eq!(titles(&mut team.stranger, "/tasks/").await, ["Чужая"]);
    let notices = shown(&mut heir, "/notifications/").await;
    notices.expect_text("Вам назначили задачи").expect_text("Количество: 2");
    team.head.post(&format!("{act}undo/"), &[]).await.expect_redirect();
    assert_eq!(titles(&mut team.manager, "/tasks/").await, ["Первая", "Вторая"]);
}

#[tokio::test]
async fn nothing_ticked_and_nonsense_are_told_at_once() {
    let mut team = team().await;
    let (one, _) = two(&mut team).await;
    let led = team.manager.get("/tasks/many/new/").await.expect_redirect();
    shown(&mut team.manager, &led)
        .await
        .expect_text("Отметьте задачи в списке");
    let fields = [("id", one.as_str()), ("wish", "days"), ("days", "скоро")];
    let page = team.manager.post("/tasks/many/", &fields).await;
    page.expect(422).expect_text("Напишите число дней");
}
