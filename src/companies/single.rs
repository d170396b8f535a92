//! Fields that are edited on their own on the card: which there are, and how one of them is moved about.

use super::forms::CompanyForm;
use super::model::Fields;

/// How a field is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Control {
    /// One line.
    Line,
    /// Several lines.
    Lines,
    /// A day.
    Day,
    /// One of a list.
    Choice,
    /// Any of a list.
    Choices,
    /// Rows of a value and a comment.
    Pairs,
}

/// A field that is edited on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Single {
    /// As forms and the audit log call it.
    pub(crate) name: &'static str,
    /// How it is typed.
    pub(crate) control: Control,
}

const fn single(name: &'static str, control: Control) -> Single {
    Single { name, control }
}

/// All of them.
const ALL: [Single; 21] = [
    single("name", Control::Line),
    single("legal_name", Control::Line),
    single("inn", Control::Line),
    single("kpp", Control::Line),
    single("ogrn", Control::Line),
    single("address", Control::Lines),
    single("website", Control::Line),
    single("activity_kind", Control::Line),
    single("contact_name", Control::Line),
    single("contact_position", Control::Line),
    single("working_hours", Control::Line),
    single("contract_amount", Control::Line),
    single("contract_until", Control::Day),
    single("contract_type", Control::Choice),
    single("lead_state", Control::Choice),
    single("region", Control::Choice),
    single("time_zone", Control::Choice),
    single("status", Control::Choice),
    single("spheres", Control::Choices),
    single("phone", Control::Pairs),
    single("email", Control::Pairs),
];

impl Single {
    /// The field of this name.
    pub(crate) fn find(name: &str) -> Option<Self> {
        ALL.into_iter().find(|field| field.name == name)
    }

    /// Its place in the form, when it is one text.
    fn slot(self, form: &mut CompanyForm) -> &mut String {
        match self.name {
            "status" => &mut form.status,
            "legal_name" => &mut form.legal_name,
            "inn" => &mut form.inn,
            "kpp" => &mut form.kpp,
            "ogrn" => &mut form.ogrn,
            "address" => &mut form.address,
            "website" => &mut form.website,
            "activity_kind" => &mut form.activity_kind,
            "contact_name" => &mut form.contact_name,
            "contact_position" => &mut form.contact_position,
            "working_hours" => &mut form.working_hours,
            "contract_amount" => &mut form.contract_amount,
            "contract_until" => &mut form.contract_until,
            "contract_type" => &mut form.contract_type,
            "lead_state" => &mut form.lead_state,
            "region" => &mut form.region,
            "time_zone" => &mut form.time_zone,
            _ => &mut form.name,
        }
    }

    /// Puts what was typed of it into another form.
    pub(crate) fn take(self, typed: &CompanyForm, form: &mut CompanyForm) {
        let mut typed = typed.clone();
        match self.name {
            "spheres" => form.spheres = typed.spheres,
            "phone" => (form.phone, form.phone_comment) = (typed.phone, typed.phone_comment),
            "email" => (form.email, form.email_comment) = (typed.email, typed.email_comment),
            _ => std::mem::swap(self.slot(form), self.slot(&mut typed)),
        }
    }

    /// What a form has of it as one text, by which two states of it are compared.
    pub(crate) fn text(self, form: &CompanyForm) -> String {
        match self.name {
            "spheres" => form.spheres.join(" "),
            "phone" => pairs_text(&form.phone, &form.phone_comment),
            "email" => pairs_text(&form.email, &form.email_comment),
            _ => std::mem::take(self.slot(&mut form.clone())),
        }
    }

    /// The same of a company as it is.
    pub(crate) fn value(self, fields: &Fields) -> String {
        self.text(&CompanyForm::of(fields, 0))
    }

    /// How many characters one line of it takes.
    pub(crate) fn limit(self) -> usize {
        match self.name {
            "inn" | "kpp" | "ogrn" => 20,
            "contract_amount" => 30,
            "working_hours" => 120,
            _ => 255,
        }
    }

    /// Whether it has rows of its own, which the company's row does not hold.
    pub(crate) fn has_rows(self) -> bool {
        matches!(self.control, Control::Choices | Control::Pairs)
    }

    /// Writes it over; the other fields stay.
    pub(crate) fn copy(self, from: &Fields, to: &mut Fields) {
        match self.name {
            "legal_name" => to.legal_name.clone_from(&from.legal_name),
            "inn" => to.inn.clone_from(&from.inn),
            "kpp" => to.kpp.clone_from(&from.kpp),
            "ogrn" => to.ogrn.clone_from(&from.ogrn),
            "address" => to.address.clone_from(&from.address),
            "website" => to.website.clone_from(&from.website),
            "activity_kind" => to.activity_kind.clone_from(&from.activity_kind),
            "contact_name" => to.contact_name.clone_from(&from.contact_name),
            "contact_position" => to.contact_position.clone_from(&from.contact_position),
            "working_hours" => to.working_hours.clone_from(&from.working_hours),
            "contract_amount" => to.contract_amount = from.contract_amount,
            "contract_until" => to.contract_until = from.contract_until,
            "contract_type" => to.contract_type.clone_from(&from.contract_type),
            "lead_state" => to.lead_state.clone_from(&from.lead_state),
            "region" => to.region = from.region,
            "time_zone" => to.time_zone.clone_from(&from.time_zone),
            "status" => to.status = from.status,
            "spheres" => to.spheres.clone_from(&from.spheres),
            "phone" => to.phones.clone_from(&from.phones),
            "email" => to.emails.clone_from(&from.emails),
            _ => to.name.clone_from(&from.name),
        }
    }
}

/// A line for each row: the value, a tab, the comment.
fn pairs_text(values: &[String], comments: &[String]) -> String {
    let comments = comments.iter().map(String::as_str).chain(std::iter::repeat(""));
    let rows = values
        .iter()
        .zip(comments)
        .filter(|(value, _)| !value.trim().is_empty());
    rows.map(|(value, comment)| format!("{value}\t{comment}"))
        .collect::<Vec<_>>()
        .join("\n")
}
