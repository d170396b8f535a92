//! «Не звонить»: the rule that companies and people share.

use chrono::{DateTime, Utc};

use crate::audit::Changes;
use crate::error::{Error, Result};
use crate::values::text;

/// The longest reason, in characters.
const LONGEST_REASON: usize = 300;
const STALE: &str = "Отметку только что изменил кто-то другой: прочитайте новую причину.";

/// «Не звонить»
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DoNotCall {
    /// When it was marked so.
    pub(crate) at: DateTime<Utc>,
    /// «Имя Фамилия»; empty: the system.
    pub(crate) by: String,
    /// What those who open the card read.
    pub(crate) reason: String,
}

/// A change of the mark.
#[derive(Debug)]
pub(crate) struct NewMark {
    /// `None`: the mark is taken off.
    pub(crate) reason: Option<String>,
    /// What the history says: «Поставлена отметка …».
    pub(crate) said: &'static str,
    /// For the history.
    pub(crate) changes: Changes,
}

/// What a wish comes to: `typed` is the wanted reason, `None` takes the mark off; `before` is what the base holds, `seen`
/// the reason that was on the screen, empty for no mark. `whom` is «этой компании». `None`: it is so already.
///
/// # Errors
/// [`Error::Invalid`] at `reason`; [`Error::Conflict`] when somebody else changed the mark meanwhile.
pub(crate) fn new_mark(whom: &str, typed: Option<&str>, before: Option<String>, seen: &str) -> Result<Option<NewMark>> {
    let reason = typed.map(|typed| parse(whom, typed)).transpose()?;
    if before == reason {
        return Ok(None);
    }
    let was = before.unwrap_or_default();
    if !was.lines().eq(seen.lines()) {
        return Err(Error::Conflict(STALE));
    }
    let said = match (&reason, was.is_empty()) {
        (None, _) => "Снята отметка «Не звонить»",
        (Some(_), true) => "Поставлена отметка «Не звонить»",
        (Some(_), false) => "Изменена причина отметки «Не звонить»",
    };
    let mut changes = Changes::default();
    changes.compare("do_not_call", &was, reason.as_deref().unwrap_or_default());
    Ok(Some(NewMark { reason, said, changes }))
}

fn parse(whom: &str, typed: &str) -> Result<String> {
    let reason = text::lines(typed).trim().to_owned();
    if reason.is_empty() {
        return Err(Error::field("reason", format!("Напишите, почему {whom} не звонят.")));
    }
    let length = reason.chars().count();
    if length > LONGEST_REASON {
        let over = i64::try_from(length - LONGEST_REASON).unwrap_or(i64::MAX);
        let over = text::count(over, ["лишний знак", "лишних знака", "лишних знаков"]);
        return Err(Error::field(
            "reason",
            format!("Причина длиннее {LONGEST_REASON} знаков: {over}."),
        ));
    }
    Ok(reason)
}
