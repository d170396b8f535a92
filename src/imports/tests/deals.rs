//! Files of deals: companies and people from them, the deal itself as a note, once.

use super::{check, counts, execute, import, report, value};
use crate::testing::TestApp;

const HEAD: &str = "ID,Название сделки,Бюджет ,Ответственный,Дата создания сделки,Теги,Примечание,Этап сделки,Воронка,\
                    Полное имя контакта,Компания,Рабочий телефон,Рабочий email,ИНН\n";

fn file(rows: &str) -> Vec<u8> {
    format!("{HEAD}{rows}").into_bytes()
}

const ROWS: &str = "1,Бланки,5000,Анна Ким,01.02.2022 10:00:00,срочно,\"Просят счёт\nи акт\",Переговоры,Продажи,\
                    Пётр Иванов,ООО Ромашка,8 912 345-67-89,p@example.ru,7707083893\n\
                    2,Печати,,Анна Ким,02.02.2022 10:00:00,,,Переговоры,Продажи,Пётр Иванов,ООО Ромашка,,,\n\
                    3,Визитки,700,Анна Ким,03.02.2022 10:00:00,,,Переговоры,Продажи,Олег Сам,,8 912 345-67-80,,\n\
                    4,Ничья,700,Анна Ким,03.02.2022 10:00:00,,,Переговоры,Продажи,,,,,\n";

const NOTES: &str = "SELECT count(*) FROM notes";

#[tokio::test]
async fn a_deal_becomes_one_note_of_its_company() {
    let app = TestApp::new().await;
    let dry = check(&app, file(ROWS)).await;
    let first = import(&app, file(ROWS)).await;
    assert_eq!(report(&app, &dry).await, report(&app, &first).await);
    let text = report(&app, &first).await;
    assert_eq!(counts(&first), [2, 1, 0, 1, 0], "{text}");
    assert_eq!(value(&app, "SELECT count(*) FROM companies").await, "1");
    assert_eq!(value(&app, "SELECT count(*) FROM contacts").await, "2");
    assert_eq!(value(&app, NOTES).await, "2");
    let note = value(&app, "SELECT text FROM notes ORDER BY id LIMIT 1").await;
    assert_eq!(
        note,
        "Сделка: Бланки\nВоронка: Продажи\nЭтап: Переговоры\nБюджет: 5000\nОтветственный: Анна Ким\n\
         Создана: 01.02.2022 10:00:00\nТеги: срочно\nПримечание: Просят счёт\nи акт"
    );
    assert_eq!(
        value(&app, "SELECT min(created_at)::date FROM notes").await,
        "2022-02-01"
    );
    // A deal without a company stands in the person's note.
    assert!(
        value(&app, "SELECT note FROM contacts WHERE last_name = 'Сам'")
            .await
            .starts_with("Сделка: Визитки")
    );
    assert!(
        text.contains("5,skipped,,Ничья,,Сделка без компании и контакта") || text.contains("не к чему отнести"),
        "{text}"
    );
    assert_eq!(
        value(&app, "SELECT amocrm_company_id IS NULL FROM companies").await,
        "true"
    );

    let second = import(&app, file(ROWS)).await;
    let text = report(&app, &second).await;
    assert_eq!(counts(&second)[..2], [0, 0], "{text}");
    assert_eq!(value(&app, NOTES).await, "2");
}

#[tokio::test]
async fn a_deal_that_has_moved_on_is_written_anew_unless_a_person_had_a_hand_in_it() {
    let app = TestApp::new().await;
    import(&app, file(ROWS)).await;
    execute(
        &app,
        "UPDATE notes SET text = text || ' (звонили)' WHERE text LIKE '%Печати%'",
    )
    .await;
    let moved = ROWS.replace("Переговоры", "Успешно реализовано");
    let dry = check(&app, file(&moved)).await;
    let summary = import(&app, file(&moved)).await;
    let text = report(&app, &summary).await;
    assert_eq!(report(&app, &dry).await, text);
    assert!(text.contains("Обновлена сделка: Бланки"), "{text}");
    assert!(text.contains("изменена вручную, оставлена"), "{text}");
    assert_eq!(
        value(&app, "SELECT count(*) FROM notes WHERE text LIKE '%Успешно%'").await,
        "1"
    );
    execute(&app, "DELETE FROM notes WHERE text LIKE '%Печати%'").await;
    let summary = import(&app, file(&moved)).await;
    assert!(report(&app, &summary).await.contains("удалена вручную, не возвращена"));
    assert_eq!(value(&app, NOTES).await, "1");
}

#[tokio::test]
async fn deals_only_fill_what_their_company_lacks() {
    let app = TestApp::new().await;
    import(
        &app,
        super::file(&["9,компания,,,,ООО Ромашка,,84952223344,,Тула,7707083893"]),
    )
    .await;
    let summary = import(&app, file(ROWS)).await;
    let text = report(&app, &summary).await;
    assert_eq!(value(&app, "SELECT count(*) FROM companies").await, "1", "{text}");
    assert_eq!(value(&app, "SELECT address FROM companies").await, "Тула");
    assert_eq!(value(&app, "SELECT amocrm_company_id FROM companies").await, "9");
    assert_eq!(
        value(&app, "SELECT count(*) FROM contacts WHERE company_id IS NOT NULL").await,
        "1"
    );
}
