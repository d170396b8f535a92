use proptest::prelude::*;

use crate::values::text::{
    count, csv_cell, excerpt, fold, initials, line, lines, number, plural, size, split_comment, swap_layout,
    unguarded_cell, with_comment, words,
};

const COMPANIES: [&str; 3] = ["компания", "компании", "компаний"];

#[test]
fn words_are_runs_of_letters_and_digits() {
    for (text, expected) in [
        ("ООО «Ёлка-2»", vec!["ооо", "елка", "2"]),
        ("info@Example.ru", vec!["info", "example", "ru"]),
        ("  —  ", vec![]),
    ] {
        assert_eq!(words(text), expected, "{text}");
    }
    assert_eq!(fold("ЁЖ"), "еж");
}

#[test]
fn the_other_layout_is_tried() {
    for (typed, swapped) in [
        ("hjvfirf", Some("ромашка")),
        (",fyr", Some("банк")),
        ("кщьфылф", Some("romaska")),
        ("учфьздуюкг", Some("example.ru")),
        ("Hjvfirf 24", Some("Ромашка 24")),
        ("ромашка plus", None),
        ("123, 45", None),
        ("", None),
    ] {
        assert_eq!(swap_layout(typed).as_deref(), swapped, "{typed}");
    }
}

#[test]
fn nouns_agree_with_numbers() {
    for (n, form) in [
        (0, "компаний"),
        (1, "компания"),
        (2, "компании"),
        (5, "компаний"),
        (11, "компаний"),
        (12, "компаний"),
        (21, "компания"),
        (24, "компании"),
        (111, "компаний"),
        (112, "компаний"),
        (-1, "компания"),
    ] {
        assert_eq!(plural(n, COMPANIES), form, "{n}");
    }
    assert_eq!(count(1234, COMPANIES), "1\u{a0}234\u{a0}компании");
}

#[test]
fn thousands_are_parted() {
    for (n, text) in [
        (0, "0"),
        (999, "999"),
        (1000, "1\u{a0}000"),
        (1_234_567, "1\u{a0}234\u{a0}567"),
        (-100_000, "−100\u{a0}000"),
    ] {
        assert_eq!(number(n), text);
    }
}

#[test]
fn a_name_has_initials() {
    for (name, letters) in [
        ("Иванова Анна Петровна", "ИА"),
        ("админ", "А"),
        ("«ёлкин» -", "Ё"),
        ("", ""),
    ] {
        assert_eq!(initials(name), letters);
    }
}

#[test]
fn an_excerpt_ends_between_words() {
    assert_eq!(excerpt("Позвонить  завтра\nутром", 100), "Позвонить завтра утром");
    assert_eq!(excerpt("Позвонить завтра утром", 18), "Позвонить завтра…");
    assert_eq!(excerpt("Позвонить завтра утром", 17), "Позвонить завтра…");
    assert_eq!(excerpt("Позвонить завтра утром", 14), "Позвонить…");
    assert_eq!(excerpt("Сверхдлинноеслово", 6), "Сверх…");
}

#[test]
fn typed_texts_lose_control_characters_and_blank_ends() {
    assert_eq!(line(" Анна\tМария\0\r\n"), "Анна Мария");
    assert_eq!(lines("\r\n  раз\r\n\r\nдва\r три\0\t.  \n"), "  раз\n\nдва\n три\t.");
}

proptest! {
    #[test]
    fn an_excerpt_is_never_too_long(text in "\\PC{0,80}", n in 0_usize..40) {
        prop_assert!(excerpt(&text, n).chars().count() <= n);
    }

    #[test]
    fn swapping_twice_gives_the_text_back(text in "[a-z]{1,20}( [a-z]{1,9})?") {
        let swapped = swap_layout(&text).expect("Latin letters have a twin");
        prop_assert_eq!(swap_layout(&swapped), Some(text));
    }

    #[test]
    fn any_text_has_words_and_initials(text in "\\PC{0,80}") {
        prop_assert!(words(&text).iter().all(|word| !word.is_empty()));
        initials(&text);
        swap_layout(&text);
    }
}

#[test]
fn sizes_are_said_as_people_say_them() {
    let said: Vec<_> = [
        34,
        1024,
        421_888,
        1_468_006,
        20 << 20,
        52_428_800,
        1_503_238_553,
        i64::MAX,
    ]
    .map(size)
    .into();
    assert_eq!(
        said,
        [
            "34 Б",
            "1 КБ",
            "412 КБ",
            "1,4 МБ",
            "20,0 МБ",
            "50,0 МБ",
            "1,4 ГБ",
            "8589934592,0 ГБ"
        ]
    );
}

#[test]
fn no_spreadsheet_takes_a_cell_for_a_formula() {
    for (text, cell) in [
        ("=1+1", "'=1+1"),
        ("-5", "'-5"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("+7 (912) 345-67-89", "+7 (912) 345-67-89"),
        ("+7 (912) 345-67-89 доб. 12", "+7 (912) 345-67-89 доб. 12"),
        ("+7 (912) 345-67-89\n+491701234567", "+7 (912) 345-67-89\n+491701234567"),
        ("+7 доб. =1", "'+7 доб. =1"),
        ("+7 (912) 345-67-89 — касса", "'+7 (912) 345-67-89 — касса"),
        ("'=1", "''=1"),
        ("''", "'''"),
        ("'70-е'", "'70-е'"),
        ("'", "'"),
        ("ООО «Ромашка»", "ООО «Ромашка»"),
        ("", ""),
    ] {
        assert_eq!(csv_cell(text), cell);
        assert_eq!(unguarded_cell(cell), text);
    }
}

proptest! {
    #[test]
    fn a_guarded_cell_gives_its_text_back(text in "[-=+@\t'а0 ]{0,6}") {
        let cell = csv_cell(&text);
        prop_assert!(!cell.starts_with(['=', '-', '@', '\t', '\r']));
        prop_assert_eq!(unguarded_cell(&cell), text);
    }

    #[test]
    fn a_comment_is_told_from_its_phone(value in "[0-9а-я,;—-]{1,9}( [0-9—]{1,3}){0,2}", comment in "([а-я,;-]{1,5})?") {
        let line = with_comment(&value, &comment);
        prop_assert_eq!(split_comment(&line), (value.as_str(), comment.as_str()));
    }
}
