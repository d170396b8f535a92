//! An export that is imported changes nothing.

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use super::{execute, value, wish};
use crate::exports::{Format, What, write_file};
use crate::imports::{self, ImportOptions, KeyBy, OnKnown};
use crate::policy::{Actor, Role};
use crate::testing::TestApp;

/// Everything that could go wrong on the way there and back.
const BASE: &str = r#"
INSERT INTO branches (id, code, name) VALUES (71, 'ekb', 'ЕКБ'), (72, 'tula', 'Тула');
INSERT INTO users (id, username, password_hash, first_name, last_name, role, branch_id, is_active) VALUES
    (71, 'petrov', '', 'Пётр', 'Петров', 'manager', 71, true),
    (72, 'petrov2', '', 'Пётр', 'Петров', 'manager', 72, false);
INSERT INTO company_statuses (id, name) VALUES (71, 'Свой, тёплый'), (72, '=Статус');
INSERT INTO company_spheres (id, name) VALUES (71, 'Ветра; опт, розница'), (72, 'Ветра'), (73, '-Дачи, сады');
INSERT INTO companies (id, name, name_key, legal_name, inn, kpp, ogrn, address, address_key, website, activity_kind,
                       lead_state, status_id, responsible_id, branch_id, contact_name, contact_position, region_id,
                       contract_type, contract_until, contract_amount, do_not_call_at, do_not_call_reason,
                       amocrm_company_id, imported_fields)
VALUES
    ('0190aaaa-0000-7000-8000-000000000001', E'=cmd|''/C calc''!A0', 'a', '"ООО ""Ромашка"";"', '500100732', '', '',
     'Тула,  Ленина; 1 "б"', 'b', 'https://ромашка.рф', E'''70-е', 'cold', 71, 72, 71, 'Иванов Пётр', '@директор',
     (SELECT id FROM regions WHERE name = 'Тульская область'), 'frame', '2027-01-01', 70000.50, now(), 'просили; дважды',
     17, '{"inn": "500100732", "responsible": "72", "branch": "71", "name": "Иначе"}'),
    ('0190aaaa-0000-7000-8000-000000000002', 'Null', 'null', '', '007707083893', '770701001', '1027700132195', '', '', '',
     '', 'warm', NULL, 71, NULL, '', '', NULL, NULL, NULL, NULL, NULL, '', NULL, NULL),
    ('0190aaaa-0000-7000-8000-000000000003', 'Null', 'null', '', '007707083893', '770701001', '', '', '', '',
     '', 'warm', 72, 71, 72, '', '', NULL, NULL, NULL, NULL, NULL, '', NULL, NULL);
UPDATE companies SET head_company_id = '0190aaaa-0000-7000-8000-000000000002'
WHERE id = '0190aaaa-0000-7000-8000-000000000003';
INSERT INTO company_sphere_links (company_id, sphere_id) VALUES
    ('0190aaaa-0000-7000-8000-000000000001', 71), ('0190aaaa-0000-7000-8000-000000000001', 73),
    ('0190aaaa-0000-7000-8000-000000000002', 72);
INSERT INTO company_phones (company_id, position, e164, extension, raw, digits, comment) VALUES
    ('0190aaaa-0000-7000-8000-000000000001', 0, '+79123456789', '12', '8 912 345-67-89 доб 12', '9123456789', 'касса; — ночью'),
    ('0190aaaa-0000-7000-8000-000000000001', 1, '+491701234567', '', '+49 170 1234567', '1701234567', ''),
    ('0190aaaa-0000-7000-8000-000000000001', 2, '', '', 'спросить — Иру, 55-44', '', ''),
    ('0190aaaa-0000-7000-8000-000000000002', 0, '+79123456789', '', '9123456789', '9123456789', '');
INSERT INTO company_emails (company_id, position, value, comment) VALUES
    ('0190aaaa-0000-7000-8000-000000000001', 0, '-a+b@example.ru', 'отдел, склад'),
    ('0190aaaa-0000-7000-8000-000000000001', 1, 'C@example.ru', '');
INSERT INTO notes (company_id, author_id, text) VALUES
    ('0190aaaa-0000-7000-8000-000000000001', 71, E'Звонил;\n"сказали" &amp; +1\n=1'),
    ('0190aaaa-0000-7000-8000-000000000001', NULL, 'ещё');
INSERT INTO contacts (id, company_id, first_name, last_name, position, status, note, amocrm_contact_id) VALUES
    ('0190aaaa-0000-7000-8000-000000000011', '0190aaaa-0000-7000-8000-000000000003', 'Анна', 'Ким', 'бухгалтер, касса', '',
     E'первое;\n\n "второе"\n=третье', 5),
    ('0190aaaa-0000-7000-8000-000000000012', '0190aaaa-0000-7000-8000-000000000002', 'Анна', 'Ким', '', 'ЛПР', '', NULL),
    ('0190aaaa-0000-7000-8000-000000000013', NULL, '', 'Одинокий', '', '', '-', NULL),
    ('0190aaaa-0000-7000-8000-000000000014', NULL, '', '', '', '', '', NULL);
INSERT INTO contact_phones (contact_id, position, kind, e164, extension, raw, digits, comment) VALUES
    ('0190aaaa-0000-7000-8000-000000000011', 0, 'mobile', '+79123456780', '', '89123456780', '9123456780', 'после 18:00'),
    ('0190aaaa-0000-7000-8000-000000000011', 1, 'work', '+79123456781', '3', '89123456781 (3)', '9123456781', ''),
    ('0190aaaa-0000-7000-8000-000000000011', 2, 'mobile', '', '', '12, 13', '', '');
INSERT INTO contact_emails (contact_id, position, kind, value, comment) VALUES
    ('0190aaaa-0000-7000-8000-000000000011', 0, 'personal', 'kim@example.ru', 'личный; не писать');
"#;

/// An export as a file, and how many rows it has.
async fn exported(app: &TestApp, what: What, format: Format) -> (Vec<u8>, i64) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("out");
    let sent = write_file(&app.app, wish(what, format), &path, &|_, _| ())
        .await
        .expect("an export");
    (std::fs::read(&path).expect("a file"), sent.rows)
}

/// Imports a file. Answers created, updated, unchanged rows and the report.
async fn imported(app: &TestApp, bytes: Vec<u8>, is_dry_run: bool) -> ([i64; 3], String) {
    let options = ImportOptions {
        file_name: "export.csv".to_owned(),
        is_dry_run,
        time_zone: chrono_tz::Europe::Moscow,
        mapping: None,
        key: KeyBy::Auto,
        on_known: OnKnown::Follow,
    };
    let summary = imports::run(&app.app, &Actor::system(), bytes, options, &|_, _| ())
        .await
        .expect("an import");
    let mut report = Vec::new();
    imports::write_report(&app.app, summary.id, &mut report)
        .await
        .expect("a report");
    let counts = [summary.created, summary.updated, summary.unchanged];
    (counts, String::from_utf8(report).expect("UTF-8"))
}

/// Exports, imports, and tells counts and whatever was said of rows that were not unchanged.
async fn there_and_back(app: &TestApp, what: What, format: Format) -> (i64, String) {
    let (bytes, rows) = exported(app, what, format).await;
    let written = String::from_utf8_lossy(&bytes).into_owned();
    let ([.., unchanged], report) = imported(app, bytes, false).await;
    if unchanged == rows {
        return (rows, String::new());
    }
    (rows, format!("{report}\n{written}"))
}

/// All tables that an import writes, in one number.
const HASH: &str = "SELECT md5(string_agg(row, '|' ORDER BY row)) FROM (
    SELECT companies::text AS row FROM companies UNION ALL SELECT contacts::text FROM contacts
    UNION ALL SELECT company_phones::text FROM company_phones UNION ALL SELECT contact_phones::text FROM contact_phones
    UNION ALL SELECT company_emails::text FROM company_emails UNION ALL SELECT contact_emails::text FROM contact_emails
    UNION ALL SELECT company_sphere_links::text FROM company_sphere_links UNION ALL SELECT notes::text FROM notes
    UNION ALL SELECT company_spheres::text FROM company_spheres
    UNION ALL SELECT company_statuses::text FROM company_statuses) AS rows";

#[tokio::test]
async fn an_export_that_is_imported_changes_nothing() {
    let app = TestApp::new().await;
    execute(&app, BASE).await;
    let before = value(&app, HASH).await;
    for (what, rows) in [(What::Companies, 3), (What::Contacts, 4), (What::Both, 7)] {
        for format in Format::ALL {
            assert_eq!(there_and_back(&app, what, format).await, (rows, String::new()));
            assert_eq!(value(&app, HASH).await, before);
        }
    }
}

/// What cannot come with the file: people and branches, whose names it has.
const PEOPLE: &str = "
INSERT INTO branches (id, code, name) VALUES (91, 'tula', 'Тула'), (92, 'ekb', 'ЕКБ');
INSERT INTO users (id, username, password_hash, first_name, last_name, role, branch_id, is_active) VALUES
    (91, 'petrov', '', 'Пётр', 'Петров', 'manager', 92, true),
    (92, 'petrov2', '', 'Пётр', 'Петров', 'manager', 91, false)";

/// Days of the past, since no import believes in the future; all that the base above lacks.
const MORE: &str = "
UPDATE companies SET created_at = '2026-10-01 10:11:12+03', time_zone = 'Asia/Omsk', working_hours = 'пн–пт 9:00–18:00';
UPDATE companies SET do_not_call_at = '2026-11-02 23:59+03' WHERE do_not_call_at IS NOT NULL;
UPDATE companies SET do_not_call_at = '2026-11-03 00:01+03' WHERE id = '0190aaaa-0000-7000-8000-000000000003';
UPDATE companies SET head_company_id = '0190aaaa-0000-7000-8000-000000000003'
WHERE id = '0190aaaa-0000-7000-8000-000000000001';
UPDATE contacts SET created_at = '2026-10-02 10:11:12+03';
UPDATE contacts SET do_not_call_at = '2026-11-04 12:00+03', do_not_call_reason = E'ушла в декрет:\nписать Анне'
WHERE id = '0190aaaa-0000-7000-8000-000000000011';
UPDATE notes SET created_at = '2026-11-01 09:30:15+03';
INSERT INTO notes (company_id, author_id, text, created_at) VALUES
    ('0190aaaa-0000-7000-8000-000000000001', 71, E'Раньше\n\nи длиннее — в три части', '2026-10-30 18:00+03'),
    ('0190aaaa-0000-7000-8000-000000000002', NULL, 'Ким — так звали', '2026-10-30 18:00+03')";

/// The rows of records, without the day of the last change.
fn rows(csv: &[u8]) -> Vec<Vec<String>> {
    let text = std::str::from_utf8(csv).expect("UTF-8");
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let rows = reader.records().skip(1).map(|row| {
        let row = row.expect("a row");
        let cells = row.iter().map(str::to_owned);
        cells.take(row.len() - 1).collect::<Vec<_>>()
    });
    let mut rows: Vec<_> = rows.collect();
    rows.sort();
    rows
}

#[tokio::test]
async fn an_export_fills_an_empty_base_with_all_that_it_holds() {
    let app = TestApp::new().await;
    execute(&app, BASE).await;
    execute(&app, MORE).await;
    let (csv, _) = exported(&app, What::Both, Format::CsvComma).await;
    for format in Format::ALL {
        let (bytes, count) = exported(&app, What::Both, format).await;
        let empty = TestApp::new().await;
        execute(&empty, PEOPLE).await;
        let (foretold, dry) = imported(&empty, bytes.clone(), true).await;
        let (counts, report) = imported(&empty, bytes.clone(), false).await;
        assert_eq!(counts, [count, 0, 0], "{report}");
        assert_eq!((foretold, dry), (counts, report));
        let (back, _) = exported(&empty, What::Both, Format::CsvComma).await;
        assert_eq!(rows(&back), rows(&csv), "{format:?}");
        let (again, report) = imported(&empty, bytes, false).await;
        assert_eq!(again, [0, 0, count], "{report}");
        assert!(crate::verify::broken(&empty).await.is_empty());
    }
}

#[tokio::test]
async fn people_alone_come_back_with_the_companies_that_they_name() {
    let app = TestApp::new().await;
    execute(&app, BASE).await;
    execute(&app, MORE).await;
    let (contacts, _) = exported(&app, What::Contacts, Format::Csv).await;
    let (both, count) = exported(&app, What::Both, Format::CsvComma).await;
    let empty = TestApp::new().await;
    execute(&empty, PEOPLE).await;
    imported(&empty, contacts, false).await;
    // Namesakes stay two.
    assert_eq!(
        value(&empty, "SELECT count(*) FROM companies WHERE name = 'Null'").await,
        "2"
    );
    let (counts, report) = imported(&empty, both, false).await;
    assert_eq!(counts.iter().sum::<i64>(), count, "{report}");
    assert_eq!(value(&empty, "SELECT count(*) FROM companies").await, "3", "{report}");
    assert_eq!(value(&empty, "SELECT count(*) FROM contacts").await, "4");
}

#[tokio::test]
async fn the_import_of_an_export_is_undone_with_heads_and_branches() {
    let app = TestApp::new().await;
    execute(&app, BASE).await;
    execute(&app, MORE).await;
    let (bytes, count) = exported(&app, What::Both, Format::Csv).await;
    let empty = TestApp::new().await;
    execute(&empty, PEOPLE).await;
    imported(&empty, bytes, false).await;
    empty.person("anna", Role::Admin, None).await;
    let mut admin = empty.signed_in("anna").await;
    let id = value(&empty, "SELECT id FROM imports").await;
    let page = format!("/settings/import/{id}/undo/");
    admin.post(&format!("{page}run/"), &[]).await.expect_redirect();
    for _ in 0..500 {
        if value(&empty, "SELECT undo_state FROM imports").await == "done" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let left = "SELECT string_agg(title || ': ' || message, '; ') FROM import_undo_rows WHERE verdict <> 'removed'";
    assert_eq!(value(&empty, left).await, "");
    assert_eq!(
        value(
            &empty,
            "SELECT (SELECT count(*) FROM companies) + (SELECT count(*) FROM contacts)"
        )
        .await,
        "0"
    );
    let removed = "SELECT count(*) FROM import_undo_rows WHERE entity <> 'name'";
    assert_eq!(value(&empty, removed).await, count.to_string());
}

/// A text as a form of ours keeps it.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("ООО «Ромашка»".to_owned()),
        Just("=1+1".to_owned()),
        Just("'".to_owned()),
        Just("\"".to_owned()),
        Just("none".to_owned()),
        Just("&amp;".to_owned()),
        "[-+=@;,|'\"«»&#0-9a-zа-яё ]{1,9}",
        "\\PC{1,5}",
    ];
    proptest::collection::vec(piece, 1..4).prop_map(|pieces| {
        let text = crate::values::text::line(&pieces.concat().replace('\u{feff}', ""));
        if text.is_empty() { "а".to_owned() } else { text }
    })
}

#[tokio::test]
async fn whatever_stands_in_the_base_comes_back_as_it_was() {
    let app = TestApp::new().await;
    let mut runner = TestRunner::default();
    let mut draw = || text().new_tree(&mut runner).expect("a text").current();
    for number in 0..60 {
        let company = uuid::Uuid::now_v7();
        let (name, note) = (draw(), format!("{}\n{}", draw(), draw()));
        sqlx::query(
            "INSERT INTO companies (id, name, name_key, address, legal_name, activity_kind, website, contact_name)
             VALUES ($1, left($2, 255), lower($2), left($3, 255), left($4, 255), left($5, 255), left($6, 255), $7)",
        )
        .bind(company)
        .bind(&name)
        .bind(draw())
        .bind(draw())
        .bind(draw())
        .bind(draw())
        .bind(draw())
        .execute(&app.app.db)
        .await
        .expect("a company");
        sqlx::query(
            "WITH phone AS (INSERT INTO company_phones (company_id, position, raw, comment) VALUES ($1, 0, $2, $3))
             INSERT INTO contacts (id, company_id, first_name, last_name, position, note) VALUES ($4, $5, $6, $7, $3, $8)",
        )
        .bind(company)
        .bind(crate::values::Phone::read(&draw()).map_or("1".to_owned(), |phone| phone.raw))
        .bind(draw())
        .bind(uuid::Uuid::now_v7())
        .bind((number % 3 > 0).then_some(company))
        .bind(draw())
        .bind(draw())
        .bind(&note)
        .execute(&app.app.db)
        .await
        .expect("a contact");
    }
    sqlx::query("UPDATE company_phones SET digits = ''")
        .execute(&app.app.db)
        .await
        .expect("bare phones");
    let before = value(&app, HASH).await;
    for format in Format::ALL {
        assert_eq!(there_and_back(&app, What::Both, format).await, (120, String::new()));
        assert_eq!(value(&app, HASH).await, before);
    }
}
