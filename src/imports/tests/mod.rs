//! What the importer promises.

mod books;
mod columns;
mod deals;
mod going_on;
mod hostile;
mod layouts;
mod merging;
mod own;
mod pages;
mod people;
mod reading;
mod repeating;
mod rows;
mod running;
mod undoing;

use std::sync::atomic::{AtomicU64, Ordering};

use super::model::ImportSummary;
use super::{ImportOptions, KeyBy, OnKnown};
use crate::demo::amo::{AmoOptions, Layout, write};
use crate::policy::Actor;
use crate::testing::TestApp;

/// The fixed columns that most tests need.
const HEAD: &str = "ID,Тип,Полное имя контакта,Имя,Фамилия,Название компании,Ответственный,Рабочий телефон,\
                    Рабочий email,Адрес,ИНН,КПП,Статус,Сферы деятельности,Примечание 1";

/// A file with [`HEAD`] and these rows.
fn file(rows: &[&str]) -> Vec<u8> {
    let mut text = HEAD.to_owned();
    for row in rows {
        text.push('\n');
        text.push_str(row);
        // Rows of tests leave out what they do not need at the end.
        let missing = HEAD.matches(',').count() - commas(row);
        text.push_str(&",".repeat(missing));
    }
    text.into_bytes()
}

fn commas(row: &str) -> usize {
    let mut quoted = false;
    row.chars()
        .filter(|c| {
            quoted ^= *c == '"';
            *c == ',' && !quoted
        })
        .count()
}

fn options(is_dry_run: bool) -> ImportOptions {
    ImportOptions {
        file_name: "amo.csv".to_owned(),
        is_dry_run,
        time_zone: chrono_tz::Asia::Yekaterinburg,
        mapping: None,
        key: KeyBy::Auto,
        on_known: OnKnown::Follow,
    }
}

async fn import(app: &TestApp, bytes: Vec<u8>) -> ImportSummary {
    super::run(app, &Actor::system(), bytes, options(false), &|_, _| ())
        .await
        .expect("an import")
}

async fn import_with(app: &TestApp, bytes: Vec<u8>, options: ImportOptions) -> ImportSummary {
    super::run(app, &Actor::system(), bytes, options, &|_, _| ())
        .await
        .expect("an import")
}

async fn check(app: &TestApp, bytes: Vec<u8>) -> ImportSummary {
    super::run(app, &Actor::system(), bytes, options(true), &|_, _| ())
        .await
        .expect("a dry run")
}

/// Created, updated, unchanged, skipped, refused.
fn counts(summary: &ImportSummary) -> [i64; 5] {
    [
        summary.created,
        summary.updated,
        summary.unchanged,
        summary.skipped,
        summary.refused,
    ]
}

async fn report(app: &TestApp, summary: &ImportSummary) -> String {
    let mut out = Vec::new();
    super::write_report(app, summary.id, &mut out).await.expect("a report");
    String::from_utf8(out).expect("UTF-8")
}

/// One value of the database as text; empty for NULL.
async fn value(app: &TestApp, sql: &'static str) -> String {
    let sql = format!("SELECT COALESCE(({sql})::text, '')");
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .fetch_one(&app.app.db)
        .await
        .expect("a value")
}

async fn execute(app: &TestApp, sql: &'static str) {
    // The owner, since some tests change the tables themselves.
    let mut owner = crate::db::owner(&app.app.db).await.expect("the owner");
    sqlx::query(sql).execute(&mut owner).await.expect("a change");
}

/// A file as amoCRM makes it.
fn generated(rows: u64, is_dirty: bool) -> Vec<u8> {
    generated_by(7, rows, is_dirty)
}

fn generated_by(seed: u64, rows: u64, is_dirty: bool) -> Vec<u8> {
    let layout = if is_dirty {
        Layout::Contacts2022
    } else {
        Layout::ContactsAndCompanies
    };
    made_by(seed, layout, rows, is_dirty)
}

fn made(layout: Layout, rows: u64, dirty: bool) -> Vec<u8> {
    made_by(7, layout, rows, dirty)
}

fn made_by(seed: u64, layout: Layout, rows: u64, dirty: bool) -> Vec<u8> {
    let mut out = Vec::new();
    let options = AmoOptions {
        layout,
        rows,
        seed,
        dirty,
    };
    write(&mut out, options).expect("a file");
    out
}

/// Counts calls.
#[derive(Default)]
struct Counter(AtomicU64);

impl Counter {
    fn set(&self, value: u64) {
        self.0.store(value, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
