//! Taking an act back.

use std::collections::HashMap;

use super::{changes, names, notice_key};
use crate::app::App;
use crate::audit::{self, Event};
use crate::bulk::model::{BulkRow, Names, State, Verdict, Wish};
use crate::bulk::queries;
use crate::companies::bulk::{Marked, Marks, lock_marks, write_marks};
use crate::dictionaries::{self, Heirs};
use crate::error::{Error, Result};
use crate::notifications;
use crate::policy::{Action, Actor, check};
use crate::values::{BulkActId, CompanyId, text};

const NOT_DONE: &str = "Это действие ещё не выполнено, отменять нечего.";
const LATE: &str = "Прошло больше часа: отменить это действие уже нельзя. Прежние значения остались в его списке и в истории \
                    каждой компании.";

/// Gives the changed companies what they had before. Those that somebody has changed since stay, and so do those whose
/// former status, spheres or responsible are gone. Done once, however often it is asked for.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Denied`]; [`Error::Conflict`] when it is too late.
pub(crate) async fn undo(app: &App, actor: &Actor, id: BulkActId) -> Result<()> {
    let user = actor.user.ok_or(Error::Denied(Action::UndoBulkAct))?;
    let mut names = names(app).await?;
    let now = app.now();
    let mut tx = app.begin().await?;
    let act = queries::find(&mut tx, id, true).await?.ok_or(Error::NotFound)?;
    check(actor, Action::UndoBulkAct, act.ties(actor))?;
    match act.state {
        State::Draft => return Err(Error::Conflict(NOT_DONE)),
        State::Undone => return Ok(()),
        State::Done if act.undoable_until(now).is_none() => return Err(Error::Conflict(LATE)),
        State::Done => (),
    }
    names.dictionaries = dictionaries::all(&mut tx).await?;
    let mut rows = queries::rows_of(&mut tx, id, Verdict::Done).await?;
    for row in &mut rows {
        renew(&mut row.old, &names.dictionaries.heirs);
    }
    let ids: Vec<CompanyId> = rows.iter().map(|row| row.company).collect();
    let companies = lock_marks(&mut tx, &ids).await?;
    let judged = judge(&act.wish, &names, &rows, &companies);
    let written: Vec<(CompanyId, Marks)> = judged
        .iter()
        .filter_map(|(company, _, back)| Some((company.id, back.clone()?)))
        .collect();
    write_marks(&mut tx, &written, now).await?;
    let settled: Vec<_> = judged
        .iter()
        .map(|(company, verdict, _)| (company.id, *verdict, company.version))
        .collect();
    queries::settle(&mut tx, id, &settled).await?;
    queries::set_undone(&mut tx, id, user, now).await?;
    let count = text::count(
        i64::try_from(written.len()).unwrap_or(i64::MAX),
        ["компания", "компании", "компаний"],
    );
    let mut events = vec![Event::new(
        "undo",
        "bulk_act",
        id,
        format!("Отменено: {}. {count}", act.title),
    )];
    events.extend(judged.iter().filter_map(|(company, _, back)| {
        let message = format!("Отменено массовое действие. {}", act.title);
        let event = Event::new("undo", "company", company.id, message).on(Some(company.id));
        Some(event.with(changes(&names, &company.marks, back.as_ref()?)))
    }));
    audit::record_many(&mut tx, actor, events, now).await?;
    notifications::withdraw(&mut tx, &notice_key(id)).await?;
    tx.commit().await?;
    Ok(())
}

/// Statuses and spheres that were merged since are the ones that took over.
fn renew(marks: &mut Marks, heirs: &Heirs) {
    marks.status = marks.status.map(|id| heirs.status(id));
    for sphere in &mut marks.spheres {
        *sphere = heirs.sphere(*sphere);
    }
    marks.spheres.sort_unstable();
    marks.spheres.dedup();
}

/// Each company, what becomes of it, and its marks when it is written.
fn judge<'a>(
    wish: &Wish,
    names: &Names,
    rows: &[BulkRow],
    companies: &'a [Marked],
) -> Vec<(&'a Marked, Verdict, Option<Marks>)> {
    let rows: HashMap<CompanyId, &BulkRow> = rows.iter().map(|row| (row.company, row)).collect();
    let judged = companies.iter().filter_map(|company| {
        let row = rows.get(&company.id)?;
        Some(if company.version != row.version {
            (company, Verdict::Touched, None)
        } else if names.has(wish, &row.old) {
            let back = wish.put_back(&company.marks, &row.old);
            (company, Verdict::Undone, Some(back))
        } else {
            (company, Verdict::Lost, None)
        })
    });
    judged.collect()
}
