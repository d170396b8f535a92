//! Companies as JSON: names of fields are those of the older CRM.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::api::Field;
use crate::companies::forms::CompanyForm;
use crate::companies::model::{Company, Record, Twin};
use crate::dictionaries::Dictionaries;
use crate::values::{Money, Phone};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct ListQuery {
    /// ИНН, название, телефон, почта: как в строке поиска
    #[param(value_type = Option<String>, pattern = "^[^\\u0000]*$")]
    pub(super) search: Option<String>,
    #[param(value_type = Option<Ordering>, inline)]
    pub(super) ordering: Option<Ordering>,
    pub(super) branch: Option<i64>,
    pub(super) responsible: Option<i64>,
    pub(super) status: Option<i64>,
    pub(super) sphere: Option<i64>,
    #[param(value_type = Option<String>, pattern = "^[^\\u0000]*$")]
    pub(super) contract_type: Option<String>,
    pub(super) region: Option<i64>,
    pub(super) is_cold_call: Option<bool>,
    pub(super) do_not_call: Option<bool>,
    pub(super) cursor: Option<String>,
    #[param(minimum = 1, maximum = 100)]
    pub(super) page_size: Option<i64>,
}

/// Orders that an index serves.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
pub(super) enum Ordering {
    #[serde(rename = "-updated_at")]
    LatestUpdated,
    #[serde(rename = "updated_at")]
    Updated,
    #[serde(rename = "-created_at")]
    LatestCreated,
    #[serde(rename = "created_at")]
    Created,
    #[serde(rename = "name")]
    Name,
    #[serde(rename = "-name")]
    NameBack,
    #[serde(rename = "inn")]
    Inn,
    #[serde(rename = "-inn")]
    InnBack,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum LeadState {
    Cold,
    Warm,
}

impl LeadState {
    fn code(self) -> &'static str {
        match self {
            Self::Cold => "cold",
            Self::Warm => "warm",
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CompanyPhone {
    #[schema(min_length = 1, max_length = 120, pattern = "^[^\\u0000]*\\S[^\\u0000]*$")]
    number: String,
    #[serde(default)]
    #[schema(max_length = 255)]
    comment: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CompanyEmail {
    #[schema(max_length = 254)]
    value: String,
    #[serde(default)]
    #[schema(max_length = 255)]
    comment: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CompanyRow {
    id: Uuid,
    name: String,
    legal_name: String,
    inn: String,
    kpp: String,
    ogrn: String,
    address: String,
    website: String,
    activity_kind: String,
    lead_state: LeadState,
    is_cold_call: bool,
    contract_type: String,
    contract_until: Option<NaiveDate>,
    phone: String,
    email: String,
    contact_name: String,
    contact_position: String,
    status: Option<i64>,
    spheres: Vec<i64>,
    region: Option<i64>,
    responsible: Option<i64>,
    branch: Option<i64>,
    head_company: Option<Uuid>,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CompanyBody {
    #[serde(flatten)]
    row: CompanyRow,
    phones: Vec<CompanyPhone>,
    emails: Vec<CompanyEmail>,
    contract_amount: Option<String>,
    time_zone: String,
    working_hours: String,
    do_not_call: bool,
    do_not_call_reason: String,
    created_by: Option<i64>,
}

/// What can only be read, but for the version, which says what the sender has seen.
pub(super) const READ_ONLY: &[&str] = &[
    "id",
    "do_not_call",
    "do_not_call_reason",
    "created_by",
    "created_at",
    "updated_at",
];

/// As a program sends it back: what is dialled, with the extension behind it.
fn number(phone: &Phone) -> String {
    match (phone.e164.as_str(), phone.extension.as_str()) {
        ("", _) => phone.raw.clone(),
        (number, "") => number.to_owned(),
        (number, extension) => format!("{number} доб. {extension}"),
    }
}

fn decimal(sum: Money) -> String {
    format!("{}.{:02}", sum.0 / 100, sum.0 % 100)
}

impl From<&Record> for CompanyRow {
    fn from(record: &Record) -> Self {
        let fields = record.fields.clone();
        let is_cold = fields.lead_state == "cold";
        Self {
            id: record.id.0,
            name: fields.name,
            legal_name: fields.legal_name,
            inn: fields.inn,
            kpp: fields.kpp,
            ogrn: fields.ogrn,
            address: fields.address,
            website: fields.website,
            activity_kind: fields.activity_kind,
            lead_state: if is_cold { LeadState::Cold } else { LeadState::Warm },
            is_cold_call: is_cold,
            contract_type: fields.contract_type.unwrap_or_default(),
            contract_until: fields.contract_until,
            phone: fields.phones.first().map(|row| number(&row.phone)).unwrap_or_default(),
            email: fields
                .emails
                .first()
                .map(|row| row.value.as_str().to_owned())
                .unwrap_or_default(),
            contact_name: fields.contact_name,
            contact_position: fields.contact_position,
            status: fields.status.map(|id| id.0),
            spheres: fields.spheres.iter().map(|id| id.0).collect(),
            region: fields.region.map(|id| id.0),
            responsible: record.responsible.map(|id| id.0),
            branch: record.branch.map(|id| id.0),
            head_company: record.head.map(|id| id.0),
            version: record.version,
            created_at: record.created_at,
            updated_at: record.updated_at,
        }
    }
}

impl From<&Company> for CompanyBody {
    fn from(company: &Company) -> Self {
        let fields = &company.fields;
        let phones = fields.phones.iter().map(|row| CompanyPhone {
            number: number(&row.phone),
            comment: row.comment.clone(),
        });
        let emails = fields.emails.iter().map(|row| CompanyEmail {
            value: row.value.as_str().to_owned(),
            comment: row.comment.clone(),
        });
        let mark = company.do_not_call.as_ref();
        Self {
            row: CompanyRow::from(&Record::from(company)),
            phones: phones.collect(),
            emails: emails.collect(),
            contract_amount: fields.contract_amount.map(decimal),
            time_zone: fields.time_zone.clone(),
            working_hours: fields.working_hours.clone(),
            do_not_call: mark.is_some(),
            do_not_call_reason: mark.map(|mark| mark.reason.clone()).unwrap_or_default(),
            created_by: company.created_by.as_ref().map(|user| user.id.0),
        }
    }
}

impl CompanyBody {
    /// As it would be told of with what was sent; `None` when some of that cannot be meant.
    pub(super) fn with(company: &Company, input: CompanyInput, dictionaries: &Dictionaries) -> Option<Self> {
        let (responsible, branch) = (input.responsible.clone(), input.branch.clone());
        let head = input.head_company.clone();
        let form = CompanyForm::of(&company.fields, company.version);
        let fields = input.over(form).parse(dictionaries).ok()?;
        let mut body = Self::from(&Company {
            fields,
            ..company.clone()
        });
        body.row.responsible = responsible.or(body.row.responsible);
        body.row.branch = branch.or(body.row.branch);
        body.row.head_company = head.or(body.row.head_company);
        Some(body)
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CompanyInput {
    #[schema(value_type = String, required = false, min_length = 1, max_length = 255,
             pattern = "^[^\\u0000]*\\S[^\\u0000]*$")]
    #[serde(default)]
    name: Field<String>,
    #[schema(value_type = Option<String>, max_length = 255)]
    #[serde(default)]
    legal_name: Field<String>,
    #[schema(value_type = Option<String>, max_length = 20)]
    #[serde(default)]
    inn: Field<String>,
    #[schema(value_type = Option<String>, max_length = 20)]
    #[serde(default)]
    kpp: Field<String>,
    #[schema(value_type = Option<String>, max_length = 20)]
    #[serde(default)]
    ogrn: Field<String>,
    #[schema(value_type = Option<String>, max_length = 500)]
    #[serde(default)]
    address: Field<String>,
    #[schema(value_type = Option<String>, max_length = 255)]
    #[serde(default)]
    website: Field<String>,
    #[schema(value_type = Option<String>, max_length = 255)]
    #[serde(default)]
    activity_kind: Field<String>,
    #[schema(value_type = LeadState, required = false)]
    lead_state: Option<LeadState>,
    #[schema(value_type = bool, required = false)]
    is_cold_call: Option<bool>,
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    contract_type: Field<String>,
    #[schema(value_type = Option<NaiveDate>)]
    #[serde(default)]
    contract_until: Field<NaiveDate>,
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    contract_amount: Field<String>,
    #[schema(value_type = Option<String>, max_length = 120)]
    #[serde(default)]
    phone: Field<String>,
    #[schema(value_type = Option<String>, max_length = 254)]
    #[serde(default)]
    email: Field<String>,
    #[schema(value_type = Option<Vec<CompanyPhone>>, max_items = 100)]
    #[serde(default)]
    phones: Field<Vec<CompanyPhone>>,
    #[schema(value_type = Option<Vec<CompanyEmail>>, max_items = 100)]
    #[serde(default)]
    emails: Field<Vec<CompanyEmail>>,
    #[schema(value_type = Option<String>, max_length = 255)]
    #[serde(default)]
    contact_name: Field<String>,
    #[schema(value_type = Option<String>, max_length = 255)]
    #[serde(default)]
    contact_position: Field<String>,
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    time_zone: Field<String>,
    #[schema(value_type = Option<String>, max_length = 120)]
    #[serde(default)]
    working_hours: Field<String>,
    #[schema(value_type = Option<i64>)]
    #[serde(default)]
    status: Field<i64>,
    #[schema(value_type = Option<Vec<i64>>)]
    #[serde(default)]
    spheres: Field<Vec<i64>>,
    #[schema(value_type = Option<i64>)]
    #[serde(default)]
    region: Field<i64>,
    #[schema(value_type = Option<i64>)]
    #[serde(default)]
    pub(super) responsible: Field<i64>,
    #[schema(value_type = Option<i64>)]
    #[serde(default)]
    pub(super) branch: Field<i64>,
    #[schema(value_type = Option<Uuid>)]
    #[serde(default)]
    pub(super) head_company: Field<Uuid>,
    /// Of a new one only: make it although there is one like it.
    #[schema(value_type = bool, required = false)]
    pub(super) allow_duplicate: Option<bool>,
}

impl CompanyInput {
    /// What a company is to be; its form says what it is.
    pub(super) fn over(self, mut form: CompanyForm) -> CompanyForm {
        self.name.write(&mut form.name);
        self.legal_name.write(&mut form.legal_name);
        self.inn.write(&mut form.inn);
        self.kpp.write(&mut form.kpp);
        self.ogrn.write(&mut form.ogrn);
        self.address.write(&mut form.address);
        self.website.write(&mut form.website);
        self.activity_kind.write(&mut form.activity_kind);
        self.contract_type.write(&mut form.contract_type);
        self.contract_until
            .put(&mut form.contract_until, |date| date.to_string());
        self.contract_amount.write(&mut form.contract_amount);
        self.contact_name.write(&mut form.contact_name);
        self.contact_position.write(&mut form.contact_position);
        self.time_zone.write(&mut form.time_zone);
        self.working_hours.write(&mut form.working_hours);
        self.status.put(&mut form.status, |id| id.to_string());
        self.region.put(&mut form.region, |id| id.to_string());
        self.spheres
            .put(&mut form.spheres, |ids| ids.iter().map(ToString::to_string).collect());
        let cold = self
            .is_cold_call
            .map(|is| if is { LeadState::Cold } else { LeadState::Warm });
        if let Some(state) = self.lead_state.or(cold) {
            state.code().clone_into(&mut form.lead_state);
        }
        let pair = |row: CompanyPhone| (row.number, row.comment);
        let phones = self.phones.map(|rows| rows.into_iter().map(pair).collect());
        channels((&mut form.phone, &mut form.phone_comment), (phones, self.phone));
        let pair = |row: CompanyEmail| (row.value, row.comment);
        let emails = self.emails.map(|rows| rows.into_iter().map(pair).collect());
        channels((&mut form.email, &mut form.email_comment), (emails, self.email));
        form
    }

    /// Whether phones or e-mails came as a list.
    pub(super) fn has_lists(&self) -> bool {
        self.phones.is_sent() || self.emails.is_sent()
    }

    /// Whether two fields say opposite things of the contact's state.
    pub(super) fn is_torn(&self) -> bool {
        let state = self.lead_state.map(|state| state == LeadState::Cold);
        matches!((state, self.is_cold_call), (Some(state), Some(is_cold)) if state != is_cold)
    }
}

/// The whole list, when it was sent, and in it the first one, when that was sent.
fn channels(
    (values, comments): (&mut Vec<String>, &mut Vec<String>),
    (all, first): (Field<Vec<(String, String)>>, Field<String>),
) {
    match all {
        Field::Kept => (),
        Field::Cleared => {
            values.clear();
            comments.clear();
        }
        Field::Set(rows) => (*values, *comments) = rows.into_iter().unzip(),
    }
    match (first, values.first_mut()) {
        (Field::Set(value), Some(first)) if !value.trim().is_empty() => *first = value,
        (Field::Set(value), None) if !value.trim().is_empty() => {
            values.push(value);
            comments.push(String::new());
        }
        (Field::Kept, _) | (_, None) => (),
        _ => {
            values.remove(0);
            comments.remove(0);
        }
    }
}

/// A card so much alike that a second one needs a word.
#[derive(Serialize)]
pub(super) struct TwinBody {
    id: Uuid,
    name: String,
    inn: String,
    kpp: String,
    address: String,
    reasons: Vec<&'static str>,
}

impl From<Twin> for TwinBody {
    fn from(twin: Twin) -> Self {
        Self {
            id: twin.id.0,
            name: twin.name,
            inn: twin.inn,
            kpp: twin.kpp,
            address: twin.address,
            reasons: twin.reasons,
        }
    }
}
