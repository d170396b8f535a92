//! Making several contacts one, by itself or along with their companies.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::merge::as_wish;
use super::payload::{self, OWN};
use crate::app::App;
use crate::audit::{self, Event};
use crate::companies;
use crate::contacts::{self, Contact};
use crate::db::snapshot::{self, changed};
use crate::duplicates::queries;
use crate::error::{Error, Result};
use crate::letters;
use crate::merges::{self, NewMerge};
use crate::policy::{Action, Actor};
use crate::values::{CompanyId, ContactId, Entity, MergeId, Phone, text};

/// So many contacts become one at once.
const MOST: usize = 5;

/// Which contacts become one.
#[derive(Clone, Debug, Default)]
pub(crate) struct PeopleWish {
    pub(crate) kept: Option<ContactId>,
    pub(crate) ids: Vec<ContactId>,
    /// From which each field comes.
    pub(crate) picks: BTreeMap<String, ContactId>,
}

/// Contacts of one name and number, each time those that belong together.
pub(super) fn alike(contacts: Vec<Contact>) -> Vec<Vec<Contact>> {
    let mut groups: Vec<Vec<Contact>> = Vec::new();
    for contact in contacts {
        let found = groups
            .iter_mut()
            .find(|group| group.iter().any(|other| are_alike(other, &contact)));
        match found {
            Some(group) if group.len() < MOST => group.push(contact),
            Some(_) => (),
            None => groups.push(vec![contact]),
        }
    }
    groups.retain(|group| group.len() > 1);
    groups
}

fn are_alike(one: &Contact, two: &Contact) -> bool {
    let name = |contact: &Contact| {
        let fields = &contact.fields;
        text::fold(format!("{} {}", fields.last_name, fields.first_name).trim())
    };
    let digits = |contact: &Contact| -> Vec<String> {
        let digits = contact.fields.phones.iter().map(|row| row.phone.digits.clone());
        digits.filter(|digits| !Phone::is_junk(digits)).collect()
    };
    let of_two = digits(two);
    !name(one).is_empty() && name(one) == name(two) && digits(one).iter().any(|digits| of_two.contains(digits))
}

/// Contacts that may become one, as they are now, each with the name of its company. All must be the actor's to change.
pub(crate) async fn people(app: &App, actor: &Actor, ids: &[ContactId]) -> Result<Vec<(Contact, String)>> {
    let mut tx = app.begin().await?;
    let mut found = Vec::new();
    for id in ids {
        let contact = contacts::admit(&mut tx, actor, *id).await?;
        let company = match contact.company {
            Some(company) => companies::find(&mut tx, actor, company).await?.fields.name,
            None => String::new(),
        };
        found.push((contact, company));
    }
    Ok(found)
}

/// Contacts that look like this one and are the actor's to change, each with the name of its company.
pub(crate) async fn candidates(app: &App, actor: &Actor, of: &Contact) -> Result<Vec<(Contact, String)>> {
    let mut tx = app.begin().await?;
    let mut found = Vec::new();
    for id in queries::like(&mut tx, of.id).await? {
        let contact = match contacts::admit(&mut tx, actor, id).await {
            Ok(contact) => contact,
            Err(Error::Denied(_) | Error::NotFound | Error::Conflict(_)) => continue,
            Err(other) => return Err(other),
        };
        let company = match contact.company {
            Some(company) => companies::find(&mut tx, actor, company).await?.fields.name,
            None => String::new(),
        };
        found.push((contact, company));
    }
    Ok(found)
}

/// Makes contacts one; the kept one stays at its company.
///
/// # Errors
/// [`Error::Denied`], [`Error::NotFound`]; [`Error::Invalid`] at `with`.
pub(crate) async fn merge_people(app: &App, actor: &Actor, wish: &PeopleWish) -> Result<()> {
    let now = app.now();
    let mut tx = app.begin().await?;
    if let Some(kept) = wish.kept.filter(|_| wish.ids.len() > 1) {
        let mut are_merged = true;
        for id in wish.ids.iter().filter(|id| **id != kept) {
            are_merged &= merges::heir(&mut tx, id.0).await? == Some(kept.0);
        }
        if are_merged {
            return Ok(());
        }
    }
    // Companies first, each in the order of its key, then the contacts: as everybody does.
    let homes = queries::homes(&mut tx, &super::merge::keys(&wish.ids)).await?;
    for company in &homes {
        companies::admit(&mut tx, actor, *company, Action::EditContact).await?;
    }
    for id in &wish.ids {
        contacts::admit(&mut tx, actor, *id).await?;
    }
    make_one(&mut tx, actor, wish, now).await?;
    for company in homes {
        companies::touch(&mut tx, company, now).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Makes contacts of a merged card one, those that are there.
pub(super) async fn merge_along(
    conn: &mut PgConnection,
    actor: &Actor,
    company: CompanyId,
    people: &[Vec<ContactId>],
    now: DateTime<Utc>,
) -> Result<Vec<MergeId>> {
    let mut merges = Vec::new();
    for mut wish in as_wish(people) {
        let found = contacts::found(conn, actor, &wish.ids).await?;
        // Only those that are on the card now: the page may be old, or the request made by hand.
        wish.ids = found
            .iter()
            .filter(|contact| contact.company == Some(company))
            .map(|contact| contact.id)
            .collect();
        wish.kept = wish.ids.first().copied();
        if wish.ids.len() > 1 {
            merges.push(make_one(conn, actor, &wish, now).await?);
        }
    }
    Ok(merges)
}

async fn make_one(conn: &mut PgConnection, actor: &Actor, wish: &PeopleWish, now: DateTime<Utc>) -> Result<MergeId> {
    let (kept, others) = of_whom(wish)?;
    let all: Vec<ContactId> = others.iter().copied().chain([kept]).collect();
    contacts::lock_together(conn, &all).await?;
    let mut cards = contacts::found(conn, actor, &all).await?;
    if cards.len() < all.len() {
        return Err(Error::NotFound);
    }
    let before = cards.pop().ok_or(Error::NotFound)?;
    let wanted = contacts::mixed(&before, &cards, &wish.picks);
    let old = contacts::image(conn, kept).await?;
    let joined = contacts::absorb(conn, (&before, &wanted), &cards, now).await?;
    let letters = letters::pass_on(conn, &others, kept).await?;
    let keys: Vec<Uuid> = others.iter().map(|id| id.0).collect();
    let numbers = queries::contact_amo_ids(conn, &keys).await?;
    let mut snapshots = Vec::new();
    for id in &keys {
        let taken = snapshot::take(conn, &contacts::PARTS, "contacts", *id).await?;
        snapshots.push(taken.ok_or(Error::NotFound)?);
    }
    let new = contacts::image(conn, kept).await?;
    let names = std::iter::once(&before).chain(&cards).map(|card| card.fields.name());
    let names: Vec<String> = names.collect();
    let payload = payload::People {
        at: now,
        updated_at: before.updated_at,
        changed: changed(&old, &new, &OWN),
        joined,
        letters,
    };
    let message = format!(
        "Объединены контакты: «{}» — в «{}»",
        names[1..].join("», «"),
        wanted.name()
    );
    let event = Event::new("merge", "contact", kept, message).on(before.company);
    audit::record(
        conn,
        actor,
        others.iter().fold(event, |event, id| event.mentioning(*id)),
    )
    .await?;
    let new = NewMerge {
        entity: Entity::Contact,
        kept: kept.0,
        merged: numbers,
        names,
        snapshots,
        payload: payload::to_json(&payload)?,
    };
    merges::remember(conn, actor, new, now).await
}

/// The kept one and the others.
fn of_whom(wish: &PeopleWish) -> Result<(ContactId, Vec<ContactId>)> {
    let kept = wish
        .kept
        .ok_or_else(|| Error::field("keep", "Выберите контакт, который останется."))?;
    let mut others: Vec<ContactId> = wish.ids.iter().copied().filter(|id| *id != kept).collect();
    others.sort_unstable();
    others.dedup();
    if others.is_empty() || others.len() >= MOST {
        return Err(Error::field(
            "with",
            format!("Объединить можно от двух до {MOST} контактов сразу."),
        ));
    }
    Ok((kept, others))
}
