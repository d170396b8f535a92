//! What lies in the trash, and what is asked about it.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use crate::db::Cursor;
use crate::db::snapshot::{Lost, Part, Snapshot};
use crate::error::{Error, Result};
use crate::values::{CompanyId, ContactId, Entity, RequestId, TrashId, UserId, text};
use crate::{bulk, companies, contacts, files, letters, notes, tasks};

/// How long a record can be brought back.
pub(crate) const KEPT: TimeDelta = TimeDelta::days(30);
/// The longest reason, in characters.
pub(crate) const LONGEST_REASON: usize = 500;

/// All that goes with a company or a contact, parents first.
pub(crate) fn parts() -> Vec<Part> {
    let rooms: [&[Part]; 7] = [
        &companies::PARTS,
        &bulk::PARTS,
        &contacts::PARTS,
        &notes::PARTS,
        &letters::PARTS,
        &tasks::PARTS,
        &files::PARTS,
    ];
    rooms.concat()
}

/// How many rows of each table a record had.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Contents(pub(crate) BTreeMap<String, i64>);

/// Tables that people know the rows of.
const COUNTED: [(&str, [&str; 3]); 9] = [
    ("contacts", ["контакт", "контакта", "контактов"]),
    ("notes", ["заметка", "заметки", "заметок"]),
    ("letters", ["письмо", "письма", "писем"]),
    ("files", ["файл", "файла", "файлов"]),
    ("tasks", ["задача", "задачи", "задач"]),
    ("company_phones", ["телефон", "телефона", "телефонов"]),
    (
        "contact_phones",
        ["телефон контакта", "телефона контактов", "телефонов контактов"],
    ),
    ("company_emails", ["адрес почты", "адреса почты", "адресов почты"]),
    (
        "contact_emails",
        [
            "адрес почты контакта",
            "адреса почты контактов",
            "адресов почты контактов",
        ],
    ),
];

impl Contents {
    /// Of a snapshot.
    pub(crate) fn of(snapshot: &Snapshot) -> Self {
        let mut counts = BTreeMap::new();
        // Files come thrice: those of notes, of comments, of letters.
        for (table, rows) in snapshot.counts().filter(|(_, rows)| *rows > 0) {
            *counts.entry(table.to_owned()).or_default() += i64::try_from(rows).unwrap_or(i64::MAX);
        }
        Self(counts)
    }

    /// «3 контакта», «12 заметок»; the record itself is not counted.
    pub(crate) fn words(&self, entity: Entity) -> Vec<String> {
        let counted = COUNTED.iter().filter(|(table, _)| *table != entity.table());
        let counted = counted.filter_map(|(table, forms)| self.0.get(*table).map(|rows| text::count(*rows, *forms)));
        counted.collect()
    }
}

/// A record in the trash, as the list shows it.
#[derive(Clone, Debug)]
pub(crate) struct Trashed {
    /// Its place in the trash.
    pub(crate) id: TrashId,
    /// What it was.
    pub(crate) entity: Entity,
    /// Its own key, which it comes back with.
    pub(crate) entity_id: uuid::Uuid,
    /// The company itself, or the contact's.
    pub(crate) company: Option<CompanyId>,
    /// Its name.
    pub(crate) title: String,
    /// Why it was deleted.
    pub(crate) reason: String,
    /// Who did it; empty: the system.
    pub(crate) deleted_by: String,
    /// When.
    pub(crate) deleted_at: DateTime<Utc>,
    /// When it goes for good.
    pub(crate) purge_at: DateTime<Utc>,
    /// What went with it.
    pub(crate) contents: Contents,
}

impl Trashed {
    /// Its place in the list.
    pub(crate) fn cursor(&self) -> Cursor {
        Cursor {
            key: self.deleted_at.timestamp_micros().to_string(),
            id: self.id.0,
        }
    }
}

/// A record on its way into the trash.
#[derive(Debug)]
pub(crate) struct NewTrashed<'a> {
    /// What it is.
    pub(crate) entity: Entity,
    /// Its own key.
    pub(crate) entity_id: uuid::Uuid,
    /// The company itself, or the contact's.
    pub(crate) company: Option<CompanyId>,
    /// Its name.
    pub(crate) title: &'a str,
    /// Why.
    pub(crate) reason: &'a str,
    /// Companies that lost their head organisation by it.
    pub(crate) detached: Vec<CompanyId>,
    /// All of it.
    pub(crate) snapshot: Snapshot,
}

/// Somebody's wish that a company be deleted, not yet decided.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// Key.
    pub(crate) id: RequestId,
    /// Which company.
    pub(crate) company: CompanyId,
    /// Its name.
    pub(crate) company_name: String,
    /// Who asks.
    pub(crate) requested_by: Option<UserId>,
    /// «Имя Фамилия»
    pub(crate) requester: String,
    /// Why.
    pub(crate) reason: String,
    /// When.
    pub(crate) created_at: DateTime<Utc>,
}

/// A refused wish, as the one who asked is told of it.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    /// Who refused.
    pub(crate) decider: String,
    /// Why.
    pub(crate) note: String,
    /// When.
    pub(crate) decided_at: DateTime<Utc>,
}

/// The reason that is meant.
///
/// # Errors
/// [`Error::Invalid`] at `field`: blank (`blank` is the sentence; empty: it may be blank) or too long.
pub(crate) fn parse_reason(typed: &str, field: &'static str, blank: &str) -> Result<String> {
    let reason = text::lines(typed).trim().to_owned();
    if reason.is_empty() && !blank.is_empty() {
        return Err(Error::field(field, blank));
    }
    let length = reason.chars().count();
    if length > LONGEST_REASON {
        let over = i64::try_from(length - LONGEST_REASON).unwrap_or(i64::MAX);
        let over = text::count(over, ["лишний знак", "лишних знака", "лишних знаков"]);
        return Err(Error::field(field, format!("Длиннее {LONGEST_REASON} знаков: {over}.")));
    }
    Ok(reason)
}

/// What a record that came back has lost: «статус», «ответственный (2)».
pub(crate) fn losses(lost: &[Lost]) -> Vec<String> {
    let label = |lost: &Lost| match (lost.table.as_str(), lost.column.as_str()) {
        ("companies", "status_id") => "статус",
        ("companies", "head_company_id") => "головная организация",
        ("companies", "contract_type") => "вид договора",
        ("companies", "region_id") => "регион",
        ("companies", "branch_id") => "филиал",
        ("companies", "responsible_id") => "ответственный",
        ("company_sphere_links", _) => "сфера",
        ("contacts", "company_id") => "компания контакта",
        ("notes", "author_id") => "автор заметки",
        ("letters", "author_id") => "кто добавил письмо",
        ("tasks" | "task_series", "type_id") => "тип задачи",
        ("tasks" | "task_series", "assignee_id") => "исполнитель задачи",
        _ => "ссылка на удалённую запись",
    };
    // An act on many companies that is long past is no loss.
    let lost = lost.iter().filter(|lost| lost.table != "bulk_rows");
    let lost = lost.map(|lost| {
        let label = label(lost);
        if lost.rows > 1 {
            format!("{label} ({})", lost.rows)
        } else {
            label.to_owned()
        }
    });
    lost.collect()
}

/// What became of a record that was brought back.
#[derive(Debug)]
pub(crate) struct Restored {
    /// What it is.
    pub(crate) entity: Entity,
    /// Its company: itself, or the contact's.
    pub(crate) company: Option<CompanyId>,
    /// The contact that came back alone.
    pub(crate) contact: Option<ContactId>,
    /// Its name.
    pub(crate) title: String,
    /// See [`losses`].
    pub(crate) losses: Vec<String>,
    /// Companies whose head organisation it is again.
    pub(crate) attached: usize,
    /// Names of companies so much alike that they are the same.
    pub(crate) twins: Vec<String>,
}
