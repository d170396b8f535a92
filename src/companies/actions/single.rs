//! Changing one field alone, as the card does it in place.

use super::change::{STALE, changes, with_labels};
use super::read::admit;
use crate::app::App;
use crate::audit::{self, Event};
use crate::companies::model::{Fields, field_label};
use crate::companies::queries;
use crate::companies::single::Single;
use crate::dictionaries::{self, Dictionaries, Heirs, Kind};
use crate::error::{Error, Result};
use crate::policy::{Action, Actor, check};
use crate::values::{CompanyId, SphereId};

/// What a person wants a field to be.
pub(crate) struct Wish {
    pub(crate) field: Single,
    /// Holds the wanted value; its other fields are not looked at.
    pub(crate) fields: Fields,
    /// [`Single::value`] of what was on the screen; `None`: whatever it was.
    pub(crate) seen: Option<String>,
}

/// What became of a wish.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Saved {
    /// It is so.
    Done,
    /// Somebody else changed this very field meanwhile: both versions as people read them. Nothing was written.
    Stale { theirs: String, mine: String },
}

/// Writes one field. A change of other fields meanwhile does not matter.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Denied`].
pub(crate) async fn update_field(app: &App, actor: &Actor, id: CompanyId, wish: Wish) -> Result<Saved> {
    let mut tx = app.begin().await?;
    let admitted = admit(&mut tx, actor, id, Action::EditCompany).await?;
    let before = queries::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let mut fields = before.fields.clone();
    wish.field.copy(&wish.fields, &mut fields);
    let fields = fields.keep_typed(&before.fields);
    if before.fields.lead_state != fields.lead_state {
        let action = if fields.lead_state == "cold" {
            Action::CoolCompany
        } else {
            Action::WarmCompany
        };
        check(actor, action, admitted.ties)?;
    }
    let dictionaries = dictionaries::all(&mut tx).await?;
    let changes = changes(&before.fields, &fields, &dictionaries);
    if changes.is_empty() {
        return Ok(Saved::Done);
    }
    let seen = wish.seen.map(|seen| renewed(wish.field, seen, &dictionaries.heirs));
    if seen.is_some_and(|seen| !is_same(&seen, &wish.field.value(&before.fields))) {
        let shown = |fields: &Fields| shown(wish.field, fields, &dictionaries);
        return Ok(Saved::Stale {
            theirs: shown(&before.fields),
            mine: shown(&fields),
        });
    }
    // The row is locked: nobody can have written between.
    if !queries::update(&mut tx, id, before.version, &fields).await? {
        return Err(Error::Conflict(STALE));
    }
    if wish.field.has_rows() {
        queries::replace_children(&mut tx, id, &fields).await?;
    }
    queries::touch(&mut tx, id, app.now()).await?;
    let message = format!("Изменено поле «{}»", field_label(wish.field.name));
    let event = Event::new("update", "company", id, message).on(Some(id)).with(changes);
    audit::record(&mut tx, actor, event).await?;
    tx.commit().await?;
    Ok(Saved::Done)
}

/// What was on the screen; entries that were merged since are the ones that took over.
fn renewed(field: Single, seen: String, heirs: &Heirs) -> String {
    match field.name {
        "status" => heirs.current(Kind::Status, &seen).to_owned(),
        "contract_type" => heirs.current(Kind::Contract, &seen).to_owned(),
        "region" => heirs.current(Kind::Region, &seen).to_owned(),
        "spheres" => {
            let spheres = seen.split(' ').filter_map(|id| id.parse().ok()).map(SphereId);
            let mut spheres: Vec<SphereId> = spheres.map(|id| heirs.sphere(id)).collect();
            spheres.sort_unstable();
            spheres.dedup();
            spheres.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
        }
        _ => seen,
    }
}

/// Browsers send lines with other ends than they were given.
fn is_same(seen: &str, stored: &str) -> bool {
    seen.lines().eq(stored.lines())
}

fn shown(field: Single, fields: &Fields, dictionaries: &Dictionaries) -> String {
    with_labels(dictionaries, |labels| {
        let rows = fields.rows(labels).into_iter();
        let mut own = rows.filter(|(name, ..)| *name == field.name);
        own.next().map(|(.., value)| value).unwrap_or_default()
    })
}
