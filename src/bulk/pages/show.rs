//! `/companies/bulk/{id}/`: what an act would do, what it did, and the way back.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;

use crate::app::App;
use crate::bulk::actions::{self, Looked};
use crate::bulk::model::{NamedRow, Names, Plan, State as Progress, Verdict, Wish};
use crate::bulk::paths;
use crate::companies;
use crate::companies::bulk::Marks;
use crate::db::Place;
use crate::error::Error;
use crate::policy::{Action, may, who_may};
use crate::values::{BulkActId, text, time};
use crate::web::{Html, Layout, Path, Query, Section, Viewer, flash, page_with, see_other_with};

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    verdict: String,
    after: Option<String>,
    before: Option<String>,
}

#[derive(Template)]
#[template(path = "bulk/show.html")]
struct ShowPage {
    layout: Layout,
    url: String,
    title: String,
    /// Tone and word.
    state: (&'static str, &'static str),
    is_draft: bool,
    is_undone: bool,
    /// Who and when.
    about: String,
    /// «Все компании по фильтру», «Выбранные в списке», and the list.
    scope: &'static str,
    list: String,
    /// «12 компаний»: how many would change.
    ready: String,
    is_ready: bool,
    /// Until when it can be taken back, by the reader's clock; empty: it cannot.
    until: String,
    undone: String,
    /// Companies that stay after taking back.
    left: Option<String>,
    /// Who may change what the actor may not.
    denied: Option<(String, &'static str)>,
    error: String,
    verdicts: Vec<Tile>,
    chosen: &'static str,
    rows: Vec<Row>,
    prev: Option<String>,
    next: Option<String>,
}

struct Tile {
    class: &'static str,
    label: &'static str,
    count: String,
    url: String,
    is_chosen: bool,
    is_empty: bool,
}

struct Row {
    url: String,
    name: String,
    tone: &'static str,
    verdict: &'static str,
    old: String,
    new: String,
    is_same: bool,
    why: String,
}

/// `GET /companies/bulk/{id}/`
pub(super) async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<BulkActId>,
    Query(asked): Query<Asked>,
) -> Html {
    draw(&app, &viewer, id, &asked, (StatusCode::OK, String::new())).await
}

async fn draw(app: &App, viewer: &Viewer, id: BulkActId, asked: &Asked, (status, error): (StatusCode, String)) -> Html {
    let actor = viewer.actor()?;
    let verdict = Verdict::read(&asked.verdict);
    let place = Place::read(asked.after.as_deref(), asked.before.as_deref());
    let looked = actions::look(app, &actor, id, (verdict, &place)).await?;
    let may_undo = may(&actor, Action::UndoBulkAct, looked.act.ties(&actor));
    let until = looked.act.undoable_until(app.now()).filter(|_| may_undo);
    let mut drawn = ShowPage::of(viewer, app, &looked, verdict);
    drawn.until = until.map_or_else(String::new, |until| {
        until.with_timezone(&viewer.zone).format("%H:%M").to_string()
    });
    if !error.is_empty() {
        drawn.error = error;
    }
    page_with(status, &drawn)
}

/// `POST /companies/bulk/{id}/run/`
pub(super) async fn run(State(app): State<App>, viewer: Viewer, Path(id): Path<BulkActId>) -> Html {
    match actions::run(&app, &viewer.actor()?, id).await {
        Ok(()) => see_other_with(
            &paths::show(id),
            &flash("success", "Готово. В течение часа это можно отменить."),
        ),
        Err(Error::Invalid(errors)) => {
            let sentence = errors.sentences().collect::<Vec<_>>().join(" ");
            let refused = (StatusCode::UNPROCESSABLE_ENTITY, sentence);
            draw(&app, &viewer, id, &Asked::default(), refused).await
        }
        Err(other) => Err(other.into()),
    }
}

/// `POST /companies/bulk/{id}/undo/`
pub(super) async fn undo(State(app): State<App>, viewer: Viewer, Path(id): Path<BulkActId>) -> Html {
    match actions::undo(&app, &viewer.actor()?, id).await {
        Ok(()) => see_other_with(
            &paths::show(id),
            &flash("success", "Отменено: прежние значения возвращены."),
        ),
        Err(Error::Conflict(sentence)) => {
            let refused = (StatusCode::CONFLICT, sentence.to_owned());
            draw(&app, &viewer, id, &Asked::default(), refused).await
        }
        Err(other) => Err(other.into()),
    }
}

const FORMS: [&str; 3] = ["компания", "компании", "компаний"];

impl ShowPage {
    fn of(viewer: &Viewer, app: &App, looked: &Looked, verdict: Option<Verdict>) -> Self {
        let act = &looked.act;
        let own = paths::show(act.id);
        let count = |verdict| {
            let mut counts = looked.counts.iter();
            counts.find(|(of, _)| *of == verdict).map_or(0, |(_, count)| *count)
        };
        let query = verdict.map_or_else(String::new, |verdict| format!("verdict={}&", verdict.code()));
        let moved = |way: &str, cursor: &Option<String>| {
            let cursor = cursor.as_deref()?;
            Some(format!("{own}?{query}{way}={cursor}"))
        };
        let left = count(Verdict::Touched) + count(Verdict::Lost);
        let denied = count(Verdict::Denied);
        Self {
            layout: viewer.layout(Section::Companies),
            title: act.title.clone(),
            state: match act.state {
                Progress::Draft => ("progress", "Предпросмотр"),
                Progress::Done => ("done", "Выполнено"),
                Progress::Undone => ("neutral", "Отменено"),
            },
            is_draft: act.state == Progress::Draft,
            is_undone: act.state == Progress::Undone,
            about: about(viewer, app, looked),
            scope: if act.is_whole {
                "Все компании по фильтру"
            } else {
                "Выбранные в списке"
            },
            list: companies::list_address(&act.query),
            ready: text::count(count(Verdict::Ready), FORMS),
            is_ready: count(Verdict::Ready) > 0 && looked.obstacle.is_empty(),
            until: String::new(),
            undone: text::count(count(Verdict::Undone), FORMS),
            left: (left > 0).then(|| text::count(left, FORMS)),
            denied: (denied > 0).then(|| (text::count(denied, FORMS), who_may(act.wish.right()))),
            error: looked.obstacle.clone(),
            verdicts: shown(act.state)
                .iter()
                .filter(|each| !is_rare(**each) || count(**each) > 0)
                .map(|each| Tile {
                    class: class(*each),
                    label: label(*each),
                    count: text::number(count(*each)),
                    url: format!("{own}?verdict={}", each.code()),
                    is_chosen: verdict == Some(*each),
                    is_empty: count(*each) == 0,
                })
                .collect(),
            chosen: verdict.map_or("", label),
            rows: looked
                .page
                .rows
                .iter()
                .map(|row| Row::of(row, &looked.plan, &looked.names))
                .collect(),
            prev: moved("before", &looked.page.before),
            next: moved("after", &looked.page.after),
            url: own.clone(),
        }
    }
}

fn about(viewer: &Viewer, app: &App, looked: &Looked) -> String {
    let act = &looked.act;
    let moment = |at| time::relative(at, app.now(), viewer.zone);
    match (act.undone_at, act.done_at) {
        (Some(at), _) => format!("Отменено {}, {}", moment(at), act.undone_by),
        (None, Some(at)) => format!("Выполнено {}, {}", moment(at), act.actor_name),
        (None, None) => "Пока ничего не изменено".to_owned(),
    }
}

/// The verdicts that an act of this state can have.
fn shown(state: Progress) -> &'static [Verdict] {
    match state {
        Progress::Draft => &[Verdict::Ready, Verdict::Same, Verdict::Denied],
        Progress::Done => &[Verdict::Done, Verdict::Same, Verdict::Changed, Verdict::Denied],
        Progress::Undone => &[
            Verdict::Undone,
            Verdict::Touched,
            Verdict::Lost,
            Verdict::Same,
            Verdict::Changed,
            Verdict::Denied,
        ],
    }
}

/// Shown only when there are such companies.
fn is_rare(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Touched | Verdict::Lost | Verdict::Changed)
}

fn label(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ready => "Изменятся",
        Verdict::Done => "Изменены",
        Verdict::Undone => "Возвращены",
        Verdict::Touched => "Менялись после",
        Verdict::Lost => "Вернуть нечего",
        Verdict::Changed => "Изменились раньше",
        Verdict::Same => "Уже так",
        Verdict::Denied => "Нет прав",
    }
}

fn class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ready => "created",
        Verdict::Done | Verdict::Undone => "updated",
        Verdict::Same => "",
        Verdict::Touched | Verdict::Changed | Verdict::Lost => "skipped",
        Verdict::Denied => "refused",
    }
}

/// One company, not many.
fn badge(verdict: Verdict) -> (&'static str, &'static str) {
    match verdict {
        Verdict::Ready => ("new", "Изменится"),
        Verdict::Done => ("done", "Изменена"),
        Verdict::Undone => ("done", "Возвращена"),
        Verdict::Touched => ("progress", "Менялась после"),
        Verdict::Lost => ("progress", "Вернуть нечего"),
        Verdict::Changed => ("progress", "Изменилась раньше"),
        Verdict::Same => ("neutral", "Уже так"),
        Verdict::Denied => ("danger", "Нет прав"),
    }
}

impl Row {
    fn of(listed: &NamedRow, plan: &Plan, names: &Names) -> Self {
        let row = &listed.row;
        let new = plan.apply(&row.old);
        let (tone, verdict) = badge(row.verdict);
        Self {
            url: companies::paths::show(row.company),
            name: listed.name.clone(),
            tone,
            verdict,
            old: value(&plan.wish, &row.old, names),
            new: value(&plan.wish, new.as_ref().unwrap_or(&row.old), names),
            is_same: new.is_none() || matches!(row.verdict, Verdict::Denied | Verdict::Changed | Verdict::Undone),
            why: why(row.verdict, &row.old, names),
        }
    }
}

/// What a wish would change, as people read it.
fn value(wish: &Wish, marks: &Marks, names: &Names) -> String {
    let or = |text: String, none: &str| if text.is_empty() { none.to_owned() } else { text };
    match wish {
        Wish::Give(_) => whose(marks, names),
        Wish::Status(_) => or(names.status(marks.status), "без статуса"),
        Wish::Spheres(..) => or(names.spheres(&marks.spheres), "без сфер"),
    }
}

/// «Анна Иванова, Екатеринбург»
fn whose(marks: &Marks, names: &Names) -> String {
    let parts = [names.person(marks.responsible), names.branch(marks.branch)];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    if parts.is_empty() {
        "без ответственного и филиала".to_owned()
    } else {
        parts.join(", ")
    }
}

fn why(verdict: Verdict, old: &Marks, names: &Names) -> String {
    match verdict {
        Verdict::Denied => format!("Чужая компания: {}", whose(old, names)),
        Verdict::Changed => "Её изменили после предпросмотра, поэтому она не тронута".to_owned(),
        Verdict::Touched => "После действия её изменили ещё раз, поэтому она оставлена".to_owned(),
        Verdict::Lost => "Прежнего значения больше нет в справочнике".to_owned(),
        Verdict::Ready | Verdict::Done | Verdict::Undone | Verdict::Same => String::new(),
    }
}
