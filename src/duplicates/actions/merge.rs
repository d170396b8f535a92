//! Making several cards of one company one.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::pass::compare;
use super::payload::{self, OWN, Part};
use super::people::{self, PeopleWish};
use crate::app::App;
use crate::audit::{self, Event};
use crate::companies::{self, Company};
use crate::contacts::{self, Contact};
use crate::db::snapshot::{self, Snapshot, changed};
use crate::dictionaries::{self, Dictionaries};
use crate::duplicates::queries;
use crate::error::{Error, Result};
use crate::merges::{self, NewMerge};
use crate::policy::{Action, Actor, check};
use crate::values::text::quoted;
use crate::values::{CompanyId, ContactId, Entity, MergeId};
use crate::{bulk, letters, notes, tasks, trash};

/// So many cards become one at once.
pub(crate) const MOST: usize = 5;

/// Cards that may become one, as they are now.
pub(crate) struct Candidates {
    /// In the order asked for.
    pub(crate) cards: Vec<Company>,
    /// Those that the actor may not change.
    pub(crate) forbidden: Vec<CompanyId>,
    pub(crate) dictionaries: Dictionaries,
    /// How many contacts, notes, tasks and letters each has.
    pub(crate) contents: BTreeMap<CompanyId, [i64; 4]>,
    /// People who are the same on several cards: each time those of one name and number.
    pub(crate) people: Vec<Vec<Contact>>,
}

/// Reads cards, the first of which must be the actor's to change; those that are gone are left out.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Denied`] about the first.
pub(crate) async fn cards(app: &App, actor: &Actor, ids: &[CompanyId]) -> Result<Candidates> {
    let mut conn = app.db.acquire().await?;
    let mut cards = Vec::new();
    for id in ids {
        match companies::find(&mut conn, actor, *id).await {
            Err(Error::NotFound) if !cards.is_empty() => (),
            found => cards.push(found?),
        }
    }
    if let Some(first) = cards.first() {
        check(actor, Action::MergeCompanies, first.ties(actor))?;
    }
    let is_forbidden = |card: &&Company| check(actor, Action::MergeCompanies, card.ties(actor)).is_err();
    let forbidden = cards.iter().filter(is_forbidden);
    let forbidden = forbidden.map(|card| card.id).collect();
    let ids: Vec<CompanyId> = cards.iter().map(|card| card.id).collect();
    let contacts = contacts::of_companies(&mut conn, actor, &ids).await?;
    Ok(Candidates {
        forbidden,
        dictionaries: dictionaries::all(&mut conn).await?,
        contents: queries::contents(&mut conn, &ids).await?,
        people: people::alike(contacts),
        cards,
    })
}

/// Companies that a text finds, to merge with others.
pub(crate) async fn found(
    app: &App,
    actor: &Actor,
    q: &str,
    but: &[CompanyId],
) -> Result<Vec<(CompanyId, String, String)>> {
    let found = companies::look_up(app, actor, q).await?;
    Ok(found.into_iter().filter(|(id, _, _)| !but.contains(id)).collect())
}

/// What is wanted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wish {
    /// The card that is kept.
    pub(crate) kept: Option<CompanyId>,
    /// All of them.
    pub(crate) ids: Vec<CompanyId>,
    /// From which card each field comes.
    pub(crate) picks: BTreeMap<String, CompanyId>,
    /// The versions that were on the screen.
    pub(crate) seen: Vec<(CompanyId, i32)>,
    /// Contacts that become one along with them.
    pub(crate) people: Vec<Vec<ContactId>>,
}

/// What became of a wish.
#[derive(Debug)]
pub(crate) enum Merged {
    /// They are one.
    Done,
    /// They had become one already.
    Before,
    /// Somebody changed one of them meanwhile. Nothing was written.
    Stale,
}

/// Makes cards one.
///
/// # Errors
/// [`Error::Denied`] when the kept one is not the actor's to change; [`Error::Invalid`] at `with`, naming the others that
/// are not or are gone.
pub(crate) async fn merge(app: &App, actor: &Actor, wish: &Wish) -> Result<Merged> {
    let kept = wish
        .kept
        .ok_or_else(|| Error::field("keep", "Выберите карточку, которая останется."))?;
    let mut others: Vec<CompanyId> = wish.ids.iter().copied().filter(|id| *id != kept).collect();
    others.sort_unstable();
    others.dedup();
    others.truncate(MOST);
    let now = app.now();
    let mut tx = app.begin().await?;
    let all: Vec<CompanyId> = others.iter().copied().chain([kept]).collect();
    let there = companies::lock_together(&mut tx, &all).await?;
    if there.len() < all.len() {
        return gone(&mut tx, kept, &others, &there).await;
    }
    admit(&mut tx, actor, kept, &all).await?;
    if others.is_empty() || others.len() >= MOST {
        return Err(Error::field(
            "with",
            format!("Объединить можно от двух до {MOST} карточек сразу."),
        ));
    }
    let before = companies::find(&mut tx, actor, kept).await?;
    let mut cards = Vec::new();
    for id in &others {
        cards.push(companies::find(&mut tx, actor, *id).await?);
    }
    let is_seen = |card: &Company| {
        wish.seen
            .iter()
            .all(|(id, version)| *id != card.id || *version == card.version)
    };
    if !cards.iter().chain([&before]).all(is_seen) {
        return Ok(Merged::Stale);
    }
    make_one(&mut tx, actor, (&before, cards), wish, now).await?;
    compare(&mut tx, &all.iter().map(|id| id.0).collect::<Vec<_>>()).await?;
    tx.commit().await?;
    Ok(Merged::Done)
}

/// Some are not there: they were merged by somebody else, or deleted.
async fn gone(conn: &mut PgConnection, kept: CompanyId, others: &[CompanyId], there: &[CompanyId]) -> Result<Merged> {
    if !there.contains(&kept) {
        return Err(Error::NotFound);
    }
    let mut all_became_kept = true;
    for id in others {
        all_became_kept &= merges::heir(conn, id.0).await? == Some(kept.0);
    }
    if all_became_kept {
        return Ok(Merged::Before);
    }
    Err(Error::field(
        "with",
        "Одной из карточек уже нет: её объединили с другой или удалили. Проверьте выбор.",
    ))
}

/// The kept one must be the actor's to change; others that are not are named.
async fn admit(conn: &mut PgConnection, actor: &Actor, kept: CompanyId, all: &[CompanyId]) -> Result<()> {
    let editable = companies::among(conn, actor, all, Action::MergeCompanies).await?;
    if !editable.contains(&kept) {
        return Err(Error::Denied(Action::MergeCompanies));
    }
    let mut names = Vec::new();
    for id in all.iter().filter(|id| !editable.contains(id)) {
        names.push(quoted(&companies::find(conn, actor, *id).await?.fields.name));
    }
    if names.is_empty() {
        return Ok(());
    }
    Err(Error::field(
        "with",
        format!("Нельзя объединить: нет прав менять {}.", names.join(", ")),
    ))
}

async fn make_one(
    conn: &mut PgConnection,
    actor: &Actor,
    (before, cards): (&Company, Vec<Company>),
    wish: &Wish,
    now: DateTime<Utc>,
) -> Result<MergeId> {
    let kept = before.id;
    let ids: Vec<CompanyId> = cards.iter().map(|card| card.id).collect();
    let dictionaries = dictionaries::all(conn).await?;
    let wanted = companies::mixed(before, &cards, &wish.picks, &dictionaries);
    let old = companies::image(conn, kept).await?;
    let joined = companies::absorb(conn, (before, &wanted), &cards).await?;
    let requests = trash::close_merged(conn, actor, &ids, now).await?;
    let names: Vec<String> = std::iter::once(before)
        .chain(&cards)
        .map(|card| card.fields.name.clone())
        .collect();
    let numbers = queries::amo_ids(conn, &ids).await?;
    let all: Vec<CompanyId> = ids.iter().copied().chain([kept]).collect();
    let (mut parts, mut snapshots) = (Vec::new(), Vec::new());
    for card in from_below(cards) {
        let (part, snapshot) = move_in(conn, (&card, kept), &all, now).await?;
        parts.push(part);
        snapshots.push(snapshot);
    }
    let people = people::merge_along(conn, actor, kept, &wish.people, now).await?;
    companies::touch(conn, kept, now).await?;
    let new = companies::image(conn, kept).await?;
    let payload = payload::Companies {
        at: now,
        updated_at: before.updated_at,
        changed: changed(&old, &new, &OWN),
        joined,
        parts,
        denials: queries::carry(conn, &ids.iter().map(|id| id.0).collect::<Vec<_>>(), kept.0).await?,
        requests,
        people,
    };
    let after = companies::find(conn, actor, kept).await?;
    let gone: Vec<String> = names[1..].iter().map(|name| quoted(name)).collect();
    let (gone, whole) = (gone.join(", "), quoted(&after.fields.name));
    let message = format!("Объединены карточки: {gone} — в {whole}");
    let event = Event::new("merge", "company", kept, message)
        .on(Some(kept))
        .with(companies::merge_changes(before, &after, &dictionaries));
    audit::record(conn, actor, ids.iter().fold(event, |event, id| event.mentioning(*id))).await?;
    let new = NewMerge {
        entity: Entity::Company,
        kept: kept.0,
        merged: numbers,
        names,
        snapshots,
        payload: payload::to_json(&payload)?,
    };
    merges::remember(conn, actor, new, now).await
}

/// In an order in which no card goes before one that stands under it.
fn from_below(mut cards: Vec<Company>) -> Vec<Company> {
    let mut sorted = Vec::new();
    while !cards.is_empty() {
        let is_head = |card: &Company| {
            cards
                .iter()
                .any(|other| other.id != card.id && other.head.as_ref().is_some_and(|head| head.id == card.id))
        };
        let at = cards.iter().position(|card| !is_head(card)).unwrap_or(0);
        sorted.push(cards.remove(at));
    }
    sorted
}

/// Moves all that hangs on a card to the kept one, and puts the card itself aside.
async fn move_in(
    conn: &mut PgConnection,
    (card, kept): (&Company, CompanyId),
    all: &[CompanyId],
    now: DateTime<Utc>,
) -> Result<(Part, Snapshot)> {
    let children = companies::adopt(conn, (card.id, kept), all, now).await?;
    let contacts = contacts::move_all(conn, card.id, kept).await?;
    let (notes, unpinned) = notes::move_all(conn, card.id, kept).await?;
    let tasks = tasks::move_all(conn, card.id, kept).await?;
    let letters = letters::move_all(conn, card.id, kept).await?;
    let own = [&companies::PARTS[..], &bulk::PARTS].concat();
    let snapshot = snapshot::take(conn, &own, "companies", card.id.0).await?;
    let part = Part {
        id: card.id.0,
        name: card.fields.name.clone(),
        contacts,
        notes,
        unpinned,
        tasks,
        letters,
        children,
    };
    Ok((part, snapshot.ok_or(Error::NotFound)?))
}

/// Contacts as the page sends them back.
pub(super) fn as_wish(people: &[Vec<ContactId>]) -> impl Iterator<Item = PeopleWish> {
    people.iter().filter_map(|ids| {
        let (kept, _) = ids.split_first()?;
        Some(PeopleWish {
            kept: Some(*kept),
            ids: ids.clone(),
            picks: BTreeMap::new(),
        })
    })
}

/// Their keys.
pub(super) fn keys(ids: &[ContactId]) -> Vec<Uuid> {
    ids.iter().map(|id| id.0).collect()
}
