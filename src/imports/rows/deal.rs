//! What a row says of a deal: one note in the feed of its company.

use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};

use super::company::LONGEST_NOTE;
use super::{Reader, clean};
use crate::imports::model::Kind;
use crate::imports::reading::{Deal, Row, Target};

/// A deal as a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::imports) struct DealRow {
    /// By what it is known at the next import: amoCRM's number, else what never changes of it.
    pub(in crate::imports) uid: String,
    /// «Сделка: Поставка бланков»
    pub(in crate::imports) title: String,
    /// The whole note.
    pub(in crate::imports) text: String,
    /// When it was made.
    pub(in crate::imports) created_at: Option<DateTime<Utc>>,
}

impl DealRow {
    /// By what a note is compared with what was written.
    pub(in crate::imports) fn sha256(&self) -> String {
        hex::encode(Sha256::digest(self.text.as_bytes()))
    }
}

impl Reader<'_> {
    /// The deal of a row; `owner` tells deals without a number and of one name apart.
    pub(super) fn deal(&self, row: &Row<'_>, owner: &str) -> Option<DealRow> {
        let cell = |deal| self.head.cell(&row.cells, Target::Deal(deal), Kind::Company);
        let id = cell(Deal::Id);
        let name = clean::line(cell(Deal::Name));
        let is_number = self.key.has_numbers() && !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
        if name.is_empty() && (id.is_empty() || cell(Deal::Stage).is_empty()) {
            return None;
        }
        let name = if name.is_empty() { format!("№ {id}") } else { name };
        let created = cell(Deal::CreatedAt);
        let uid = if is_number {
            format!("amo:{id}")
        } else {
            let known = [name.as_str(), created, owner, id].join("\n");
            format!("text:{}", hex::encode(Sha256::digest(known.as_bytes())))
        };
        let (title, _) = clean::cut(format!("Сделка: {name}"), 300);
        Some(DealRow {
            uid,
            text: self.deal_text(row, &title),
            title,
            created_at: self.moment(created),
        })
    }

    fn deal_text(&self, row: &Row<'_>, title: &str) -> String {
        let mut lines = vec![title.to_owned()];
        for (deal, label) in Deal::LINES {
            let cells = self.head.cells(&row.cells, Target::Deal(deal), Kind::Company);
            for (_, cell) in cells {
                let text = if deal == Deal::Note {
                    clean::text(cell)
                } else {
                    clean::line(cell)
                };
                lines.push(format!("{label}: {text}"));
            }
        }
        clean::cut(lines.join("\n"), LONGEST_NOTE).0
    }
}
