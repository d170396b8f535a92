//! Asking for a company's deletion, and deciding about it.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;

use super::remove::{Gone, must_be_sure, remove_company};
use crate::app::App;
use crate::audit::{self, Event};
use crate::error::{Error, FieldErrors, Result};
use crate::notifications::{self, Kind, Notice};
use crate::policy::{Action, Actor, Ties, check, may};
use crate::trash::model::{Refusal, Request, parse_reason};
use crate::trash::queries;
use crate::values::{CompanyId, RequestId};
use crate::{accounts, companies};

/// How long a refusal is shown to the one who asked.
const TOLD: TimeDelta = TimeDelta::days(14);
const DECIDED: &str = "Запрос уже решён или отозван. Откройте карточку заново: там то, что сейчас.";

/// Asks that a company be deleted. Asking twice is asking once.
///
/// # Errors
/// [`Error::Invalid`] at `note`, also when somebody else asks already.
pub(crate) async fn ask(app: &App, actor: &Actor, id: CompanyId, typed: &str) -> Result<()> {
    let mut tx = app.begin().await?;
    companies::admit(&mut tx, actor, id, Action::RequestDeletion).await?;
    let blank = "Напишите, почему компанию пора удалить: по этим словам решает руководитель.";
    let reason = parse_reason(typed, "note", blank)?;
    let company = companies::find(&mut tx, actor, id).await?;
    let name = (id, company.fields.name.as_str());
    let Some(request) = queries::insert_request(&mut tx, actor, name, &reason, app.now()).await? else {
        let other = queries::pending_of(&mut tx, id).await?;
        return match other {
            Some(other) if !actor.is(other.requested_by) => Err(Error::field(
                "note",
                format!("Об удалении уже просит {}: решение ещё не принято.", other.requester),
            )),
            _ => Ok(()),
        };
    };
    let event = event(
        "request_deletion",
        id,
        format!("Запрошено удаление компании. Причина: {reason}"),
    );
    audit::record(&mut tx, actor, event).await?;
    let notice = Notice::new(Kind::DeletionRequested, app.now())
        .to(accounts::deciders(&mut tx, Action::DeleteCompany, company.leading_branch).await?)
        .saying(format!("{}. Причина: {reason}", company.fields.name))
        .linking(companies::paths::show(id))
        .about("company", id)
        .once(notice_key(request));
    notifications::tell(&mut tx, actor, notice).await?;
    tx.commit().await?;
    Ok(())
}

/// Under which those who decide are told of a request.
fn notice_key(id: RequestId) -> String {
    format!("deletion_request:{id}")
}

/// A request is decided: nobody else need look at it, and whoever asked learns how.
pub(super) async fn tell_asker(
    conn: &mut PgConnection,
    actor: &Actor,
    request: &Request,
    (refusal, now): (Option<&str>, DateTime<Utc>),
) -> Result<()> {
    notifications::settle(conn, &notice_key(request.id), now).await?;
    let name = &request.company_name;
    let notice = match refusal {
        Some(reason) => Notice::new(Kind::DeletionRefused, now)
            .saying(format!("{name}. Причина: {reason}"))
            .linking(companies::paths::show(request.company)),
        None => Notice::new(Kind::DeletionApproved, now)
            .saying(name)
            .linking(companies::paths::ALL),
    };
    let notice = notice.to(request.requested_by).about("company", request.company);
    notifications::tell(conn, actor, notice).await
}

/// Takes an own request back.
pub(crate) async fn withdraw(app: &App, actor: &Actor, company: CompanyId, id: RequestId) -> Result<()> {
    let mut tx = app.begin().await?;
    companies::admit(&mut tx, actor, company, Action::ViewBase).await?;
    let request = waiting_one(&mut tx, company, id).await?;
    let ties = Ties {
        own: actor.is(request.requested_by),
        branch: false,
    };
    check(actor, Action::RequestDeletion, ties)?;
    queries::decide(&mut tx, actor, id, ("withdrawn", ""), app.now()).await?;
    let event = event("withdraw_deletion", company, "Запрос на удаление отозван");
    audit::record(&mut tx, actor, event).await?;
    notifications::withdraw(&mut tx, &notice_key(id)).await?;
    tx.commit().await?;
    Ok(())
}

/// Refuses a request; the one who asked is told why.
///
/// # Errors
/// [`Error::Invalid`] at `decision_note`; [`Error::Conflict`] when it is decided already.
pub(crate) async fn refuse(app: &App, actor: &Actor, company: CompanyId, id: RequestId, typed: &str) -> Result<()> {
    let mut tx = app.begin().await?;
    companies::admit(&mut tx, actor, company, Action::DeleteCompany).await?;
    let request = waiting_one(&mut tx, company, id).await?;
    let blank = "Напишите, почему отказываете: сотрудник увидит это на карточке.";
    let note = parse_reason(typed, "decision_note", blank)?;
    queries::decide(&mut tx, actor, id, ("refused", &note), app.now()).await?;
    let event = event(
        "refuse_deletion",
        company,
        format!("Запрос на удаление отклонён. Причина: {note}"),
    );
    audit::record(&mut tx, actor, event).await?;
    tell_asker(&mut tx, actor, &request, (Some(&note), app.now())).await?;
    tx.commit().await?;
    Ok(())
}

/// Grants a request: the company goes into the trash, for the reason that was asked with.
///
/// # Errors
/// [`Error::Invalid`] at `sure`; [`Error::Conflict`] when it is decided already.
pub(crate) async fn approve(
    app: &App,
    actor: &Actor,
    company: CompanyId,
    id: RequestId,
    is_sure: bool,
) -> Result<Gone> {
    let mut tx = app.begin().await?;
    companies::lock_alone(&mut tx, company).await?;
    companies::admit(&mut tx, actor, company, Action::DeleteCompany).await?;
    let request = waiting_one(&mut tx, company, id).await?;
    let mut errors = FieldErrors::default();
    must_be_sure(&mut errors, is_sure);
    errors.or(())?;
    queries::decide(&mut tx, actor, id, ("approved", ""), app.now()).await?;
    tell_asker(&mut tx, actor, &request, (None, app.now())).await?;
    let reason = format!("{} (просил сотрудник: {})", request.reason, request.requester);
    let reason = if request.requester.is_empty() || reason.chars().count() > crate::trash::model::LONGEST_REASON {
        request.reason
    } else {
        reason
    };
    let gone = remove_company(&mut tx, actor, company, &reason, app.now()).await?;
    tx.commit().await?;
    Ok(gone)
}

/// A request of a company that waits.
///
/// # Errors
/// [`Error::Conflict`] when it is decided already.
async fn waiting_one(conn: &mut PgConnection, company: CompanyId, id: RequestId) -> Result<Request> {
    let request = queries::pending(conn, company, id).await?;
    request.ok_or(Error::Conflict(DECIDED))
}

/// A request of a company that waits, for those who decide.
pub(crate) async fn request(app: &App, actor: &Actor, company: CompanyId, id: RequestId) -> Result<Request> {
    let mut conn = app.db.acquire().await?;
    let ties = companies::find(&mut conn, actor, company).await?.ties(actor);
    check(actor, Action::DeleteCompany, ties)?;
    waiting_one(&mut conn, company, id).await
}

/// The request that waits at a company.
pub(crate) async fn pending_of(conn: &mut PgConnection, actor: &Actor, company: CompanyId) -> Result<Option<Request>> {
    check(actor, Action::ViewBase, Ties::default())?;
    Ok(queries::pending_of(conn, company).await?)
}

/// That the actor's own request about a company was lately refused, and why.
pub(crate) async fn refusal(
    app: &App,
    conn: &mut PgConnection,
    actor: &Actor,
    company: CompanyId,
) -> Result<Option<Refusal>> {
    let Some(user) = actor.user else { return Ok(None) };
    Ok(queries::refusal(conn, company, user, app.now() - TOLD).await?)
}

/// Requests that wait for the actor's decision, the oldest first, and whether there are more.
pub(crate) async fn waiting(app: &App, actor: &Actor, after: RequestId) -> Result<(Vec<Request>, bool)> {
    let mut conn = app.db.acquire().await?;
    let limit = crate::db::PAGE;
    // Whoever may delete what he is in no way tied to decides about everything.
    let is_all = may(actor, Action::DeleteCompany, Ties::default());
    let mut requests = queries::waiting(&mut conn, actor.branch, is_all, after, limit + 1).await?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = requests.len() > limit;
    requests.truncate(limit);
    Ok((requests, has_more))
}

fn event(verb: &'static str, company: CompanyId, message: impl Into<String>) -> Event<'static> {
    Event::new(verb, "company", company, message).on(Some(company))
}

/// Wishes that these companies be deleted are granted: they have become part of another one. Answers which.
pub(crate) async fn close_merged(
    conn: &mut PgConnection,
    actor: &Actor,
    companies: &[CompanyId],
    now: DateTime<Utc>,
) -> Result<Vec<i64>> {
    let companies: Vec<_> = companies.iter().map(|id| id.0).collect();
    let note = "Карточка объединена с другой.";
    let closed = queries::close(conn, actor, &companies, note, now).await?;
    for request in &closed {
        notifications::settle(conn, &notice_key(RequestId(*request)), now).await?;
    }
    Ok(closed)
}

/// The companies are there again, and so are the wishes.
pub(crate) async fn reopen(conn: &mut PgConnection, requests: &[i64]) -> Result<()> {
    Ok(queries::reopen(conn, requests).await?)
}

/// Whether a company lies in the trash.
pub(crate) async fn has(conn: &mut PgConnection, company: CompanyId) -> Result<bool> {
    Ok(queries::is_trashed(conn, company.0).await?.is_some())
}
