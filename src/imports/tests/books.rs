//! Workbooks that other programs wrote: XLS by a library that writes BIFF8, ODS by one that writes `OpenDocument`.

use super::{counts, import, value};
use crate::imports::reading::Table;
use crate::testing::TestApp;

const XLS: &[u8] = include_bytes!("books/book.xls");
const ODS: &[u8] = include_bytes!("books/book.ods");

fn rows(bytes: &[u8]) -> Vec<Vec<String>> {
    let table = Table::open(bytes.to_vec(), None).expect("a table");
    let rows = table.rows().map(|row| {
        assert_eq!(row.problem.filter(|problem| !problem.is_empty()), None);
        row.cells.into_iter().map(std::borrow::Cow::into_owned).collect()
    });
    rows.collect()
}

#[test]
fn xls_gives_texts_numbers_and_days() {
    let rows = rows(XLS);
    assert_eq!(rows.len(), 29);
    assert_eq!(
        rows[0][..7],
        [
            "1",
            "компания",
            "ООО «Ромашка»",
            "7707083893",
            "01.02.2022 10:30:00",
            "8 912 345-67-89",
            "да"
        ]
    );
    // Longer than one record, and split in the middle of it.
    assert_eq!(rows[0][7], "длинный текст ".repeat(700).trim());
    assert_eq!(
        rows[1][2..7],
        ["Lutik Ltd", "7736207543", "02.02.2022", "79123456780", "нет"]
    );
    assert_eq!(rows[2][2..4], ["Роза – «Тюльпан»", "0274062111"]);
    assert_eq!(rows[28][..3], ["29", "компания", "Фирма № 29"]);
    assert!(rows[28][7].ends_with("заметка 29"));
}

#[test]
fn ods_gives_texts_numbers_and_days() {
    let rows = rows(ODS);
    assert_eq!(rows.len(), 2);
    assert_eq!(
        rows[0],
        [
            "1",
            "компания",
            "ООО «Ромашка»\nи сыновья & Ко",
            "7707083893",
            "2022-02-01 10:30:00",
            "8 912 345-67-89"
        ]
    );
}

#[tokio::test]
async fn books_are_imported_like_any_file() {
    let app = TestApp::new().await;
    assert_eq!(counts(&import(&app, ODS.to_vec()).await), [2, 0, 0, 0, 0]);
    assert_eq!(
        value(
            &app,
            "SELECT created_at AT TIME ZONE 'UTC' FROM companies WHERE amocrm_company_id = 1"
        )
        .await,
        "2022-02-01 05:30:00"
    );
    assert_eq!(
        value(&app, "SELECT string_agg(inn, ' ' ORDER BY inn) FROM companies").await,
        "7707083893 7736207543"
    );
    // An empty row between: its number counts, the row does not.
    assert_eq!(counts(&import(&app, XLS.to_vec()).await), [26, 2, 0, 1, 0]);
}
