//! What a company is called and registered under.

use super::institutions::INSTITUTIONS;
use super::names::{self, DemoPerson};
use super::places::Place;
use super::requisites::{kpp, legal_inn, ogrn, ogrnip, personal_inn};
use super::rng::Rng;
use super::translit::translit;
use super::words::{ADJECTIVES, ENDS, FAMILIES, FORMS, INDUSTRIES, MIDDLES, NOUNS};

/// Names, numbers and the line of business: they go together.
pub(super) struct Naming {
    pub(super) name: String,
    pub(super) legal_name: String,
    pub(super) inn: String,
    pub(super) kpp: String,
    pub(super) ogrn: String,
    pub(super) activity: &'static str,
    pub(super) spheres: &'static [&'static str],
    pub(super) domain: String,
    /// The person, when the company is one.
    pub(super) owner: Option<DemoPerson>,
}

/// A name for company `index` of `seed`: mostly firms, some state bodies and sole traders.
pub(super) fn naming(rng: &mut Rng, place: &Place, (seed, index): (u64, u64)) -> Naming {
    let mut naming = match rng.weighted(&[72, 14, 14]) {
        0 => firm(rng, place),
        1 => institution(rng, place),
        _ => sole_trader(rng),
    };
    let region = place.region_code;
    if naming.owner.is_some() {
        naming.inn = personal_inn(region, seed, index);
        naming.ogrn = ogrnip(rng, region);
    } else {
        naming.inn = legal_inn(region, seed, index);
        naming.kpp = kpp(rng, region);
        naming.ogrn = ogrn(rng, region);
    }
    // A card that somebody has only begun to fill.
    if rng.percent(15) {
        naming.ogrn.clear();
        naming.kpp.clear();
    }
    if rng.percent(7) {
        naming.inn.clear();
        naming.legal_name.clear();
    }
    naming
}

fn firm(rng: &mut Rng, place: &Place) -> Naming {
    let industry = rng.pick_ref(INDUSTRIES);
    let mut core = match rng.weighted(&[55, 25, 20]) {
        0 => compound(rng, industry.starts),
        1 => format!("{}{}", rng.pick(industry.starts), rng.pick(ENDS).to_lowercase()),
        _ => format!("{} {}", rng.pick(ADJECTIVES), rng.pick(NOUNS)),
    };
    match rng.weighted(&[40, 15, 12, 13, 20]) {
        1 => core.push_str(rng.pick(&["-Урал", "-Юг", "-Сибирь", "-Регион", "-Север", "-Волга"])),
        2 => core = format!("{core}-{}", place.city),
        3 => core = format!("{core} {}", 2 + rng.below(998)),
        4 => core = format!("{core} {}", place.city),
        _ => {}
    }
    let domain = domain(&core);
    let quoted = if rng.percent(14) {
        format!("{} „{core}“", rng.pick(FAMILIES))
    } else {
        core
    };
    let (short, whole) = rng.pick(FORMS);
    Naming {
        name: format!("{short} «{quoted}»"),
        legal_name: format!("{whole} «{quoted}»"),
        activity: rng.pick(industry.activities),
        spheres: industry.spheres,
        ..blank(domain)
    }
}

fn compound(rng: &mut Rng, starts: &[&str]) -> String {
    let middle = if rng.percent(60) { rng.pick(MIDDLES) } else { "" };
    format!("{}{middle}{}", rng.pick(starts), rng.pick(ENDS))
}

fn institution(rng: &mut Rng, place: &Place) -> Naming {
    let body = rng.pick_ref(INSTITUTIONS);
    let named = format!("{} № {}", rng.pick(body.names), 1 + rng.below(240));
    let label = translit(body.names[0]);
    let mailbox = label.split('-').next_back().unwrap_or("org");
    Naming {
        name: format!("{} «{named}» г. {}", body.short, place.city),
        legal_name: format!("{} «{named}», {}, г. {}", body.whole, place.region, place.city),
        activity: body.activity,
        spheres: body.spheres,
        ..blank(format!(
            "{mailbox}{}.{}.example",
            rng.below(240) + 1,
            translit(place.city)
        ))
    }
}

fn sole_trader(rng: &mut Rng) -> Naming {
    let owner = names::person(rng);
    let industry = rng.pick_ref(INDUSTRIES);
    Naming {
        name: format!("ИП {}", owner.full_name()),
        legal_name: format!("Индивидуальный предприниматель {}", owner.full_name()),
        activity: rng.pick(industry.activities),
        spheres: industry.spheres,
        owner: Some(owner.clone()),
        ..blank(format!("ip-{}.example", translit(&owner.last_name)))
    }
}

fn domain(name: &str) -> String {
    format!("{}.example", translit(name))
}

fn blank(domain: String) -> Naming {
    Naming {
        name: String::new(),
        legal_name: String::new(),
        inn: String::new(),
        kpp: String::new(),
        ogrn: String::new(),
        activity: "",
        spheres: &[],
        domain,
        owner: None,
    }
}
