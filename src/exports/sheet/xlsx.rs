//! Rows as a workbook of Excel, row after row, so that memory holds one row only. Runs on a blocking thread.

use std::fs::File;
use std::io::{Seek as _, SeekFrom};
use std::path::Path;

use anyhow::Context as _;
use rust_xlsxwriter::{Format, FormatAlign, Workbook, Worksheet};
use tokio::sync::mpsc;

use super::{Cell, Layout, Row, Shape};
use crate::error::Result;
use crate::values::text::{csv_cell, unguarded_cell};

/// Writes all rows that come through the channel; answers the file at its beginning. It has no name, so that nothing is
/// left behind whatever happens.
pub(in crate::exports) fn write(
    folder: &Path,
    layout: &Layout,
    watermark: &[String],
    mut rows: mpsc::Receiver<Vec<Row>>,
) -> Result<File> {
    let mut workbook = Workbook::new();
    workbook.set_tempdir(folder).context("no folder for a draft")?;
    let sheet = workbook
        .add_worksheet_with_constant_memory()
        .context("no room for a draft")?;
    begin(sheet, layout, watermark).context("the head of a workbook")?;
    let formats = [
        Format::new().set_num_format("dd.mm.yyyy"),
        Format::new().set_num_format("dd.mm.yyyy hh:mm"),
    ];
    let mut at = 2;
    while let Some(chunk) = rows.blocking_recv() {
        for row in chunk {
            write_row(sheet, at, &row, &formats).context("a row of a workbook")?;
            at += 1;
        }
    }
    let last_column = u16::try_from(layout.columns.len() - 1).unwrap_or(u16::MAX);
    sheet
        .autofilter(1, 0, (at - 1).max(1), last_column)
        .context("the filter of a workbook")?;
    let mut file = tempfile::tempfile_in(folder).context("no room for a draft")?;
    workbook.save_to_writer(&mut file).context("a workbook")?;
    file.seek(SeekFrom::Start(0)).context("a draft")?;
    Ok(file)
}

fn begin(
    sheet: &mut Worksheet,
    layout: &Layout,
    watermark: &[String],
) -> std::result::Result<(), rust_xlsxwriter::XlsxError> {
    sheet.set_name("Выгрузка")?;
    sheet.set_freeze_panes(2, 0)?;
    for (column, shape) in (0..).zip(&layout.shapes) {
        let width = match shape {
            Shape::Text(width) => *width,
            Shape::Day => 12,
            Shape::Moment => 17,
        };
        sheet.set_column_width(column, width)?;
    }
    let faint = Format::new().set_font_color("#667A78");
    for (column, mark) in (0..).zip(watermark).filter(|(_, mark)| !mark.is_empty()) {
        sheet.write_string_with_format(0, column, mark, &faint)?;
    }
    let head = Format::new()
        .set_bold()
        .set_font_color("#003D38")
        .set_background_color("#C2E2DE")
        .set_align(FormatAlign::VerticalCenter);
    for (column, heading) in (0..).zip(&layout.headings) {
        sheet.write_string_with_format(1, column, *heading, &head)?;
    }
    Ok(())
}

fn write_row(
    sheet: &mut Worksheet,
    at: u32,
    row: &Row,
    [day, moment]: &[Format; 2],
) -> std::result::Result<(), rust_xlsxwriter::XlsxError> {
    for (column, cell) in (0..).zip(row) {
        match cell {
            Cell::Text(text) if text.is_empty() => continue,
            Cell::Text(text) => sheet.write_string(at, column, text_cell(text))?,
            Cell::Day(value) => {
                sheet.write_datetime_with_format(at, column, excel(value.and_time(chrono::NaiveTime::MIN))?, day)?
            }
            Cell::Moment(value) => sheet.write_datetime_with_format(at, column, excel(*value)?, moment)?,
        };
    }
    Ok(())
}

/// A cell of text is never a formula; only what our import would take for a guard is guarded.
fn text_cell(text: &str) -> String {
    if unguarded_cell(text) == text {
        text.to_owned()
    } else {
        csv_cell(text)
    }
}

fn excel(
    moment: chrono::NaiveDateTime,
) -> std::result::Result<rust_xlsxwriter::ExcelDateTime, rust_xlsxwriter::XlsxError> {
    use chrono::{Datelike as _, Timelike as _};
    let year = u16::try_from(moment.year().clamp(1900, 9999)).unwrap_or(1900);
    let part = |value: u32| u8::try_from(value).unwrap_or_default();
    let day = rust_xlsxwriter::ExcelDateTime::from_ymd(year, part(moment.month()), part(moment.day()))?;
    let hour = u16::try_from(moment.hour()).unwrap_or_default();
    day.and_hms(hour, part(moment.minute()), f64::from(moment.second()))
}
