//! Rows of the list as the chosen columns show them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::address::{ListQuery, SortHead};
use super::choices::Choices;
use crate::companies::listed::{Channel, Filter, Listed, Sort};
use crate::companies::paths;
use crate::dictionaries::NEUTRAL;
use crate::values::{CompanyId, Phone, text, time};
use crate::views::Column;
use crate::web::whom;

/// A heading, which orders the list when an index can.
pub(super) struct Head {
    pub(super) label: &'static str,
    pub(super) sort: Option<SortHead>,
    pub(super) class: &'static str,
}

/// A company of the list.
pub(super) struct Row {
    pub(super) id: CompanyId,
    pub(super) url: String,
    pub(super) name: String,
    pub(super) address: String,
    pub(super) is_cold: bool,
    pub(super) do_not_call: Option<String>,
    pub(super) cells: Vec<Cell>,
}

/// What stands in one column of one row.
pub(super) enum Cell {
    /// A number that may be marked and copied, with its name on phones.
    Number(&'static str, String),
    /// A number that may be called.
    Phone {
        shown: String,
        /// For the button; empty: nobody can dial it.
        whom: String,
        /// Why nobody calls them; empty: people do.
        reason: String,
    },
    Status {
        name: String,
        tone: String,
    },
    Spheres {
        all: String,
        first: String,
        tone: String,
        more: usize,
        /// Whether the first one is.
        is_important: bool,
    },
    Person {
        name: String,
        initials: String,
    },
    Branch(String),
    /// How many open tasks are of days that are over.
    Late(i64),
    /// Warm or cold.
    State(bool),
    /// A short text, with its name on phones.
    Text(&'static str, String),
    /// An entry of a dictionary that may have a colour, with its name on phones.
    Toned {
        label: &'static str,
        name: String,
        /// Empty: it is plain text.
        tone: String,
    },
    /// Any text, cut when it is long.
    Long(&'static str, String),
    /// «сегодня 12:30», with its name on phones
    Moment(&'static str, String),
}

fn sort(column: Column) -> Option<Sort> {
    match column {
        Column::Inn => Some(Sort::Inn),
        Column::Status => Some(Sort::Status),
        Column::Responsible => Some(Sort::Responsible),
        Column::Branch => Some(Sort::Branch),
        Column::ContractUntil => Some(Sort::Contract),
        Column::Created => Some(Sort::Created),
        Column::Updated => Some(Sort::Updated),
        Column::Kpp
        | Column::Spheres
        | Column::State
        | Column::Contract
        | Column::Region
        | Column::Overdue
        | Column::Phone
        | Column::Email
        | Column::Contact
        | Column::Activity => None,
    }
}

/// The chosen columns, and the one by which the list is ordered: nobody would see why rows stand as they do.
pub(super) fn shown(chosen: &[Column], order: Sort) -> Vec<Column> {
    let mut columns = chosen.to_vec();
    let of_order = Column::ALL.into_iter().find(|column| sort(*column) == Some(order));
    if let Some(column) = of_order.filter(|column| order != Sort::Updated && !columns.contains(column)) {
        columns.push(column);
    }
    columns
}

pub(super) fn heads(columns: &[Column], query: &ListQuery, filter: &Filter) -> Vec<Head> {
    let head = |column: &Column| Head {
        label: column.label(),
        sort: sort(*column).map(|sort| SortHead::of(query, filter, sort)),
        class: if matches!(column, Column::Spheres | Column::Branch) {
            "desk-only"
        } else {
            ""
        },
    };
    columns.iter().map(head).collect()
}

/// How values are called, and the clock by which moments are told.
#[derive(Clone, Copy)]
pub(super) struct Seen<'a> {
    pub(super) names: &'a Choices,
    pub(super) now: DateTime<Utc>,
    pub(super) zone: Tz,
    /// Of those whose phone or e-mail somebody wants to see.
    pub(super) channels: &'a HashMap<CompanyId, Channel>,
    /// How many open tasks are of days that are over, when somebody wants to see it; none are left out.
    pub(super) late: &'a HashMap<CompanyId, i64>,
}

impl Row {
    pub(super) fn new(company: &Listed, columns: &[Column], seen: Seen<'_>) -> Self {
        let none = Channel::default();
        let channel = seen.channels.get(&company.id).unwrap_or(&none);
        Self {
            id: company.id,
            url: paths::show(company.id),
            name: company.name.clone(),
            address: company.address.clone(),
            is_cold: company.is_cold,
            do_not_call: company.do_not_call.clone(),
            cells: columns
                .iter()
                .map(|column| cell(*column, company, channel, seen))
                .collect(),
        }
    }
}

fn cell(column: Column, company: &Listed, channel: &Channel, seen: Seen<'_>) -> Cell {
    let moment = |label, moment| Cell::Moment(label, time::relative(moment, seen.now, seen.zone));
    let names = seen.names;
    match column {
        Column::Inn => Cell::Number("ИНН", company.inn.clone()),
        Column::Kpp => Cell::Number("КПП", company.kpp.clone()),
        Column::Phone => Cell::Phone {
            whom: Phone::read(&channel.phone)
                .map(|phone| whom(&phone, Some(company.id), None::<CompanyId>))
                .unwrap_or_default(),
            shown: channel.phone.clone(),
            reason: company.do_not_call.clone().unwrap_or_default(),
        },
        Column::Status => Cell::Status {
            name: names
                .status(company)
                .map(|status| status.name.clone())
                .unwrap_or_default(),
            tone: names
                .status(company)
                .map(|status| status.tone.clone())
                .unwrap_or_default(),
        },
        Column::Spheres => {
            let spheres = names.spheres(company);
            Cell::Spheres {
                is_important: spheres.first().is_some_and(|sphere| sphere.is_important),
                all: spheres
                    .iter()
                    .map(|sphere| sphere.name.as_str())
                    .collect::<Vec<_>>()
                    .join(", "),
                first: spheres.first().map(|sphere| sphere.name.clone()).unwrap_or_default(),
                tone: spheres.first().map(|sphere| sphere.tone.clone()).unwrap_or_default(),
                more: spheres.len().saturating_sub(1),
            }
        }
        Column::Responsible => Cell::Person {
            initials: text::initials(names.responsible(company)),
            name: names.responsible(company).to_owned(),
        },
        Column::Branch => Cell::Branch(names.branch(company).to_owned()),
        Column::State => Cell::State(company.is_cold),
        Column::Contract => toned("договор", names.contract(company).map(|row| (&row.name, &row.tone))),
        Column::Region => toned("регион", names.region(company).map(|row| (&row.name, &row.tone))),
        Column::Overdue => Cell::Late(seen.late.get(&company.id).copied().unwrap_or_default()),
        Column::ContractUntil => {
            let until = company.contract_until.map(time::date);
            Cell::Text("договор до", until.unwrap_or_default())
        }
        Column::Email => Cell::Long("", channel.email.clone()),
        Column::Contact => Cell::Long("контакт", company.contact_name.clone()),
        Column::Activity => Cell::Long("", company.activity_kind.clone()),
        Column::Created => moment("создано", company.created_at),
        Column::Updated => moment("", company.updated_at),
    }
}

/// An entry with its colour; grey ones are plain text, as everything that has no colour is.
fn toned(label: &'static str, entry: Option<(&String, &String)>) -> Cell {
    let (name, tone) = entry
        .map(|(name, tone)| (name.clone(), tone.clone()))
        .unwrap_or_default();
    Cell::Toned {
        label,
        name,
        tone: if tone == NEUTRAL { String::new() } else { tone },
    }
}
