//! Files that our own export wrote.

use super::{check, counts, execute, import, report, value};
use crate::policy::Role;
use crate::testing::TestApp;

/// Watermark, heading, rows.
fn file(rows: &str) -> Vec<u8> {
    format!(
        "\u{feff}EXPORT_ID=7;USER=admin;IP=10.0.0.1;TS=2026-11-25T12:00:00Z;;;;;;;\r\n\
         ID ПРОФИ;ID компании ПРОФИ;ID amoCRM;Тип;Название компании;ИНН;Рабочий телефон;Рабочий email;Примечание;\
         Имя;Фамилия\r\n{rows}"
    )
    .into_bytes()
}

const ONE: &str = "0190aaaa-0000-7000-8000-000000000001";
const TWO: &str = "0190aaaa-0000-7000-8000-000000000002";

#[tokio::test]
async fn a_file_of_ours_finds_records_by_their_own_keys_even_among_twins() {
    let app = TestApp::new().await;
    execute(
        &app,
        "INSERT INTO companies (id, name, name_key, inn) VALUES
         ('0190aaaa-0000-7000-8000-000000000001', 'Null', 'null', '500100732'),
         ('0190aaaa-0000-7000-8000-000000000002', 'Null', 'null', '500100732')",
    )
    .await;
    execute(
        &app,
        "INSERT INTO contacts (id, company_id, note) VALUES
         ('0190aaaa-0000-7000-8000-000000000003', '0190aaaa-0000-7000-8000-000000000002', E'  &amp;\n''70-е')",
    )
    .await;
    let rows = format!(
        "{ONE};;;компания;Null;500100732;;;;;\r\n{TWO};;;компания;Null;500100732;;;;;\r\n\
         0190aaaa-0000-7000-8000-000000000003;{TWO};;контакт;Null;;;;\"  &amp;\n'70-е\";;\r\n"
    );
    let dry = check(&app, file(&rows)).await;
    assert_eq!(counts(&dry), [0, 0, 3, 0, 0], "{}", report(&app, &dry).await);
    let real = import(&app, file(&rows)).await;
    assert_eq!(counts(&real), [0, 0, 3, 0, 0]);
    assert_eq!(value(&app, "SELECT sum(version) FROM companies").await, "2");
}

#[tokio::test]
async fn a_file_of_ours_fills_an_empty_base_with_phones_and_their_comments() {
    let app = TestApp::new().await;
    let rows = format!(
        "{ONE};;17;компания;'=Ромашка;7707083893;\"+7 (912) 345-67-89 доб. 12 — бухгалтерия\n8, 9 — ;\";a@b.ru — отдел;;;\r\n\
         {TWO};{ONE};;контакт;'=Ромашка;;+7 (912) 345-67-80;;\"Примечание; с точкой\";Анна;Ким\r\n"
    );
    let made = import(&app, file(&rows)).await;
    assert_eq!(counts(&made), [2, 0, 0, 0, 0], "{}", report(&app, &made).await);
    let told =
        "SELECT string_agg(concat_ws('|', c.name, c.amocrm_company_id, p.e164, p.extension, p.raw, p.comment), ' / '
                                  ORDER BY p.position)
                FROM companies c JOIN company_phones p ON p.company_id = c.id";
    assert_eq!(
        value(&app, told).await,
        "=Ромашка|17|+79123456789|12|+7 (912) 345-67-89 доб. 12|бухгалтерия / =Ромашка|17|||8, 9|;"
    );
    let contact =
        "SELECT concat_ws('|', t.first_name, t.note, c.name) FROM contacts t JOIN companies c ON c.id = t.company_id";
    assert_eq!(value(&app, contact).await, "Анна|Примечание; с точкой|=Ромашка");
    let again = import(&app, file(&rows)).await;
    assert_eq!(counts(&again), [0, 0, 2, 0, 0], "{}", report(&app, &again).await);
}

/// Two cards, the second of which is part of the first since they were merged.
async fn merged(app: &TestApp) {
    execute(
        app,
        "INSERT INTO companies (id, name, name_key, inn, amocrm_company_id) VALUES
         ('0190aaaa-0000-7000-8000-000000000001', 'Ромашка', 'ромашка', '7707083893', 1),
         ('0190aaaa-0000-7000-8000-000000000002', 'Лютик', 'лютик', '', 2)",
    )
    .await;
    execute(
        app,
        "INSERT INTO contacts (id, company_id, last_name, amocrm_contact_id) VALUES
         ('0190aaaa-0000-7000-8000-000000000003', '0190aaaa-0000-7000-8000-000000000001', 'Ким', 3),
         ('0190aaaa-0000-7000-8000-000000000004', '0190aaaa-0000-7000-8000-000000000001', 'Кима', 4)",
    )
    .await;
    for (entity, kept, gone) in [("company", ONE, TWO), ("contact", THREE, FOUR)] {
        let entity = crate::values::Entity::read(entity);
        let new = crate::merges::NewMerge {
            entity,
            kept: kept.parse().expect("a key"),
            merged: vec![(
                gone.parse().expect("a key"),
                Some(gone[35..].parse().expect("a number")),
            )],
            names: vec!["Ромашка".to_owned(), "Лютик".to_owned()],
            snapshots: Vec::new(),
            payload: serde_json::Value::Null,
        };
        let mut conn = app.app.db.acquire().await.expect("a connection");
        let system = crate::policy::Actor::system();
        crate::merges::remember(&mut conn, &system, new, app.app.now())
            .await
            .expect("a merge");
    }
    execute(app, "DELETE FROM companies WHERE amocrm_company_id = 2").await;
    execute(app, "DELETE FROM contacts WHERE amocrm_contact_id = 4").await;
}

const THREE: &str = "0190aaaa-0000-7000-8000-000000000003";
const FOUR: &str = "0190aaaa-0000-7000-8000-000000000004";
const STANDS: &str = "SELECT concat_ws('|', (SELECT string_agg(name || website || address, ',') FROM companies),
    (SELECT string_agg(last_name || position || (company_id IS NOT NULL), ',' ORDER BY last_name) FROM contacts))";

#[tokio::test]
async fn a_key_of_a_card_that_was_merged_leads_to_the_card_that_it_is_part_of() {
    let app = TestApp::new().await;
    merged(&app).await;
    let head = "ID ПРОФИ,ID компании ПРОФИ,Тип,Название компании,Адрес,Фамилия,Имя,Должность";
    let rows = format!(
        "{head}\n{TWO},,компания,Лютик,Тула,,,\n{FOUR},{TWO},контакт,Лютик,,Кима,,директор\n\
         0190aaaa-0000-7000-8000-000000000005,{TWO},контакт,Лютик,,Птицын,,\n"
    );
    let dry = check(&app, rows.clone().into_bytes()).await;
    let real = import(&app, rows.clone().into_bytes()).await;
    assert_eq!(report(&app, &dry).await, report(&app, &real).await);
    assert_eq!(counts(&real), [1, 2, 0, 0, 0], "{}", report(&app, &real).await);
    assert_eq!(value(&app, STANDS).await, "РомашкаТула|Кимдиректорtrue,Птицынtrue");
    assert_eq!(counts(&import(&app, rows.into_bytes()).await), [0, 0, 3, 0, 0]);
}

#[tokio::test]
async fn a_number_of_a_card_that_was_merged_leads_to_the_card_that_it_is_part_of() {
    let app = TestApp::new().await;
    merged(&app).await;
    let bytes = super::file(&["2,компания,,,,Лютик,,,,Тула", "4,контакт,Кима,,Кима,Лютик,,,,,,,,,"]);
    let dry = check(&app, bytes.clone()).await;
    let real = import(&app, bytes.clone()).await;
    assert_eq!(report(&app, &dry).await, report(&app, &real).await);
    assert_eq!(real.created, 0, "{}", report(&app, &real).await);
    assert_eq!(value(&app, STANDS).await, "РомашкаТула|Кимtrue");
}

#[tokio::test]
async fn a_key_that_lies_in_the_trash_is_not_given_again() {
    let app = TestApp::new().await;
    app.person("anna", Role::Admin, None).await;
    let id = app.company("Ромашка").create(&app).await;
    execute(&app, "INSERT INTO contacts (id, company_id, last_name) SELECT '0190aaaa-0000-7000-8000-000000000003', id, 'Ким' FROM companies").await;
    let file = format!(
        "ID ПРОФИ,ID компании ПРОФИ,Тип,Название компании,Фамилия\n{id},,компания,Ромашка,\n{THREE},{id},контакт,Ромашка,Ким\n"
    );
    let mut browser = app.signed_in("anna").await;
    browser
        .post(
            &format!("/companies/{id}/delete/"),
            &[("reason", "Ошибка"), ("sure", "1")],
        )
        .await
        .expect_redirect();
    assert_eq!(value(&app, "SELECT count(*) FROM companies").await, "0");
    let made = import(&app, file.clone().into_bytes()).await;
    assert_eq!(counts(&made), [2, 0, 0, 0, 0], "{}", report(&app, &made).await);
    let taken = "SELECT count(*) FROM companies, trash WHERE companies.id = trash.entity_id";
    assert_eq!(value(&app, taken).await, "0");
    assert_eq!(
        value(&app, "SELECT count(*) FROM contacts WHERE company_id IS NOT NULL").await,
        "1"
    );
    assert_eq!(counts(&import(&app, file.into_bytes()).await)[0], 0);
}
