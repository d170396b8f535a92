//! Contacts as JSON: names of fields are those of the older CRM.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::api::Field;
use crate::contacts::forms::ContactForm;
use crate::contacts::model::{Contact, ContactEmail, ContactPhone, EmailKind, PhoneKind};
use crate::values::CompanyId;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct ListQuery {
    #[param(value_type = Option<String>, pattern = "^[^\\u0000]*$")]
    pub(super) search: Option<String>,
    #[param(value_type = Option<Ordering>, inline)]
    pub(super) ordering: Option<Ordering>,
    pub(super) company: Option<Uuid>,
    pub(super) cursor: Option<String>,
    #[param(minimum = 1, maximum = 100)]
    pub(super) page_size: Option<i64>,
}

/// Orders that an index serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(as = ContactOrdering)]
pub(super) enum Ordering {
    #[serde(rename = "-updated_at")]
    LatestUpdated,
    #[serde(rename = "updated_at")]
    Updated,
}

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PhoneKind)]
enum KindOfPhone {
    #[default]
    Work,
    WorkDirect,
    Mobile,
    Home,
    Fax,
    Other,
}

impl KindOfPhone {
    fn of(kind: PhoneKind) -> Self {
        match kind {
            PhoneKind::Work => Self::Work,
            PhoneKind::WorkDirect => Self::WorkDirect,
            PhoneKind::Mobile => Self::Mobile,
            PhoneKind::Home => Self::Home,
            PhoneKind::Fax => Self::Fax,
            PhoneKind::Other => Self::Other,
        }
    }

    fn code(self) -> String {
        let kind = match self {
            Self::Work => PhoneKind::Work,
            Self::WorkDirect => PhoneKind::WorkDirect,
            Self::Mobile => PhoneKind::Mobile,
            Self::Home => PhoneKind::Home,
            Self::Fax => PhoneKind::Fax,
            Self::Other => PhoneKind::Other,
        };
        kind.code().to_owned()
    }
}

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = EmailKind)]
enum KindOfEmail {
    #[default]
    Work,
    Personal,
    Other,
}

impl KindOfEmail {
    fn of(kind: EmailKind) -> Self {
        match kind {
            EmailKind::Work => Self::Work,
            EmailKind::Personal => Self::Personal,
            EmailKind::Other => Self::Other,
        }
    }

    fn code(self) -> String {
        let kind = match self {
            Self::Work => EmailKind::Work,
            Self::Personal => EmailKind::Personal,
            Self::Other => EmailKind::Other,
        };
        kind.code().to_owned()
    }
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ContactPhone)]
pub(super) struct PhoneBody {
    #[serde(default)]
    kind: KindOfPhone,
    #[schema(min_length = 1, max_length = 120, pattern = "^[^\\u0000]*\\S[^\\u0000]*$")]
    number: String,
    #[serde(default)]
    #[schema(max_length = 255)]
    comment: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ContactEmail)]
pub(super) struct EmailBody {
    #[serde(default)]
    kind: KindOfEmail,
    #[schema(max_length = 254)]
    value: String,
    #[serde(default)]
    #[schema(max_length = 255)]
    comment: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ContactRow {
    id: Uuid,
    company: Option<Uuid>,
    first_name: String,
    last_name: String,
    position: String,
    status: String,
    note: String,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ContactBody {
    #[serde(flatten)]
    row: ContactRow,
    phones: Vec<PhoneBody>,
    emails: Vec<EmailBody>,
    do_not_call: bool,
    do_not_call_reason: String,
    created_by: Option<i64>,
}

/// What can only be read, but for the version.
pub(super) const READ_ONLY: &[&str] = &[
    "id",
    "do_not_call",
    "do_not_call_reason",
    "created_by",
    "created_at",
    "updated_at",
];

impl From<&Contact> for ContactRow {
    fn from(contact: &Contact) -> Self {
        let fields = contact.fields.clone();
        Self {
            id: contact.id.0,
            company: contact.company.map(|id| id.0),
            first_name: fields.first_name,
            last_name: fields.last_name,
            position: fields.position,
            status: fields.status,
            note: fields.note,
            version: contact.version,
            created_at: contact.created_at,
            updated_at: contact.updated_at,
        }
    }
}

impl From<&Contact> for ContactBody {
    fn from(contact: &Contact) -> Self {
        let phone = |row: &ContactPhone| PhoneBody {
            kind: KindOfPhone::of(row.kind),
            number: row.shown(),
            comment: row.comment.clone(),
        };
        let email = |row: &ContactEmail| EmailBody {
            kind: KindOfEmail::of(row.kind),
            value: row.value.clone(),
            comment: row.comment.clone(),
        };
        let mark = contact.do_not_call.as_ref();
        Self {
            row: ContactRow::from(contact),
            phones: contact.fields.phones.iter().map(phone).collect(),
            emails: contact.fields.emails.iter().map(email).collect(),
            do_not_call: mark.is_some(),
            do_not_call_reason: mark.map(|mark| mark.reason.clone()).unwrap_or_default(),
            created_by: contact.created_by.map(|id| id.0),
        }
    }
}

impl ContactBody {
    /// As it would be told of with what was sent; `None` when some of that cannot be meant.
    pub(super) fn with(contact: &Contact, input: ContactInput) -> Option<Self> {
        let company = input.company.clone().map(CompanyId).or(contact.company);
        let fields = input.over(ContactForm::of(contact)).parse().ok()?;
        Some(Self::from(&Contact {
            company,
            fields,
            ..contact.clone()
        }))
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ContactInput {
    #[serde(default)]
    #[schema(value_type = Option<Uuid>)]
    pub(super) company: Field<Uuid>,
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 120)]
    first_name: Field<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 120)]
    last_name: Field<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 255)]
    position: Field<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 120)]
    status: Field<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 20000)]
    note: Field<String>,
    #[serde(default)]
    #[schema(value_type = Option<Vec<PhoneBody>>, max_items = 50)]
    phones: Field<Vec<PhoneBody>>,
    #[serde(default)]
    #[schema(value_type = Option<Vec<EmailBody>>, max_items = 50)]
    emails: Field<Vec<EmailBody>>,
}

impl ContactInput {
    /// What a contact is to be; its form says what it is.
    pub(super) fn over(self, mut form: ContactForm) -> ContactForm {
        self.first_name.write(&mut form.first_name);
        self.last_name.write(&mut form.last_name);
        self.position.write(&mut form.position);
        self.status.write(&mut form.status);
        self.note.write(&mut form.note);
        if self.phones.is_sent() {
            let rows = self.phones.or(None).unwrap_or_default();
            form.phone_kind = rows.iter().map(|row| row.kind.code()).collect();
            form.phone_comment = rows.iter().map(|row| row.comment.clone()).collect();
            form.phone = rows.into_iter().map(|row| row.number).collect();
        }
        if self.emails.is_sent() {
            let rows = self.emails.or(None).unwrap_or_default();
            form.email_kind = rows.iter().map(|row| row.kind.code()).collect();
            form.email_comment = rows.iter().map(|row| row.comment.clone()).collect();
            form.email = rows.into_iter().map(|row| row.value).collect();
        }
        form
    }
}
