//! Decides what each row does to the base. No SQL here: a real run and a dry run decide alike.

mod chunk;
mod company;
mod contact;
mod deal;
mod pair;

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::base::{Base, By};
use super::deals::{KnownDeal, NoteState};
use super::labels::label;
use super::merge::{Kept, Merged, Trust};
use super::model::{Kind, Outcome, Verdict};
use super::names::Names;
use super::options::{ImportOptions, OnKnown};
use super::people::People;
use super::rows::{Common, Meaning};
use super::shelf::Shelf;
use crate::audit::{Changes, Event};
use crate::companies::bulk::Record;
use crate::policy::Actor;
use crate::values::text::excerpt;
use crate::values::{CompanyId, time};

pub(super) use chunk::{Chunk, Created, DealMark};
pub(super) use company::DEEPEST;

/// So much of a value is shown in the report.
const SHOWN: usize = 80;

/// What an import knows while it walks through the file.
#[derive(Debug)]
pub(super) struct Judge {
    pub(super) actor: Actor,
    pub(super) options: ImportOptions,
    pub(super) people: People,
    pub(super) names: Names,
    pub(super) base: Base,
    pub(super) shelf: Shelf,
    /// Records of which a row of this file has spoken, and its line: the first row leads, later ones only fill gaps.
    touched: HashMap<Uuid, i32>,
    /// Companies of this file by the name that it gives them, whatever they are called here.
    companies: HashMap<String, Vec<(Uuid, String)>>,
    /// Deals of the rows at hand that are known already; and all that this file has spoken of.
    pub(super) deals: HashMap<String, KnownDeal>,
    /// Of our own file: keys of the base that it was taken out of which mean other keys here.
    pub(super) own: HashMap<Uuid, Uuid>,
    /// Keys that no new record may have: records in the trash and merged ones have them.
    pub(super) spent: Option<HashSet<Uuid>>,
}

impl Judge {
    pub(super) fn new(actor: Actor, options: &ImportOptions, people: People, names: Names) -> Self {
        Self {
            actor,
            options: options.clone(),
            people,
            names,
            base: Base::default(),
            shelf: Shelf::default(),
            touched: HashMap::new(),
            companies: HashMap::new(),
            deals: HashMap::new(),
            own: HashMap::new(),
            spent: None,
        }
    }

    /// Judges one row.
    pub(super) fn judge(&mut self, chunk: &mut Chunk, row: &Meaning) {
        let outcome = match row {
            Meaning::Company(row) => self.company(chunk, row),
            Meaning::Contact(row) => self.contact(chunk, row),
            Meaning::Pair(row) => self.pair(chunk, row),
            Meaning::Judged(outcome) => outcome.clone(),
        };
        chunk.outcomes.push(outcome);
    }

    /// Companies of this file that may be called so.
    pub(super) fn companies_of_file(&self, name_key: &str) -> impl Iterator<Item = Uuid> {
        self.companies.get(name_key).into_iter().flatten().map(|(id, _)| *id)
    }

    /// Forgets the records of a chunk; a dry run, which has written nothing, puts them on its shelf.
    pub(super) fn forget(&mut self, chunk: &Chunk, is_dry_run: bool) {
        let base = std::mem::take(&mut self.base);
        if !is_dry_run {
            self.deals.retain(|_, known| known.note == NoteState::OfThisFile);
            return;
        }
        let made = |created: &[Created]| created.iter().map(|row| row.id).collect::<Vec<_>>();
        for id in made(&chunk.new_companies).iter().chain(&chunk.changed_companies) {
            base.company(*id)
                .into_iter()
                .for_each(|known| self.shelf.put_company(known));
        }
        for id in made(&chunk.new_contacts).iter().chain(&chunk.changed_contacts) {
            base.contact(*id)
                .into_iter()
                .for_each(|record| self.shelf.put_contact(record));
        }
    }

    /// Forgets a chunk of a real run that was not written after all.
    pub(super) fn undo(&mut self, chunk: &Chunk) {
        for id in &chunk.touched {
            self.touched.remove(id);
        }
        for (key, id) in &chunk.named {
            if let Some(list) = self.companies.get_mut(key) {
                list.retain(|(known, _)| known != id);
            }
        }
        for uid in &chunk.seen_deals {
            self.deals.remove(uid);
        }
        self.base = Base::default();
    }

    /// Remembers that this row was the first to speak of the record, unless another one was.
    pub(super) fn touch(&mut self, chunk: &mut Chunk, id: Uuid, line: i32) {
        self.touched.entry(id).or_insert_with(|| {
            chunk.touched.push(id);
            line
        });
    }

    /// Whether another row of our own file has spoken of the record already: there, each row is a card of its own.
    fn is_another(&self, own_id: Option<Uuid>, row: &Common, (id, by): (Uuid, By)) -> bool {
        let is_repeated = self.touched.get(&id).is_some_and(|line| *line != row.line);
        own_id.is_some() && by != By::OwnId && is_repeated
    }

    /// The key for a record that a row makes: that of the file when it is ours and nobody has it.
    fn free_key(&self, own_id: Option<Uuid>, fresh: Uuid) -> Uuid {
        let is_free = |id: &Uuid| self.spent.as_ref().is_some_and(|spent| !spent.contains(id));
        own_id.filter(is_free).unwrap_or(fresh)
    }

    /// Remembers which company a key of the file means.
    pub(super) fn mean(&mut self, own_id: Option<Uuid>, id: Uuid) {
        if let Some(own_id) = own_id.filter(|own_id| *own_id != id) {
            self.own.insert(own_id, id);
            self.base.mean(own_id, id);
        }
    }

    /// The first row of a record leads it, unless the record belongs to another number of amoCRM.
    fn trust(&self, record: &Record, row: &Common) -> Trust {
        let is_other = row.amo_id.is_some() && record.amo_id.is_some() && row.amo_id != record.amo_id;
        let by_other_row = self.touched.get(&record.id).is_some_and(|line| *line != row.line);
        if is_other || by_other_row {
            Trust::FillOnly
        } else {
            match self.options.on_known {
                OnKnown::Follow if row.only_fills => Trust::Fill,
                OnKnown::Follow | OnKnown::Skip => Trust::Follow,
                OnKnown::Fill => Trust::Fill,
                OnKnown::Overwrite => Trust::Overwrite,
            }
        }
    }

    /// Whether known records are to stay as they are.
    fn is_left_alone(&self) -> bool {
        self.options.on_known == OnKnown::Skip
    }

    /// «Повтор строки 17: тот же ИНН», when another row has spoken of the record.
    fn repeat(&self, id: Uuid, line: i32, by: By) -> String {
        match self.touched.get(&id) {
            Some(first) if *first != line => format!("Повтор строки {first}: узнано {}", by.words()),
            _ => String::new(),
        }
    }

    /// A value as people read it.
    pub(super) fn show(&self, field: &str, value: &str) -> String {
        match field {
            "status" => self.names.show_status(value),
            "spheres" => self.names.show_spheres(value),
            "responsible" => self.people.name(value).unwrap_or_default().to_owned(),
            "lead_state" if value == "cold" => "Холодный".to_owned(),
            "lead_state" => "Тёплый".to_owned(),
            "company" | "head" => self.company_name(value),
            "region" | "branch" | "contract_type" => self.names.show_name(field, value),
            "contract_until" => value.parse().map_or_else(|_| value.to_owned(), time::date),
            "contract_amount" => value.replace('.', ","),
            _ => value.to_owned(),
        }
    }

    fn company_name(&self, id: &str) -> String {
        let known = Uuid::try_parse(id).ok().and_then(|id| self.base.company(id));
        known.map_or_else(String::new, |known| known.record.values[0].clone())
    }

    /// Sentences about values that were not taken.
    fn kept(&self, record: &Record, fields: &[&'static str], merged: &Merged) -> Vec<(&'static str, String)> {
        let kept = merged
            .kept
            .iter()
            .map(|(place, why)| (fields[*place], &record.values[*place], *why));
        let sentences = kept.map(|(field, value, why)| {
            let value = excerpt(&self.show(field, value), SHOWN);
            let sentence = match (why, value.is_empty()) {
                (Kept::Edited, true) => "Поле очищено вручную, оставлено пустым".to_owned(),
                (Kept::Edited, false) => format!("Поле изменено вручную, оставлено: {value}"),
                (Kept::Own, _) => format!("В базе уже другое значение, оставлено: {value}"),
                (Kept::Repeated | Kept::Filled, true) => "В базе пусто, оставлено".to_owned(),
                (Kept::Filled, false) => format!("Заполняется только пустое, оставлено: {value}"),
                (Kept::Repeated, false) => format!("Строка не первая для этой записи, оставлено: {value}"),
            };
            (field, sentence)
        });
        sentences.collect()
    }

    /// Old and new values for the audit log.
    fn changes(&self, record: &Record, fields: &[&'static str], merged: &Merged) -> Changes {
        let mut changes = Changes::default();
        for (place, old) in &merged.changed {
            let field = fields[*place];
            changes.compare(field, &self.show(field, old), &self.show(field, &record.values[*place]));
        }
        changes
    }

    /// The audit event of a record that a row made or changed.
    fn event(&self, verb: &'static str, (kind, id): (Kind, Uuid), line: i32, company: Option<Uuid>) -> Event<'static> {
        let word = match (verb, kind) {
            ("create", Kind::Company) => "Создана",
            ("create", Kind::Contact) => "Создан контакт",
            (_, Kind::Company) => "Изменена",
            (_, Kind::Contact) => "Изменён контакт",
        };
        let message = format!(
            "{word} при импорте из amoCRM: файл «{}», строка {line}",
            self.options.file_name
        );
        Event::new(verb, kind.code(), id, message).on(company.map(CompanyId))
    }
}

/// Begins what is said of a changed record.
pub(super) const CHANGED: &str = "Изменено: ";

/// Of a known record that was to stay as it is.
fn left_alone(name: &str) -> String {
    format!("Уже есть, не изменено: {name}")
}

/// «Изменено: адрес, сайт».
fn changed_words(changes: &Changes) -> String {
    let labels: Vec<String> = changes.fields().map(|field| lower_first(label(field))).collect();
    format!("{CHANGED}{}", labels.join(", "))
}

/// Two sentences, of which the first may be empty.
fn sentences(first: &str, second: &str) -> String {
    if first.is_empty() {
        return second.to_owned();
    }
    format!("{first}. {second}")
}

/// «Адрес» → «адрес», but «ИНН» stays.
fn lower_first(word: &str) -> String {
    let mut chars = word.chars();
    match (chars.next(), chars.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() => first.to_lowercase().chain(chars).collect(),
        _ => word.to_owned(),
    }
}

/// The outcome of a row that leads to a record.
fn outcome(verdict: Verdict, (kind, id): (Kind, Uuid), row: &Common, message: String) -> Outcome {
    Outcome {
        line: row.line,
        verdict,
        entity: kind.code(),
        entity_id: Some(id),
        key: row.key.chars().take(100).collect(),
        message,
        remarks: row.remarks.clone(),
        parts: Vec::new(),
    }
}
