//! The list of all people, at companies and without one.

use sqlx::PgConnection;

use crate::app::App;
use crate::companies;
use crate::contacts::model::{Contact, PeopleFilter, Person};
use crate::contacts::queries::{self, ColdMark};
use crate::db::{Cursor, Page, Place};
use crate::error::Result;
use crate::policy::{Action, Actor, Ties, check, may};
use crate::values::ContactId;

/// A page of the list, of so many rows.
pub(crate) async fn list(
    app: &App,
    actor: &Actor,
    filter: &PeopleFilter,
    (place, size): (&Place, i64),
) -> Result<Page<Person>> {
    check(actor, Action::ViewBase, Ties::default())?;
    let _turn = app.turn().await?;
    let mut conn = app.db.acquire().await?;
    let limit = usize::try_from(size).unwrap_or(usize::MAX);
    let picked = queries::list(&mut conn, filter, place, size).await?;
    let page = place.page(picked, limit, |row| Cursor {
        key: row.updated_at.timestamp_micros().to_string(),
        id: row.id,
    });
    let ids: Vec<ContactId> = page.rows.iter().map(|row| ContactId(row.id)).collect();
    Ok(Page {
        rows: queries::of_ids(&mut conn, &ids).await?,
        before: page.before,
        after: page.after,
    })
}

/// The cold calls of these contacts, the oldest first; whoever sees a contact sees them.
pub(in crate::contacts) async fn cold_marks(conn: &mut PgConnection, contacts: &[ContactId]) -> Result<Vec<ColdMark>> {
    if contacts.is_empty() {
        return Ok(Vec::new());
    }
    Ok(queries::cold_marks(conn, contacts).await?)
}

/// Whether the actor may change this contact; the actions check it again.
pub(crate) async fn may_edit(app: &App, actor: &Actor, contact: &Contact) -> Result<bool> {
    let Some(company) = contact.company else {
        return Ok(may(actor, Action::EditPerson, contact.ties(actor)));
    };
    let mut conn = app.db.acquire().await?;
    let company = companies::find(&mut conn, actor, company).await?;
    Ok(may(actor, Action::EditContact, company.ties(actor)))
}
