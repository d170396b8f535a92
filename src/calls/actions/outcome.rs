//! The person's word on a call, with a note and the next task in the same step.

use super::own;
use crate::app::App;
use crate::audit::{self, Changes, Event};
use crate::calls::model::Outcome;
use crate::calls::queries::{read, write};
use crate::db::{self, Happened};
use crate::error::{Error, Result};
use crate::policy::Actor;
use crate::values::{CallId, CompanyId};
use crate::{notes, tasks};

/// What a person says of a call.
pub(in crate::calls) struct Said<'a> {
    /// What it was worth.
    pub(in crate::calls) outcome: Outcome,
    /// Goes to the card as a note; empty: nothing.
    pub(in crate::calls) note: &'a str,
    /// What is to be done next.
    pub(in crate::calls) next: Option<tasks::Fields>,
}

/// Takes the actor's word on an own call down. Said twice, note and task are written once.
///
/// # Errors
/// [`Error::NotFound`] for another's call; those of writing a note and of setting a task.
pub(in crate::calls) async fn say(app: &App, actor: &Actor, id: CallId, said: Said<'_>) -> Result<()> {
    let user = own(actor)?;
    let mut tx = app.begin().await?;
    let is_first = write::set_outcome(&mut tx, (id, user), said.outcome.code()).await?;
    let is_first = is_first.ok_or(Error::NotFound)?;
    let call = read::own(&mut tx, id, user).await?.ok_or(Error::NotFound)?;
    let company = call.company.filter(|_| call.company_name.is_some()).map(CompanyId);
    if is_first {
        if let (Some(company), false) = (company, said.note.trim().is_empty()) {
            let text = format!("{}: {}", said.outcome.label(), said.note.trim());
            let note = notes::add_in(&mut tx, app, actor, (company, &text)).await?;
            write::set_note(&mut tx, id, note).await?;
        }
        if let Some(next) = &said.next {
            let next = tasks::Fields {
                company,
                ..next.clone()
            };
            tasks::set_in(&mut tx, app, actor, &next).await?;
        }
    }
    let mut changes = Changes::default();
    changes.compare("call_outcome", "", said.outcome.label());
    let event = Event::new("outcome", "call", id, "Записал итог звонка")
        .on(company)
        .with(changes);
    audit::record(&mut tx, actor, event).await?;
    db::announce(&mut tx, &[Happened::Call(user)]).await?;
    tx.commit().await?;
    Ok(())
}
