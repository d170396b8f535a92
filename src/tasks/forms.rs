//! What was typed about a task → what is meant.

use serde::Deserialize;

use super::actions::{Calendar, Reach};
use super::due;
use super::model::{Fields, LONGEST_DESCRIPTION, LONGEST_TITLE, Task};
use super::series::{Repeat, Series};
use crate::error::{FieldErrors, Result};
use crate::values::{UserId, text};
use crate::web::RecurrenceForm;

/// The form as it was sent.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct TaskForm {
    /// «Что сделать»
    pub(super) title: String,
    /// «Описание»
    pub(super) description: String,
    /// «Срок», in words.
    pub(super) due: String,
    /// A type's key, or empty.
    pub(super) kind: String,
    /// A person's key.
    pub(super) assignee: String,
    /// A company's key; empty: none.
    pub(super) company_id: String,
    /// What was typed to find a company.
    pub(super) q: String,
    /// A tick.
    pub(super) is_urgent: String,
    /// A tick: at all cards of the company's organisation.
    pub(super) everywhere: String,
    /// The version that was edited.
    pub(super) version: i32,
    /// Makes one task however often the form arrives.
    pub(super) form_key: String,
    /// Where the form leads back to.
    pub(super) back: String,
    /// The fingerprint of what the form showed.
    pub(super) seen: String,
    /// «Повтор»
    #[serde(flatten)]
    pub(super) recurrence: RecurrenceForm,
    /// How far a change of a repeated task goes: `this`, `following` or `all`.
    pub(super) reach: String,
    /// Only look for companies; nothing is saved.
    pub(super) find: Option<String>,
}

impl TaskForm {
    /// The form of a stored task.
    pub(super) fn of(task: &Task, series: Option<&Series>, calendar: Calendar) -> Self {
        let goes_on = series.filter(|series| series.next_at.is_some());
        Self {
            recurrence: goes_on.map_or_else(RecurrenceForm::default, |series| {
                RecurrenceForm::of(
                    Some(&series.repeat.rule),
                    series.starts_at,
                    series.repeat.skips_weekends,
                )
            }),
            title: task.title.clone(),
            description: task.description.clone(),
            due: task.due.map(|due| due.typed(calendar.zone)).unwrap_or_default(),
            kind: task.kind.map(|kind| kind.to_string()).unwrap_or_default(),
            assignee: task.assignee.to_string(),
            company_id: task.company.map(|company| company.to_string()).unwrap_or_default(),
            is_urgent: if task.is_urgent { "1".to_owned() } else { String::new() },
            version: task.version,
            ..Self::default()
        }
    }

    /// What is meant; whoever is not named is `by_default`.
    ///
    /// # Errors
    /// [`crate::error::Error::Invalid`] with a sentence per field.
    pub(super) fn parse(&self, by_default: Option<UserId>, calendar: Calendar) -> Result<(Fields, Option<Repeat>)> {
        let mut errors = FieldErrors::default();
        let title = text::line(&self.title);
        if title.is_empty() {
            errors.add("title", "Напишите, что нужно сделать.");
        } else if title.chars().count() > LONGEST_TITLE {
            errors.add(
                "title",
                "Название длиннее 255 знаков: перенесите подробности в описание.",
            );
        }
        let description = text::lines(&self.description).trim_end().to_owned();
        if description.chars().count() > LONGEST_DESCRIPTION {
            errors.add("description", "Описание длиннее 10 000 знаков.");
        }
        let due = due::read(&self.due, calendar.now, calendar.zone).unwrap_or_else(|sentence| {
            errors.add("due", sentence);
            None
        });
        let assignee = if self.assignee.is_empty() {
            by_default
        } else {
            self.assignee.parse().ok()
        };
        if assignee.is_none() {
            errors.add("assignee", "Выберите, кто выполнит задачу.");
        }
        let repeat = self.repeat(due, calendar, &mut errors);
        let fields = Fields {
            title,
            description,
            is_urgent: self.is_urgent == "1",
            company: self.company_id.parse().ok(),
            kind: self.kind.parse().ok(),
            assignee: assignee.unwrap_or(UserId(0)),
            due,
        };
        errors.or((fields, repeat))
    }

    /// How it repeats; `None`: it does not.
    fn repeat(&self, due: Option<due::Due>, calendar: Calendar, errors: &mut FieldErrors) -> Option<Repeat> {
        if self.recurrence.repeat.is_empty() {
            return None;
        }
        let Some(due) = due else {
            errors.add("due", "Повтору нужен срок: с какого дня он начинается?");
            return None;
        };
        let rule = self.recurrence.read(due::wall(due.at, calendar.zone), errors)?;
        Some(Repeat {
            rule,
            skips_weekends: self.recurrence.moves_off_weekends(),
        })
    }

    /// How far the change goes.
    pub(super) fn reach(&self) -> Reach {
        Reach::from_code(&self.reach)
    }
}
