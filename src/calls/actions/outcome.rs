//! The person's word on a call, with a note and the next task in the same step.

use sqlx::PgConnection;

use super::own;
use crate::app::App;
use crate::audit::{self, Changes, Event};
use crate::calls::model::Outcome;
use crate::calls::queries::{read, write};
use crate::db::{self, Happened, submitted};
use crate::error::{Error, Result};
use crate::policy::Actor;
use crate::values::{CallId, CompanyId, UserId};
use crate::{notes, tasks};

/// What a person says of a call.
pub(in crate::calls) struct Said<'a> {
    /// What it was worth.
    pub(in crate::calls) outcome: Outcome,
    /// Goes to the card as a note; empty: nothing.
    pub(in crate::calls) note: &'a str,
    /// What is to be done next.
    pub(in crate::calls) next: Option<tasks::Fields>,
    /// By when, as it was typed: the same words are the same wish, also a minute later.
    pub(in crate::calls) due: &'a str,
}

/// Takes the actor's word on an own call down; a new word corrects the one before. Sent twice, note and task are written once;
/// others that are sent later are written, too.
///
/// # Errors
/// [`Error::NotFound`] for another's call; those of writing a note and of setting a task.
pub(in crate::calls) async fn say(app: &App, actor: &Actor, id: CallId, said: Said<'_>) -> Result<()> {
    let user = own(actor)?;
    let mut tx = app.begin().await?;
    let before = write::set_outcome(&mut tx, (id, user), said.outcome.code()).await?;
    let before = before.ok_or(Error::NotFound)?;
    let call = read::own(&mut tx, id, user).await?.ok_or(Error::NotFound)?;
    let company = call.company.filter(|_| call.company_name.is_some()).map(CompanyId);
    let note = said.note.trim();
    if let (Some(company), false) = (company, note.is_empty())
        && is_new(&mut tx, user, id, &format!("note\n{note}")).await?
    {
        let text = format!("{}: {note}", said.outcome.label());
        let note = notes::add_in(&mut tx, app, actor, (company, &text)).await?;
        write::set_note(&mut tx, id, note).await?;
    }
    if let Some(next) = &said.next
        && is_new(&mut tx, user, id, &format!("task\n{}\n{}", next.title, said.due)).await?
    {
        let next = tasks::Fields {
            company,
            ..next.clone()
        };
        tasks::set_in(&mut tx, app, actor, &next).await?;
    }
    let before = before.as_deref().and_then(Outcome::read).map_or("", Outcome::label);
    let mut changes = Changes::default();
    changes.compare("call_outcome", before, said.outcome.label());
    if !changes.is_empty() {
        let event = Event::new("outcome", "call", id, "Записал итог звонка")
            .on(company)
            .with(changes);
        audit::record(&mut tx, actor, event).await?;
    }
    db::announce(&mut tx, &[Happened::Call(user)]).await?;
    tx.commit().await?;
    Ok(())
}

/// Whether these words on this call come for the first time; those who send them again wait here for the first.
async fn is_new(conn: &mut PgConnection, user: UserId, id: CallId, words: &str) -> Result<bool> {
    let key = submitted::key_of(id.0, words);
    Ok(submitted::claim(conn, key, user).await?.is_none())
}
