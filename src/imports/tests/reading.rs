//! Bytes → rows.

use crate::imports::model::Kind;
use std::borrow::Cow;

use crate::imports::reading::{Row, Table, Target};

fn open(bytes: &[u8]) -> Table {
    Table::open(bytes.to_vec(), None).expect("a table")
}

/// Rows that outlive their table.
fn rows(bytes: &[u8]) -> Vec<Row<'static>> {
    let owned = |cells: Vec<Cow<'_, str>>| cells.into_iter().map(|cell| Cow::Owned(cell.into_owned())).collect();
    let table = open(bytes);
    table
        .rows()
        .map(|row| Row {
            line: row.line,
            cells: owned(row.cells),
            problem: row.problem,
        })
        .collect()
}

fn names(table: &Table) -> Vec<String> {
    let cell = |row: &Row<'_>| {
        table
            .head
            .cell(&row.cells, Target::CompanyName, Kind::Company)
            .to_owned()
    };
    table
        .rows()
        .filter(|row| row.problem.is_none())
        .map(|row| cell(&row))
        .collect()
}

#[test]
fn the_delimiter_is_found_by_the_headings_and_the_widths() {
    for delimiter in [",", ";", "\t"] {
        let text = "ID,Тип,Название компании\n1,компания,Ромашка\n2,компания,Лютик\n".replace(',', delimiter);
        assert_eq!(names(&open(text.as_bytes())), ["Ромашка", "Лютик"], "{delimiter:?}");
    }
    let text = "ID;Название компании;Адрес\n1;Ромашка;\"Москва, Тверская, 1\"\n2;Лютик, Роза;Тула, Ленина, 2\n";
    assert_eq!(names(&open(text.as_bytes())), ["Ромашка", "Лютик, Роза"]);
    assert_eq!(names(&open("sep=;\nID;Компания\n1;Ромашка\n".as_bytes())), ["Ромашка"]);
}

#[test]
fn every_encoding_that_excel_writes_is_read() {
    let text = "ID,Тип,Название компании\r\n1,компания,«Ёлка»\r\n";
    let mut marked = vec![0xEF, 0xBB, 0xBF];
    marked.extend_from_slice(text.as_bytes());
    let (cp1251, ..) = encoding_rs::WINDOWS_1251.encode(text);
    let mut utf16 = vec![0xFF, 0xFE];
    utf16.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    for bytes in [text.as_bytes(), &marked, &cp1251, &utf16] {
        assert_eq!(names(&open(bytes)), ["«Ёлка»"]);
    }
}

#[test]
fn one_damaged_row_leaves_the_others_readable() {
    let mut bytes = "ID,Название компании\n1,Ромашка\n2,".as_bytes().to_vec();
    bytes.extend_from_slice(&[0xD0, 0x20]);
    bytes.extend_from_slice("\n3,Лютик\n".as_bytes());
    let problems: Vec<bool> = rows(&bytes).iter().map(|row| row.problem.is_some()).collect();
    assert_eq!(problems, [false, true, false]);
    assert_eq!(names(&open(&bytes)), ["Ромашка", "Лютик"]);
}

#[test]
fn headings_are_known_however_they_are_spaced_and_spelt() {
    let table = open("\u{a0}ID ,ТИП,Название\u{a0} компании,Рабочий телефон (компания),Факс 2 (контакт)\n".as_bytes());
    for target in [
        Target::Id,
        Target::Kind,
        Target::CompanyName,
        Target::Phone("work"),
        Target::Phone("fax"),
    ] {
        assert!(table.head.has(target), "{target:?}");
    }
    let row: Vec<String> = ["1", "", "Ромашка", "84952223344", "84952223355"]
        .map(str::to_owned)
        .into();
    assert_eq!(table.head.cell(&row, Target::Phone("fax"), Kind::Company), "");
    assert_eq!(
        table.head.cell(&row, Target::Phone("fax"), Kind::Contact),
        "84952223355"
    );
}

#[test]
fn of_equal_headings_the_first_filled_cell_counts() {
    let table = open("ID,Компания,Компания,Название компании\n".as_bytes());
    let row = |cells: [&str; 4]| cells.map(str::to_owned);
    let name = |cells| {
        table
            .head
            .cell(&row(cells), Target::CompanyName, Kind::Company)
            .to_owned()
    };
    assert_eq!(name(["1", "", "Лютик", ""]), "Лютик");
    assert_eq!(name(["1", "Роза", "Лютик", ""]), "Роза");
    assert_eq!(name(["1", "Роза", "Лютик", "Ромашка"]), "Ромашка");
}

#[test]
fn the_shifted_head_of_2022_is_put_right() {
    let text = "ID,Название компании,Сделки,Дата редактирования,Кем редактирован\n\
                1,Ромашка,01.02.2022 10:00:00,Иванов,\"Сделка №1…, Сделка №2…\"\n\
                2,Лютик,02.02.2022 10:00:00,Петров,\n";
    assert_eq!(
        open(text.as_bytes()).head.unique_names()[2..],
        ["Дата редактирования", "Кем редактирован", "Сделки"]
    );
    let straight = "ID,Название компании,Сделки,Дата редактирования,Кем редактирован\n\
                    1,Ромашка,Сделка №1…,01.02.2022 10:00:00,Иванов\n";
    assert_eq!(
        open(straight.as_bytes()).head.unique_names()[2..],
        ["Сделки", "Дата редактирования", "Кем редактирован"]
    );
}

#[test]
fn quotes_hold_delimiters_line_ends_and_quotes() {
    let text = "ID,Название компании,Примечание 1\n1,\"ООО \"\"Ромашка\"\", Тула\",\"первая\nвторая\r\nтретья\"\n2,\"ООО \"Лютик\"\",\n";
    let rows = rows(text.as_bytes());
    assert_eq!(rows[0].cells, ["1", "ООО \"Ромашка\", Тула", "первая\nвторая\nтретья"]);
    assert_eq!(rows[1].cells, ["2", "ООО \"Лютик\"", ""]);
    assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 3]);
}

#[test]
fn a_quote_left_open_costs_one_row() {
    let text = "ID,Название компании,Примечание 1\n1,\"Ромашка,да\n2,Лютик,\"нет\"\n3,Роза,\n";
    let rows = rows(text.as_bytes());
    assert_eq!(
        rows.iter().map(|row| row.problem.is_some()).collect::<Vec<_>>(),
        [true, false, false]
    );
    assert_eq!(rows[1].cells, ["2", "Лютик", "нет"]);
    let last = "ID,Название компании\n1,Ромашка\n2,\"Лютик\n3,Роза\n";
    assert_eq!(names(&open(last.as_bytes())), ["Ромашка", "Роза"]);
}

#[test]
fn quotes_that_nobody_doubled_do_not_swallow_the_next_row() {
    let text = "ID,Название компании,Адрес\n1,\"ООО \"Ромашка\"\",Тула\n2,\"ООО \"Лютик\"\",Тверь\n3,Роза,Орёл\n";
    let rows = rows(text.as_bytes());
    let cells: Vec<_> = rows.iter().map(|row| row.cells[1].as_ref()).collect();
    assert_eq!(cells, ["ООО \"Ромашка\"", "ООО \"Лютик\"", "Роза"]);
    assert!(rows.iter().all(|row| row.problem.is_none()));
}

#[test]
fn ragged_rows_are_refused_and_empty_tails_are_not() {
    let text = "ID,Название компании,Адрес\n1,Ромашка\n2,Лютик,Тула,,\n3,Роза,Тула,лишнее\n,,\n";
    let problems: Vec<Option<String>> = rows(text.as_bytes()).into_iter().map(|row| row.problem).collect();
    assert_eq!(problems[0].as_deref(), Some("Ячеек в строке 2, а в заголовке 3"));
    assert_eq!(problems[1], None);
    assert_eq!(problems[2].as_deref(), Some("Ячеек в строке 4, а в заголовке 3"));
    assert_eq!(problems[3].as_deref(), Some(""));
}

#[test]
fn what_a_database_does_not_keep_is_dropped() {
    let rows = rows("ID,Название компании,Адрес\n1, Ро\u{0}машка ,nan\n2,NONE,\u{7}\n".as_bytes());
    assert_eq!(rows[0].cells, ["1", "Ромашка", ""]);
    assert_eq!(rows[1].cells, ["2", "", ""]);
}

#[test]
fn files_that_cannot_be_imported_get_one_sentence() {
    let refused = |bytes: Vec<u8>| Table::open(bytes, None).expect_err("a sentence");
    assert!(refused(Vec::new()).starts_with("Файл пуст"));
    assert!(refused(b"\n\n".to_vec()).starts_with("Файл пуст"));
    assert!(refused(b"PK\x03\x04rest".to_vec()).contains("повреждена"));
    assert!(refused("a,b\n1,2\n".into()).contains("ни одного знакомого заголовка"));
    assert!(refused(vec![0, 159, 146, 150, 7]).contains("ни одного знакомого заголовка"));
    assert!(refused("ID,ИНН\n1,2\n".into()).contains("нет столбца с названием"));
    let wide = format!("Компания{}\n", ",x".repeat(300));
    assert!(refused(wide.into()).contains("300 столбцов"));
    let long = format!("Компания\n{}", "x\n".repeat(100_001));
    assert!(refused(long.into()).contains("100 000 строк"));
}

/// Each takes a moment; what they took before was gigabytes of empty cells, and hours of looking for a closing quote.
#[test]
fn hostile_lines_cost_no_more_than_their_bytes() {
    let commas = |count| ",".repeat(count);
    let wide = [b"ID,\xd0\x98\xd0\xbc\xd1\x8f".to_vec(), commas(300_000).into_bytes()].concat();
    assert!(Table::open(wide, None).is_err());
    let head = "ID,Тип,Название компании\n";
    let empty = format!("{head}1,компания,Ромашка{}\n", commas(300_000));
    assert_eq!(names(&open(empty.as_bytes())), ["Ромашка"]);
    let filled = format!("{head}1,компания,Ромашка{}x\n2,компания,Лютик,,\n", commas(300_000));
    assert_eq!(names(&open(filled.as_bytes())), ["Лютик"]);
    let quotes = format!("{head}{}\n2,компания,Лютик\n", "\"a,".repeat(100_000));
    assert_eq!(names(&open(quotes.as_bytes())), ["Лютик"]);
}
