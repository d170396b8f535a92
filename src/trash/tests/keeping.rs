//! What goes comes back as it was.

use chrono::TimeDelta;

use super::office;
use crate::db::snapshot::Part;
use crate::trash::model::parts;
use crate::verify::broken;

/// References to records of the trash that do not go with them, each with what is done about it.
const LOOSE: &[(&str, &str)] = &[
    // companies::detach and companies::attach.
    ("companies", "head_company_id"),
    // Set to nothing by itself: a task at another company outlives the series.
    ("tasks", "series_id"),
];

#[tokio::test]
async fn a_company_goes_with_its_whole_card_and_comes_back_as_it_was() {
    let mut office = office().await;
    let head = office.app.company("Холдинг").create(&office.app).await;
    let id = office.full_card("ООО «Ромашка»").await;
    let other = office.full_card("Лютик").await;
    let child = office.app.company("Филиал Ромашки").create(&office.app).await;
    office
        .execute(format!(
            "UPDATE companies SET head_company_id = '{head}' WHERE id = '{id}';
             UPDATE companies SET head_company_id = '{id}' WHERE id = '{child}'"
        ))
        .await;
    let before = office.hashes().await;
    office.delete(id).await;
    assert_eq!(
        office
            .value("SELECT concat_ws(' ', (SELECT count(*) FROM companies), (SELECT count(*) FROM contacts), (SELECT count(*) FROM notes))")
            .await,
        "3 2 5"
    );
    assert_eq!(
        office
            .value(&format!("SELECT head_company_id FROM companies WHERE id = '{child}'"))
            .await,
        ""
    );
    office.delete(other).await;
    // Whoever follows an old link to it, from the log for one, is led to where it lies.
    let followed = office.admin.get(&format!("/companies/{id}/")).await.expect_redirect();
    assert!(followed.starts_with("/settings/trash/"), "{followed}");
    office
        .admin
        .get(&followed)
        .await
        .expect(200)
        .expect_text("ООО «Ромашка»");
    assert_eq!(broken(&office.app).await, [""; 0]);
    // The one that went last comes back first, and the other way round it is the same.
    assert_eq!(office.restore(id.0).await, format!("/companies/{id}/"));
    office.restore(other.0).await;
    assert_eq!(office.hashes().await, before);
    assert_eq!(office.value("SELECT count(*) FROM trash").await, "0");
    assert_eq!(broken(&office.app).await, [""; 0]);
    let card = office.admin.get(&format!("/companies/{id}/")).await;
    card.expect(200)
        .expect_text("возвращена из корзины")
        .expect_text("Звонил Белозёрову, 3");
}

#[tokio::test]
async fn deleting_needs_a_reason_and_a_second_look() {
    let mut office = office().await;
    let id = office.full_card("Лютик").await;
    let path = format!("/companies/{id}/delete/");
    let answer = office.admin.post(&path, &[]).await;
    answer
        .expect(422)
        .expect_text("Напишите, почему удаляете")
        .expect_text("Поставьте отметку");
    let answer = office.admin.post(&path, &[("reason", "Закрылась")]).await;
    answer
        .expect(422)
        .expect_text("Закрылась")
        .expect_text("Поставьте отметку");
    assert_eq!(office.value("SELECT count(*) FROM trash").await, "0");
    office.delete(id).await;
    // The second press.
    let again = office
        .admin
        .post(&path, &[("reason", "Закрылась"), ("sure", "1")])
        .await;
    assert_eq!(again.expect_redirect(), "/companies/");
}

#[tokio::test]
async fn what_is_in_the_trash_is_found_only_there() {
    let mut office = office().await;
    let id = office.full_card("Ромашка").await;
    office.delete(id).await;
    let (card, trash) = (format!("/companies/{id}/"), office.in_trash(id.0).await);
    office.app.signed_in("ivanova").await.get(&card).await.expect(404);
    assert_eq!(office.admin.get(&card).await.expect_redirect(), trash);
    office
        .admin
        .get("/companies/?q=Ромашка")
        .await
        .expect_no_text("Хохрякова");
    let twins = office.admin.get("/companies/duplicates/?inn=6671234561").await;
    assert!(twins.text.contains("\"items\":[]"), "{}", twins.text);
    let trash = office.admin.get("/settings/trash/?q=ромаш").await;
    trash
        .expect(200)
        .expect_text("Ромашка")
        .expect_text("2 контакта, 5 заметок");
    office
        .admin
        .get("/settings/trash/?q=100%25")
        .await
        .expect_text("Ничего не нашлось");
    let item = office.in_trash(id.0).await;
    let page = office.admin.get(&item).await;
    page.expect(200)
        .expect_text("6671234561")
        .expect_text("Белозёров Пётр")
        .expect_text("Организация закрылась");
}

#[tokio::test]
async fn bringing_back_warns_of_a_twin_made_meanwhile() {
    let mut office = office().await;
    let id = office.full_card("Ромашка").await;
    office.delete(id).await;
    office
        .app
        .company("Ромашка-2")
        .inn("6671234561")
        .create(&office.app)
        .await;
    let item = office.in_trash(id.0).await;
    office
        .admin
        .get(&item)
        .await
        .expect_text("Такая компания уже есть в базе")
        .expect_text("Ромашка-2");
    let card = office.restore(id.0).await;
    office
        .admin
        .get(&card)
        .await
        .expect(200)
        .expect_text("есть такая же компания: «Ромашка-2»");
}

#[tokio::test]
async fn what_is_gone_meanwhile_is_left_empty_and_named() {
    let mut office = office().await;
    let id = office.full_card("Ромашка").await;
    office.delete(id).await;
    office
        .execute("DELETE FROM company_statuses WHERE id = 2; DELETE FROM company_spheres WHERE id = 3".to_owned())
        .await;
    let card = office.restore(id.0).await;
    office
        .admin
        .get(&card)
        .await
        .expect_text("больше нет в базе: статус, сфера");
    assert_eq!(
        office
            .value("SELECT string_agg(sphere_id::text, ' ') FROM company_sphere_links")
            .await,
        "4"
    );
}

#[tokio::test]
async fn a_contact_goes_alone_and_comes_back() {
    let mut office = office().await;
    let id = office.full_card("Ромашка").await;
    let contact = office
        .value("SELECT id FROM contacts WHERE last_name = 'Белозёров'")
        .await;
    let before = office
        .value("SELECT md5(string_agg(to_jsonb(c)::text, '' ORDER BY id)) FROM contacts AS c")
        .await;
    let mut manager = office.app.signed_in("ivanova").await;
    let edit = format!("/contacts/{contact}/edit/");
    let page = manager.get(&edit).await;
    let delete = page.attribute("a[href$='/delete/']", "href").expect("a link");
    manager.get(&delete).await.expect(200).expect_text("Белозёров Пётр");
    let answer = manager.post(&delete, &[("reason", "Уволился")]).await;
    assert_eq!(answer.expect_redirect(), format!("/companies/{id}/#contacts"));
    manager.get(&edit).await.expect(404);
    manager.get("/companies/?q=Белозёров").await.expect_no_text("Хохрякова");
    assert_eq!(broken(&office.app).await, [""; 0]);
    let contact: uuid::Uuid = contact.parse().expect("an id");
    // Its company goes after it: first the company has to come back.
    office.delete(id).await;
    let item = office.in_trash(contact).await;
    let answer = office.admin.post(&format!("{item}restore/"), &[]).await;
    answer.expect(422).expect_text("Сначала верните её");
    office.restore(id.0).await;
    office.restore(contact).await;
    let after = office
        .value("SELECT md5(string_agg(to_jsonb(c)::text, '' ORDER BY id)) FROM contacts AS c")
        .await;
    assert_eq!(before, after);
    assert_eq!(broken(&office.app).await, [""; 0]);
}

#[tokio::test]
async fn every_table_that_refers_to_a_record_goes_with_it_or_is_known_not_to() {
    let office = office().await;
    let parts: Vec<Part> = parts();
    let mut kept: Vec<&str> = parts.iter().map(|part| part.table).collect();
    kept.push("companies");
    let references: Vec<(String, String, String)> = sqlx::query_as(
        "SELECT con.conrelid::regclass::text, att.attname::text, con.confrelid::regclass::text
         FROM pg_constraint AS con
         JOIN pg_attribute AS att ON att.attrelid = con.conrelid AND att.attnum = con.conkey[1]
         WHERE con.contype = 'f' AND con.confrelid::regclass::text = ANY($1)",
    )
    .bind(&kept)
    .fetch_all(&office.app.app.db)
    .await
    .expect("references");
    for (table, column, parent) in references {
        let is_part = parts
            .iter()
            .any(|part| part.table == table && part.column == column && part.parent == parent);
        let is_loose = LOOSE.contains(&(table.as_str(), column.as_str()));
        assert!(
            is_part || is_loose,
            "{table}.{column} refers to {parent}: its room's PARTS say that it goes along, or LOOSE says what else is done"
        );
    }
}

#[tokio::test]
async fn thirty_days_later_it_is_gone_for_good_whoever_cleans() {
    let mut office = office().await;
    let id = office.full_card("Ромашка").await;
    office.delete(id).await;
    office.app.pass(TimeDelta::days(30) - TimeDelta::minutes(1));
    crate::trash::purge(&office.app).await.expect("cleaning");
    assert_eq!(office.value("SELECT count(*) FROM trash").await, "1");
    office.app.pass(TimeDelta::minutes(1));
    let twin = office.app.twin();
    let (one, two) = tokio::join!(crate::trash::purge(&office.app), crate::trash::purge(&twin));
    one.expect("cleaning");
    two.expect("cleaning");
    assert_eq!(office.value("SELECT count(*) FROM trash").await, "0");
    assert_eq!(
        office
            .value("SELECT count(*) FROM audit_events WHERE verb = 'erase'")
            .await,
        "1"
    );
}

#[tokio::test]
async fn an_import_of_the_same_number_makes_a_new_company() {
    let mut office = office().await;
    let id = office.full_card("Ромашка").await;
    office.delete(id).await;
    let file = "ID,Тип,Полное имя контакта,Имя,Фамилия,Название компании,Ответственный,Рабочий телефон,Рабочий email,Адрес,ИНН\n\
                7,Компания,,,,Ромашка,,,,,6671234561";
    let options = crate::imports::ImportOptions {
        file_name: "amo.csv".to_owned(),
        is_dry_run: false,
        time_zone: chrono_tz::Europe::Moscow,
        mapping: None,
        key: crate::imports::KeyBy::Auto,
        on_known: crate::imports::OnKnown::Follow,
    };
    let actor = crate::policy::Actor::system();
    let summary = crate::imports::run(&office.app, &actor, file.as_bytes().to_vec(), options, &|_, _| ()).await;
    assert_eq!(summary.expect("an import").created, 1);
    let card = office.restore(id.0).await;
    office.admin.get(&card).await.expect_text("есть такая же компания");
    assert_eq!(
        office
            .value("SELECT count(*) FROM companies WHERE inn = '6671234561'")
            .await,
        "2"
    );
}

#[tokio::test]
async fn the_trash_shows_numbers_as_the_card_does_and_names_without_a_second_pair_of_quotes() {
    let mut office = office().await;
    let id = office.full_card("НАО «Транслогистика»").await;
    office.delete(id).await;
    let item = office.value("SELECT id FROM trash").await;
    let page = office.admin.get(&format!("/settings/trash/{item}/")).await;
    page.expect(200).expect_text("+7 (343) 287-12-40, нет");
    assert_eq!(
        office
            .value("SELECT split_part(message, '.', 1) FROM audit_events WHERE verb = 'delete'")
            .await,
        "Компания НАО «Транслогистика» удалена в корзину"
    );
}
