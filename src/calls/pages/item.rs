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
use crate::notes::Reader;
use crate::policy::{Action, may};
use crate::values::{CallId, ContactId, Phone, UserId, text, time};
use crate::web;
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
    /// What calls that number again; empty: nobody can.
    call: String,
    /// Why one does not call there; empty: one may.
    no_call: String,
    is_cold: bool,
    /// What marks it as the cold one; empty: the rule does not let the reader.
    mark: String,
    /// Where its outcome is written down; empty: that is done, or not the reader's.
    outcome: String,
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

/// Calls that are shown on the reader's card, newest first: its own and those of all (`cards`, with itself) that have become
/// part of it.
///
/// # Errors
/// The database's.
pub(crate) async fn of_cards(
    conn: &mut PgConnection,
    (reader, cards): (&Reader<'_>, &[Uuid]),
    by: Option<UserId>,
    (before, limit): (Option<(DateTime<Utc>, Uuid)>, i64),
) -> Result<Vec<CallItem>> {
    let rows = actions::of_cards(conn, (reader.company, cards), by, before, limit).await?;
    let markable = markable(conn, reader, &rows).await?;
    Ok(rows.into_iter().map(|row| item(row, reader, &markable)).collect())
}

/// How long a call may be marked as the cold one.
const MARKED_WITHIN: TimeDelta = TimeDelta::hours(8);

/// Which of these calls the reader may mark as the cold one now.
async fn markable(conn: &mut PgConnection, reader: &Reader<'_>, rows: &[Row]) -> Result<Vec<CallId>> {
    let actor = reader.viewer.actor()?;
    if !may(&actor, Action::EditCompany, reader.ties) {
        return Ok(Vec::new());
    }
    // Mostly none is that fresh, and nothing is asked for.
    let is_fresh = |row: &&Row| is_own(row, reader) && !row.is_cold && reader.now - row.created_at <= MARKED_WITHIN;
    let mut whose: Vec<_> = rows
        .iter()
        .filter(is_fresh)
        .map(|row| row.contact.map(ContactId))
        .collect();
    whose.sort_unstable();
    whose.dedup();
    actions::markable_of(conn, &actor, reader.company, &whose).await
}

fn is_own(row: &Row, reader: &Reader<'_>) -> bool {
    reader.viewer.actor.and_then(|actor| actor.user) == Some(row.user)
}

fn item(row: Row, reader: &Reader<'_>, markable: &[CallId]) -> CallItem {
    let mark = match row.contact {
        _ if !markable.contains(&row.id) => String::new(),
        Some(contact) => paths::mark_contact(contact),
        None => paths::mark_company(reader.company.0),
    };
    let is_open = is_own(&row, reader) && row.outcome.is_none() && row.state != State::Cancelled.code();
    // Of a contact that is gone for good, the number is the card's.
    let contact = row.contact.filter(|_| row.contact_name.is_some());
    CallItem {
        assets: assets::urls(),
        at: row.created_at,
        key: row.id.to_string(),
        number: number(&row.phone, &row.extension),
        call: whom((&row.phone, &row.extension), Some(reader.company.0), contact),
        badge: badge(&row),
        mark,
        outcome: if is_open { paths::outcome(row.id) } else { String::new() },
        csrf: reader.viewer.csrf.clone(),
        talk: row
            .duration
            .filter(|seconds| *seconds > 0)
            .map(text::duration)
            .unwrap_or_default(),
        no_call: row.no_call,
        whom: row.contact_name.unwrap_or_default(),
        person: row.person,
        is_cold: row.is_cold,
        time: time::relative(row.created_at, reader.now, reader.viewer.zone),
        exact_time: time::date_time(row.created_at, reader.viewer.zone),
    }
}

/// What the button beside the number of a call sends, to call it again.
pub(crate) fn whom((e164, extension): (&str, &str), company: Option<Uuid>, contact: Option<Uuid>) -> String {
    let phone = Phone::read(e164).map(|phone| Phone {
        extension: extension.to_owned(),
        ..phone
    });
    phone.map_or_else(String::new, |phone| web::whom(&phone, company, contact))
}

pub(super) fn badge(row: &Row) -> (&'static str, &'static str) {
    badge_of(
        row.outcome.as_deref(),
        (row.result.as_deref(), row.duration),
        &row.state,
    )
}

/// Colour and words of how a call went: the person's word counts before the phone's with the length of the talk, and without
/// both its state.
pub(crate) fn badge_of(
    outcome: Option<&str>,
    (result, seconds): (Option<&str>, Option<i32>),
    state: &str,
) -> (&'static str, &'static str) {
    if let Some(outcome) = outcome.and_then(Outcome::read) {
        return (outcome.tone(), outcome.label());
    }
    match Answer::of(result, seconds) {
        Some(Answer::Connected) => ("done", Answer::Connected.label()),
        Some(answer) => ("neutral", answer.label()),
        None => match State::read(state) {
            State::Expired => ("neutral", "Не подтверждён телефоном"),
            State::Ended => ("neutral", "Итог неизвестен"),
            State::Superseded => ("neutral", "Заменён новым звонком"),
            State::Cancelled => ("neutral", "Отменён"),
            _ => ("progress", "На телефоне"),
        },
    }
}
