//! Files that our own export wrote.

use super::{check, counts, execute, import, report, value};
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
