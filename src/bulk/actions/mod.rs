//! What people do with many companies at once.

mod draft;
mod read;
mod run;
mod undo;

use sqlx::PgConnection;

use crate::app::App;
use crate::audit::Changes;
use crate::bulk::model::{DRAFT_KEPT, KEPT, Names, Plan, Step, Wish};
use crate::bulk::queries;
use crate::companies::bulk::Marks;
use crate::db::snapshot::Part;
use crate::error::{Error, Result};
use crate::policy::Actor;
use crate::values::BulkActId;
use crate::{accounts, companies, dictionaries};

pub(super) use draft::{Chosen, count, draft};
pub(super) use read::{Looked, list, look, offers};
pub(super) use run::run;
pub(super) use undo::undo;

/// Rows of this room that go with a company.
pub(crate) const PARTS: [Part; 1] = [Part::new("bulk_rows", "company_id", "companies")];

/// The hourly job.
pub(crate) async fn clean(app: &App) -> Result<()> {
    let now = app.now();
    let mut conn = app.db.acquire().await?;
    let forgotten = queries::forget(&mut conn, now - DRAFT_KEPT, now - KEPT).await?;
    tracing::debug!(forgotten, "cleaned acts on many companies");
    Ok(())
}

/// Under which the notice of an act is found again.
fn notice_key(act: BulkActId) -> String {
    format!("bulk_act:{act}")
}

/// What keys are called now. Takes connections of its own: never inside a transaction.
async fn names(app: &App) -> Result<Names> {
    let dictionaries = dictionaries::all(&mut *app.db.acquire().await?).await?;
    Ok(Names {
        dictionaries,
        people: accounts::people(app).await?,
        branches: accounts::branches(app).await?,
    })
}

/// A wish with what it needs, when what it names is still there and the actor may want it.
///
/// # Errors
/// [`Error::Invalid`], at the field that names it.
async fn plan(conn: &mut PgConnection, actor: &Actor, wish: &Wish) -> Result<Plan> {
    let mut branch = None;
    let dictionaries = dictionaries::all(conn).await?;
    match wish {
        Wish::Give(to) => {
            let heirs = companies::heirs(conn, actor).await?;
            let heir = heirs.into_iter().find(|person| person.id == *to);
            let heir = heir.ok_or_else(|| Error::field("to", "Выберите действующего сотрудника из списка."))?;
            branch = heir.branch;
        }
        Wish::Status(status) => {
            let mut known = dictionaries.statuses.iter();
            if !status.is_none_or(|id| known.any(|status| status.id == id && status.is_active)) {
                return Err(Error::field("status", "Этого статуса больше нет. Выберите другой."));
            }
        }
        Wish::Spheres(step, spheres) => {
            // What may no longer be chosen can still be taken away.
            let is_fit = |id| {
                let mut known = dictionaries.spheres.iter();
                known.any(|sphere| sphere.id == id && (sphere.is_active || *step == Step::Remove))
            };
            if !spheres.iter().all(|id| is_fit(*id)) {
                return Err(Error::field(
                    "sphere",
                    "Какой-то из сфер больше нет или её можно только убрать.",
                ));
            }
        }
    }
    Ok(Plan {
        wish: wish.clone(),
        branch,
    })
}

/// What differs between two states of a company, as people read it.
fn changes(names: &Names, old: &Marks, new: &Marks) -> Changes {
    let mut changes = Changes::default();
    changes.compare(
        "responsible",
        &names.person(old.responsible),
        &names.person(new.responsible),
    );
    changes.compare("branch", &names.branch(old.branch), &names.branch(new.branch));
    changes.compare("status", &names.status(old.status), &names.status(new.status));
    changes.compare("spheres", &names.spheres(&old.spheres), &names.spheres(&new.spheres));
    changes
}
