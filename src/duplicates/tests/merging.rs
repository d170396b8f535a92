//! Cards become one.

use sqlx::Connection as _;

use super::{Team, team};
use crate::policy::{Actor, Role};
use crate::testing::Client;
use crate::values::CompanyId;
use crate::verify::broken;

/// References that lead to the kept card after a merge.
const MOVED: &[(&str, &str)] = &[
    ("companies", "head_company_id"),
    ("contacts", "company_id"),
    ("notes", "company_id"),
    ("letters", "company_id"),
    ("tasks", "company_id"),
    ("task_series", "company_id"),
];
/// References of rows that are put aside with their card.
const GO_ALONG: &[(&str, &str)] = &[
    ("company_phones", "company_id"),
    ("company_emails", "company_id"),
    ("company_sphere_links", "company_id"),
    ("bulk_rows", "company_id"),
    ("contact_phones", "contact_id"),
    ("contact_emails", "contact_id"),
];

/// Merges through the page, with what the page has chosen and these fields besides.
pub(super) async fn merge(browser: &mut Client, ids: &[CompanyId], more: &[(&str, &str)]) -> crate::testing::Answer {
    let mut fields: Vec<(&str, String)> = ids[1..].iter().map(|id| ("with", id.to_string())).collect();
    fields.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.post(&format!("/companies/{}/merge/", ids[0]), &fields).await
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, told in order")]
async fn two_cards_become_one_field_by_field() {
    let mut team = team().await;
    let one = team.full_card("ООО «Ромашка»", 1).await;
    let two = team.full_card("Ромашка, Екатеринбург", 2).await;
    let child = team.app.company("Филиал Ромашки").create(&team.app).await;
    team.execute(format!(
        "UPDATE companies SET head_company_id = '{two}' WHERE id = '{child}';
         UPDATE companies SET website = '', legal_name = '' WHERE id = '{one}';
         UPDATE companies SET legal_name = 'Общество Ромашка' WHERE id = '{two}'"
    ))
    .await;
    let path = format!("/companies/{one}/merge/");
    let page = team.admin.get(&path).await;
    page.expect(200).expect_text("С какой карточкой объединить");
    let page = team.admin.get(&format!("{path}?q=Екатеринбург")).await;
    assert_eq!(
        page.attribute("a.picker-item", "href"),
        Some(format!("{path}?with={two}"))
    );
    let page = team.admin.get(&format!("{path}?with={two}")).await;
    page.expect_text("Какие значения оставить")
        .expect_text("Юр. название: Общество Ромашка")
        .expect_text("Добавятся телефоны: +7 (343) 287-12-02")
        .expect_text("Перейдут с карточек: 2 контакта, 5 заметок")
        .expect_text("Одинаковые контакты");
    let pair = page
        .attribute("input[name=people]", "value")
        .expect("a pair of contacts");
    let name = two.to_string();
    let answer = merge(&mut team.admin, &[one, two], &[("take-name", &name), ("people", &pair)]).await;
    assert_eq!(answer.expect_redirect(), format!("/companies/{one}/"));
    let card = team.admin.get(&format!("/companies/{one}/")).await;
    card.expect_text("Карточки объединены. До 23.12.2026")
        .expect_text("Общество Ромашка")
        .expect_text("Филиал Ромашки")
        .expect_text("Разъединить")
        .expect_text("С этой карточкой объединили: Ромашка, Екатеринбург (");
    assert_eq!(card.texts("h1"), ["Ромашка, Екатеринбург"]);
    // Own phone, the common one once, the other's own.
    let phones = "SELECT string_agg(digits, ' ' ORDER BY position) FROM company_phones";
    assert_eq!(team.value(phones).await, "3432871240 3432871201 3432871202");
    assert_eq!(team.value("SELECT count(*) FROM contacts").await, "3");
    assert_eq!(
        team.value("SELECT count(*) || ' ' || count(pinned_at) FROM notes")
            .await,
        "10 1"
    );
    assert_eq!(team.value("SELECT count(*) FROM companies").await, "2");
    assert_eq!(broken(&team.app).await, [""; 0]);
    // The old address.
    let answer = team.admin.get(&format!("/companies/{two}/")).await;
    assert_eq!(answer.expect_redirect(), format!("/companies/{one}/"));
    team.admin
        .get(&format!("/companies/{one}/"))
        .await
        .expect_text("объединена с этой");
    // The second press, of the old page.
    let answer = merge(&mut team.admin, &[one, two], &[]).await;
    assert_eq!(answer.expect_redirect(), format!("/companies/{one}/"));
    team.admin
        .get(&format!("/companies/{one}/"))
        .await
        .expect_text("уже объединены");
    assert_eq!(
        team.value("SELECT count(*) FROM audit_events WHERE verb = 'merge'")
            .await,
        "2"
    );
}

#[tokio::test]
async fn the_history_of_both_is_read_on_the_kept_card() {
    let mut team = team().await;
    let one = team.full_card("Ромашка", 1).await;
    let two = team.full_card("Лютик", 2).await;
    let path = format!("/companies/{two}/edit/");
    let fields = [("name", "Лютик полевой"), ("version", "1")];
    team.admin.post(&path, &fields).await.expect_redirect();
    merge(&mut team.admin, &[one, two], &[]).await.expect_redirect();
    let page = team.admin.get(&format!("/companies/{one}/?feed=changes")).await;
    page.expect_text("Изменены данные компании")
        .expect_text("Объединены карточки: «Лютик полевой»");
}

#[tokio::test]
async fn what_may_not_be_changed_is_named_and_stays() {
    let mut team = team().await;
    let (manager, stranger) = (team.manager, team.stranger);
    let own = team.app.company("Моя").of(&manager).create(&team.app).await;
    let second = team.app.company("Моя вторая").of(&manager).create(&team.app).await;
    let foreign = team.app.company("Чужая").of(&stranger).create(&team.app).await;
    let mut browser = team.app.signed_in("ivanova").await;
    let page = browser.get(&format!("/companies/{own}/merge/?with={foreign}")).await;
    page.expect(200)
        .expect_text("Нет прав менять")
        .expect_no_text("Что ещё произойдёт");
    merge(&mut browser, &[own, foreign], &[])
        .await
        .expect(422)
        .expect_text("нет прав менять «Чужая»");
    let keep = foreign.to_string();
    merge(&mut browser, &[own, foreign], &[("keep", &keep)])
        .await
        .expect(403);
    merge(&mut browser, &[foreign, own], &[]).await.expect(403);
    assert_eq!(team.value("SELECT count(*) FROM companies").await, "3");
    merge(&mut browser, &[own, second], &[]).await.expect_redirect();
    // Parting asks for the same right.
    let id = team.value("SELECT id FROM merges").await;
    let mut other = team.app.signed_in("petrov").await;
    other
        .post(&format!("/duplicates/merges/{id}/split/"), &[])
        .await
        .expect(403);
    other
        .get(&format!("/companies/{own}/"))
        .await
        .expect_no_text("Разъединить");
    team.admin
        .post(&format!("/duplicates/merges/{id}/split/"), &[])
        .await
        .expect_redirect();
}

#[tokio::test]
async fn a_card_changed_meanwhile_is_looked_at_again() {
    let mut team = team().await;
    let one = team.full_card("Ромашка", 1).await;
    let two = team.full_card("Лютик", 2).await;
    let page = team.admin.get(&format!("/companies/{one}/merge/?with={two}")).await;
    let seen: Vec<String> = page
        .text
        .split("name=\"seen\" value=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().expect("a value").to_owned())
        .collect();
    team.execute(format!(
        "UPDATE companies SET inn = '6671999999', version = 2 WHERE id = '{two}'"
    ))
    .await;
    let fields: Vec<(&str, &str)> = seen.iter().map(|seen| ("seen", seen.as_str())).collect();
    let page = merge(&mut team.admin, &[one, two], &fields).await;
    page.expect(409)
        .expect_text("одну из карточек изменили")
        .expect_text("6671999999");
    assert_eq!(team.value("SELECT count(*) FROM companies").await, "2");
}

#[tokio::test]
async fn of_two_who_merge_at_once_one_does_it() {
    let team = team().await;
    let one = team.full_card("Ромашка", 1).await;
    let two = team.full_card("Лютик", 2).await;
    let three = team.full_card("Пион", 3).await;
    team.app.person("second", Role::Admin, None).await;
    let mut first = team.app.signed_in("admin").await;
    let mut second = team.app.signed_in("second").await;
    let ((ids, other), (left, right)) = (([one, two], [two, three]), (&mut first, &mut second));
    let (done, late) = tokio::join!(merge(left, &ids, &[]), merge(right, &other, &[]));
    let statuses = [done.status.as_u16(), late.status.as_u16()];
    assert!(statuses.contains(&303), "{statuses:?}");
    assert!(
        statuses.iter().all(|status| [303, 404, 422].contains(status)),
        "{statuses:?}"
    );
    assert_eq!(broken(&team.app).await, [""; 0]);
    assert_eq!(team.value("SELECT count(*) FROM notes").await, "15");
    assert_eq!(team.value("SELECT count(*) FROM contacts").await, "6");
}

#[tokio::test]
async fn a_merge_waits_for_an_import_that_is_writing() {
    let mut team = team().await;
    let one = team.full_card("Ромашка", 1).await;
    let two = team.full_card("Лютик", 2).await;
    let mut import = team.app.conn().await;
    let mut tx = import.begin().await.expect("a transaction");
    crate::companies::bulk::lock(&mut tx)
        .await
        .expect("the lock of imports");
    let moment = std::time::Duration::from_millis(700);
    let mut admin = team.app.browser();
    admin.copy_cookies(&team.admin);
    let wait = tokio::time::timeout(moment, merge(&mut admin, &[one, two], &[])).await;
    assert!(wait.is_err(), "it did not wait");
    assert_eq!(team.value("SELECT count(*) FROM companies").await, "2");
    tx.commit().await.expect("the end of the chunk");
    merge(&mut team.admin, &[one, two], &[]).await.expect_redirect();
}

#[tokio::test]
async fn a_later_import_finds_the_kept_card_by_either_number() {
    let mut team = team().await;
    let head = "ID,Тип,Полное имя контакта,Имя,Фамилия,Название компании,Ответственный,Рабочий телефон,Рабочий email,Адрес,ИНН\n";
    let file = format!(
        "{head}7,Компания,,,,Ромашка,,83432871240,,\"Пермь, Мира, 7\",6671234561\n8,Компания,,,,Лютик,,83432871241,,\"Пермь, Мира, 9\",\n"
    );
    let summary = import(&team, &file).await;
    assert_eq!(summary, (2, 0, 0, 0));
    let one: CompanyId = team
        .value("SELECT id FROM companies WHERE name = 'Ромашка'")
        .await
        .parse()
        .expect("a key");
    let two: CompanyId = team
        .value("SELECT id FROM companies WHERE name = 'Лютик'")
        .await
        .parse()
        .expect("a key");
    merge(&mut team.admin, &[one, two], &[]).await.expect_redirect();
    let state = "SELECT md5(string_agg((to_jsonb(c) - '{search}'::text[])::text, '')) FROM companies AS c";
    let before = team.value(state).await;
    let summary = import(&team, &file).await;
    assert_eq!(summary, (0, 0, 2, 0));
    assert_eq!(team.value(state).await, before);
    // Parted, each is found for itself again.
    let id = team.value("SELECT id FROM merges").await;
    team.admin
        .post(&format!("/duplicates/merges/{id}/split/"), &[])
        .await
        .expect_redirect();
    let summary = import(&team, &file).await;
    assert_eq!(summary, (0, 0, 2, 0));
}

async fn import(team: &Team, file: &str) -> (i64, i64, i64, i64) {
    let options = crate::imports::ImportOptions {
        file_name: "amo.csv".to_owned(),
        is_dry_run: false,
        time_zone: chrono_tz::Europe::Moscow,
        mapping: None,
        key: crate::imports::KeyBy::Auto,
        on_known: crate::imports::OnKnown::Follow,
    };
    let actor = Actor::system();
    let summary = crate::imports::run(&team.app, &actor, file.as_bytes().to_vec(), options, &|_, _| ()).await;
    let summary = summary.expect("an import");
    (summary.created, summary.updated, summary.unchanged, summary.refused)
}

#[tokio::test]
async fn erasing_the_kept_card_erases_what_the_merge_kept() {
    let mut team = team().await;
    let one = team.full_card("Ромашка", 1).await;
    let two = team.full_card("Тайнопись", 2).await;
    team.execute(format!(
        "UPDATE companies SET contact_name = 'Скрытников', address = 'Тайный, 5' WHERE id = '{two}'"
    ))
    .await;
    let page = team.admin.get(&format!("/companies/{one}/merge/?with={two}")).await;
    let pair = page
        .attribute("input[name=people]", "value")
        .expect("a pair of contacts");
    merge(&mut team.admin, &[one, two], &[("people", &pair)])
        .await
        .expect_redirect();
    let fields = [("reason", "Просят стереть"), ("sure", "1")];
    team.admin
        .post(&format!("/companies/{one}/delete/"), &fields)
        .await
        .expect_redirect();
    // In the trash the kept card cannot give anything back.
    let id = team.value("SELECT id FROM merges WHERE entity = 'company'").await;
    let split = format!("/duplicates/merges/{id}/split/");
    team.admin
        .post(&split, &[])
        .await
        .expect(422)
        .expect_text("лежит в корзине");
    let item = team
        .value(&format!("SELECT id FROM trash WHERE entity_id = '{one}'"))
        .await;
    let answer = team
        .admin
        .post(&format!("/settings/trash/{item}/erase/"), &[("name", "Ромашка")])
        .await;
    answer.expect_redirect();
    for word in ["Тайнопис", "Скрытников", "Тайный", "Белозёров", "3432871202"] {
        assert_eq!(team.tables_with(word).await, [""; 0], "{word}");
    }
    team.admin.post(&split, &[]).await.expect(422);
    team.admin.get(&format!("/companies/{two}/")).await.expect_redirect();
    assert_eq!(broken(&team.app).await, [""; 0]);
}

#[tokio::test]
async fn every_table_that_refers_to_a_merged_record_goes_along_or_is_moved() {
    let team = team().await;
    let references: Vec<(String, String)> = sqlx::query_as(
        "SELECT con.conrelid::regclass::text, att.attname::text
         FROM pg_constraint AS con
         JOIN pg_attribute AS att ON att.attrelid = con.conrelid AND att.attnum = con.conkey[1]
         WHERE con.contype = 'f' AND con.confrelid::regclass::text IN ('companies', 'contacts')",
    )
    .fetch_all(&team.app.app.db)
    .await
    .expect("references");
    for (table, column) in references {
        let reference = (table.as_str(), column.as_str());
        assert!(
            MOVED.contains(&reference) || GO_ALONG.contains(&reference),
            "{table}.{column}: duplicates::actions::merge moves it to the kept card, and split moves it back"
        );
    }
}

#[tokio::test]
async fn what_was_said_of_a_common_phone_is_kept_and_goes_back() {
    let mut team = team().await;
    let one = team.full_card("Ромашка", 1).await;
    let two = team.full_card("Ромашка", 2).await;
    let third = team.full_card("Ромашка", 3).await;
    team.execute(format!(
        "UPDATE company_phones SET comment = 'Приёмная' WHERE position = 0 AND company_id = '{two}';
         UPDATE company_phones SET comment = 'бухгалтерия' WHERE position = 0 AND company_id = '{third}';
         UPDATE company_emails SET comment = 'общая' WHERE position = 0 AND company_id = '{two}';
         UPDATE contact_phones SET comment = 'после 18' FROM contacts
         WHERE contacts.id = contact_id AND company_id = '{two}' AND last_name = 'Белозёров'"
    ))
    .await;
    let before = team.hashes().await;
    let page = team
        .admin
        .get(&format!("/companies/{one}/merge/?with={two}&with={third}"))
        .await;
    page.expect_text("К одинаковым телефонам и почте добавятся пояснения: 8 343 287-12-40 — приёмная; бухгалтерия");
    let people = page.attribute("input[name=people]", "value").expect("people");
    merge(&mut team.admin, &[one, two, third], &[("people", &people)])
        .await
        .expect_redirect();
    let said = "SELECT string_agg(comment, '|' ORDER BY comment) FROM";
    assert_eq!(
        team.value(&format!("{said} company_phones WHERE comment <> ''")).await,
        "приёмная; бухгалтерия"
    );
    assert_eq!(
        team.value(&format!("{said} company_emails WHERE comment <> ''")).await,
        "общая"
    );
    assert_eq!(
        team.value(&format!("{said} contact_phones WHERE comment <> ''")).await,
        "после 18"
    );
    let id = team.value("SELECT id FROM merges WHERE entity = 'company'").await;
    let answer = team.admin.post(&format!("/duplicates/merges/{id}/split/"), &[]).await;
    answer.expect_redirect();
    assert_eq!(team.hashes().await, before);
}

#[tokio::test]
async fn comments_that_do_not_fit_together_are_told_before_they_lose_their_end() {
    let mut team = team().await;
    let one = team.full_card("Ромашка", 1).await;
    let two = team.full_card("Ромашка", 2).await;
    let say = |id: CompanyId, word: &str| {
        let comment = word.repeat(40);
        format!(
            "UPDATE company_phones SET comment = '{comment}' WHERE position = 0 AND company_id = '{id}';
             UPDATE contact_phones SET comment = '{comment}' FROM contacts
             WHERE contacts.id = contact_id AND company_id = '{id}' AND last_name = 'Белозёров'"
        )
    };
    team.execute(say(one, "склад ")).await;
    team.execute(say(two, "касса ")).await;
    let before = team.hashes().await;
    let words = "Пояснения вместе длиннее 255 знаков, конец не сохранится:";
    let page = team.admin.get(&format!("/companies/{one}/merge/?with={two}")).await;
    page.expect_text(&format!("{words} 8 343 287-12-40."));
    let of = |id: CompanyId| format!("SELECT id FROM contacts WHERE last_name = 'Белозёров' AND company_id = '{id}'");
    let (first, second) = (team.value(&of(one)).await, team.value(&of(two)).await);
    let page = team.admin.get(&format!("/contacts/{first}/merge/?with={second}")).await;
    page.expect_text(&format!("{words} +7 912 600-11-22."));
    merge(&mut team.admin, &[one, two], &[]).await.expect_redirect();
    let comment = format!("SELECT comment FROM company_phones WHERE company_id = '{one}' AND position = 0");
    let comment = team.value(&comment).await;
    assert!(
        comment.ends_with("касса…") && comment.chars().count() <= 255,
        "{comment}"
    );
    let id = team.value("SELECT id FROM merges WHERE entity = 'company'").await;
    let answer = team.admin.post(&format!("/duplicates/merges/{id}/split/"), &[]).await;
    answer.expect_redirect();
    assert_eq!(team.hashes().await, before);
}

#[tokio::test]
async fn other_numbers_of_taxpayers_are_warned_of() {
    let mut team = team().await;
    let one = team.app.company("Ромашка").inn("7707083893").create(&team.app).await;
    let two = team.app.company("Ромашка").inn("7707083893").create(&team.app).await;
    let bare = team.app.company("Ромашка").create(&team.app).await;
    let other = team.app.company("Лютик").inn("7736050003").create(&team.app).await;
    let warned = "У карточек разные ИНН";
    let page = |with: &[CompanyId]| {
        let with: Vec<String> = with.iter().map(|id| format!("with={id}")).collect();
        format!("/companies/{one}/merge/?{}", with.join("&"))
    };
    team.admin
        .get(&page(&[two, bare]))
        .await
        .expect(200)
        .expect_no_text(warned);
    team.admin
        .get(&page(&[bare, other]))
        .await
        .expect(200)
        .expect_text(warned);
}
