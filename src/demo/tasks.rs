//! What demo managers have still to do with a company, and what they have done.

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use super::channels::{later, uuid_v7};
use super::model::{DemoCompany, DemoTask};
use super::rng::Rng;

/// A stream of its own, so that everything else stays as it was.
const TASKS: u64 = 0x7461_736B_7300_0001;

const TITLES: &[&str] = &[
    "Позвонить и узнать о решении",
    "Выслать коммерческое предложение",
    "Согласовать договор",
    "Напомнить об оплате счёта",
    "Уточнить состав группы",
    "Встретиться с руководителем",
    "Отправить закрывающие документы",
    "Узнать, кто отвечает за обучение",
    "Поздравить с праздником",
    "Обсудить скидку",
];

const RESULTS: &[&str] = &[
    "Договорились созвониться на следующей неделе.",
    "Отправлено, ждём ответа.",
    "Отказались: выбрали других.",
    "Оплатили.",
    "Попросили перезвонить позже.",
    "",
];

/// Tasks of the company number `index` of the base made from `seed`: every third company has some, most of them done.
pub(super) fn add(made: &mut DemoCompany, (seed, index): (u64, u64), now: DateTime<Utc>) {
    let rng = &mut Rng::new(seed ^ TASKS, index);
    let count = rng.weighted(&[66, 24, 10]);
    made.tasks = (0..count).map(|_| task(rng, made, now)).collect();
}

fn task(rng: &mut Rng, made: &DemoCompany, now: DateTime<Utc>) -> DemoTask {
    let created_at = later(rng, made.created_at, made.updated_at - made.created_at);
    let id: Uuid = uuid_v7(rng, created_at);
    let closed_at = rng.percent(70).then(|| later(rng, created_at, now - created_at));
    // Open ones are due between a week ago and a month ahead, within working hours.
    let days = i64::try_from(rng.below(37)).unwrap_or_default() - 7;
    let open = (now + Duration::days(days)).date_naive().and_hms_opt(6, 0, 0);
    let open = open.map_or(now, |morning| morning.and_utc()) + Duration::minutes(30 * rng.below(16).cast_signed());
    DemoTask {
        id,
        title: rng.pick(TITLES),
        status: match (closed_at, rng.percent(20)) {
            (Some(_), true) => "cancelled",
            (Some(_), false) => "done",
            (None, true) => "in_progress",
            (None, false) => "new",
        },
        is_urgent: rng.percent(8),
        result: if closed_at.is_some() { rng.pick(RESULTS) } else { "" },
        due_at: closed_at.unwrap_or(open),
        closed_at,
        created_at,
    }
}
