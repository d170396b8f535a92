//! Doing what was looked at.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::{changes, names, notice_key, plan};
use crate::app::App;
use crate::audit::{self, Event};
use crate::bulk::model::{BulkAct, BulkRow, Plan, State, Verdict, Wish};
use crate::bulk::queries;
use crate::companies::bulk::{Marked, Marks, lock_marks, write_marks};
use crate::companies::list_address;
use crate::error::{Error, Result};
use crate::notifications::{self, Kind, Notice};
use crate::policy::{Action, Actor, check, may};
use crate::values::{BulkActId, CompanyId, UserId, text};

/// Changes the companies that were to be changed; those that somebody changed meanwhile stay. Done once, however often
/// it is asked for.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Denied`]; [`Error::Invalid`] when what is wanted is no longer there.
pub(crate) async fn run(app: &App, actor: &Actor, id: BulkActId) -> Result<()> {
    let names = names(app).await?;
    let now = app.now();
    let mut tx = app.begin().await?;
    let act = queries::find(&mut tx, id, true).await?.ok_or(Error::NotFound)?;
    check(actor, Action::RunBulkAct, act.ties(actor))?;
    if act.state != State::Draft {
        return Ok(());
    }
    let plan = plan(&mut tx, actor, &act.wish).await?;
    let rows = queries::rows_of(&mut tx, id, Verdict::Ready).await?;
    let ids: Vec<CompanyId> = rows.iter().map(|row| row.company).collect();
    let companies = lock_marks(&mut tx, &ids).await?;
    let judged = judge(actor, &plan, &rows, &companies);
    let written: Vec<(CompanyId, Marks)> = judged.iter().filter_map(Judged::written).collect();
    let versions: HashMap<CompanyId, i32> = write_marks(&mut tx, &written, now).await?.into_iter().collect();
    let settled: Vec<_> = judged.iter().map(|judged| judged.settled(&versions)).collect();
    queries::settle(&mut tx, id, &settled).await?;
    queries::set_done(&mut tx, id, now).await?;
    let mut events = vec![told(&act, written.len())];
    events.extend(judged.iter().filter_map(|judged| {
        let (company, new) = judged.written()?;
        let event = Event::new(
            act.wish.verb(),
            "company",
            company,
            format!("Массовое действие. {}", act.title),
        );
        Some(
            event
                .on(Some(company))
                .with(changes(&names, &judged.company.marks, &new)),
        )
    }));
    audit::record_many(&mut tx, actor, events, now).await?;
    if let Wish::Give(heir) = act.wish {
        tell_heir(&mut tx, actor, (&act, heir), (written.len(), now)).await?;
        let heir = (heir, names.person(Some(heir)));
        tell_former(&mut tx, actor, (&act, heir), (&judged, now)).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Whoever got companies is told once how many they are.
async fn tell_heir(
    conn: &mut PgConnection,
    actor: &Actor,
    (act, heir): (&BulkAct, UserId),
    (given, now): (usize, DateTime<Utc>),
) -> Result<()> {
    if given == 0 {
        return Ok(());
    }
    let notice = Notice::new(Kind::CompaniesGiven, now)
        .to([heir])
        .saying(format!("Количество: {given}"))
        .linking(list_address(&format!("responsible={heir}")))
        .once(notice_key(act.id));
    notifications::tell(conn, actor, notice).await
}

/// Each of those whose companies they were is told once how many went, and to whom.
async fn tell_former(
    conn: &mut PgConnection,
    actor: &Actor,
    (act, (heir, name)): (&BulkAct, (UserId, String)),
    (judged, now): (&[Judged<'_>], DateTime<Utc>),
) -> Result<()> {
    // In the order of keys, as others tell.
    let mut taken: BTreeMap<UserId, usize> = BTreeMap::new();
    for judged in judged.iter().filter(|judged| judged.new.is_some()) {
        if let Some(former) = judged.company.marks.responsible {
            *taken.entry(former).or_default() += 1;
        }
    }
    for (former, count) in taken {
        let notice = Notice::new(Kind::CompaniesTaken, now)
            .to([former])
            .saying(format!("Количество: {count}. Теперь отвечает {name}"))
            .linking(list_address(&format!("responsible={heir}")))
            .once(notice_key(act.id));
        notifications::tell(conn, actor, notice).await?;
    }
    Ok(())
}

/// A company, and what becomes of it.
struct Judged<'a> {
    company: &'a Marked,
    verdict: Verdict,
    new: Option<Marks>,
}

impl Judged<'_> {
    fn written(&self) -> Option<(CompanyId, Marks)> {
        Some((self.company.id, self.new.clone()?))
    }

    fn settled(&self, versions: &HashMap<CompanyId, i32>) -> (CompanyId, Verdict, i32) {
        let id = self.company.id;
        (id, self.verdict, *versions.get(&id).unwrap_or(&self.company.version))
    }
}

/// Companies that are gone are in nobody's list any longer.
fn judge<'a>(actor: &Actor, plan: &Plan, rows: &[BulkRow], companies: &'a [Marked]) -> Vec<Judged<'a>> {
    let seen: HashMap<CompanyId, i32> = rows.iter().map(|row| (row.company, row.version)).collect();
    let judged = companies.iter().map(|company| {
        let mut new = None;
        let verdict = if seen.get(&company.id) != Some(&company.version) {
            Verdict::Changed
        } else if !may(actor, plan.wish.right(), company.ties(actor)) {
            Verdict::Denied
        } else {
            new = plan.apply(&company.marks);
            new.as_ref().map_or(Verdict::Same, |_| Verdict::Done)
        };
        Judged { company, verdict, new }
    });
    judged.collect()
}

fn told(act: &BulkAct, changed: usize) -> Event<'static> {
    let changed = i64::try_from(changed).unwrap_or(i64::MAX);
    let count = text::count(changed, ["компания", "компании", "компаний"]);
    Event::new(act.wish.verb(), "bulk_act", act.id, format!("{}. {count}", act.title))
}
