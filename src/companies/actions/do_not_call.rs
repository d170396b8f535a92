//! «Не звонить»: a company that asked not to be called.

use super::read::admit;
use crate::app::App;
use crate::audit::{self, Event};
use crate::companies::no_call::new_mark;
use crate::companies::queries;
use crate::error::Result;
use crate::policy::{Action, Actor};
use crate::values::CompanyId;

/// Marks a company with a reason, or takes the mark off: `reason: None`. `seen` is the reason that was on the screen,
/// empty for no mark.
///
/// # Errors
/// [`crate::error::Error::Invalid`] at `reason`; [`crate::error::Error::Conflict`] when somebody else changed the mark
/// meanwhile; [`crate::error::Error::NotFound`], [`crate::error::Error::Denied`].
pub(crate) async fn mark_do_not_call(
    app: &App,
    actor: &Actor,
    id: CompanyId,
    reason: Option<&str>,
    seen: &str,
) -> Result<()> {
    let mut tx = app.begin().await?;
    admit(&mut tx, actor, id, Action::EditCompany).await?;
    let before = queries::do_not_call_reason(&mut tx, id).await?;
    let Some(mark) = new_mark("этой компании", reason, before, seen)? else {
        return Ok(());
    };
    queries::set_do_not_call(&mut tx, id, mark.reason.as_deref(), actor, app.now()).await?;
    queries::touch(&mut tx, id, app.now()).await?;
    let event = Event::new("update", "company", id, mark.said).on(Some(id));
    audit::record(&mut tx, actor, event.with(mark.changes)).await?;
    tx.commit().await?;
    Ok(())
}
