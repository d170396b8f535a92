//! Reads what a chunk of rows needs, and writes what it wants, set by set.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::judge::{Chunk, Created, DEEPEST, Judge};
use super::memory::Touched;
use super::model::Kind;
use super::own;
use super::queries;
use super::rows::{CompanyRow, ContactRow, Meaning};
use crate::companies::bulk::{Field, NewRecord, Record, Words, name_key};
use crate::contacts::bulk::Field as ContactField;
use crate::error::Result;
use crate::merges;
use crate::values::{Entity, ImportId};
use crate::{audit, companies, contacts, notes};

/// Brings the records that the rows may speak of into the judge's base; a real run locks them.
pub(super) async fn load(conn: &mut PgConnection, judge: &mut Judge, rows: &[Meaning], is_dry_run: bool) -> Result<()> {
    let mut company_rows: Vec<&CompanyRow> = Vec::new();
    let mut contact_rows: Vec<&ContactRow> = Vec::new();
    for row in rows {
        match row {
            Meaning::Company(row) => company_rows.push(row),
            Meaning::Contact(row) => contact_rows.push(row),
            Meaning::Pair(row) => {
                company_rows.extend(&row.company);
                contact_rows.extend(&row.contact);
            }
            Meaning::Judged(_) => (),
        }
    }
    load_deals(conn, judge, rows).await?;
    judge
        .names
        .learn(conn, &judge.actor.clone(), &company_rows, is_dry_run)
        .await?;
    let amo_ids: Vec<i64> = company_rows.iter().filter_map(|row| row.common.amo_id).collect();
    let inns: Vec<String> = distinct(company_rows.iter().map(|row| row.get(Field::Inn)));
    let name_keys = distinct(
        company_rows
            .iter()
            .map(|row| row.name_key.as_str())
            .chain(contact_rows.iter().map(|row| row.company_key.as_str())),
    );
    let head_keys = company_rows.iter().map(|row| row.own.head.as_str());
    let head_keys: Vec<String> = distinct(head_keys).iter().map(|name| name_key(name)).collect();
    let name_keys: Vec<String> = name_keys.into_iter().chain(head_keys).collect();
    own::load(conn, judge, (&company_rows, &contact_rows), is_dry_run).await?;
    let mut ids: BTreeSet<Uuid> = queries::company_ids(conn, &amo_ids, &inns, &name_keys)
        .await?
        .into_iter()
        .collect();
    let aliases = merges::aliases(conn, Entity::Company, &amo_ids).await?;
    ids.extend(aliases.values());
    ids.extend(own::companies(judge, &company_rows, &contact_rows));
    ids.extend(of_file(judge, &company_rows, &contact_rows));
    load_companies(conn, judge, ids.iter().copied(), is_dry_run).await?;
    if company_rows.iter().any(|row| !row.own.head.is_empty()) {
        load_heads(conn, judge, &ids, is_dry_run).await?;
    }
    for (amo_id, id) in aliases {
        if judge.base.company(id).is_some() {
            judge.base.alias_company(amo_id, id);
        }
    }
    if !contact_rows.is_empty() {
        load_contacts(conn, judge, (&contact_rows, &pairs(rows)), ids, is_dry_run).await?;
    }
    Ok(())
}

/// Companies that the file has spoken of and the rows may mean.
fn of_file(judge: &Judge, companies: &[&CompanyRow], contacts: &[&ContactRow]) -> Vec<Uuid> {
    let mut ids = Vec::new();
    let heads = companies.iter().map(|row| name_key(&row.own.head));
    let names = contacts.iter().map(|row| row.company_key.clone()).chain(heads);
    for name in names.filter(|name| !name.is_empty()) {
        ids.extend(judge.companies_of_file(&name));
        ids.extend(judge.shelf.companies_named(&name));
    }
    for row in companies {
        ids.extend(judge.companies_of_file(&row.name_key));
        ids.extend(judge.shelf.companies_for(row));
    }
    ids
}

/// Rows with both a company and a person, who may be known to a company of another name.
fn pairs(rows: &[Meaning]) -> Vec<(&CompanyRow, &ContactRow)> {
    let pairs = rows.iter().filter_map(|row| match row {
        Meaning::Pair(row) => row.company.as_ref().zip(row.contact.as_ref()),
        _ => None,
    });
    pairs.collect()
}

/// What is known of the rows' deals; what an earlier row of the file has said stays.
async fn load_deals(conn: &mut PgConnection, judge: &mut Judge, rows: &[Meaning]) -> Result<()> {
    let uids = rows.iter().filter_map(|row| match row {
        Meaning::Pair(row) => row.deal.as_ref().map(|deal| deal.uid.as_str()),
        _ => None,
    });
    let uids: Vec<String> = distinct(uids)
        .into_iter()
        .filter(|uid| !judge.deals.contains_key(uid))
        .collect();
    judge.deals.extend(queries::deals(conn, &uids).await?);
    Ok(())
}

/// All that stands over these companies, so that nobody puts one under itself.
async fn load_heads(conn: &mut PgConnection, judge: &mut Judge, ids: &BTreeSet<Uuid>, is_dry_run: bool) -> Result<()> {
    let mut level: BTreeSet<Uuid> = ids.clone();
    for _ in 0..DEEPEST {
        let known = level.iter().filter_map(|id| judge.base.company(*id));
        let heads = known.filter_map(|known| known.record.values[Field::Head as usize].parse().ok());
        let heads: BTreeSet<Uuid> = heads.filter(|head| judge.base.company(*head).is_none()).collect();
        if heads.is_empty() {
            break;
        }
        load_companies(conn, judge, heads.iter().copied(), is_dry_run).await?;
        level = heads;
    }
    Ok(())
}

async fn load_companies(
    conn: &mut PgConnection,
    judge: &mut Judge,
    ids: impl Iterator<Item = Uuid>,
    is_dry_run: bool,
) -> Result<()> {
    let mut missing = Vec::new();
    for id in ids.filter(|id| judge.base.company(*id).is_none()).collect::<Vec<_>>() {
        match judge.shelf.company(id) {
            Some(known) => judge.base.put_company(known),
            None => missing.push(id),
        }
    }
    let ids = missing;
    if ids.is_empty() {
        return Ok(());
    }
    if !is_dry_run {
        companies::bulk::lock_rows(conn, &ids).await?;
    }
    for known in queries::companies(conn, &ids).await? {
        judge.base.put_company(known);
    }
    Ok(())
}

async fn load_contacts(
    conn: &mut PgConnection,
    judge: &mut Judge,
    (rows, pairs): (&[&ContactRow], &[(&CompanyRow, &ContactRow)]),
    companies: BTreeSet<Uuid>,
    is_dry_run: bool,
) -> Result<()> {
    let amo_ids: Vec<i64> = rows.iter().filter_map(|row| row.common.amo_id).collect();
    let companies: Vec<Uuid> = companies.into_iter().collect();
    let digits = distinct(
        rows.iter()
            .flat_map(|row| &row.common.phones)
            .map(|row| row.phone.digits.as_str()),
    );
    let emails = distinct(
        rows.iter()
            .flat_map(|row| &row.common.emails)
            .map(|row| row.email.as_str()),
    );
    let emails: Vec<String> = emails.iter().map(|email| email.to_lowercase()).collect();
    let found = queries::contact_ids(conn, &amo_ids, &companies, &digits, &emails).await?;
    let mut ids: BTreeSet<Uuid> = found.into_iter().collect();
    let aliases = merges::aliases(conn, Entity::Contact, &amo_ids).await?;
    ids.extend(aliases.values());
    let own = rows.iter().filter_map(|row| row.common.own_id);
    ids.extend(own.map(|id| judge.own.get(&id).copied().unwrap_or(id)));
    for row in rows {
        let employers: Vec<Uuid> = judge.base.named(&row.company_key, &row.common.company);
        let employers: Vec<Uuid> = employers
            .into_iter()
            .chain(judge.companies_of_file(&row.company_key))
            .collect();
        ids.extend(judge.shelf.contacts_for(row, &employers));
    }
    for (company, contact) in pairs {
        let employer = judge.base.find_company(company, judge.options.key).map(|(id, _)| id);
        ids.extend(judge.shelf.contacts_for(contact, employer.as_slice()));
    }
    let shelved: Vec<Record> = ids.iter().filter_map(|id| judge.shelf.contact(*id)).collect();
    for record in &shelved {
        ids.remove(&record.id);
    }
    let ids: Vec<Uuid> = ids.into_iter().collect();
    if !is_dry_run {
        contacts::bulk::lock_rows(conn, &ids).await?;
    }
    let mut employers = BTreeSet::new();
    for record in queries::contacts(conn, &ids).await?.into_iter().chain(shelved) {
        employers.extend(Uuid::try_parse(&record.values[ContactField::Company as usize]).ok());
        judge.base.put_contact(record);
    }
    for (amo_id, id) in aliases {
        if judge.base.contact(id).is_some() {
            judge.base.alias_contact(amo_id, id);
        }
    }
    load_companies(conn, judge, employers.into_iter(), is_dry_run).await
}

/// Not empty, each once.
fn distinct<'a>(keys: impl Iterator<Item = &'a str>) -> Vec<String> {
    let keys: BTreeSet<&str> = keys.filter(|key| !key.is_empty()).collect();
    keys.into_iter().map(str::to_owned).collect()
}

/// Writes a chunk, and what is needed to take it back.
pub(super) async fn flush(
    conn: &mut PgConnection,
    judge: &mut Judge,
    chunk: &mut Chunk,
    (import, now): (ImportId, DateTime<Utc>),
) -> Result<()> {
    let made = judge.names.take_made();
    if !made.statuses.is_empty() || !made.spheres.is_empty() {
        queries::add_made(conn, import, &made.statuses, &made.spheres).await?;
    }
    let judge = &*judge;
    let stale = stale(judge, chunk);
    let spoken_of: Vec<Uuid> = chunk.notes.iter().map(|note| note.company.0).collect();
    let known_companies = stale.iter().chain(&chunk.changed_companies).chain(&spoken_of);
    let known_companies = known(&chunk.new_companies, known_companies);
    let known_contacts = known(&chunk.new_contacts, chunk.changed_contacts.iter());
    let companies_before = queries::companies_before(conn, &known_companies).await?;
    let contacts_before = queries::contacts_before(conn, &known_contacts).await?;
    let company = |id: Uuid| judge.base.company(id).map(|known| &known.record);
    let contact = |id: Uuid| judge.base.contact(id);
    let new_companies = inserts(&chunk.new_companies, company, words(judge, chunk), now);
    companies::bulk::insert(conn, &new_companies, now).await?;
    let changed = updates(&chunk.changed_companies, &chunk.new_companies, company);
    companies::bulk::update(conn, &changed, now).await?;
    companies::bulk::add_channels(conn, &chunk.company_phones, &chunk.company_emails).await?;

    let new_contacts = inserts(&chunk.new_contacts, contact, HashMap::new(), now);
    contacts::bulk::insert(conn, &new_contacts, now).await?;
    let changed = updates(&chunk.changed_contacts, &chunk.new_contacts, contact);
    contacts::bulk::update(conn, &changed, now).await?;
    contacts::bulk::add_channels(conn, &chunk.contact_phones, &chunk.contact_emails).await?;

    let notes = notes::bulk::insert(conn, &chunk.notes, now).await?;
    notes::bulk::rewrite(conn, &chunk.renewed_notes, now).await?;
    for deal in &mut chunk.deals {
        deal.note_id = deal.note_id.or(deal.note.map(|place| notes[place].1));
    }
    queries::remember_deals(conn, import, &chunk.deals).await?;
    companies::bulk::refresh(conn, &stale, now).await?;
    let lines = |created: &[Created]| created.iter().map(|row| (row.id, row.line)).collect::<Vec<_>>();
    let mut touched = Touched::of(lines(&chunk.new_companies).into_iter(), &companies_before);
    touched.notes = notes.into_iter().map(|(company, note)| (company.0, note.0)).collect();
    queries::remember(conn, import, Kind::Company, &touched).await?;
    let touched = Touched::of(lines(&chunk.new_contacts).into_iter(), &contacts_before);
    queries::remember(conn, import, Kind::Contact, &touched).await?;
    audit::record_many(conn, &judge.actor, std::mem::take(&mut chunk.events), now).await
}

/// Those of the records that the chunk does not make, each once.
fn known<'a>(created: &[Created], ids: impl Iterator<Item = &'a Uuid>) -> Vec<Uuid> {
    let created: BTreeSet<Uuid> = created.iter().map(|row| row.id).collect();
    let ids: BTreeSet<Uuid> = ids.filter(|id| !created.contains(*id)).copied().collect();
    ids.into_iter().collect()
}

/// Search words that new companies get from their phones, e-mails and new contacts.
fn words(judge: &Judge, chunk: &Chunk) -> HashMap<Uuid, Words> {
    let mut all: HashMap<Uuid, Words> = chunk
        .new_companies
        .iter()
        .map(|row| (row.id, Words::default()))
        .collect();
    let mut employers: HashMap<Uuid, Uuid> = HashMap::new();
    for record in chunk.new_contacts.iter().filter_map(|row| judge.base.contact(row.id)) {
        let value = |field: ContactField| record.values[field as usize].as_str();
        let Ok(company) = Uuid::try_parse(value(ContactField::Company)) else {
            continue;
        };
        employers.insert(record.id, company);
        if let Some(words) = all.get_mut(&company) {
            words.add_texts([ContactField::LastName, ContactField::FirstName, ContactField::Position].map(value));
        }
    }
    for phone in chunk.company_phones.iter().chain(&chunk.contact_phones) {
        let owner = employers.get(&phone.owner).unwrap_or(&phone.owner);
        all.get_mut(owner)
            .into_iter()
            .for_each(|words| words.add_phone(&phone.phone.digits));
    }
    for email in chunk.company_emails.iter().chain(&chunk.contact_emails) {
        let owner = employers.get(&email.owner).unwrap_or(&email.owner);
        all.get_mut(owner)
            .into_iter()
            .for_each(|words| words.add_email(&email.value));
    }
    all
}

/// Companies that were there before, and new ones to which a known contact has moved.
fn stale(judge: &Judge, chunk: &Chunk) -> Vec<Uuid> {
    let new: BTreeSet<Uuid> = chunk.new_companies.iter().map(|row| row.id).collect();
    let moved = chunk.changed_contacts.iter().filter_map(|id| judge.base.contact(*id));
    let moved = moved.filter_map(|record| Uuid::try_parse(&record.values[ContactField::Company as usize]).ok());
    let ids: BTreeSet<Uuid> = chunk.stale.difference(&new).copied().chain(moved).collect();
    ids.into_iter().collect()
}

fn inserts<'a>(
    created: &'a [Created],
    record: impl Fn(Uuid) -> Option<&'a Record>,
    mut words: HashMap<Uuid, Words>,
    now: DateTime<Utc>,
) -> Vec<NewRecord<'a>> {
    let rows = created.iter().filter_map(|row| {
        Some(NewRecord {
            record: record(row.id)?,
            raw: &row.raw,
            created_at: row.source_date.unwrap_or(now),
            words: words.remove(&row.id).unwrap_or_default(),
        })
    });
    rows.collect()
}

/// Changed records that are not inserted anyway.
fn updates<'a>(
    changed: &BTreeSet<Uuid>,
    created: &[Created],
    record: impl Fn(Uuid) -> Option<&'a Record>,
) -> Vec<&'a Record> {
    let created: BTreeSet<Uuid> = created.iter().map(|row| row.id).collect();
    changed.difference(&created).filter_map(|id| record(*id)).collect()
}
