//! Tasks that come again.

use chrono::TimeDelta;

use super::{Team, set, shown, team, titles};
use crate::tasks::bring_forth;
use crate::testing::Client;

const DAILY: [(&str, &str); 3] = [("title", "Отчёт"), ("due", "23.11.2026 18:00"), ("repeat", "day")];

/// When the tasks of a page are due, in reading order.
async fn dues(browser: &mut Client, path: &str) -> Vec<String> {
    let page = shown(browser, path).await;
    let dues = page.texts(".task .task-due").into_iter();
    dues.map(|due| due.trim_start_matches("Просрочено: ").to_owned())
        .collect()
}

async fn close(team: &mut Team, id: crate::values::TaskId, status: &str) {
    let path = format!("/tasks/{id}/complete/");
    team.manager.post(&path, &[("status", status)]).await.expect_redirect();
}

/// The newest task of the list.
async fn latest(browser: &mut Client) -> crate::values::TaskId {
    let page = shown(browser, "/tasks/").await;
    let ids = page.attributes(".task", "data-task");
    ids.last().expect("a task").parse().expect("a key")
}

#[tokio::test]
async fn the_next_one_appears_when_the_present_one_is_closed() {
    let mut team = team().await;
    let id = set(&mut team.manager, &DAILY).await;
    shown(&mut team.manager, &format!("/tasks/{id}/"))
        .await
        .expect_text("каждый день");
    assert_eq!(dues(&mut team.manager, "/tasks/").await, ["сегодня 18:00"]);
    close(&mut team, id, "done").await;
    assert_eq!(dues(&mut team.manager, "/tasks/").await, ["завтра 18:00"]);
    // Pressed twice.
    close(&mut team, id, "done").await;
    assert_eq!(dues(&mut team.manager, "/tasks/").await, ["завтра 18:00"]);
    // Left out: the one after it.
    let next = latest(&mut team.manager).await;
    close(&mut team, next, "cancelled").await;
    assert_eq!(dues(&mut team.manager, "/tasks/").await, ["ср, 25 ноя 18:00"]);
}

#[tokio::test]
async fn the_next_one_appears_when_its_time_comes_once_however_many_processes_run() {
    let mut team = team().await;
    set(&mut team.manager, &DAILY).await;
    bring_forth(&team.app).await.expect("nothing to do");
    assert_eq!(dues(&mut team.manager, "/tasks/").await, ["сегодня 18:00"]);
    team.app.pass(TimeDelta::days(3));
    let (one, two) = (team.app.twin(), team.app.twin());
    let (a, b, c) = tokio::join!(bring_forth(&team.app), bring_forth(&one), bring_forth(&two));
    for done in [a, b, c] {
        done.expect("done");
    }
    // 26 November, noon: those of the 23rd to the 26th.
    let expected = ["пн, 23 ноя 18:00", "вт, 24 ноя 18:00", "вчера 18:00", "сегодня 18:00"];
    assert_eq!(dues(&mut team.manager, "/tasks/").await, expected);
    let twins: i64 = sqlx::query_scalar("SELECT count(*) - count(DISTINCT occurrence) FROM tasks")
        .fetch_one(&team.app.db)
        .await
        .expect("a number");
    assert_eq!(twins, 0);
}

#[tokio::test]
async fn closing_and_the_clock_at_once_make_one() {
    let mut team = team().await;
    let id = set(&mut team.manager, &DAILY).await;
    team.app.pass(TimeDelta::hours(7));
    let app = team.app.twin();
    let path = format!("/tasks/{id}/complete/");
    let (answer, job) = tokio::join!(team.manager.post(&path, &[]), bring_forth(&app));
    answer.expect_redirect();
    job.expect("the job");
    assert_eq!(dues(&mut team.manager, "/tasks/").await, ["завтра 18:00"]);
}

#[tokio::test]
async fn a_repetition_ends_where_its_rule_ends() {
    let mut team = team().await;
    let fields = [
        DAILY[0],
        DAILY[1],
        DAILY[2],
        ("repeat_end", "count"),
        ("repeat_count", "2"),
    ];
    let id = set(&mut team.manager, &fields).await;
    close(&mut team, id, "done").await;
    let next = latest(&mut team.manager).await;
    close(&mut team, next, "done").await;
    assert!(titles(&mut team.manager, "/tasks/").await.is_empty());
    team.app.pass(TimeDelta::days(5));
    bring_forth(&team.app).await.expect("nothing to do");
    assert!(titles(&mut team.manager, "/tasks/").await.is_empty());
}

#[tokio::test]
async fn weekends_are_left_out_when_that_is_wished_and_the_rule_stays_its_own() {
    let mut team = team().await;
    let fields = [
        ("title", "Сверка"),
        ("due", "27.11.2026"),
        ("repeat", "day"),
        ("repeat_off_weekend", "1"),
    ];
    let id = set(&mut team.manager, &fields).await;
    close(&mut team, id, "done").await;
    // Saturday's is due on Monday.
    assert_eq!(dues(&mut team.manager, "/tasks/").await, ["пн, 30 ноя"]);
}

#[tokio::test]
async fn one_occurrence_changes_alone() {
    let mut team = team().await;
    let id = set(&mut team.manager, &DAILY).await;
    let fields = [
        ("title", "Отчёт короткий"),
        ("due", "23.11.2026 19:00"),
        ("repeat", "day"),
        ("version", "1"),
        ("reach", "this"),
    ];
    team.manager
        .post(&format!("/tasks/{id}/edit/"), &fields)
        .await
        .expect_redirect();
    assert_eq!(dues(&mut team.manager, "/tasks/").await, ["сегодня 19:00"]);
    close(&mut team, id, "done").await;
    assert_eq!(titles(&mut team.manager, "/tasks/").await, ["Отчёт"]);
    assert_eq!(dues(&mut team.manager, "/tasks/").await, ["завтра 18:00"]);
}

#[tokio::test]
async fn this_one_and_those_to_come_change_and_what_has_been_stays() {
    let mut team = team().await;
    let first = set(&mut team.manager, &DAILY).await;
    close(&mut team, first, "done").await;
    let second = latest(&mut team.manager).await;
    let fields = [
        ("title", "Отчёт"),
        ("due", "24.11.2026 10:00"),
        ("repeat", "day"),
        ("repeat_every", "2"),
        ("version", "1"),
        ("reach", "following"),
    ];
    team.manager
        .post(&format!("/tasks/{second}/edit/"), &fields)
        .await
        .expect_redirect();
    close(&mut team, second, "done").await;
    assert_eq!(dues(&mut team.manager, "/tasks/").await, ["чт, 26 ноя 10:00"]);
    team.app.pass(TimeDelta::days(4));
    bring_forth(&team.app).await.expect("the old series has ended");
    assert_eq!(titles(&mut team.manager, "/tasks/").await.len(), 2);
    let page = shown(&mut team.manager, &format!("/tasks/{first}/")).await;
    page.expect_text("понедельник, 23 ноября 2026, 18:00");
}

#[tokio::test]
async fn all_open_ones_take_another_title_and_keep_their_days() {
    let mut team = team().await;
    let id = set(&mut team.manager, &DAILY).await;
    team.app.pass(TimeDelta::days(1));
    bring_forth(&team.app).await.expect("the next one");
    let fields = [
        ("title", "Отчёт директору"),
        ("due", "23.11.2026 18:00"),
        ("repeat", "day"),
        ("version", "1"),
        ("reach", "all"),
    ];
    team.manager
        .post(&format!("/tasks/{id}/edit/"), &fields)
        .await
        .expect_redirect();
    assert_eq!(titles(&mut team.manager, "/tasks/").await, ["Отчёт директору"; 2]);
    assert_eq!(
        dues(&mut team.manager, "/tasks/").await,
        ["вчера 18:00", "сегодня 18:00"]
    );
}

#[tokio::test]
async fn a_repetition_that_is_taken_off_ends() {
    let mut team = team().await;
    let id = set(&mut team.manager, &DAILY).await;
    let fields = [
        ("title", "Отчёт"),
        ("due", "23.11.2026 18:00"),
        ("repeat", ""),
        ("version", "1"),
        ("reach", "following"),
    ];
    team.manager
        .post(&format!("/tasks/{id}/edit/"), &fields)
        .await
        .expect_redirect();
    close(&mut team, id, "done").await;
    assert!(titles(&mut team.manager, "/tasks/").await.is_empty());
}

#[tokio::test]
async fn a_repetition_needs_a_date() {
    let mut team = team().await;
    let fields = [("title", "Отчёт"), ("repeat", "day")];
    let page = team.manager.post("/tasks/new/", &fields).await;
    page.expect(422).expect_text("Повтору нужен срок");
    assert_eq!(page.attribute("#f-title", "value").as_deref(), Some("Отчёт"));
}
