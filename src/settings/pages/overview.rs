//! `/settings/`, `/settings/styleguide/` and the old `/admin/`.

use askama::Template;
use axum::extract::State;
use chrono::NaiveDate;

use crate::accounts;
use crate::app::App;
use crate::error::FieldErrors;
use crate::settings::paths;
use crate::values::{Recurrence, text};
use crate::web::{Html, Layout, RecurrenceForm, Section, Viewer, page, see_other};

#[derive(Template)]
#[template(path = "settings/overview.html")]
struct OverviewPage {
    layout: Layout,
    users: String,
    branches: String,
}

/// `GET /settings/`
pub(super) async fn show(State(app): State<App>, viewer: Viewer) -> Html {
    let users = accounts::users(&app, &viewer.actor()?).await?;
    let branches = accounts::branches(&app).await?;
    let names: Vec<_> = branches.iter().take(3).map(|branch| branch.name.as_str()).collect();
    let more = if branches.len() > names.len() {
        " и другие"
    } else {
        ""
    };
    page(&OverviewPage {
        layout: viewer.layout(Section::Settings),
        users: head_count(users.iter().map(|user| user.is_active)),
        branches: if names.is_empty() {
            "Пока нет".to_owned()
        } else {
            names.join(", ") + more
        },
    })
}

/// «50 человек, отключены: 3».
pub(super) fn head_count(active: impl Iterator<Item = bool>) -> String {
    let (on, off): (Vec<_>, Vec<_>) = active.partition(|active| *active);
    let count = |list: Vec<bool>| i64::try_from(list.len()).unwrap_or(i64::MAX);
    let people = text::count(count(on), ["человек", "человека", "человек"]);
    match count(off) {
        0 => people,
        off => format!("{people}, отключены: {off}"),
    }
}

#[derive(Template)]
#[template(path = "styleguide/show.html")]
struct StyleguidePage {
    layout: Layout,
    recurrence: RecurrenceForm,
    recurrence_errors: FieldErrors,
    recurrence_words: String,
}

/// `GET /settings/styleguide/`: every component, for developers.
pub(super) async fn styleguide(viewer: Viewer) -> Html {
    let start = NaiveDate::from_ymd_opt(2026, 12, 1).unwrap_or_default().into();
    let rule = Recurrence::parse("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;UNTIL=20270301").ok();
    let mut errors = FieldErrors::default();
    errors.add("repeat_every", "Шаг — целое число от 1 до 999.");
    page(&StyleguidePage {
        layout: viewer.layout(Section::Settings),
        recurrence: RecurrenceForm::of(rule.as_ref(), start, true),
        recurrence_errors: errors,
        recurrence_words: rule.map(|rule| rule.in_words(start)).unwrap_or_default(),
    })
}

/// `GET /admin/`: where administrators of the older system look.
pub(super) async fn old_address() -> Html {
    see_other(paths::OVERVIEW)
}
