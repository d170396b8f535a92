//! What the generator makes: values without a database behind them.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::values::Phone;

use super::names::DemoPerson;

/// An invented company with everything that stands on its card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DemoCompany {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) legal_name: String,
    pub(crate) inn: String,
    pub(crate) kpp: String,
    pub(crate) ogrn: String,
    pub(crate) region: &'static str,
    /// As the dictionary of regions calls it; `None`: nobody wrote it down.
    pub(crate) dictionary_region: Option<&'static str>,
    pub(crate) address: String,
    pub(crate) website: String,
    pub(crate) activity_kind: &'static str,
    pub(crate) status: Option<&'static str>,
    pub(crate) spheres: Vec<&'static str>,
    /// `cold` or `warm`.
    pub(crate) lead_state: &'static str,
    /// Code of the contract type and the day until which the contract holds.
    pub(crate) contract: Option<(&'static str, NaiveDate)>,
    pub(crate) contract_kopecks: Option<u64>,
    pub(crate) contact_name: String,
    pub(crate) contact_position: &'static str,
    pub(crate) time_zone: &'static str,
    pub(crate) working_hours: &'static str,
    /// They asked not to be called.
    pub(crate) no_call: Option<DemoNoCall>,
    /// The head organisation: one of the three companies made just before this one.
    pub(crate) head_company_id: Option<Uuid>,
    /// Which of the three demo branches it belongs to.
    pub(crate) branch: usize,
    /// A draw that the filler turns into one of the people of the branch; `None`: nobody's company.
    pub(crate) owner_draw: Option<u64>,
    pub(crate) phones: Vec<DemoPhone>,
    pub(crate) emails: Vec<DemoEmail>,
    pub(crate) contacts: Vec<DemoContact>,
    pub(crate) notes: Vec<DemoNote>,
    pub(crate) tasks: Vec<DemoTask>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
}

/// Something to do with a company, for whoever is responsible for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DemoTask {
    pub(crate) id: Uuid,
    pub(crate) title: &'static str,
    /// A status of `tasks`.
    pub(crate) status: &'static str,
    pub(crate) is_urgent: bool,
    pub(crate) result: &'static str,
    pub(crate) due_at: DateTime<Utc>,
    pub(crate) closed_at: Option<DateTime<Utc>>,
    pub(crate) created_at: DateTime<Utc>,
}

/// Why and since when a company is not called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DemoNoCall {
    pub(crate) reason: &'static str,
    pub(crate) at: DateTime<Utc>,
}

/// A number of a company or of a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DemoPhone {
    /// A kind of `contact_phones`.
    pub(crate) kind: &'static str,
    pub(crate) phone: Phone,
    pub(crate) comment: &'static str,
}

/// An e-mail address of a company or of a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DemoEmail {
    /// A kind of `contact_emails`.
    pub(crate) kind: &'static str,
    pub(crate) value: String,
}

/// A person at a company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DemoContact {
    pub(crate) id: Uuid,
    pub(crate) person: DemoPerson,
    pub(crate) position: &'static str,
    pub(crate) note: String,
    pub(crate) phones: Vec<DemoPhone>,
    pub(crate) emails: Vec<DemoEmail>,
    pub(crate) created_at: DateTime<Utc>,
}

/// A note on a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DemoNote {
    pub(crate) text: String,
    pub(crate) is_pinned: bool,
    pub(crate) created_at: DateTime<Utc>,
}
