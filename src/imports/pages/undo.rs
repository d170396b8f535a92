//! `/settings/import/{id}/undo/`: what taking a whole import back would do, does, and has done.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;

use crate::app::App;
use crate::error::{Error, Result};
use crate::imports::labels::entity;
use crate::imports::model::{Import, State as Progress, UndoState};
use crate::imports::undo::{Line, Verdict};
use crate::imports::{actions, paths};
use crate::values::{CompanyId, ContactId, ImportId, text, time};
use crate::web::{Html, Layout, Path, Query, Section, Viewer, fragment, is_htmx, page_with, see_other};
use crate::{companies, contacts};

/// Lines of one page.
const LINES: usize = 50;

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    verdict: String,
    after: Option<i32>,
    before: Option<i32>,
}

#[derive(Template)]
#[template(path = "imports/undo.html")]
struct UndoPage {
    layout: Layout,
    undo: UndoFragment,
}

/// What is renewed while the undoing is at work.
#[derive(Template)]
#[template(path = "imports/_undo.html")]
struct UndoFragment {
    layout: Layout,
    import: String,
    file_name: String,
    error: String,
    state: UndoState,
    /// Until when it is possible; empty: it is not.
    until: String,
    /// Who and when.
    about: String,
    total: i64,
    judged: i32,
    done: String,
    verdicts: Vec<VerdictCount>,
    chosen: &'static str,
    lines: Vec<Shown>,
    previous: Option<String>,
    next: Option<String>,
}

impl askama::filters::HtmlSafe for UndoFragment {}

struct VerdictCount {
    class: &'static str,
    label: &'static str,
    count: String,
    url: String,
    is_chosen: bool,
    is_empty: bool,
}

struct Shown {
    tone: &'static str,
    verdict: &'static str,
    entity: &'static str,
    title: String,
    url: Option<String>,
    message: String,
}

/// `GET /settings/import/{id}/undo/`
pub(super) async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<ImportId>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Html {
    let undo = look(&app, &viewer, id, &asked).await?;
    if is_htmx(&headers) {
        return fragment(&undo);
    }
    draw(undo, (StatusCode::OK, String::new()))
}

/// `POST /settings/import/{id}/undo/check/`: finds out what it would do.
pub(super) async fn check(State(app): State<App>, viewer: Viewer, Path(id): Path<ImportId>) -> Html {
    act(&app, &viewer, id, false).await
}

/// `POST /settings/import/{id}/undo/run/`: does it.
pub(super) async fn run(State(app): State<App>, viewer: Viewer, Path(id): Path<ImportId>) -> Html {
    act(&app, &viewer, id, true).await
}

async fn act(app: &App, viewer: &Viewer, id: ImportId, is_real: bool) -> Html {
    match actions::undo(app, &viewer.actor()?, id, is_real).await {
        Ok(()) => see_other(&paths::undo(id)),
        Err(Error::Conflict(sentence)) => {
            let undo = look(app, viewer, id, &Asked::default()).await?;
            draw(undo, (StatusCode::CONFLICT, sentence.to_owned()))
        }
        Err(error) => Err(error.into()),
    }
}

fn draw(undo: UndoFragment, (status, error): (StatusCode, String)) -> Html {
    let layout = undo.layout.clone();
    let undo = UndoFragment { error, ..undo };
    page_with(status, &UndoPage { layout, undo })
}

async fn look(app: &App, viewer: &Viewer, id: ImportId, asked: &Asked) -> Result<UndoFragment> {
    let actor = viewer.actor()?;
    let import = actions::find(app, &actor, id).await?;
    let verdict = Verdict::from_code(&asked.verdict);
    let is_backward = asked.before.is_some() && asked.after.is_none();
    let from = asked.after.or(asked.before).unwrap_or(-1);
    let limit = i64::try_from(LINES + 1).unwrap_or(i64::MAX);
    let mut lines = actions::undo_lines(app, &actor, id, verdict, (from, is_backward, limit)).await?;
    let has_more = lines.len() > LINES;
    if has_more && is_backward {
        lines.remove(0);
    }
    lines.truncate(LINES);
    let has_previous = if is_backward { has_more } else { asked.after.is_some() };
    let has_next = is_backward || has_more;
    let url = |way: &str, line: Option<&(i32, Line)>| {
        let filter = verdict.map_or(String::new(), |verdict| format!("verdict={}&", verdict.code()));
        line.map(|(ordinal, _)| format!("{}?{filter}{way}={ordinal}", paths::undo(id)))
    };
    let previous = url("before", lines.first()).filter(|_| has_previous);
    let next = url("after", lines.last()).filter(|_| has_next);
    let (total, counts) = actions::undo_counts(app, &actor, id).await?;
    let is_done = import.undo.state == UndoState::Done;
    Ok(UndoFragment {
        previous,
        next,
        verdicts: Verdict::ALL
            .into_iter()
            .map(|each| count(id, (each, is_done), (verdict, &counts)))
            .collect(),
        chosen: verdict.map_or("", |verdict| label(verdict, is_done)),
        lines: lines.into_iter().map(|(_, line)| Shown::of(line, is_done)).collect(),
        ..UndoFragment::new(app, viewer, &import, total)
    })
}

impl UndoFragment {
    fn new(app: &App, viewer: &Viewer, import: &Import, total: i64) -> Self {
        let undo = &import.undo;
        let is_over = !import.is_dry_run && !matches!(import.state, Progress::Running | Progress::Paused);
        let until = undo.until.filter(|until| is_over && *until > app.now());
        let at = undo.ended_at.or(undo.began_at);
        let about = at.map(|at| format!("{}, {}", time::relative(at, app.now(), viewer.zone), undo.by));
        Self {
            layout: viewer.layout(Section::Settings),
            import: paths::show(import.summary.id),
            file_name: import.file_name.clone(),
            error: String::new(),
            state: undo.state,
            until: until.map_or_else(String::new, |until| {
                time::date(until.with_timezone(&viewer.zone).date_naive())
            }),
            about: about.unwrap_or_default(),
            total: total.max(1),
            judged: undo.judged,
            done: format!("{} из {}", text::number(i64::from(undo.judged)), text::number(total)),
            verdicts: Vec::new(),
            chosen: "",
            lines: Vec::new(),
            previous: None,
            next: None,
        }
    }

    /// The address of this page.
    fn own(&self) -> String {
        format!("{}undo/", self.import)
    }

    fn is(&self, code: &str) -> bool {
        self.state.code() == code
    }

    /// Whether it can be begun, or begun anew.
    fn is_possible(&self) -> bool {
        !self.until.is_empty() && !self.state.is_at_work() && self.state != UndoState::Done
    }
}

fn count(
    id: ImportId,
    (each, is_done): (Verdict, bool),
    (chosen, counts): (Option<Verdict>, &[(Verdict, i64)]),
) -> VerdictCount {
    let count = counts
        .iter()
        .find_map(|(verdict, count)| (*verdict == each).then_some(*count));
    VerdictCount {
        class: match each {
            Verdict::Removed => "refused",
            Verdict::Restored => "updated",
            Verdict::Partly => "skipped",
            Verdict::Left => "unchanged",
        },
        label: label(each, is_done),
        count: text::number(count.unwrap_or(0)),
        url: format!("{}?verdict={}", paths::undo(id), each.code()),
        is_chosen: chosen == Some(each),
        is_empty: count.unwrap_or(0) == 0,
    }
}

fn label(verdict: Verdict, is_done: bool) -> &'static str {
    match (verdict, is_done) {
        (Verdict::Removed, false) => "Удаляется",
        (Verdict::Removed, true) => "Удалено",
        (Verdict::Restored, false) => "Становится прежним",
        (Verdict::Restored, true) => "Стало прежним",
        (Verdict::Partly, false) => "Прежним, но не всё",
        (Verdict::Partly, true) => "Вернулось не всё",
        (Verdict::Left, false) => "Остаётся",
        (Verdict::Left, true) => "Осталось",
    }
}

impl Shown {
    fn of(line: Line, is_done: bool) -> Self {
        let is_left_out = line.title.is_empty() || (is_done && line.verdict == Verdict::Removed);
        let is_there = !is_left_out;
        let url = line.record.filter(|_| is_there).map(|id| match line.entity.as_str() {
            "contact" => contacts::paths::show(ContactId(id)),
            _ => companies::paths::show(CompanyId(id)),
        });
        Self {
            tone: match line.verdict {
                Verdict::Removed => "danger",
                Verdict::Restored => "done",
                Verdict::Partly => "progress",
                Verdict::Left => "neutral",
            },
            verdict: label(line.verdict, is_done),
            entity: if line.entity == "name" {
                "справочник"
            } else {
                entity(&line.entity)
            },
            title: if line.title.is_empty() {
                "Без имени".to_owned()
            } else {
                line.title
            },
            url,
            message: line.message,
        }
    }
}
