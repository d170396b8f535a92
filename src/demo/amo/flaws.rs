//! What is wrong with the rows that are wrong.

use crate::demo::requisites::legal_inn;
use crate::demo::rng::Rng;

use super::AmoSummary;
use super::row::Cells;

/// One thing that is wrong with a company row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    MissingId,
    BrokenEmail,
    ShortInn,
    LongName,
    Copy,
}

impl Flaw {
    /// Every tenth group of a dirty file is spoiled, each time in the next way.
    pub(super) fn of_group(group: u64) -> Option<Self> {
        if group % 10 != 3 {
            return None;
        }
        Some(match group / 10 % 5 {
            0 => Self::MissingId,
            1 => Self::BrokenEmail,
            2 => Self::ShortInn,
            3 => Self::LongName,
            _ => Self::Copy,
        })
    }

    /// Spoils the row and counts it. A copy is spoiled by standing twice, which the file sees to.
    pub(super) fn spoil(self, rng: &mut Rng, cells: &mut Cells, summary: &mut AmoSummary) {
        match self {
            Self::MissingId => {
                cells.set("ID", "");
                summary.missing_ids += 1;
            }
            Self::BrokenEmail => {
                cells.set(
                    "Рабочий email",
                    rng.pick(&["info@@firma.example", "нет", "zakaz.firma", "a@b"]),
                );
                summary.broken_emails += 1;
            }
            Self::ShortInn => {
                // Башкортостан: the only way to lose a zero is to have one.
                let inn = legal_inn("02", rng.next(), rng.next());
                cells.set("ИНН", &inn[1..]);
                summary.short_inns += 1;
            }
            Self::LongName => {
                let name = cells.get("Название компании").repeat(40);
                let long: String = name.chars().take(300).collect();
                cells.set("Название компании", &long);
                summary.long_names += 1;
            }
            Self::Copy => {}
        }
    }
}
