//! Decides what becomes of one record. No SQL here: a check and an undoing decide alike.

use std::collections::{HashMap, HashSet};

use super::{Found, GivenBack, NoteNow, Now, Past, Remembered, Verdict};
use crate::audit::Changes;
use crate::companies::bulk::{FIELDS, Record, Settled};
use crate::contacts::bulk::FIELDS as CONTACT_FIELDS;
use crate::imports::deals::Rewritten;
use crate::imports::labels::label;
use crate::imports::memory::{AddedChannel, DEAL};
use crate::imports::model::Kind;
use crate::values::text;

/// All that is known of a record.
pub(super) struct Subject<'a> {
    pub(super) kind: Kind,
    pub(super) remembered: &'a Remembered,
    pub(super) now: &'a Now,
    pub(super) record: Record,
    pub(super) past: &'a [Past],
    pub(super) channels: &'a [Found],
    /// Notes of a company.
    pub(super) notes: &'a [NoteNow],
    /// What notes say that the import wrote anew.
    pub(super) texts: &'a HashMap<i64, String>,
    /// Tables whose rows refer to it.
    pub(super) held: &'a [&'a str],
    /// Keys of dictionaries and companies that a field may be given back.
    pub(super) known: &'a Known,
}

/// Keys that are there.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) statuses: HashSet<String>,
    pub(super) spheres: HashSet<String>,
    pub(super) companies: HashSet<String>,
    pub(super) regions: HashSet<String>,
    pub(super) contract_types: HashSet<String>,
}

/// What is to be done.
#[derive(Debug)]
pub(super) struct Decision {
    /// `None`: nothing worth a line.
    pub(super) verdict: Option<Verdict>,
    pub(super) message: String,
    /// The record with its former values, when any came back.
    pub(super) restored: Option<Record>,
    pub(super) phones: Vec<i64>,
    pub(super) emails: Vec<i64>,
    pub(super) notes: Vec<i64>,
    pub(super) deals: Vec<GivenBack>,
    pub(super) settled: Settled,
    pub(super) changes: Changes,
}

impl Subject<'_> {
    pub(super) fn decide(self) -> Decision {
        if self.remembered.is_created {
            self.decide_created()
        } else {
            self.decide_known()
        }
    }

    /// A record that the import made.
    fn decide_created(self) -> Decision {
        let mut reasons: Vec<String> = Vec::new();
        if self.now.version != self.remembered.version {
            reasons.push("изменено после загрузки".to_owned());
        }
        let own: HashSet<i64> = self.remembered.notes.iter().copied().collect();
        if self.notes.iter().any(|note| !own.contains(&note.id)) {
            reasons.push("есть заметки".to_owned());
        }
        if self.notes.iter().any(|note| own.contains(&note.id) && note.is_touched) {
            reasons.push("с примечанием из файла работали".to_owned());
        }
        reasons.extend(self.held.iter().map(|table| holder(table).to_owned()));
        reasons.dedup();
        let mut decision = self.nothing();
        decision.settled.is_unmarked = false;
        if reasons.is_empty() {
            decision.verdict = Some(Verdict::Removed);
            decision.notes = self.notes.iter().map(|note| note.id).collect();
        } else {
            decision.verdict = Some(Verdict::Left);
            decision.message = text::capital(&reasons.join(", "));
        }
        decision
    }

    /// A record that was there before.
    fn decide_known(mut self) -> Decision {
        let mut decision = self.nothing();
        let mut back: Vec<&str> = Vec::new();
        let mut left: Vec<String> = Vec::new();
        for past in self.past.iter().rev() {
            let field = label(&past.field);
            let outcome = match past.field.as_str() {
                "amo_id" => self.give_back_number(past),
                "phones" | "emails" => Ok(self.take_channels(past, &mut decision)),
                DEAL => self.give_back_deal(past, &mut decision),
                _ => self.give_back(past),
            };
            match outcome {
                Ok(true) => {
                    if !back.contains(&field) {
                        back.push(field);
                    }
                    decision.changes.compare(&past.field, &past.new_text, &past.old_text);
                }
                Ok(false) => (),
                Err(why) => left.push(format!("{field}: {why}")),
            }
        }
        let own: HashSet<i64> = self.remembered.notes.iter().copied().collect();
        for note in self.notes.iter().filter(|note| own.contains(&note.id)) {
            if note.is_touched {
                left.push(format!("{}: с ним работали", label("note")));
            } else {
                decision.notes.push(note.id);
            }
        }
        if !decision.notes.is_empty() {
            back.push(label("note"));
        }
        decision.verdict = match (back.is_empty(), left.is_empty()) {
            (true, true) => None,
            (false, true) => Some(Verdict::Restored),
            (false, false) => Some(Verdict::Partly),
            (true, false) => Some(Verdict::Left),
        };
        let mut words = Vec::new();
        if !back.is_empty() {
            back.reverse();
            words.push(format!("Возвращено: {}", back.join(", ")));
        }
        if !left.is_empty() {
            words.push(format!("Оставлено: {}", left.join("; ")));
        }
        decision.message = words.join(". ");
        if decision.verdict.is_some() && !decision.changes.is_empty() {
            decision.restored = Some(self.record);
        }
        if left.is_empty() && self.now.updated_at == self.remembered.updated_after {
            decision.settled.updated_at = self.remembered.updated_before;
        }
        decision
    }

    fn nothing(&self) -> Decision {
        Decision {
            verdict: None,
            message: String::new(),
            restored: None,
            phones: Vec::new(),
            emails: Vec::new(),
            notes: Vec::new(),
            deals: Vec::new(),
            settled: Settled {
                id: self.remembered.id,
                updated_at: None,
                is_unmarked: !self.remembered.had_marks,
            },
            changes: Changes::default(),
        }
    }

    /// A field says again what it said before, unless it says something else by now.
    fn give_back(&mut self, past: &Past) -> Result<bool, String> {
        let fields: &[&str] = match self.kind {
            Kind::Company => &FIELDS,
            Kind::Contact => &CONTACT_FIELDS,
        };
        let Some(place) = fields.iter().position(|field| *field == past.field) else {
            return Ok(false);
        };
        if self.record.values[place] != past.new {
            return Err("изменено после загрузки".to_owned());
        }
        if !self.known.has(&past.field, &past.old) {
            return Err(format!("прежнего значения «{}» больше нет", past.old_text));
        }
        self.record.values[place].clone_from(&past.old);
        self.record.imported.values[place].clone_from(&past.old_mark);
        Ok(true)
    }

    fn give_back_number(&mut self, past: &Past) -> Result<bool, String> {
        let number = |text: &str| text.parse::<i64>().ok();
        if self.record.amo_id != number(&past.new) {
            return Err("изменено после загрузки".to_owned());
        }
        self.record.amo_id = number(&past.old);
        Ok(true)
    }

    /// The note of a deal says again what it said, unless somebody has edited or removed it since.
    fn give_back_deal(&self, past: &Past, decision: &mut Decision) -> Result<bool, String> {
        let known = past
            .old_mark
            .as_deref()
            .and_then(|json| serde_json::from_str(json).ok());
        let known: Rewritten = known.ok_or("прежний текст не сохранился")?;
        match self.texts.get(&known.note) {
            None => Err("заметка удалена после загрузки".to_owned()),
            Some(text) if *text != past.new => Err("заметка изменена после загрузки".to_owned()),
            Some(_) => {
                let text = past.old.clone();
                decision.deals.push(GivenBack { text, known });
                Ok(true)
            }
        }
    }

    /// Added phones or e-mails go, when they are still as they were added. Those that a person has changed or removed are
    /// that person's.
    fn take_channels(&mut self, past: &Past, decision: &mut Decision) -> bool {
        let is_phone = past.field == "phones";
        let added: Vec<AddedChannel> = serde_json::from_str(&past.new).unwrap_or_default();
        let mut is_any = false;
        for channel in added {
            let found = self
                .channels
                .iter()
                .find(|found| found.is_phone == is_phone && found.raw == channel.raw && found.word == channel.kind);
            let Some(found) = found else { continue };
            is_any = true;
            let (ids, marks) = if is_phone {
                (&mut decision.phones, &mut self.record.imported.phones)
            } else {
                (&mut decision.emails, &mut self.record.imported.emails)
            };
            ids.push(found.id);
            if !channel.marked {
                marks.retain(|key| *key != found.key);
            }
        }
        is_any
    }
}

impl Known {
    /// Whether a field may be given this value.
    fn has(&self, field: &str, value: &str) -> bool {
        match field {
            _ if value.is_empty() => true,
            "status" => self.statuses.contains(value),
            "spheres" => value.split(',').all(|key| self.spheres.contains(key)),
            "company" | "head" => self.companies.contains(value),
            "region" => self.regions.contains(value),
            "contract_type" => self.contract_types.contains(value),
            _ => true,
        }
    }
}

/// What a table's rows are called when they keep a record.
fn holder(table: &str) -> &'static str {
    match table {
        "contacts" => "есть контакты",
        "notes" => "есть заметки",
        "letters" => "есть письма",
        "companies" => "есть подчинённые компании",
        "bulk_rows" => "участвует в массовом действии",
        "deletion_requests" => "ждёт решения об удалении",
        "tasks" => "есть задачи",
        "calls" | "call_requests" => "есть звонки",
        _ => "с карточкой работали",
    }
}
