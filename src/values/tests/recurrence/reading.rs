use proptest::prelude::*;

use crate::values::Recurrence;

#[test]
fn a_rule_is_written_in_one_way() {
    for (typed, written) in [
        ("FREQ=DAILY", "FREQ=DAILY"),
        (" rrule:freq=daily;interval=1; ", "FREQ=DAILY"),
        (
            "INTERVAL=2;FREQ=WEEKLY;BYDAY=TH,TU,TH",
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH",
        ),
        ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        ("FREQ=WEEKLY;WKST=SU", "FREQ=WEEKLY"),
        ("FREQ=WEEKLY;WKST=SU;INTERVAL=2", "FREQ=WEEKLY;INTERVAL=2;WKST=SU"),
        ("FREQ=MONTHLY;BYDAY=+2TU", "FREQ=MONTHLY;BYDAY=2TU"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1,15,1,15", "FREQ=MONTHLY;BYMONTHDAY=1,15,-1"),
        ("FREQ=MONTHLY;BYDAY=-1FR,1FR,1MO", "FREQ=MONTHLY;BYDAY=1MO,1FR,-1FR"),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        ),
        (
            "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=1;COUNT=10",
            "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=1;COUNT=10",
        ),
        ("FREQ=DAILY;UNTIL=20270301", "FREQ=DAILY;UNTIL=20270301T235959"),
        ("FREQ=DAILY;UNTIL=20270301T120000Z", "FREQ=DAILY;UNTIL=20270301T120000"),
    ] {
        assert_eq!(
            Recurrence::parse(typed).map(|rule| rule.to_string()).as_deref(),
            Ok(written),
            "{typed}"
        );
    }
}

#[test]
fn what_is_not_meant_or_too_much_is_refused_with_a_sentence() {
    for (typed, part_of_sentence) in [
        ("", "как часто"),
        ("каждый вторник", "пишется так"),
        ("FREQ=", "как часто"),
        ("FREQ=SECONDLY", "Чаще раза в день"),
        ("FREQ=HOURLY;INTERVAL=1", "Чаще раза в день"),
        ("FREQ=DAILY;INTERVAL=0", "от 1 до 999"),
        ("FREQ=DAILY;INTERVAL=1000", "от 1 до 999"),
        ("FREQ=DAILY;INTERVAL=-1", "от 1 до 999"),
        ("FREQ=DAILY;INTERVAL=99999999999999999999", "от 1 до 999"),
        ("FREQ=YEARLY;INTERVAL=101", "раза в сто лет"),
        ("FREQ=DAILY;COUNT=0", "от 1 до 1000"),
        ("FREQ=DAILY;COUNT=1001", "от 1 до 1000"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20270301", "либо"),
        ("FREQ=DAILY;UNTIL=20270230", "UNTIL"),
        ("FREQ=DAILY;UNTIL=2027-03-01", "UNTIL"),
        ("FREQ=DAILY;UNTIL=20270301T250000", "UNTIL"),
        ("FREQ=DAILY;FREQ=WEEKLY", "дважды"),
        ("FREQ=DAILY;BYHOUR=0,1,2,3", "не поддерживает"),
        ("FREQ=DAILY;BYSECOND=0", "не поддерживает"),
        ("FREQ=YEARLY;BYYEARDAY=1", "не поддерживает"),
        ("FREQ=YEARLY;BYWEEKNO=1", "не поддерживает"),
        ("FREQ=YEARLY;BYEASTER=0", "не поддерживает"),
        ("FREQ=DAILY\nDTSTART:20260101", "как часто"),
        ("FREQ=DAILY;INTERVAL=2;BYDAY=MO", "нельзя сочетать"),
        ("FREQ=WEEKLY;BYDAY=2TU", "по месяцам или годам"),
        ("FREQ=WEEKLY;BYMONTHDAY=1", "по месяцам или годам"),
        ("FREQ=MONTHLY;BYMONTH=2", "по годам"),
        ("FREQ=MONTHLY;BYDAY=6TU", "не больше пяти"),
        ("FREQ=YEARLY;BYMONTH=3;BYDAY=20MO", "не больше пяти"),
        ("FREQ=YEARLY;BYDAY=53MO", "BYDAY"),
        ("FREQ=MONTHLY;BYDAY=0TU", "BYDAY"),
        ("FREQ=MONTHLY;BYDAY=ВТ", "BYDAY"),
        ("FREQ=MONTHLY;BYDAY=", "BYDAY"),
        ("FREQ=MONTHLY;BYDAY=TU,2WE", "нельзя указать вместе"),
        ("FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=20", "нельзя сочетать"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "от 1 до 31"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "от 1 до 31"),
        ("FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS"),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=5", "BYSETPOS"),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1,2", "BYSETPOS"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "не бывает"),
        ("FREQ=YEARLY;BYMONTH=4,6;BYMONTHDAY=31,-31", "не бывает"),
        ("FREQ=WEEKLY;WKST=XX", "WKST"),
    ] {
        let sentence = Recurrence::parse(typed).expect_err(typed);
        assert!(sentence.contains(part_of_sentence), "{typed}: {sentence}");
        assert!(
            sentence.ends_with('.') && !sentence.contains('\n'),
            "{typed}: {sentence}"
        );
    }
    let bomb = format!("FREQ=DAILY;BYMONTHDAY={}", vec!["1"; 10_000].join(","));
    assert_eq!(Recurrence::parse(&bomb), Err("Правило повтора длиннее 500 знаков."));
}

proptest! {
    #[test]
    fn what_is_written_reads_the_same(text in super::occurrences::any_rule()) {
        if let Ok(rule) = Recurrence::parse(&text) {
            let written = rule.to_string();
            prop_assert!(written.len() <= crate::values::recurrence::LONGEST, "{}", written);
            prop_assert_eq!(Recurrence::parse(&written), Ok(rule));
        }
    }

    #[test]
    fn any_text_is_tried_as_a_rule(text in "\\PC{0,60}|[A-Z0-9=;,:+-]{0,60}|FREQ=[A-Z=;,0-9-]{0,40}") {
        if let Ok(rule) = Recurrence::parse(&text) {
            let start = super::at("2026-12-01T10:00");
            rule.in_words(start);
            rule.next_after(start, start);
            rule.ends(start);
        }
    }
}
