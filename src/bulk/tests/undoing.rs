use chrono::TimeDelta;

use super::{office, verdicts};
use crate::policy::Role;

#[tokio::test]
async fn within_an_hour_everything_is_as_before_but_for_what_was_touched() {
    let mut office = office().await;
    let ids = [
        office.mine("Айва").await,
        office.mine("Берёза").await,
        office.mine("Верба").await,
    ];
    office
        .execute(format!(
            "UPDATE companies SET status_id = 3 WHERE id IN ('{}', '{}')",
            ids[0], ids[2]
        ))
        .await;
    let act = office.prepare(&ids, &[("kind", "status"), ("status", "2")]).await;
    office
        .browser
        .post(&format!("{act}undo/"), &[])
        .await
        .expect(409)
        .expect_text("ещё не выполнено");
    office.press(&act, "run").await;
    office
        .execute(format!(
            "UPDATE companies SET address = 'Пермь', version = version + 1 WHERE id = '{}'",
            ids[2]
        ))
        .await;
    office.app.pass(TimeDelta::minutes(59));
    let undone = office.press(&act, "undo").await;
    assert_eq!(verdicts(&undone), ["Возвращены 2", "Менялись после 1"]);
    undone
        .expect_text("изменили ещё раз, поэтому она оставлена")
        .expect_text("Оставлены как есть: 1 компания");
    assert_eq!(
        office
            .value("SELECT string_agg(name || COALESCE(status_id, 0), ' ' ORDER BY name) FROM companies")
            .await,
        "Айва3 Берёза0 Верба2"
    );
    // The second press does nothing more.
    office.press(&act, "undo").await;
    assert_eq!(
        office
            .value("SELECT count(*) FROM audit_events WHERE verb = 'undo'")
            .await,
        "3",
        "two companies and the act"
    );
}

#[tokio::test]
async fn whoever_gave_companies_away_may_still_take_them_back() {
    let mut office = office().await;
    let one = office.mine("Айва").await;
    let to = office.petrov.user.unwrap().to_string();
    let act = office.prepare(&[one], &[("kind", "give"), ("to", &to)]).await;
    office.press(&act, "run").await;
    let mut petrov = office.app.signed_in("petrov").await;
    petrov.post(&format!("{act}undo/"), &[]).await.expect(403);
    let undone = office.press(&act, "undo").await;
    assert_eq!(verdicts(&undone), ["Возвращены 1"]);
    assert_eq!(
        office
            .value("SELECT person.username || branch.name FROM companies AS company JOIN users AS person ON person.id = responsible_id JOIN branches AS branch ON branch.id = company.branch_id")
            .await,
        "ivanovaekb"
    );
}

#[tokio::test]
async fn later_than_an_hour_it_stays() {
    let mut office = office().await;
    let one = office.mine("Айва").await;
    let act = office.prepare(&[one], &[("kind", "status"), ("status", "2")]).await;
    office.press(&act, "run").await;
    office.app.pass(TimeDelta::minutes(61));
    office.browser.get(&act).await.expect_no_text("Отменить действие");
    let late = office.browser.post(&format!("{act}undo/"), &[]).await;
    late.expect(409).expect_text("Прошло больше часа");
    assert_eq!(office.value("SELECT status_id FROM companies").await, "2");
}

#[tokio::test]
async fn a_former_status_that_is_gone_leaves_the_company_as_it_is() {
    let mut office = office().await;
    let one = office.mine("Айва").await;
    office
        .execute(
            "INSERT INTO company_statuses (id, name, position) VALUES (77, 'Бывший', 77);
             UPDATE companies SET status_id = 77"
                .to_owned(),
        )
        .await;
    let act = office.prepare(&[one], &[("kind", "status"), ("status", "2")]).await;
    office.press(&act, "run").await;
    office
        .execute("DELETE FROM company_statuses WHERE id = 77".to_owned())
        .await;
    let undone = office.press(&act, "undo").await;
    assert_eq!(verdicts(&undone), ["Вернуть нечего 1"]);
    undone.expect_text("больше нет в справочнике");
    assert_eq!(office.value("SELECT status_id FROM companies").await, "2");
}

#[tokio::test]
async fn an_administrator_takes_back_what_others_did() {
    let mut office = office().await;
    let one = office.mine("Айва").await;
    let act = office.prepare(&[one], &[("kind", "status"), ("status", "2")]).await;
    office.app.person("admin", Role::Admin, None).await;
    let mut admin = office.app.signed_in("admin").await;
    admin
        .get(&act)
        .await
        .expect(403)
        .expect_text("выполняет тот, кто его подготовил");
    office.press(&act, "run").await;
    admin.post(&format!("{act}undo/"), &[]).await.expect_redirect();
    admin
        .get(&act)
        .await
        .expect_text("admin Тестов")
        .expect_text("Возвращены");
    assert_eq!(office.value("SELECT status_id FROM companies").await, "");
}

#[tokio::test]
async fn old_drafts_go_after_a_day_and_done_acts_after_a_month() {
    let mut office = office().await;
    let one = office.mine("Айва").await;
    let wish = [("kind", "status"), ("status", "2")];
    let done = office.prepare(&[one], &wish).await;
    office.press(&done, "run").await;
    office.prepare(&[one], &wish).await;
    let count = "SELECT count(*) || ' ' || (SELECT count(*) FROM bulk_rows) FROM bulk_acts";
    for (hours, left) in [(23, "2 2"), (2, "1 1"), (24 * 28, "1 1"), (48, "0 0")] {
        office.app.pass(TimeDelta::hours(hours));
        crate::bulk::clean(&office.app).await.expect("cleaning");
        assert_eq!(office.value(count).await, left, "{hours} hours later");
    }
}

#[tokio::test]
async fn a_company_of_an_act_goes_to_the_trash_and_comes_back_into_it() {
    let mut office = office().await;
    let one = office.mine("Айва").await;
    let act = office.prepare(&[one], &[("kind", "status"), ("status", "2")]).await;
    office.press(&act, "run").await;
    office.app.person("admin", Role::Admin, None).await;
    let mut admin = office.app.signed_in("admin").await;
    let sure = [("reason", "Дубль"), ("sure", "1")];
    admin
        .post(&format!("/companies/{one}/delete/"), &sure)
        .await
        .expect_redirect();
    assert_eq!(office.value("SELECT count(*) FROM bulk_rows").await, "0");
    office.browser.get(&act).await.expect(200).expect_text("Здесь пусто");
    let item = office.value("SELECT id FROM trash").await;
    admin
        .post(&format!("/settings/trash/{item}/restore/"), &[])
        .await
        .expect_redirect();
    let undone = office.press(&act, "undo").await;
    assert_eq!(verdicts(&undone), ["Возвращены 1"]);
}

#[tokio::test]
async fn what_was_merged_meanwhile_comes_back_as_what_took_over() {
    let mut office = office().await;
    office.app.person("admin", Role::Admin, None).await;
    let one = office.mine("Айва").await;
    office
        .execute(format!("UPDATE companies SET status_id = 3 WHERE id = '{one}'"))
        .await;
    let act = office.prepare(&[one], &[("kind", "status"), ("status", "2")]).await;
    office.press(&act, "run").await;
    let mut admin = office.app.signed_in("admin").await;
    admin
        .post("/settings/dictionaries/statuses/3/remove/", &[("to", "4")])
        .await
        .expect_redirect();
    let undone = office.press(&act, "undo").await;
    assert_eq!(verdicts(&undone), ["Возвращены 1"]);
    assert_eq!(office.value("SELECT status_id FROM companies").await, "4");
}
