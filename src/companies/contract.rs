//! When the end of a contract comes near: by days, and of a yearly one by its money.

use chrono::NaiveDate;

use crate::dictionaries::Terms;
use crate::values::{Money, text};

/// What to say beside a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Warning {
    /// Tone of the badge: `progress` or `danger`.
    pub(crate) tone: &'static str,
    /// «Осталось 20 дней»
    pub(crate) text: String,
}

/// What is said of a contract today; nothing while its end is far.
pub(crate) fn warnings(
    terms: &Terms,
    until: Option<NaiveDate>,
    amount: Option<Money>,
    today: NaiveDate,
) -> Vec<Warning> {
    let days = until.and_then(|until| by_days(terms, (until - today).num_days()));
    let money = amount
        .filter(|_| terms.is_annual)
        .and_then(|amount| by_money(terms, amount));
    days.into_iter().chain(money).collect()
}

fn by_days(terms: &Terms, left: i64) -> Option<Warning> {
    let days = || text::count(left, ["день", "дня", "дней"]);
    let said = |tone, text| Some(Warning { tone, text });
    if left < 0 {
        said("danger", "Закончился".to_owned())
    } else if left < i64::from(terms.danger_days) {
        let left = if left == 0 {
            "последний день".to_owned()
        } else {
            days()
        };
        said("danger", format!("Срочно: {left}"))
    } else if left <= i64::from(terms.warning_days) {
        let word = text::plural(left, ["Остался", "Осталось", "Осталось"]);
        said("progress", format!("{word} {}", days()))
    } else {
        None
    }
}

fn by_money(terms: &Terms, left: Money) -> Option<Warning> {
    let said = |tone, text| Some(Warning { tone, text });
    if left < terms.danger_amount {
        said("danger", format!("Срочно: остаток {left}\u{a0}₽"))
    } else if left <= terms.warning_amount {
        said("progress", format!("Остаток {left}\u{a0}₽"))
    } else {
        None
    }
}
