//! The words of a card in the form in which a `tsvector` is written: the twin of `company_search()` in the database.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::values::text::words;

use super::model::{DemoCompany, DemoEmail, DemoPhone};

/// The `search` column of a company, `'word' 'word'`.
pub(super) fn search_text(company: &DemoCompany) -> String {
    let mut found = BTreeSet::new();
    let card = [
        company.name.as_str(),
        &company.legal_name,
        &company.inn,
        &company.kpp,
        &company.ogrn,
        &company.address,
        &company.website,
        company.activity_kind,
        &company.contact_name,
        company.contact_position,
    ];
    found.extend(words(&card.join(" ")));
    add_phones(&mut found, &company.phones);
    add_emails(&mut found, &company.emails);
    for contact in &company.contacts {
        let person = &contact.person;
        found.extend(words(
            &[&person.last_name, &person.first_name, contact.position].join(" "),
        ));
        add_phones(&mut found, &contact.phones);
        add_emails(&mut found, &contact.emails);
    }
    let mut text = String::with_capacity(found.len() * 16);
    for word in &found {
        let word: String = word.chars().take(100).collect();
        let word = word.replace('\\', "\\\\").replace('\'', "''");
        let space = if text.is_empty() { "" } else { " " };
        // Writing to a String cannot fail.
        let _ = write!(text, "{space}'{word}'");
    }
    text
}

fn add_phones(found: &mut BTreeSet<String>, phones: &[DemoPhone]) {
    for phone in phones
        .iter()
        .map(|phone| &phone.phone)
        .filter(|phone| !phone.digits.is_empty())
    {
        found.insert(phone.digits.clone());
        found.insert(phone.digits[phone.digits.len().saturating_sub(7)..].to_owned());
    }
}

fn add_emails(found: &mut BTreeSet<String>, emails: &[DemoEmail]) {
    for email in emails {
        found.extend(words(&email.value));
        found.insert(email.value.to_lowercase());
    }
}
