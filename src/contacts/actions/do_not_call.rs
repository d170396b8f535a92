//! «Не звонить»: a person who asked not to be called.

use super::change::admit;
use crate::app::App;
use crate::audit::{self, Event};
use crate::companies;
use crate::contacts::queries;
use crate::error::{Error, Result};
use crate::policy::Actor;
use crate::values::ContactId;

/// Marks a person with a reason, or takes the mark off: `reason: None`. `seen` is the reason that was on the screen,
/// empty for no mark.
///
/// # Errors
/// [`Error::Invalid`] at `reason`; [`Error::Conflict`] when somebody else changed the mark meanwhile;
/// [`Error::NotFound`], [`Error::Denied`].
pub(crate) async fn mark_do_not_call(
    app: &App,
    actor: &Actor,
    id: ContactId,
    reason: Option<&str>,
    seen: &str,
) -> Result<()> {
    let mut tx = app.begin().await?;
    let before = admit(&mut tx, actor, id).await?;
    let was = before.do_not_call.as_ref().map(|mark| mark.reason.clone());
    let Some(mark) = companies::new_mark("этому человеку", reason, was, seen)? else {
        return Ok(());
    };
    let of = (id, before.version);
    if !queries::set_do_not_call(&mut tx, of, mark.reason.as_deref(), actor, app.now()).await? {
        return Err(Error::Conflict(
            "Контакт только что изменил кто-то другой. Откройте его заново.",
        ));
    }
    let message = format!("{} у контакта «{}»", mark.said, before.fields.name());
    let event = Event::new("update", "contact", id, message).on(before.company);
    audit::record(&mut tx, actor, event.with(mark.changes)).await?;
    if let Some(company) = before.company {
        companies::touch(&mut tx, company, app.now()).await?;
    }
    tx.commit().await?;
    Ok(())
}
