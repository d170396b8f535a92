use proptest::prelude::*;

use crate::values::{Inn, Kpp, Ogrn};

#[test]
fn inn_is_checked() {
    for typed in [
        "7707083893",
        "7736207543",
        "500100732259",
        "77 07 083893",
        "ИНН 7707083893",
    ] {
        assert!(Inn::read(typed).is_valid(), "{typed}");
    }
    for (typed, part) in [
        ("500100732258", "сумма"),
        ("7707083894", "сумма"),
        ("0000000000", "нулей"),
        ("000000000000", "нулей"),
        ("770708389", "10 цифр"),
    ] {
        let warning = Inn::read(typed).warning();
        assert!(warning.is_some_and(|text| text.contains(part)), "{typed}: {warning:?}");
    }
    assert_eq!(Inn::read("").warning(), None);
    assert!(!Inn::read("").is_valid());
    assert_eq!(Inn::read(&"1".repeat(50)).digits.len(), 20);
}

#[test]
fn a_zero_lost_in_a_spreadsheet_is_offered_back() {
    let whole = (0..10)
        .map(|last| Inn::read(&format!("027700000{last}")))
        .find(Inn::is_valid)
        .expect("one of ten last digits fits");
    assert_eq!(Inn::read(&whole.digits[1..]).padded(), Some(whole));
    assert_eq!(Inn::read("770708389").padded(), None);
    assert_eq!(Inn::read("7707083893").padded(), None);
}

#[test]
fn kpp_is_checked() {
    for typed in ["773601001", "7736AB001", "7736 01 001"] {
        assert!(Kpp::read(typed).is_valid(), "{typed}");
    }
    for typed in ["77360100", "000000000", "A73601001", "77360100Z"] {
        assert!(Kpp::read(typed).warning().is_some(), "{typed}");
    }
    assert_eq!(Kpp::read("7736ab001").digits, "7736AB001");
    assert_eq!(Kpp::read("").warning(), None);
}

#[test]
fn ogrn_is_checked() {
    for typed in ["1027700132195", "1037739010891", "304500116000157"] {
        assert!(Ogrn::read(typed).is_valid(), "{typed}");
    }
    for typed in [
        "1027700132196",
        "304500116000158",
        "0000000000000",
        "000000000000000",
        "102770013219",
    ] {
        assert!(Ogrn::read(typed).warning().is_some(), "{typed}");
    }
    assert_eq!(Ogrn::read("").warning(), None);
}

proptest! {
    #[test]
    fn any_text_is_read(typed in "\\PC{0,60}|[0-9]{0,25}") {
        Inn::read(&typed).padded();
        Inn::read(&typed).warning();
        Kpp::read(&typed).warning();
        Ogrn::read(&typed).warning();
    }

    #[test]
    fn a_wrong_last_digit_of_an_inn_is_noticed(head in 100_000_000_u64..1_000_000_000) {
        let valid = (0..10).filter(|last| Inn::read(&format!("{head}{last}")).is_valid()).count();
        prop_assert_eq!(valid, 1);
    }
}
