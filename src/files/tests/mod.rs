//! Names, kinds and sizes.

use proptest::prelude::*;

use super::kinds::{HEAD, by_bytes, by_name};
use super::model::clean_name;

#[test]
fn names_lose_paths_and_tricks_and_keep_their_endings() {
    for (typed, clean) in [
        ("C:\\Документы\\КП 7.pdf", "КП 7.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("отчёт\u{202e}fdp.exe", "отчётfdp.exe"),
        ("a\r\nb: c.txt", "a b c.txt"),
        (" .pdf. ", "pdf"),
        ("", "файл"),
    ] {
        assert_eq!(clean_name(typed), clean, "{typed:?}");
    }
    let long = clean_name(&format!("{}.pdf", "я".repeat(400)));
    assert_eq!(
        (long.chars().count(), long.split_once('.').map(|(_, kind)| kind)),
        (255, Some("pdf"))
    );
}

#[test]
fn a_kind_is_what_both_name_and_bytes_say() {
    let judge = |name: &str, bytes: &[u8]| {
        let kind = by_name(name).and_then(|promised| by_bytes(name, promised, bytes));
        kind.map(|kind| kind.content_type)
    };
    assert_eq!(judge("a.PDF", b"%PDF-1.4"), Ok("application/pdf"));
    assert_eq!(judge("a.txt", "Привет".as_bytes()), Ok("text/plain"));
    assert_eq!(judge("a.csv", b"\xcf\xf0\xe8\xe2\xe5\xf2;1"), Ok("text/csv"));
    assert_eq!(judge("запись", b"ID3\x03"), Ok("audio/mpeg"));
    assert_eq!(judge("архив", b"PK\x03\x04"), Ok("application/zip"));
    for (name, bytes) in [
        ("a.png", &b"\xff\xd8\xff"[..]),
        ("a.txt", b"\x7fELF\0\0"),
        ("a.eml", b"\xef\xbb\xbf<HTML>"),
        ("a.docm", b"PK\x03\x04"),
        ("a.неизвестно", b"abc"),
        ("просто", b"words"),
        ("a.pdf.exe", b"%PDF-"),
    ] {
        assert!(judge(name, bytes).is_err(), "{name}");
    }
}

proptest! {
    #[test]
    fn any_name_becomes_one_that_every_system_takes(typed in "\\PC{0,300}|.{0,300}") {
        let name = clean_name(&typed);
        prop_assert!((1..=255).contains(&name.chars().count()));
        prop_assert!(!name.chars().any(|c| c.is_control() || "/\\<>:\"|?*".contains(c)));
        prop_assert_eq!(clean_name(&name), name);
    }

    #[test]
    fn any_bytes_are_judged(head in proptest::collection::vec(any::<u8>(), 0..HEAD)) {
        for name in ["a.txt", "a.pdf", "a.docx", "a"] {
            if let Ok(promised) = by_name(name) {
                let _ = by_bytes(name, promised, &head);
            }
        }
    }
}
