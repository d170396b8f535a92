//! «Не звонить» of people.

use super::scene;
use crate::contacts::paths;

#[tokio::test]
async fn the_mark_is_set_with_a_reason_seen_everywhere_and_taken_off() {
    let scene = scene().await;
    let mut olga = scene.app.signed_in("olga").await;
    let anna = scene.contact(&mut olga, &[("last_name", "Белозёрова")]).await;
    let (path, show) = (paths::do_not_call(anna), paths::show(anna));
    olga.get(&path)
        .await
        .expect(200)
        .expect_text("Почему этому человеку не звонят");
    let sent = [("reason", "Просила писать"), ("seen", "")];
    assert_eq!(olga.post(&path, &sent).await.expect_redirect(), show);
    for page in [&show, &paths::edit(anna), &crate::companies::paths::show(scene.company)] {
        let page = olga.get(page).await;
        page.expect(200).expect_text("Не звонить").expect_text("Просила писать");
    }
    for page in ["/contacts/", "/search/?q=белозёрова"] {
        let title = olga.get(page).await.attribute(".badge.danger", "title");
        assert_eq!(title.as_deref(), Some("Не звонить: Просила писать"), "{page}");
    }
    let other = [("reason", "Уволилась"), ("seen", "Просила писать")];
    olga.post(&path, &other).await.expect_redirect();
    let late = olga.post(&path, &[("reason", "Моя"), ("seen", "Просила писать")]).await;
    late.expect(409);
    assert_eq!(late.texts("td.mine"), ["Моя"]);
    assert_eq!(late.texts("td.theirs"), ["Уволилась"]);
    let clear = format!("{path}clear/");
    olga.post(&clear, &[("seen", "Моя")]).await.expect_redirect();
    olga.get(&show)
        .await
        .expect_text("изменил кто-то другой")
        .expect_text("Уволилась");
    olga.post(&clear, &[("seen", "Уволилась")]).await.expect_redirect();
    olga.get(&show).await.expect_text("снята").expect_no_text("Уволилась");
    let logged: Vec<(String, String)> = sqlx::query_as(
        "SELECT message, changes ->> 'do_not_call' FROM audit_events
         WHERE entity = 'contact' AND verb = 'update' AND company_id IS NOT NULL ORDER BY at, id",
    )
    .fetch_all(&scene.app.db)
    .await
    .unwrap();
    let messages: Vec<_> = logged.iter().map(|(message, _)| message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "Поставлена отметка «Не звонить» у контакта «Белозёрова»",
            "Изменена причина отметки «Не звонить» у контакта «Белозёрова»",
            "Снята отметка «Не звонить» у контакта «Белозёрова»"
        ]
    );
    assert_eq!(logged[1].1, r#"{"new": "Уволилась", "old": "Просила писать"}"#);
}

#[tokio::test]
async fn a_reason_is_needed_and_has_an_end() {
    let scene = scene().await;
    let lone = scene.lone("Ничейная", "").await;
    let mut olga = scene.app.signed_in("olga").await;
    let path = paths::do_not_call(lone);
    let empty = olga.post(&path, &[("reason", " ")]).await;
    empty
        .expect(422)
        .expect_text("Напишите, почему этому человеку не звонят.");
    let words = "я".repeat(301);
    let refused = olga.post(&path, &[("reason", words.as_str())]).await;
    refused.expect(422).expect_text("1 лишний знак");
    olga.post(&path, &[("reason", "Просила")]).await.expect_redirect();
    // Who may not change a person without a company does not mark one.
    let mut colleague = scene.app.signed_in("colleague").await;
    for path in [path.clone(), format!("{path}clear/")] {
        let refused = colleague.post(&path, &[("reason", "Нет"), ("seen", "Просила")]).await;
        refused
            .expect(403)
            .expect_text("тот, кто его создал или вывел из компании");
    }
    colleague
        .get(&paths::show(lone))
        .await
        .expect_text("Просила")
        .expect_no_text("Снять отметку");
}

#[tokio::test]
async fn the_mark_goes_with_a_person_to_the_trash_and_back() {
    let scene = scene().await;
    let lone = scene.lone("Ничейная", "").await;
    let mut admin = scene.app.signed_in("admin").await;
    let sent = [("reason", "Просила")];
    admin.post(&paths::do_not_call(lone), &sent).await.expect_redirect();
    admin.post(&paths::delete(lone), &[]).await.expect_redirect();
    let item: uuid::Uuid = sqlx::query_scalar("SELECT id FROM trash")
        .fetch_one(&scene.app.db)
        .await
        .unwrap();
    admin
        .post(&format!("/settings/trash/{item}/restore/"), &[])
        .await
        .expect_redirect();
    let back = admin.get(&paths::show(lone)).await;
    back.expect(200).expect_text("Просила").expect_text("admin Тестов");
}
