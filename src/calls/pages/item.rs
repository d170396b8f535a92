//! A call in the timeline of a card.

use askama::Template;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::bar::number;
use crate::calls::model::{Answer, Outcome, State};
use crate::calls::queries::read::Row;
use crate::calls::{actions, paths};
use crate::error::Result;
use crate::values::{UserId, text, time};
use crate::web::Viewer;
use crate::web::assets::{self, Assets};

/// One call.
#[derive(Template)]
#[template(path = "calls/_item.html")]
pub(crate) struct CallItem {
    assets: &'static Assets,
    at: DateTime<Utc>,
    key: String,
    person: String,
    whom: String,
    number: String,
    is_cold: bool,
    /// What marks it as the cold one; empty: that is past, or not the reader's.
    mark: String,
    csrf: String,
    /// Colour and words of how it went.
    badge: (&'static str, &'static str),
    talk: String,
    time: String,
    exact_time: String,
}

impl askama::filters::HtmlSafe for CallItem {}

impl CallItem {
    /// Where it stands in the timeline.
    pub(crate) fn place(&self) -> (DateTime<Utc>, &str) {
        (self.at, &self.key)
    }
}

/// Calls of these cards as this reader sees them, newest first.
///
/// # Errors
/// The database's.
pub(crate) async fn of_cards(
    conn: &mut PgConnection,
    (viewer, now): (&Viewer, DateTime<Utc>),
    cards: &[Uuid],
    by: Option<UserId>,
    (before, limit): (Option<(DateTime<Utc>, Uuid)>, i64),
) -> Result<Vec<CallItem>> {
    let rows = actions::of_cards(conn, cards, by, before, limit).await?;
    Ok(rows.into_iter().map(|row| item(row, viewer, now)).collect())
}

/// How long a call may be marked as the cold one.
const MARKED_WITHIN: TimeDelta = TimeDelta::hours(8);

/// What marks a call as the cold one, when the reader made it and it is not too late.
fn mark(row: &Row, viewer: &Viewer, now: DateTime<Utc>) -> String {
    let is_own = viewer.actor.and_then(|actor| actor.user) == Some(row.user);
    if !is_own || row.is_cold || now - row.created_at > MARKED_WITHIN {
        return String::new();
    }
    match (row.contact, row.company) {
        (Some(contact), _) => paths::mark_contact(contact),
        (None, Some(company)) => paths::mark_company(company),
        (None, None) => String::new(),
    }
}

fn item(row: Row, viewer: &Viewer, now: DateTime<Utc>) -> CallItem {
    let talk = row.duration.filter(|seconds| *seconds > 0);
    CallItem {
        assets: assets::urls(),
        at: row.created_at,
        key: row.id.to_string(),
        number: number(&row.phone, &row.extension),
        badge: badge(&row),
        mark: mark(&row, viewer, now),
        csrf: viewer.csrf.clone(),
        whom: row.contact_name.unwrap_or_default(),
        person: row.person,
        is_cold: row.is_cold,
        talk: talk.map(text::duration).unwrap_or_default(),
        time: time::relative(row.created_at, now, viewer.zone),
        exact_time: time::date_time(row.created_at, viewer.zone),
    }
}

pub(super) fn badge(row: &Row) -> (&'static str, &'static str) {
    badge_of((row.outcome.as_deref(), row.result.as_deref()), &row.state)
}

/// Colour and words of how a call went: the person's word counts before the phone's, and without both its state.
pub(crate) fn badge_of((outcome, result): (Option<&str>, Option<&str>), state: &str) -> (&'static str, &'static str) {
    if let Some(outcome) = outcome.and_then(Outcome::read) {
        return (outcome.tone(), outcome.label());
    }
    match result.map(Answer::read) {
        Some(Answer::Connected) => ("done", Answer::Connected.label()),
        Some(answer) => ("neutral", answer.label()),
        None => match State::read(state) {
            State::Expired => ("neutral", "Не подтверждён телефоном"),
            State::Ended => ("neutral", "Итог неизвестен"),
            _ => ("progress", "На телефоне"),
        },
    }
}
