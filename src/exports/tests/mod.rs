//! What exports promise.

mod ending;
mod leaving;
mod returning;

use std::io::Read as _;

use crate::exports::{ExportList, Format, What, Wish};
use crate::testing::{Answer, Client, TestApp};

/// What a form sends.
fn form(what: What, format: Format, query: &str) -> [(&'static str, &str); 5] {
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

/// A part of a workbook, found in the list at the end of the archive.
fn part(workbook: &[u8], name: &str) -> String {
    let number = |at: usize, length: usize| {
        let bytes = workbook[at..at + length].iter().rev();
        bytes.fold(0, |number, byte| number * 256 + usize::from(*byte))
    };
    let end = (0..workbook.len())
        .rev()
        .find(|at| workbook[*at..].starts_with(b"PK\x05\x06"));
    let mut at = number(end.expect("an end") + 16, 4);
    while workbook[at..].starts_with(b"PK\x01\x02") {
        let length = number(at + 28, 2);
        if &workbook[at + 46..at + 46 + length] == name.as_bytes() {
            let (size, head) = (number(at + 20, 4), number(at + 42, 4));
            let body = head + 30 + number(head + 26, 2) + number(head + 28, 2);
            let mut text = String::new();
            let mut packed = flate2::read::DeflateDecoder::new(&workbook[body..body + size]);
            packed.read_to_string(&mut text).expect("a text");
            return text;
        }
        at += 46 + length + number(at + 30, 2) + number(at + 32, 2);
    }
    panic!("no {name} in the workbook");
}
