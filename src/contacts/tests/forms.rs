//! What was typed about a contact, and what was understood.

use crate::contacts::forms::ContactForm;
use crate::contacts::model::{EmailKind, Fields, PhoneKind};
use crate::error::{Error, FieldErrors};

fn texts(list: &[&str]) -> Vec<String> {
    list.iter().map(|text| (*text).to_owned()).collect()
}

/// A form with these phones; all are work ones without comments.
fn phones(numbers: &[&str]) -> ContactForm {
    ContactForm {
        phone_kind: vec!["work".to_owned(); numbers.len()],
        phone: texts(numbers),
        phone_comment: vec![String::new(); numbers.len()],
        ..ContactForm::default()
    }
}

fn emails(addresses: &[&str]) -> ContactForm {
    ContactForm {
        email_kind: vec!["personal".to_owned(); addresses.len()],
        email: texts(addresses),
        email_comment: vec![String::new(); addresses.len()],
        ..ContactForm::default()
    }
}

fn refused(form: &ContactForm) -> FieldErrors {
    match form.parse() {
        Err(Error::Invalid(errors)) => errors,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

#[test]
fn blank_rows_are_left_out_and_the_others_keep_their_order() {
    let mut form = phones(&["", "8 (912) 345-67-89 доб. 12", " ", "какой-то текст", ""]);
    form.phone_kind[1] = "mobile".to_owned();
    form.phone_comment[1] = " после 18:00 ".to_owned();
    let fields = form.parse().unwrap();
    assert_eq!(fields.phones.len(), 2);
    let first = &fields.phones[0];
    assert_eq!((first.kind, first.comment.as_str()), (PhoneKind::Mobile, "после 18:00"));
    assert_eq!(
        (first.phone.e164.as_str(), first.phone.extension.as_str()),
        ("+79123456789", "12")
    );
    assert_eq!(fields.phones[1].phone.raw, "какой-то текст");
}

#[test]
fn an_entirely_empty_contact_is_refused() {
    let errors = refused(&ContactForm {
        last_name: " \t".to_owned(),
        ..phones(&["", ""])
    });
    assert!(errors.get("").contains("хотя бы одно поле"));
}

#[test]
fn one_number_twice_is_refused_at_the_second_row() {
    let errors = refused(&phones(&["8 912 345-67-89", "", "+7 (912) 345-67-89"]));
    assert_eq!(errors.get("phone-0"), "");
    assert_eq!(errors.get("phone-2"), "Этот номер уже есть выше.");
    assert!(phones(&["89123456789 доб. 1", "89123456789 доб. 2"]).parse().is_ok());
}

#[test]
fn one_address_twice_is_refused_at_the_second_row() {
    let errors = refused(&emails(&["Anna@example.ru", "anna@EXAMPLE.ru"]));
    assert_eq!(errors.get("email-1"), "Этот адрес уже есть выше.");
}

#[test]
fn an_unreadable_address_is_refused_at_its_row() {
    let errors = refused(&emails(&["anna@example.ru", "нет почты"]));
    assert_eq!(errors.get("email-0"), "");
    assert!(!errors.get("email-1").is_empty());
    assert_eq!(
        emails(&["anna@example.ru"]).parse().unwrap().emails[0].kind,
        EmailKind::Personal
    );
}

#[test]
fn a_comment_without_a_number_is_not_thrown_away() {
    let mut form = phones(&[""]);
    form.phone_comment[0] = "приёмная".to_owned();
    assert_eq!(refused(&form).get("phone-0"), "Укажите номер или уберите комментарий.");
}

#[test]
fn long_texts_are_refused_and_not_cut() {
    let long = |n: usize| "я".repeat(n);
    let mut form = phones(&[&long(121)]);
    form.last_name = long(121);
    form.first_name = long(120);
    form.position = long(256);
    form.status = long(121);
    form.note = long(20_001);
    let errors = refused(&form);
    for field in ["last_name", "position", "status", "note", "phone-0"] {
        assert!(errors.get(field).contains("длиннее"), "{field}");
    }
    assert_eq!(errors.get("first_name"), "");
    assert_eq!(phones(&[&long(120)]).parse().unwrap().phones[0].phone.raw, long(120));
}

#[test]
fn a_made_up_kind_is_refused() {
    let mut form = phones(&["89123456789"]);
    form.phone_kind[0] = "pager".to_owned();
    assert_eq!(refused(&form).get("phone-0"), "Выберите вид из списка.");
}

#[test]
fn lists_of_different_lengths_lose_no_value() {
    let form = ContactForm {
        email: texts(&["a@example.ru"]),
        email_kind: texts(&["work"]),
        email_comment: texts(&["", "лишний комментарий"]),
        ..ContactForm::default()
    };
    assert!(!refused(&form).get("email-1").is_empty());
}

#[test]
fn no_control_character_reaches_the_database() {
    let form = ContactForm {
        last_name: "Бело\0зёрова\n".to_owned(),
        note: "строка\r\nдругая\0".to_owned(),
        ..ContactForm::default()
    };
    let fields = form.parse().unwrap();
    assert_eq!(
        (fields.last_name.as_str(), fields.note.as_str()),
        ("Бело зёрова", "строка\nдругая")
    );
}

#[test]
fn words_beside_a_number_stay_visible() {
    let fields = phones(&["8 912 345-67-89 спросить Марию", "тел. 89123456788 доб. 5"])
        .parse()
        .unwrap();
    assert_eq!(fields.phones[0].shown(), "8 912 345-67-89 спросить Марию");
    assert_eq!(fields.phones[1].shown(), "+7 (912) 345-67-88 доб. 5");
    let other = phones(&["8 912 345-67-89 спросить Ольгу", "+79123456788 доб. 5"])
        .parse()
        .unwrap();
    let changed = Fields::changes(&fields, &other);
    assert_eq!(changed.fields().collect::<Vec<_>>(), ["phones"]);
}

#[test]
fn a_contact_without_a_name_is_called_by_what_is_known() {
    let fields = emails(&["anna@example.ru"]).parse().unwrap();
    assert_eq!(fields.name(), "anna@example.ru");
    assert_eq!(Fields::default().name(), "Без имени");
    let named = Fields {
        first_name: "Анна".to_owned(),
        ..fields
    };
    assert_eq!(named.name(), "Анна");
}

#[test]
fn an_address_adds_no_header_to_a_letter() {
    let fields = emails(&["a?cc=b&c#d%e@example.ru"]).parse().unwrap();
    assert_eq!(fields.emails[0].mailto(), "a%3Fcc=b%26c%23d%25e@example.ru");
}
