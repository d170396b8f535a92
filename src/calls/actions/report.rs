//! A phone says what came of a call.

use crate::accounts::Access;
use crate::app::App;
use crate::calls::model::Report;
use crate::calls::queries::{read, write};
use crate::db::{self, Happened};
use crate::error::{Error, Result};
use crate::values::CallId;

/// Takes a report down. Twice, late and in any order: the end is the same (C5).
///
/// # Errors
/// [`Error::NotFound`] for what was not given to a phone of this session; [`Error::Conflict`] a day later.
pub(in crate::calls) async fn report(app: &App, access: Access, id: CallId, report: &Report) -> Result<()> {
    let mut tx = app.begin().await?;
    let found = read::hold_told(&mut tx, id, access.session).await?;
    let (phone, known, is_old) = found.ok_or(Error::NotFound)?;
    if is_old {
        tracing::warn!(call = %id, "a phone reports a call of more than a day ago");
        return Err(Error::Conflict("Отчёт пришёл позже, чем через сутки после звонка."));
    }
    let next = known.after(report);
    // What is known already: nothing to do, and nothing is wrong.
    if next == known {
        return Ok(());
    }
    write::report(&mut tx, (id, phone), &next, &report.step()).await?;
    db::announce(&mut tx, &[Happened::Call(access.user)]).await?;
    tx.commit().await?;
    Ok(())
}
