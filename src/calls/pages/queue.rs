//! `/calls/queue/`: one company after another, by the keyboard.

use askama::Template;
use axum::extract::State;
use serde::Deserialize;
use uuid::Uuid;

use super::bar::number;
use super::item::{badge, badge_of};
use crate::app::App;
use crate::calls::actions::{self, LOOKED_AT, Next, SKIPPED};
use crate::calls::queries::read::{Row, Talk};
use crate::companies;
use crate::values::{ContactId, text, time};
use crate::web::{Html, Layout, Query, Section, Viewer, page, whom};

/// Letters of a note: enough to know what it was about.
const NOTE: usize = 400;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct QueueQuery {
    /// `cold`, `warm`, or empty: all.
    state: String,
    /// Keys of companies that were passed over.
    skip: Vec<Uuid>,
}

#[derive(Template)]
#[template(path = "calls/queue.html")]
struct QueuePage {
    layout: Layout,
    state: String,
    next: Option<Shown>,
    asleep: String,
    /// There may be open ones behind those that were looked at.
    is_cut: bool,
    /// The address of the queue without what was passed over.
    anew: String,
    has_skipped: bool,
}

struct Shown {
    name: String,
    href: String,
    facts: Vec<String>,
    clock: String,
    /// How the zone is known; empty: it was set by hand.
    source: &'static str,
    /// The badge of known hours; empty: they are not known.
    open: String,
    is_cold: bool,
    phones: Vec<PhoneRow>,
    talk: Option<TalkRow>,
    /// The last call, when it is another one.
    last: Option<CallRow>,
    /// The address of the next one.
    pass: String,
}

/// A call in one line.
struct CallRow {
    at: String,
    who: String,
    badge: (&'static str, &'static str),
}

/// A talk in one line, with what was written of it.
struct TalkRow {
    call: CallRow,
    lasted: String,
    note: String,
}

struct PhoneRow {
    whom: String,
    shown: String,
    comment: String,
}

/// `GET /calls/queue/`
pub(super) async fn show(State(app): State<App>, viewer: Viewer, Query(query): Query<QueueQuery>) -> Html {
    let is_cold = match query.state.as_str() {
        "cold" => Some(true),
        "warm" => Some(false),
        _ => None,
    };
    let (next, asleep) = actions::next(&app, &viewer.actor()?, is_cold, &query.skip).await?;
    page(&QueuePage {
        layout: viewer.layout(Section::Calls),
        next: next.map(|next| shown(&app, &viewer, &query, next)),
        is_cut: asleep >= LOOKED_AT,
        asleep: match i64::try_from(asleep).unwrap_or(i64::MAX) {
            0 => String::new(),
            count => text::count(count, ["компания", "компании", "компаний"]),
        },
        anew: address(&query.state, &[]),
        has_skipped: !query.skip.is_empty(),
        state: query.state,
    })
}

fn address(state: &str, skipped: &[Uuid]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    if !state.is_empty() {
        query.append_pair("state", state);
    }
    for id in skipped {
        query.append_pair("skip", &id.to_string());
    }
    format!("/calls/queue/?{}", query.finish())
}

fn shown(app: &App, viewer: &Viewer, query: &QueueQuery, next: Next) -> Shown {
    let company = next.company;
    // Passed over, the oldest ones come again.
    let mut skipped = query.skip.clone();
    skipped.push(company.id.0);
    let from = skipped.len().saturating_sub(SKIPPED);
    let fields = &company.fields;
    let phone = |row: &companies::CompanyPhone| PhoneRow {
        whom: whom(&row.phone, Some(company.id), None::<ContactId>),
        shown: row.phone.display(),
        comment: row.comment.clone(),
    };
    let facts = [
        &company.status_name,
        &company.region_name,
        &fields.activity_kind,
        &fields.contact_name,
    ];
    Shown {
        href: companies::paths::show(company.id),
        facts: facts.into_iter().filter(|fact| !fact.is_empty()).cloned().collect(),
        clock: next.clock.time,
        source: next.clock.source,
        open: next.clock.call.map(|call| call.text).unwrap_or_default(),
        is_cold: company.is_cold(),
        phones: fields
            .phones
            .iter()
            .map(phone)
            .filter(|row| !row.whom.is_empty())
            .collect(),
        last: next
            .last
            .filter(|row| next.talk.as_ref().is_none_or(|talk| talk.id != row.id))
            .map(|row| last(app, viewer, row)),
        talk: next.talk.map(|row| talk(app, viewer, row)),
        pass: address(&query.state, &skipped[from..]),
        name: fields.name.clone(),
    }
}

fn last(app: &App, viewer: &Viewer, row: Row) -> CallRow {
    CallRow {
        at: time::relative(row.created_at, app.now(), viewer.zone),
        badge: badge(&row),
        who: if row.person.is_empty() {
            number(&row.phone, &row.extension)
        } else {
            row.person
        },
    }
}

fn talk(app: &App, viewer: &Viewer, row: Talk) -> TalkRow {
    let lasted = row.duration.filter(|seconds| *seconds > 0);
    TalkRow {
        call: CallRow {
            at: time::relative(row.at, app.now(), viewer.zone),
            badge: badge_of(
                row.outcome.as_deref(),
                (row.result.as_deref(), row.duration),
                &row.state,
            ),
            who: row.person,
        },
        lasted: lasted.map(text::duration).unwrap_or_default(),
        note: row.note.map(|note| text::excerpt(&note, NOTE)).unwrap_or_default(),
    }
}
