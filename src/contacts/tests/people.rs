//! People without a company, the list of all people, and numbers that several have.

use super::scene;
use crate::contacts::paths;
use crate::values::ContactId;

#[tokio::test]
async fn anybody_writes_down_a_person_without_a_company() {
    let scene = scene().await;
    let mut browser = scene.app.signed_in("colleague").await;
    browser.get(paths::PEOPLE).await.expect_text("Здесь появятся люди");
    let sent = [
        ("last_name", "Ничейная"),
        ("first_name", "Вера"),
        ("phone", "8 912 345-67-89"),
        ("phone_kind", "mobile"),
    ];
    let path = browser.post(paths::NEW_PERSON, &sent).await.expect_redirect();
    let page = browser.get(&path).await;
    page.expect_text("Ничейная Вера").expect_text("без компании");
    assert!(page.text.contains("href=\"tel:+79123456789\""), "{}", page.text);
    let list = browser.get(paths::PEOPLE).await;
    assert_eq!(list.texts(".row-link"), ["Ничейная Вера"]);
    let empty = browser.post(paths::NEW_PERSON, &[("last_name", " ")]).await;
    empty.expect(422).expect_text("Заполните хотя бы одно поле");
}

#[tokio::test]
async fn the_page_of_a_person_offers_changes_only_to_those_who_may_make_them() {
    let scene = scene().await;
    let lone = scene.lone("Ничейная", "").await;
    for (username, may) in [("olga", true), ("group", true), ("colleague", false), ("head", false)] {
        let mut browser = scene.app.signed_in(username).await;
        let page = browser.get(&paths::show(lone)).await;
        page.expect(200);
        assert_eq!(page.text.contains(&paths::relocate(lone)), may, "{username}");
        let status = if may { 200 } else { 403 };
        browser.get(&paths::delete(lone)).await.expect(status);
        browser.get(&paths::relocate(lone)).await.expect(status);
    }
}

#[tokio::test]
async fn people_of_one_name_are_read_page_by_page_however_far_apart_they_lie() {
    const COUNT: i64 = 12_000;
    let scene = scene().await;
    let mut browser = scene.app.signed_in("olga").await;
    // Some are near the beginning of the order, most are far from it; the others have another name.
    sqlx::query(
        "INSERT INTO contacts (id, last_name, first_name, company_id, updated_at)
         SELECT gen_random_uuid(), CASE WHEN n % 83 = 0 THEN 'Редкозубов' ELSE 'Обычный' END, n::text, $1,
                now() - n * interval '1 minute'
         FROM generate_series(1, $2) AS n",
    )
    .bind(scene.company.0)
    .bind(COUNT)
    .execute(&scene.app.db)
    .await
    .unwrap();
    // A million people: then they are looked for along the order, and not in the index.
    let mut conn = scene.app.conn().await;
    sqlx::raw_sql("RESET ROLE; UPDATE pg_class SET reltuples = 1e6 WHERE oid = 'contacts'::regclass")
        .execute(&mut *conn)
        .await
        .unwrap();
    conn.close().await.unwrap();
    let expected: Vec<String> = (1..=COUNT)
        .filter(|n| n % 83 == 0)
        .map(|n| format!("Редкозубов {n}"))
        .collect();
    let mut pages: Vec<Vec<String>> = Vec::new();
    let mut path = format!("{}?q=%D1%80%D0%B5%D0%B4%D0%BA", paths::PEOPLE);
    loop {
        let page = browser.get(&path).await;
        pages.push(page.texts(".row-link"));
        let Some(next) = page.attribute("a[rel=next]", "href") else {
            break;
        };
        path = next;
    }
    assert_eq!(pages.concat(), expected);
    let before = browser.get(&path).await.attribute("a[rel=prev]", "href").unwrap();
    assert_eq!(browser.get(&before).await.texts(".row-link"), pages[pages.len() - 2]);
}

#[tokio::test]
async fn people_are_found_by_name_number_and_address_and_pages_follow_each_other() {
    let scene = scene().await;
    let mut browser = scene.app.signed_in("olga").await;
    sqlx::query(
        "INSERT INTO contacts (id, last_name, company_id, updated_at)
         SELECT gen_random_uuid(), 'Массовый' || n, $1, now() - n * interval '1 minute' FROM generate_series(1, 120) AS n",
    )
    .bind(scene.company.0)
    .execute(&scene.app.db)
    .await
    .unwrap();
    let lone = scene.lone("Белозёрова", "+7 912 345-67-89").await;
    sqlx::query("INSERT INTO contact_emails (contact_id, position, value) VALUES ($1, 1, 'Vera@Example.ru')")
        .bind(lone.0)
        .execute(&scene.app.db)
        .await
        .unwrap();
    for q in ["белозерова", "8 (912) 345-67-89", "3456789", "vera@exa"] {
        let path = format!(
            "{}?{}",
            paths::PEOPLE,
            form_urlencoded::Serializer::new(String::new())
                .append_pair("q", q)
                .finish()
        );
        assert_eq!(browser.get(&path).await.texts(".row-link"), ["Белозёрова"], "{q}");
    }
    let lone_only = browser.get("/contacts/?lone=1").await;
    assert_eq!(lone_only.texts(".row-link"), ["Белозёрова"]);
    browser
        .get("/contacts/?q=%D0%B0%D0%B1%D1%80")
        .await
        .expect_text("Никого не нашлось");
    let mut seen = Vec::new();
    let mut path = paths::PEOPLE.to_owned();
    loop {
        let page = browser.get(&path).await;
        seen.extend(page.texts(".row-link"));
        let Some(next) = page.attribute("a[rel=next]", "href") else {
            break;
        };
        path = next;
    }
    assert_eq!(seen.len(), 121);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 121, "nobody twice");
}

#[tokio::test]
async fn a_number_says_who_else_has_it() {
    let scene = scene().await;
    let mut browser = scene.app.signed_in("olga").await;
    let lone = scene.lone("Ничейная", "8 (912) 345-67-89").await;
    let other = scene.app.company("ООО «Лютик»").create(&scene.app).await;
    sqlx::query(
        "INSERT INTO company_phones (company_id, position, raw, digits) VALUES ($1, 0, '9123456789', '9123456789')",
    )
    .bind(other.0)
    .execute(&scene.app.db)
    .await
    .unwrap();
    let anna = scene
        .contact(
            &mut browser,
            &[
                ("last_name", "Белозёрова"),
                ("phone", "+7 912 345 67 89 доб. 5"),
                ("phone_kind", "work"),
            ],
        )
        .await;
    let card = scene.shown(true).await;
    assert!(card.contains("ещё у:"), "{card}");
    assert!(card.contains("ООО «Лютик»") && card.contains("Ничейная"), "{card}");
    browser
        .get(&paths::show(lone))
        .await
        .expect_text("Белозёрова, ООО «Ромашка»");
    let typed = browser.fragment("/contacts/same/?phone=89123456789&but=").await;
    typed.expect(200).expect_text("Белозёрова, ООО «Ромашка»");
    let own = browser
        .fragment(&format!("/contacts/same/?phone=89123456789&phone=&but={anna}"))
        .await;
    own.expect(200).expect_text("Ничейная").expect_no_text("Белозёрова");
    browser
        .fragment("/contacts/same/?phone=9990000000")
        .await
        .expect_no_text("ещё у");
}

#[tokio::test]
async fn a_person_without_a_company_goes_to_the_trash_and_comes_back() {
    let scene = scene().await;
    let lone = scene.lone("Ничейная", "8 (912) 345-67-89").await;
    let mut browser = scene.app.signed_in("olga").await;
    browser.get(&paths::delete(lone)).await.expect_text("Удалить контакт?");
    let gone = browser.post(&paths::delete(lone), &[]).await.expect_redirect();
    assert_eq!(gone, paths::PEOPLE);
    browser.get(&paths::show(lone)).await.expect(404);
    let item: uuid::Uuid = sqlx::query_scalar("SELECT id FROM trash WHERE entity_id = $1")
        .bind(lone.0)
        .fetch_one(&scene.app.db)
        .await
        .unwrap();
    let mut admin = scene.app.signed_in("admin").await;
    let path = admin
        .post(&format!("/settings/trash/{item}/restore/"), &[])
        .await
        .expect_redirect();
    assert_eq!(path, paths::show(lone));
    admin
        .get(&path)
        .await
        .expect_text("Ничейная")
        .expect_text("+7 (912) 345-67-89");
    admin.get(&paths::show(ContactId::new())).await.expect(404);
}
