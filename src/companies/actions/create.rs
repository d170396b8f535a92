//! Making a company.

use uuid::Uuid;

use crate::app::App;
use crate::audit::{self, Event};
use crate::companies::model::{Fields, Twin};
use crate::companies::paths;
use crate::companies::queries::{self, Wanted};
use crate::db::submitted;
use crate::error::{Error, Result};
use crate::policy::{Action, Actor, Ties, check};
use crate::values::CompanyId;

/// What became of a wish to make a company.
pub(crate) enum Created {
    /// It was made, now or by an earlier arrival of the same form; the address of its card.
    At(String),
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
    form_key: Uuid,
    is_wilful: bool,
) -> Result<Created> {
    check(
        actor,
        Action::CreateCompany,
        Ties {
            own: true,
            branch: true,
        },
    )?;
    let user = actor.user.ok_or(Error::Denied(Action::CreateCompany))?;
    let mut tx = app.begin().await?;
    let form_key = submitted::key_of(form_key, &format!("{fields:?} {is_wilful}"));
    if let Some(location) = submitted::claim(&mut tx, form_key, user).await? {
        return Ok(Created::At(location));
    }
    let wanted = Wanted::of(fields, None);
    queries::lock_twins(&mut tx, &wanted).await?;
    let twins: Vec<Twin> = queries::duplicates(&mut tx, &wanted, 10)
        .await?
        .into_iter()
        .filter(|twin| twin.is_strong)
        .collect();
    if !twins.is_empty() && !is_wilful {
        return Ok(Created::Twins(twins));
    }
    let id = CompanyId::new();
    queries::insert(&mut tx, id, fields, actor, app.now()).await?;
    queries::replace_children(&mut tx, id, fields).await?;
    queries::touch(&mut tx, id, app.now()).await?;
    let message = match twins.first() {
        None => format!("Создана компания «{}»", fields.name),
        Some(twin) => {
            let reasons = twin.reasons.join(", ");
            format!(
                "Создана компания «{}», хотя похожая уже есть: «{}» ({reasons})",
                fields.name, twin.name
            )
        }
    };
    let event = Event::new("create", "company", id, message).on(Some(id));
    let event = match twins.first() {
        None => event,
        Some(twin) => event.mentioning(twin.id),
    };
    audit::record(&mut tx, actor, event).await?;
    let location = paths::show(id);
    submitted::settle(&mut tx, form_key, &location).await?;
    tx.commit().await?;
    Ok(Created::At(location))
}
