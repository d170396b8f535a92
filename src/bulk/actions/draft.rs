//! Preparing an act: nothing is changed yet.

use super::{names, plan};
use crate::app::App;
use crate::bulk::model::{BulkRow, MOST, Names, Plan, Verdict, Wish};
use crate::bulk::queries::{self, Draft};
use crate::companies;
use crate::companies::bulk::{Marked, lock_marks};
use crate::error::{Error, Result};
use crate::policy::{Action, Actor, may, may_ever};
use crate::values::{BulkActId, CompanyId};

/// Which companies somebody chose in a list.
#[derive(Clone, Debug, Default)]
pub(crate) struct Chosen {
    /// One by one.
    pub(crate) ids: Vec<CompanyId>,
    /// Or all that the list lets through.
    pub(crate) is_whole: bool,
    /// The list's query.
    pub(crate) query: String,
}

impl Chosen {
    /// # Errors
    /// [`Error::Invalid`] for none and for too many.
    async fn companies(&self, app: &App, actor: &Actor) -> Result<Vec<CompanyId>> {
        let mut ids = if self.is_whole {
            let filter = companies::filter_of(app, actor, &self.query).await?;
            companies::pick(app, actor, &filter, MOST + 1).await?
        } else {
            self.ids.clone()
        };
        ids.sort_unstable();
        ids.dedup();
        if ids.is_empty() {
            return Err(Error::field("", "Не выбрано ни одной компании."));
        }
        if ids.len() > MOST {
            return Err(Error::field(
                "",
                "За один раз меняем не больше 5 000 компаний, а выбрано больше. Сузьте фильтр в списке.",
            ));
        }
        Ok(ids)
    }
}

/// How many companies are chosen.
///
/// # Errors
/// As [`draft`].
pub(crate) async fn count(app: &App, actor: &Actor, chosen: &Chosen) -> Result<usize> {
    Ok(chosen.companies(app, actor).await?.len())
}

/// Writes down what `wish` would do to the chosen companies, to be looked at.
///
/// # Errors
/// [`Error::Invalid`] for no companies, for too many, and for a wish that cannot be meant.
pub(crate) async fn draft(app: &App, actor: &Actor, chosen: &Chosen, wish: &Wish) -> Result<BulkActId> {
    let user = actor.user.ok_or(Error::Denied(Action::RunBulkAct))?;
    if !may_ever(actor, wish.right()) {
        return Err(Error::Denied(wish.right()));
    }
    let ids = chosen.companies(app, actor).await?;
    let names = names(app).await?;
    let mut tx = app.begin().await?;
    let plan = plan(&mut tx, actor, wish).await?;
    let marked = lock_marks(&mut tx, &ids).await?;
    let rows: Vec<BulkRow> = marked.into_iter().map(|company| judge(actor, &plan, company)).collect();
    let act = Draft {
        id: BulkActId::new(),
        actor: user,
        wish,
        title: &title(&names, wish),
        query: &chosen.query,
        is_whole: chosen.is_whole,
        created_at: app.now(),
    };
    queries::insert(&mut tx, &act, &rows).await?;
    tx.commit().await?;
    Ok(act.id)
}

fn judge(actor: &Actor, plan: &Plan, company: Marked) -> BulkRow {
    let verdict = if !may(actor, plan.wish.right(), company.ties(actor)) {
        Verdict::Denied
    } else if plan.apply(&company.marks).is_none() {
        Verdict::Same
    } else {
        Verdict::Ready
    };
    BulkRow {
        company: company.id,
        verdict,
        version: company.version,
        old: company.marks,
    }
}

fn title(names: &Names, wish: &Wish) -> String {
    match wish {
        Wish::Give(to) => format!("Передать: {}", names.person(Some(*to))),
        Wish::Status(None) => "Убрать статус".to_owned(),
        Wish::Status(status) => format!("Статус: {}", names.status(*status)),
        Wish::Spheres(step, spheres) => format!("{} сферы: {}", step.label(), names.spheres(spheres)),
    }
}
