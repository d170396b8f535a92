//! What others do, and who hears of it.

use super::{id, office};
use crate::policy::Role;

#[tokio::test]
async fn a_company_that_is_given_away_is_told_to_its_new_owner() {
    let office = office().await;
    let company = office.company("Ромашка", &office.ivanova).await;
    let mut ivanova = office.browser("ivanova").await;
    let to = id(&office.petrov).to_string();
    let address = format!("/companies/{company}/transfer/");
    ivanova
        .post(&address, &[("responsible_id", &to)])
        .await
        .expect_redirect();
    assert_eq!(
        office.told(&office.petrov).await,
        [format!("Вам передали компанию | Ромашка | /companies/{company}/")]
    );
    assert_eq!(office.told(&office.ivanova).await, [""; 0]);
    // A director takes it: nobody tells oneself.
    let mut director = office.browser("director").await;
    let to = id(&office.director).to_string();
    director
        .post(&address, &[("responsible_id", &to)])
        .await
        .expect_redirect();
    assert_eq!(office.told(&office.director).await, [""; 0]);
    // Whoever had it is told who has it now.
    assert_eq!(
        office.told(&office.petrov).await[1..],
        [format!(
            "Вашу компанию передали другому | Ромашка → director Тестов | /companies/{company}/"
        )]
    );
}

#[tokio::test]
async fn those_whose_companies_are_given_away_in_bulk_are_told_once_each_and_it_is_taken_back_with_them() {
    let office = office().await;
    let mut ids = Vec::new();
    for name in ["Айва", "Вишня"] {
        ids.push(office.company(name, &office.ivanova).await.to_string());
    }
    ids.push(office.company("Груша", &office.petrov).await.to_string());
    ids.push(office.company("Дыня", &office.director).await.to_string());
    let mut director = office.browser("director").await;
    let to = id(&office.petrov).to_string();
    let mut fields: Vec<(&str, &str)> = ids.iter().map(|id| ("id", id.as_str())).collect();
    fields.extend([("asked", "1"), ("kind", "give"), ("to", to.as_str())]);
    let act = director.post("/companies/bulk/", &fields).await.expect_redirect();
    director.post(&format!("{act}run/"), &[]).await.expect_redirect();
    let list = format!("/companies/?responsible={to}");
    assert_eq!(
        office.told(&office.ivanova).await,
        [format!(
            "Ваши компании передали другому | Количество: 2. Теперь отвечает petrov Тестов | {list}"
        )]
    );
    assert_eq!(
        office.told(&office.petrov).await,
        [format!("Вам передали компании | Количество: 3 | {list}")]
    );
    assert_eq!(office.told(&office.director).await, [""; 0], "nobody tells oneself");
    director.post(&format!("{act}undo/"), &[]).await.expect_redirect();
    for person in [&office.ivanova, &office.petrov] {
        assert_eq!(office.told(person).await, [""; 0]);
    }
}

#[tokio::test]
async fn many_companies_are_told_as_one_number_and_taken_back_with_them() {
    let office = office().await;
    let mut ids = Vec::new();
    for name in ["Айва", "Вишня", "Груша"] {
        ids.push(office.company(name, &office.ivanova).await.to_string());
    }
    let mut ivanova = office.browser("ivanova").await;
    let to = id(&office.petrov).to_string();
    let mut fields: Vec<(&str, &str)> = ids.iter().map(|id| ("id", id.as_str())).collect();
    fields.extend([("asked", "1"), ("kind", "give"), ("to", to.as_str())]);
    let act = ivanova.post("/companies/bulk/", &fields).await.expect_redirect();
    ivanova.post(&format!("{act}run/"), &[]).await.expect_redirect();
    ivanova.post(&format!("{act}run/"), &[]).await.expect_redirect();
    assert_eq!(
        office.told(&office.petrov).await,
        [format!(
            "Вам передали компании | Количество: 3 | /companies/?responsible={to}"
        )]
    );
    ivanova.post(&format!("{act}undo/"), &[]).await.expect_redirect();
    assert_eq!(office.told(&office.petrov).await, [""; 0]);
}

#[tokio::test]
async fn a_note_of_somebody_else_is_told_to_whoever_is_responsible() {
    let office = office().await;
    let company = office.company("Ромашка", &office.petrov).await;
    let address = format!("/companies/{company}/notes/add/");
    let long = format!("Просили {}", "перезвонить ".repeat(30));
    let mut petrov = office.browser("petrov").await;
    petrov.post(&address, &[("text", "Сам себе")]).await.expect_redirect();
    assert_eq!(office.told(&office.petrov).await, [""; 0]);
    let mut ivanova = office.browser("ivanova").await;
    ivanova.post(&address, &[("text", &long)]).await.expect_redirect();
    let told = office.told(&office.petrov).await;
    assert_eq!(told.len(), 1);
    let parts: Vec<_> = told[0].split(" | ").collect();
    assert_eq!(
        (parts[0], parts[2]),
        ("Новая заметка по компании", format!("/companies/{company}/").as_str())
    );
    assert!(parts[1].starts_with("Ромашка: Просили перезвонить"), "{}", parts[1]);
    assert!(
        parts[1].chars().count() <= 180 + "Ромашка: ".chars().count(),
        "{}",
        parts[1]
    );
    // A note that is gone is told no more.
    let note: i64 = sqlx::query_scalar("SELECT max(id) FROM notes")
        .fetch_one(&office.app.db)
        .await
        .expect("a note");
    let address = format!("/companies/{company}/notes/{note}/delete/");
    ivanova.post(&address, &[]).await.expect_redirect();
    assert_eq!(office.told(&office.petrov).await, [""; 0]);
    // Nobody's company: nobody to tell.
    let nobodys = office.app.company("Ничья").create(&office.app).await;
    let address = format!("/companies/{nobodys}/notes/add/");
    ivanova
        .post(&address, &[("text", "Кто здесь?")])
        .await
        .expect_redirect();
}

#[tokio::test]
async fn a_file_alone_is_told_as_one() {
    let office = office().await;
    let company = office.company("Ромашка", &office.petrov).await;
    let mut ivanova = office.browser("ivanova").await;
    let address = format!("/companies/{company}/notes/add/");
    let answer = ivanova.post_files(&address, &[], &[("счёт.txt", b"1")]).await;
    answer.expect_redirect();
    assert_eq!(
        office.told(&office.petrov).await,
        [format!(
            "Новая заметка по компании | Ромашка: Вложение | /companies/{company}/"
        )]
    );
}

#[tokio::test]
async fn wishes_to_delete_go_to_the_heads_and_decisions_come_back() {
    let office = office().await;
    let deputy = office.app.person("deputy", Role::SalesHead, Some(office.here)).await;
    let company = office.company("Ромашка", &office.ivanova).await;
    let card = format!("/companies/{company}/");
    let ask = format!("{card}delete-request/");
    let mut ivanova = office.browser("ivanova").await;
    let mut director = office.browser("director").await;
    ivanova.post(&ask, &[("note", "Дубль")]).await.expect_redirect();
    let asked = format!("Запрос на удаление компании | Ромашка. Причина: Дубль | {card}");
    assert_eq!(office.told(&office.director).await, [asked.as_str()]);
    assert_eq!(office.told(&deputy).await, [asked.as_str()]);
    assert_eq!(office.told(&office.admin).await, [""; 0]);
    let request = |page: &crate::testing::Answer| page.attribute("a.row-link", "href").expect("a request");
    let first = request(&director.get("/companies/deletions/").await);
    let reason = [("decision_note", "Ещё нужна")];
    director
        .post(&format!("{first}cancel/"), &reason)
        .await
        .expect_redirect();
    assert_eq!(
        office.told(&deputy).await,
        [format!("({asked})")],
        "nothing to decide any more"
    );
    let refused = format!("Запрос на удаление отклонён | Ромашка. Причина: Ещё нужна | {card}");
    assert_eq!(office.told(&office.ivanova).await, [refused.as_str()]);
    // Taken back: nobody needs to know.
    ivanova.post(&ask, &[("note", "Пустая")]).await.expect_redirect();
    let second = request(&director.get("/companies/deletions/").await);
    ivanova.post(&format!("{second}withdraw/"), &[]).await.expect_redirect();
    assert_eq!(office.told(&deputy).await.len(), 1);
    ivanova.post(&ask, &[("note", "Дубль")]).await.expect_redirect();
    let third = request(&director.get("/companies/deletions/").await);
    director
        .post(&format!("{third}approve/"), &[("sure", "1")])
        .await
        .expect_redirect();
    let granted = "Запрос на удаление подтверждён | Ромашка | /companies/?all=1";
    assert_eq!(office.told(&office.ivanova).await, [refused.as_str(), granted]);
}

#[tokio::test]
async fn a_deleted_head_organisation_is_told_to_the_heads_and_an_erased_one_leaves_no_word() {
    let office = office().await;
    let head = office.company("Ель", &office.ivanova).await;
    let twig = office.company("Ветка", &office.ivanova).await;
    office
        .execute(format!(
            "UPDATE companies SET head_company_id = '{head}' WHERE id = '{twig}'"
        ))
        .await;
    let mut admin = office.browser("admin").await;
    let fields = [("reason", "Закрылась"), ("sure", "1")];
    admin
        .post(&format!("/companies/{head}/delete/"), &fields)
        .await
        .expect_redirect();
    assert_eq!(
        office.told(&office.director).await,
        ["Удалена головная организация | Ель: 1 компания стала самостоятельной | /companies/?all=1"]
    );
    let trashed: uuid::Uuid = sqlx::query_scalar("SELECT id FROM trash")
        .fetch_one(&office.app.db)
        .await
        .expect("a record");
    let erase = format!("/settings/trash/{trashed}/erase/");
    admin.post(&erase, &[("name", "Ель")]).await.expect_redirect();
    assert_eq!(office.told(&office.director).await, [""; 0]);
}

#[tokio::test]
async fn administrators_hear_of_whoever_reads_too_much() {
    let office = office().await;
    office
        .execute("UPDATE reading_limits SET per_hour = 5".to_owned())
        .await;
    let mut petrov = office.browser("petrov").await;
    for number in 0..7 {
        let company = office.company(&format!("Ромашка {number}"), &office.petrov).await;
        petrov.get(&format!("/companies/{company}/")).await;
    }
    let link = "/settings/security/reading/";
    assert_eq!(
        office.told(&office.admin).await,
        [
            format!("Предупреждение безопасности | petrov Тестов: близко к пределу чтения за час: 4 карточки | {link}"),
            format!(
                "Предупреждение безопасности | petrov Тестов: предел чтения за час: 5 карточек, новые не открываются | {link}"
            ),
        ]
    );
    assert_eq!(office.told(&office.petrov).await, [""; 0]);
}
