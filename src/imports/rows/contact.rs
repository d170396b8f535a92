//! A row about a person.

use crate::contacts::bulk::{FIELDS, Field};
use crate::imports::model::{Outcome, Verdict};
use crate::imports::reading::{Row, Target, View};

use super::company::LONGEST_NOTE;
use super::own::LONGEST_MARK;
use super::{Common, Meaning, Reader, clean, split_person};

/// What a row says of a contact; an empty value says nothing.
#[derive(Clone, Debug)]
pub(in crate::imports) struct ContactRow {
    pub(in crate::imports) common: Common,
    /// By [`Field`]; the company is filled in later.
    pub(in crate::imports) values: Vec<String>,
    /// `name_key` of the company; empty when the row names none.
    pub(in crate::imports) company_key: String,
}

impl ContactRow {
    /// What the row says of a field.
    pub(in crate::imports) fn get(&self, field: Field) -> &str {
        &self.values[field as usize]
    }
}

impl Reader<'_> {
    pub(super) fn contact(&self, row: &Row<'_>, view: View) -> Meaning {
        let kind = view.kind;
        let mut common = self.common(row, view);
        let mut first = self.line_of(row, Target::FirstName, kind);
        let mut last = self.line_of(row, Target::LastName, kind);
        if first.is_empty() && last.is_empty() {
            (first, last) = split_person(&self.line_of(row, Target::FullName, kind));
        }
        let is_named = !first.is_empty() || !last.is_empty();
        if !is_named && common.phones.is_empty() && common.emails.is_empty() && common.own_id.is_none() {
            let message = "Нет ни имени, ни телефона, ни почты";
            return Meaning::Judged(Outcome::without_record(
                row.line,
                Verdict::Refused,
                &common.key,
                message,
            ));
        }
        let mut values = vec![String::new(); FIELDS.len()];
        let mut set = |field: Field, value: String, most: usize| {
            let (value, is_cut) = clean::cut(value, most);
            if is_cut {
                let message = format!("Длиннее {most} знаков, лишнее отброшено");
                common.remarks.push((FIELDS[field as usize], message));
            }
            values[field as usize] = value;
        };
        set(Field::FirstName, first, 120);
        set(Field::LastName, last, 120);
        set(Field::Position, self.line_of(row, Target::Position, kind), 255);
        set(Field::Note, self.notes(row, kind).join("\n\n"), LONGEST_NOTE);
        if self.head.is_own() {
            set(Field::Status, self.line_of(row, Target::Status, kind), 120);
            let (mark, since) = self.do_not_call(row, kind);
            set(Field::DoNotCall, mark, LONGEST_MARK);
            common.do_not_call_at = since;
        }
        if common.key.is_empty() {
            format!("{} {}", values[0], values[1])
                .trim()
                .clone_into(&mut common.key);
        }
        let company_key = super::company_key(&common.company);
        Meaning::Contact(Box::new(ContactRow {
            common,
            values,
            company_key,
        }))
    }
}
