//! The form of a letter that is written down by hand: what was typed → what is meant.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use super::address::{self, Mailbox, joined};
use super::model::{Content, Direction, Draft, Letter};
use crate::error::{Error, FieldErrors, Result};
use crate::files::{Sent, StoredFile};
use crate::values::recurrence::to_utc;
use crate::values::{FileId, text, time};
use crate::web::versions::{self, Picks, Row};

/// What was typed and sent.
#[derive(Debug, Default)]
pub(super) struct LetterForm {
    pub(super) direction: String,
    /// «ГГГГ-ММ-ДД»
    pub(super) date: String,
    /// «ЧЧ:ММ»
    pub(super) time: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) cc: String,
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) files: Vec<StoredFile>,
    /// Files of the letter that are to go.
    pub(super) removed: Vec<FileId>,
    pub(super) version: i32,
    pub(super) form_key: String,
    /// The fingerprint of what the form showed.
    pub(super) seen: String,
    /// What was chosen of two versions.
    pub(super) picks: Picks,
    /// What was wrong with the files.
    pub(super) complaint: Option<Error>,
}

impl LetterForm {
    /// As it was sent.
    pub(super) fn of(sent: Sent) -> Self {
        let get = |name: &'static str| sent.get(name).to_owned();
        Self {
            direction: get("direction"),
            date: get("date"),
            time: get("time"),
            from: get("from"),
            to: get("to"),
            cc: get("cc"),
            subject: get("subject"),
            text: get("text"),
            removed: sent.all("remove").filter_map(|id| id.parse().ok()).collect(),
            version: sent.get("version").parse().unwrap_or_default(),
            form_key: get("form_key"),
            seen: get("seen"),
            picks: Picks::of(sent.pairs()),
            complaint: sent.complaint(),
            files: sent.files,
        }
    }

    /// An empty one: a letter of now, from the company.
    pub(super) fn empty(own: Option<&Mailbox>, now: DateTime<Utc>, zone: Tz) -> Self {
        let local = now.with_timezone(&zone);
        Self {
            direction: Direction::In.code().to_owned(),
            date: local.format("%Y-%m-%d").to_string(),
            time: local.format("%H:%M").to_string(),
            to: own.map(ToString::to_string).unwrap_or_default(),
            ..Self::default()
        }
    }

    /// What a letter says now.
    pub(super) fn stored(letter: &Letter, zone: Tz) -> Self {
        let content = &letter.content;
        let local = content.sent_at.with_timezone(&zone);
        let mut form = Self {
            direction: content.direction.code().to_owned(),
            date: local.format("%Y-%m-%d").to_string(),
            time: local.format("%H:%M").to_string(),
            from: content.from.to_string(),
            to: joined(&content.to),
            cc: joined(&content.cc),
            subject: content.subject.clone(),
            text: content.text.clone(),
            version: letter.version,
            ..Self::default()
        };
        form.seen = versions::fingerprint(&form.rows());
        form
    }

    /// Its fields as people read them.
    pub(super) fn rows(&self) -> Vec<Row> {
        let direction = Direction::read(&self.direction).map_or("", Direction::label);
        vec![
            ("direction", "Направление", direction.to_owned()),
            ("date", "Дата", self.date.clone()),
            ("time", "Время", self.time.clone()),
            ("from", "От кого", text::line(&self.from)),
            ("to", "Кому", text::line(&self.to)),
            ("cc", "Копия", text::line(&self.cc)),
            ("subject", "Тема", text::line(&self.subject)),
            ("text", "Текст", text::lines(&self.text)),
        ]
    }

    /// Takes from the base what was chosen of it.
    pub(super) fn pick(&mut self, stored: &Self) {
        let mut take = |field: &str, mine: fn(&mut Self) -> &mut String, theirs: &String| {
            if self.picks.takes_theirs(field) {
                mine(self).clone_from(theirs);
            }
        };
        take("direction", |form| &mut form.direction, &stored.direction);
        take("date", |form| &mut form.date, &stored.date);
        take("time", |form| &mut form.time, &stored.time);
        take("from", |form| &mut form.from, &stored.from);
        take("to", |form| &mut form.to, &stored.to);
        take("cc", |form| &mut form.cc, &stored.cc);
        take("subject", |form| &mut form.subject, &stored.subject);
        take("text", |form| &mut form.text, &stored.text);
        if self.picks.takes_both("text") {
            self.text = format!("{}\n\n{}", stored.text, self.text);
        }
    }

    /// All that was typed, for a form that nobody sees.
    pub(super) fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = vec![
            ("direction", self.direction.clone()),
            ("date", self.date.clone()),
            ("time", self.time.clone()),
            ("from", self.from.clone()),
            ("to", self.to.clone()),
            ("cc", self.cc.clone()),
            ("subject", self.subject.clone()),
            ("text", self.text.clone()),
            ("version", self.version.to_string()),
            ("seen", self.seen.clone()),
        ];
        pairs.extend(self.removed.iter().map(|id| ("remove", id.to_string())));
        pairs.extend(self.files.iter().map(|file| ("kept", file.id.to_string())));
        pairs
    }

    /// The key of a new letter's form.
    pub(super) fn key(&self) -> Uuid {
        self.form_key.parse().unwrap_or_else(|_| Uuid::new_v4())
    }

    /// What is meant.
    ///
    /// # Errors
    /// [`Error::Invalid`], a sentence at each field.
    pub(super) fn parse(&mut self, now: DateTime<Utc>, zone: Tz) -> Result<Draft> {
        let mut errors = FieldErrors::default();
        if let Some(Error::Invalid(found)) = self.complaint.take() {
            for (field, sentence) in found.pairs() {
                errors.add(field, sentence);
            }
        }
        let direction = Direction::read(&self.direction);
        if direction.is_none() {
            errors.add("direction", "Выберите, входящее письмо или исходящее.");
        }
        let sent_at = self.moment(now, zone, &mut errors);
        let mut read = |field: &'static str, typed: &str| {
            address::parse(typed).unwrap_or_else(|sentence| {
                errors.add(field, sentence);
                Vec::new()
            })
        };
        let (from, to, cc) = (read("from", &self.from), read("to", &self.to), read("cc", &self.cc));
        if from.len() != 1 {
            errors.add("from", "Укажите один адрес отправителя, например ivanov@example.ru.");
        }
        if to.is_empty() {
            errors.add("to", "Укажите хотя бы одного получателя.");
        }
        let content = Content {
            direction: direction.unwrap_or(Direction::In),
            sent_at: sent_at.unwrap_or_default(),
            from: from.into_iter().next().unwrap_or_default(),
            to,
            cc,
            subject: text::line(&self.subject),
            text: text::lines(&self.text),
        };
        errors.or(Draft {
            content,
            files: self.files.clone(),
            removed: self.removed.clone(),
            version: self.version,
        })
    }

    fn moment(&self, now: DateTime<Utc>, zone: Tz, errors: &mut FieldErrors) -> Option<DateTime<Utc>> {
        let Some(date) = time::parse_date(&self.date) else {
            errors.add("date", "Укажите дату письма, например 15.12.2026.");
            return None;
        };
        let Ok(clock) = NaiveTime::parse_from_str(self.time.trim(), "%H:%M") else {
            errors.add("time", "Укажите время письма, например 14:30.");
            return None;
        };
        let moment = to_utc(date.and_time(clock), zone);
        if moment > now + TimeDelta::days(1) {
            errors.add("date", "Этот день ещё не наступил.");
        }
        Some(moment)
    }
}
