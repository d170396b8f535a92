//! The cold mark: once per contact or main number, soon after an own call (the older CRM's §3.5.4).

use sqlx::PgConnection;

use super::own;
use crate::app::App;
use crate::audit::{self, Event};
use crate::calls::queries::cold::{self as queries, Target};
use crate::companies::{self, Company};
use crate::contacts;
use crate::error::{Error, OnConstraint as _, Result};
use crate::merges;
use crate::policy::{Action, Actor};
use crate::values::{CallId, CompanyId, ContactId, UserId};

const NO_CALL: &str = "Холодным можно отметить только свой звонок: не раньше чем через 10 секунд и не позже чем через 8 часов \
                       после него.";
const WARM: &str = "Карточка тёплая: её основной номер холодным звонком не отмечают.";
const MARKED: &str = "Холодный звонок здесь уже отмечен.";

/// Marks the actor's own recent call as the cold one of a contact, or of the company's main number.
///
/// # Errors
/// [`Error::Denied`] at another's company; [`Error::Invalid`] with the reason why not.
pub(in crate::calls) async fn mark(
    app: &App,
    actor: &Actor,
    company: CompanyId,
    contact: Option<ContactId>,
) -> Result<CallId> {
    let user = own(actor)?;
    let mut tx = app.begin().await?;
    companies::admit(&mut tx, actor, company, Action::EditCompany).await?;
    let found = companies::find(&mut tx, actor, company).await?;
    let call = markable(&mut tx, user, (&found, contact)).await?;
    let marked = queries::mark(&mut tx, call, (company, contact), user).await;
    let marked = marked.on_constraint("cold_marks_contact_key", "", MARKED);
    marked.map_err(|error| match error {
        // Two at the same moment: of the main number, or of this very call.
        Error::Unexpected(_) => Error::field("", MARKED),
        error => error,
    })?;
    let event = Event::new("cold_call", "call", call, "Отметил холодный звонок").on(Some(company));
    audit::record(&mut tx, actor, event).await?;
    companies::touch(&mut tx, company, app.now()).await?;
    tx.commit().await?;
    Ok(call)
}

/// The call that would be marked as the cold one of a contact of this company, or of its main number. Marks and calls of
/// cards that have become part of these count as theirs.
///
/// # Errors
/// [`Error::Invalid`] with the reason why there is none.
async fn markable(
    conn: &mut PgConnection,
    user: UserId,
    (company, contact): (&Company, Option<ContactId>),
) -> Result<CallId> {
    if contact.is_none() && !company.is_cold() {
        return Err(Error::field("", WARM));
    }
    let mut target = Target {
        companies: merges::lineage(conn, company.id.0).await?,
        contacts: None,
    };
    target.companies.push(company.id.0);
    if let Some(contact) = contact {
        let mut contacts = merges::lineage(conn, contact.0).await?;
        contacts.push(contact.0);
        target.contacts = Some(contacts);
    }
    if queries::is_marked(conn, &target).await? {
        return Err(Error::field("", MARKED));
    }
    let phones = &company.fields.phones;
    let main = phones.first().map_or("", |row| row.phone.e164.as_str());
    let call = queries::recent(conn, user, &target, main).await?;
    call.ok_or_else(|| Error::field("", NO_CALL))
}

/// Calls that [`mark`] would mark now: of the company's main number (`None`) and of these contacts. The actor may change the
/// company.
///
/// # Errors
/// The database's.
pub(in crate::calls) async fn markable_of(
    conn: &mut PgConnection,
    actor: &Actor,
    company: CompanyId,
    whose: &[Option<ContactId>],
) -> Result<Vec<CallId>> {
    let user = own(actor)?;
    let mut calls = Vec::new();
    if whose.is_empty() {
        return Ok(calls);
    }
    let found = companies::find(conn, actor, company).await?;
    let ids: Vec<ContactId> = whose.iter().flatten().copied().collect();
    let people = contacts::found(conn, actor, &ids).await?;
    // Whoever has gone to another company since is marked there.
    let is_here = |id: ContactId| people.iter().any(|one| one.id == id && one.company == Some(company));
    for contact in whose.iter().filter(|contact| contact.is_none_or(is_here)) {
        match markable(conn, user, (&found, *contact)).await {
            Ok(call) => calls.push(call),
            Err(Error::Invalid(_)) => (),
            Err(error) => return Err(error),
        }
    }
    Ok(calls)
}

/// [`mark`] of a contact, wherever that works.
///
/// # Errors
/// As [`mark`]; [`Error::Invalid`] for a contact without a company.
pub(in crate::calls) async fn mark_contact(app: &App, actor: &Actor, contact: ContactId) -> Result<CompanyId> {
    let mut conn = app.db.acquire().await?;
    let found = contacts::found(&mut conn, actor, &[contact]).await?;
    drop(conn);
    let found = found.into_iter().next().ok_or(Error::NotFound)?;
    let company = found.company.ok_or_else(|| Error::field("", NO_CALL))?;
    mark(app, actor, company, Some(contact)).await?;
    Ok(company)
}
