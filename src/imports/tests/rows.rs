//! Rows of text → what they mean.

use chrono::{TimeZone as _, Utc};

use crate::companies::bulk::Field;
use crate::contacts::bulk::Field as ContactField;
use crate::imports::model::Verdict;
use crate::imports::reading::Table;
use crate::imports::rows::{CompanyRow, ContactRow, Cut, Meaning, Reader, names, split_person};
use crate::values::text::join_list;

fn read(text: &str) -> Vec<Meaning> {
    let table = Table::open(text.as_bytes().to_vec(), None).expect("a table");
    let now = Utc.with_ymd_and_hms(2026, 11, 23, 9, 0, 0).single().expect("a moment");
    let reader = Reader::new(&table.head, chrono_tz::Asia::Yekaterinburg, now);
    table.rows().map(|row| reader.read(&row)).collect()
}

fn company(text: &str) -> CompanyRow {
    match read(text).into_iter().next() {
        Some(Meaning::Company(row)) => *row,
        other => panic!("not a company: {other:?}"),
    }
}

fn contact(text: &str) -> ContactRow {
    match read(text).into_iter().next() {
        Some(Meaning::Contact(row)) => *row,
        other => panic!("not a contact: {other:?}"),
    }
}

fn judged(text: &str) -> (Verdict, String) {
    match read(text).into_iter().next() {
        Some(Meaning::Judged(outcome)) => (outcome.verdict, outcome.message),
        other => panic!("not judged: {other:?}"),
    }
}

#[test]
fn the_kind_is_told_by_its_column_or_by_what_is_filled() {
    let head = "ID,Тип,Имя,Название компании\n";
    company(&format!("{head}1,Компания,,Ромашка"));
    contact(&format!("{head}1,контакт,Пётр,Ромашка"));
    contact(&format!("{head}1,,Пётр,Ромашка"));
    company(&format!("{head}1,,,Ромашка"));
    company("ID,Название компании\n1,Ромашка");
    contact("ID,Полное имя контакта\n1,Пётр Иванов");
    assert_eq!(judged(&format!("{head}1,сделка,,Ромашка")).0, Verdict::Skipped);
    assert_eq!(judged(&format!("{head},компания,,Ромашка")).0, Verdict::Skipped);
    assert_eq!(judged(&format!("{head}1,контакт,,Ромашка")).0, Verdict::Refused);
    assert_eq!(judged("Название компании,ИНН,Адрес\n,,Тула").0, Verdict::Refused);
}

#[test]
fn a_company_row_is_cleaned() {
    let row = company(
        "ID,Название компании,ИНН,КПП,Область,Адрес,Руководитель,Холодный звонок,Примечание 1,Примечание 3,\
         Дата создания контакта\n\
         12,'ООО &quot;Ромашка&quot; &amp; Ко,500100732,77 07 01 001,Тульская область,\"Тула,\nЛенина 1\",\
         Иванов Пётр Ильич,Да,первое,\"второе\nдальше\",01.02.2024 10:30:00",
    );
    assert_eq!(row.common.amo_id, Some(12));
    assert_eq!(row.get(Field::Name), "ООО \"Ромашка\" & Ко");
    assert_eq!(row.get(Field::Kpp), "770701001");
    assert_eq!(row.get(Field::Address), "Тульская область, Тула, Ленина 1");
    assert_eq!(row.get(Field::LeadState), "cold");
    assert_eq!(row.director, Some(("Пётр Ильич".to_owned(), "Иванов".to_owned())));
    assert_eq!(
        row.notes[0].text,
        "Импорт из amoCRM\n\nПримечание 1: первое\n\nПримечание 3: второе\nдальше"
    );
    let created_at = row.common.created_at.expect("a date");
    assert_eq!(created_at.to_rfc3339(), "2024-02-01T05:30:00+00:00");
}

#[test]
fn registration_numbers_are_mended_or_marked() {
    let inn = |cell: &str| {
        let row = company(&format!("ID,Название компании,ИНН\n1,Ромашка,\"{cell}\""));
        (row.get(Field::Inn).to_owned(), row.common.remarks.len())
    };
    assert_eq!(inn("7707083893"), ("7707083893".to_owned(), 0));
    assert_eq!(inn("7707083893.0"), ("7707083893".to_owned(), 0));
    assert_eq!(inn("274062111"), ("0274062111".to_owned(), 1));
    assert_eq!(inn("7707083894"), ("7707083894".to_owned(), 1));
    assert_eq!(inn("7,70708E+09"), (String::new(), 1));
    let both = company("ID,Название компании,ИНН\n1,Ромашка,7707083893/770701001");
    assert_eq!(
        (both.get(Field::Inn), both.get(Field::Kpp)),
        ("7707083893", "770701001")
    );
}

#[test]
fn too_long_values_are_cut_with_a_word_about_it() {
    let row = company(&format!("ID,Название компании\n1,{}", "Я".repeat(300)));
    assert_eq!(row.get(Field::Name).chars().count(), 255);
    assert_eq!(row.common.remarks[0].0, "name");
}

#[test]
fn phones_and_emails_are_parted_typed_and_told_apart() {
    let row = contact(
        "ID,Имя,Рабочий телефон,Мобильный телефон,Рабочий email,Личный email\n\
         1,Пётр,\"'+7 (495) 222-33-44, 8 495 222 33 44 доб. 5\",8 (495) 222-33-44,\
         \"a@example.ru; b@example.ru нет\",A@example.ru",
    );
    let phones: Vec<_> = row
        .common
        .phones
        .iter()
        .map(|row| (row.kind, row.phone.e164.as_str()))
        .collect();
    assert_eq!(phones, [("work", "+74952223344"), ("work", "+74952223344")]);
    assert_eq!(row.common.phones[1].phone.extension, "5");
    assert_eq!(row.common.emails.len(), 2);
    assert_eq!(row.common.remarks.len(), 1);
}

#[test]
fn full_names_are_split_either_way_round() {
    let split = |full: &str| split_person(full);
    let pair = |first: &str, last: &str| (first.to_owned(), last.to_owned());
    assert_eq!(split("Пётр Иванов"), pair("Пётр", "Иванов"));
    assert_eq!(split("Иванов Пётр"), pair("Пётр", "Иванов"));
    assert_eq!(split("Иванова Ирина"), pair("Ирина", "Иванова"));
    assert_eq!(split("Иванов Пётр Ильич"), pair("Пётр Ильич", "Иванов"));
    assert_eq!(split("Анна Петровна Ким"), pair("Анна Петровна", "Ким"));
    assert_eq!(split("Анна Петровна"), pair("Анна Петровна", ""));
    assert_eq!(split("Пётр"), pair("Пётр", ""));
    let row = contact("ID,Основной контакт (контакт)\n1,Иванов Пётр");
    assert_eq!(
        (row.get(ContactField::FirstName), row.get(ContactField::LastName)),
        ("Пётр", "Иванов")
    );
}

#[test]
fn lists_are_cut_by_commas_only_where_no_name_has_one() {
    let known = |name: &str| name == "Отдых, спорт";
    assert_eq!(
        names("Авто; Отдых, спорт; Банки, ВЭД", Cut::Loose, known),
        ["Авто", "Отдых, спорт", "Банки", "ВЭД"]
    );
    assert_eq!(names("Авто, Авто;;", Cut::Loose, known), ["Авто"]);
    // Our own exports quote what would be cut.
    let exact = |cell| names(cell, Cut::Exact, known);
    assert_eq!(exact("Банки, ВЭД; Авто"), ["Банки, ВЭД", "Авто"]);
    let listed = ["Ветра; опт", "5\" трубы", "Авто"];
    assert_eq!(exact(&join_list(listed.into_iter())), listed);
}

#[test]
fn the_whole_row_is_kept_by_its_headings() {
    let row = company("ID,Компания,Товар,Товар,Пусто\n1,Ромашка,гвозди,доски,");
    let raw: serde_json::Value = serde_json::from_str(&row.common.raw).expect("JSON");
    assert_eq!(
        raw,
        serde_json::json!({ "ID": "1", "Компания": "Ромашка", "Товар": "гвозди", "Товар.1": "доски" })
    );
}
