//! `/settings/system/…`: how the installation stands, and its copies.

mod copies;
pub(super) mod works;

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;

use self::copies::CopiesPanel;
use self::works::WorkRow;
use crate::app::App;
use crate::error::Error;
use crate::policy::Action;
use crate::settings::paths;
use crate::system::{self, Overview};
use crate::values::{text, time};
use crate::web::{
    Guard, Html, Layout, Routes, Section, Viewer, flash, fragment, is_htmx, page, see_other, see_other_with,
};
use crate::{accounts, files, metrics};

/// `/settings/system/…`
pub(super) fn routes() -> Routes {
    let admins = Guard::May(Action::ManageSystem);
    Routes::new()
        .get("/settings/system/", admins, show)
        .get("/settings/system/copies/", admins, copies)
        .post("/settings/system/backup/", admins, backup)
        .post("/settings/system/make-working/", admins, make_working)
}

/// What tables hold, for people who do not know their names.
const TABLES: &[(&str, &str)] = &[
    ("audit_events", "Журнал действий"),
    ("companies", "Компании"),
    ("company_emails", "Почта компаний"),
    ("company_phones", "Телефоны компаний"),
    ("company_sphere_links", "Сферы компаний"),
    ("company_words", "Слова для поиска"),
    ("contact_emails", "Почта контактов"),
    ("contact_phones", "Телефоны контактов"),
    ("contacts", "Контакты"),
    ("file_disposals", "Файлы к удалению"),
    ("files", "Сведения о файлах"),
    ("import_rows", "Отчёты импорта"),
    ("letters", "Письма"),
    ("notes", "Заметки"),
    ("sessions", "Сеансы"),
    ("task_comments", "Комментарии задач"),
    ("tasks", "Задачи"),
    ("trash", "Корзина"),
];

#[derive(Template)]
#[template(path = "settings/system.html")]
struct SystemPage {
    layout: Layout,
    uptime: String,
    passive: Option<Passive>,
    stats: Vec<Stat>,
    copies: CopiesPanel,
    works: Vec<WorkRow>,
    facts: Vec<(&'static str, String)>,
    tables: Vec<TableRow>,
}

/// Why this copy sends nothing.
struct Passive {
    /// «Восстановлена из …, 25.11.2026 12:00»; empty: the configuration says so.
    origin: String,
    /// Whether a person may end it here; else the configuration must change.
    is_ended_here: bool,
}

struct Stat {
    /// Of the number: empty, `warm`, `danger`.
    tone: &'static str,
    number: String,
    text: String,
}

struct TableRow {
    label: &'static str,
    name: String,
    size: String,
    /// Empty: the planner has not counted them yet.
    rows: String,
    /// Of the whole database.
    percent: i64,
}

/// `GET /settings/system/`
async fn show(State(app): State<App>, viewer: Viewer) -> Html {
    let actor = viewer.actor()?;
    // Whoever opens the page wants to know how things are now.
    system::refresh(&app).await?;
    let viewer = Viewer {
        standing: app.standing.read(),
        ..viewer
    };
    let overview = system::overview(&app, &actor).await?;
    let presence = accounts::presence(&app, &actor).await?;
    let files = files::totals(&app, &actor).await?;
    let works = app.works.list();
    page(&SystemPage {
        layout: viewer.layout(Section::Settings),
        uptime: system::days_or_hours(app.now() - app.started_at),
        passive: passive(&app, &viewer, &overview),
        stats: stats(&app, &overview, presence, files),
        copies: CopiesPanel::of(&app, &viewer, &actor).await?,
        works: works.iter().map(|work| WorkRow::of(work, &app, &viewer)).collect(),
        facts: facts(&app, &viewer, &overview),
        tables: tables(&overview),
    })
}

/// `GET /settings/system/copies/`: the part that is renewed while a copy is made.
async fn copies(State(app): State<App>, viewer: Viewer, headers: HeaderMap) -> Html {
    if !is_htmx(&headers) {
        return see_other(paths::SYSTEM);
    }
    fragment(&CopiesPanel::of(&app, &viewer, &viewer.actor()?).await?)
}

/// `POST /settings/system/backup/`
async fn backup(State(app): State<App>, viewer: Viewer) -> Html {
    let said = match system::begin_copy(&app, &viewer.actor()?).await {
        Ok(()) => flash("success", "Копия делается. Страницу можно закрыть."),
        Err(Error::Conflict(sentence)) => flash("warning", sentence),
        Err(error) => return Err(error.into()),
    };
    see_other_with(paths::SYSTEM, &said)
}

/// `POST /settings/system/make-working/`
async fn make_working(State(app): State<App>, viewer: Viewer) -> Html {
    let actor = viewer.actor()?;
    let was_passive = system::make_working(&app.db, &actor).await?;
    system::refresh(&app).await?;
    let said = if was_passive {
        flash(
            "success",
            "База стала рабочей: письма и уведомления снова отправляются.",
        )
    } else {
        flash("info", "Эта база и так рабочая.")
    };
    see_other_with(paths::SYSTEM, &said)
}

fn passive(app: &App, viewer: &Viewer, overview: &Overview) -> Option<Passive> {
    let origin = &overview.origin;
    if !origin.is_passive && !app.config.passive {
        return None;
    }
    let when = origin.restored_at.map(|at| time::date_time(at, viewer.zone));
    Some(Passive {
        origin: match when {
            Some(when) if origin.is_passive => format!("«{}», {when}", origin.restored_from),
            _ => String::new(),
        },
        is_ended_here: origin.is_passive && !app.config.passive,
    })
}

fn stats(app: &App, overview: &Overview, presence: accounts::Presence, (count, bytes): (i64, i64)) -> Vec<Stat> {
    const GIB: u64 = 1 << 30;
    let stat = |tone, number: String, text: String| Stat { tone, number, text };
    let mut stats = vec![
        stat("", text::size(overview.database.bytes), "база данных".to_owned()),
        stat(
            "",
            text::size(bytes),
            format!("в файлах: {}", text::count(count, ["файл", "файла", "файлов"])),
        ),
    ];
    if let Some(disk) = overview.disk {
        let tone = match disk.free {
            ..GIB => "danger",
            free if free < 5 * GIB => "warm",
            _ => "",
        };
        let of = format!("свободно на диске из {}", shown(disk.total));
        stats.push(stat(tone, shown(disk.free), of));
    }
    let people = text::count(presence.people, ["человека", "человек", "человек"]);
    let sessions = text::count(presence.sessions, ["сеанс", "сеанса", "сеансов"]);
    stats.push(stat(
        "",
        text::number(presence.present),
        format!("сейчас за работой; открыто {sessions} у {people}"),
    ));
    let standing = app.standing.read();
    let age = standing.copied_at.map(|at| app.now() - at);
    let tone = match age {
        _ if standing.is_copy_failed => "danger",
        Some(age) if age > system::OLD => "warm",
        _ => "",
    };
    let number = age.map_or_else(|| "нет".to_owned(), system::days_or_hours);
    stats.push(stat(tone, number, "возраст последней копии".to_owned()));
    stats
}

fn facts(app: &App, viewer: &Viewer, overview: &Overview) -> Vec<(&'static str, String)> {
    let database = &overview.database;
    let started = time::relative(app.started_at, app.now(), viewer.zone);
    vec![
        ("CRM ПРОФИ", env!("CARGO_PKG_VERSION").to_owned()),
        ("PostgreSQL", database.version.clone()),
        (
            "Миграции",
            format!("{}, последняя {}", database.migrations, database.schema),
        ),
        ("Запущена", started),
        (
            "Память программы",
            metrics::resident_memory().map_or_else(|| "неизвестно".to_owned(), text::size),
        ),
        (
            "Соединения с базой",
            format!(
                "{} занято из {}; всего у сервера {} из {}",
                usize::try_from(app.db.size())
                    .unwrap_or_default()
                    .saturating_sub(app.db.num_idle()),
                app.db.options().get_max_connections(),
                database.connections,
                database.max_connections
            ),
        ),
        ("Часовой пояс", app.config.time_zone.name().to_owned()),
        ("Данные", app.config.data_dir.display().to_string()),
        ("Файлы", app.files.describe()),
    ]
}

fn tables(overview: &Overview) -> Vec<TableRow> {
    let whole = overview.database.bytes.max(1);
    let row = |table: &system::TableFacts| {
        let label = TABLES.iter().find(|(name, _)| *name == table.name);
        TableRow {
            label: label.map_or("", |(_, label)| label),
            name: table.name.clone(),
            size: text::size(table.bytes),
            rows: if table.rows > 0 {
                text::number(table.rows)
            } else {
                String::new()
            },
            percent: table.bytes * 100 / whole,
        }
    };
    overview.tables.iter().map(row).collect()
}

fn shown(bytes: u64) -> String {
    text::size(i64::try_from(bytes).unwrap_or(i64::MAX))
}
