//! The card through HTTP.

use crate::policy::Role;
use crate::testing::{Client, TestApp};
use crate::values::UserId;

#[tokio::test]
async fn a_manager_reads_a_foreign_card_without_its_buttons_and_history() {
    let app = TestApp::new().await;
    let owner = app.person("owner", Role::Manager, None).await;
    app.person("reader", Role::Manager, None).await;
    let id = app.company("ООО «Ромашка»").of(&owner).create(&app).await;
    let path = format!("/companies/{id}/");
    let mut reader = app.signed_in("reader").await;
    let card = reader.get(&path).await;
    card.expect(200)
        .expect_text("ООО «Ромашка»")
        .expect_no_text("Изменения")
        .expect_no_text("Передать");
    let mut owner = app.signed_in("owner").await;
    owner.get(&path).await.expect(200).expect_text("Передать");
}

#[tokio::test]
async fn an_unknown_card_is_a_page_of_its_own() {
    let app = TestApp::new().await;
    app.person("reader", Role::Manager, None).await;
    let mut reader = app.signed_in("reader").await;
    for path in [
        "/companies/0190aaaa-0000-7000-8000-000000000000/",
        "/companies/not-an-id/",
    ] {
        reader.get(path).await.expect(404).expect_text("Страница не найдена");
    }
}

#[tokio::test]
async fn the_card_says_what_is_left_of_a_yearly_contract_and_what_time_it_is_in_the_region() {
    let app = TestApp::new().await;
    let owner = app.person("owner", Role::Manager, None).await;
    let id = app.company("ООО «Ромашка»").of(&owner).create(&app).await;
    sqlx::query("UPDATE contract_types SET is_annual = true WHERE code = 'frame'")
        .execute(&app.app.db)
        .await
        .expect("SQL");
    let region: i64 = sqlx::query_scalar("SELECT id FROM regions WHERE name = 'Свердловская область'")
        .fetch_one(&app.app.db)
        .await
        .expect("a region");
    let mut browser = app.signed_in("owner").await;
    browser
        .post(
            &format!("/companies/{id}/edit/"),
            &[
                ("name", "ООО «Ромашка»"),
                ("version", "1"),
                ("contract_type", "frame"),
                ("contract_until", "01.12.2026"),
                ("contract_amount", "69 999,50"),
                ("region", &region.to_string()),
            ],
        )
        .await
        .expect_redirect();
    let card = browser.get(&format!("/companies/{id}/")).await;
    for said in [
        "Вид договораРамочный",
        "Договор до01.12.2026 Срочно: 8 дней",
        "Сумма договора69 999,50 ₽",
        "Остаток 69 999,50 ₽",
        "Свердловская область",
        "у клиента 14:00",
    ] {
        card.expect_text(said);
    }
}

/// Texts of all entries on all pages of a feed, by its «Раньше».
async fn walked(browser: &mut Client, card: &str, query: &str) -> Vec<String> {
    let (mut entries, mut address) = (Vec::new(), format!("{card}{query}"));
    loop {
        let page = browser.get(&address).await;
        entries.extend(page.texts("#card-feed .event-text, #card-feed .event.change .event-head span"));
        let Some(older) = page.attribute("#timeline a[rel=next]", "href") else {
            return entries;
        };
        address = format!("{card}{}", older.trim_end_matches("#timeline"));
    }
}

#[tokio::test]
async fn the_timeline_is_read_to_its_end_without_a_gap_or_a_repetition() {
    let app = TestApp::new().await;
    let owner = app.person("owner", Role::SalesHead, None).await;
    let id = app.company("ООО «Ромашка»").of(&owner).create(&app).await;
    // Notes and changes of one and the same moment, more than a page of each.
    for sql in [
        "INSERT INTO notes (company_id, author_id, text, created_at)
         SELECT $1, $2, 'заметка ' || n, '2026-11-20 10:00+00' FROM generate_series(1, 40) AS n",
        "INSERT INTO audit_events (id, actor_id, verb, entity, entity_id, company_id, message, changes, at)
         SELECT gen_random_uuid(), $2, 'update', 'company', $1::text, $1, 'правка ' || n, '{}', '2026-11-20 10:00+00'
         FROM generate_series(1, 40) AS n",
    ] {
        let user = owner.user.map(|id| id.0);
        let done = sqlx::query(sql).bind(id.0).bind(user).execute(&app.app.db).await;
        done.expect("entries");
    }
    let mut browser = app.signed_in("owner").await;
    let card = format!("/companies/{id}/");
    for (query, count) in [("", 80), ("?feed=notes", 40), ("?feed=changes", 40)] {
        let mut entries = walked(&mut browser, &card, query).await;
        assert_eq!(entries.len(), count, "{query}");
        entries.sort();
        entries.dedup();
        assert_eq!(entries.len(), count, "{query}: repeated");
    }
    browser
        .get(&format!("{card}?before=nonsense&feed=nothing&person=x"))
        .await
        .expect(200)
        .expect_text("заметка 40");
}

#[tokio::test]
async fn the_timeline_of_one_person_has_the_pinned_note_in_its_place() {
    let app = TestApp::new().await;
    let owner = app.person("owner", Role::SalesHead, None).await;
    app.person("other", Role::Admin, None).await;
    let id = app.company("ООО «Ромашка»").of(&owner).create(&app).await;
    let card = format!("/companies/{id}/");
    let (mut one, mut two) = (app.signed_in("owner").await, app.signed_in("other").await);
    let add = format!("{card}notes/add/");
    one.post(&add, &[("text", "первая")]).await.expect_redirect();
    two.post(&add, &[("text", "чужая")]).await.expect_redirect();
    let pin = one
        .get(&card)
        .await
        .attribute("form[action$='/pin/']", "action")
        .expect("a pin");
    one.post(&pin, &[("pinned", "1")]).await.expect_redirect();
    let mark = format!("{card}do-not-call/");
    two.post(&mark, &[("reason", "Просили")]).await.expect_redirect();
    // What is said of calls stands in their own feed.
    app.person("caller", Role::Manager, None).await;
    sqlx::query(
        "INSERT INTO audit_events (id, actor_id, verb, entity, entity_id, company_id, message)
         SELECT gen_random_uuid(), id, 'create', 'call', '1', $1, 'Звонок' FROM users WHERE username = 'caller'",
    )
    .bind(id.0)
    .execute(&app.app.db)
    .await
    .expect("a call");
    let page = one.get(&card).await;
    let people = page.texts("#f-person option");
    assert_eq!(people, ["Все сотрудники", "other Тестов", "owner Тестов"]);
    let of = |user: Option<UserId>| format!("{card}?person={}", user.expect("a person").0);
    let own = walked(&mut one, &of(owner.user), "").await;
    assert_eq!(own.len(), 1, "{own:?}");
    let other: i64 = sqlx::query_scalar("SELECT id FROM users WHERE username = 'other'")
        .fetch_one(&app.app.db)
        .await
        .expect("a person");
    let theirs = walked(&mut one, &of(Some(UserId(other))), "").await;
    assert_eq!(theirs.len(), 2, "a note and a mark: {theirs:?}");
    let nobody = one.get(&format!("{card}?person=999")).await;
    nobody.expect_text("Этот сотрудник здесь ничего не писал и не менял.");
}

#[tokio::test]
async fn numbers_of_a_company_name_the_others_who_have_them() {
    let app = TestApp::new().await;
    app.person("owner", Role::Manager, None).await;
    let mut browser = app.signed_in("owner").await;
    let mut cards = Vec::new();
    for (name, phone) in [
        ("ООО «Ромашка»", "8 343 200-00-01"),
        ("ООО «Лютик»", "+7 (343) 200-00-01"),
        ("ООО «Мак»", "8 800 000-00-00"),
        ("ООО «Тысячелистник»", "8 800 000-00-00"),
    ] {
        let fields = [("name", name), ("phone", phone), ("confirm", "1")];
        let made = browser.post("/companies/new/", &fields).await;
        cards.push(made.expect_redirect());
    }
    let own = [("last_name", "Своя"), ("phone", "83432000001"), ("phone_kind", "work")];
    browser
        .post(&format!("{}contacts/new/", cards[0]), &own)
        .await
        .expect_redirect();
    let lone = [
        ("last_name", "Ничейная"),
        ("phone", "83432000001"),
        ("phone_kind", "work"),
    ];
    browser.post("/contacts/new/", &lone).await.expect_redirect();
    let card = browser.get(&cards[0]).await;
    assert_eq!(card.texts("#cell-phone .also a"), ["Ничейная", "ООО «Лютик»"]);
    let link = card.attribute("#cell-phone .also a[href^='/companies/']", "href");
    assert_eq!(link.as_deref(), Some(cards[1].as_str()));
    let names = browser.get(&cards[1]).await.texts("#cell-phone .also a");
    assert_eq!(names, ["Своя, ООО «Ромашка»", "Ничейная", "ООО «Ромашка»"]);
    // A number that nobody can be reached by is nobody's.
    assert!(browser.get(&cards[2]).await.texts("#cell-phone .also").is_empty());
}
