//! The report as a CSV file.

use std::io::Write;

use super::actions;
use super::model::ReportLine;
use crate::app::App;
use crate::error::Result;
use crate::policy::Actor;
use crate::values::ImportId;

/// The heading, a promise to whoever reads reports by program.
const HEADING: [&str; 6] = ["row", "verdict", "entity", "key", "field", "message"];
/// Lines fetched at once.
const BATCH: i64 = 5_000;

/// One piece of the file: the lines after `from`, and where the next piece begins.
pub(super) async fn piece(app: &App, actor: &Actor, id: ImportId, from: Option<i32>) -> Result<(Vec<u8>, Option<i32>)> {
    let lines = actions::lines(app, actor, id, None, (from.unwrap_or(-1), false, BATCH)).await?;
    let mut out = csv::Writer::from_writer(Vec::new());
    let mut write = |cells: [&str; 6]| out.write_record(cells);
    if from.is_none() {
        write(HEADING).map_err(anyhow::Error::from)?;
    }
    for line in &lines {
        let ReportLine { key, message, .. } = line;
        let (row, key, message) = (line.line.to_string(), safe(key), safe(message));
        let cells = [
            row.as_str(),
            line.verdict.code(),
            &line.entity,
            &key,
            &line.field,
            &message,
        ];
        write(cells).map_err(anyhow::Error::from)?;
    }
    let bytes = out.into_inner().map_err(|error| anyhow::anyhow!("{error}"))?;
    Ok((bytes, lines.last().map(|line| line.ordinal)))
}

/// Writes the whole file.
pub(crate) async fn write_report(app: &App, id: ImportId, mut out: impl Write) -> Result<()> {
    let mut from = None;
    loop {
        let (bytes, next) = piece(app, &Actor::system(), id, from).await?;
        out.write_all(&bytes).map_err(anyhow::Error::from)?;
        if next.is_none() {
            break;
        }
        from = next;
    }
    out.flush().map_err(anyhow::Error::from)?;
    Ok(())
}

/// A cell that no spreadsheet takes for a formula.
pub(super) fn safe(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}
