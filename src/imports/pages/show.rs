//! One import: how far it is, what became of each row.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::index::{started_by, state};
use crate::app::App;
use crate::error::Result;
use crate::imports::judge::CHANGED;
use crate::imports::labels::{entity, label};
use crate::imports::model::{Import, ORDINALS_PER_ROW, ReportLine, State as Progress, UndoState, Verdict};
use crate::imports::queries::Only;
use crate::imports::{actions, paths};
use crate::values::{CompanyId, ContactId, ImportId, text, time};
use crate::web::{Html, Layout, Path, Query, Section, Viewer, fragment, is_htmx, page, page_with};
use crate::{companies, contacts};

/// Lines of one page.
const LINES: usize = 50;
/// So much of a value is shown.
const SHOWN: usize = 200;
/// What stands in the address for rows that came out otherwise than the check said.
const DIFFERING: &str = "differing";

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    verdict: String,
    after: Option<i32>,
    before: Option<i32>,
}

#[derive(Template)]
#[template(path = "imports/show.html")]
struct ShowPage {
    layout: Layout,
    result: ResultFragment,
}

/// What is renewed while the import is at work.
#[derive(Template)]
#[template(path = "imports/_result.html")]
struct ResultFragment {
    layout: Layout,
    url: String,
    own: String,
    file_name: String,
    error: String,
    /// Tone and word.
    state: (&'static str, &'static str),
    is_running: bool,
    is_paused: bool,
    is_dry_run: bool,
    /// What was asked for and is not heeded yet.
    wish: &'static str,
    failure: String,
    started: String,
    took: String,
    rows: i64,
    judged: i64,
    done: String,
    /// Until when the file is kept; empty: it is gone.
    kept: String,
    /// The run of this check, or the check of this run.
    run: Option<String>,
    preview: Option<String>,
    /// How many rows came out otherwise than the check said.
    differing: Option<(bool, String)>,
    /// Until when it can be undone; empty: it cannot.
    undo_until: String,
    /// What became of its undoing.
    undone: &'static str,
    verdicts: Vec<VerdictCount>,
    chosen: &'static str,
    lines: Vec<Line>,
    previous: Option<String>,
    next: Option<String>,
}

impl askama::filters::HtmlSafe for ResultFragment {}

struct VerdictCount {
    code: &'static str,
    label: &'static str,
    count: String,
    url: String,
    is_chosen: bool,
    is_empty: bool,
}

struct Line {
    number: String,
    /// Whether the line speaks of the whole row: the verdict is said once.
    is_first: bool,
    tone: &'static str,
    verdict: &'static str,
    entity: &'static str,
    url: Option<String>,
    key: String,
    field: &'static str,
    message: String,
    /// Old and new value, when the line speaks of a change.
    change: Option<(String, String)>,
}

/// `GET /settings/import/{id}/`
pub(super) async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<ImportId>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Html {
    let result = look(&app, &viewer, id, &asked).await?;
    if is_htmx(&headers) {
        return fragment(&result);
    }
    page(&ShowPage {
        layout: result.layout.clone(),
        result,
    })
}

/// The page with a sentence about what was refused.
pub(super) async fn refused(app: &App, viewer: &Viewer, id: ImportId, (status, error): (StatusCode, String)) -> Html {
    let result = look(app, viewer, id, &Asked::default()).await?;
    let result = ResultFragment { error, ..result };
    page_with(
        status,
        &ShowPage {
            layout: result.layout.clone(),
            result,
        },
    )
}

async fn look(app: &App, viewer: &Viewer, id: ImportId, asked: &Asked) -> Result<ResultFragment> {
    let actor = viewer.actor()?;
    let import = actions::find(app, &actor, id).await?;
    let only = match (asked.verdict.as_str(), import.preview) {
        (DIFFERING, Some(preview)) => Only::Differing(preview),
        (code, _) => Verdict::from_code(code).map_or(Only::Everything, Only::Verdict),
    };
    let is_backward = asked.before.is_some() && asked.after.is_none();
    let from = asked.after.or(asked.before).unwrap_or(-1);
    let limit = i64::try_from(LINES + 1).unwrap_or(i64::MAX);
    let mut lines = if import.state == Progress::Running {
        Vec::new()
    } else {
        actions::lines(app, &actor, id, only, (from, is_backward, limit)).await?
    };
    let has_more = lines.len() > LINES;
    if has_more && is_backward {
        lines.remove(0);
    }
    lines.truncate(LINES);
    let has_previous = if is_backward { has_more } else { asked.after.is_some() };
    let has_next = is_backward || has_more;
    let url = |way: &str, line: Option<&ReportLine>| {
        let filter = code_of(only).map_or(String::new(), |code| format!("verdict={code}&"));
        line.map(|line| format!("{}?{filter}{way}={}", paths::show(id), line.ordinal))
    };
    let previous = url("before", lines.first()).filter(|_| has_previous);
    let next = url("after", lines.last()).filter(|_| has_next);
    Ok(ResultFragment {
        previous,
        next,
        lines: lines
            .into_iter()
            .map(|line| Line::of(line, import.is_dry_run))
            .collect(),
        ..ResultFragment::new(app, viewer, &import, only)
    })
}

/// What stands in the address for this choice of lines.
fn code_of(only: Only) -> Option<&'static str> {
    match only {
        Only::Everything => None,
        Only::Verdict(verdict) => Some(verdict.code()),
        Only::Differing(_) => Some(DIFFERING),
    }
}

impl ResultFragment {
    fn new(app: &App, viewer: &Viewer, import: &Import, only: Only) -> Self {
        let summary = &import.summary;
        let own = paths::show(summary.id);
        let end = import.finished_at.unwrap_or_else(|| app.now());
        let started_at = time::relative(import.started_at, app.now(), viewer.zone);
        let date = |at: DateTime<Utc>| time::date(at.with_timezone(&viewer.zone).date_naive());
        let undo_until = import.undo.until.filter(|until| *until > app.now() && is_over(import));
        Self {
            layout: viewer.layout(Section::Settings),
            url: code_of(only).map_or(own.clone(), |code| format!("{own}?verdict={code}")),
            file_name: import.file_name.clone(),
            error: String::new(),
            state: state(import.state),
            is_running: import.state == Progress::Running,
            is_paused: import.state == Progress::Paused,
            is_dry_run: import.is_dry_run,
            wish: wish(&import.wish),
            failure: import.failure.clone(),
            started: format!("{started_at}, {}", started_by(import)),
            took: text::count(
                (end - import.started_at).num_seconds().max(1),
                ["секунда", "секунды", "секунд"],
            ),
            rows: summary.rows.max(1),
            judged: summary.judged(),
            done: format!("{} из {}", text::number(summary.judged()), text::number(summary.rows)),
            kept: import.file_until.map(date).unwrap_or_default(),
            run: import.run.map(paths::show),
            preview: import.preview.map(paths::show),
            differing: import
                .differing
                .map(|rows| (rows > 0, text::count(i64::from(rows), ["строка", "строки", "строк"]))),
            undo_until: undo_until.map(date).unwrap_or_default(),
            undone: undone(import.undo.state),
            verdicts: verdicts(import, only),
            chosen: match only {
                Only::Everything => "",
                Only::Verdict(verdict) => verdict.label(),
                Only::Differing(_) => "Вышло не так, как показала проверка",
            },
            lines: Vec::new(),
            previous: None,
            next: None,
            own,
        }
    }

    /// The address of something that is done with the import.
    fn act(&self, verb: &str) -> String {
        format!("{}{verb}/", self.own)
    }

    /// The report as a file with this ending.
    fn report(&self, ending: &str) -> String {
        format!("{}report.{ending}", self.own)
    }
}

/// Whether nothing more is written.
fn is_over(import: &Import) -> bool {
    !import.is_dry_run && !matches!(import.state, Progress::Running | Progress::Paused)
}

fn wish(code: &str) -> &'static str {
    match code {
        "pause" => "Пауза наступит, когда допишется начатая часть.",
        "stop" => "Загрузка остановится, когда допишется начатая часть.",
        _ => "",
    }
}

fn undone(state: UndoState) -> &'static str {
    match state {
        UndoState::Running => "Загрузка отменяется.",
        UndoState::Done => "Загрузка отменена.",
        UndoState::Failed => "Отмена прервалась.",
        UndoState::None | UndoState::Checking | UndoState::Checked => "",
    }
}

fn verdicts(import: &Import, only: Only) -> Vec<VerdictCount> {
    let count = |each: Verdict| VerdictCount {
        code: each.code(),
        label: each.label(),
        count: text::number(import.summary.of(each)),
        url: format!("{}?verdict={}", paths::show(import.summary.id), each.code()),
        is_chosen: code_of(only) == Some(each.code()),
        is_empty: import.summary.of(each) == 0,
    };
    Verdict::ALL.into_iter().map(count).collect()
}

impl Line {
    fn of(line: ReportLine, is_dry_run: bool) -> Self {
        // What a dry run would have made does not exist.
        let exists = !(is_dry_run && line.verdict == Verdict::Created);
        let url = line.entity_id.filter(|_| exists).map(|id| match line.entity.as_str() {
            "contact" => contacts::paths::show(ContactId(id)),
            _ => companies::paths::show(CompanyId(id)),
        });
        let is_change = !line.old.is_empty() || !line.new.is_empty();
        Self {
            number: text::number(i64::from(line.line)),
            tone: tone(line.verdict),
            verdict: line.verdict.label(),
            entity: entity(&line.entity),
            url,
            key: line.key,
            is_first: line.ordinal % ORDINALS_PER_ROW == 0,
            field: label(&line.field),
            message: said_once(line.verdict, line.message),
            change: is_change.then(|| (text::excerpt(&line.old, SHOWN), text::excerpt(&line.new, SHOWN))),
        }
    }
}

/// «Изменено: адрес, сайт» beside the verdict «Обновлено» is «Адрес, сайт».
fn said_once(verdict: Verdict, message: String) -> String {
    match message.strip_prefix(CHANGED) {
        Some(fields) if verdict == Verdict::Updated => text::capital(fields),
        _ => message,
    }
}

fn tone(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Created => "new",
        Verdict::Updated => "done",
        Verdict::Unchanged => "neutral",
        Verdict::Skipped => "progress",
        Verdict::Refused => "danger",
    }
}
