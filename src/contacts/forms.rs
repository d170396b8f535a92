//! What was typed about a contact → what is meant.

use serde::Deserialize;

use super::model::{Contact, ContactEmail, ContactPhone, EmailKind, Fields, PhoneKind};
use crate::error::{FieldErrors, Result};
use crate::values::{Email, Phone, text};

/// More numbers or addresses than any person has.
const MOST_ROWS: usize = 50;
const LONGEST_NOTE: usize = 20_000;
const UNKNOWN_KIND: &str = "Выберите вид из списка.";
const LONG_COMMENT: &str = "Комментарий длиннее 255 знаков.";

/// The form as it was sent; phones and e-mails are parallel lists, one place per row.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ContactForm {
    /// «Фамилия»
    pub(crate) last_name: String,
    /// «Имя»
    pub(crate) first_name: String,
    /// «Должность»
    pub(crate) position: String,
    /// «Статус»
    pub(crate) status: String,
    /// «Примечание»
    pub(crate) note: String,
    /// Codes of kinds.
    pub(crate) phone_kind: Vec<String>,
    /// Numbers as typed.
    pub(crate) phone: Vec<String>,
    /// Comments of numbers.
    pub(crate) phone_comment: Vec<String>,
    /// Codes of kinds.
    pub(crate) email_kind: Vec<String>,
    /// Addresses as typed.
    pub(crate) email: Vec<String>,
    /// Comments of addresses.
    pub(crate) email_comment: Vec<String>,
    /// The version that was edited.
    pub(crate) version: i32,
    /// The key of a new contact's form.
    pub(crate) form_key: String,
    /// The fingerprint of what the form showed.
    pub(crate) seen: String,
}

/// One row of a parallel list, as typed.
pub(super) struct TypedRow<'a> {
    pub(super) kind: &'a str,
    pub(super) value: &'a str,
    pub(super) comment: &'a str,
}

impl TypedRow<'_> {
    /// A row nobody wrote into; its kind is only what the list offered.
    pub(super) fn is_blank(&self) -> bool {
        self.value.trim().is_empty() && self.comment.trim().is_empty()
    }
}

impl ContactForm {
    /// The form of a stored contact.
    pub(super) fn of(contact: &Contact) -> Self {
        let fields = &contact.fields;
        let (phones, emails) = (&fields.phones, &fields.emails);
        Self {
            last_name: fields.last_name.clone(),
            first_name: fields.first_name.clone(),
            position: fields.position.clone(),
            status: fields.status.clone(),
            note: fields.note.clone(),
            phone_kind: phones.iter().map(|row| row.kind.code().to_owned()).collect(),
            phone: phones.iter().map(ContactPhone::shown).collect(),
            phone_comment: phones.iter().map(|row| row.comment.clone()).collect(),
            email_kind: emails.iter().map(|row| row.kind.code().to_owned()).collect(),
            email: emails.iter().map(|row| row.value.clone()).collect(),
            email_comment: emails.iter().map(|row| row.comment.clone()).collect(),
            version: contact.version,
            form_key: String::new(),
            seen: String::new(),
        }
    }

    /// Takes one field, as [`Fields::rows`] calls it, from another form.
    pub(super) fn take(&mut self, field: &str, from: &Self) {
        match field {
            "last_name" => self.last_name.clone_from(&from.last_name),
            "first_name" => self.first_name.clone_from(&from.first_name),
            "position" => self.position.clone_from(&from.position),
            "contact_status" => self.status.clone_from(&from.status),
            "contact_note" => self.note.clone_from(&from.note),
            "phones" => {
                self.phone_kind.clone_from(&from.phone_kind);
                self.phone.clone_from(&from.phone);
                self.phone_comment.clone_from(&from.phone_comment);
            }
            "emails" => {
                self.email_kind.clone_from(&from.email_kind);
                self.email.clone_from(&from.email);
                self.email_comment.clone_from(&from.email_comment);
            }
            _ => (),
        }
    }

    /// Every field as a browser sends it, for a page that carries what was typed along.
    pub(super) fn pairs(&self) -> Vec<(&'static str, String)> {
        let single = [
            ("last_name", &self.last_name),
            ("first_name", &self.first_name),
            ("position", &self.position),
            ("status", &self.status),
            ("note", &self.note),
            ("seen", &self.seen),
        ];
        let lists = [
            ("phone_kind", &self.phone_kind),
            ("phone", &self.phone),
            ("phone_comment", &self.phone_comment),
            ("email_kind", &self.email_kind),
            ("email", &self.email),
            ("email_comment", &self.email_comment),
        ];
        let single = single.into_iter().map(|(name, value)| (name, value.clone()));
        let lists = lists
            .into_iter()
            .flat_map(|(name, values)| values.iter().map(move |value| (name, value.clone())));
        single
            .chain(lists)
            .chain([("version", self.version.to_string())])
            .collect()
    }

    /// The rows of phones, blank ones too.
    pub(super) fn phone_rows(&self) -> Vec<TypedRow<'_>> {
        rows(&self.phone_kind, &self.phone, &self.phone_comment)
    }

    /// The rows of e-mails, blank ones too.
    pub(super) fn email_rows(&self) -> Vec<TypedRow<'_>> {
        rows(&self.email_kind, &self.email, &self.email_comment)
    }

    /// What is meant; each sentence stands at its field, those of rows at `phone-<place>` and `email-<place>`.
    ///
    /// # Errors
    /// [`crate::error::Error::Invalid`].
    pub(crate) fn parse(&self) -> Result<Fields> {
        let mut errors = FieldErrors::default();
        let mut short = |name: &'static str, typed: &str, most: usize, sentence: &str| {
            let line = text::line(typed);
            if line.chars().count() > most {
                errors.add(name, sentence);
            }
            line
        };
        let mut fields = Fields {
            last_name: short("last_name", &self.last_name, 120, "Фамилия длиннее 120 знаков."),
            first_name: short("first_name", &self.first_name, 120, "Имя длиннее 120 знаков."),
            position: short("position", &self.position, 255, "Должность длиннее 255 знаков."),
            status: short("status", &self.status, 120, "Статус длиннее 120 знаков."),
            note: text::lines(&self.note),
            ..Fields::default()
        };
        if fields.note.chars().count() > LONGEST_NOTE {
            errors.add("note", "Примечание длиннее 20 000 знаков.");
        }
        fields.phones = self.parse_phones(&mut errors);
        fields.emails = self.parse_emails(&mut errors);
        if errors.is_empty() && fields.is_empty() {
            errors.add("", "Заполните хотя бы одно поле: имя, телефон или почту.");
        }
        errors.or(fields)
    }

    fn parse_phones(&self, errors: &mut FieldErrors) -> Vec<ContactPhone> {
        let mut phones: Vec<ContactPhone> = Vec::new();
        for (place, row) in self.phone_rows().into_iter().enumerate() {
            match parse_phone(&row, &phones) {
                Ok(phone) => phones.extend(phone),
                Err(sentence) => errors.add(format!("phone-{place}"), sentence),
            }
        }
        if phones.len() > MOST_ROWS {
            errors.add("phones", "Телефонов больше 50: уберите лишние.");
        }
        phones
    }

    fn parse_emails(&self, errors: &mut FieldErrors) -> Vec<ContactEmail> {
        let mut emails: Vec<ContactEmail> = Vec::new();
        for (place, row) in self.email_rows().into_iter().enumerate() {
            match parse_email(&row, &emails) {
                Ok(email) => emails.extend(email),
                Err(sentence) => errors.add(format!("email-{place}"), sentence),
            }
        }
        if emails.len() > MOST_ROWS {
            errors.add("emails", "Адресов больше 50: уберите лишние.");
        }
        emails
    }
}

fn parse_phone(row: &TypedRow<'_>, known: &[ContactPhone]) -> Result<Option<ContactPhone>, &'static str> {
    if row.is_blank() {
        return Ok(None);
    }
    let comment = parse_comment(row.comment)?;
    let kind = PhoneKind::from_code(row.kind).ok_or(UNKNOWN_KIND)?;
    if text::line(row.value).chars().count() > 120 {
        return Err("Номер длиннее 120 знаков.");
    }
    let phone = Phone::read(row.value).ok_or("Укажите номер или уберите комментарий.")?;
    if known.iter().any(|other| is_same_phone(&other.phone, &phone)) {
        return Err("Этот номер уже есть выше.");
    }
    Ok(Some(ContactPhone { kind, phone, comment }))
}

fn parse_email(row: &TypedRow<'_>, known: &[ContactEmail]) -> Result<Option<ContactEmail>, &'static str> {
    if row.is_blank() {
        return Ok(None);
    }
    let comment = parse_comment(row.comment)?;
    let kind = EmailKind::from_code(row.kind).ok_or(UNKNOWN_KIND)?;
    let value = Email::parse(row.value)?.as_str().to_owned();
    if known
        .iter()
        .any(|other| other.value.to_lowercase() == value.to_lowercase())
    {
        return Err("Этот адрес уже есть выше.");
    }
    Ok(Some(ContactEmail { kind, value, comment }))
}

fn parse_comment(typed: &str) -> Result<String, &'static str> {
    let comment = text::line(typed);
    if comment.chars().count() > 255 {
        Err(LONG_COMMENT)
    } else {
        Ok(comment)
    }
}

/// The same number with another extension is another telephone.
fn is_same_phone(a: &Phone, b: &Phone) -> bool {
    if a.digits.is_empty() || b.digits.is_empty() {
        text::fold(&a.raw) == text::fold(&b.raw)
    } else {
        a.digits == b.digits && a.extension == b.extension
    }
}

/// One row per value; lists of other lengths, which no browser sends, are filled up.
fn rows<'a>(kinds: &'a [String], values: &'a [String], comments: &'a [String]) -> Vec<TypedRow<'a>> {
    let at = |list: &'a [String], place: usize| list.get(place).map_or("", String::as_str);
    let places = 0..values.len().max(comments.len());
    places
        .map(|place| TypedRow {
            kind: at(kinds, place),
            value: at(values, place),
            comment: at(comments, place),
        })
        .collect()
}
