//! ODS, element by element: repeated cells are written as often as they say, within the limits of a table.

use std::io::{BufReader, Cursor};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::grid::Grid;
use super::{BARE, DAMAGED, LOCKED, number, yes_or_no};
use crate::imports::reading::MOST_COLUMNS;

/// The longest text of one cell.
const LONGEST: usize = 64 * 1024;

/// The first filled sheet as CSV.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<u8>, &'static str> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| DAMAGED)?;
    let content = archive.by_name("content.xml").map_err(|_| DAMAGED)?;
    let mut xml = Reader::from_reader(BufReader::new(content));
    xml.config_mut().expand_empty_elements = true;
    let mut buffer = Vec::new();
    let mut seen_any = false;
    let mut sheet = Sheet::new();
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer).map_err(|_| DAMAGED)? {
            Event::Start(tag) => {
                seen_any = true;
                sheet.open(&tag)?;
            }
            Event::Text(text) => sheet.add(&text.xml10_content()),
            Event::GeneralRef(name) => {
                let character = name.resolve_char_ref().map_err(|_| DAMAGED)?;
                let known = || quick_xml::escape::resolve_predefined_entity(&name);
                match (character, character.is_none().then(known).flatten()) {
                    (Some(c), _) => sheet.add(c.encode_utf8(&mut [0; 4])),
                    (None, Some(text)) => sheet.add(text),
                    (None, None) => (),
                }
            }
            Event::End(tag) => {
                sheet.close(tag.name().as_ref())?;
                if tag.name().as_ref() == "table:table" {
                    let done = std::mem::replace(&mut sheet, Sheet::new());
                    if !done.grid.is_bare() {
                        return done.grid.finish();
                    }
                }
            }
            Event::Eof => break,
            _ => (),
        }
    }
    // What is locked has no readable content.
    Err(if seen_any { BARE } else { LOCKED })
}

/// A table as far as it is read.
struct Sheet {
    grid: Grid,
    row: u32,
    column: usize,
    /// How often the open row and the open cell stand there.
    rows: u32,
    columns: usize,
    /// What the cells of the open row say; repeated rows say it again.
    cells: Vec<(usize, String)>,
    /// The value that the open cell's attributes give.
    value: Option<String>,
    text: String,
    is_in_cell: bool,
    paragraphs: usize,
    /// Inside remarks, whose text is not the cell's.
    remarks: usize,
}

impl Sheet {
    fn new() -> Self {
        Self {
            grid: Grid::new(),
            row: 0,
            column: 0,
            rows: 1,
            columns: 1,
            cells: Vec::new(),
            value: None,
            text: String::new(),
            is_in_cell: false,
            paragraphs: 0,
            remarks: 0,
        }
    }

    fn add(&mut self, text: &str) {
        if self.is_in_cell && self.remarks == 0 && self.paragraphs > 0 && self.text.len() + text.len() <= LONGEST {
            self.text.push_str(text);
        }
    }

    fn open(&mut self, tag: &BytesStart<'_>) -> Result<(), &'static str> {
        match tag.name().as_ref() {
            "table:table-row" => {
                self.rows = count(tag, "table:number-rows-repeated")?;
                self.column = 0;
                self.cells.clear();
            }
            "table:table-cell" | "table:covered-table-cell" => {
                let columns = count(tag, "table:number-columns-repeated")?;
                self.columns = usize::try_from(columns).unwrap_or(usize::MAX);
                self.value = value(tag)?;
                self.text.clear();
                self.paragraphs = 0;
                self.is_in_cell = true;
            }
            "office:annotation" => self.remarks += 1,
            "text:p" if self.remarks == 0 => {
                self.paragraphs += 1;
                if self.paragraphs > 1 {
                    self.add("\n");
                }
            }
            "text:s" => {
                let spaces = count(tag, "text:c")?.min(100);
                (0..spaces).for_each(|_| self.add(" "));
            }
            "text:tab" => self.add("\t"),
            "text:line-break" => self.add("\n"),
            _ => (),
        }
        Ok(())
    }

    fn close(&mut self, name: &str) -> Result<(), &'static str> {
        match name {
            "office:annotation" => self.remarks = self.remarks.saturating_sub(1),
            "table:table-cell" | "table:covered-table-cell" => self.close_cell(),
            "table:table-row" => self.close_row()?,
            _ => (),
        }
        Ok(())
    }

    fn close_cell(&mut self) {
        self.is_in_cell = false;
        let text = self.value.take().unwrap_or_else(|| std::mem::take(&mut self.text));
        if !text.is_empty() {
            // One more than allowed is enough to be refused.
            let last = self.column.saturating_add(self.columns).min(MOST_COLUMNS + 1);
            self.cells
                .extend((self.column..last.max(self.column + 1)).map(|column| (column, text.clone())));
        }
        self.column = self.column.saturating_add(self.columns);
    }

    fn close_row(&mut self) -> Result<(), &'static str> {
        if !self.cells.is_empty() {
            for row in self.row..self.row.saturating_add(self.rows) {
                for (column, text) in &self.cells {
                    self.grid.put(row, *column, text)?;
                }
            }
        }
        self.row = self.row.saturating_add(self.rows);
        Ok(())
    }
}

/// How often something stands there.
fn count(tag: &BytesStart<'_>, name: &str) -> Result<u32, &'static str> {
    match tag.try_get_attribute(name).map_err(|_| DAMAGED)? {
        None => Ok(1),
        Some(attribute) => attribute.value.parse().map_err(|_| DAMAGED),
    }
}

/// What the attributes of a cell say that its text may say otherwise: «1 234,50 ₽», «1 января».
fn value(tag: &BytesStart<'_>) -> Result<Option<String>, &'static str> {
    let get = |name: &str| tag.try_get_attribute(name).map_err(|_| DAMAGED);
    let Some(kind) = get("office:value-type")? else {
        return Ok(None);
    };
    let text = match kind.value.as_ref() {
        "float" | "currency" | "percentage" => {
            let value = get("office:value")?.and_then(|value| value.value.parse().ok());
            value.map(number)
        }
        "date" => get("office:date-value")?.map(|value| value.value.replace('T', " ")),
        "boolean" => get("office:boolean-value")?.map(|value| yes_or_no(value.value.as_ref() == "true").to_owned()),
        _ => None,
    };
    Ok(text)
}
