//! `/settings/activity/`: the audit log with its filters, and as a file.

mod file;
mod query;

use askama::Template;
use axum::extract::State;

pub(super) use file::export;
use query::LogQuery;

use super::narrowing::Chip;

use crate::app::App;
use crate::audit::{self, LogRow};
use crate::settings::paths;
use crate::values::{text, time};
use crate::web::{Html, Layout, Opt, Query, Section, Viewer, page};
use crate::{accounts, bulk, companies, contacts, letters, notes, tasks};

#[derive(Template)]
#[template(path = "settings/activity.html")]
struct ActivityPage {
    layout: Layout,
    query: LogQuery,
    people: Vec<Opt>,
    entities: Vec<Opt>,
    verbs: Vec<Opt>,
    chips: Vec<Chip>,
    rows: Vec<Row>,
    previous: Option<String>,
    next: Option<String>,
    since_error: &'static str,
    until_error: &'static str,
}

struct Row {
    at: String,
    actor: String,
    verb: String,
    entity: String,
    url: Option<String>,
    /// The same list of this object only.
    only: String,
    message: String,
    changes: Vec<(String, String, String)>,
    origin: String,
    user_agent: String,
}

/// `GET /settings/activity/`
pub(super) async fn index(State(app): State<App>, viewer: Viewer, Query(query): Query<LogQuery>) -> Html {
    let actor = viewer.actor()?;
    let (filter, errors) = query.filter(viewer.zone);
    let found = audit::log(&app, &actor, &filter, &query.place()).await?;
    let (verbs, entities) = audit::log_kinds(&app, &actor).await?;
    let people = &accounts::directory(&app, viewer.stamp).await?.people;
    let mut options = vec![Opt::new("system", "Система", query.person == "system")];
    options.extend(people.iter().map(|person| {
        let chosen = person.id.to_string() == query.person;
        Opt::new(person.id, person.name.as_str(), chosen)
    }));
    let kinds = |codes: Vec<String>, chosen: &str, label: fn(&str) -> &str| -> Vec<Opt> {
        let mut options: Vec<Opt> = codes
            .iter()
            .map(|code| Opt::new(code, label(code), code == chosen))
            .collect();
        options.sort_by(|one, two| one.label.cmp(&two.label));
        options
    };
    let (previous, next) = query.ways(&found);
    page(&ActivityPage {
        layout: viewer.layout(Section::Settings),
        chips: query.chips(&options),
        people: options,
        entities: kinds(entities, &query.entity, audit::entity_label),
        verbs: kinds(verbs, &query.verb, audit::verb_label),
        rows: found
            .rows
            .into_iter()
            .map(|row| shown(row, &query, viewer.zone))
            .collect(),
        previous,
        next,
        since_error: errors.since,
        until_error: errors.until,
        query,
    })
}

fn shown(row: LogRow, query: &LogQuery, zone: chrono_tz::Tz) -> Row {
    let short = |value: &str| text::excerpt(value, 300);
    Row {
        at: time::date_time(row.at, zone),
        verb: audit::verb_label(&row.verb).to_owned(),
        entity: audit::entity_label(&row.entity).to_owned(),
        url: url(&row.entity, &row.entity_id),
        only: query.of_object(&row.entity, &row.entity_id),
        changes: row
            .changes
            .iter()
            .map(|(field, old, new)| (field_label(&row.entity, field), short(old), short(new)))
            .collect(),
        actor: who(row.actor),
        message: row.message,
        origin: row.ip,
        user_agent: row.user_agent,
    }
}

fn who(actor: String) -> String {
    if actor.is_empty() {
        "Система".to_owned()
    } else {
        actor
    }
}

/// Where the object lives, when it has a page of its own.
fn url(entity: &str, id: &str) -> Option<String> {
    match entity {
        "company" => id.parse().ok().map(companies::paths::show),
        "contact" => id.parse().ok().map(contacts::paths::show),
        "user" | "session" => id
            .parse()
            .ok()
            .filter(|id| *id != crate::values::UserId(0))
            .map(paths::user),
        "branch" => id.parse().ok().map(paths::branch),
        "task" => id.parse().ok().map(tasks::paths::show),
        "bulk_act" => id.parse().ok().map(bulk::path),
        "import" => id
            .parse::<uuid::Uuid>()
            .ok()
            .map(|id| format!("/settings/import/{id}/")),
        _ => None,
    }
}

/// The Russian name of an object's field.
fn field_label(entity: &str, field: &str) -> String {
    let label = match entity {
        "company" => Some(companies::field_label(field)),
        "contact" => contacts::field_label(field),
        "note" => notes::field_label(field),
        "letter" => letters::field_label(field),
        "task" => tasks::field_label(field),
        _ => match field {
            "call_outcome" => Some("Итог звонка"),
            "ttl_seconds" => Some("Срок жизни запроса"),
            "username" => Some("Логин"),
            "first_name" => Some("Имя"),
            "last_name" => Some("Фамилия"),
            "email" => Some("E-mail"),
            "role" => Some("Роль"),
            "branch" => Some("Филиал"),
            "time_zone" => Some("Часовой пояс"),
            "code" => Some("Код"),
            "name" => Some("Название"),
            "tone" => Some("Цвет"),
            "is_active" => Some("Можно выбрать"),
            "is_important" => Some("Важная"),
            "is_annual" => Some("Годовой"),
            "warning_days" => Some("Оранжевый, дней"),
            "danger_days" => Some("Красный, дней"),
            "warning_amount" => Some("Оранжевый, ₽"),
            "danger_amount" => Some("Красный, ₽"),
            "manager" => Some("Менеджер"),
            "sales_head" => Some("Руководитель отдела продаж"),
            "branch_director" => Some("Директор филиала"),
            "group_manager" => Some("Управляющий"),
            "admin" => Some("Администратор"),
            "actor" => Some("Кто"),
            "entity" => Some("Что"),
            "entity_id" => Some("Номер"),
            "verb" => Some("Действие"),
            "since" => Some("С"),
            "until" => Some("До"),
            _ => None,
        },
    };
    label.unwrap_or(field).to_owned()
}
