//! The rows of the card: a label, a value, and a pencil for those who may change it.

use super::page::Facts;
use crate::companies::{self, Company};
use crate::dictionaries::NEUTRAL;
use crate::values::time;

/// One row.
pub(super) struct Cell {
    /// As forms call the field.
    pub(super) name: &'static str,
    pub(super) label: String,
    pub(super) value: String,
    /// Of an entry of a dictionary that has a colour; empty: plain text.
    pub(super) tone: String,
    /// Where the value leads.
    pub(super) href: String,
    /// Tone and text of badges after the value.
    pub(super) badges: Vec<(&'static str, String)>,
    /// Where the field is changed; empty: the reader may not.
    pub(super) edit: String,
}

/// Rows of the three panels.
pub(super) struct Cells {
    pub(super) reach: Vec<Cell>,
    pub(super) facts: Vec<Cell>,
    pub(super) contract: Vec<Cell>,
}

/// All rows that say something, and for those who may change the company the empty ones, too.
pub(super) fn cells(company: &Company, facts: &Facts, may_edit: bool) -> Cells {
    let fields = &company.fields;
    let cell = |name: &'static str, value: &str| Cell {
        name,
        label: companies::field_label(name).to_owned(),
        value: value.to_owned(),
        tone: String::new(),
        href: String::new(),
        badges: Vec::new(),
        edit: if may_edit {
            companies::paths::field(company.id, name)
        } else {
            String::new()
        },
    };
    let toned = |name: &'static str, value: &str, tone: &str| Cell {
        tone: if tone == NEUTRAL {
            String::new()
        } else {
            tone.to_owned()
        },
        ..cell(name, value)
    };
    let is_shown = |cell: &Cell| may_edit || !cell.value.is_empty();
    let kept = |cells: Vec<Cell>| cells.into_iter().filter(is_shown).collect();
    let mut website = cell("website", &facts.site);
    website.href.clone_from(&facts.url);
    let zones = time::RUSSIAN_ZONES.iter().find(|(zone, _)| *zone == fields.time_zone);
    let zone = cell("time_zone", zones.map_or("", |(_, label)| label));
    let until = fields.contract_until.map(time::date).unwrap_or_default();
    let mut until = cell("contract_until", &until);
    let said = facts.contract_warnings.iter();
    until.badges = said.map(|warning| (warning.tone, warning.text.clone())).collect();
    let amount = fields.contract_amount.map(|sum| format!("{sum}\u{a0}₽"));
    Cells {
        reach: kept(vec![
            website,
            cell("contact_name", &fields.contact_name),
            cell("contact_position", &fields.contact_position),
            cell("working_hours", &fields.working_hours),
            zone,
        ]),
        facts: kept(vec![
            cell("legal_name", &fields.legal_name),
            cell("inn", &fields.inn),
            cell("kpp", &fields.kpp),
            cell("ogrn", &fields.ogrn),
            toned("region", &company.region_name, &company.region_tone),
            cell("address", &fields.address),
            cell("activity_kind", &fields.activity_kind),
            cell("lead_state", companies::lead_state_label(&fields.lead_state)),
        ]),
        contract: kept(vec![
            toned("contract_type", &company.contract_name, &company.contract_tone),
            until,
            cell("contract_amount", amount.as_deref().unwrap_or_default()),
        ]),
    }
}
