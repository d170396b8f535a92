//! Records are recognised: inside a file, across files, and after people have edited them.

use super::{check, counts, execute, file, generated, import, report, value};
use crate::testing::TestApp;

const COMPANIES: &str = "SELECT count(*) FROM companies";

#[tokio::test]
async fn the_second_run_changes_nothing() {
    let app = TestApp::new().await;
    let first = import(&app, generated(300, false)).await;
    assert_eq!(first.created, 300);
    app.pass(chrono::TimeDelta::hours(1));
    let state = "SELECT md5(string_agg(companies::text, '' ORDER BY id)) FROM companies";
    let events = "SELECT count(*) FROM audit_events WHERE verb <> 'import'";
    let before = (value(&app, state).await, value(&app, events).await);
    let second = import(&app, generated(300, false)).await;
    assert_eq!(counts(&second), [0, 0, 300, 0, 0]);
    assert_eq!((value(&app, state).await, value(&app, events).await), before);
}

#[tokio::test]
async fn a_dry_run_says_what_the_real_run_does_and_writes_nothing() {
    let app = TestApp::new().await;
    let bytes = generated(1_500, true);
    let dry = check(&app, bytes.clone()).await;
    assert_eq!(value(&app, COMPANIES).await, "0");
    assert_eq!(value(&app, "SELECT count(*) FROM company_statuses").await, "11");
    let real = import(&app, bytes.clone()).await;
    assert_eq!(counts(&dry), counts(&real));
    assert_eq!(report(&app, &dry).await, report(&app, &real).await);
    let dry = check(&app, bytes.clone()).await;
    let real = import(&app, bytes).await;
    assert_eq!(report(&app, &dry).await, report(&app, &real).await);
}

#[tokio::test]
async fn companies_are_the_same_by_number_then_inn_then_name_and_address() {
    let app = TestApp::new().await;
    let first = file(&[
        "1,компания,,,,ООО Ромашка,,,,Тула Ленина 1,7707083893",
        "2,компания,,,,\"ООО \"\"РОМАШКА\"\"\",,,,\"г. Тула, ул. Ленина, 1\"",
        "3,компания,,,,Совсем другое имя,,,,,7707083893",
        "4,компания,,,,Ромашка,,,,Тверь",
        "5,компания,,,,Ромашка,,,,Тула Ленина 1,7736207543",
    ]);
    let summary = import(&app, first).await;
    // The second is the first by name and address, the third by ИНН; the fourth stands elsewhere, the fifth has
    // another ИНН.
    assert_eq!(counts(&summary), [3, 0, 2, 0, 0]);
    let text = report(&app, &summary).await;
    assert!(
        text.contains("4,unchanged,company,3,,Повтор строки 2: узнано по ИНН"),
        "{text}"
    );
    assert_eq!(
        value(&app, "SELECT name FROM companies WHERE amocrm_company_id = 1").await,
        "ООО Ромашка"
    );
    let renamed = import(&app, file(&["1,компания,,,,ООО Ромашка и К,,,,,"])).await;
    assert_eq!(counts(&renamed), [0, 1, 0, 0, 0]);
    assert_eq!(
        value(&app, "SELECT name FROM companies WHERE amocrm_company_id = 1").await,
        "ООО Ромашка и К"
    );
}

#[tokio::test]
async fn one_inn_with_two_kpp_is_two_branches() {
    let app = TestApp::new().await;
    let bytes = file(&[
        "1,компания,,,,Ромашка,,,,,7707083893,770701001",
        "2,компания,,,,Ромашка,,,,,7707083893,710701001",
        "3,компания,,,,Ромашка,,,,,7707083893,",
    ]);
    assert_eq!(counts(&import(&app, bytes.clone()).await), [2, 0, 1, 0, 0]);
    assert_eq!(counts(&import(&app, bytes).await), [0, 0, 3, 0, 0]);
}

#[tokio::test]
async fn an_inn_without_its_zero_is_the_same_inn() {
    let app = TestApp::new().await;
    let bytes = file(&[
        "1,компания,,,,Ромашка,,,,,0274062111",
        "2,компания,,,,Лютик,,,,,274062111",
    ]);
    assert_eq!(counts(&import(&app, bytes).await), [1, 0, 1, 0, 0]);
}

#[tokio::test]
async fn what_a_person_has_edited_stays() {
    let app = TestApp::new().await;
    let row = "1,компания,,,,Ромашка,,84952223344,a@example.ru,Тула,,,Новая";
    import(&app, file(&[row])).await;
    execute(&app, "UPDATE companies SET address = 'Тверь'").await;
    execute(&app, "DELETE FROM company_phones").await;
    let changed = row.replace("Тула", "Калуга").replace("Новая", "Договор");
    let summary = import(&app, file(&[&changed])).await;
    assert_eq!(counts(&summary), [0, 1, 0, 0, 0]);
    assert_eq!(value(&app, "SELECT address FROM companies").await, "Тверь");
    assert_eq!(value(&app, "SELECT count(*) FROM company_phones").await, "0");
    let status = "SELECT name FROM company_statuses WHERE id = (SELECT status_id FROM companies)";
    assert_eq!(value(&app, status).await, "Договор");
    let text = report(&app, &summary).await;
    assert!(text.contains("2,updated,company,1,,Изменено: статус"), "{text}");
    assert!(
        text.contains("2,updated,company,1,address,\"Поле изменено вручную, оставлено: Тверь\""),
        "{text}"
    );
    assert!(
        text.contains("phones,\"Удалено вручную, не возвращено: 4952223344"),
        "{text}"
    );
    let empty = import(&app, file(&["1,компания,,,,Ромашка,,,,"])).await;
    assert_eq!(counts(&empty), [0, 0, 1, 0, 0]);
}

#[tokio::test]
async fn a_record_made_by_hand_only_gets_its_gaps_filled() {
    let app = TestApp::new().await;
    app.company("ООО Ромашка").inn("7707083893").create(&app).await;
    let summary = import(&app, file(&["1,компания,,,,Ромашка плюс,,,,Тула,7707083893"])).await;
    assert_eq!(counts(&summary), [0, 1, 0, 0, 0]);
    assert_eq!(
        value(&app, "SELECT name || ', ' || address FROM companies").await,
        "ООО Ромашка, Тула"
    );
    assert_eq!(value(&app, "SELECT amocrm_company_id FROM companies").await, "1");
}

#[tokio::test]
async fn contacts_find_their_company_wherever_it_stands() {
    let app = TestApp::new().await;
    let bytes = file(&[
        "10,контакт,,Пётр,Иванов,ООО Ромашка,,89123456789",
        "1,компания,,,,«Ромашка»,,,,Тула,7707083893",
        "11,контакт,,Анна,Ким,Лютик,,,anna@example.ru",
        "12,контакт,,Олег,Ким,Лютик,,,oleg@example.ru",
        "13,контакт,,Иван,Сам,,,89123456700",
    ]);
    let summary = import(&app, bytes.clone()).await;
    assert_eq!(counts(&summary), [5, 0, 0, 0, 0]);
    // «Лютик» is named by contacts only.
    assert_eq!(value(&app, COMPANIES).await, "2");
    assert_eq!(
        value(&app, "SELECT count(*) FROM contacts WHERE company_id IS NULL").await,
        "1"
    );
    assert_eq!(
        value(&app, "SELECT count(DISTINCT company_id) FROM contacts").await,
        "2"
    );
    assert!(
        report(&app, &summary)
            .await
            .contains("company,Добавлена компания по контакту: Лютик")
    );
    assert_eq!(counts(&import(&app, bytes).await), [0, 0, 5, 0, 0]);
}

#[tokio::test]
async fn contacts_stay_with_a_company_that_was_renamed() {
    let app = TestApp::new().await;
    let bytes = file(&[
        "1,компания,,,,Ромашка,,,,Тула",
        "10,контакт,,Пётр,Иванов,Ромашка,,89123456789",
        "11,контакт,,Анна,Ким,Лютик,,89123456780",
    ]);
    import(&app, bytes.clone()).await;
    execute(
        &app,
        "UPDATE companies SET name = name || ' новая', name_key = name_key || ' новая'",
    )
    .await;
    assert_eq!(counts(&import(&app, bytes).await), [0, 0, 3, 0, 0]);
    assert_eq!(value(&app, COMPANIES).await, "2");
}

#[tokio::test]
async fn contacts_are_the_same_by_number_or_by_company_name_and_phone() {
    let app = TestApp::new().await;
    let bytes = file(&[
        "1,компания,,,,Ромашка,,,,Тула",
        "10,контакт,,Пётр,Иванов,Ромашка,,89123456789",
        "11,контакт,,Петр,Иванов,Ромашка,,+7 912 345-67-89,p@example.ru",
        "12,контакт,,Пётр,Иванов,Ромашка,,89120000001",
    ]);
    assert_eq!(counts(&import(&app, bytes.clone()).await), [3, 1, 0, 0, 0]);
    assert_eq!(value(&app, "SELECT count(*) FROM contacts").await, "2");
    assert_eq!(counts(&import(&app, bytes).await), [0, 0, 4, 0, 0]);
}
