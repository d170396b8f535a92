//! One import: how far it is, what became of each row.

use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse as _;
use serde::Deserialize;

use super::index::{started_by, state};
use crate::app::App;
use crate::companies;
use crate::error::Error;
use crate::imports::labels::label;
use crate::imports::model::{Import, ReportLine, State as Progress, Verdict};
use crate::imports::{actions, paths, report as csv_report};
use crate::values::{CompanyId, ImportId, text, time};
use crate::web::{Html, Layout, Path, Query, Section, Viewer, fragment, is_htmx, page};

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
    report: String,
    file_name: String,
    /// Tone and word.
    state: (&'static str, &'static str),
    is_running: bool,
    is_dry_run: bool,
    failure: String,
    started: String,
    took: String,
    rows: i64,
    judged: i64,
    done: String,
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
    tone: &'static str,
    verdict: &'static str,
    entity: &'static str,
    url: Option<String>,
    key: String,
    field: &'static str,
    message: String,
}

/// `GET /settings/import/{id}/`
pub(super) async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<ImportId>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Html {
    let actor = viewer.actor()?;
    let import = actions::find(&app, &actor, id).await?;
    let verdict = Verdict::from_code(&asked.verdict);
    let is_backward = asked.before.is_some() && asked.after.is_none();
    let from = asked.after.or(asked.before).unwrap_or(-1);
    let limit = i64::try_from(LINES + 1).unwrap_or(i64::MAX);
    let mut lines = actions::lines(&app, &actor, id, verdict, (from, is_backward, limit)).await?;
    let has_more = lines.len() > LINES;
    if has_more && is_backward {
        lines.remove(0);
    }
    lines.truncate(LINES);
    let has_previous = if is_backward { has_more } else { asked.after.is_some() };
    let has_next = is_backward || has_more;
    let url = |way: &str, line: Option<&ReportLine>| {
        let filter = verdict.map_or(String::new(), |verdict| format!("verdict={}&", verdict.code()));
        line.map(|line| format!("{}?{filter}{way}={}", paths::show(id), line.ordinal))
    };
    let previous = if has_previous {
        url("before", lines.first())
    } else {
        None
    };
    let next = if has_next { url("after", lines.last()) } else { None };
    let result = ResultFragment::new(&app, &viewer, &import, verdict, lines);
    let result = ResultFragment {
        previous,
        next,
        ..result
    };
    if is_htmx(&headers) {
        return fragment(&result);
    }
    page(&ShowPage {
        layout: result.layout.clone(),
        result,
    })
}

impl ResultFragment {
    fn new(app: &App, viewer: &Viewer, import: &Import, verdict: Option<Verdict>, lines: Vec<ReportLine>) -> Self {
        let summary = &import.summary;
        let own = paths::show(summary.id);
        let end = import.finished_at.unwrap_or_else(|| app.now());
        let started_at = time::relative(import.started_at, app.now(), viewer.zone);
        Self {
            layout: viewer.layout(Section::Settings),
            url: verdict.map_or(own.clone(), |verdict| format!("{own}?verdict={}", verdict.code())),
            report: paths::report(summary.id),
            file_name: import.file_name.clone(),
            state: state(import.state),
            is_running: import.state == Progress::Running,
            is_dry_run: import.is_dry_run,
            failure: import.failure.clone(),
            started: format!("{started_at}, {}", started_by(import)),
            took: text::count(
                (end - import.started_at).num_seconds().max(1),
                ["секунда", "секунды", "секунд"],
            ),
            rows: summary.rows.max(1),
            judged: summary.judged(),
            done: format!("{} из {}", text::number(summary.judged()), text::number(summary.rows)),
            verdicts: Verdict::ALL
                .into_iter()
                .map(|each| VerdictCount {
                    code: each.code(),
                    label: each.label(),
                    count: text::number(summary.of(each)),
                    url: format!("{own}?verdict={}", each.code()),
                    is_chosen: verdict == Some(each),
                    is_empty: summary.of(each) == 0,
                })
                .collect(),
            chosen: verdict.map_or("", Verdict::label),
            lines: lines
                .into_iter()
                .map(|line| Line::of(line, import.is_dry_run))
                .collect(),
            previous: None,
            next: None,
        }
    }

    /// The address of the import without a filter.
    fn whole(&self) -> &str {
        self.url.split('?').next().unwrap_or_default()
    }
}

impl Line {
    fn of(line: ReportLine, is_dry_run: bool) -> Self {
        let entity = match line.entity.as_str() {
            "company" => "компания",
            "contact" => "контакт",
            _ => "",
        };
        // What a dry run would have made does not exist.
        let exists = !(is_dry_run && line.verdict == Verdict::Created);
        let company = line
            .entity_id
            .filter(|_| exists && line.entity == "company")
            .map(CompanyId);
        Self {
            number: text::number(i64::from(line.line)),
            tone: tone(line.verdict),
            verdict: line.verdict.label(),
            entity,
            url: company.map(companies::paths::show),
            key: line.key,
            field: label(&line.field),
            message: line.message,
        }
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

/// `GET /settings/import/{id}/report.csv`
pub(super) async fn report(State(app): State<App>, viewer: Viewer, Path(id): Path<ImportId>) -> Html {
    let actor = viewer.actor()?;
    let import = actions::find(&app, &actor, id).await?;
    let pieces = futures::stream::try_unfold(Some(None), move |place: Option<Option<i32>>| {
        let app = app.clone();
        async move {
            let Some(from) = place else { return Ok::<_, Error>(None) };
            let (bytes, next) = csv_report::piece(&app, &actor, id, from).await?;
            Ok(Some((bytes, next.map(Some))))
        }
    });
    let day = time::date(import.started_at.with_timezone(&viewer.zone).date_naive());
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"import-{day}.csv\""),
        ),
    ];
    Ok((headers, Body::from_stream(pieces)).into_response())
}
