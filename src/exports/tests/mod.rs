//! What exports promise.

mod ending;
mod leaving;
mod returning;

use std::io::Read as _;

use crate::exports::{ExportList, Format, What, Wish};
use crate::testing::{Answer, Client, TestApp};

/// What a form sends.
fn form<'a>(what: What, format: Format, query: &'a str) -> [(&'static str, &'a str); 5] {
    [
        ("what", what.code()),
        ("format", format.code()),
        ("reason", "Сверка с бухгалтерией"),
        ("list", "companies"),
        ("query", query),
    ]
}

async fn export(browser: &mut Client, what: What, format: Format, query: &str) -> Answer {
    let answer = browser.post("/companies/export/", &form(what, format, query)).await;
    answer.expect(200);
    answer
}

fn wish(what: What, format: Format) -> Wish {
    Wish {
        what,
        format,
        list: ExportList::Companies,
        query: String::new(),
        reason: "Проверка".to_owned(),
        zone: chrono_tz::Europe::Moscow,
    }
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
    let mut owner = crate::db::owner(&app.app.db).await.expect("the owner");
    sqlx::raw_sql(sql).execute(&mut owner).await.expect("a change");
}

/// Waits until no export is at work: its end is written after its last byte.
async fn ended(app: &TestApp) {
    for _ in 0..500 {
        if value(app, "SELECT count(*) FROM exports WHERE state = 'running'").await == "0" {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("an export never ends");
}

/// A part of a workbook: of an archive whose parts stand one after another with their sizes in front.
fn part(workbook: &[u8], name: &str) -> String {
    let number = |at: usize, length: usize| {
        let bytes = workbook[at..at + length].iter().rev();
        bytes.fold(0, |number, byte| number * 256 + usize::from(*byte))
    };
    let mut at = 0;
    while workbook[at..].starts_with(b"PK\x03\x04") {
        let body = at + 30 + number(at + 26, 2) + number(at + 28, 2);
        let end = body + number(at + 18, 4);
        if &workbook[at + 30..at + 30 + number(at + 26, 2)] == name.as_bytes() {
            let mut text = String::new();
            let mut packed = flate2::read::DeflateDecoder::new(&workbook[body..end]);
            packed.read_to_string(&mut text).expect("a text");
            return text;
        }
        at = end;
    }
    panic!("no {name} in the workbook");
}
