//! What was added to the generator later: region, amount of the contract, more working hours, «не звонить».
//!
//! These draws have a stream of their own, so that everything before them stays as it was.

use chrono::{DateTime, Utc};

use super::model::{DemoCompany, DemoNoCall};
use super::rng::Rng;
use super::words::{NO_CALL_REASONS, WORKING_HOURS};

const LATER: u64 = 0x6C61_7465_7220_6F6E;

/// Completes the company number `index` of the base made from `seed`.
pub(super) fn add(made: &mut DemoCompany, (seed, index): (u64, u64)) {
    let rng = &mut Rng::new(seed ^ LATER, index);
    if rng.percent(90) {
        // Cities of their own are called so in addresses: «г. Москва».
        made.dictionary_region = Some(made.region.trim_start_matches("г. "));
        // The region tells the time; only some were told it by hand.
        if !rng.percent(15) {
            made.time_zone = "";
        }
    }
    if made.working_hours.is_empty() && rng.percent(60) {
        made.working_hours = rng.pick(WORKING_HOURS);
    }
    if made.contract.is_some() && rng.percent(75) {
        made.contract_kopecks = Some(amount(rng));
    }
    if rng.percent(2) {
        made.no_call = Some(DemoNoCall {
            reason: rng.pick(NO_CALL_REASONS),
            at: moment(rng, made),
        });
    }
}

/// From five thousand roubles to two millions, mostly small; a third with kopecks.
fn amount(rng: &mut Rng) -> u64 {
    let roubles = match rng.weighted(&[30, 45, 25]) {
        0 => 5_000 + rng.below(65_000),
        1 => 70_000 + rng.below(330_000),
        _ => 400_000 + rng.below(1_600_000),
    };
    if rng.percent(33) {
        roubles * 100 + rng.below(100)
    } else {
        roubles / 500 * 50_000
    }
}

fn moment(rng: &mut Rng, made: &DemoCompany) -> DateTime<Utc> {
    super::channels::later(rng, made.created_at, made.updated_at - made.created_at)
}
