use super::{at, rule};

const WORDS: &[(&str, &str)] = &[
    ("FREQ=DAILY", "каждый день"),
    ("FREQ=DAILY;INTERVAL=2", "каждые 2 дня"),
    ("FREQ=DAILY;INTERVAL=5", "каждые 5 дней"),
    ("FREQ=DAILY;INTERVAL=11", "каждые 11 дней"),
    ("FREQ=DAILY;INTERVAL=21", "раз в 21 день"),
    ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", "по будням"),
    ("FREQ=WEEKLY", "каждый вторник"),
    ("FREQ=WEEKLY;BYDAY=WE", "каждую среду"),
    ("FREQ=WEEKLY;BYDAY=SU", "каждое воскресенье"),
    ("FREQ=WEEKLY;INTERVAL=2", "каждый второй вторник"),
    ("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "каждую вторую пятницу"),
    ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU", "каждое второе воскресенье"),
    ("FREQ=WEEKLY;INTERVAL=3", "каждые 3 недели по вторникам"),
    ("FREQ=WEEKLY;INTERVAL=21;BYDAY=MO", "раз в 21 неделю по понедельникам"),
    ("FREQ=WEEKLY;BYDAY=TU,TH", "по вторникам и четвергам"),
    ("FREQ=WEEKLY;BYDAY=MO,WE,FR", "по понедельникам, средам и пятницам"),
    ("FREQ=WEEKLY;BYDAY=SA,SU", "по выходным"),
    ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU", "каждый день"),
    (
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE",
        "каждые 2 недели по понедельникам и средам",
    ),
    (
        "FREQ=WEEKLY;INTERVAL=5;BYDAY=MO,TU,WE,TH,FR",
        "каждые 5 недель по будням",
    ),
    (
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;WKST=SU",
        "каждый второй вторник, неделя начинается в воскресенье",
    ),
    ("FREQ=MONTHLY", "каждый месяц 1-го числа"),
    ("FREQ=MONTHLY;BYMONTHDAY=15", "каждый месяц 15-го числа"),
    ("FREQ=MONTHLY;BYMONTHDAY=1,15", "каждый месяц 1-го и 15-го числа"),
    (
        "FREQ=MONTHLY;BYMONTHDAY=31",
        "каждый месяц 31-го числа (если такой день есть)",
    ),
    ("FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=15", "каждые 2 месяца 15-го числа"),
    ("FREQ=MONTHLY;BYMONTHDAY=-1", "в последний день каждого месяца"),
    ("FREQ=MONTHLY;BYMONTHDAY=-2", "в предпоследний день каждого месяца"),
    ("FREQ=MONTHLY;BYMONTHDAY=-3", "в 3-й день с конца каждого месяца"),
    (
        "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-1",
        "каждые 3 месяца в последний день",
    ),
    (
        "FREQ=MONTHLY;BYMONTHDAY=15,-1",
        "каждый месяц 15-го числа и в последний день",
    ),
    ("FREQ=MONTHLY;BYDAY=2TU", "во второй вторник каждого месяца"),
    ("FREQ=MONTHLY;BYDAY=2WE", "во вторую среду каждого месяца"),
    ("FREQ=MONTHLY;BYDAY=-1FR", "в последнюю пятницу каждого месяца"),
    ("FREQ=MONTHLY;BYDAY=-3FR", "в 3-ю с конца пятницу каждого месяца"),
    (
        "FREQ=MONTHLY;BYDAY=5MO",
        "в пятый понедельник каждого месяца (если такой день есть)",
    ),
    (
        "FREQ=MONTHLY;BYDAY=1MO,3MO",
        "в первый и третий понедельник каждого месяца",
    ),
    (
        "FREQ=MONTHLY;BYDAY=1MO,-1FR",
        "в первый понедельник и последнюю пятницу каждого месяца",
    ),
    ("FREQ=MONTHLY;INTERVAL=3;BYDAY=2TU", "каждые 3 месяца во второй вторник"),
    ("FREQ=MONTHLY;BYDAY=MO", "каждый месяц по понедельникам"),
    (
        "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
        "каждый месяц 13-го числа, если это пятница",
    ),
    (
        "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=-1",
        "каждый месяц в последний день, если это пятница",
    ),
    (
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "в последний рабочий день каждого месяца",
    ),
    (
        "FREQ=MONTHLY;INTERVAL=3;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=2",
        "каждые 3 месяца во второй рабочий день",
    ),
    (
        "FREQ=MONTHLY;BYDAY=SA,SU;BYSETPOS=1",
        "в первый выходной каждого месяца",
    ),
    (
        "FREQ=MONTHLY;BYDAY=MO,WE;BYSETPOS=-1",
        "в последний из дней «понедельник, среда» каждого месяца",
    ),
    ("FREQ=YEARLY", "каждый год 1 декабря"),
    ("FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=1", "каждый год 1 марта"),
    ("FREQ=YEARLY;BYMONTH=3,9", "каждый год 1 марта и 1 сентября"),
    (
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
        "каждый год 29 февраля (если такой день есть)",
    ),
    (
        "FREQ=YEARLY;INTERVAL=2;BYMONTH=3;BYMONTHDAY=-1",
        "каждые 2 года в последний день марта",
    ),
    ("FREQ=YEARLY;INTERVAL=5;BYMONTH=5;BYMONTHDAY=9", "каждые 5 лет 9 мая"),
    ("FREQ=YEARLY;BYMONTH=3;BYDAY=2TU", "каждый год во второй вторник марта"),
    ("FREQ=YEARLY;BYDAY=20MO", "каждый год в 20-й понедельник года"),
    (
        "FREQ=YEARLY;BYDAY=TU;BYMONTH=1,2",
        "каждый год по вторникам в январе и феврале",
    ),
    ("FREQ=YEARLY;BYDAY=TU", "по вторникам"),
    (
        "FREQ=YEARLY;BYMONTHDAY=13;BYDAY=FR",
        "каждый год 13-го числа каждого месяца, если это пятница",
    ),
    (
        "FREQ=YEARLY;BYMONTHDAY=1,2,3;BYMONTH=3,4",
        "каждый год 1-го, 2-го и 3-го числа марта и апреля",
    ),
    (
        "FREQ=WEEKLY;INTERVAL=2;UNTIL=20270301",
        "каждый второй вторник, до 01.03.2027",
    ),
    ("FREQ=DAILY;UNTIL=20270301T100000", "каждый день, до 01.03.2027"),
    ("FREQ=DAILY;UNTIL=20270301T095959", "каждый день, до 28.02.2027"),
    ("FREQ=DAILY;COUNT=1", "каждый день, 1\u{a0}раз"),
    ("FREQ=DAILY;COUNT=2", "каждый день, 2\u{a0}раза"),
    ("FREQ=DAILY;COUNT=10", "каждый день, 10\u{a0}раз"),
    ("FREQ=DAILY;COUNT=21", "каждый день, 21\u{a0}раз"),
];

#[test]
fn rules_are_told_in_russian_words() {
    // A Tuesday, the first one of its month.
    let start = at("2026-12-01T10:00");
    for (text, words) in WORDS {
        assert_eq!(rule(text).in_words(start), *words, "{text}");
    }
}
