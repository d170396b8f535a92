use chrono::{NaiveDate, NaiveDateTime};
use proptest::prelude::*;

use crate::task_import::model::{Event, MOST_EVENTS, When};
use crate::task_import::reading::read;

fn events(body: &str) -> Vec<Event> {
    let file = format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{body}END:VCALENDAR\r\n");
    read(file.as_bytes()).expect("a calendar").events
}

fn one(lines: &[&str]) -> Event {
    let body = format!("BEGIN:VEVENT\r\n{}\r\nEND:VEVENT\r\n", lines.join("\r\n"));
    let events = events(&body);
    assert_eq!(events.len(), 1, "{lines:?}");
    events.into_iter().next().expect("one")
}

fn local(text: &str) -> NaiveDateTime {
    text.parse().expect("a time")
}

#[test]
fn dates_keep_their_deadline_however_they_are_written() {
    let moscow = || "Europe/Moscow".to_owned();
    let nowhere = String::new;
    let day = NaiveDate::from_ymd_opt(2026, 12, 1).expect("a day");
    for (line, when) in [
        (
            "DTSTART:20261201T070000Z",
            When::Moment("2026-12-01T07:00:00Z".parse().expect("a moment")),
        ),
        (
            "DTSTART:20261201T100000",
            When::Local(local("2026-12-01T10:00:00"), nowhere()),
        ),
        (
            "DTSTART;TZID=Europe/Moscow:20261201T100000",
            When::Local(local("2026-12-01T10:00:00"), moscow()),
        ),
        (
            "DTSTART;TZID=\"Europe/Moscow\":20261201T1000",
            When::Local(local("2026-12-01T10:00:00"), moscow()),
        ),
        (
            "dtstart;tzid=Nowhere/Land:20261201T100000",
            When::Local(local("2026-12-01T10:00:00"), nowhere()),
        ),
        ("DTSTART;VALUE=DATE:20261201", When::Day(day)),
        ("DUE:20261201", When::Day(day)),
        ("DTSTART:\r\nDUE:20261201", When::Day(day)),
        ("DTSTART:завтра", When::Unreadable),
        ("DTSTART:20261301T100000Z", When::Unreadable),
        ("LOCATION:нигде", When::Never),
    ] {
        assert_eq!(one(&["UID:1", line]).when, when, "{line}");
    }
}

#[test]
fn words_are_unfolded_and_unescaped_and_a_company_is_found_in_them() {
    let event = one(&[
        "UID:amo-1",
        "SUMMARY:Позвонить\\, спросить\\; \"срочно\"",
        "DESCRIPTION:Первая строка\\nКомпания: ООО «Ромаш",
        " ка»\\nЕщё",
        "BEGIN:VALARM",
        "DESCRIPTION:Напоминание",
        "END:VALARM",
    ]);
    assert_eq!(event.title, "Позвонить, спросить; \"срочно\"");
    assert_eq!(event.description, "Первая строка\nКомпания: ООО «Ромашка»\nЕщё");
    assert_eq!((event.uid.as_str(), event.company.as_str()), ("amo-1", "ООО «Ромашка»"));
    for (lines, company) in [
        (
            vec!["CONTACT:Иванов\\nКОМПАНИЯ:  Лютик ", "DESCRIPTION:Компания: Ромашка"],
            "Лютик",
        ),
        (vec!["SUMMARY:Звонок. компания: Ёлочка"], "Ёлочка"),
        (vec!["DESCRIPTION:\\n Ромашка \\nпотом"], "Ромашка"),
        (vec!["DESCRIPTION:Компания:\\nпотом"], "Компания:"),
        (vec!["SUMMARY:Звонок"], ""),
    ] {
        assert_eq!(one(&lines).company, company, "{lines:?}");
    }
    assert_eq!(one(&["UID:1"]).title, "Задача (amo)");
    assert_eq!(one(&["SUMMARY:ы\u{7}х\\nу"]).title, "ых у");
    assert_eq!(
        one(&[&format!("SUMMARY:{}", "я".repeat(300))]).title.chars().count(),
        255
    );
}

#[test]
fn an_event_without_a_key_gets_one_of_its_words() {
    let key = |lines: &[&str]| one(lines).uid;
    let same = ["SUMMARY:Звонок", "DTSTART:20261201T070000Z"];
    assert_eq!(key(&same), key(&same));
    assert_ne!(key(&same), key(&["SUMMARY:Звонок", "DTSTART:20261202T070000Z"]));
}

#[test]
fn files_are_taken_as_they_are_made() {
    // A letter folded in its middle, bare line ends, a mark of UTF-8 in front, bytes that are no letters.
    let mut file =
        b"\xef\xbb\xbfBEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nSUMMARY:\xd0\n \x97\xd0\xb2\xd0\xbe\xd0\xbd\xff\n".to_vec();
    file.extend(b"END:VEVENT\nBEGIN:VTODO\nUID:2\nSUMMARY:B\nEND:VTODO\nBEGIN:VEVENT\nUID:3\n");
    let read = read(&file).expect("a calendar");
    let titles: Vec<_> = read.events.iter().map(|event| event.title.as_str()).collect();
    assert_eq!(titles, ["Звон\u{fffd}", "B"], "what has no end is no event");
    for bytes in [&b""[..], b"PK\x03\x04", b"SUMMARY:x", "Задача;Срок\r\n".as_bytes()] {
        assert!(crate::task_import::reading::read(bytes).is_none());
    }
    let many = "BEGIN:VEVENT\r\nUID:1\r\nEND:VEVENT\r\n".repeat(MOST_EVENTS + 1);
    let whole = format!("BEGIN:VCALENDAR\r\n{many}END:VCALENDAR\r\n");
    let read = crate::task_import::reading::read(whole.as_bytes()).expect("a calendar");
    assert!(read.is_cut && read.events.len() == MOST_EVENTS);
}

proptest! {
    #[test]
    fn any_bytes_are_tried_as_a_calendar(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let mut file = b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n".to_vec();
        file.extend(bytes);
        file.extend(b"\nEND:VEVENT\n");
        crate::task_import::reading::read(&file);
    }

    #[test]
    fn any_lines_are_tried_as_an_event(lines in proptest::collection::vec("(UID|SUMMARY|DESCRIPTION|DTSTART|DUE|CONTACT|BEGIN|END)[;:=\"A-Z0-9T\\\\ nа-яЁ]{0,20}", 0..10)) {
        events(&format!("BEGIN:VEVENT\n{}\nEND:VEVENT\n", lines.join("\n")));
    }
}
