//! Putting a company under its head organisation.

use std::collections::HashSet;

use sqlx::PgConnection;
use uuid::Uuid;

use super::change::STALE;
use super::choose::choose;
use super::read::admit;
use crate::app::App;
use crate::audit::{self, Changes, Event};
use crate::companies::listed::Listed;
use crate::companies::model::{BranchOf, Named, ties};
use crate::companies::queries;
use crate::error::{Error, Result};
use crate::policy::{Action, Actor, Ties, check, may};
use crate::values::CompanyId;
use crate::values::text::quoted;

/// So many branches of an organisation are shown on its card.
const ON_CARD: usize = 200;

/// Puts a company under a head organisation, or makes it independent: `head: None`. `seen` is the key of the head that
/// was on the screen, empty for none; `None`: whatever it was. The right to change is asked for of the company, of the
/// head that it leaves and of the one that it comes to.
///
/// # Errors
/// [`Error::Invalid`] at `head` when it is gone, a circle would come of it, or the actor may not change either head;
/// [`Error::Conflict`] when somebody else put it elsewhere meanwhile; [`Error::NotFound`], [`Error::Denied`].
pub(crate) async fn set_head(
    app: &App,
    actor: &Actor,
    id: CompanyId,
    head: Option<CompanyId>,
    seen: Option<&str>,
) -> Result<()> {
    let mut tx = app.begin().await?;
    set_head_in(&mut tx, app, actor, id, (head, seen)).await?;
    tx.commit().await?;
    Ok(())
}

/// [`set_head`] within the caller's transaction, which has locked no company yet.
pub(super) async fn set_head_in(
    conn: &mut PgConnection,
    app: &App,
    actor: &Actor,
    id: CompanyId,
    (head, seen): (Option<CompanyId>, Option<&str>),
) -> Result<()> {
    // Before the company's own lock: whoever has waited sees what the others made.
    queries::lock_heads(conn).await?;
    admit(conn, actor, id, Action::EditCompany).await?;
    let before = queries::head_of(conn, id).await?;
    if before.as_ref().map(|named| named.id) == head {
        return Ok(());
    }
    let is = before.as_ref().map(|named| named.id.to_string()).unwrap_or_default();
    if seen.is_some_and(|seen| seen != is) {
        return Err(Error::Conflict(STALE));
    }
    if let Some(before) = &before
        && !may_place(conn, actor, before.id).await?
    {
        return Err(Error::field("head", fixed(&before.name)));
    }
    let after = match head {
        Some(head) => Some(admissible(conn, actor, id, head).await?),
        None => None,
    };
    queries::set_head(conn, id, head).await?;
    queries::touch(conn, id, app.now()).await?;
    let name = |named: &Option<Named<CompanyId>>| named.as_ref().map(|head| head.name.clone()).unwrap_or_default();
    let mut changes = Changes::default();
    changes.compare("head", &name(&before), &name(&after));
    let message = if after.is_some() {
        "Указана головная организация"
    } else {
        "Головная организация убрана"
    };
    let event = Event::new("update", "company", id, message).on(Some(id)).with(changes);
    let mentioned = before.iter().chain(&after).map(|named| named.id);
    let event = mentioned.fold(event, Event::mentioning);
    audit::record(conn, actor, event).await?;
    Ok(())
}

/// The head organisation, if a company may stand under it.
async fn admissible(
    conn: &mut PgConnection,
    actor: &Actor,
    id: CompanyId,
    head: CompanyId,
) -> Result<Named<CompanyId>> {
    if id == head {
        return Err(Error::field("head", "Компания не может быть головной для самой себя."));
    }
    let name = queries::hold(conn, head).await?;
    let name = name.ok_or_else(|| Error::field("head", "Этой компании уже нет: выберите другую."))?;
    if !may_place(conn, actor, head).await? {
        let sentence = format!(
            "{} вы менять не можете, поэтому и ставить под неё компании тоже: попросите её ответственного.",
            quoted(&name)
        );
        return Err(Error::field("head", sentence));
    }
    if !queries::under(conn, id, &[head.0]).await?.is_empty() {
        let sentence = format!("{} сама стоит под этой компанией: получился бы круг.", quoted(&name));
        return Err(Error::field("head", sentence));
    }
    Ok(Named { id: head, name })
}

/// Whether the actor may put companies under this head organisation and take them away.
pub(crate) async fn may_place(conn: &mut PgConnection, actor: &Actor, head: CompanyId) -> Result<bool> {
    let stakes = queries::stakes(conn, &[head.0]).await?;
    Ok(stakes.into_iter().any(|(_, row)| {
        let ties = ties(actor, row.created_by, row.responsible, row.leading_branch);
        may(actor, Action::EditCompany, ties)
    }))
}

/// What is said to those who may not take a company away from its head organisation.
pub(crate) fn fixed(head: &str) -> String {
    let head = quoted(head);
    format!("Компания стоит под {head}, а её вы менять не можете. Убрать компанию оттуда может её ответственный.")
}

/// A company that may become the head of another.
pub(crate) struct Candidate {
    pub(crate) company: Listed,
    /// Whether the actor may put companies under it.
    pub(crate) may: bool,
    /// It is the company itself or stands under it.
    pub(crate) is_under: bool,
}

/// Companies that a text finds, to choose a head organisation from.
pub(crate) async fn head_candidates(app: &App, actor: &Actor, id: CompanyId, typed: &str) -> Result<Vec<Candidate>> {
    let found = choose(app, actor, typed, Action::EditCompany).await?;
    let keys: Vec<Uuid> = found.iter().map(|choice| choice.company.id.0).collect();
    let mut conn = app.db.acquire().await?;
    let under = queries::under(&mut conn, id, &keys).await?;
    let candidates = found.into_iter().map(|choice| Candidate {
        is_under: under.contains(&choice.company.id.0),
        company: choice.company,
        may: choice.may,
    });
    Ok(candidates.collect())
}

/// The branches of a head organisation: as many as a card shows, and whether there are more.
pub(crate) async fn branches(conn: &mut PgConnection, actor: &Actor, head: CompanyId) -> Result<(Vec<BranchOf>, bool)> {
    check(actor, Action::ViewBase, Ties::default())?;
    let limit = i64::try_from(ON_CARD).unwrap_or(i64::MAX);
    let mut rows = queries::branches(conn, head, limit).await?;
    let has_more = rows.len() > ON_CARD;
    rows.truncate(ON_CARD);
    Ok((rows, has_more))
}

/// All cards of a company's organisation: its topmost head and all that stands under it. Each with its name, and whether
/// the actor may do `action` to it. Of more than so many, one more is answered.
pub(crate) async fn organisation(
    conn: &mut PgConnection,
    (actor, action): (&Actor, Action),
    id: CompanyId,
    most: usize,
) -> Result<Vec<(CompanyId, String, bool)>> {
    check(actor, Action::ViewBase, Ties::default())?;
    let limit = i64::try_from(most + 1).unwrap_or(i64::MAX);
    let members = queries::organisation(conn, id, limit).await?;
    let ids: Vec<Uuid> = members.iter().map(|member| member.id.0).collect();
    let stakes = queries::stakes(conn, &ids).await?;
    let allowed: HashSet<CompanyId> = stakes
        .into_iter()
        .filter(|(_, row)| {
            let ties = ties(actor, row.created_by, row.responsible, row.leading_branch);
            may(actor, action, ties)
        })
        .map(|(id, _)| id)
        .collect();
    let members = members.into_iter();
    Ok(members
        .map(|member| (member.id, member.name, allowed.contains(&member.id)))
        .collect())
}
