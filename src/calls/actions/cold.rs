//! The cold mark: once per contact or main number, soon after an own call (the older CRM's §3.5.4).

use super::own;
use crate::app::App;
use crate::audit::{self, Event};
use crate::calls::queries::cold as queries;
use crate::companies;
use crate::contacts;
use crate::error::{Error, OnConstraint as _, Result};
use crate::policy::{Action, Actor};
use crate::values::{CallId, CompanyId, ContactId};

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
    let main = found
        .fields
        .phones
        .first()
        .map(|row| row.phone.e164.clone())
        .unwrap_or_default();
    if contact.is_none() && !found.is_cold() {
        return Err(Error::field("", WARM));
    }
    if queries::is_marked(&mut tx, company, contact).await? {
        return Err(Error::field("", MARKED));
    }
    let call = queries::recent(&mut tx, user, (company, contact), &main).await?;
    let call = call.ok_or_else(|| Error::field("", NO_CALL))?;
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
