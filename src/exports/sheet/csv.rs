//! Rows as CSV: safe against formulas, with line ends of Windows.

use super::Row;
use crate::error::Result;
use crate::exports::model::Format;
use crate::values::text::csv_cell;

/// Makes pieces of one file.
pub(in crate::exports) struct CsvSheet {
    format: Format,
}

impl CsvSheet {
    /// A file of this format, [`Format::Csv`] or [`Format::CsvComma`].
    pub(in crate::exports) fn new(format: Format) -> Self {
        Self { format }
    }

    /// The beginning of the file: watermark and heading.
    pub(in crate::exports) fn head(&self, watermark: &[String], headings: &[&str]) -> Result<Vec<u8>> {
        let mut out = Vec::new();
        if self.format == Format::Csv {
            // By this mark Excel knows the encoding.
            out.extend_from_slice("\u{feff}".as_bytes());
        }
        let mut csv = self.writer(out);
        csv.write_record(watermark).map_err(anyhow::Error::from)?;
        csv.write_record(headings).map_err(anyhow::Error::from)?;
        finish(csv)
    }

    /// Some rows.
    pub(in crate::exports) fn rows(&self, rows: &[Row]) -> Result<Vec<u8>> {
        let mut csv = self.writer(Vec::with_capacity(rows.len() * 512));
        for row in rows {
            for cell in row {
                csv.write_field(csv_cell(&cell.text())).map_err(anyhow::Error::from)?;
            }
            csv.write_record(None::<&[u8]>).map_err(anyhow::Error::from)?;
        }
        finish(csv)
    }

    fn writer(&self, out: Vec<u8>) -> csv::Writer<Vec<u8>> {
        csv::WriterBuilder::new()
            .delimiter(if self.format == Format::CsvComma { b',' } else { b';' })
            .terminator(csv::Terminator::CRLF)
            .from_writer(out)
    }
}

fn finish(csv: csv::Writer<Vec<u8>>) -> Result<Vec<u8>> {
    let bytes = csv.into_inner().map_err(|error| anyhow::anyhow!("{error}"))?;
    Ok(bytes)
}
