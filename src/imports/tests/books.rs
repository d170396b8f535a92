//! Workbooks that other programs wrote: XLS by a library that writes BIFF8, ODS by one that writes `OpenDocument`. What
//! is written into books of today is read back whatever it is.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use rust_xlsxwriter::Workbook;

use super::hostile::{Dice, cell, cells_of, mutate, packed, read, unpacked};
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

/// The bytes of a book, and what an archive holds once it is unpacked, where sums would give the damage away.
#[test]
fn damaged_books_of_other_programs_are_read_or_refused() {
    let mut dice = Dice(11);
    for number in 0..600 {
        let book = if number % 2 == 0 { XLS } else { ODS };
        let mut bytes = book.to_vec();
        mutate(&mut bytes, &mut dice);
        quickly(bytes);
    }
    let parts = unpacked(ODS);
    for _ in 0..300 {
        let mut parts = parts.clone();
        let place = dice.below(parts.len());
        mutate(&mut parts[place].1, &mut dice);
        quickly(packed(&parts));
    }
}

fn quickly(bytes: Vec<u8>) {
    let began = Instant::now();
    let _ = read(bytes);
    assert!(began.elapsed() < Duration::from_secs(10));
}

const HEAD: [&str; 3] = ["ID", "Название компании", "Примечание 1"];

fn xlsx_of(rows: &[Vec<String>]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let head = HEAD.map(str::to_owned).to_vec();
    for (row, cells) in (0..).zip(std::iter::once(&head).chain(rows)) {
        for (column, cell) in (0..).zip(cells) {
            sheet.write_string(row, column, cell).expect("a cell");
        }
    }
    workbook.save_to_buffer().expect("a book")
}

/// As `LibreOffice` writes it: spaces, tabs and lines are elements.
fn ods_of(rows: &[Vec<String>]) -> Vec<u8> {
    let head = HEAD.map(str::to_owned).to_vec();
    let written = |cell: &String| {
        let text = cell.replace('&', "&amp;").replace('<', "&lt;");
        let text = text.replace("  ", " <text:s/>").replace('\t', "<text:tab/>");
        let lines: Vec<String> = text
            .split('\n')
            .map(|line| format!("<text:p>{line}</text:p>"))
            .collect();
        format!(
            "<table:table-cell office:value-type=\"string\">{}</table:table-cell>",
            lines.concat()
        )
    };
    let rows = std::iter::once(&head).chain(rows).map(|cells| {
        let cells: Vec<String> = cells.iter().map(written).collect();
        format!("<table:table-row>{}</table:table-row>", cells.concat())
    });
    let content = format!(
        "<office:document-content><table:table table:name=\"Лист\">{}</table:table></office:document-content>",
        rows.collect::<String>()
    );
    packed(&vec![("content.xml".to_owned(), content.into_bytes())])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_into_a_book_is_read_back(cells in prop::collection::vec([cell(), cell()], 1..12)) {
        // A row of which nothing is filled does not exist in a book.
        let numbered = cells.iter().enumerate().map(|(at, [name, note])| vec![at.to_string(), name.clone(), note.clone()]);
        let rows: Vec<Vec<String>> = numbered.collect();
        prop_assert_eq!(&cells_of(xlsx_of(&rows)), &rows);
        prop_assert_eq!(&cells_of(ods_of(&rows)), &rows);
    }
}
