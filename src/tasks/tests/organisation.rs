//! One task for all cards of an organisation.

use super::{Team, shown, team, titles};
use crate::values::CompanyId;

/// A head organisation with two branches of the manager and one that is somebody else's.
async fn holding(team: &Team) -> [CompanyId; 4] {
    let own = &team.manager_actor;
    let company = |name: &'static str, owner| team.app.company(name).of(owner).create(&team.app);
    let head = company("Холдинг", own).await;
    let cards = [
        head,
        company("Филиал Север", own).await,
        company("Филиал Юг", own).await,
        company("Филиал Восток", &team.stranger_actor).await,
    ];
    for card in &cards[1..] {
        sqlx::query("UPDATE companies SET head_company_id = $2 WHERE id = $1")
            .bind(card.0)
            .bind(head.0)
            .execute(&team.app.db)
            .await
            .expect("a branch");
    }
    cards
}

#[tokio::test]
async fn a_task_is_set_at_each_card_that_one_may_change_and_the_others_are_named() {
    let mut team = team().await;
    let cards = holding(&team).await;
    let key = cards[1].to_string();
    let form = shown(&mut team.manager, &format!("/tasks/new/?company={key}")).await;
    form.expect_text("Карточек: 3. Ещё 1 вы менять не можете, там задачи не будет: «Филиал Восток».");
    let form_key = uuid::Uuid::new_v4().to_string();
    let fields = [
        ("title", "Обновить прайс"),
        ("due", "завтра 10:00"),
        ("company_id", key.as_str()),
        ("everywhere", "1"),
        ("back", "/tasks/?scope=mine"),
        ("form_key", form_key.as_str()),
    ];
    for _ in 0..2 {
        let led = team.manager.post("/tasks/new/", &fields).await.expect_redirect();
        assert_eq!(led, "/tasks/?scope=mine");
    }
    let list = shown(&mut team.manager, "/tasks/?scope=mine").await;
    let mut at = list.texts(".task .task-about a");
    at.sort();
    assert_eq!(at, ["Филиал Север", "Филиал Юг", "Холдинг"]);
    assert!(team.stranger.get("/tasks/?scope=mine").await.texts(".task").is_empty());
}

#[tokio::test]
async fn the_left_out_are_said_and_whoever_gets_the_tasks_is_told_once() {
    let mut team = team().await;
    let cards = holding(&team).await;
    let (key, to) = (
        cards[0].to_string(),
        team.manager_actor.user.expect("a person").to_string(),
    );
    let fields = [
        ("title", "Обновить прайс"),
        ("assignee", to.as_str()),
        ("company_id", key.as_str()),
        ("everywhere", "1"),
    ];
    let led = team.head.post("/tasks/new/", &fields).await.expect_redirect();
    shown(&mut team.head, &led)
        .await
        .expect_text("карточек организации: 3. Пропущено 1, их вы менять не можете: «Филиал Восток».");
    let told: Vec<(String, String, String)> = sqlx::query_as("SELECT kind, body, url FROM notifications")
        .fetch_all(&team.app.db)
        .await
        .expect("notices");
    let once = (
        "tasks_given".to_owned(),
        "Обновить прайс (по организации) · 3 компании".to_owned(),
        "/tasks/?scope=mine".to_owned(),
    );
    assert_eq!(told, [once]);
    assert_eq!(titles(&mut team.manager, "/tasks/?scope=mine").await.len(), 3);
}

#[tokio::test]
async fn a_company_that_stands_alone_gets_one_task_and_a_series_goes_everywhere() {
    let mut team = team().await;
    let lone = team.app.company("Одна").of(&team.manager_actor).create(&team.app).await;
    let cards = holding(&team).await;
    for (company, count) in [(lone, 1), (cards[0], 4)] {
        let key = company.to_string();
        let fields = [
            ("title", "Сверка"),
            ("due", "завтра 10:00"),
            ("repeat", "month"),
            ("company_id", key.as_str()),
            ("everywhere", "1"),
        ];
        team.manager.post("/tasks/new/", &fields).await.expect_redirect();
        let series: i64 = sqlx::query_scalar("SELECT count(*) FROM task_series")
            .fetch_one(&team.app.db)
            .await
            .expect("a number");
        assert_eq!(series, count, "one more for each card");
    }
}
