//! The panel of copies: how they are made, how far one is, which there are.

use askama::Template;

use super::works::duration;
use crate::app::App;
use crate::error::Result;
use crate::policy::Actor;
use crate::system::{self, Kind, Listed, State};
use crate::values::{text, time};
use crate::web::Viewer;
use crate::web::assets::{self, Assets};

#[derive(Template)]
#[template(path = "settings/_copies.html")]
pub(super) struct CopiesPanel {
    assets: &'static Assets,
    csrf: String,
    schedule: String,
    folder: String,
    /// Of a copy that is being made: percent, and what is done just now.
    running: Option<(i64, &'static str)>,
    rows: Vec<CopyRow>,
}

impl askama::filters::HtmlSafe for CopiesPanel {}

struct CopyRow {
    when: String,
    kind: &'static str,
    /// Empty: there is none.
    size: String,
    contents: String,
    took: String,
    /// Tone and word.
    state: (&'static str, &'static str),
    path: String,
    failure: String,
}

impl CopiesPanel {
    pub(super) async fn of(app: &App, viewer: &Viewer, actor: &Actor) -> Result<Self> {
        let copies = system::copies(app, actor).await?;
        let running = copies.iter().find(|listed| listed.copy.state == State::Running);
        let running = running.map(|listed| progress(listed.copy.done, listed.copy.total));
        Ok(Self {
            assets: assets::urls(),
            csrf: viewer.csrf.clone(),
            schedule: schedule(app),
            folder: system::folder(&app.config).display().to_string(),
            running,
            rows: copies.iter().map(|listed| CopyRow::of(listed, app, viewer)).collect(),
        })
    }
}

/// The last look at the finished file has no measure of its own.
fn progress(done: i64, total: i64) -> (i64, &'static str) {
    if total == 0 {
        (0, "Готовимся")
    } else if done >= total {
        (100, "Проверяем готовую копию")
    } else {
        (done.saturating_mul(100) / total, "Копируем")
    }
}

fn schedule(app: &App) -> String {
    let Some(at) = app.config.backup_at else {
        return "Ночные копии выключены (CRM_BACKUP_AT=off): следите за копиями сами.".to_owned();
    };
    let keep = i64::try_from(app.config.backup_keep).unwrap_or(i64::MAX);
    format!(
        "Каждую ночь в {} ({}), {} {keep}. Пропущенная делается вскоре после запуска.",
        at.format("%-H:%M"),
        app.config.time_zone.name(),
        text::plural(keep, ["хранится последняя", "хранятся последние", "хранятся последние"])
    )
}

impl CopyRow {
    fn of(listed: &Listed, app: &App, viewer: &Viewer) -> Self {
        let copy = &listed.copy;
        let took = copy.finished_at.map(|end| (end - copy.started_at).num_milliseconds());
        Self {
            when: time::relative(copy.started_at, app.now(), viewer.zone),
            kind: kind(copy.kind),
            size: if copy.bytes > 0 {
                text::size(copy.bytes)
            } else {
                String::new()
            },
            contents: contents(listed),
            took: took.map_or_else(String::new, |ms| duration(ms.unsigned_abs().into())),
            state: match copy.state {
                State::Running => ("progress", "Делается"),
                State::Failed => ("danger", "Не удалась"),
                State::Done if !listed.is_here => ("neutral", "Не здесь"),
                State::Done if !copy.failure.is_empty() => ("warm", "Готова"),
                State::Done => ("done", "Готова"),
            },
            path: copy.path.display().to_string(),
            failure: copy.failure.clone(),
        }
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Manual => "По просьбе",
        Kind::Nightly => "Ночная",
        Kind::BeforeUpgrade => "Перед обновлением",
        Kind::BeforeRestore => "Перед восстановлением",
    }
}

/// «1 204 строки, 3 файла, без 2 файлов из S3»
fn contents(listed: &Listed) -> String {
    let copy = &listed.copy;
    if copy.rows == 0 {
        return String::new();
    }
    let rows = text::count(copy.rows, ["строка", "строки", "строк"]);
    let files = text::count(copy.files, ["файл", "файла", "файлов"]);
    let absent = match copy.absent {
        0 => String::new(),
        absent => format!(", без {} из S3", text::count(absent, ["файла", "файлов", "файлов"])),
    };
    format!("{rows}, {files}{absent}")
}
