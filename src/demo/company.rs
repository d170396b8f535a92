//! One company of the base: everything follows from the seed and the index.

use chrono::{DateTime, Duration, NaiveDate, Utc};

use super::channels::{Surroundings, company_emails, company_phones, contacts, later, uuid_v7};
use super::model::{DemoCompany, DemoNote};
use super::naming::{self, Naming};
use super::notes::note;
use super::places::{self, Place, STREETS};
use super::rng::Rng;
use super::words::{POSITIONS, WORKING_HOURS};
use super::{details, tasks};

/// Statuses as the migrations name them, with how often they are met.
const STATUSES: &[(&str, u64)] = &[
    ("Новая", 22),
    ("В работе", 24),
    ("Коммерческое предложение", 10),
    ("Переговоры", 8),
    ("Договор", 6),
    ("Счёт", 5),
    ("Оплачено", 6),
    ("Постоянный клиент", 9),
    ("Конкурент", 1),
    ("Деятельность прекращена", 4),
    ("Информация не найдена", 5),
];

/// The company number `index` of the base made from `seed`, as it is at `now`.
///
/// Of forty companies the seventh is a head organisation, and the three that follow are its branches.
pub(crate) fn company(seed: u64, index: u64, now: DateTime<Utc>) -> DemoCompany {
    let mut made = independent(seed, index, now);
    if let Some(head) = head_of(index) {
        let head = independent(seed, head, now);
        let name = format!(
            "{} (филиал {})",
            head.name,
            made.id.as_simple().to_string().split_off(28)
        );
        if head.inn.len() == 10 && name.chars().count() <= 255 {
            made.name = name;
            made.legal_name = head.legal_name;
            made.inn = head.inn;
            made.ogrn = head.ogrn;
            made.website = head.website;
            made.head_company_id = Some(head.id);
        }
    }
    made
}

/// The number of the company that number `index` is a branch of.
pub(super) fn head_of(index: u64) -> Option<u64> {
    let place = index % 40;
    (7..=9).contains(&place).then(|| index - (place - 6))
}

/// A company that belongs to no other.
pub(super) fn independent(seed: u64, index: u64, now: DateTime<Utc>) -> DemoCompany {
    let mut made = first_drawn(seed, index, now);
    details::add(&mut made, (seed, index));
    tasks::add(&mut made, (seed, index), now);
    made
}

fn first_drawn(seed: u64, index: u64, now: DateTime<Utc>) -> DemoCompany {
    let rng = &mut Rng::new(seed, index);
    let place = places::draw(rng);
    let naming = naming::naming(rng, place, (seed, index));
    let (created_at, updated_at) = lifetime(rng, now);
    let around = Surroundings {
        place,
        domain: &naming.domain,
        created_at,
        span: updated_at - created_at,
    };
    let contacts = contacts(rng, &around);
    let contact_name = boss(rng, &naming);
    DemoCompany {
        id: uuid_v7(rng, created_at),
        region: place.region,
        dictionary_region: None,
        address: if rng.percent(92) {
            address(rng, place)
        } else {
            String::new()
        },
        website: website(rng, &naming.domain),
        status: rng.percent(96).then(|| status(rng)),
        spheres: spheres(rng, naming.spheres),
        lead_state: if rng.percent(30) { "cold" } else { "warm" },
        contract: rng.percent(20).then(|| contract(rng, now.date_naive())),
        contract_kopecks: None,
        contact_position: if contact_name.is_empty() {
            ""
        } else {
            POSITIONS[usize::from(rng.percent(30))]
        },
        contact_name,
        time_zone: place.time_zone,
        working_hours: if rng.percent(40) { rng.pick(WORKING_HOURS) } else { "" },
        no_call: None,
        head_company_id: None,
        branch: place.branch,
        owner_draw: rng.percent(92).then(|| rng.next()),
        phones: company_phones(rng, place),
        emails: company_emails(rng, &naming.domain),
        notes: notes(rng, &around),
        tasks: Vec::new(),
        contacts,
        name: naming.name,
        legal_name: naming.legal_name,
        inn: naming.inn,
        kpp: naming.kpp,
        ogrn: naming.ogrn,
        activity_kind: naming.activity,
        created_at,
        updated_at,
    }
}

/// Made within three years, touched since; a third of the cards is touched within the last two months.
fn lifetime(rng: &mut Rng, now: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
    let created_at = later(rng, now - Duration::days(3 * 365), Duration::days(3 * 365 - 1));
    let recent = now - Duration::days(60);
    let from = if rng.percent(33) && created_at < recent {
        recent
    } else {
        created_at
    };
    (created_at, later(rng, from, now - from))
}

fn boss(rng: &mut Rng, naming: &Naming) -> String {
    match &naming.owner {
        Some(owner) => owner.full_name(),
        None if rng.percent(70) => super::names::person(rng).full_name(),
        None => String::new(),
    }
}

fn address(rng: &mut Rng, place: &Place) -> String {
    let mut address = format!(
        "{}, г. {}, {}, д. {}",
        place.region,
        place.city,
        rng.pick(STREETS),
        1 + rng.below(180)
    );
    if rng.percent(55) {
        let room = if rng.percent(70) {
            "офис"
        } else {
            "помещение"
        };
        address = format!("{address}, {room} {}", 1 + rng.below(420));
    }
    address
}

fn website(rng: &mut Rng, domain: &str) -> String {
    match rng.weighted(&[45, 35, 20]) {
        0 => String::new(),
        1 => domain.to_owned(),
        _ => format!("https://{domain}/"),
    }
}

fn status(rng: &mut Rng) -> &'static str {
    let mut left = rng.below(STATUSES.iter().map(|(_, weight)| weight).sum());
    for (name, weight) in STATUSES {
        if left < *weight {
            return name;
        }
        left -= weight;
    }
    STATUSES[0].0
}

fn spheres(rng: &mut Rng, fitting: &[&'static str]) -> Vec<&'static str> {
    let count = rng.weighted(&[12, 55, 25, 8]).min(fitting.len());
    let first = usize::try_from(rng.below(fitting.len() as u64)).unwrap_or(0);
    (first..first + count)
        .map(|place| fitting[place % fitting.len()])
        .collect()
}

/// Contracts end between half a year ago and two years from now, a fifth of them within the next month.
fn contract(rng: &mut Rng, today: NaiveDate) -> (&'static str, NaiveDate) {
    let kind = rng.pick(&["frame", "frame", "tender", "legal", "legal", "legal", "individual"]);
    let days = if rng.percent(20) {
        rng.below(31).cast_signed()
    } else {
        rng.below(910).cast_signed() - 180
    };
    (kind, today + Duration::days(days))
}

fn notes(rng: &mut Rng, around: &Surroundings<'_>) -> Vec<DemoNote> {
    let count = rng.weighted(&[18, 20, 19, 16, 12, 9, 6]);
    let mut notes: Vec<DemoNote> = (0..count)
        .map(|_| {
            let who = super::names::person(rng);
            DemoNote {
                text: note(rng, &who.first_name),
                is_pinned: false,
                created_at: later(rng, around.created_at, around.span),
            }
        })
        .collect();
    notes.sort_by_key(|note| note.created_at);
    if let Some(last) = notes.last_mut() {
        last.is_pinned = rng.percent(10);
    }
    notes
}
