//! The pages of contacts: rights, two people at once, double submits, what the card shows.

use sqlx::Row as _;

use super::scene;
use crate::contacts::paths;
use crate::values::{CompanyId, ContactId};

const ANNA: [(&str, &str); 10] = [
    ("last_name", "Белозёрова"),
    ("first_name", "Анна"),
    ("position", "Снабжение"),
    ("phone", "8 912 345-67-89"),
    ("phone_kind", "mobile"),
    ("phone_comment", "после 18:00"),
    ("email", "anna@example.ru"),
    ("email_kind", "personal"),
    ("email_comment", ""),
    ("version", "1"),
];

#[tokio::test]
async fn a_contact_with_its_phones_and_emails_stands_on_the_card() {
    let scene = scene().await;
    let mut browser = scene.app.signed_in("olga").await;
    let id = scene.contact(&mut browser, &ANNA).await;
    let card = scene.shown(true).await;
    for expected in [
        "Белозёрова Анна",
        "href=\"tel:+79123456789\"",
        "+7 (912) 345-67-89",
        "мобильный · после 18:00",
        "href=\"mailto:anna@example.ru\"",
        &paths::edit(id),
    ] {
        assert!(card.contains(expected), "{expected} is not in {card}");
    }
    assert!(!scene.shown(false).await.contains(&paths::edit(id)));
    let form = browser.get(&paths::edit(id)).await;
    assert_eq!(
        form.attribute("input[name=phone]", "value").unwrap(),
        "+7 (912) 345-67-89"
    );
    assert_eq!(
        form.attribute("select[name=phone_kind] option[selected]", "value")
            .unwrap(),
        "mobile"
    );
    // The written row and two spare ones, without any script.
    assert_eq!(form.texts("[data-repeat-rows] select[name=phone_kind]").len(), 3);
}

#[tokio::test]
async fn a_new_contact_is_found_by_the_search_and_stands_in_the_journal() {
    let scene = scene().await;
    let mut browser = scene.app.signed_in("olga").await;
    let id = scene.contact(&mut browser, &ANNA).await;
    let sql = "SELECT search @@ '''белозерова'' & ''9123456789''' FROM companies WHERE id = $1";
    let found: bool = sqlx::query_scalar(sql)
        .bind(scene.company.0)
        .fetch_one(&scene.app.db)
        .await
        .unwrap();
    assert!(found);
    let sent = [("last_name", "Белозёрова"), ("first_name", "Анна"), ("version", "1")];
    browser.post(&paths::edit(id), &sent).await.expect_redirect();
    let sql = "SELECT verb, company_id, changes FROM audit_events WHERE entity = 'contact' ORDER BY id";
    let events = sqlx::query(sql).fetch_all(&scene.app.db).await.unwrap();
    let verbs: Vec<String> = events.iter().map(|row| row.get("verb")).collect();
    assert_eq!(verbs, ["create", "update"]);
    assert_eq!(events[1].get::<uuid::Uuid, _>("company_id"), scene.company.0);
    let changes: serde_json::Value = events[1].get("changes");
    assert_eq!(changes["phones"]["old"], "+7 (912) 345-67-89 (мобильный, после 18:00)");
    assert_eq!(changes["phones"]["new"], "");
    assert_eq!(changes.get("last_name"), None);
}

#[tokio::test]
async fn only_those_who_may_change_the_company_add_and_change_its_contacts() {
    let scene = scene().await;
    let mut browser = scene.app.signed_in("olga").await;
    let id = scene.contact(&mut browser, &ANNA).await;
    let cases = [
        ("olga", true),
        ("head", true),
        ("director", true),
        ("group", true),
        ("admin", true),
        ("colleague", false),
        ("foreign_head", false),
        ("foreign_director", false),
    ];
    for (username, is_allowed) in cases {
        let mut browser = scene.app.signed_in(username).await;
        let (page, saved) = if is_allowed { (200, 303) } else { (403, 403) };
        browser.get(&paths::new(scene.company)).await.expect(page);
        browser.get(&paths::edit(id)).await.expect(page);
        browser
            .post(&paths::new(scene.company), &[("last_name", username)])
            .await
            .expect(saved);
        let version = scene.version(id).await.to_string();
        let sent = [("last_name", username), ("version", &version)];
        browser.post(&paths::edit(id), &sent).await.expect(saved);
        let sql = "SELECT count(*) FROM contacts WHERE last_name = $1";
        let written: i64 = sqlx::query_scalar(sql)
            .bind(username)
            .fetch_one(&scene.app.db)
            .await
            .unwrap();
        assert_eq!(written, if is_allowed { 2 } else { 0 }, "{username}");
    }
}

#[tokio::test]
async fn a_contact_without_a_company_is_changed_by_its_creator_and_those_above_all_branches() {
    let scene = scene().await;
    let id = ContactId::new();
    sqlx::query("INSERT INTO contacts (id, last_name, created_by) VALUES ($1, 'Ничей', $2)")
        .bind(id.0)
        .bind(scene.owner.user.map(|user| user.0))
        .execute(&scene.app.db)
        .await
        .unwrap();
    for (username, status) in [
        ("olga", 200),
        ("group", 200),
        ("admin", 200),
        ("colleague", 403),
        ("head", 403),
    ] {
        scene
            .app
            .signed_in(username)
            .await
            .get(&paths::edit(id))
            .await
            .expect(status);
    }
    let mut browser = scene.app.signed_in("olga").await;
    let sent = [("last_name", "Мой"), ("version", "1")];
    assert_eq!(
        browser.post(&paths::edit(id), &sent).await.expect_redirect(),
        paths::show(id)
    );
    let mut colleague = scene.app.signed_in("colleague").await;
    colleague
        .post(&paths::edit(id), &[("last_name", "Чужой"), ("version", "2")])
        .await
        .expect(403);
    assert_eq!(scene.version(id).await, 2);
}

#[tokio::test]
async fn the_second_of_two_saves_shows_both_texts_and_loses_none() {
    let scene = scene().await;
    let mut olga = scene.app.signed_in("olga").await;
    let id = scene.contact(&mut olga, &ANNA).await;
    let mut head = scene.app.signed_in("head").await;
    let theirs = [
        ("last_name", "Белозёрова"),
        ("position", "Главный инженер"),
        ("version", "1"),
    ];
    head.post(&paths::edit(id), &theirs).await.expect_redirect();
    let mine = [
        ("last_name", "Белозёрова"),
        ("position", "Директор"),
        ("status", "решает"),
        ("version", "1"),
    ];
    let page = olga.post(&paths::edit(id), &mine).await;
    page.expect(409)
        .expect_text("изменил кто-то другой")
        .expect_text("Главный инженер");
    assert_eq!(page.texts(".mine .version-text"), ["Директор", "решает"]);
    assert_eq!(page.texts(".theirs .version-text"), ["Главный инженер", "пусто"]);
    let carried = page.attribute("input[name=position]", "value").unwrap();
    assert_eq!(carried, "Директор");
    // A mix: their post, my words.
    let version = page.attribute("input[name=version]", "value").unwrap();
    let mut mix = mine.to_vec();
    mix.retain(|(name, _)| *name != "version");
    mix.extend([("version", version.as_str()), ("take-position", "theirs")]);
    olga.post(&paths::edit(id), &mix).await.expect_redirect();
    let both = scene.shown(true).await;
    assert!(both.contains("Главный инженер") && both.contains("решает"), "{both}");
    // Having seen both, one may mean one's own.
    let version = olga
        .get(&paths::edit(id))
        .await
        .attribute("input[name=version]", "value")
        .unwrap();
    let again = [
        ("last_name", "Белозёрова"),
        ("position", "Директор"),
        ("version", version.as_str()),
    ];
    olga.post(&paths::edit(id), &again).await.expect_redirect();
    assert!(scene.shown(true).await.contains("Директор"));
}

#[tokio::test]
async fn the_same_edit_sent_twice_is_one_edit() {
    let scene = scene().await;
    let mut olga = scene.app.signed_in("olga").await;
    let id = scene.contact(&mut olga, &ANNA).await;
    let sent = [("last_name", "Белозёрова-Тихая"), ("version", "1")];
    olga.post(&paths::edit(id), &sent).await.expect_redirect();
    olga.post(&paths::edit(id), &sent).await.expect_redirect();
    assert_eq!(scene.version(id).await, 2);
}

#[tokio::test]
async fn one_form_sent_twice_makes_one_contact_but_other_words_make_another() {
    let scene = scene().await;
    let mut browser = scene.app.signed_in("olga").await;
    let key = browser
        .get(&paths::new(scene.company))
        .await
        .attribute("input[name=form_key]", "value")
        .unwrap();
    let form = |name: &'static str| [("last_name", name), ("form_key", key.as_str())];
    let (anna, pyotr) = (form("Анна"), form("Пётр"));
    let path = paths::new(scene.company);
    let mut twin = browser.moved_to(&scene.app.twin());
    let (first, second) = tokio::join!(browser.post(&path, &anna), twin.post(&path, &anna));
    first.expect_redirect();
    second.expect_redirect();
    assert_eq!(scene.count("contacts").await, 1);
    // The browser's way back may bring the old key with a form that is filled in anew.
    browser.post(&path, &pyotr).await.expect_redirect();
    assert_eq!(scene.count("contacts").await, 2);
}

#[tokio::test]
async fn a_refused_form_comes_back_with_what_was_typed() {
    let scene = scene().await;
    let mut browser = scene.app.signed_in("olga").await;
    let sent = [
        ("last_name", "Белозёрова"),
        ("phone", "доб. неизвестен"),
        ("phone_kind", "fax"),
        ("phone_comment", "на проходной"),
        ("email", "не почта"),
        ("email_kind", "work"),
        ("email_comment", "бухгалтерия"),
    ];
    let page = browser.post(&paths::new(scene.company), &sent).await;
    page.expect(422);
    assert_eq!(page.attribute("#f-email-0", "value").unwrap(), "не почта");
    assert_eq!(page.attribute("#f-email-0", "aria-invalid").unwrap(), "true");
    assert_eq!(page.texts("#f-email-0-error").len(), 1);
    assert_eq!(page.attribute("#f-phone-0", "value").unwrap(), "доб. неизвестен");
    assert_eq!(
        page.attribute("select[name=phone_kind] option[selected]", "value")
            .unwrap(),
        "fax"
    );
    assert_eq!(
        page.attribute("input[name=email_comment]", "value").unwrap(),
        "бухгалтерия"
    );
    let empty = browser.post(&paths::new(scene.company), &[("last_name", " ")]).await;
    empty.expect(422).expect_text("Заполните хотя бы одно поле");
    assert_eq!(scene.count("contacts").await, 0);
}

#[tokio::test]
async fn one_phone_may_belong_to_two_contacts() {
    let scene = scene().await;
    let mut browser = scene.app.signed_in("olga").await;
    scene.contact(&mut browser, &ANNA).await;
    scene.contact(&mut browser, &ANNA).await;
    assert_eq!(scene.count("contact_phones WHERE digits = '9123456789'").await, 2);
}

#[tokio::test]
async fn what_was_typed_is_text_and_never_markup() {
    let scene = scene().await;
    let mut browser = scene.app.signed_in("olga").await;
    let bad = "<script>alert(1)</script>\"'><img src=x>";
    let sent = [
        ("last_name", bad),
        ("position", bad),
        ("status", bad),
        ("note", bad),
        ("phone", bad),
        ("phone_kind", "work"),
        ("phone_comment", bad),
    ];
    let id = scene.contact(&mut browser, &sent).await;
    let card = scene.shown(true).await;
    let form = browser.get(&paths::edit(id)).await.text;
    for html in [card, form] {
        assert!(
            !html.contains("<script>alert") && !html.contains("<img src=x"),
            "{html}"
        );
        assert!(html.contains("alert(1)"));
    }
}

#[tokio::test]
async fn an_unknown_company_or_contact_is_not_found() {
    let scene = scene().await;
    let mut browser = scene.app.signed_in("admin").await;
    let (company, contact) = (CompanyId::new(), ContactId::new());
    browser.get(&paths::new(company)).await.expect(404);
    browser
        .post(&paths::new(company), &[("last_name", "А")])
        .await
        .expect(404);
    browser.get(&paths::edit(contact)).await.expect(404);
    browser
        .post(&paths::edit(contact), &[("last_name", "А")])
        .await
        .expect(404);
    assert!(scene.shown(true).await.contains("Добавьте того, с кем разговариваете"));
}
