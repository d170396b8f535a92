use crate::values::Money;

#[test]
fn sums_are_read_as_people_type_them() {
    for (typed, kopecks) in [
        ("70000", 7_000_000),
        ("70 000", 7_000_000),
        ("70\u{a0}000,5", 7_000_050),
        ("1 234.56 ₽", 123_456),
        ("300 руб.", 30_000),
        ("300р", 30_000),
        ("12 рублей", 1_200),
        ("0", 0),
        ("999 999 999 999,99", 99_999_999_999_999),
    ] {
        assert_eq!(Money::parse(typed), Some(Money(kopecks)), "{typed}");
    }
    for typed in [
        "",
        " ",
        "много",
        "-5",
        "1,234",
        "1.2.3",
        "1 000 000 000 000",
        "99999999999999999999",
        ",5",
        "5 $",
    ] {
        assert_eq!(Money::parse(typed), None, "{typed}");
    }
}

#[test]
fn what_is_shown_is_read_back() {
    for kopecks in [0, 5, 100, 123_456, 7_000_000, 123_456_789, 99_999_999_999_999] {
        let shown = Money(kopecks).to_string();
        assert_eq!(Money::parse(&shown), Some(Money(kopecks)), "{shown}");
    }
    assert_eq!(Money(123_456_700).to_string(), "1\u{a0}234\u{a0}567");
    assert_eq!(Money(123_405).to_string(), "1\u{a0}234,05");
}
