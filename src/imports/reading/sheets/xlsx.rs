//! XLSX, cell by cell.

use std::io::Cursor;

use calamine::{DataRef, Reader as _, Xlsx, XlsxError};

use super::grid::Grid;
use super::{BARE, DAMAGED, LOCKED, number, yes_or_no};

/// The first filled sheet as CSV.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<u8>, &'static str> {
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(|error| match error {
        XlsxError::Password => LOCKED,
        _ => DAMAGED,
    })?;
    for name in book.sheet_names() {
        let grid = match book.worksheet_cells_reader(&name) {
            Ok(mut cells) => {
                let mut grid = Grid::new();
                while let Some(cell) = cells.next_cell().map_err(|_| DAMAGED)? {
                    let (row, column) = cell.get_position();
                    put(&mut grid, (row, column as usize), cell.get_value())?;
                }
                grid
            }
            // A sheet of a chart has no cells.
            Err(XlsxError::NotAWorksheet(_)) => continue,
            Err(_) => return Err(DAMAGED),
        };
        if !grid.is_bare() {
            return grid.finish();
        }
    }
    Err(BARE)
}

fn put(grid: &mut Grid, (row, column): (u32, usize), value: &DataRef<'_>) -> Result<(), &'static str> {
    match value {
        DataRef::Int(value) => grid.put(row, column, &value.to_string()),
        DataRef::Float(value) => grid.put(row, column, &number(*value)),
        DataRef::String(text) | DataRef::DurationIso(text) => grid.put(row, column, text),
        DataRef::SharedString(text) => grid.put(row, column, text),
        DataRef::Bool(value) => grid.put(row, column, yes_or_no(*value)),
        DataRef::DateTime(value) if value.is_datetime() => {
            // The book knows its own first year: the value is told in that one.
            let (year, month, day, hour, minute, second, _) = value.to_ymd_hms_milli();
            let text = if value.as_f64().fract() == 0.0 {
                format!("{day:02}.{month:02}.{year:04}")
            } else {
                format!("{day:02}.{month:02}.{year:04} {hour:02}:{minute:02}:{second:02}")
            };
            grid.put(row, column, &text)
        }
        DataRef::DateTime(value) => grid.put(row, column, &number(value.as_f64())),
        DataRef::DateTimeIso(text) => grid.put(row, column, &text.replace('T', " ")),
        DataRef::Error(_) | DataRef::Empty => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{moment, number};

    #[test]
    fn numbers_and_days_read_as_people_type_them() {
        assert_eq!(number(7_707_083_893.0), "7707083893");
        assert_eq!(number(0.1 + 0.2), "0.3");
        assert_eq!(number(f64::NAN), "");
        assert_eq!(moment(45_292.0, false), "01.01.2024");
        assert_eq!(moment(45_292.5, false), "01.01.2024 12:00:00");
    }
}
