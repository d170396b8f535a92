use proptest::prelude::*;

use crate::values::Phone;

fn read(typed: &str) -> Phone {
    Phone::read(typed).expect("something was typed")
}

#[test]
fn russian_numbers_become_plus_seven() {
    for typed in [
        "89123456789",
        "79123456789",
        "+79123456789",
        "9123456789",
        "8 (912) 345-67-89",
        "+7 912 345 67 89",
        "+7 8 912 345 67 89",
        "+8 912 345-67-89",
        "'+79123456789",
        "'8-912-345-67-89 ",
        "тел. 8 912 345 67 89",
        "8.912.345.67.89 Иван, с 9 до 18",
        "8\u{a0}912\u{a0}345–67–89",
    ] {
        let phone = read(typed);
        assert_eq!(phone.e164, "+79123456789", "{typed}");
        assert_eq!(phone.digits, "9123456789", "{typed}");
        assert_eq!(phone.extension, "", "{typed}");
        assert_eq!(phone.display(), "+7 (912) 345-67-89", "{typed}");
        assert_eq!(phone.tel().as_deref(), Some("+79123456789"), "{typed}");
    }
}

#[test]
fn extensions_are_read_only_when_sure() {
    for (typed, extension) in [
        ("+7 (495) 123-45-68 доб. 123", "123"),
        ("+7 (495) 123-45-68 доб.123", "123"),
        ("+7 (495) 123-45-68, добавочный 123", "123"),
        ("84951234568 ДОБ 7", "7"),
        ("8 495 123-45-68 ext 12", "12"),
        ("8 495 123-45-68 #12", "12"),
        ("8 495 123-45-68 (вн. 12)", "12"),
        ("8 495 123-45-68 (123)", "123"),
        ("8 495 123-45-68 (123456)", ""),
        ("8 495 123-45-68 доб. 12 или 13", ""),
        ("8 495 123-45-68 главный офис 5", ""),
        ("8 495 123-45-68", ""),
    ] {
        let phone = read(typed);
        assert_eq!(phone.e164, "+74951234568", "{typed}");
        assert_eq!(phone.extension, extension, "{typed}");
    }
    assert_eq!(read("84951234568 доб 7").display(), "+7 (495) 123-45-68 доб. 7");
}

#[test]
fn foreign_numbers_stay_foreign() {
    for (typed, e164, digits) in [
        ("+380 67 123 45 68", "+380671234568", "0671234568"),
        ("+375 (29) 123-45-68", "+375291234568", "5291234568"),
        ("+1 202 555 0143", "+12025550143", "2025550143"),
        ("8 10 375 29 123 45 68", "+375291234568", "5291234568"),
        ("00 49 30 12345678", "+493012345678", "3012345678"),
    ] {
        let phone = read(typed);
        assert_eq!(phone.e164, e164, "{typed}");
        assert_eq!(phone.digits, digits, "{typed}");
        assert_eq!(phone.display(), e164, "{typed}");
    }
}

#[test]
fn what_is_no_number_is_kept_as_typed() {
    for (typed, digits) in [
        ("нет", ""),
        ("12-34-56", ""),
        ("123-45-68", "1234568"),
        ("8-800-РОМАШКА", ""),
        ("+7 912 345 67 8", "7912345678"),
        ("123456789012345678", "9012345678"),
    ] {
        let phone = read(typed);
        assert_eq!(phone.e164, "", "{typed}");
        assert_eq!(phone.digits, digits, "{typed}");
        assert_eq!(phone.display(), typed);
        assert_eq!(phone.tel(), None);
    }
    assert_eq!(Phone::read(" \u{a0}\n"), None);
    assert_eq!(Phone::read("'"), None);
    assert_eq!(read(&"ы".repeat(500)).raw.chars().count(), 120);
}

#[test]
fn a_cell_may_hold_several_numbers() {
    for (cell, digits) in [
        ("89123456789, +7 (912) 345-67-89", vec!["9123456789"]),
        (
            "'+79123456789;+79123456780\n+79123456781",
            vec!["9123456789", "9123456780", "9123456781"],
        ),
        ("89123456789 / 89123456780", vec!["9123456789", "9123456780"]),
        ("89123456789 89123456780", vec!["9123456789", "9123456780"]),
        ("8 912 345 67 89", vec!["9123456789"]),
        ("8 (3452) 12-34-57/58", vec!["3452123457"]),
        (" ; ,", vec![]),
    ] {
        let read: Vec<String> = Phone::read_cell(cell).into_iter().map(|phone| phone.digits).collect();
        assert_eq!(read, digits, "{cell}");
    }
    let with_extension = Phone::read_cell("+7 495 123-45-68, доб. 12; 89123456789");
    assert_eq!(with_extension.len(), 2);
    assert_eq!(with_extension[0].extension, "12");
}

#[test]
fn one_switchboard_with_two_extensions_is_two_numbers() {
    assert_eq!(Phone::read_cell("84951234568 доб. 1; 84951234568 доб. 2").len(), 2);
}

#[test]
fn junk_is_recognised() {
    for digits in ["", "123456", "0000000000", "9990000000", "9119999999", "1234567890"] {
        assert!(Phone::is_junk(digits), "{digits}");
    }
    for digits in ["9123456789", "8005553535", "3452000000", "1234568"] {
        assert!(!Phone::is_junk(digits), "{digits}");
    }
}

#[test]
fn a_search_text_may_be_a_phone() {
    for (typed, digits) in [
        ("+7 (912) 345-67-89", Some("9123456789")),
        ("89123456789", Some("9123456789")),
        ("7707083893", Some("7707083893")),
        ("500100732259", Some("0100732259")),
        ("345-67-89", Some("3456789")),
        ("+7 (343) 345-67-89 доб. 123", Some("3433456789")),
        ("345-67-89 добавить", Some("3456789")),
        ("Добрыня", None),
        ("+7 912 345 6", Some("9123456")),
        ("+7 912 345", None),
        ("1027700132195", None),
        ("123456", None),
        ("ромашка 9123456789", None),
        ("", None),
    ] {
        assert_eq!(Phone::query_digits(typed).as_deref(), digits, "{typed}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_and_what_is_shown_reads_the_same(typed in "\\PC{0,140}|[0-9 +()доб.#'-]{0,40}") {
        Phone::read_cell(&typed);
        Phone::query_digits(&typed);
        if let Some(phone) = Phone::read(&typed) {
            let again = Phone::read(&phone.display()).expect("what is shown is not blank");
            prop_assert_eq!(&again.e164, &phone.e164);
            prop_assert_eq!(&again.digits, &phone.digits);
            prop_assert_eq!(&again.extension, &phone.extension);
            prop_assert!((1..=120).contains(&phone.raw.chars().count()));
        }
    }

    #[test]
    fn spelling_does_not_matter(a in 300_u32..1000, b in 0_u32..1000, c in 0_u32..100, d in 0_u32..100) {
        let plain = read(&format!("8{a}{b:03}{c:02}{d:02}"));
        let fancy = read(&format!("+7 ({a}) {b:03}-{c:02}-{d:02}"));
        prop_assert_eq!(plain.e164, fancy.e164);
    }
}
