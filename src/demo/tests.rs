//! The generator keeps its promises.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use crate::values::{Email, Inn, Kpp, Ogrn, Phone};

use super::amo::{AmoOptions, AmoSummary, Layout, write};
use super::company::head_of;
use super::{DemoCompany, company};

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000, 0).unwrap()
}

fn some(count: u64) -> Vec<DemoCompany> {
    (0..count).map(|index| company(1, index, now())).collect()
}

#[test]
fn one_seed_makes_one_base() {
    assert_eq!(company(7, 42, now()), company(7, 42, now()));
    assert_ne!(company(7, 42, now()).name, company(8, 42, now()).name);
    assert_ne!(company(7, 42, now()).id, company(7, 43, now()).id);
}

#[test]
fn the_base_of_a_seed_never_changes() {
    // A change here changes everybody's demo: bump it knowingly.
    insta::assert_debug_snapshot!(company(1, 1, now()));
}

#[test]
fn numbers_have_right_check_digits() {
    for company in some(2_000) {
        let name = &company.name;
        assert!(
            company.inn.is_empty() || Inn::read(&company.inn).is_valid(),
            "{name}: {}",
            company.inn
        );
        assert!(
            company.kpp.is_empty() || Kpp::read(&company.kpp).is_valid(),
            "{name}: {}",
            company.kpp
        );
        assert!(
            company.ogrn.is_empty() || Ogrn::read(&company.ogrn).is_valid(),
            "{name}: {}",
            company.ogrn
        );
        assert!(
            company.kpp.is_empty() || company.inn.len() != 12,
            "{name} is a person with a КПП"
        );
    }
}

#[test]
fn every_phone_is_understood_and_every_email_reads() {
    for company in some(1_000) {
        let contacts = &company.contacts;
        let phones = company
            .phones
            .iter()
            .chain(contacts.iter().flat_map(|contact| &contact.phones));
        for phone in phones {
            assert_eq!(phone.phone.e164.len(), 12, "{:?}", phone.phone);
            assert!(!Phone::is_junk(&phone.phone.digits), "{:?}", phone.phone);
        }
        let emails = company
            .emails
            .iter()
            .chain(contacts.iter().flat_map(|contact| &contact.emails));
        for email in emails {
            assert!(Email::parse(&email.value).is_ok(), "{}", email.value);
            assert!(email.value.ends_with(".example"), "{}", email.value);
        }
    }
}

#[test]
fn texts_fit_their_columns_and_times_are_in_order() {
    for company in some(2_000) {
        assert!((1..=255).contains(&company.name.chars().count()), "{}", company.name);
        assert!(company.legal_name.chars().count() <= 255, "{}", company.legal_name);
        assert!(company.website.chars().count() <= 255, "{}", company.website);
        assert!(company.created_at <= company.updated_at && company.updated_at <= now());
        assert!(company.notes.iter().all(|note| note.created_at <= company.updated_at));
        let has_zone = company.time_zone.parse::<chrono_tz::Tz>().is_ok();
        assert!(has_zone || company.dictionary_region.is_some(), "{}", company.name);
        let reason = company.no_call.as_ref().map_or("", |mark| mark.reason);
        assert!(reason.chars().count() <= 300, "{reason}");
        assert!(company.no_call.is_none_or(|mark| mark.at <= company.updated_at));
    }
}

#[test]
fn a_branch_shares_the_inn_of_its_head() {
    let with_head: Vec<u64> = (0..400)
        .filter(|index| company(1, *index, now()).head_company_id.is_some())
        .collect();
    assert!(with_head.len() > 5, "{with_head:?}");
    for index in with_head {
        let head = head_of(index).expect("a head");
        let (branch, head) = (company(1, index, now()), company(1, head, now()));
        assert_eq!((branch.head_company_id, &branch.inn), (Some(head.id), &head.inn));
    }
}

fn export(options: AmoOptions) -> (Vec<csv::StringRecord>, AmoSummary) {
    let mut file = Vec::new();
    let summary = write(&mut file, options).unwrap();
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(file.as_slice());
    (reader.records().map(Result::unwrap).collect(), summary)
}

const CLEAN: AmoOptions = AmoOptions {
    layout: Layout::ContactsAndCompanies,
    rows: 1_000,
    seed: 3,
    dirty: false,
};

#[test]
fn the_export_is_the_same_each_time_and_has_as_many_rows_as_asked() {
    let (rows, summary) = export(CLEAN);
    assert_eq!(export(CLEAN), (rows.clone(), summary.clone()));
    assert_eq!(rows.len(), 1_001);
    assert_eq!((summary.rows, summary.companies + summary.contacts), (1_000, 1_000));
    assert!((500..700).contains(&summary.companies), "{summary:?}");
    assert_eq!(&rows[0][28], "Адрес");
    for count in [
        summary.lone_contacts,
        summary.early_contacts,
        summary.cold_calls,
        summary.with_entities,
        summary.apostrophe_phones,
        summary.several_phones,
        summary.multiline_notes,
    ] {
        assert!(count > 0, "{summary:?}");
    }
}

#[test]
fn contacts_name_companies_of_the_file() {
    let (rows, _) = export(CLEAN);
    let companies: Vec<&str> = rows
        .iter()
        .filter(|row| &row[1] == "компания")
        .map(|row| &row[5])
        .collect();
    let names: HashSet<&str> = companies.iter().copied().collect();
    assert_eq!(names.len(), companies.len(), "no two companies are called alike");
    let mut contacts = rows.iter().filter(|row| &row[1] == "контакт" && !row[5].is_empty());
    assert!(contacts.all(|row| names.contains(&row[5])));
}

#[test]
fn a_file_of_2022_has_dates_under_deals() {
    let (right, _) = export(CLEAN);
    let (shifted, _) = export(AmoOptions {
        layout: Layout::Contacts2022,
        ..CLEAN
    });
    assert_eq!(right[0], shifted[0]);
    for (right, shifted) in right.iter().zip(&shifted).skip(1) {
        assert_eq!(
            (&shifted[9], &shifted[10], &shifted[11]),
            (&right[10], &right[11], &right[9])
        );
        assert_eq!((&shifted[8], &shifted[12]), (&right[8], &right[12]));
    }
}

#[test]
fn a_dirty_file_holds_every_flaw_it_counts() {
    let (rows, summary) = export(AmoOptions { dirty: true, ..CLEAN });
    let rows = &rows[1..];
    let count = |is_bad: &dyn Fn(&csv::StringRecord) -> bool| rows.iter().filter(|row| is_bad(row)).count() as u64;
    assert_eq!(summary.rows, 1_000);
    assert_eq!(count(&|row| row[0].is_empty()), summary.missing_ids);
    assert_eq!(
        count(&|row| !row[24].is_empty() && Email::parse(&row[24]).is_err()),
        summary.broken_emails
    );
    assert_eq!(count(&|row| Inn::read(&row[38]).padded().is_some()), summary.short_inns);
    assert_eq!(count(&|row| row[5].chars().count() > 255), summary.long_names);
    assert_eq!(
        rows.windows(2).filter(|pair| pair[0] == pair[1]).count() as u64,
        summary.copies
    );
    for flaws in [
        summary.missing_ids,
        summary.broken_emails,
        summary.short_inns,
        summary.long_names,
        summary.copies,
    ] {
        assert!(flaws >= 10, "{summary:?}");
    }
}

#[test]
fn later_draws_are_met_as_often_as_they_should() {
    let companies = some(2_000);
    let share = |is: fn(&DemoCompany) -> bool| companies.iter().filter(|company| is(company)).count();
    let within = |count: usize, from: usize, to: usize| assert!((from..to).contains(&count), "{count}");
    within(share(|company| company.dictionary_region.is_some()), 1_700, 1_900);
    within(share(|company| company.no_call.is_some()), 20, 70);
    within(share(|company| company.contract_kopecks.is_some()), 220, 400);
    within(share(|company| company.head_company_id.is_some()), 50, 151);
    within(share(|company| !company.working_hours.is_empty()), 1_300, 1_700);
    assert!(
        companies
            .iter()
            .all(|company| company.contract_kopecks.is_none() || company.contract.is_some())
    );
}
