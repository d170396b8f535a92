use chrono::{Days, Months, NaiveDate, NaiveDateTime, TimeDelta};
use proptest::prelude::*;

use super::{at, rule};
use crate::values::Recurrence;

/// Made by `make_table.py`.
const TABLE: &str = include_str!("dateutil.tsv");

#[test]
fn five_hundred_rules_happen_as_python_dateutil_has_them() {
    let rows = TABLE.lines().filter(|line| !line.starts_with('#'));
    let mut count = 0;
    for row in rows {
        count += 1;
        let [text, start, days] = row.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{row}")
        };
        let start = at(start);
        let days = days.split(',').filter(|day| !day.is_empty());
        let expected: Vec<NaiveDateTime> = days
            .map(|day| start + Days::new(day.parse().expect("a number of days")))
            .collect();
        let rule = match Recurrence::parse(text) {
            Ok(rule) => rule,
            // Refused, since dateutil has nothing for it either.
            Err("Такого дня в этом месяце не бывает.") if expected.is_empty() => continue,
            Err(sentence) => panic!("{text}: {sentence}"),
        };
        // The table looks 45 years ahead.
        let to = start + Months::new(12 * 45);
        assert_eq!(rule.between(start, start, to, 12), expected, "{text} from {start}");
        let mut walked = Vec::new();
        let mut last = start - TimeDelta::seconds(1);
        while let Some(next) = rule
            .next_after(start, last)
            .filter(|next| walked.len() < 12 && *next < to)
        {
            walked.push(next);
            last = next;
        }
        assert_eq!(walked, expected, "{text} from {start}, one after another");
        assert_eq!(
            rule.first(start).filter(|first| *first < to),
            expected.first().copied(),
            "{text} from {start}"
        );
    }
    assert_eq!(count, 500);
}

#[test]
fn a_rule_ends_with_its_last_occurrence() {
    let start = at("2026-12-01T10:00");
    for (text, last) in [
        ("FREQ=DAILY", None),
        ("FREQ=DAILY;COUNT=1", Some("2026-12-01T10:00")),
        ("FREQ=WEEKLY;COUNT=10", Some("2027-02-02T10:00")),
        ("FREQ=WEEKLY;UNTIL=20270301", Some("2027-02-23T10:00")),
        ("FREQ=WEEKLY;UNTIL=20270223T095959", Some("2027-02-16T10:00")),
        ("FREQ=DAILY;UNTIL=20261130", None),
        (
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;UNTIL=20350101",
            Some("2032-02-29T10:00"),
        ),
        ("FREQ=YEARLY;INTERVAL=20;UNTIL=20700101", Some("2066-12-01T10:00")),
        ("FREQ=YEARLY;COUNT=1000", None),
        ("FREQ=DAILY;COUNT=1000", Some("2029-08-26T10:00")),
        ("FREQ=DAILY;UNTIL=99991231", Some("9999-12-31T10:00")),
    ] {
        assert_eq!(rule(text).ends(start), last.map(at), "{text}");
    }
}

#[test]
fn a_count_is_counted_from_the_start() {
    let start = at("2026-12-01T10:00");
    let weekly = rule("FREQ=WEEKLY;COUNT=3");
    assert_eq!(
        weekly.next_after(start, at("2026-12-10T00:00")),
        Some(at("2026-12-15T10:00"))
    );
    assert_eq!(weekly.next_after(start, at("2026-12-15T10:00")), None);
    assert_eq!(
        weekly
            .between(start, at("2026-12-08T10:00"), at("2027-12-01T00:00"), 9)
            .len(),
        2
    );
    // The start is no occurrence of a rule that it does not fit.
    let wednesdays = rule("FREQ=WEEKLY;BYDAY=WE;COUNT=2");
    assert_eq!(wednesdays.first(start), Some(at("2026-12-02T10:00")));
    assert_eq!(wednesdays.ends(start), Some(at("2026-12-09T10:00")));
}

/// Rules that never happen or hardly ever, that leave out whole centuries, or begin at the end of time.
#[test]
fn hostile_rules_are_answered_at_once() {
    let far = NaiveDate::MAX.and_hms_opt(23, 59, 59).expect("a time");
    let early = NaiveDate::MIN.and_hms_opt(0, 0, 0).expect("a time");
    let starts = [
        at("2026-12-01T10:00"),
        at("2027-02-28T10:00"),
        at("9999-12-31T23:59"),
        far,
        early,
    ];
    for text in [
        "FREQ=YEARLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=YEARLY;INTERVAL=100;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=30",
        "FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31,-31",
        "FREQ=MONTHLY;INTERVAL=999;BYMONTHDAY=-31",
        "FREQ=MONTHLY;INTERVAL=48;BYMONTHDAY=29;COUNT=1000",
        "FREQ=MONTHLY;INTERVAL=12;BYDAY=5MO",
        "FREQ=YEARLY;BYMONTH=2;BYDAY=5MO;COUNT=1000",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO",
        "FREQ=WEEKLY;INTERVAL=999;BYDAY=SU;WKST=MO",
        "FREQ=DAILY;INTERVAL=999;COUNT=1000",
        "FREQ=DAILY;COUNT=1000;WKST=TU",
        "FREQ=YEARLY;INTERVAL=100",
        "FREQ=YEARLY;BYDAY=52SU,-52MO",
    ] {
        let rule = rule(text);
        for start in starts {
            rule.next_after(start, start);
            rule.next_after(start, at("2400-02-29T00:00"));
            rule.next_after(start, far);
            rule.ends(start);
            rule.between(start, early, far, 1000);
        }
    }
    let february = at("2027-02-28T10:00");
    assert_eq!(
        rule("FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=30").next_after(february, february),
        None
    );
    let odd = at("2027-03-01T10:00");
    let leap = "FREQ=YEARLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=29";
    assert_eq!(rule(leap).next_after(odd, odd), None);
    assert_eq!(rule("FREQ=YEARLY;INTERVAL=51").next_after(odd, odd), None);
}

/// Parts put together at random: many of them rules, some not.
pub(super) fn any_rule() -> impl Strategy<Value = String> {
    let day = "(-?[1-5])?(MO|TU|WE|TH|FR|SA|SU)";
    let month_day = "-?[1-9]|-?[12][0-9]|-?3[01]";
    let parts = (
        prop_oneof![Just("DAILY"), Just("WEEKLY"), Just("MONTHLY"), Just("YEARLY")],
        proptest::option::of(1_u16..30),
        proptest::option::weighted(0.4, proptest::collection::vec(day, 1..4)),
        proptest::option::weighted(0.3, proptest::collection::vec(month_day, 1..4)),
        proptest::option::weighted(0.3, proptest::collection::vec(1_u8..=12, 1..4)),
        proptest::option::weighted(0.1, -4_i8..=4),
        proptest::option::weighted(
            0.3,
            "COUNT=[1-9][0-9]?|UNTIL=202[6-9](0[1-9]|1[0-2])(0[1-9]|1[0-9])(T120000)?",
        ),
    );
    parts.prop_map(|(unit, every, days, month_days, months, place, end)| {
        let mut text = format!("FREQ={unit}");
        let months = months.map(|list| list.iter().map(u8::to_string).collect::<Vec<_>>());
        for (name, list) in [("BYDAY", days), ("BYMONTHDAY", month_days), ("BYMONTH", months)] {
            if let Some(list) = list {
                text.extend([";", name, "=", &list.join(",")]);
            }
        }
        let every = every.map(|every| format!(";INTERVAL={every}"));
        let place = place.map(|place| format!(";BYSETPOS={place}"));
        let end = end.map(|end| format!(";{end}"));
        text.extend([every, place, end].into_iter().flatten());
        text
    })
}

proptest! {
    #[test]
    fn one_after_another_is_the_same_as_all_at_once(text in any_rule(), day in 0_u64..5000, skipped in 0_u64..4000) {
        let Ok(rule) = Recurrence::parse(&text) else { return Ok(()) };
        let start = at("2020-01-01T09:30") + Days::new(day);
        let to = start + Months::new(12 * 8);
        let all = rule.between(start, start, to, 200);
        prop_assert!(all.is_sorted_by(|one, next| one < next));
        prop_assert!(all.iter().all(|moment| *moment >= start && moment.time() == start.time()));
        let mut last = start - TimeDelta::seconds(1);
        for moment in &all {
            prop_assert_eq!(rule.next_after(start, last), Some(*moment));
            last = *moment;
        }
        // From the middle on there is the rest, and nothing else.
        let from = start + Days::new(skipped);
        let rest: Vec<_> = all.iter().copied().filter(|moment| *moment >= from).collect();
        let again = rule.between(start, from, to, 200);
        prop_assert_eq!(&again[..rest.len().min(again.len())], &rest[..]);
        if let Some(first) = all.first() {
            prop_assert_eq!(rule.first(start), Some(*first));
        }
    }
}
