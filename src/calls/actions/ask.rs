//! A click: one request, however often the button is pressed.

use uuid::Uuid;

use super::own;
use crate::app::App;
use crate::audit::{self, Event};
use crate::calls::model::{Asked, Wanted};
use crate::calls::queries::write;
use crate::db::{self, Happened};
use crate::error::{Error, Result};
use crate::policy::Actor;
use crate::values::{CallId, CompanyId, Phone};

/// Asks the actor's phone to call a number. A click that is meant already makes nothing new (C1); a request that no phone
/// has taken makes way.
///
/// # Errors
/// [`Error::Invalid`] at `phone` when nobody can dial it.
pub(in crate::calls) async fn ask(app: &App, actor: &Actor, wanted: &Wanted) -> Result<Asked> {
    let user = own(actor)?;
    let phone = dialled(&wanted.phone)?;
    let key = wanted.key.unwrap_or_else(Uuid::new_v4);
    let whom = (&phone, wanted.company, wanted.contact);
    let mut tx = app.begin().await?;
    write::lock(&mut tx, user).await?;
    if let Some(id) = write::same(&mut tx, user, key, whom).await? {
        write::show_again(&mut tx, id).await?;
        tx.commit().await?;
        return Ok(Asked {
            id,
            phone: phone.e164,
            is_same: true,
        });
    }
    write::supersede(&mut tx, user).await?;
    let id = write::insert(&mut tx, user, key, whom).await?;
    // The number itself stands in the call, and goes when that is erased.
    let event = Event::new("ask", "call", id, "Запросил звонок с телефона").on(wanted.company);
    audit::record(&mut tx, actor, event).await?;
    db::announce(&mut tx, &[Happened::Call(user)]).await?;
    tx.commit().await?;
    Ok(Asked {
        id,
        phone: phone.e164,
        is_same: false,
    })
}

/// A number that a phone may dial: no codes that phones obey, whatever was sent.
fn dialled(typed: &str) -> Result<Phone> {
    // Older pages send «79123456789».
    let phone = Phone::read(typed).filter(|phone| (8..=16).contains(&phone.e164.len()));
    phone.ok_or_else(|| {
        Error::field(
            "phone",
            "Этот номер не набрать: проверьте, что он записан полностью, с кодом.",
        )
    })
}

/// Takes an own request back that is not on a phone yet; whether it came in time.
pub(in crate::calls) async fn cancel(app: &App, actor: &Actor, id: CallId) -> Result<bool> {
    let user = own(actor)?;
    let mut tx = app.begin().await?;
    let Some(company) = write::cancel(&mut tx, id, user).await? else {
        return Ok(false);
    };
    let event = Event::new("cancel", "call", id, "Отменил звонок с телефона").on(company.map(CompanyId));
    audit::record(&mut tx, actor, event).await?;
    db::announce(&mut tx, &[Happened::Call(user)]).await?;
    tx.commit().await?;
    Ok(true)
}

/// Puts an own call off the screen.
///
/// # Errors
/// [`Error::NotFound`] for another's.
pub(in crate::calls) async fn put_away(app: &App, actor: &Actor, id: CallId) -> Result<()> {
    let user = own(actor)?;
    let mut tx = app.begin().await?;
    if !write::put_away(&mut tx, id, user).await? {
        return Err(Error::NotFound);
    }
    db::announce(&mut tx, &[Happened::Call(user)]).await?;
    tx.commit().await?;
    Ok(())
}
