//! What a row may change in a record.

use uuid::Uuid;

use crate::companies::bulk::{Channels, Record};
use crate::imports::merge::{Kept, Trust, add_channels, merge};

/// One field: its value and what the last import wrote.
fn record(value: &str, imported: Option<&str>) -> Record {
    let mut record = Record::new(Uuid::nil(), 1);
    record.values = vec![value.to_owned()];
    record.imported.values = vec![imported.map(str::to_owned)];
    record
}

fn merged(value: &str, imported: Option<&str>, incoming: &str, trust: Trust) -> (String, Option<Kept>) {
    let mut record = record(value, imported);
    let result = merge(&mut record, &[incoming.to_owned()], trust);
    (record.values.remove(0), result.kept.first().map(|(_, why)| *why))
}

#[test]
fn a_row_follows_its_source_and_gives_way_to_people() {
    let follow = |value, imported, incoming| merged(value, imported, incoming, Trust::Follow);
    assert_eq!(follow("", None, "новое"), ("новое".to_owned(), None));
    assert_eq!(follow("старое", Some("старое"), "новое"), ("новое".to_owned(), None));
    assert_eq!(
        follow("своё", Some("старое"), "новое"),
        ("своё".to_owned(), Some(Kept::Edited))
    );
    assert_eq!(follow("", Some("старое"), "новое"), (String::new(), Some(Kept::Edited)));
    assert_eq!(follow("своё", None, "новое"), ("своё".to_owned(), Some(Kept::Own)));
    assert_eq!(follow("старое", Some("старое"), ""), ("старое".to_owned(), None));
    assert_eq!(follow("то же", Some("старое"), "то же"), ("то же".to_owned(), None));
}

#[test]
fn a_second_row_only_fills_gaps() {
    let fill = |value, imported, incoming| merged(value, imported, incoming, Trust::FillOnly);
    assert_eq!(fill("", None, "новое"), ("новое".to_owned(), None));
    assert_eq!(
        fill("старое", Some("старое"), "новое"),
        ("старое".to_owned(), Some(Kept::Repeated))
    );
}

#[test]
fn a_choice_to_fill_leaves_all_that_is_there() {
    let fill = |value, imported, incoming| merged(value, imported, incoming, Trust::Fill);
    assert_eq!(fill("", None, "новое"), ("новое".to_owned(), None));
    assert_eq!(
        fill("старое", Some("старое"), "новое"),
        ("старое".to_owned(), Some(Kept::Filled))
    );
    assert_eq!(
        fill("своё", Some("старое"), "новое"),
        ("своё".to_owned(), Some(Kept::Edited))
    );
    assert_eq!(fill("", Some("старое"), "новое"), (String::new(), Some(Kept::Edited)));
}

#[test]
fn a_choice_to_overwrite_spares_only_what_the_file_does_not_say() {
    let overwrite = |value, imported, incoming| merged(value, imported, incoming, Trust::Overwrite);
    assert_eq!(overwrite("своё", Some("старое"), "новое"), ("новое".to_owned(), None));
    assert_eq!(overwrite("своё", None, "новое"), ("новое".to_owned(), None));
    assert_eq!(overwrite("", Some("старое"), "новое"), ("новое".to_owned(), None));
    assert_eq!(overwrite("своё", None, ""), ("своё".to_owned(), None));
    let (_, mut channels, mut imported) = phones();
    let added = add_channels(&mut channels, &mut imported, [("2".to_owned(), "2")], Trust::Overwrite);
    assert_eq!((added.items.len(), added.removed.len(), imported.len()), (1, 0, 1));
}

fn phones() -> ([(String, &'static str); 3], Channels, Vec<String>) {
    let channels = Channels {
        keys: vec!["1".to_owned()],
        next: 4,
    };
    let incoming = ["1", "2", "3"].map(|key| (key.to_owned(), key));
    (incoming, channels, vec!["2".to_owned()])
}

#[test]
fn removed_phones_do_not_come_back() {
    let (incoming, mut channels, mut imported) = phones();
    let added = add_channels(&mut channels, &mut imported, incoming, Trust::Follow);
    assert_eq!(added.items, [(4, "3")]);
    assert_eq!(added.removed, ["2"]);
    assert_eq!(channels.next, 5);
    assert_eq!(imported, ["2", "3"]);
}
