//! Making a company.

use sqlx::PgConnection;
use uuid::Uuid;

use crate::app::App;
use crate::audit::{self, Event};
use crate::companies::model::{Fields, Twin};
use crate::companies::paths;
use crate::companies::queries::{self, Wanted};
use crate::db::submitted::{self, Key};
use crate::error::{Error, Result};
use crate::policy::{Action, Actor, Ties, check};
use crate::values::CompanyId;
use crate::values::text::quoted;

/// What became of a wish to make a company.
pub(crate) enum Created {
    /// It was made, now or by an earlier arrival of the same form.
    At(CompanyId),
    /// There are cards so much alike that a second one needs a word.
    Twins(Vec<Twin>),
}

/// Makes a company of the actor's own and branch.
///
/// `form_key` makes a double submit one company. `is_wilful` makes a second card of a known company; that is logged.
pub(crate) async fn create(
    app: &App,
    actor: &Actor,
    fields: &Fields,
    form_key: Key,
    is_wilful: bool,
) -> Result<Created> {
    let mut tx = app.begin().await?;
    let (created, key) = create_in(&mut tx, app, actor, fields, (form_key, is_wilful)).await?;
    if let (Created::At(id), Some(key)) = (&created, key) {
        submitted::settle(&mut tx, key, &paths::show(*id)).await?;
        tx.commit().await?;
    }
    Ok(created)
}

/// [`create`] within the caller's transaction. Answers the key to settle, too, when this is the first arrival.
pub(super) async fn create_in(
    conn: &mut PgConnection,
    app: &App,
    actor: &Actor,
    fields: &Fields,
    (key, is_wilful): (Key, bool),
) -> Result<(Created, Option<Uuid>)> {
    check(
        actor,
        Action::CreateCompany,
        Ties {
            own: true,
            branch: true,
        },
    )?;
    let user = actor.user.ok_or(Error::Denied(Action::CreateCompany))?;
    let key = submitted::key_of(key, &format!("{fields:?} {is_wilful}"));
    if let Some(made) = submitted::claim(conn, key, user).await? {
        let id = made.strip_prefix(paths::LIST).and_then(|rest| rest.strip_suffix('/'));
        let id = id.and_then(|id| id.parse().ok()).ok_or(Error::NotFound)?;
        return Ok((Created::At(id), None));
    }
    let wanted = Wanted::of(fields, None);
    queries::lock_twins(conn, &wanted).await?;
    let twins: Vec<Twin> = queries::duplicates(conn, &wanted, 10)
        .await?
        .into_iter()
        .filter(|twin| twin.is_strong)
        .collect();
    if !twins.is_empty() && !is_wilful {
        return Ok((Created::Twins(twins), None));
    }
    let id = CompanyId::new();
    queries::insert(conn, id, fields, actor, app.now()).await?;
    queries::replace_children(conn, id, fields).await?;
    queries::touch(conn, id, app.now()).await?;
    let message = match twins.first() {
        None => format!("Создана компания {}", quoted(&fields.name)),
        Some(twin) => {
            let reasons = twin.reasons.join(", ");
            format!(
                "Создана компания {}, хотя похожая уже есть: {} ({reasons})",
                quoted(&fields.name),
                quoted(&twin.name)
            )
        }
    };
    let event = Event::new("create", "company", id, message).on(Some(id));
    let event = match twins.first() {
        None => event,
        Some(twin) => event.mentioning(twin.id),
    };
    audit::record(conn, actor, event).await?;
    Ok((Created::At(id), Some(key)))
}
