//! What a company is.

use chrono::{DateTime, NaiveDate, Utc};

use super::no_call::DoNotCall;
use crate::audit::Changes;
use crate::dictionaries::Terms;
use crate::policy::{Actor, Ties};
use crate::values::{BranchId, CompanyId, Email, Money, Phone, RegionId, SphereId, StatusId, UserId, time};

/// A person, branch, status or company by key and name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named<I> {
    /// Key.
    pub(crate) id: I,
    /// As people read it.
    pub(crate) name: String,
}

/// One of a company's e-mails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CompanyEmail {
    /// The address.
    pub(crate) value: Email,
    /// «бухгалтерия»
    pub(crate) comment: String,
}

/// One of a company's phones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CompanyPhone {
    /// The number.
    pub(crate) phone: Phone,
    /// «приёмная»
    pub(crate) comment: String,
}

/// A branch as the card of its head organisation shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BranchOf {
    pub(crate) id: CompanyId,
    pub(crate) name: String,
    pub(crate) address: String,
    pub(crate) is_cold: bool,
    /// Why nobody calls them; `None`: people do.
    pub(crate) do_not_call: Option<String>,
    pub(crate) status: String,
    pub(crate) status_tone: String,
    pub(crate) responsible: String,
}

/// What people write about a company; everything the full form changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fields {
    pub(crate) name: String,
    pub(crate) legal_name: String,
    pub(crate) inn: String,
    pub(crate) kpp: String,
    pub(crate) ogrn: String,
    pub(crate) address: String,
    pub(crate) website: String,
    pub(crate) activity_kind: String,
    /// `cold` or `warm`.
    pub(crate) lead_state: String,
    pub(crate) contract_type: Option<String>,
    pub(crate) contract_until: Option<NaiveDate>,
    /// Of a yearly contract: what is left of it.
    pub(crate) contract_amount: Option<Money>,
    pub(crate) contact_name: String,
    pub(crate) contact_position: String,
    pub(crate) region: Option<RegionId>,
    /// Set by hand; empty: as the region and the phones say.
    pub(crate) time_zone: String,
    pub(crate) working_hours: String,
    pub(crate) status: Option<StatusId>,
    pub(crate) phones: Vec<CompanyPhone>,
    pub(crate) emails: Vec<CompanyEmail>,
    /// Sorted by key.
    pub(crate) spheres: Vec<SphereId>,
}

/// A company with all that a card shows of it.
#[derive(Clone, Debug)]
pub(crate) struct Company {
    pub(crate) id: CompanyId,
    pub(crate) fields: Fields,
    pub(crate) status_name: String,
    pub(crate) status_tone: String,
    pub(crate) contract_name: String,
    pub(crate) contract_tone: String,
    pub(crate) contract_terms: Terms,
    pub(crate) region_name: String,
    pub(crate) region_tone: String,
    /// IANA name of the region's zone.
    pub(crate) region_zone: String,
    /// Each with its tone and whether it is important; such come first.
    pub(crate) spheres: Vec<(String, String, bool)>,
    pub(crate) head: Option<Named<CompanyId>>,
    /// The company asked not to be called.
    pub(crate) do_not_call: Option<DoNotCall>,
    pub(crate) responsible: Option<Named<UserId>>,
    pub(crate) branch: Option<Named<BranchId>>,
    pub(crate) created_by: Option<Named<UserId>>,
    /// The branch whose heads lead this company: its own, or, when that is empty, the responsible's.
    pub(crate) leading_branch: Option<BranchId>,
    pub(crate) version: i32,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
}

/// A company as programs are told of it: by keys, not by names.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) id: CompanyId,
    /// Of a list: without sum, zone and hours, and with the first phone and e-mail only.
    pub(crate) fields: Fields,
    pub(crate) head: Option<CompanyId>,
    pub(crate) responsible: Option<UserId>,
    pub(crate) branch: Option<BranchId>,
    pub(crate) version: i32,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
}

impl From<&Company> for Record {
    fn from(company: &Company) -> Self {
        Self {
            id: company.id,
            fields: company.fields.clone(),
            head: company.head.as_ref().map(|head| head.id),
            responsible: company.responsible.as_ref().map(|person| person.id),
            branch: company.branch.as_ref().map(|branch| branch.id),
            version: company.version,
            created_at: company.created_at,
            updated_at: company.updated_at,
        }
    }
}

impl Company {
    /// How the actor is tied to this company.
    pub(crate) fn ties(&self, actor: &Actor) -> Ties {
        ties(
            actor,
            self.created_by.as_ref().map(|user| user.id),
            self.responsible.as_ref().map(|user| user.id),
            self.leading_branch,
        )
    }

    /// Whether nobody has warmed this company up yet.
    pub(crate) fn is_cold(&self) -> bool {
        self.fields.lead_state == "cold"
    }
}

/// The product page's §3: creator, responsible, and the heads of the leading branch.
pub(crate) fn ties(
    actor: &Actor,
    created_by: Option<UserId>,
    responsible: Option<UserId>,
    leading_branch: Option<BranchId>,
) -> Ties {
    Ties {
        own: actor.is(created_by) || actor.is(responsible),
        branch: actor.is_of(leading_branch),
    }
}

/// How keys read in the audit log and on the conflict page.
pub(crate) struct Labels<'a> {
    pub(crate) status: &'a dyn Fn(StatusId) -> String,
    pub(crate) sphere: &'a dyn Fn(SphereId) -> String,
    pub(crate) contract: &'a dyn Fn(&str) -> String,
    pub(crate) region: &'a dyn Fn(RegionId) -> String,
}

impl Fields {
    /// Every field as people read it: name, Russian label, value.
    pub(crate) fn rows(&self, labels: &Labels<'_>) -> Vec<(&'static str, &'static str, String)> {
        let phones = self
            .phones
            .iter()
            .map(|row| with_comment(&row.phone.display(), &row.comment));
        let emails = self
            .emails
            .iter()
            .map(|row| with_comment(row.value.as_str(), &row.comment));
        let spheres = self.spheres.iter().map(|id| (labels.sphere)(*id));
        vec![
            ("name", "Название", self.name.clone()),
            ("legal_name", "Юр. название", self.legal_name.clone()),
            ("inn", "ИНН", self.inn.clone()),
            ("kpp", "КПП", self.kpp.clone()),
            ("ogrn", "ОГРН", self.ogrn.clone()),
            ("address", "Адрес", self.address.clone()),
            ("website", "Сайт", self.website.clone()),
            ("activity_kind", "Вид деятельности", self.activity_kind.clone()),
            ("status", "Статус", self.status.map(labels.status).unwrap_or_default()),
            ("spheres", "Сферы", spheres.collect::<Vec<_>>().join(", ")),
            (
                "lead_state",
                "Состояние контакта",
                lead_state_label(&self.lead_state).to_owned(),
            ),
            (
                "contract_type",
                "Вид договора",
                self.contract_type.as_deref().map(labels.contract).unwrap_or_default(),
            ),
            (
                "contract_until",
                "Договор до",
                self.contract_until.map(time::date).unwrap_or_default(),
            ),
            (
                "contract_amount",
                "Сумма договора",
                self.contract_amount.map(|sum| sum.to_string()).unwrap_or_default(),
            ),
            ("phone", "Телефоны", phones.collect::<Vec<_>>().join(", ")),
            ("email", "E-mail", emails.collect::<Vec<_>>().join(", ")),
            ("contact_name", "Контакт (ФИО)", self.contact_name.clone()),
            ("contact_position", "Контакт (должность)", self.contact_position.clone()),
            ("region", "Регион", self.region.map(labels.region).unwrap_or_default()),
            ("time_zone", "Часовой пояс", self.time_zone.clone()),
            ("working_hours", "Часы работы", self.working_hours.clone()),
        ]
    }

    /// Numbers that only went through the form, which prints them tidily, stay as they were once typed.
    #[must_use]
    pub(crate) fn keep_typed(mut self, before: &Self) -> Self {
        for row in &mut self.phones {
            let shown = row.phone.display();
            if let Some(old) = before.phones.iter().find(|old| old.phone.display() == shown) {
                row.phone.clone_from(&old.phone);
            }
        }
        self
    }

    /// What differs between two states of a company.
    pub(crate) fn changes(before: &Self, after: &Self, labels: &Labels<'_>) -> Changes {
        let mut changes = Changes::default();
        for ((field, _, old), (_, _, new)) in before.rows(labels).into_iter().zip(after.rows(labels)) {
            changes.compare(field, &old, &new);
        }
        changes
    }
}

fn with_comment(value: &str, comment: &str) -> String {
    if comment.is_empty() {
        value.to_owned()
    } else {
        format!("{value} ({comment})")
    }
}

/// «Холодный контакт» or «Тёплый контакт».
pub(crate) fn lead_state_label(code: &str) -> &'static str {
    if code == "cold" {
        "Холодный контакт"
    } else {
        "Тёплый контакт"
    }
}

/// Russian label of a field in the history of a card.
pub(crate) fn field_label(field: &str) -> &str {
    match field {
        "name" => "Название",
        "legal_name" => "Юр. название",
        "inn" => "ИНН",
        "kpp" => "КПП",
        "ogrn" => "ОГРН",
        "address" => "Адрес",
        "website" => "Сайт",
        "activity_kind" => "Вид деятельности",
        "status" => "Статус",
        "spheres" => "Сферы",
        "lead_state" => "Состояние контакта",
        "contract_type" => "Вид договора",
        "contract_until" => "Договор до",
        "contract_amount" => "Сумма договора",
        "region" => "Регион",
        "phone" => "Телефоны",
        "email" => "E-mail",
        "contact_name" => "Контакт (ФИО)",
        "contact_position" => "Контакт (должность)",
        "time_zone" => "Часовой пояс",
        "working_hours" => "Часы работы",
        "do_not_call" => "Не звонить",
        "head" => "Головная организация",
        "responsible" => "Ответственный",
        "branch" => "Филиал",
        other => other,
    }
}

/// A company that looks like the one being typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Twin {
    pub(crate) id: CompanyId,
    pub(crate) name: String,
    pub(crate) inn: String,
    pub(crate) kpp: String,
    pub(crate) address: String,
    pub(crate) branch: String,
    pub(crate) responsible: String,
    /// Which fields agree: ИНН, КПП, Название, Адрес, Телефон, E-mail.
    pub(crate) reasons: Vec<&'static str>,
    /// So much alike that a second card needs a word: same ИНН (and КПП), or same name and address.
    pub(crate) is_strong: bool,
}
