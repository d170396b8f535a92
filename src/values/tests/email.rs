use proptest::prelude::*;

use crate::values::Email;

#[test]
fn addresses_are_accepted() {
    for (typed, address) in [
        ("info@example.ru", "info@example.ru"),
        (" Info.Sales+1@Example.RU ", "Info.Sales+1@example.ru"),
        ("mailto:info@example.ru", "info@example.ru"),
        ("почта@пример.рф", "почта@пример.рф"),
        ("info@ПРИМЕР.РФ", "info@пример.рф"),
        ("info@xn--e1afmkfd.xn--p1ai", "info@xn--e1afmkfd.xn--p1ai"),
    ] {
        assert_eq!(
            Email::parse(typed).map(|email| email.as_str().to_owned()),
            Ok(address.to_owned())
        );
    }
}

#[test]
fn what_is_no_address_is_refused() {
    let long = format!("a@{}ru", "example.".repeat(40));
    for typed in [
        "",
        "нет",
        "@example.ru",
        "info@",
        "info@example",
        "info@exam ple.ru",
        "a@b@example.ru",
        "info@-a.ru",
        "info@example..ru",
        ".info@example.ru",
        "info@example.ru.",
        "info@127.0.0.1",
        &long,
    ] {
        assert!(Email::parse(typed).is_err(), "{typed}");
    }
}

#[test]
fn a_cell_may_hold_several_addresses_and_other_things() {
    let (emails, unreadable) =
        Email::read_cell("'a@example.ru; b@example.ru, A@EXAMPLE.RU\nнет почты\n<c@example.ru> d@example.ru; x@@");
    let emails: Vec<&str> = emails.iter().map(Email::as_str).collect();
    assert_eq!(emails, ["a@example.ru", "b@example.ru", "c@example.ru", "d@example.ru"]);
    assert_eq!(unreadable, ["нет почты", "x@@"]);
    assert_eq!(Email::read_cell(" ;, "), (vec![], vec![]));
}

proptest! {
    #[test]
    fn any_text_is_read_and_an_address_reads_as_itself(typed in "\\PC{0,60}|[a-zа-я.@ ;A-Z-]{0,30}") {
        Email::read_cell(&typed);
        if let Ok(email) = Email::parse(&typed) {
            prop_assert_eq!(Email::parse(email.as_str()), Ok(email.clone()));
        }
    }
}
