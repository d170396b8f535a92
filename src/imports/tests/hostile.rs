//! What is written is read back, and what is damaged costs neither a crash nor time.

use std::time::{Duration, Instant};

use chrono::{TimeZone as _, Utc};
use proptest::prelude::*;

use super::made;
use crate::demo::amo::{AmoOptions, Layout, write, write_as};
use crate::imports::reading::{Peek, Table};
use crate::imports::rows::Reader;

/// Reads a file to the end; answers how many rows it had, or a sentence.
pub(super) fn read(bytes: Vec<u8>) -> Result<usize, &'static str> {
    let table = Table::open(bytes, None)?;
    let now = Utc.with_ymd_and_hms(2026, 11, 23, 9, 0, 0).single().expect("a moment");
    let reader = Reader::new(&table.head, chrono_tz::Europe::Moscow, now);
    Ok(table.rows().inspect(|row| drop(reader.read(row))).count())
}

/// Chance of these tests: the same files each time.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % end.max(1)
    }
}

/// Spoils some bytes: other ones, missing ones, a piece twice, an end too early.
pub(super) fn mutate(bytes: &mut Vec<u8>, dice: &mut Dice) {
    for _ in 0..=dice.below(6) {
        if bytes.is_empty() {
            return;
        }
        let at = dice.below(bytes.len());
        match dice.below(6) {
            0 => bytes[at] = u8::try_from(dice.below(256)).expect("a byte"),
            1 => bytes[at] ^= 1 << dice.below(8),
            2 => drop(bytes.drain(at..bytes.len().min(at + dice.below(40)))),
            3 => {
                let piece = bytes[at..bytes.len().min(at + dice.below(60))].to_vec();
                bytes.splice(at..at, piece);
            }
            4 => bytes.insert(at, *b"\",;\n\r\t\0'".get(dice.below(8)).expect("one of eight")),
            _ => bytes.truncate(at.max(bytes.len() / 2)),
        }
    }
}

fn mutated(layout: Layout, count: usize) {
    let whole = made(layout, 25, true);
    let mut dice = Dice(layout.code().len() as u64);
    for number in 0..count {
        let mut bytes = whole.clone();
        mutate(&mut bytes, &mut dice);
        let began = Instant::now();
        let _ = Peek::of(&bytes);
        let _ = read(bytes);
        assert!(began.elapsed() < Duration::from_secs(10), "{} {number}", layout.code());
    }
}

#[test]
fn ten_thousand_damaged_texts_are_read_or_refused() {
    for layout in Layout::ALL {
        if layout != Layout::Xlsx2025 {
            mutated(layout, 1_150);
        }
    }
}

#[test]
fn damaged_workbooks_are_read_or_refused() {
    mutated(Layout::Xlsx2025, 800);
}

/// The XML inside: what the sums of the archive would never let through.
#[test]
fn workbooks_with_damaged_sheets_are_read_or_refused() {
    let parts = unpacked(&made(Layout::Xlsx2025, 12, false));
    let mut dice = Dice(5);
    for _ in 0..300 {
        let mut parts = parts.clone();
        let place = dice.below(parts.len());
        mutate(&mut parts[place].1, &mut dice);
        let _ = read(packed(&parts));
    }
}

pub(super) type Parts = Vec<(String, Vec<u8>)>;

pub(super) fn unpacked(bytes: &[u8]) -> Parts {
    use std::io::Read as _;
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("an archive");
    let parts = (0..archive.len()).map(|place| {
        let mut entry = archive.by_index(place).expect("an entry");
        let name = entry.name().expect("a name").into_owned();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).expect("content");
        (name, content)
    });
    parts.collect()
}

pub(super) fn packed(parts: &Parts) -> Vec<u8> {
    use std::io::Write as _;
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in parts {
        let options = zip::write::SimpleFileOptions::default();
        archive.start_file(name.as_str(), options).expect("an entry");
        archive.write_all(content).expect("content");
    }
    archive.finish().expect("an archive").into_inner()
}

#[test]
fn a_workbook_that_unpacks_to_too_much_is_refused_at_once() {
    let mut parts = unpacked(&made(Layout::Xlsx2025, 2, false));
    parts.push(("xl/media/image1.png".to_owned(), vec![0; 65 * 1024 * 1024]));
    let began = Instant::now();
    assert!(read(packed(&parts)).is_err_and(|sentence| sentence.contains("64 МБ")));
    assert!(began.elapsed() < Duration::from_secs(20));
    let strings = br#"<?xml version="1.0"?><sst uniqueCount="99999999999999"></sst>"#;
    let mut parts = unpacked(&made(Layout::Xlsx2025, 2, false));
    let place = parts.iter().position(|(name, _)| name.ends_with("sharedStrings.xml"));
    match place {
        Some(place) => parts[place].1 = strings.to_vec(),
        None => parts.push(("xl/sharedStrings.xml".to_owned(), strings.to_vec())),
    }
    assert!(read(packed(&parts)).is_err());
}

/// A table of documents with one cell that says to stand there a million times.
#[test]
fn repeated_cells_of_ods_are_bounded() {
    let content = |row: &str| {
        format!(
            "<office:document-content><table:table table:name=\"Лист\"><table:table-row><table:table-cell \
             office:value-type=\"string\"><text:p>Название компании</text:p></table:table-cell><table:table-cell \
             office:value-type=\"string\"><text:p>ИНН</text:p></table:table-cell></table:table-row>{row}\
             <table:table-row table:number-rows-repeated=\"1048570\"><table:table-cell \
             table:number-columns-repeated=\"16384\"/></table:table-row></table:table></office:document-content>"
        )
    };
    let book = |row: &str| packed(&vec![("content.xml".to_owned(), content(row).into_bytes())]);
    let cell = |attributes: &str| {
        format!(
            "<table:table-cell {attributes} office:value-type=\"string\"><text:p>Рома<text:s text:c=\"4000000000\"/>шка &amp; К</text:p></table:table-cell>"
        )
    };
    let one = format!(
        "<table:table-row>{}<table:table-cell office:value-type=\"float\" office:value=\"7707083893\"><text:p>7,7E+09\
         </text:p></table:table-cell></table:table-row>",
        cell("")
    );
    let table = Table::open(book(&one), None).expect("a table");
    let rows: Vec<_> = table.rows().collect();
    assert_eq!(rows.len(), 1);
    assert!(rows[0].cells[0].ends_with("шка & К"));
    assert_eq!(rows[0].cells[1], "7707083893");
    let wide = format!(
        "<table:table-row>{}</table:table-row>",
        cell("table:number-columns-repeated=\"4000000000\"")
    );
    assert!(read(book(&wide)).is_err_and(|sentence| sentence.contains("300 столбцов")));
    let long = format!(
        "<table:table-row table:number-rows-repeated=\"4000000000\">{}</table:table-row>",
        cell("")
    );
    assert!(read(book(&long)).is_err_and(|sentence| sentence.contains("100 000 строк")));
}

/// A cell as a program may write it: what a reader drops by intention is left out.
pub(super) fn cell() -> impl Strategy<Value = String> {
    let sign = prop_oneof![
        8 => prop::char::range('а', 'я'),
        4 => prop::char::range('0', '9'),
        2 => prop::sample::select(vec!['"', ',', ';', '\t', '\n', ' ', '«', '№', '\'', '=']),
    ];
    prop::collection::vec(sign, 0..12).prop_map(|signs| {
        let text: String = signs.into_iter().collect();
        text.trim().to_owned()
    })
}

fn table() -> impl Strategy<Value = Vec<Vec<String>>> {
    prop::collection::vec(prop::collection::vec(cell(), 3), 1..12)
}

fn csv_of(rows: &[Vec<String>], delimiter: u8) -> String {
    let mut out = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    out.write_record(["ID", "Название компании", "Примечание 1"])
        .expect("a heading");
    for row in rows {
        out.write_record(row).expect("a row");
    }
    String::from_utf8(out.into_inner().expect("bytes")).expect("UTF-8")
}

pub(super) fn cells_of(bytes: Vec<u8>) -> Vec<Vec<String>> {
    let table = Table::open(bytes, None).expect("a table");
    let rows = table
        .rows()
        .map(|row| row.cells.into_iter().map(std::borrow::Cow::into_owned).collect());
    rows.collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_back_in_every_encoding(rows in table()) {
        for delimiter in [b',', b';', b'\t'] {
            let text = csv_of(&rows, delimiter);
            let mut marked = vec![0xEF, 0xBB, 0xBF];
            marked.extend_from_slice(text.as_bytes());
            let mut little = vec![0xFF, 0xFE];
            little.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
            let mut big = vec![0xFE, 0xFF];
            big.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
            let cp1251 = encoding_rs::WINDOWS_1251.encode(&text).0.into_owned();
            for bytes in [text.clone().into_bytes(), marked, little, big, cp1251] {
                prop_assert_eq!(&cells_of(bytes), &rows);
            }
        }
    }

    #[test]
    fn every_layout_reads_back_what_the_generator_wrote(seed in 0_u64..1_000_000, rows in 1_u64..40) {
        for layout in Layout::ALL {
            let (mut out, mut plain) = (Vec::new(), Vec::new());
            let options = AmoOptions { layout, rows, seed, dirty: true };
            write(&mut out, options).expect("a file");
            write_as(&mut plain, options, Layout::ContactsAndCompanies).expect("a file");
            let made: Vec<_> = cells_of(out);
            let reference: Vec<Vec<String>> = csv::ReaderBuilder::new()
                .from_reader(plain.as_slice())
                .records()
                .map(|record| record.expect("a record").iter().map(|cell| cell.trim().to_owned()).collect())
                .collect();
            prop_assert_eq!(made.len() as u64, rows);
            for (made, reference) in made.iter().zip(&reference) {
                let is_same = made.len() == reference.len()
                    && made.iter().zip(reference).all(|(made, reference)| same(layout, made, reference));
                prop_assert!(is_same, "{} {made:?} {reference:?}", layout.code());
            }
        }
    }
}

/// A number of a workbook has lost its zeros, and a midnight is the day alone; what cp1251 lacks is a question mark.
fn same(layout: Layout, made: &str, reference: &str) -> bool {
    match layout {
        Layout::Xlsx2025 => {
            made.trim_start_matches('0') == reference.trim_start_matches('0')
                || reference
                    .strip_prefix(made)
                    .is_some_and(|rest| rest.starts_with(" 00:00") && rest.trim_matches([' ', '0', ':']).is_empty())
        }
        Layout::Excel => {
            made.chars().count() == reference.chars().count()
                && made
                    .chars()
                    .zip(reference.chars())
                    .all(|(made, reference)| made == reference || made == '?')
        }
        _ => made == reference,
    }
}
