//! Reads what a chunk of an undoing needs, and writes what it wants, set by set.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::judge::{Decision, Known, Subject};
use super::{Found, GivenBack, NoteNow, Now, Past, Remembered, Verdict};
use crate::audit::{self, Event};
use crate::companies::bulk::{Record, Settled};
use crate::contacts::bulk::Field as ContactField;
use crate::error::Result;
use crate::imports::model::Kind;
use crate::imports::queries;
use crate::policy::Actor;
use crate::values::{CompanyId, ImportId, NoteId};
use crate::{companies, contacts, dictionaries, notes};

/// Records of one chunk with all that is known of them.
#[derive(Default)]
pub(super) struct Loaded {
    pub(super) now: HashMap<Uuid, Now>,
    records: HashMap<Uuid, Record>,
    past: HashMap<Uuid, Vec<Past>>,
    channels: HashMap<Uuid, Vec<Found>>,
    notes: HashMap<Uuid, Vec<NoteNow>>,
    texts: HashMap<i64, String>,
    held: HashMap<Uuid, Vec<String>>,
    known: Known,
}

/// Reads a chunk; a real undoing locks it.
pub(super) async fn load(
    conn: &mut PgConnection,
    import: ImportId,
    kind: Kind,
    (remembered, is_real): (&[Remembered], bool),
) -> Result<Loaded> {
    let ids: Vec<Uuid> = remembered.iter().map(|record| record.id).collect();
    let created: Vec<Uuid> = remembered
        .iter()
        .filter(|record| record.is_created)
        .map(|record| record.id)
        .collect();
    let mut loaded = Loaded {
        now: queries::now(conn, kind, &ids, is_real).await?,
        past: queries::past(conn, import, &ids).await?,
        ..Loaded::default()
    };
    let records = match kind {
        Kind::Company => queries::companies(conn, &ids)
            .await?
            .into_iter()
            .map(|known| known.record)
            .collect(),
        Kind::Contact => queries::contacts(conn, &ids).await?,
    };
    loaded.records = records.into_iter().map(|record| (record.id, record)).collect();
    let with_channels: Vec<Uuid> = loaded
        .past
        .iter()
        .filter(|(_, past)| {
            past.iter()
                .any(|past| matches!(past.field.as_str(), "phones" | "emails"))
        })
        .map(|(id, _)| *id)
        .collect();
    loaded.channels = queries::channels(conn, kind, &with_channels).await?;
    for held in queries::held(conn, import, kind, &created).await? {
        loaded.held.entry(held.id).or_default().push(held.by);
    }
    if kind == Kind::Company {
        for note in queries::notes_now(conn, import, &ids).await? {
            loaded.notes.entry(note.company).or_default().push(note);
        }
        loaded.texts = queries::rewritten(conn, import, (&ids, is_real)).await?;
    }
    loaded.known = known(conn, &loaded.past).await?;
    Ok(loaded)
}

async fn known(conn: &mut PgConnection, past: &HashMap<Uuid, Vec<Past>>) -> Result<Known> {
    let dictionaries = dictionaries::all(conn).await?;
    let companies = past
        .values()
        .flatten()
        .filter(|past| matches!(past.field.as_str(), "company" | "head"));
    let companies: Vec<Uuid> = companies.filter_map(|past| past.old.parse().ok()).collect();
    let companies = queries::existing(conn, &companies).await?;
    Ok(Known {
        statuses: dictionaries
            .statuses
            .iter()
            .map(|status| status.id.to_string())
            .collect(),
        spheres: dictionaries
            .spheres
            .iter()
            .map(|sphere| sphere.id.to_string())
            .collect(),
        companies: companies.iter().map(ToString::to_string).collect(),
        regions: dictionaries
            .regions
            .iter()
            .map(|region| region.id.to_string())
            .collect(),
        contract_types: dictionaries
            .contract_types
            .iter()
            .map(|contract| contract.code.clone())
            .collect(),
    })
}

impl Loaded {
    /// What becomes of a record; `None`: it is gone already.
    pub(super) fn decide(&mut self, kind: Kind, remembered: &Remembered) -> Option<Decision> {
        let id = remembered.id;
        let record = self.records.remove(&id)?;
        let held = self.held.get(&id).map(Vec::as_slice).unwrap_or_default();
        let held: Vec<&str> = held.iter().map(String::as_str).collect();
        let subject = Subject {
            kind,
            remembered,
            now: self.now.get(&id)?,
            record,
            past: self.past.get(&id).map(Vec::as_slice).unwrap_or_default(),
            channels: self.channels.get(&id).map(Vec::as_slice).unwrap_or_default(),
            notes: self.notes.get(&id).map(Vec::as_slice).unwrap_or_default(),
            texts: &self.texts,
            held: &held,
            known: &self.known,
        };
        Some(subject.decide())
    }
}

/// Writes decisions, each change as an event of its own.
pub(super) async fn write(
    conn: &mut PgConnection,
    (import, kind, file_name): (ImportId, Kind, &str),
    (loaded, decisions): (&Loaded, Vec<(Uuid, Decision)>),
    (actor, now): (&Actor, DateTime<Utc>),
) -> Result<()> {
    let mut plan = Plan::default();
    for (id, decision) in decisions {
        let Some(known) = loaded.now.get(&id) else { continue };
        plan.add((kind, file_name), (id, known), decision);
    }
    notes::bulk::remove(conn, &plan.notes).await?;
    give_deals_back(conn, import, &plan.deals).await?;
    let restored: Vec<&Record> = plan.restored.iter().collect();
    match kind {
        Kind::Company => {
            companies::bulk::remove_channels(conn, &plan.phones, &plan.emails).await?;
            companies::bulk::update(conn, &restored, now).await?;
            companies::bulk::remove(conn, &plan.removed).await?;
        }
        Kind::Contact => {
            contacts::bulk::remove_channels(conn, &plan.phones, &plan.emails).await?;
            contacts::bulk::update(conn, &restored, now).await?;
            contacts::bulk::remove(conn, &plan.removed).await?;
        }
    }
    let stale: Vec<Uuid> = plan.stale.into_iter().collect();
    companies::bulk::renew_words(conn, &stale).await?;
    match kind {
        Kind::Company => companies::bulk::settle(conn, &plan.settled).await?,
        Kind::Contact => contacts::bulk::settle(conn, &plan.settled).await?,
    }
    queries::pass_back(conn, import, kind, &plan.settled).await?;
    audit::record_many(conn, actor, plan.events, now).await
}

async fn give_deals_back(conn: &mut PgConnection, import: ImportId, deals: &[GivenBack]) -> Result<()> {
    if deals.is_empty() {
        return Ok(());
    }
    let notes: Vec<_> = deals
        .iter()
        .map(|deal| (NoteId(deal.known.note), deal.text.as_str(), deal.known.edited_at))
        .collect();
    notes::bulk::give_back(conn, &notes).await?;
    let known: Vec<_> = deals.iter().map(|deal| &deal.known).collect();
    Ok(queries::give_deals_back(conn, import, &known).await?)
}

/// Writes that are made together.
#[derive(Default)]
struct Plan {
    removed: Vec<Uuid>,
    restored: Vec<Record>,
    phones: Vec<i64>,
    emails: Vec<i64>,
    notes: Vec<NoteId>,
    deals: Vec<GivenBack>,
    settled: Vec<Settled>,
    /// Companies whose search words change.
    stale: BTreeSet<Uuid>,
    events: Vec<Event<'static>>,
}

impl Plan {
    fn add(&mut self, (kind, file_name): (Kind, &str), (id, known): (Uuid, &Now), decision: Decision) {
        self.phones.extend(decision.phones);
        self.emails.extend(decision.emails);
        self.notes.extend(decision.notes.into_iter().map(NoteId));
        self.deals.extend(decision.deals);
        if decision.verdict == Some(Verdict::Removed) {
            self.removed.push(id);
            let word = if kind == Kind::Company {
                "Удалена"
            } else {
                "Контакт удалён"
            };
            self.event(
                kind,
                ("delete", id, known),
                format!("{word}: загрузка файла «{file_name}» отменена"),
            );
            // A company that goes needs no words.
            self.stale.extend(known.company.filter(|_| kind == Kind::Contact));
            return;
        }
        if let Some(record) = decision.restored {
            self.stale.extend(known.company);
            if kind == Kind::Contact {
                self.stale
                    .extend(Uuid::try_parse(&record.values[ContactField::Company as usize]).ok());
            }
            self.restored.push(record);
            let message = format!("Возвращено прежнее: загрузка файла «{file_name}» отменена");
            self.event(kind, ("update", id, known), message);
            if let Some(event) = self.events.last_mut() {
                event.changes = decision.changes;
            }
        }
        self.settled.push(decision.settled);
    }

    fn event(&mut self, kind: Kind, (verb, id, known): (&'static str, Uuid, &Now), message: String) {
        let event = Event::new(verb, kind.code(), id, message).on(known.company.map(CompanyId));
        self.events.push(event);
    }
}
