//! Why a card was found, when the row of the answer does not show it.

use std::collections::BTreeSet;

use super::marks::Marks;
use super::model::{CompanyRow, Dial, PersonHit, Reason};
use super::queries::Channel;

/// A card shows no more reasons: the first say enough.
const MOST: usize = 3;

/// Words that a card has not shown yet, and the reasons found so far.
pub(super) struct Explained<'a> {
    marks: &'a Marks,
    missing: BTreeSet<usize>,
    reasons: Vec<Reason>,
}

impl<'a> Explained<'a> {
    /// A company by its own fields; name, ИНН and address stand in its row.
    pub(super) fn company(row: &CompanyRow, marks: &'a Marks) -> Self {
        let mut explained = Self::by(marks, &[&row.name, &row.inn, &row.address]);
        let fields = [
            ("юр. название", &row.legal_name),
            ("КПП", &row.kpp),
            ("ОГРН", &row.ogrn),
            ("контактное лицо", &row.contact_name),
            ("должность", &row.contact_position),
            ("сайт", &row.website),
            ("вид деятельности", &row.activity_kind),
        ];
        for (label, text) in fields {
            explained.try_reason(label, text, None);
        }
        explained
    }

    /// A person by what stands in the row.
    pub(super) fn person(hit: &PersonHit, marks: &'a Marks) -> Self {
        let company = hit.company.as_ref().map_or("", |(_, name)| name.as_str());
        Self::by(marks, &[&hit.name, &hit.position, company])
    }

    fn by(marks: &'a Marks, shown: &[&str]) -> Self {
        let mut missing = marks.all();
        for text in shown {
            missing.retain({
                let found = marks.found_in(text);
                move |group| !found.contains(group)
            });
        }
        Self {
            marks,
            missing,
            reasons: Vec::new(),
        }
    }

    /// Whether a word has not been shown yet.
    pub(super) fn is_open(&self) -> bool {
        !self.missing.is_empty() && self.reasons.len() < MOST
    }

    /// A phone or an e-mail.
    pub(super) fn try_channel(&mut self, channel: &Channel, is_of_company: bool) {
        let kind = if channel.is_phone { "телефон" } else { "e-mail" };
        let label = match (is_of_company, channel.person.as_str()) {
            (true, "") if channel.contact.is_some() => format!("{kind} контакта"),
            (false, _) | (true, "") => kind.to_owned(),
            (true, person) => format!("{kind} контакта {person}"),
        };
        let dial = channel.phone.tel().map(|_| Dial {
            phone: channel.phone.clone(),
            company: channel.company,
            contact: channel.contact,
            do_not_call: channel.do_not_call.clone(),
        });
        self.try_reason(&label, &channel.phone.display(), dial);
    }

    /// A person at the company.
    pub(super) fn try_colleague(&mut self, name: &str, position: &str) {
        let both = [name, position].into_iter().filter(|text| !text.is_empty());
        self.try_reason("контакт", &both.collect::<Vec<_>>().join(", "), None);
    }

    fn try_reason(&mut self, label: &str, text: &str, dial: Option<Dial>) {
        if !self.is_open() {
            return;
        }
        let found = self.marks.found_in(text);
        if self.missing.is_disjoint(&found) {
            return;
        }
        self.missing.retain(|group| !found.contains(group));
        self.reasons.push(Reason {
            label: label.to_owned(),
            text: text.to_owned(),
            dial,
        });
    }

    /// The reasons.
    pub(super) fn into_reasons(self) -> Vec<Reason> {
        self.reasons
    }
}
