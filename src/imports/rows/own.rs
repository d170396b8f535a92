//! Cells of our own exports: one phone or address on each line, its comment behind a dash; what no other file says.

use chrono::{DateTime, NaiveTime, TimeZone as _, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use super::company::{LONGEST_NOTE, OwnWords, RowNote, Values};
use super::{Cut, Reader, clean};
use crate::companies::bulk::{Field, do_not_call};
use crate::imports::model::Kind;
use crate::imports::reading::{Own, Row, Target};
use crate::values::{Email, Money, Phone, text, time};

/// The longest mark «Не звонить» with its reason.
pub(super) const LONGEST_MARK: usize = 312;

impl Reader<'_> {
    /// A key of the base that the file was taken out of.
    pub(super) fn own_key(&self, row: &Row<'_>, target: Target) -> Option<Uuid> {
        // The key of a contact's company stands beside contacts only; asking for it at a company finds nothing.
        let cell = self.head.cell(&row.cells, target, Kind::Contact);
        Uuid::try_parse(cell.trim()).ok()
    }

    /// The keys of a company and of its head organisation in the base that the file was taken out of.
    pub(in crate::imports) fn own_keys(&self, row: &Row<'_>) -> (Option<Uuid>, Option<Uuid>) {
        let head = self.own_key(row, Target::Own(Own::HeadId));
        (self.own_key(row, Target::OwnId), head)
    }

    /// The numbers of a cell with their comments.
    pub(super) fn phones_of(&self, cell: &str) -> Vec<(Phone, String)> {
        if !self.head.is_own() {
            let phones = Phone::read_cell(&clean::unescape(cell)).into_iter();
            return phones.map(|phone| (phone, String::new())).collect();
        }
        let lines = cell.lines().map(text::split_comment);
        let phones = lines.filter_map(|(typed, comment)| Some((Phone::read(typed)?, comment.to_owned())));
        phones.collect()
    }

    /// The addresses of a cell with their comments, and what could not be read.
    pub(super) fn emails_of(&self, cell: &str) -> (Vec<(Email, String)>, Vec<String>) {
        if !self.head.is_own() {
            let (emails, unreadable) = Email::read_cell(&clean::unescape(cell));
            let emails = emails.into_iter().map(|email| (email, String::new()));
            return (emails.collect(), unreadable);
        }
        let (mut emails, mut unreadable) = (Vec::new(), Vec::new());
        for (typed, comment) in cell.lines().map(text::split_comment) {
            match Email::parse(typed) {
                Ok(email) => emails.push((email, comment.to_owned())),
                Err(_) if typed.is_empty() => (),
                Err(_) => unreadable.push(typed.to_owned()),
            }
        }
        (emails, unreadable)
    }

    /// What only our own files say of a company: values as the base keeps them, and names of other tables' rows.
    pub(super) fn own_words(&self, row: &Row<'_>, values: &mut Values<'_>) -> OwnWords {
        if !self.head.is_own() {
            return OwnWords::default();
        }
        let line = |own| self.line_of(row, Target::Own(own), Kind::Company);
        let until = line(Own::ContractUntil);
        match time::parse_date(until.split(' ').next().unwrap_or_default()) {
            Some(day) => values.set(Field::ContractUntil, day.to_string(), 10),
            None if until.is_empty() => (),
            None => values.remark(Field::ContractUntil, format!("«{until}» не дата, не записано")),
        }
        let amount = line(Own::ContractAmount);
        match Money::parse(&amount) {
            Some(Money(kopecks)) => {
                let plain = format!("{}.{:02}", kopecks / 100, kopecks % 100);
                values.set(Field::ContractAmount, plain, 20);
            }
            None if amount.is_empty() => (),
            None => values.remark(Field::ContractAmount, format!("«{amount}» не сумма, не записано")),
        }
        let zone = line(Own::TimeZone);
        if zone.is_empty() || zone.parse::<Tz>().is_ok() {
            values.set(Field::TimeZone, zone, 64);
        } else {
            let message = format!("Часового пояса «{zone}» нет, не записано");
            values.remark(Field::TimeZone, message);
        }
        values.set(Field::WorkingHours, line(Own::WorkingHours), 120);
        values.set(Field::DoNotCall, self.do_not_call(row, Kind::Company).0, LONGEST_MARK);
        OwnWords {
            region: self.line_of(row, Target::Region, Kind::Company),
            branch: line(Own::Branch),
            contract_type: line(Own::ContractType),
            head: line(Own::Head),
            cut: Cut::Exact,
            head_id: Uuid::try_parse(line(Own::HeadId).trim()).ok(),
        }
    }

    /// «с 25.11.2026: просили не звонить» as the mark and its day. Whoever changed the cell may have left out the day.
    pub(super) fn do_not_call(&self, row: &Row<'_>, kind: Kind) -> (String, Option<DateTime<Utc>>) {
        if !self.head.is_own() {
            return (String::new(), None);
        }
        let cell = text::lines(self.head.cell(&row.cells, Target::Own(Own::DoNotCall), kind));
        if cell.trim().is_empty() {
            return (String::new(), None);
        }
        let dated = cell.strip_prefix("с ").and_then(|rest| {
            let (day, reason) = rest.split_once(": ").unwrap_or((rest, ""));
            Some((time::parse_date(day)?, reason))
        });
        let (day, reason) = dated.map_or((None, cell.as_str()), |(day, reason)| (Some(day), reason));
        // The middle of the day is this day on nearly every clock.
        let noon = NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default();
        let since = day.and_then(|day| self.zone.from_local_datetime(&day.and_time(noon)).earliest());
        let since = since.map(|since| since.with_timezone(&Utc).min(self.now));
        (do_not_call(true, reason), since)
    }

    /// «25.11.2026 12:30 — Иванов Пётр — текст», the newest first, an empty line between two, as notes, the oldest first.
    pub(super) fn own_notes(&self, cell: &str) -> Vec<RowNote> {
        let cell = text::lines(cell);
        let cell = cell.strip_suffix(text::NO_ROOM).unwrap_or(&cell);
        let mut notes: Vec<RowNote> = Vec::new();
        for part in cell.split("\n\n") {
            match (self.stamped(part), notes.last_mut()) {
                (Some(note), _) => notes.push(note),
                (None, Some(note)) => {
                    note.text.push_str("\n\n");
                    note.text.push_str(part);
                }
                (None, None) if part.trim().is_empty() => (),
                (None, None) => notes.push(RowNote {
                    text: part.to_owned(),
                    ..RowNote::default()
                }),
            }
        }
        for note in &mut notes {
            note.text = clean::cut(std::mem::take(&mut note.text), LONGEST_NOTE).0;
        }
        notes.reverse();
        notes
    }

    /// A part of a cell that begins with day and time.
    fn stamped(&self, part: &str) -> Option<RowNote> {
        let (stamp, said) = part.split_once(" — ")?;
        let is_stamp = stamp.len() == "25.11.2026 12:30".len() && stamp.contains(' ');
        let moment = clean::moment(stamp).filter(|_| is_stamp)?;
        let at = self.zone.from_local_datetime(&moment).earliest()?.with_timezone(&Utc);
        let (author, text) = said.split_once(" — ").unwrap_or(("", said));
        Some(RowNote {
            text: text.to_owned(),
            author: author.to_owned(),
            created_at: Some(at.min(self.now)),
        })
    }
}
