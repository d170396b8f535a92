//! The one way a rule is written.

use std::fmt::{self, Display, Formatter};

use chrono::Weekday;

use super::{Day, End, Recurrence, Unit};

/// The RRULE without its name and without a start, which [`Recurrence::parse`] reads back.
impl Display for Recurrence {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self.unit {
            Unit::Day => "FREQ=DAILY",
            Unit::Week => "FREQ=WEEKLY",
            Unit::Month => "FREQ=MONTHLY",
            Unit::Year => "FREQ=YEARLY",
        })?;
        if self.every > 1 {
            write!(f, ";INTERVAL={}", self.every)?;
        }
        list(f, "BYMONTH", &self.months)?;
        list(f, "BYMONTHDAY", &self.month_days)?;
        list(f, "BYDAY", &self.weekdays)?;
        if let Some(place) = self.place {
            write!(f, ";BYSETPOS={place}")?;
        }
        match self.end {
            End::Never => (),
            End::Until(last) => write!(f, ";UNTIL={}", last.format("%Y%m%dT%H%M%S"))?,
            End::Count(times) => write!(f, ";COUNT={times}")?,
        }
        if self.week_start != Weekday::Mon {
            write!(f, ";WKST={}", code(self.week_start))?;
        }
        Ok(())
    }
}

impl Display for Day {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.nth != 0 {
            write!(f, "{}", self.nth)?;
        }
        f.write_str(code(self.weekday))
    }
}

fn list(f: &mut Formatter<'_>, name: &str, values: &[impl Display]) -> fmt::Result {
    for (at, value) in values.iter().enumerate() {
        if at == 0 {
            write!(f, ";{name}={value}")?;
        } else {
            write!(f, ",{value}")?;
        }
    }
    Ok(())
}

/// A day of the week as RFC 5545 has it.
fn code(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Mon => "MO",
        Weekday::Tue => "TU",
        Weekday::Wed => "WE",
        Weekday::Thu => "TH",
        Weekday::Fri => "FR",
        Weekday::Sat => "SA",
        Weekday::Sun => "SU",
    }
}
