//! Workbooks: XLSX, ODS and XLS as the text of a table, so that all files are read alike. A workbook unpacks to many
//! times its size and names cells anywhere, so it is measured first and written out cell by cell.

mod archive;
mod grid;
mod ods;
mod strings;
mod xls;
mod xlsx;

use std::panic::{AssertUnwindSafe, catch_unwind};

use archive::Kind;

const DAMAGED: &str = "Книга повреждена и не открывается. Откройте её в Excel или LibreOffice, сохраните заново и \
                       загрузите ещё раз.";
const TOO_LARGE: &str = "В распакованном виде книга больше 64 МБ. Сохраните лист как CSV или разделите его на части.";
const UNKNOWN: &str = "Это архив, но не книга XLSX и не таблица ODS. Распакуйте его и загрузите файл с таблицей.";
const LOCKED: &str = "Книга защищена паролем или это не таблица Excel. Снимите пароль и сохраните её заново.";
const OLD: &str = "Это книга Excel 95 или старше. Сохраните её как XLSX или CSV.";
const BARE: &str = "В книге нет ни одной заполненной ячейки.";

/// The text of a workbook's first filled sheet; other bytes as they are.
///
/// # Errors
/// A Russian sentence for whoever chose the file.
pub(super) fn unfold(bytes: Vec<u8>) -> Result<Vec<u8>, &'static str> {
    let read: fn(&[u8]) -> Result<Vec<u8>, &'static str> = if bytes.starts_with(b"PK\x03\x04") {
        match archive::measure(&bytes)? {
            Kind::Xlsx => xlsx::read,
            Kind::Ods => ods::read,
        }
    } else if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
        xls::read
    } else {
        return Ok(bytes);
    };
    // Readers of foreign formats meet files that nobody has thought of.
    catch_unwind(AssertUnwindSafe(|| read(&bytes))).unwrap_or(Err(DAMAGED))
}

/// «31.12.2025 23:59:59» of a spreadsheet's number of days; the time is left out at midnight.
fn moment(days: f64, is_1904: bool) -> String {
    let kind = calamine::ExcelDateTimeType::DateTime;
    let (year, month, day, hour, minute, second, milli) =
        calamine::ExcelDateTime::new(days, kind, is_1904).to_ymd_hms_milli();
    let second = second + u8::from(milli >= 500 && second < 59);
    if (hour, minute, second) == (0, 0, 0) {
        format!("{day:02}.{month:02}.{year:04}")
    } else {
        format!("{day:02}.{month:02}.{year:04} {hour:02}:{minute:02}:{second:02}")
    }
}

/// A number as people would type it: «7707083893», «1234,5» never «7.707083893e9».
fn number(value: f64) -> String {
    if value.is_finite() {
        // Fifteen digits are what a spreadsheet keeps: the rest is noise of arithmetic, «0,30000000000000004».
        let rounded: f64 = format!("{value:.14e}").parse().unwrap_or(value);
        rounded.to_string()
    } else {
        String::new()
    }
}

fn yes_or_no(value: bool) -> &'static str {
    if value { "да" } else { "нет" }
}
