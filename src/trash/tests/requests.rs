//! Asking and deciding.

use super::office;
use crate::policy::Role;

#[tokio::test]
async fn a_manager_asks_and_the_director_of_the_branch_grants() {
    let office = office().await;
    let id = office.full_card("ООО «Ромашка»").await;
    let card = format!("/companies/{id}/");
    let mut manager = office.app.signed_in("ivanova").await;
    manager.get(&card).await.expect(200).expect_text("Запросить удаление");
    let form = format!("{card}delete-request/");
    manager
        .get(&form)
        .await
        .expect(200)
        .expect_text("2 контакта, 5 заметок");
    let answer = manager.post(&form, &[("note", "  ")]).await;
    answer.expect(422).expect_text("Напишите, почему компанию пора удалить");
    let long = "а".repeat(502);
    let answer = manager.post(&form, &[("note", &long)]).await;
    answer
        .expect(422)
        .expect_text("Длиннее 500 знаков: 2 лишних знака")
        .expect_text(&long);
    assert_eq!(
        manager.post(&form, &[("note", "Это дубль")]).await.expect_redirect(),
        card
    );
    assert_eq!(
        manager.post(&form, &[("note", "Это дубль")]).await.expect_redirect(),
        card
    );
    assert_eq!(office.value("SELECT count(*) FROM deletion_requests").await, "1");
    manager
        .get(&card)
        .await
        .expect_text("Ждёт решения об удалении")
        .expect_text("Отозвать запрос")
        .expect_no_text("Рассмотреть");

    let mut director = office.app.signed_in("director").await;
    let list = director.get("/companies/deletions/").await;
    list.expect(200).expect_text("ООО «Ромашка»").expect_text("Это дубль");
    let request = list.attribute("a.row-link", "href").expect("a request");
    director.get(&request).await.expect(200).expect_text("Это дубль");
    let answer = director.post(&format!("{request}approve/"), &[]).await;
    answer.expect(422).expect_text("Поставьте отметку");
    director
        .post(&format!("{request}approve/"), &[("sure", "1")])
        .await
        .expect_redirect();
    director.get(&card).await.expect(404);
    director
        .get("/companies/deletions/")
        .await
        .expect_text("Ничего не ждёт решения");
    let decided = "SELECT request.status || ' ' || person.username FROM deletion_requests AS request JOIN users AS person ON person.id = decided_by";
    assert_eq!(office.value(decided).await, "approved director");
    // The second press of the button says what has become of it.
    let again = director.post(&format!("{request}approve/"), &[("sure", "1")]).await;
    assert_eq!(again.expect_redirect(), "/companies/deletions/");
}

#[tokio::test]
async fn whoever_is_refused_reads_why() {
    let office = office().await;
    let id = office.full_card("Лютик").await;
    let card = format!("/companies/{id}/");
    let mut manager = office.app.signed_in("ivanova").await;
    manager
        .post(&format!("{card}delete-request/"), &[("note", "Не звонят")])
        .await
        .expect_redirect();
    let request = office.value("SELECT id FROM deletion_requests").await;
    let request = format!("{card}delete-request/{request}/");
    let mut director = office.app.signed_in("director").await;
    let answer = director.post(&format!("{request}cancel/"), &[]).await;
    answer.expect(422).expect_text("Напишите, почему отказываете");
    let fields = [("decision_note", "Договор в работе")];
    assert_eq!(
        director
            .post(&format!("{request}cancel/"), &fields)
            .await
            .expect_redirect(),
        card
    );
    manager
        .get(&card)
        .await
        .expect_text("Запрос на удаление отклонён")
        .expect_text("Договор в работе");
    director
        .post(&format!("{request}approve/"), &[("sure", "1")])
        .await
        .expect(409);
    director.get(&card).await.expect(200);
}

#[tokio::test]
async fn a_request_is_taken_back_by_its_author_and_then_asked_anew() {
    let office = office().await;
    let id = office.full_card("Лютик").await;
    let ask = format!("/companies/{id}/delete-request/");
    let mut manager = office.app.signed_in("ivanova").await;
    manager.post(&ask, &[("note", "Дубль")]).await.expect_redirect();
    let request = office.value("SELECT id FROM deletion_requests").await;
    manager
        .post(&format!("{ask}{request}/withdraw/"), &[])
        .await
        .expect_redirect();
    manager
        .post(&format!("{ask}{request}/withdraw/"), &[])
        .await
        .expect(409);
    manager
        .post(&ask, &[("note", "Всё-таки дубль")])
        .await
        .expect_redirect();
    assert_eq!(
        office
            .value("SELECT string_agg(status, ' ' ORDER BY id) FROM deletion_requests")
            .await,
        "withdrawn pending"
    );
}

#[tokio::test]
async fn a_director_sees_only_the_requests_of_the_own_branch() {
    let office = office().await;
    office.full_card("Здешняя").await;
    let there = office.app.branch("tmn").await;
    let stranger = office.app.person("stranger", Role::Manager, Some(there)).await;
    let foreign = office.app.company("Чужая").of(&stranger).create(&office.app).await;
    let mut stranger = office.app.signed_in("stranger").await;
    let ask = format!("/companies/{foreign}/delete-request/");
    stranger.post(&ask, &[("note", "Дубль")]).await.expect_redirect();
    let mut director = office.app.signed_in("director").await;
    director.get("/companies/deletions/").await.expect_no_text("Чужая");
    let mut admin = office.admin;
    admin.get("/companies/deletions/").await.expect_text("Чужая");
}

#[tokio::test]
async fn deleting_at_once_grants_the_request_that_waits() {
    let mut office = office().await;
    let id = office.full_card("Лютик").await;
    let mut manager = office.app.signed_in("ivanova").await;
    let ask = format!("/companies/{id}/delete-request/");
    manager.post(&ask, &[("note", "Дубль")]).await.expect_redirect();
    let page = office.admin.get(&format!("/companies/{id}/delete/")).await;
    page.expect(200).expect_text("Об этом просят").expect_text("Дубль");
    office.delete(id).await;
    assert_eq!(office.value("SELECT status FROM deletion_requests").await, "approved");
}
