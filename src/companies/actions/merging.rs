//! What has to be done here when cards become one, and when they are parted again.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

use super::change::{changes, with_labels};
use super::read::list;
use crate::app::App;
use crate::audit::Changes;
use crate::companies::bulk::{Channel, Retold, email_key, folded, phone_key};
use crate::companies::listed::Filter;
use crate::companies::model::{Company, CompanyEmail, CompanyPhone, ties};
use crate::companies::queries::{self, merging};
use crate::db::Place;
use crate::dictionaries::Dictionaries;
use crate::error::{Error, Result};
use crate::policy::{Action, Actor, may};
use crate::values::{CompanyId, Email, Phone};

/// So many phones, or e-mails, the form of a company takes.
const MOST_CHANNELS: usize = 100;
/// So many companies are offered to choose from.
const FOUND: i64 = 8;
/// Fields that are joined and not chosen.
const JOINED: [&str; 3] = ["phone", "email", "spheres"];
/// Fields that are chosen together.
const CONTRACT: [&str; 3] = ["contract_type", "contract_until", "contract_amount"];

/// Columns of a company that are given back together or not at all.
pub(crate) const TOGETHER: &[&[&str]] = &[
    &["name", "name_key"],
    &["address", "address_key"],
    &["contract_type", "contract_until", "contract_amount"],
    &["do_not_call_at", "do_not_call_by", "do_not_call_reason"],
    &["responsible_id", "branch_id"],
];

/// Those of these companies to which the actor may do `action`.
pub(crate) async fn among(
    conn: &mut PgConnection,
    actor: &Actor,
    ids: &[CompanyId],
    action: Action,
) -> Result<BTreeSet<CompanyId>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let stakes = queries::stakes(conn, &ids).await?.into_iter();
    let allowed = stakes.filter(|(_, row)| {
        let ties = ties(actor, row.created_by, row.responsible, row.leading_branch);
        may(actor, action, ties)
    });
    Ok(allowed.map(|(id, _)| id).collect())
}

/// Locks companies, and those right under them, before they become one or are parted. Answers which of them there are.
pub(crate) async fn lock_together(conn: &mut PgConnection, ids: &[CompanyId]) -> Result<Vec<CompanyId>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    Ok(merging::lock_together(conn, &ids).await?)
}

/// The whole row of a company but for its words.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn image(conn: &mut PgConnection, id: CompanyId) -> Result<Map<String, Value>> {
    merging::image(conn, id).await?.ok_or(Error::NotFound)
}

/// What is chosen when cards become one: name, Russian label, value as people read it.
pub(crate) fn chosen_rows(company: &Company, dictionaries: &Dictionaries) -> Vec<(&'static str, &'static str, String)> {
    let mut rows = with_labels(dictionaries, |labels| company.fields.rows(labels));
    rows.retain(|(field, _, _)| !JOINED.contains(field));
    let contract = rows
        .iter()
        .filter(|(field, _, value)| CONTRACT.contains(field) && !value.is_empty());
    let contract: Vec<&str> = contract.map(|(_, _, value)| value.as_str()).collect();
    let contract = ("contract", "Договор", contract.join(", "));
    rows.retain(|(field, _, _)| !CONTRACT.contains(field));
    rows.push(contract);
    let owner = [
        company.responsible.as_ref().map(|person| person.name.as_str()),
        company.branch.as_ref().map(|branch| branch.name.as_str()),
    ];
    let owner: Vec<&str> = owner.into_iter().flatten().collect();
    rows.push(("responsible", "Ответственный", owner.join(", ")));
    rows
}

/// The kept card as it will be: each field from the card that was chosen for it; where nothing was, what the kept one
/// has, or else the first of the others that has something.
pub(crate) fn mixed(
    kept: &Company,
    others: &[Company],
    picks: &BTreeMap<String, CompanyId>,
    dictionaries: &Dictionaries,
) -> Company {
    let mut mixed = kept.clone();
    let cards: Vec<&Company> = std::iter::once(kept).chain(others).collect();
    let rows: Vec<_> = cards.iter().map(|card| chosen_rows(card, dictionaries)).collect();
    for (at, (field, _, _)) in rows[0].iter().enumerate() {
        let picked = picks
            .get(*field)
            .and_then(|id| cards.iter().find(|card| card.id == *id));
        let first = || {
            cards
                .iter()
                .zip(&rows)
                .find(|(_, rows)| !rows[at].2.is_empty())
                .map(|(card, _)| card)
        };
        if let Some(from) = picked.or_else(first) {
            take(&mut mixed, from, field);
        }
    }
    mixed
}

fn take(into: &mut Company, from: &Company, field: &str) {
    let (own, other) = (&mut into.fields, &from.fields);
    match field {
        "name" => own.name.clone_from(&other.name),
        "legal_name" => own.legal_name.clone_from(&other.legal_name),
        "inn" => own.inn.clone_from(&other.inn),
        "kpp" => own.kpp.clone_from(&other.kpp),
        "ogrn" => own.ogrn.clone_from(&other.ogrn),
        "address" => own.address.clone_from(&other.address),
        "website" => own.website.clone_from(&other.website),
        "activity_kind" => own.activity_kind.clone_from(&other.activity_kind),
        "lead_state" => own.lead_state.clone_from(&other.lead_state),
        "contact_name" => own.contact_name.clone_from(&other.contact_name),
        "contact_position" => own.contact_position.clone_from(&other.contact_position),
        "time_zone" => own.time_zone.clone_from(&other.time_zone),
        "working_hours" => own.working_hours.clone_from(&other.working_hours),
        "status" => own.status = other.status,
        "region" => own.region = other.region,
        "contract" => {
            own.contract_type.clone_from(&other.contract_type);
            own.contract_until = other.contract_until;
            own.contract_amount = other.contract_amount;
        }
        "responsible" => {
            into.responsible.clone_from(&from.responsible);
            into.branch.clone_from(&from.branch);
        }
        _ => (),
    }
}

/// What a card got from others, so that it can be taken away again.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Joined {
    phones: Vec<JoinedPhone>,
    /// Value and comment.
    emails: Vec<(String, String)>,
    spheres: Vec<i64>,
    #[serde(default)]
    comments: Vec<Retold>,
}

#[derive(Debug, Serialize, Deserialize)]
struct JoinedPhone {
    raw: String,
    e164: String,
    extension: String,
    digits: String,
    comment: String,
}

impl From<&CompanyPhone> for JoinedPhone {
    fn from(row: &CompanyPhone) -> Self {
        Self {
            raw: row.phone.raw.clone(),
            e164: row.phone.e164.clone(),
            extension: row.phone.extension.clone(),
            digits: row.phone.digits.clone(),
            comment: row.comment.clone(),
        }
    }
}

impl JoinedPhone {
    fn row(&self) -> CompanyPhone {
        CompanyPhone {
            phone: Phone {
                raw: self.raw.clone(),
                e164: self.e164.clone(),
                extension: self.extension.clone(),
                digits: self.digits.clone(),
            },
            comment: self.comment.clone(),
        }
    }
}

/// What a card gets beside its fields.
#[derive(Debug)]
pub(crate) struct NewChannels {
    /// Phones and e-mails of others that it has not.
    pub(crate) phones: Vec<CompanyPhone>,
    pub(crate) emails: Vec<CompanyEmail>,
    /// What others say of those that it has.
    pub(crate) comments: Vec<Retold>,
}

/// Phones, e-mails and comments of others that a card has not.
pub(crate) fn new_channels(kept: &Company, others: &[Company]) -> NewChannels {
    let phones = others.iter().flat_map(|card| &card.fields.phones);
    let (phones, mut comments) = folded(true, &kept.fields.phones, phones);
    let emails = others.iter().flat_map(|card| &card.fields.emails);
    let (emails, of_emails) = folded(false, &kept.fields.emails, emails);
    comments.extend(of_emails);
    NewChannels {
        phones,
        emails,
        comments,
    }
}

impl Channel for CompanyPhone {
    fn key(&self) -> String {
        phone_key(&self.phone.digits, &self.phone.extension, &self.phone.raw)
    }

    fn typed(&self) -> &str {
        &self.phone.raw
    }

    fn comment(&mut self) -> &mut String {
        &mut self.comment
    }
}

impl Channel for CompanyEmail {
    fn key(&self) -> String {
        email_key(self.value.as_str())
    }

    fn typed(&self) -> &str {
        self.value.as_str()
    }

    fn comment(&mut self) -> &mut String {
        &mut self.comment
    }
}

/// Writes the kept card as [`mixed`] says, with phones, e-mails and spheres of the others; all are locked. The words by
/// which it is found are not yet refreshed.
///
/// # Errors
/// [`Error::Invalid`] when it would have more phones or e-mails than its form takes.
pub(crate) async fn absorb(
    conn: &mut PgConnection,
    (kept, wanted): (&Company, &Company),
    others: &[Company],
) -> Result<Joined> {
    let NewChannels {
        phones,
        emails,
        comments,
    } = new_channels(kept, others);
    let most = (kept.fields.phones.len() + phones.len()).max(kept.fields.emails.len() + emails.len());
    if most > MOST_CHANNELS {
        return Err(Error::field(
            "",
            format!(
                "Вместе у карточек {most} телефонов или адресов почты, а в одной их бывает не больше {MOST_CHANNELS}. Уберите лишние и объедините снова."
            ),
        ));
    }
    let ids: Vec<Uuid> = others.iter().map(|card| card.id.0).collect();
    if !queries::update(conn, kept.id, kept.version, &wanted.fields).await? {
        return Err(Error::Conflict(
            "Карточку только что изменил кто-то другой. Объедините ещё раз.",
        ));
    }
    let head = head_of(conn, kept, others).await?;
    let owner = (
        wanted.responsible.as_ref().map(|person| person.id),
        wanted.branch.as_ref().map(|branch| branch.id),
    );
    merging::set_owner(conn, kept.id, owner, head).await?;
    merging::take_do_not_call(conn, kept.id, &ids).await?;
    remember_imports(conn, kept.id, others, wanted).await?;
    merging::add_channels(conn, kept.id, &phones, &emails).await?;
    for comment in &comments {
        merging::retell(conn, kept.id, comment).await?;
    }
    let emails = emails
        .iter()
        .map(|row| (row.value.as_str().to_owned(), row.comment.clone()));
    Ok(Joined {
        phones: phones.iter().map(JoinedPhone::from).collect(),
        emails: emails.collect(),
        spheres: merging::add_spheres(conn, kept.id, &ids).await?,
        comments,
    })
}

/// The head organisation of the kept card: its own, or that of one of the others; none that is a part of the merge or
/// stands under a part of it.
async fn head_of(conn: &mut PgConnection, kept: &Company, others: &[Company]) -> Result<Option<CompanyId>> {
    let cards: Vec<CompanyId> = std::iter::once(kept).chain(others).map(|card| card.id).collect();
    let heads = std::iter::once(kept)
        .chain(others)
        .filter_map(|card| card.head.as_ref());
    for head in heads.map(|head| head.id) {
        let mut is_fit = true;
        for top in &cards {
            is_fit &= queries::under(conn, *top, &[head.0]).await?.is_empty();
        }
        if is_fit {
            return Ok(Some(head));
        }
    }
    Ok(None)
}

/// A later import knows what people removed from any of the cards, and by what number the kept one is found. What it
/// wrote into one card says nothing of a value that the kept card has from another.
async fn remember_imports(
    conn: &mut PgConnection,
    kept: CompanyId,
    others: &[Company],
    wanted: &Company,
) -> Result<()> {
    let (mut amo_id, own) = merging::import_memory(conn, kept).await?;
    let mut memory = own.as_ref().and_then(Value::as_object).cloned().unwrap_or_default();
    for other in others {
        let (number, imported) = merging::import_memory(conn, other.id).await?;
        amo_id = amo_id.or(number);
        for (field, written) in imported.as_ref().and_then(Value::as_object).into_iter().flatten() {
            join_memory(&mut memory, field, written, wanted);
        }
    }
    let memory = Value::Object(memory);
    let imported = (own.is_some() || memory != json!({})).then_some(&memory);
    Ok(merging::set_import_memory(conn, kept, (amo_id, imported)).await?)
}

fn join_memory(memory: &mut Map<String, Value>, field: &str, written: &Value, wanted: &Company) {
    if let Some(keys) = written.as_array() {
        let known = memory.entry(field).or_insert_with(|| json!([]));
        if let Some(known) = known.as_array_mut() {
            let new: Vec<_> = keys.iter().filter(|key| !known.contains(key)).cloned().collect();
            known.extend(new);
        }
        return;
    }
    let fields = &wanted.fields;
    let is_blank = match field {
        "legal_name" => fields.legal_name.is_empty(),
        "inn" => fields.inn.is_empty(),
        "kpp" => fields.kpp.is_empty(),
        "ogrn" => fields.ogrn.is_empty(),
        "address" => fields.address.is_empty(),
        "website" => fields.website.is_empty(),
        "activity_kind" => fields.activity_kind.is_empty(),
        "contact_name" => fields.contact_name.is_empty(),
        "contact_position" => fields.contact_position.is_empty(),
        _ => false,
    };
    if is_blank && !memory.contains_key(field) {
        memory.insert(field.to_owned(), written.clone());
    }
}

/// What the merge changed in the kept card, for the log.
pub(crate) fn merge_changes(before: &Company, after: &Company, dictionaries: &Dictionaries) -> Changes {
    let mut changes = changes(&before.fields, &after.fields, dictionaries);
    let name = |named: Option<&String>| named.cloned().unwrap_or_default();
    changes.compare(
        "responsible",
        &name(before.responsible.as_ref().map(|person| &person.name)),
        &name(after.responsible.as_ref().map(|person| &person.name)),
    );
    changes.compare(
        "branch",
        &name(before.branch.as_ref().map(|branch| &branch.name)),
        &name(after.branch.as_ref().map(|branch| &branch.name)),
    );
    changes
}

/// Takes away what a card got from others, where that is still as it came. Answers how many phones and e-mails were not.
pub(crate) async fn give_up(conn: &mut PgConnection, kept: CompanyId, joined: &Joined) -> Result<usize> {
    let mut changed = 0;
    for phone in &joined.phones {
        changed += usize::from(!merging::drop_phone(conn, kept, &phone.row()).await?);
    }
    for (value, comment) in &joined.emails {
        let Ok(value) = Email::parse(value) else { continue };
        let row = CompanyEmail {
            value,
            comment: comment.clone(),
        };
        changed += usize::from(!merging::drop_email(conn, kept, &row).await?);
    }
    merging::drop_spheres(conn, kept, &joined.spheres).await?;
    for comment in &joined.comments {
        changed += usize::from(!merging::retell(conn, kept, &comment.back()).await?);
    }
    Ok(changed)
}

/// The companies right under `from` go under `to`, but for these. Answers them, and when each was updated before.
pub(crate) async fn adopt(
    conn: &mut PgConnection,
    (from, to): (CompanyId, CompanyId),
    but: &[CompanyId],
    now: DateTime<Utc>,
) -> Result<Vec<(Uuid, DateTime<Utc>)>> {
    let but: Vec<Uuid> = but.iter().map(|id| id.0).collect();
    Ok(merging::adopt(conn, (from, to), &but, now).await?)
}

/// Gives companies that were adopted back to the head they had, those that are still where they were put and would make
/// no circle. Answers how many.
pub(crate) async fn give_back(
    conn: &mut PgConnection,
    (from, to): (CompanyId, CompanyId),
    children: &[(Uuid, DateTime<Utc>)],
    (adopted_at, now): (DateTime<Utc>, DateTime<Utc>),
) -> Result<usize> {
    let mut free = HashMap::new();
    for (child, updated_at) in children {
        if queries::under(conn, CompanyId(*child), &[to.0]).await?.is_empty() {
            free.insert(*child, *updated_at);
        }
    }
    Ok(merging::give_back(conn, (from, to), &free, (adopted_at, now))
        .await?
        .len())
}

/// The words by which a card is found, as they are now; it is no newer by it.
pub(crate) async fn touch_words(conn: &mut PgConnection, id: CompanyId) -> Result<()> {
    Ok(merging::touch_words(conn, id).await?)
}

/// The card is another one than forms that are open show.
pub(crate) async fn grow(conn: &mut PgConnection, id: CompanyId) -> Result<()> {
    Ok(merging::grow(conn, id).await?)
}

/// The first companies that a text finds: key, name and what else tells it from others.
pub(crate) async fn look_up(app: &App, actor: &Actor, q: &str) -> Result<Vec<(CompanyId, String, String)>> {
    let filter = Filter {
        q: q.to_owned(),
        is_descending: true,
        ..Filter::default()
    };
    let found = list(app, actor, &filter, (&Place::First, FOUND)).await?;
    let rows = found.page.rows.into_iter().map(|company| {
        let inn = (!company.inn.is_empty()).then(|| format!("ИНН {}", company.inn));
        let address = (!company.address.is_empty()).then_some(company.address);
        let about = inn.into_iter().chain(address).collect::<Vec<_>>().join(" · ");
        (company.id, company.name, about)
    });
    Ok(rows.collect())
}
