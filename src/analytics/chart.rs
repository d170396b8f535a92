//! A picture of columns, drawn by the server: no script, no library, the same in both themes.

use askama::Template;

use super::model::{Column, Length, List, Period};
use crate::values::{text, time};

/// Of the columns, in pixels.
const HEIGHT: i64 = 120;
/// How much of its place a column takes.
const FILLED: f64 = 0.7;

/// Columns with a scale.
#[derive(Template)]
#[template(path = "analytics/_chart.html")]
pub(super) struct Chart {
    /// There is nothing to draw.
    is_empty: bool,
    height: i64,
    /// From one column to the next, and how wide each is, in percents of the page, like all that lies across.
    step: f64,
    inner: f64,
    /// What a reader hears.
    words: String,
    bars: Vec<Bar>,
}

impl askama::filters::HtmlSafe for Chart {}

struct Bar {
    /// The list of these calls, and that of the talks among them.
    calls_href: String,
    talks_href: String,
    /// The list on the page is of this one.
    is_current: bool,
    /// Where its place begins, where the column, and where its middle is.
    x: f64,
    inner_x: f64,
    middle: f64,
    /// What a reader hears, and the mark under it.
    name: String,
    label: String,
    /// Every few of them are written.
    is_labelled: bool,
    calls: i64,
    talked: i64,
    calls_y: i64,
    calls_height: i64,
    talked_y: i64,
    talked_height: i64,
}

/// The chart of a period: all its hours or days, also those without calls. `address` is that of the list of a column's calls;
/// `current` the hour whose list is on the page.
pub(super) fn chart(
    period: Period,
    columns: &[Column],
    current: Option<i32>,
    address: impl Fn(i32) -> String,
) -> Chart {
    let days = (period.end() - period.first).num_days();
    let (from, to) = match period.length {
        Length::Day => (0, 24),
        Length::Month => (1, i32::try_from(days).unwrap_or(31) + 1),
    };
    let most = columns.iter().map(|column| column.calls).max().unwrap_or(0).max(1);
    let height = |count: i64| count * HEIGHT / most;
    let step = 100.0 / f64::from(to - from);
    let bar = |at: i32| {
        let x = f64::from(at - from) * step;
        let found = columns.iter().find(|column| column.at == at);
        let (calls, talked) = found.map_or((0, 0), |column| (column.calls, column.talked));
        let calls_href = address(at);
        Bar {
            talks_href: format!("{calls_href}&list={}", List::Talks.code()),
            calls_href,
            is_current: current == Some(at),
            x,
            inner_x: x + step * (1.0 - FILLED) / 2.0,
            middle: x + step / 2.0,
            name: match period.length {
                Length::Day => format!("{at}:00–{}:00", at + 1),
                Length::Month => time::date(period.day(at).first),
            },
            label: match period.length {
                Length::Day => format!("{at}:00"),
                Length::Month => at.to_string(),
            },
            is_labelled: (at - from) % 4 == 0,
            calls,
            talked,
            calls_y: HEIGHT - height(calls),
            calls_height: height(calls),
            talked_y: HEIGHT - height(talked),
            talked_height: height(talked),
        }
    };
    let all: i64 = columns.iter().map(|column| column.calls).sum();
    Chart {
        is_empty: all == 0,
        step,
        inner: step * FILLED,
        height: HEIGHT + 20,
        words: format!(
            "Звонки за {}: {}",
            period.words(),
            text::count(all, ["звонок", "звонка", "звонков"])
        ),
        bars: (from..to).map(bar).collect(),
    }
}
