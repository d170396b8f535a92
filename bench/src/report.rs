//! The table.

use std::fmt::{Display, Formatter, Result};

use crate::load::Measured;

/// The row that the others are compared with.
pub(crate) const ANCHOR: &str = "anchor: bare axum handler, one SELECT";

/// Rows in the order in which they were measured.
#[derive(Default)]
pub(crate) struct Table(Vec<(&'static str, usize, Measured)>);

impl Table {
    pub(crate) fn add(&mut self, name: &'static str, concurrent: usize, measured: Measured) {
        self.0.push((name, concurrent, measured));
    }

    fn anchor(&self, concurrent: usize) -> f64 {
        let found = self.0.iter().find(|(name, at, _)| *name == ANCHOR && *at == concurrent);
        found.map_or(f64::NAN, |(_, _, measured)| measured.per_second)
    }
}

impl Display for Table {
    fn fmt(&self, out: &mut Formatter<'_>) -> Result {
        writeln!(
            out,
            "| what | at once | p50, ms | p95, ms | per second | of the anchor |"
        )?;
        writeln!(out, "|---|---:|---:|---:|---:|---:|")?;
        for (name, concurrent, measured) in &self.0 {
            let share = 100.0 * measured.per_second / self.anchor(*concurrent);
            write!(
                out,
                "| {name} | {concurrent} | {} | {} ",
                ms(measured.median),
                ms(measured.slow)
            )?;
            write!(out, "| {:.0} | {share:.1} % |", measured.per_second)?;
            if measured.failures > 0 {
                write!(out, " {} WRONG ANSWERS", measured.failures)?;
            }
            writeln!(out)?;
        }
        Ok(())
    }
}

fn ms(micros: u64) -> String {
    format!("{}.{:02}", micros / 1000, micros % 1000 / 10)
}
