//! What a contact is: a person at a company, with typed phones and e-mails.

use chrono::{DateTime, Utc};

use crate::audit::Changes;
use crate::companies::{self, DoNotCall};
use crate::policy::{Actor, Ties};
use crate::values::{CompanyId, ContactId, Phone, UserId};

/// What a phone number is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum PhoneKind {
    /// «Рабочий»
    #[default]
    Work,
    /// «Рабочий прямой»
    WorkDirect,
    /// «Мобильный»
    Mobile,
    /// «Домашний»
    Home,
    /// «Факс»
    Fax,
    /// «Другой»
    Other,
}

impl PhoneKind {
    /// In the order in which they are offered.
    pub(crate) const ALL: [Self; 6] = [
        Self::Work,
        Self::WorkDirect,
        Self::Mobile,
        Self::Home,
        Self::Fax,
        Self::Other,
    ];

    /// As stored.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Work => "work",
            Self::WorkDirect => "work_direct",
            Self::Mobile => "mobile",
            Self::Home => "home",
            Self::Fax => "fax",
            Self::Other => "other",
        }
    }

    /// As people read it.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Work => "Рабочий",
            Self::WorkDirect => "Рабочий прямой",
            Self::Mobile => "Мобильный",
            Self::Home => "Домашний",
            Self::Fax => "Факс",
            Self::Other => "Другой",
        }
    }

    /// The kind of this code.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// Whose an e-mail is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum EmailKind {
    /// «Рабочий»
    #[default]
    Work,
    /// «Личный»
    Personal,
    /// «Другой»
    Other,
}

impl EmailKind {
    /// In the order in which they are offered.
    pub(crate) const ALL: [Self; 3] = [Self::Work, Self::Personal, Self::Other];

    /// As stored.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Work => "work",
            Self::Personal => "personal",
            Self::Other => "other",
        }
    }

    /// As people read it.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Work => "Рабочий",
            Self::Personal => "Личный",
            Self::Other => "Другой",
        }
    }

    /// The kind of this code.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// One of a contact's phones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ContactPhone {
    /// What it is for.
    pub(crate) kind: PhoneKind,
    /// The number.
    pub(crate) phone: Phone,
    /// «после 18:00»
    pub(crate) comment: String,
}

/// One of a contact's e-mails.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ContactEmail {
    /// Whose it is.
    pub(crate) kind: EmailKind,
    /// The address, read as [`crate::values::Email`] before it was stored.
    pub(crate) value: String,
    /// «бухгалтерия»
    pub(crate) comment: String,
}

/// What people write about a contact; everything the form changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fields {
    /// «Фамилия»
    pub(crate) last_name: String,
    /// «Имя»
    pub(crate) first_name: String,
    /// «Должность»
    pub(crate) position: String,
    /// «Статус», free text.
    pub(crate) status: String,
    /// «Примечание»
    pub(crate) note: String,
    /// In the order typed.
    pub(crate) phones: Vec<ContactPhone>,
    /// In the order typed.
    pub(crate) emails: Vec<ContactEmail>,
}

/// A contact with all that is known of it.
#[derive(Clone, Debug)]
pub(crate) struct Contact {
    /// Key.
    pub(crate) id: ContactId,
    /// Where the person works; `None`: at no company of the base.
    pub(crate) company: Option<CompanyId>,
    /// What people wrote.
    pub(crate) fields: Fields,
    /// The person asked not to be called.
    pub(crate) do_not_call: Option<DoNotCall>,
    /// Who made it; `None`: an import.
    pub(crate) created_by: Option<UserId>,
    /// Who took the person out of a company; `None`: nobody since the last one.
    pub(crate) released_by: Option<UserId>,
    /// Grows with each change.
    pub(crate) version: i32,
    /// When it was made.
    pub(crate) created_at: DateTime<Utc>,
    /// When it last changed.
    pub(crate) updated_at: DateTime<Utc>,
}

/// A row of the list of people.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    /// Who.
    pub(crate) contact: Contact,
    /// Where the person works; empty: at no company of the base.
    pub(crate) company_name: String,
}

/// Whom the list of people shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PeopleFilter {
    /// As typed.
    pub(crate) q: String,
    /// What that means.
    pub(crate) wanted: Wanted,
    /// Only those without a company.
    pub(crate) is_lone: bool,
    /// Only those at this one.
    pub(crate) company: Option<CompanyId>,
    /// Those changed longest ago first.
    pub(crate) is_rising: bool,
}

/// What is looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Nothing.
    #[default]
    Anybody,
    /// A `tsquery` of words of name, position and status.
    Words(String),
    /// The digits with which a number begins, or its last seven.
    Phone(String),
    /// The beginning of an address, in lower case.
    Email(String),
}

impl PeopleFilter {
    /// What was asked for.
    pub(crate) fn read(q: &str, is_lone: bool) -> Self {
        let q: String = q.trim().chars().take(companies::LONGEST_SEARCH).collect();
        let wanted = if let Some(digits) = Phone::query_digits(&q) {
            Wanted::Phone(digits)
        } else if q.contains('@') && !q.contains(char::is_whitespace) {
            Wanted::Email(q.to_lowercase())
        } else {
            companies::Terms::read(&q).map_or(Wanted::Anybody, |terms| Wanted::Words(terms.query))
        };
        Self {
            q,
            wanted,
            is_lone,
            company: None,
            is_rising: false,
        }
    }
}

/// Somebody else who has a number: a person, a company, or a person at a company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Holder {
    /// The person; `None`: the company itself.
    pub(crate) contact: Option<ContactId>,
    /// «Фамилия Имя»; may be empty.
    pub(crate) person: String,
    /// The company and its name.
    pub(crate) company: Option<(CompanyId, String)>,
}

impl Holder {
    /// «Иванов Пётр, ООО «Ромашка»»
    pub(crate) fn name(&self) -> String {
        let person = if self.contact.is_some() && self.person.is_empty() {
            "контакт без имени"
        } else {
            &self.person
        };
        let company = self.company.as_ref().map_or("", |(_, name)| name);
        let parts = [person, company].into_iter().filter(|part| !part.is_empty());
        parts.collect::<Vec<_>>().join(", ")
    }
}

impl Contact {
    /// How the actor is tied to a contact without a company; one at a company follows the company.
    pub(crate) fn ties(&self, actor: &Actor) -> Ties {
        Ties {
            own: actor.is(self.created_by) || actor.is(self.released_by),
            branch: false,
        }
    }
}

impl Fields {
    /// «Фамилия Имя», or whatever else tells whom one speaks of.
    pub(crate) fn name(&self) -> String {
        let name = format!("{} {}", self.last_name, self.first_name);
        let phone = self.phones.first().map(ContactPhone::shown);
        let email = self.emails.first().map(|row| row.value.clone());
        let known = [Some(name.trim().to_owned()), Some(self.position.clone()), phone, email];
        let found = known.into_iter().flatten().find(|text| !text.is_empty());
        found.unwrap_or_else(|| "Без имени".to_owned())
    }

    /// Whether nothing at all was written.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Every field as people read it: name, Russian label, value.
    pub(crate) fn rows(&self) -> [(&'static str, &'static str, String); 7] {
        let phones = self.phones.iter().map(ContactPhone::describe);
        let emails = self.emails.iter().map(ContactEmail::describe);
        let values = [
            self.last_name.clone(),
            self.first_name.clone(),
            self.position.clone(),
            self.status.clone(),
            phones.collect::<Vec<_>>().join(", "),
            emails.collect::<Vec<_>>().join(", "),
            self.note.clone(),
        ];
        let mut values = values.into_iter();
        LABELS.map(|(field, label)| (field, label, values.next().unwrap_or_default()))
    }

    /// What differs between two states of a contact.
    pub(crate) fn changes(before: &Self, after: &Self) -> Changes {
        let mut changes = Changes::default();
        for ((field, _, old), (_, _, new)) in before.rows().into_iter().zip(after.rows()) {
            changes.compare(field, &old, &new);
        }
        changes
    }
}

impl ContactPhone {
    /// The number in the usual form, or as typed when words stand in it: «8 912 345-67-89 спросить Марию».
    pub(crate) fn shown(&self) -> String {
        let words = self
            .phone
            .raw
            .split(|c: char| !c.is_alphabetic())
            .filter(|word| !word.is_empty());
        let says_more = |word: &str| {
            let word = word.to_lowercase();
            !QUIET_WORDS.iter().any(|quiet| word.starts_with(quiet))
        };
        if words.into_iter().any(says_more) {
            self.phone.raw.clone()
        } else {
            self.phone.display()
        }
    }

    /// «+7 (912) 345-67-89 (мобильный, после 18:00)»
    fn describe(&self) -> String {
        describe(&self.shown(), self.kind.label(), &self.comment)
    }
}

impl ContactEmail {
    fn describe(&self) -> String {
        describe(&self.value, self.kind.label(), &self.comment)
    }

    /// What a `mailto:` link opens: a `?` or `&` of an address must not become a header of the letter.
    pub(crate) fn mailto(&self) -> String {
        let coded = |c: char| match c {
            '%' => "%25".to_owned(),
            '?' => "%3F".to_owned(),
            '&' => "%26".to_owned(),
            '#' => "%23".to_owned(),
            other => other.to_string(),
        };
        self.value.chars().map(coded).collect()
    }
}

fn describe(value: &str, kind: &str, comment: &str) -> String {
    let kind = kind.to_lowercase();
    if comment.is_empty() {
        format!("{value} ({kind})")
    } else {
        format!("{value} ({kind}, {comment})")
    }
}

/// Beginnings of words that say no more of a number than its usual form does.
const QUIET_WORDS: [&str; 6] = ["тел", "доб", "доп", "вн", "ext", "tel"];

const LABELS: [(&str, &str); 7] = [
    ("last_name", "Фамилия"),
    ("first_name", "Имя"),
    ("position", "Должность"),
    ("contact_status", "Статус контакта"),
    ("phones", "Телефоны"),
    ("emails", "E-mail"),
    ("contact_note", "Примечание"),
];

/// Russian label of a contact's field in the history of a card.
pub(crate) fn field_label(field: &str) -> Option<&'static str> {
    LABELS
        .into_iter()
        .chain([("contact_company", "Компания")])
        .find_map(|(name, label)| (name == field).then_some(label))
}
