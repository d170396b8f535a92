//! The report as a file: for programs, for people, as a table of Excel.

use std::io::Write;

use rust_xlsxwriter::{Format, Workbook, XlsxError};
use tokio::sync::mpsc;

use super::actions;
use super::labels::{entity, label};
use super::model::{Import, ReportLine};
use super::queries::Only;
use crate::app::App;
use crate::error::Result;
use crate::policy::Actor;
use crate::values::ImportId;

/// The heading, a promise to whoever reads reports by program.
const HEADING: [&str; 6] = ["row", "verdict", "entity", "key", "field", "message"];
/// The heading for people, with the widths of its columns.
const COLUMNS: [(&str, f64); 8] = [
    ("Строка", 9.0),
    ("Решение", 16.0),
    ("Запись", 12.0),
    ("ID", 16.0),
    ("Поле", 20.0),
    ("Было", 36.0),
    ("Стало", 36.0),
    ("Пояснение", 70.0),
];
/// Lines fetched at once.
const BATCH: i64 = 5_000;
/// So many rows a sheet of Excel takes, with its heading and a last word.
const MOST_ROWS: u32 = 1_048_570;
/// So many characters a cell of Excel takes.
const LONGEST: usize = 32_000;

/// For whom a CSV is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reader {
    /// Commas, UTF-8, codes.
    Program,
    /// As the Russian Excel opens it: semicolons, a BOM, words.
    Person,
}

/// One piece of the file: the lines after `from`, and where the next piece begins.
pub(super) async fn piece(
    app: &App,
    actor: &Actor,
    (id, reader): (ImportId, Reader),
    from: Option<i32>,
) -> Result<(Vec<u8>, Option<i32>)> {
    let lines = batch(app, actor, id, from.unwrap_or(-1)).await?;
    let mut bytes = Vec::new();
    let mut format = csv::WriterBuilder::new();
    if reader == Reader::Person {
        format.delimiter(b';').terminator(csv::Terminator::CRLF);
        if from.is_none() {
            bytes.extend_from_slice("\u{feff}".as_bytes());
        }
    }
    let mut out = format.from_writer(bytes);
    if from.is_none() {
        let heading = match reader {
            Reader::Program => out.write_record(HEADING),
            Reader::Person => out.write_record(COLUMNS.map(|(name, _)| name)),
        };
        heading.map_err(anyhow::Error::from)?;
    }
    for line in &lines {
        let written = match reader {
            Reader::Program => out.write_record(coded(line).map(|cell| safe(&cell))),
            Reader::Person => out.write_record(worded(line).map(|cell| safe(&cell))),
        };
        written.map_err(anyhow::Error::from)?;
    }
    let bytes = out.into_inner().map_err(|error| anyhow::anyhow!("{error}"))?;
    Ok((bytes, lines.last().map(|line| line.ordinal)))
}

async fn batch(app: &App, actor: &Actor, id: ImportId, from: i32) -> Result<Vec<ReportLine>> {
    actions::lines(app, actor, id, Only::Everything, (from, false, BATCH)).await
}

/// A program reads of a changed field in the message: «old → new».
fn coded(line: &ReportLine) -> [String; 6] {
    let is_change = line.message.is_empty() && line.old != line.new;
    [
        line.line.to_string(),
        line.verdict.code().to_owned(),
        line.entity.clone(),
        line.key.clone(),
        line.field.clone(),
        if is_change {
            format!("{} → {}", line.old, line.new)
        } else {
            line.message.clone()
        },
    ]
}

fn worded(line: &ReportLine) -> [String; 8] {
    [
        line.line.to_string(),
        line.verdict.label().to_owned(),
        entity(&line.entity).to_owned(),
        line.key.clone(),
        label(&line.field).to_owned(),
        line.old.clone(),
        line.new.clone(),
        line.message.clone(),
    ]
}

/// Writes the whole file.
pub(crate) async fn write_report(app: &App, id: ImportId, mut out: impl Write) -> Result<()> {
    let mut from = None;
    loop {
        let (bytes, next) = piece(app, &Actor::system(), (id, Reader::Program), from).await?;
        out.write_all(&bytes).map_err(anyhow::Error::from)?;
        if next.is_none() {
            break;
        }
        from = next;
    }
    out.flush().map_err(anyhow::Error::from)?;
    Ok(())
}

/// The report as a workbook of Excel. Its rows never lie in memory together.
pub(super) async fn sheet(app: &App, actor: &Actor, import: &Import) -> Result<Vec<u8>> {
    let id = import.summary.id;
    let (sender, lines) = mpsc::channel(2);
    let writing = tokio::task::spawn_blocking(move || write_sheet(lines));
    let mut from = -1;
    loop {
        let lines = batch(app, actor, id, from).await?;
        let Some(last) = lines.last() else { break };
        from = last.ordinal;
        if sender.send(lines).await.is_err() {
            break;
        }
    }
    drop(sender);
    let written = writing.await.map_err(anyhow::Error::from)?;
    Ok(written.map_err(anyhow::Error::from)?)
}

fn write_sheet(mut batches: mpsc::Receiver<Vec<ReportLine>>) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet_with_constant_memory()?;
    sheet.set_name("Отчёт")?;
    sheet.set_freeze_panes(1, 0)?;
    let bold = Format::new().set_bold();
    for (column, (name, width)) in (0..).zip(COLUMNS) {
        sheet.set_column_width(column, width)?;
        sheet.write_string_with_format(0, column, name, &bold)?;
    }
    let mut row = 0;
    while let Some(lines) = batches.blocking_recv() {
        for line in lines {
            row += 1;
            if row > MOST_ROWS {
                continue;
            }
            sheet.write_number(row, 0, f64::from(line.line))?;
            for (column, cell) in (0..).zip(worded(&line)).skip(1) {
                let cell: String = cell.chars().take(LONGEST).collect();
                sheet.write_string(row, column, cell)?;
            }
        }
    }
    if row > MOST_ROWS {
        sheet.write_string(
            MOST_ROWS + 1,
            0,
            "Дальше строки не вошли в таблицу Excel. Весь отчёт — в CSV.",
        )?;
    }
    sheet.autofilter(0, 0, row.clamp(1, MOST_ROWS), 7)?;
    book.save_to_buffer()
}

/// A cell that no spreadsheet takes for a formula.
fn safe(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}
