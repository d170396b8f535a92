//! What is found, and what is not.

use chrono::TimeDelta;

use super::team;

#[tokio::test]
async fn each_sign_makes_a_pair_and_is_named() {
    let mut team = team().await;
    team.card("Ромашка", ["6671234561", "667101001", "", "", ""]).await;
    team.card("Ромашка-Сервис", ["6671234561", "", "", "", ""]).await;
    team.card("Лютик", ["", "", "", "3432871240", ""]).await;
    team.card("Другой Лютик", ["", "", "", "3432871240", ""]).await;
    team.card("Василёк", ["", "", "", "", "Info@Vasilek.example"]).await;
    team.card("Василёк плюс", ["", "", "", "", "info@vasilek.example"])
        .await;
    team.card("ООО «Пион»", ["", "", "Екатеринбург, Хохрякова, 74", "", ""])
        .await;
    team.card("Пион", ["", "", "Екатеринбург, ул. Хохрякова, 74, офис 5", "", ""])
        .await;
    team.find().await;
    assert_eq!(team.groups().await, "2 2 2 2");
    let page = team.admin.get("/duplicates/").await;
    let strengths = page.texts(".twins-why > .badge");
    assert_eq!(strengths, ["Почти наверняка", "Вероятно", "Возможно", "Возможно"]);
    let reasons = page.texts(".twins-why > span:last-child");
    assert_eq!(reasons, ["ИНН и КПП", "Название и адрес", "E-mail", "Телефон"]);
    page.expect_text("Вся база сравнена").expect_text("Ромашка-Сервис");
    let page = team.admin.get("/duplicates/?reason=phone").await;
    page.expect_text("Другой Лютик").expect_no_text("Ромашка");
}

#[tokio::test]
async fn a_pair_with_slips_in_both_name_and_address_is_found() {
    let team = team().await;
    team.card(
        "Уралметаллоснаб",
        ["", "", "Екатеринбург, Малышева, 51, офис 7", "", ""],
    )
    .await;
    team.card("Уралметалоснаб", ["", "", "Екатеринбург, ул. Малышева, 51/7", "", ""])
        .await;
    // Another house, another name.
    team.card("Уралметалснаб", ["", "", "Екатеринбург, Малышева, 53", "", ""])
        .await;
    team.card("Уралмонтаж", ["", "", "г. Екатеринбург, Малышева, 51-7", "", ""])
        .await;
    team.find().await;
    assert_eq!(team.groups().await, "2");
}

#[tokio::test]
async fn branches_junk_and_shared_numbers_are_no_duplicates() {
    let team = team().await;
    // Branches of one client.
    team.card("Сеть, Пермь", ["6671234561", "590101001", "", "9121112233", ""])
        .await;
    team.card("Сеть, Тюмень", ["6671234561", "720101001", "", "9121112233", ""])
        .await;
    for at in 0..5 {
        let name = format!("Клиент бухгалтера {at}");
        team.card(&name, ["", "", "", "9125556677", "buh@outsource.example"])
            .await;
    }
    for at in 0..2 {
        team.card(&format!("Выдумка {at}"), ["0000000000", "", "", "9990000000", ""])
            .await;
    }
    // Other houses, other numbers in the name, a town without a house.
    team.card("Детский сад 5", ["", "", "Пермь, Ленина, 3", "", ""]).await;
    team.card("Детский сад 6", ["", "", "Пермь, Ленина, 3", "", ""]).await;
    team.card("Аптека", ["", "", "Пермь, Мира, 7", "", ""]).await;
    team.card("Аптека", ["", "", "Пермь, Мира, 9", "", ""]).await;
    team.card("Кафе", ["", "", "Пермь", "", ""]).await;
    team.card("Кафе", ["", "", "Пермь", "", ""]).await;
    team.find().await;
    assert_eq!(team.groups().await, "");
}

#[tokio::test]
async fn a_card_without_kpp_beside_several_branches_is_a_weak_sign() {
    let mut team = team().await;
    for (name, kpp) in [
        ("Сеть, Пермь", "590101001"),
        ("Сеть, Тюмень", "720101001"),
        ("Сеть", ""),
    ] {
        team.card(name, ["6671234561", kpp, "", "", ""]).await;
    }
    team.find().await;
    let page = team.admin.get("/duplicates/").await;
    page.expect_text("Возможно").expect_no_text("Почти наверняка");
    assert_eq!(page.texts(".twin-name").len(), 3);
    assert_eq!(
        page.attribute(".twin input[checked]", "value"),
        None,
        "branches are not ticked together"
    );
}

#[tokio::test]
async fn a_changed_card_is_compared_anew_within_a_minute() {
    let team = team().await;
    let one = team.card("Ромашка", ["6671234561", "", "", "", ""]).await;
    team.find().await;
    let whole_at = team.value("SELECT whole_at FROM duplicate_passes").await;
    let two = team.card("Ромашка Урал", ["6671234561", "", "", "", ""]).await;
    let three = team.card("Лютик", ["", "", "", "", ""]).await;
    team.find().await;
    assert_eq!(team.groups().await, "2");
    team.app.pass(TimeDelta::minutes(10));
    let now = team.app.now();
    team.execute(format!(
        "UPDATE companies SET inn = '', updated_at = '{now}' WHERE id = '{one}';
         UPDATE companies SET inn = '6671234561', updated_at = '{now}' WHERE id = '{three}'"
    ))
    .await;
    team.find().await;
    let members = "SELECT string_agg(company_id::text, ' ' ORDER BY company_id) FROM duplicate_members";
    assert_eq!(team.value(members).await, format!("{two} {three}"));
    assert_eq!(team.value("SELECT whole_at FROM duplicate_passes").await, whole_at);
    // A pass over the whole base finds the same.
    team.app.pass(TimeDelta::hours(25));
    team.find().await;
    assert_eq!(team.value(members).await, format!("{two} {three}"));
    assert_ne!(team.value("SELECT whole_at FROM duplicate_passes").await, whole_at);
}

#[tokio::test]
async fn an_administrator_asks_for_a_pass_and_one_process_does_it() {
    let mut team = team().await;
    team.card("Ромашка", ["6671234561", "", "", "", ""]).await;
    team.find().await;
    team.app.pass(TimeDelta::minutes(10));
    team.admin.post("/duplicates/find/", &[]).await.expect_redirect();
    team.admin
        .get("/duplicates/")
        .await
        .expect_text("начнётся в течение минуты");
    let twin = team.app.twin();
    let (one, two) = tokio::join!(crate::duplicates::find(&team.app), crate::duplicates::find(&twin));
    one.expect("a pass");
    two.expect("a pass");
    assert_eq!(team.value("SELECT wanted_at FROM duplicate_passes").await, "");
    let whole_at = team.value("SELECT whole_at FROM duplicate_passes").await;
    assert!(whole_at.starts_with("2026-11-23 09:10"), "{whole_at}");
    let mut manager = team.app.signed_in("ivanova").await;
    manager.post("/duplicates/find/", &[]).await.expect(403);
}

#[tokio::test]
async fn while_an_import_goes_on_the_whole_base_is_not_compared_again_and_again() {
    let team = team().await;
    team.card("Ромашка", ["6671234561", "", "", "", ""]).await;
    team.find().await;
    let whole_at = "SELECT whole_at FROM duplicate_passes";
    let before = team.value(whole_at).await;
    sqlx::raw_sql(
        "UPDATE duplicate_passes SET whole_ms = 60000;
         INSERT INTO companies (id, name, name_key, inn, updated_at)
         SELECT gen_random_uuid(), 'Новая ' || n, 'новая ' || n, CASE WHEN n = 1 THEN '6671234561' ELSE '' END,
                '2026-11-23 09:01:00Z'
         FROM generate_series(1, 2001) AS n",
    )
    .execute(&team.app.db)
    .await
    .unwrap();
    team.app.pass(TimeDelta::minutes(5));
    team.find().await;
    assert_eq!(team.value(whole_at).await, before, "a pass of a minute rests for ten");
    team.app.pass(TimeDelta::minutes(6));
    team.find().await;
    assert_ne!(team.value(whole_at).await, before);
    assert_eq!(team.groups().await, "2");
}

#[tokio::test]
async fn what_was_said_to_be_no_duplicate_never_comes_back_until_it_is_taken_back() {
    let mut team = team().await;
    let one = team.card("Ромашка", ["6671234561", "", "", "", ""]).await;
    let two = team.card("Ромашка Урал", ["6671234561", "", "", "", ""]).await;
    let three = team.card("Ромашка Север", ["6671234561", "", "", "", ""]).await;
    team.find().await;
    assert_eq!(team.groups().await, "3");
    let ids = [
        ("id", one.to_string()),
        ("id", two.to_string()),
        ("act", "deny".to_owned()),
    ];
    let fields: Vec<(&str, &str)> = ids.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let mut manager = team.app.signed_in("ivanova").await;
    manager.post("/duplicates/", &fields).await.expect(403);
    team.admin
        .post("/duplicates/", &fields[1..])
        .await
        .expect(422)
        .expect_text("Отметьте хотя бы две");
    assert_eq!(
        team.admin.post("/duplicates/", &fields).await.expect_redirect(),
        "/duplicates/?"
    );
    // The third one still looks like both.
    assert_eq!(team.groups().await, "3");
    let ids = [("id", one), ("id", two), ("id", three)].map(|(name, id)| (name, id.to_string()));
    let mut fields: Vec<(&str, &str)> = ids.iter().map(|(name, value)| (*name, value.as_str())).collect();
    fields.push(("act", "deny"));
    team.admin.post("/duplicates/", &fields).await.expect_redirect();
    assert_eq!(team.groups().await, "");
    team.app.pass(TimeDelta::hours(25));
    team.find().await;
    assert_eq!(team.groups().await, "");
    let page = team.admin.get("/duplicates/denied/").await;
    page.expect_text("Ромашка Север");
    let fields = [("one", two.to_string()), ("two", one.to_string())];
    let fields = [("one", fields[0].1.as_str()), ("two", fields[1].1.as_str())];
    team.admin.post("/duplicates/denied/", &fields).await.expect_redirect();
    assert_eq!(team.groups().await, "2");
    // The second press.
    team.admin.post("/duplicates/denied/", &fields).await.expect_redirect();
    let card = team.admin.get(&format!("/companies/{one}/")).await;
    card.expect_text("Отмечено, что это не дубликат")
        .expect_text("Снята отметка");
}

#[tokio::test]
async fn a_manager_begins_with_the_own_cards_and_a_page_is_read_by_key() {
    let mut team = team().await;
    for at in 0..60 {
        let inn = format!("66712345{at:02}");
        for _ in 0..2 {
            team.card(&format!("Пара {at}"), [&inn, "", "", "", ""]).await;
        }
    }
    let own = team
        .value("SELECT id FROM companies WHERE name = 'Пара 7' LIMIT 1")
        .await;
    let owner = team.manager.user.expect("a person");
    team.execute(format!(
        "UPDATE companies SET responsible_id = {owner} WHERE id = '{own}'"
    ))
    .await;
    team.find().await;
    let mut seen = Vec::new();
    let mut next = Some("/duplicates/".to_owned());
    while let Some(address) = next {
        let page = team.admin.get(&address).await;
        seen.extend(page.texts(".twin-name"));
        next = page.attribute("a[rel=next]", "href");
    }
    assert_eq!(seen.len(), 120);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 60);
    let mut manager = team.app.signed_in("ivanova").await;
    let page = manager.get("/duplicates/").await;
    assert_eq!(page.texts(".twin-name"), ["Пара 7", "Пара 7"]);
    page.expect_no_text("Объединить отмеченные")
        .expect_text("чужая карточка");
    assert_eq!(
        manager.get("/duplicates/?responsible=").await.texts(".twin-name").len(),
        50
    );
    let stranger = team.stranger.user.expect("a person");
    let page = manager.get(&format!("/duplicates/?responsible={stranger}")).await;
    page.expect_text("Здесь дубликатов нет");
}
