//! What was typed about a company → what is meant.

use serde::Deserialize;

use super::model::{CompanyEmail, CompanyPhone, Fields};
use crate::dictionaries::{Dictionaries, Kind};
use crate::error::{FieldErrors, Result};
use crate::values::{Email, Inn, Kpp, Money, Ogrn, Phone, RegionId, SphereId, StatusId, site_url, text, time};
use crate::web::present;

/// The full form as browsers send it. Phones and e-mails are parallel lists.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct CompanyForm {
    pub(crate) name: String,
    pub(crate) legal_name: String,
    pub(crate) inn: String,
    pub(crate) kpp: String,
    pub(crate) ogrn: String,
    pub(crate) address: String,
    pub(crate) website: String,
    pub(crate) activity_kind: String,
    pub(crate) lead_state: String,
    pub(crate) status: String,
    pub(crate) spheres: Vec<String>,
    pub(crate) contract_type: String,
    pub(crate) contract_until: String,
    pub(crate) contract_amount: String,
    pub(crate) phone: Vec<String>,
    pub(crate) phone_comment: Vec<String>,
    pub(crate) email: Vec<String>,
    pub(crate) email_comment: Vec<String>,
    pub(crate) contact_name: String,
    pub(crate) contact_position: String,
    pub(crate) region: String,
    pub(crate) time_zone: String,
    pub(crate) working_hours: String,
    /// See [`crate::db::submitted`].
    pub(crate) form_key: String,
    /// The version that was edited.
    pub(crate) version: i32,
    /// What the form showed: the full one as a fingerprint, that of one field as its text.
    #[serde(deserialize_with = "present")]
    pub(crate) seen: Option<String>,
    /// «Всё равно создать»
    pub(crate) is_wilful: Option<String>,
    /// The site that is written down already: an import may have brought what is no address, and that stays as it is.
    #[serde(skip)]
    pub(crate) known_site: String,
}

/// More numbers or addresses than any company has.
const MOST_ROWS: usize = 100;

/// One row of a repeated field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) value: String,
    pub(crate) comment: String,
    pub(crate) error: String,
}

impl CompanyForm {
    /// The form of a company as it is.
    pub(crate) fn of(fields: &Fields, version: i32) -> Self {
        let fields = fields.clone();
        Self {
            name: fields.name,
            legal_name: fields.legal_name,
            inn: fields.inn,
            kpp: fields.kpp,
            ogrn: fields.ogrn,
            address: fields.address,
            known_site: fields.website.clone(),
            website: fields.website,
            activity_kind: fields.activity_kind,
            lead_state: fields.lead_state,
            status: fields.status.map(|id| id.to_string()).unwrap_or_default(),
            spheres: fields.spheres.iter().map(ToString::to_string).collect(),
            contract_type: fields.contract_type.unwrap_or_default(),
            contract_until: fields.contract_until.map(|date| date.to_string()).unwrap_or_default(),
            phone: fields.phones.iter().map(|row| row.phone.display()).collect(),
            phone_comment: fields.phones.into_iter().map(|row| row.comment).collect(),
            email: fields.emails.iter().map(|row| row.value.as_str().to_owned()).collect(),
            email_comment: fields.emails.into_iter().map(|row| row.comment).collect(),
            contact_name: fields.contact_name,
            contact_position: fields.contact_position,
            contract_amount: fields.contract_amount.map(|sum| sum.to_string()).unwrap_or_default(),
            region: fields.region.map(|id| id.to_string()).unwrap_or_default(),
            time_zone: fields.time_zone,
            working_hours: fields.working_hours,
            version,
            ..Self::default()
        }
    }

    /// Every field as a browser sends it, for a page that carries what was typed along.
    pub(crate) fn pairs(&self) -> Vec<(&'static str, String)> {
        let single = [
            ("name", &self.name),
            ("legal_name", &self.legal_name),
            ("inn", &self.inn),
            ("kpp", &self.kpp),
            ("ogrn", &self.ogrn),
            ("address", &self.address),
            ("website", &self.website),
            ("activity_kind", &self.activity_kind),
            ("lead_state", &self.lead_state),
            ("status", &self.status),
            ("contract_type", &self.contract_type),
            ("contract_until", &self.contract_until),
            ("contract_amount", &self.contract_amount),
            ("contact_name", &self.contact_name),
            ("contact_position", &self.contact_position),
            ("region", &self.region),
            ("time_zone", &self.time_zone),
            ("working_hours", &self.working_hours),
        ];
        let lists = [
            ("spheres", &self.spheres),
            ("phone", &self.phone),
            ("phone_comment", &self.phone_comment),
            ("email", &self.email),
            ("email_comment", &self.email_comment),
        ];
        let single = single.into_iter().map(|(name, value)| (name, value.clone()));
        let lists = lists
            .into_iter()
            .flat_map(|(name, values)| values.iter().map(move |value| (name, value.clone())));
        let version = ("version", self.version.to_string());
        let seen = self.seen.clone().map(|seen| ("seen", seen));
        single.chain(lists).chain([version]).chain(seen).collect()
    }

    /// Phones as typed with their comments, and an empty row to type the next one into.
    pub(crate) fn phones(&self, errors: &FieldErrors) -> Vec<Pair> {
        pairs(&self.phone, &self.phone_comment, "phone", errors)
    }

    /// E-mails as typed with their comments, and an empty row to type the next one into.
    pub(crate) fn emails(&self, errors: &FieldErrors) -> Vec<Pair> {
        pairs(&self.email, &self.email_comment, "email", errors)
    }

    /// What is meant.
    ///
    /// # Errors
    /// A sentence at each field that cannot be meant. A wrong checksum is no error: it warns on the card.
    pub(crate) fn parse(&self, dictionaries: &Dictionaries) -> Result<Fields> {
        let (fields, errors) = self.read(dictionaries);
        errors.or(fields)
    }

    /// What is meant, and what is wrong with it.
    pub(crate) fn read(&self, dictionaries: &Dictionaries) -> (Fields, FieldErrors) {
        let mut errors = FieldErrors::default();
        if self.name.trim().is_empty() {
            errors.add("name", "Укажите название.");
        }
        let mut cut = |field: &'static str, value: &str, most: usize| {
            let value = value.trim();
            if value.chars().count() > most {
                errors.add(field, format!("Не длиннее {most} знаков."));
            }
            value.to_owned()
        };
        let mut fields = Fields {
            name: cut("name", &self.name, 255),
            legal_name: cut("legal_name", &self.legal_name, 255),
            inn: Inn::read(&self.inn).digits,
            kpp: Kpp::read(&self.kpp).digits,
            ogrn: Ogrn::read(&self.ogrn).digits,
            address: cut("address", &self.address, 500),
            website: cut("website", &self.website, 255),
            activity_kind: cut("activity_kind", &self.activity_kind, 255),
            contact_name: cut("contact_name", &self.contact_name, 255),
            contact_position: cut("contact_position", &self.contact_position, 255),
            working_hours: cut("working_hours", &self.working_hours, 120),
            ..Fields::default()
        };
        if text::name_key(&fields.name).is_empty() && !fields.name.is_empty() {
            errors.add("name", "В названии нет ни одной буквы или цифры.");
        }
        self.refuse_lost(&fields, &mut errors);
        if self.lead_state == "cold" { "cold" } else { "warm" }.clone_into(&mut fields.lead_state);
        self.parse_choices(&mut fields, dictionaries, &mut errors);
        fields.phones = self.parse_phones(&mut errors);
        fields.emails = self.parse_emails(&mut errors);
        (fields, errors)
    }

    /// What would be written as something else than was typed.
    fn refuse_lost(&self, fields: &Fields, errors: &mut FieldErrors) {
        for (field, typed, kept) in [
            ("inn", &self.inn, &fields.inn),
            ("kpp", &self.kpp, &fields.kpp),
            ("ogrn", &self.ogrn, &fields.ogrn),
        ] {
            if typed.chars().filter(char::is_ascii_alphanumeric).count() > 20 {
                errors.add(field, "Не длиннее 20 знаков.");
            } else if kept.is_empty() && !typed.trim().is_empty() {
                errors.add(field, "Здесь нет ни одной цифры.");
            }
        }
        let is_new_site = !fields.website.is_empty() && fields.website != self.known_site;
        if is_new_site && site_url(&fields.website).is_none() {
            errors.add("website", "Это не адрес сайта: нужен один адрес вида example.ru.");
        }
    }

    fn parse_choices(&self, fields: &mut Fields, dictionaries: &Dictionaries, errors: &mut FieldErrors) {
        let heirs = &dictionaries.heirs;
        if !self.status.is_empty() {
            let status = self.status.parse().map(StatusId).ok();
            let status = status.map(|id| heirs.status(id));
            fields.status = status.filter(|id| dictionaries.statuses.iter().any(|status| status.id == *id));
            if fields.status.is_none() {
                errors.add("status", "Такого статуса нет.");
            }
        }
        for typed in &self.spheres {
            let sphere = typed.parse().map(SphereId).ok().map(|id| heirs.sphere(id));
            match sphere.filter(|id| dictionaries.spheres.iter().any(|sphere| sphere.id == *id)) {
                Some(sphere) => fields.spheres.push(sphere),
                None => errors.add("spheres", "Такой сферы нет."),
            }
        }
        fields.spheres.sort_unstable();
        fields.spheres.dedup();
        if !self.contract_type.is_empty() {
            let code = heirs.current(Kind::Contract, &self.contract_type);
            if dictionaries.contract_types.iter().any(|kind| kind.code == code) {
                fields.contract_type = Some(code.to_owned());
            } else {
                errors.add("contract_type", "Такого вида договора нет.");
            }
        }
        if !self.contract_until.trim().is_empty() {
            fields.contract_until = time::parse_date(&self.contract_until);
            if fields.contract_until.is_none() {
                errors.add("contract_until", "Дата не читается: нужна вида 31.12.2026.");
            }
        }
        if !self.contract_amount.trim().is_empty() {
            fields.contract_amount = Money::parse(&self.contract_amount);
            if fields.contract_amount.is_none() {
                errors.add(
                    "contract_amount",
                    "Сумма не читается: нужна вида 70 000 или 1 234,50, меньше триллиона рублей.",
                );
            }
        }
        if !self.region.is_empty() {
            let region = self.region.parse().map(RegionId).ok().map(|id| heirs.region(id));
            fields.region = region.filter(|id| dictionaries.regions.iter().any(|region| region.id == *id));
            if fields.region.is_none() {
                errors.add("region", "Такого региона нет.");
            }
        }
        self.time_zone.trim().clone_into(&mut fields.time_zone);
        if !fields.time_zone.is_empty() && time::zone(&fields.time_zone).is_none() {
            errors.add("time_zone", "Такого часового пояса нет.");
        }
    }

    fn parse_phones(&self, errors: &mut FieldErrors) -> Vec<CompanyPhone> {
        let mut phones: Vec<CompanyPhone> = Vec::new();
        for (index, pair) in rows(&self.phone, &self.phone_comment).enumerate() {
            let Some(phone) = Phone::read(&pair.0) else { continue };
            if phones.len() == MOST_ROWS {
                errors.add(format!("phone-{index}"), "Номеров больше 100: уберите лишние.");
                break;
            }
            let is_repeated = phones.iter().any(|row| {
                !phone.digits.is_empty() && row.phone.digits == phone.digits && row.phone.extension == phone.extension
            });
            if pair.0.trim().chars().count() > 120 {
                errors.add(format!("phone-{index}"), "Номер не длиннее 120 знаков.");
            } else if is_repeated {
                errors.add(format!("phone-{index}"), "Этот номер уже есть выше.");
            }
            phones.push(CompanyPhone {
                phone,
                comment: comment(&pair.1, "phone", index, errors),
            });
        }
        phones
    }

    fn parse_emails(&self, errors: &mut FieldErrors) -> Vec<CompanyEmail> {
        let mut emails: Vec<CompanyEmail> = Vec::new();
        for (index, pair) in rows(&self.email, &self.email_comment).enumerate() {
            if pair.0.trim().is_empty() {
                continue;
            }
            if emails.len() == MOST_ROWS {
                errors.add(format!("email-{index}"), "Адресов больше 100: уберите лишние.");
                break;
            }
            match Email::parse(&pair.0) {
                Ok(value) if emails.iter().any(|row| row.value == value) => {
                    errors.add(format!("email-{index}"), "Этот адрес уже есть выше.");
                }
                Ok(value) => emails.push(CompanyEmail {
                    value,
                    comment: comment(&pair.1, "email", index, errors),
                }),
                Err(sentence) => errors.add(format!("email-{index}"), sentence),
            }
        }
        emails
    }
}

fn comment(typed: &str, field: &str, index: usize, errors: &mut FieldErrors) -> String {
    if typed.trim().chars().count() > 255 {
        errors.add(format!("{field}-{index}"), "Комментарий не длиннее 255 знаков.");
    }
    typed.trim().to_owned()
}

fn rows<'a>(values: &'a [String], comments: &'a [String]) -> impl Iterator<Item = (String, String)> + 'a {
    let comments = comments.iter().cloned().chain(std::iter::repeat(String::new()));
    values.iter().cloned().zip(comments)
}

fn pairs(values: &[String], comments: &[String], field: &str, errors: &FieldErrors) -> Vec<Pair> {
    let typed = rows(values, comments)
        .enumerate()
        .map(|(index, (value, comment))| Pair {
            value,
            comment,
            error: errors.get(&format!("{field}-{index}")).to_owned(),
        });
    let mut pairs: Vec<Pair> = typed.collect();
    if pairs
        .last()
        .is_none_or(|pair| !pair.value.is_empty() || !pair.comment.is_empty())
    {
        pairs.push(Pair::default());
    }
    pairs
}
