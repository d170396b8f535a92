//! What a run that goes on must know of the rows that were judged before: to which records they have led. The file is
//! read anew, the base tells the rest.

use std::collections::{HashMap, HashSet};

use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;
use crate::imports::judge::{Chunk, Judge};
use crate::imports::model::ImportSummary;
use crate::imports::queries;
use crate::imports::rows::{CompanyRow, Meaning, PairRow};

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Recall {
    /// Lines of the rows that were judged.
    judged: HashSet<i32>,
    companies: HashMap<i32, Uuid>,
    contacts: HashMap<i32, Uuid>,
}

impl Recall {
    /// What the base remembers of a run that has come so far.
    pub(super) async fn read(conn: &mut PgConnection, summary: &ImportSummary) -> Result<Self> {
        let mut recall = Self::default();
        if summary.judged() == 0 {
            return Ok(recall);
        }
        recall.judged = queries::judged(conn, summary.id).await?.into_iter().collect();
        for (line, is_company, record) in queries::led_to(conn, summary.id).await? {
            let records = if is_company {
                &mut recall.companies
            } else {
                &mut recall.contacts
            };
            records.insert(line, record);
        }
        Ok(recall)
    }

    /// Of a chunk of the walk, lets the judge recall the rows that were judged. Answers the others.
    pub(super) fn replay(&mut self, judge: &mut Judge, chunk: Vec<Meaning>) -> Vec<Meaning> {
        if self.judged.is_empty() {
            return chunk;
        }
        let (judged, unjudged): (Vec<_>, Vec<_>) =
            chunk.into_iter().partition(|row| self.judged.remove(&row.place().0));
        for row in &judged {
            self.row(judge, row);
        }
        unjudged
    }

    fn row(&self, judge: &mut Judge, row: &Meaning) {
        // Nothing of it is written: it was.
        let mut past = Chunk::default();
        match row {
            Meaning::Company(row) => {
                if let Some(id) = self.companies.get(&row.common.line) {
                    judge.recall_company(&mut past, row, *id);
                }
            }
            Meaning::Contact(row) => {
                if let Some(id) = self.companies.get(&row.common.line) {
                    judge.recall_company(&mut past, &CompanyRow::named_by_contact(&row.common), *id);
                }
                if let Some(id) = self.contacts.get(&row.common.line) {
                    judge.touch(&mut past, *id, row.common.line);
                }
            }
            Meaning::Pair(row) => self.pair(judge, &mut past, row),
            Meaning::Judged(_) => (),
        }
    }

    fn pair(&self, judge: &mut Judge, past: &mut Chunk, row: &PairRow) {
        let Some(line) = row.common().map(|common| common.line) else {
            return;
        };
        if let (Some(company), Some(id)) = (&row.company, self.companies.get(&line)) {
            judge.recall_company(past, company, *id);
        }
        if let Some(id) = self.contacts.get(&line) {
            judge.touch(past, *id, line);
        }
        let owner = self.companies.get(&line).or_else(|| self.contacts.get(&line));
        if let (Some(deal), Some(owner)) = (&row.deal, owner) {
            judge.see_deal(past, deal, *owner);
        }
    }
}
