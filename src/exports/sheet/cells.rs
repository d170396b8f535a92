//! A record → the cells of its row.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::columns::Column;
use super::{Cell, Layout, Row};
use crate::exports::model::LONGEST_CELL;
use crate::exports::queries::{Channel, CompanyRecord, ContactRecord, NoteRecord};
use crate::values::text;

/// Words that stay the same throughout an export.
pub(in crate::exports) struct Words {
    /// How people are called so that the import knows them again: names, and logins of namesakes.
    pub(in crate::exports) people: std::collections::HashMap<i64, String>,
    /// Names of spheres.
    pub(in crate::exports) spheres: std::collections::HashMap<i64, String>,
    /// The reader's clock.
    pub(in crate::exports) zone: Tz,
}

/// A company.
pub(in crate::exports) fn company_row(layout: &Layout, record: &CompanyRecord, words: &Words) -> Row {
    layout
        .columns
        .iter()
        .map(|column| company_cell(*column, record, words))
        .collect()
}

fn company_cell(column: Column, record: &CompanyRecord, words: &Words) -> Cell {
    let text = match column {
        Column::OwnId => record.id.to_string(),
        Column::AmoId => record.amo_id.map(|id| id.to_string()).unwrap_or_default(),
        Column::Kind => "компания".to_owned(),
        Column::Company => record.name.clone(),
        Column::LegalName => record.legal_name.clone(),
        Column::Inn => record.inn.clone(),
        Column::Kpp => record.kpp.clone(),
        Column::Ogrn => record.ogrn.clone(),
        Column::Region => record.region.clone(),
        Column::Address => record.address.clone(),
        Column::Website => record.website.clone(),
        Column::Status => record.status.clone(),
        Column::Spheres => list(&record.spheres, words),
        Column::Activity => record.activity_kind.clone(),
        Column::Cold => String::from(if record.lead_state == "cold" { "Да" } else { "Нет" }),
        Column::Responsible => record
            .responsible
            .and_then(|id| words.people.get(&id).cloned())
            .unwrap_or_default(),
        Column::Branch => record.branch.clone(),
        Column::Head => record.head.clone(),
        Column::ContractType => record.contract_type.clone(),
        Column::ContractUntil => return record.contract_until.map_or_else(Cell::empty, Cell::Day),
        Column::ContractAmount => record.contract_amount.replace('.', ","),
        Column::HeadId => record.head_id.map(|id| id.to_string()).unwrap_or_default(),
        Column::DoNotCall => do_not_call(record.do_not_call_at, &record.do_not_call_reason, words.zone),
        Column::TimeZone => record.time_zone.clone(),
        Column::WorkingHours => record.working_hours.clone(),
        Column::Director => record.contact_name.clone(),
        Column::Position => record.contact_position.clone(),
        Column::Phone("work") => lines(&record.phones, |_| true),
        Column::Email("work") => lines(&record.emails, |_| true),
        Column::Notes => notes(&record.notes, words.zone),
        Column::Created => return Cell::Moment(record.created_at.with_timezone(&words.zone).naive_local()),
        Column::Updated => return Cell::Moment(record.updated_at.with_timezone(&words.zone).naive_local()),
        Column::OwnCompany
        | Column::LastName
        | Column::FirstName
        | Column::Phone(_)
        | Column::Email(_)
        | Column::Note => String::new(),
    };
    Cell::Text(short(text))
}

/// A person.
pub(in crate::exports) fn contact_row(layout: &Layout, record: &ContactRecord, words: &Words) -> Row {
    layout
        .columns
        .iter()
        .map(|column| contact_cell(*column, record, words))
        .collect()
}

fn contact_cell(column: Column, record: &ContactRecord, words: &Words) -> Cell {
    let text = match column {
        Column::OwnId => record.id.to_string(),
        Column::OwnCompany => record.company_id.map(|id| id.to_string()).unwrap_or_default(),
        Column::AmoId => record.amo_id.map(|id| id.to_string()).unwrap_or_default(),
        Column::Kind => "контакт".to_owned(),
        Column::Company => record.company.clone(),
        Column::LastName => record.last_name.clone(),
        Column::FirstName => record.first_name.clone(),
        Column::Position => record.position.clone(),
        Column::Status => record.status.clone(),
        Column::Phone(kind) => lines(&record.phones, |channel| channel.kind == kind),
        Column::Email(kind) => lines(&record.emails, |channel| channel.kind == kind),
        Column::Note => record.note.clone(),
        Column::DoNotCall => do_not_call(record.do_not_call_at, &record.do_not_call_reason, words.zone),
        Column::Created => return Cell::Moment(record.created_at.with_timezone(&words.zone).naive_local()),
        Column::Updated => return Cell::Moment(record.updated_at.with_timezone(&words.zone).naive_local()),
        _ => String::new(),
    };
    Cell::Text(short(text))
}

/// One phone or address on each line, its comment behind a dash.
fn lines(channels: &[Channel], is_wanted: impl Fn(&Channel) -> bool) -> String {
    let wanted = channels.iter().filter(|channel| is_wanted(channel));
    let lines: Vec<String> = wanted
        .map(|channel| text::with_comment(&channel.shown, &channel.comment))
        .collect();
    lines.join("\n")
}

/// «Строительство; Торговля», in an order that does not depend on keys.
fn list(spheres: &[i64], words: &Words) -> String {
    let names = spheres.iter().filter_map(|id| words.spheres.get(id));
    let mut names: Vec<&str> = names.map(String::as_str).collect();
    names.sort_unstable();
    text::join_list(names.into_iter())
}

/// «с 25.11.2026: просили не звонить»
fn do_not_call(at: Option<DateTime<Utc>>, reason: &str, zone: Tz) -> String {
    let Some(at) = at else {
        return String::new();
    };
    let since = format!("с {}", at.with_timezone(&zone).format("%d.%m.%Y"));
    if reason.is_empty() {
        since
    } else {
        format!("{since}: {reason}")
    }
}

/// «25.11.2026 12:30 — Иванов Пётр — текст», the newest first, an empty line between two.
fn notes(notes: &[NoteRecord], zone: Tz) -> String {
    let mut out = String::new();
    for (place, note) in notes.iter().enumerate() {
        let at = note.created_at.with_timezone(&zone).format("%d.%m.%Y %H:%M");
        let said = [note.author.as_str(), note.text.as_str()];
        let said: Vec<_> = said.into_iter().filter(|part| !part.is_empty()).collect();
        let line = format!("{at} — {}", said.join(" — "));
        if place > 0 && out.chars().count() + line.chars().count() + text::NO_ROOM.chars().count() > LONGEST_CELL {
            out.push_str(text::NO_ROOM);
            break;
        }
        if place > 0 {
            out.push_str("\n\n");
        }
        out.push_str(&line);
    }
    out
}

/// What Excel and our import take in one cell.
fn short(text: String) -> String {
    match text.char_indices().nth(LONGEST_CELL) {
        Some((end, _)) => text[..end].to_owned(),
        None => text,
    }
}
