//! A row about a company, a person in it and a deal of both: judged one after another, told as one verdict.

use uuid::Uuid;

use super::Judge;
use super::chunk::Chunk;
use super::contact::Employer;
use crate::companies::bulk::Field;
use crate::imports::base::By;
use crate::imports::model::{Kind, Outcome, Part, Verdict};
use crate::imports::options::OnKnown;
use crate::imports::rows::{CompanyRow, PairRow};

/// What a company without a number and an address leads to.
enum Namesake {
    /// Nobody is called so, or the row tells more than a name.
    Unknown,
    /// This one.
    Found(Uuid, By),
    /// So many are called so.
    Several(usize),
}

impl Judge {
    pub(super) fn pair(&mut self, chunk: &mut Chunk, row: &PairRow) -> Outcome {
        let mut parts = Vec::new();
        let mut remarks = Vec::new();
        if let Some(company) = &row.company {
            match self.namesake(company) {
                Namesake::Several(count) => {
                    let name = &company.common.company;
                    let sentence = format!("Компаний «{name}» несколько ({count}), к какой относится строка, неясно");
                    remarks.push(("company", sentence));
                }
                Namesake::Found(id, by) => parts.push(self.company_as(chunk, company, Some((id, by)))),
                Namesake::Unknown => parts.push(self.company_as(chunk, company, None)),
            }
        }
        let company = parts.first().and_then(|outcome| outcome.entity_id);
        if let Some(contact) = &row.contact {
            let employer = match company {
                Some(id) => Employer::Found(id),
                // Its company is one of several: named in a remark already.
                None if row.company.is_some() => Employer::Unnamed,
                None => self.employer(contact),
            };
            parts.push(self.contact_at(chunk, contact, employer));
        }
        let contact = parts
            .iter()
            .filter(|outcome| outcome.entity == Kind::Contact.code())
            .find_map(|outcome| outcome.entity_id);
        let is_left_alone = self.options.on_known == OnKnown::Skip
            && parts.first().is_some_and(|outcome| outcome.verdict == Verdict::Skipped);
        if let Some(deal) = row.deal.as_ref().filter(|_| !is_left_alone) {
            let line = row.common().map_or(0, |common| common.line);
            let author = row.common().and_then(|common| self.owner(common, &mut Vec::new()));
            let author = self.actor.user.or(author.map(|owner| owner.id));
            parts.extend(self.deal(chunk, deal, (company, contact), (author, line)));
        }
        let (line, key) = row
            .common()
            .map_or((0, ""), |common| (common.line, common.key.as_str()));
        joined(parts, remarks, (line, key))
    }

    /// The company that the row speaks of; one of which it tells the name alone may stand anywhere.
    fn namesake(&self, row: &CompanyRow) -> Namesake {
        if let Some((id, by)) = self.base.find_company(row, self.options.key) {
            return Namesake::Found(id, by);
        }
        let is_bare = row.address_key.is_empty() && row.get(Field::Inn).is_empty() && row.common.amo_id.is_none();
        if !is_bare || row.name_key.is_empty() {
            return Namesake::Unknown;
        }
        match self.called(&row.name_key, &row.common.company).as_slice() {
            [] => Namesake::Unknown,
            [id] => Namesake::Found(*id, By::Name),
            several => Namesake::Several(several.len()),
        }
    }
}

/// One verdict of several: the strongest, and what each of them says.
fn joined(parts: Vec<Outcome>, mut remarks: Vec<(&'static str, String)>, (line, key): (i32, &str)) -> Outcome {
    let strength = |verdict: Verdict| match verdict {
        Verdict::Created => 4,
        Verdict::Updated => 3,
        Verdict::Unchanged => 2,
        Verdict::Skipped => 1,
        Verdict::Refused => 0,
    };
    let mut parts = parts.into_iter();
    let Some(mut whole) = parts.next() else {
        let message = "Компания не определена, а контакта в строке нет";
        let mut outcome = Outcome::without_record(line, Verdict::Skipped, key, message);
        outcome.remarks = remarks;
        return outcome;
    };
    for part in parts {
        if strength(part.verdict) > strength(whole.verdict) {
            whole.verdict = part.verdict;
        }
        // A name alone says nothing new beside what was made or changed.
        let tells = !matches!(part.verdict, Verdict::Unchanged) || whole.message.is_empty();
        if tells && !part.message.is_empty() {
            whole.message = format!("{}. {}", whole.message, part.message);
        }
        remarks.extend(part.remarks);
        if part.entity_id != whole.entity_id {
            whole.parts.extend(part.entity_id.map(|id| Part {
                entity: part.entity,
                entity_id: id,
                message: part.message,
            }));
        }
    }
    whole.remarks.extend(remarks);
    whole
}
