//! Setting tasks, working through them, who may.

use super::{set, shown, team, titles};

#[tokio::test]
async fn a_manager_sets_a_task_finds_it_and_finishes_it_with_the_next_one() {
    let mut team = team().await;
    let company = team
        .app
        .company("Ромашка")
        .of(&team.manager_actor)
        .create(&team.app)
        .await;
    let company = company.to_string();
    let id = set(
        &mut team.manager,
        &[
            ("title", "Позвонить  директору"),
            ("due", "завтра 10:00"),
            ("company_id", &company),
        ],
    )
    .await;
    let page = shown(&mut team.manager, &format!("/tasks/{id}/")).await;
    page.expect_text("Позвонить директору")
        .expect_text("вторник, 24 ноября 2026, 10:00")
        .expect_text("Ромашка");
    assert_eq!(titles(&mut team.manager, "/tasks/").await, ["Позвонить директору"]);
    assert_eq!(
        titles(&mut team.manager, &format!("/companies/{company}/")).await,
        ["Позвонить директору"]
    );

    let done = [
        ("result", "Договорились"),
        ("next_title", "Выслать счёт"),
        ("next_due", "пт 15:00"),
    ];
    team.manager
        .post(&format!("/tasks/{id}/complete/"), &done)
        .await
        .expect_redirect();
    assert_eq!(titles(&mut team.manager, "/tasks/").await, ["Выслать счёт"]);
    let page = shown(&mut team.manager, &format!("/tasks/{id}/")).await;
    page.expect_text("Договорились").expect_text("Выполнена");
    let card = shown(&mut team.manager, &format!("/companies/{company}/")).await;
    assert_eq!(card.texts(".task .row-link"), ["Выслать счёт", "Позвонить директору"]);
    assert!(crate::verify::broken(&team.app).await.is_empty());
}

#[tokio::test]
async fn finishing_twice_sets_one_next_task_and_a_form_sent_twice_one_task() {
    let mut team = team().await;
    let fields = [
        ("title", "Позвонить"),
        ("form_key", "6f1b2a3c-0000-4000-8000-000000000001"),
    ];
    let first = team.manager.post("/tasks/new/", &fields).await.expect_redirect();
    let second = team.manager.post("/tasks/new/", &fields).await.expect_redirect();
    assert_eq!(first, second);
    for _ in 0..2 {
        let done = [("next_title", "Ещё раз")];
        team.manager
            .post(&format!("{first}complete/"), &done)
            .await
            .expect_redirect();
    }
    assert_eq!(titles(&mut team.manager, "/tasks/").await, ["Ещё раз"]);
}

#[tokio::test]
async fn a_wrong_next_task_finishes_nothing_and_loses_no_word() {
    let mut team = team().await;
    let id = set(&mut team.manager, &[("title", "Позвонить")]).await;
    let done = [
        ("result", "Не дозвонился"),
        ("next_title", "Ещё раз"),
        ("next_due", "когда-нибудь"),
    ];
    let page = team.manager.post(&format!("/tasks/{id}/complete/"), &done).await;
    page.expect(422);
    page.expect_text("Не дозвонился").expect_text("Не понимаем дату");
    assert_eq!(titles(&mut team.manager, "/tasks/").await, ["Позвонить"]);
}

#[tokio::test]
async fn a_manager_gives_tasks_to_nobody_else_and_a_head_to_the_own_branch() {
    let mut team = team().await;
    let (manager, stranger) = (team.manager_actor.user.unwrap(), team.stranger_actor.user.unwrap());
    let refused = [("title", "Чужая"), ("assignee", &*stranger.to_string())];
    team.manager
        .post("/tasks/new/", &refused)
        .await
        .expect(403)
        .expect_text("Менеджер ставит задачи себе");
    team.head.post("/tasks/new/", &refused).await.expect(403);
    set(&mut team.head, &[("title", "Своя"), ("assignee", &manager.to_string())]).await;
    assert_eq!(titles(&mut team.manager, "/tasks/").await, ["Своя"]);
    assert!(titles(&mut team.stranger, "/tasks/").await.is_empty());
    // The desk tells it apart from what one set oneself.
    let desk = shown(&mut team.manager, "/").await;
    assert_eq!(desk.texts("#new .row-link"), ["Своя"]);
}

#[tokio::test]
async fn whoever_a_task_is_for_works_on_it_and_does_not_rewrite_it() {
    let mut team = team().await;
    let manager = team.manager_actor.user.unwrap().to_string();
    let id = set(&mut team.head, &[("title", "Сделать"), ("assignee", &manager)]).await;
    let path = |verb: &str| format!("/tasks/{id}/{verb}/");
    team.manager.get(&path("edit")).await.expect(403);
    team.manager.post(&path("delete"), &[]).await.expect(403);
    team.manager
        .post(&path("status"), &[("status", "in_progress")])
        .await
        .expect_redirect();
    team.manager
        .post(&path("move"), &[("days", "1")])
        .await
        .expect_redirect();
    team.manager.post(&path("complete"), &[]).await.expect_redirect();
    team.stranger
        .post(&path("status"), &[("status", "new")])
        .await
        .expect(403);
    let page = shown(&mut team.manager, &format!("/tasks/{id}/")).await;
    page.expect_text("Перенесён срок")
        .expect_text("взята в работу")
        .expect_text("Выполнена задача");
}

#[tokio::test]
async fn a_task_is_set_only_at_a_company_that_is_ones_own_to_change() {
    let mut team = team().await;
    let foreign = team
        .app
        .company("Чужая")
        .of(&team.stranger_actor)
        .create(&team.app)
        .await
        .to_string();
    let fields = [("title", "Позвонить"), ("company_id", foreign.as_str())];
    team.manager
        .post("/tasks/new/", &fields)
        .await
        .expect(403)
        .expect_text("Задачу без компании может поставить каждый");
}

#[tokio::test]
async fn a_task_reopened_is_open_and_its_result_is_kept_in_the_history() {
    let mut team = team().await;
    let id = set(&mut team.manager, &[("title", "Позвонить")]).await;
    team.manager
        .post(&format!("/tasks/{id}/complete/"), &[("result", "Не туда")])
        .await
        .expect_redirect();
    assert!(titles(&mut team.manager, "/tasks/").await.is_empty());
    team.manager
        .post(&format!("/tasks/{id}/status/"), &[("status", "in_progress")])
        .await
        .expect_redirect();
    assert_eq!(titles(&mut team.manager, "/tasks/").await, ["Позвонить"]);
    team.manager
        .get(&format!("/tasks/{id}/"))
        .await
        .expect(200)
        .expect_text("Не туда");
}

#[tokio::test]
async fn two_people_on_one_task_see_both_texts() {
    let mut team = team().await;
    let id = set(&mut team.manager, &[("title", "Позвонить"), ("due", "завтра")]).await;
    let path = format!("/tasks/{id}/edit/");
    let page = shown(&mut team.manager, &path).await;
    let seen = page.attribute("input[name=seen]", "value").expect("a fingerprint");
    let first = [
        ("title", "Позвонить утром"),
        ("due", "завтра"),
        ("version", "1"),
        ("seen", seen.as_str()),
    ];
    team.manager.post(&path, &first).await.expect_redirect();
    // Another field: nobody has to be asked.
    let second = [
        ("title", "Позвонить"),
        ("due", "пт"),
        ("version", "1"),
        ("seen", seen.as_str()),
    ];
    let page = team.manager.post(&path, &second).await;
    page.expect(409);
    page.expect_text("Позвонить утром");
}

#[tokio::test]
async fn a_company_goes_to_the_trash_with_its_tasks_and_comes_back_with_them() {
    let mut team = team().await;
    let id = team
        .app
        .company("Ромашка")
        .of(&team.manager_actor)
        .create(&team.app)
        .await;
    let company = id.to_string();
    let task = set(&mut team.manager, &[("title", "Позвонить"), ("company_id", &company)]).await;
    team.manager
        .post(&format!("/tasks/{task}/comments/add/"), &[("text", "Занято")])
        .await
        .expect_redirect();
    team.head
        .post(
            &format!("/companies/{company}/delete/"),
            &[("reason", "Дубль"), ("sure", "1")],
        )
        .await
        .expect_redirect();
    assert!(titles(&mut team.manager, "/tasks/").await.is_empty());
    team.manager.get(&format!("/tasks/{task}/")).await.expect(404);
    team.app.person("admin", crate::policy::Role::Admin, None).await;
    let mut admin = team.app.signed_in("admin").await;
    let item = shown(&mut admin, "/settings/trash/")
        .await
        .attributes("a.row-link", "href")
        .remove(0);
    admin.post(&format!("{item}restore/"), &[]).await.expect_redirect();
    assert_eq!(titles(&mut team.manager, "/tasks/").await, ["Позвонить"]);
    team.manager
        .get(&format!("/tasks/{task}/"))
        .await
        .expect(200)
        .expect_text("Занято");
}

/// What stands on the page of notices of whoever looks.
async fn notices(browser: &mut crate::testing::Client) -> Vec<String> {
    shown(browser, "/notifications/").await.texts(".notice-text > b")
}

#[tokio::test]
async fn whoever_gets_a_task_is_told_and_whoever_set_it_hears_what_becomes_of_it() {
    let mut team = team().await;
    let manager = team.manager_actor.user.unwrap().to_string();
    let id = set(&mut team.head, &[("title", "Сделать"), ("assignee", &manager)]).await;
    assert_eq!(notices(&mut team.manager).await, ["Вам назначили задачу"]);
    assert!(notices(&mut team.head).await.is_empty());
    team.manager
        .post(&format!("/tasks/{id}/complete/"), &[])
        .await
        .expect_redirect();
    assert_eq!(notices(&mut team.head).await, ["Статус задачи изменён"]);
    // What one sets oneself is no news.
    set(&mut team.manager, &[("title", "Своя")]).await;
    assert_eq!(notices(&mut team.manager).await.len(), 1);
}

#[tokio::test]
async fn a_task_is_called_to_mind_before_its_time_once_by_however_many_processes() {
    let mut team = team().await;
    set(&mut team.manager, &[("title", "Позвонить"), ("due", "через 30 минут")]).await;
    let twin = team.app.twin();
    crate::tasks::remind(&team.app).await.expect("too early");
    assert!(notices(&mut team.manager).await.is_empty());
    team.app.pass(chrono::TimeDelta::minutes(20));
    let (one, two) = tokio::join!(crate::tasks::remind(&team.app), crate::tasks::remind(&twin));
    one.expect("one");
    two.expect("two");
    crate::tasks::remind(&team.app).await.expect("again");
    assert_eq!(notices(&mut team.manager).await, ["Скоро срок задачи"]);
}
