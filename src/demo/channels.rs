//! Numbers, addresses and people of a company. No number rings: mobile ones have codes that the national plan never
//! gave out, landline ones begin with a zero, which no subscriber's number does. Mail ends in `.example`.

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use crate::values::Phone;

use super::model::{DemoContact, DemoEmail, DemoPhone};
use super::names::{DemoPerson, person};
use super::notes::note;
use super::places::Place;
use super::rng::Rng;
use super::words::{MAILBOXES, PHONE_COMMENTS, POSITIONS};

/// Mobile codes that stand empty in the national plan.
const EMPTY_CODES: &[&str] = &[
    "942", "943", "944", "945", "946", "947", "948", "972", "973", "974", "975", "976",
];

/// A mobile number in one of the ways people type it.
pub(super) fn mobile(rng: &mut Rng) -> Phone {
    let code = rng.pick(EMPTY_CODES);
    let rest = rng.digits(7);
    typed(rng, code, &rest)
}

/// A landline number of the city, sometimes with an extension.
pub(super) fn landline(rng: &mut Rng, place: &Place) -> Phone {
    let rest = format!("0{}", rng.digits(9 - place.area_code.len()));
    let number = typed(rng, place.area_code, &rest);
    if rng.percent(12) {
        let raw = format!("{} доб. {}", number.raw, 100 + rng.below(800));
        return Phone::read(&raw).unwrap_or(number);
    }
    number
}

fn typed(rng: &mut Rng, code: &str, rest: &str) -> Phone {
    let (head, tail) = rest.split_at(rest.len() - 4);
    let (first, second) = tail.split_at(2);
    let raw = match rng.below(5) {
        0 => format!("8{code}{rest}"),
        1 => format!("8 ({code}) {head}-{first}-{second}"),
        2 => format!("+7{code}{rest}"),
        3 => format!("{code} {head} {first} {second}"),
        _ => format!("+7 ({code}) {head}-{first}-{second}"),
    };
    Phone::read(&raw).unwrap_or_default()
}

/// One or two numbers of a company.
pub(super) fn company_phones(rng: &mut Rng, place: &Place) -> Vec<DemoPhone> {
    let count = 1 + rng.weighted(&[65, 35]);
    (0..count)
        .map(|_| {
            let is_mobile = rng.percent(30);
            DemoPhone {
                kind: "work",
                phone: if is_mobile { mobile(rng) } else { landline(rng, place) },
                comment: if rng.percent(35) { rng.pick(PHONE_COMMENTS) } else { "" },
            }
        })
        .collect()
}

/// None to two addresses of a company.
pub(super) fn company_emails(rng: &mut Rng, domain: &str) -> Vec<DemoEmail> {
    let count = rng.weighted(&[35, 48, 17]);
    let first = usize::try_from(rng.below(MAILBOXES.len() as u64)).unwrap_or(0);
    (first..first + count)
        .map(|place| DemoEmail {
            kind: "work",
            value: format!("{}@{domain}", MAILBOXES[place % MAILBOXES.len()]),
        })
        .collect()
}

/// Where and when the contacts of a company are made.
pub(super) struct Surroundings<'a> {
    pub(super) place: &'static Place,
    pub(super) domain: &'a str,
    pub(super) created_at: DateTime<Utc>,
    /// How much later the last of them may appear.
    pub(super) span: Duration,
}

/// None to four people.
pub(super) fn contacts(rng: &mut Rng, around: &Surroundings<'_>) -> Vec<DemoContact> {
    let count = rng.weighted(&[14, 26, 28, 20, 12]);
    (0..count)
        .map(|_| {
            let who = person(rng);
            let created_at = later(rng, around.created_at, around.span);
            DemoContact {
                id: uuid_v7(rng, created_at),
                position: if rng.percent(80) { rng.pick(POSITIONS) } else { "" },
                note: if rng.percent(8) {
                    note(rng, &who.first_name)
                } else {
                    String::new()
                },
                phones: contact_phones(rng, around.place),
                emails: contact_emails(rng, &who, around.domain),
                person: who,
                created_at,
            }
        })
        .collect()
}

fn contact_phones(rng: &mut Rng, place: &Place) -> Vec<DemoPhone> {
    let count = rng.weighted(&[12, 64, 20, 4]);
    (0..count)
        .map(|_| {
            let kinds = ["mobile", "work", "work_direct", "other", "home", "fax"];
            let kind = kinds[rng.weighted(&[48, 24, 14, 8, 3, 3])];
            let phone = if kind == "mobile" {
                mobile(rng)
            } else {
                landline(rng, place)
            };
            let comment = if rng.percent(10) { rng.pick(PHONE_COMMENTS) } else { "" };
            DemoPhone { kind, phone, comment }
        })
        .collect()
}

fn contact_emails(rng: &mut Rng, who: &DemoPerson, domain: &str) -> Vec<DemoEmail> {
    let mailbox = who.mailbox();
    let mut emails = Vec::new();
    if rng.percent(45) {
        emails.push(DemoEmail {
            kind: "work",
            value: format!("{mailbox}@{domain}"),
        });
    }
    if rng.percent(12) {
        let value = format!("{mailbox}{}@pochta.example", 1 + rng.below(99));
        emails.push(DemoEmail {
            kind: "personal",
            value,
        });
    }
    emails
}

/// A moment up to `span` after `start`, to the second.
pub(super) fn later(rng: &mut Rng, start: DateTime<Utc>, span: Duration) -> DateTime<Utc> {
    let seconds = u64::try_from(span.num_seconds()).unwrap_or(0);
    start + Duration::seconds(i64::try_from(rng.below(seconds + 1)).unwrap_or(0))
}

/// A version 7 key: its time is the row's, the rest is chance.
pub(super) fn uuid_v7(rng: &mut Rng, at: DateTime<Utc>) -> Uuid {
    let milliseconds = u64::try_from(at.timestamp_millis()).unwrap_or(0);
    let mut random = [0; 10];
    random[..8].copy_from_slice(&rng.next().to_be_bytes());
    random[8..].copy_from_slice(&rng.next().to_be_bytes()[..2]);
    uuid::Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid()
}
