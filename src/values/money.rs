//! Sums of money: whole kopecks, typed and read as people in Russia do.

use std::fmt;

/// The largest sum that the database keeps: twelve digits of roubles.
const MOST_KOPECKS: i64 = 99_999_999_999_999;

/// A sum in kopecks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Money(pub(crate) i64);

impl Money {
    /// Reads «1 234,50», «1234.5», «70 000 ₽», «70000 руб.»; `None` when that is no sum or too large a one.
    pub(crate) fn parse(typed: &str) -> Option<Self> {
        let typed = typed.trim().to_lowercase();
        let number = ["₽", "рублей", "руб.", "руб", "р.", "р"]
            .iter()
            .find_map(|unit| typed.strip_suffix(unit))
            .unwrap_or(&typed);
        let squeezed: String = number.chars().filter(|c| !c.is_whitespace()).collect();
        let (roubles, kopecks) = squeezed.split_once([',', '.']).unwrap_or((&squeezed, ""));
        let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if roubles.is_empty() || kopecks.len() > 2 || !is_digits(roubles) || !is_digits(kopecks) {
            return None;
        }
        let roubles: i64 = roubles.parse().ok()?;
        let kopecks: i64 = format!("{kopecks:0<2}").parse().ok()?;
        let sum = roubles.checked_mul(100)?.checked_add(kopecks)?;
        (sum <= MOST_KOPECKS).then_some(Self(sum))
    }
}

/// «1 234,50», without the kopecks when there are none; the spaces do not break.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let roubles = (self.0 / 100).to_string();
        for (at, digit) in roubles.char_indices() {
            if at > 0 && (roubles.len() - at).is_multiple_of(3) {
                write!(f, "\u{a0}")?;
            }
            write!(f, "{digit}")?;
        }
        match self.0 % 100 {
            0 => Ok(()),
            kopecks => write!(f, ",{kopecks:02}"),
        }
    }
}
