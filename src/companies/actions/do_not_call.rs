//! «Не звонить»: a company that asked not to be called.

use super::read::admit;
use crate::app::App;
use crate::audit::{self, Changes, Event};
use crate::companies::queries;
use crate::error::{Error, Result};
use crate::policy::{Action, Actor};
use crate::values::{CompanyId, text};

/// The longest reason, in characters.
const LONGEST_REASON: usize = 300;

/// What became of a wish to mark a company or to take the mark off.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Marked {
    /// It is so.
    Done,
    /// Somebody else changed the mark meanwhile: the reason that is there now; empty: no mark. Nothing was written.
    Stale(String),
}

/// Marks a company with a reason, or takes the mark off: `reason: None`. `seen` is the reason that was on the screen,
/// empty for no mark.
///
/// # Errors
/// [`Error::Invalid`] at `reason`; [`Error::NotFound`], [`Error::Denied`].
pub(crate) async fn mark_do_not_call(
    app: &App,
    actor: &Actor,
    id: CompanyId,
    reason: Option<&str>,
    seen: &str,
) -> Result<Marked> {
    let mut tx = app.begin().await?;
    admit(&mut tx, actor, id, Action::EditCompany).await?;
    let reason = reason.map(parse).transpose()?;
    let before = queries::do_not_call_reason(&mut tx, id).await?;
    if before == reason {
        return Ok(Marked::Done);
    }
    let was = before.unwrap_or_default();
    if !was.lines().eq(seen.lines()) {
        return Ok(Marked::Stale(was));
    }
    queries::set_do_not_call(&mut tx, id, reason.as_deref(), actor, app.now()).await?;
    queries::touch(&mut tx, id, app.now()).await?;
    let message = match (&reason, was.is_empty()) {
        (None, _) => "Снята отметка «Не звонить»",
        (Some(_), true) => "Поставлена отметка «Не звонить»",
        (Some(_), false) => "Изменена причина отметки «Не звонить»",
    };
    let mut changes = Changes::default();
    changes.compare("do_not_call", &was, reason.as_deref().unwrap_or_default());
    let event = Event::new("update", "company", id, message).on(Some(id)).with(changes);
    audit::record(&mut tx, actor, event).await?;
    tx.commit().await?;
    Ok(Marked::Done)
}

fn parse(typed: &str) -> Result<String> {
    let reason = text::lines(typed).trim().to_owned();
    if reason.is_empty() {
        return Err(Error::field("reason", "Напишите, почему этой компании не звонят."));
    }
    let length = reason.chars().count();
    if length > LONGEST_REASON {
        let over = i64::try_from(length - LONGEST_REASON).unwrap_or(i64::MAX);
        let over = text::count(over, ["лишний знак", "лишних знака", "лишних знаков"]);
        return Err(Error::field(
            "reason",
            format!("Причина длиннее {LONGEST_REASON} знаков: {over}."),
        ));
    }
    Ok(reason)
}
