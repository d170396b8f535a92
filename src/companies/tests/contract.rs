//! What is said of a contract whose end comes near.

use chrono::NaiveDate;

use crate::companies::contract::warnings;
use crate::dictionaries::Terms;
use crate::values::Money;

const TERMS: Terms = Terms {
    is_annual: true,
    warning_days: 30,
    danger_days: 14,
    warning_amount: Money(7_000_000),
    danger_amount: Money(2_500_000),
};

fn said(terms: &Terms, until: &str, amount: Option<i64>) -> Vec<String> {
    let today: NaiveDate = "2026-11-23".parse().expect("a day");
    let warnings = warnings(terms, until.parse().ok(), amount.map(Money), today);
    warnings
        .into_iter()
        .map(|warning| format!("{} {}", warning.tone, warning.text.replace('\u{a0}', " ")))
        .collect()
}

#[test]
fn days_warn_as_the_type_says() {
    for (until, warning) in [
        ("2026-11-22", "danger Закончился"),
        ("2026-11-23", "danger Срочно: последний день"),
        ("2026-11-24", "danger Срочно: 1 день"),
        ("2026-12-06", "danger Срочно: 13 дней"),
        ("2026-12-07", "progress Осталось 14 дней"),
        ("2026-12-14", "progress Остался 21 день"),
        ("2026-12-23", "progress Осталось 30 дней"),
        ("2026-12-24", ""),
        ("", ""),
    ] {
        assert_eq!(said(&TERMS, until, None).join("; "), warning, "{until}");
    }
}

#[test]
fn money_warns_of_yearly_contracts_only() {
    for (kopecks, warning) in [
        (0, "danger Срочно: остаток 0 ₽"),
        (2_499_999, "danger Срочно: остаток 24 999,99 ₽"),
        (2_500_000, "progress Остаток 25 000 ₽"),
        (7_000_000, "progress Остаток 70 000 ₽"),
        (7_000_001, ""),
    ] {
        assert_eq!(said(&TERMS, "", Some(kopecks)).join("; "), warning, "{kopecks}");
        let once = Terms {
            is_annual: false,
            ..TERMS
        };
        assert_eq!(said(&once, "", Some(kopecks)), [""; 0], "{kopecks}");
    }
    assert_eq!(said(&TERMS, "2026-11-22", Some(0)).len(), 2);
}
