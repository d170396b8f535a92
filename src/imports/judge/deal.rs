//! A deal: one note in the feed of its company, or a line in the note of a person without one.

use uuid::Uuid;

use super::Judge;
use super::chunk::{Chunk, DealMark};
use crate::audit::Changes;
use crate::contacts::bulk::Field as ContactField;
use crate::imports::deals::{KnownDeal, NoteState};
use crate::imports::memory::remember_deal;
use crate::imports::model::{Kind, Outcome, Verdict};
use crate::imports::options::OnKnown;
use crate::imports::rows::DealRow;
use crate::notes::bulk::NewNote;
use crate::values::{CompanyId, UserId};

/// The longest note.
const LONGEST: usize = 20_000;
const FIELD: &str = "note";

impl Judge {
    /// Writes the deal where it belongs, unless that was done before. `None`: there is nobody to write it to.
    pub(super) fn deal(
        &mut self,
        chunk: &mut Chunk,
        row: &DealRow,
        (company, contact): (Option<Uuid>, Option<Uuid>),
        (author, line): (Option<UserId>, i32),
    ) -> Option<Outcome> {
        let (kind, owner) = match (company, contact) {
            (Some(id), _) => (Kind::Company, id),
            (None, Some(id)) => (Kind::Contact, id),
            (None, None) => return None,
        };
        let sha256 = row.sha256();
        let known = self.deals.get(&row.uid).cloned();
        let is_gone = known.as_ref().is_some_and(|known| known.note == NoteState::Gone);
        let is_new = match &known {
            None => true,
            Some(known) => self.is_lost(known, row, owner),
        };
        let (verdict, message) = if is_new {
            self.add_deal(chunk, row, (kind, owner), (author, line));
            (Verdict::Created, format!("Добавлена {}", lower(&row.title)))
        } else if known.as_ref().is_some_and(|known| known.sha256 == sha256 && !is_gone) {
            (Verdict::Unchanged, row.title.clone())
        } else {
            self.renew_deal(chunk, row, known, (owner, line))
        };
        self.see_deal(chunk, row, owner);
        // The deal is not a record of its own: a new note changes its owner.
        let (verdict, remark) = match verdict {
            Verdict::Created => (Verdict::Updated, None),
            Verdict::Skipped => (Verdict::Unchanged, Some((FIELD, message.clone()))),
            verdict => (verdict, None),
        };
        Some(Outcome {
            line,
            verdict,
            entity: kind.code(),
            entity_id: Some(owner),
            key: String::new(),
            message,
            remarks: remark.into_iter().collect(),
            parts: Vec::new(),
        })
    }

    /// Whether what was written of the deal went with its company or contact, or with an undone import, and not by the hand
    /// of somebody who did not want it.
    fn is_lost(&self, known: &KnownDeal, row: &DealRow, owner: Uuid) -> bool {
        let is_possible = known.owner != owner || known.is_undone;
        match known.note {
            NoteState::Gone => is_possible,
            NoteState::OfContact => {
                let note = |id| {
                    self.base
                        .contact(id)
                        .map(|record| &record.values[ContactField::Note as usize])
                };
                let says = |id| note(id).is_some_and(|note| note.contains(&row.title));
                is_possible && !says(known.owner) && !says(owner)
            }
            NoteState::Ours(_) | NoteState::Edited(_) | NoteState::OfThisFile => false,
        }
    }

    fn add_deal(
        &mut self,
        chunk: &mut Chunk,
        row: &DealRow,
        (kind, owner): (Kind, Uuid),
        (author, line): (Option<UserId>, i32),
    ) {
        let mut note = None;
        if kind == Kind::Company {
            note = Some(chunk.notes.len());
            chunk.notes.push(NewNote {
                company: CompanyId(owner),
                author,
                text: row.text.clone(),
                created_at: row.created_at,
            });
            chunk.changed_companies.insert(owner);
            self.tell(chunk, &row.title, (kind, owner));
        } else if let Some(mut record) = self.base.contact(owner).cloned() {
            let text = &mut record.values[ContactField::Note as usize];
            let gap = if text.is_empty() { "" } else { "\n\n" };
            *text = format!("{text}{gap}{}", row.text).chars().take(LONGEST).collect();
            chunk.changed_contacts.insert(owner);
            if !chunk.new_contacts.iter().any(|created| created.id == owner) {
                self.remember(chunk, (Kind::Contact, line), &record, (&[], &[]));
            }
            self.base.put_contact(record);
            self.tell(chunk, &row.title, (kind, owner));
        }
        mark(chunk, row, owner, note);
    }

    /// The audit event of a note that a known record gets; a new one has an event already.
    fn tell(&self, chunk: &mut Chunk, title: &str, (kind, owner): (Kind, Uuid)) {
        let made = match kind {
            Kind::Company => &chunk.new_companies,
            Kind::Contact => &chunk.new_contacts,
        };
        if made.iter().any(|created| created.id == owner) {
            return;
        }
        let mut changes = Changes::default();
        changes.compare(FIELD, "", title);
        let line = self.touched.get(&owner).copied().unwrap_or_default();
        let company = (kind == Kind::Company).then_some(owner);
        let event = self.event("update", (kind, owner), line, company).with(changes);
        chunk.events.push(event);
    }

    /// The deal has moved on since it was written, or its note was removed.
    fn renew_deal(
        &mut self,
        chunk: &mut Chunk,
        row: &DealRow,
        known: Option<KnownDeal>,
        (owner, line): (Uuid, i32),
    ) -> (Verdict, String) {
        let kept = |why: &str| (Verdict::Skipped, format!("{}: {why}", row.title));
        let Some(known) = known else {
            return kept("уже записана");
        };
        let may = self.options.on_known;
        match known.note {
            NoteState::Gone => kept("заметка удалена вручную, не возвращена"),
            NoteState::OfContact => kept("уже записана в примечание контакта"),
            NoteState::OfThisFile => kept("уже была в этом файле"),
            NoteState::Edited(_) if may != OnKnown::Overwrite => kept("заметка изменена вручную, оставлена"),
            NoteState::Ours(_) if may == OnKnown::Fill => kept("заполняется только пустое, заметка оставлена"),
            NoteState::Ours(note) | NoteState::Edited(note) => {
                let company = known.now.as_ref().map_or(known.owner, |now| now.company);
                chunk.renewed_notes.push((note, row.text.clone()));
                chunk.changed_companies.insert(company);
                remember_deal(chunk, row, (&known, note), line);
                mark(chunk, row, owner, None);
                if let Some(mark) = chunk.deals.last_mut() {
                    mark.note_id = Some(note);
                }
                self.tell(chunk, &row.title, (Kind::Company, company));
                (Verdict::Updated, format!("Обновлена {}", lower(&row.title)))
            }
        }
    }

    /// From now on this file has spoken of the deal: a later row about it changes nothing.
    pub(in crate::imports) fn see_deal(&mut self, chunk: &mut Chunk, row: &DealRow, owner: Uuid) {
        let known = self.deals.entry(row.uid.clone()).or_insert_with(|| KnownDeal {
            owner,
            sha256: String::new(),
            note: NoteState::Gone,
            is_undone: false,
            now: None,
        });
        if known.note != NoteState::OfThisFile {
            known.note = NoteState::OfThisFile;
            known.now = None;
            known.sha256 = row.sha256();
            chunk.seen_deals.push(row.uid.clone());
        }
    }
}

/// «Сделка: …» inside a sentence.
fn lower(title: &str) -> String {
    title.replacen('С', "с", 1)
}

fn mark(chunk: &mut Chunk, row: &DealRow, owner: Uuid, note: Option<usize>) {
    chunk.deals.push(DealMark {
        uid: row.uid.clone(),
        owner,
        note,
        note_id: None,
        sha256: row.sha256(),
    });
}
