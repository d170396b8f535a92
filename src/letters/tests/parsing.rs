//! Letters as programs of all times save them, and what breaks on the way.

use std::fmt::Write as _;
use std::time::Instant;

use base64::Engine as _;
use chrono::{DateTime, TimeZone as _, Utc};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::letters::eml::{Parsed, Trouble, read};

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 12, 1, 9, 0, 0).unwrap()
}

const HEAD: &str =
    "From: a@b.example\r\nTo: c@d.example\r\nDate: Fri, 20 Nov 2026 12:30:00 +0500\r\nMessage-ID: <1@b.example>\r\n";

fn parsed(rest: &str) -> Parsed {
    read(format!("{HEAD}{rest}").as_bytes(), now()).expect("a letter")
}

fn names(letter: &Parsed) -> Vec<&str> {
    letter
        .attachments
        .iter()
        .map(|attachment| attachment.name.as_str())
        .collect()
}

#[test]
fn headers_are_read_as_people_meant_them() {
    let letter = parsed(
        "Subject: =?koi8-r?B?8NLJ18XU?= =?windows-1251?Q?=2C_=EC=E8=F0?=\r\n\
         Cc: =?windows-1251?B?z/Dy8A==?= <x@y.example>, \"Second, One\" <z@y.example>\r\n\r\nтекст",
    );
    assert_eq!(letter.subject, "Привет, мир");
    assert_eq!(letter.from.address, "a@b.example");
    assert_eq!(letter.to[0].address, "c@d.example");
    assert_eq!(letter.cc[1].to_string(), "Second, One <z@y.example>");
    assert_eq!(letter.message_id, "1@b.example");
    assert_eq!(letter.sent_at, Utc.with_ymd_and_hms(2026, 11, 20, 7, 30, 0).unwrap());
    assert_eq!(letter.text, "текст");
}

#[test]
fn a_word_that_was_cut_within_a_letter_is_whole_again() {
    // «Привет», its third letter cut in two.
    let letter = parsed("Subject: =?utf-8?B?0J/RgNA=?=\r\n =?utf-8?B?uNCy0LXRgg==?=\r\n\r\n");
    assert_eq!(letter.subject, "Привет");
}

#[test]
fn bytes_without_a_charset_are_russian() {
    let mut raw = HEAD.as_bytes().to_vec();
    let (subject, _, _) = encoding_rs::WINDOWS_1251.encode("Subject: Счёт на оплату\r\n\r\nДобрый день");
    raw.extend_from_slice(&subject);
    let letter = read(&raw, now()).expect("a letter");
    assert_eq!(
        (letter.subject.as_str(), letter.text.as_str()),
        ("Счёт на оплату", "Добрый день")
    );
}

#[test]
fn old_charsets_and_both_encodings_of_bodies() {
    for (charset, encoding) in [
        ("windows-1251", encoding_rs::WINDOWS_1251),
        ("koi8-r", encoding_rs::KOI8_R),
    ] {
        let (bytes, _, _) = encoding.encode("Добрый день, Ёлкин");
        let quoted: Vec<String> = bytes.iter().map(|byte| format!("={byte:02X}")).collect();
        let quoted = quoted.concat();
        let head = format!("Content-Type: text/plain; charset=\"{charset}\"\r\nContent-Transfer-Encoding: ");
        let letter = parsed(&format!("{head}quoted-printable\r\n\r\n{quoted}=\r\n!\r\n"));
        assert_eq!(letter.text, "Добрый день, Ёлкин!", "{charset}");
        let coded = base64::engine::general_purpose::STANDARD.encode(&bytes);
        let letter = parsed(&format!("{head}base64\r\n\r\n{}\r\n{}\r\n", &coded[..8], &coded[8..]));
        assert_eq!(letter.text, "Добрый день, Ёлкин", "{charset}");
    }
}

#[test]
fn of_two_ways_to_say_it_plain_text_is_taken_unless_it_is_a_stub() {
    let both = |plain: &str, html: &str| {
        parsed(&format!(
            "Content-Type: multipart/alternative; boundary=\"=_a\"\r\n\r\npreamble\r\n\
             --=_a\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{plain}\r\n\
             --=_a\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n--=_a--\r\nepilogue"
        ))
    };
    assert_eq!(
        both("Простой текст", "<p>Простой <b>текст</b></p>").text,
        "Простой текст"
    );
    let long = format!("<p>{}</p>", "длинно ".repeat(40));
    assert!(both("Ваша почта не показывает HTML", &long).text.starts_with("длинно"));
    assert_eq!(both("", "<div>Только</div><div>HTML</div>").text, "Только\nHTML");
}

#[test]
fn attachments_have_their_names_and_signatures_are_no_attachments() {
    let rfc2231 = "filename*0*=UTF-8''%D0%A1%D1%87%D1%91; filename*1*=%D1%82.pdf";
    let letter = parsed(&format!(
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n\
         --b\r\nContent-Type: multipart/related; boundary=r\r\n\r\n\
         --r\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Здравствуйте <img src=\"cid:logo\"></p>\r\n\
         --r\r\nContent-Type: image/png\r\nContent-ID: <logo>\r\nContent-Disposition: inline; filename=logo.png\r\n\
         Content-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--r--\r\n\
         --b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; {rfc2231}\r\n\
         Content-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjc=\r\n\
         --b\r\nContent-Type: application/octet-stream; name=\"../evil/../setup.exe\"\r\n\r\nMZ\r\n\
         --b\r\nContent-Type: application/pdf\r\nContent-Disposition: inline; filename=apple.pdf\r\n\r\n%PDF\r\n\
         --b\r\nContent-Type: message/rfc822\r\n\r\nFrom: x@y.example\r\nSubject: =?utf-8?B?0JLQu9C+0LbQtdC90L4=?=\r\n\r\nвнутри\r\n\
         --b--\r\n"
    ));
    assert_eq!(letter.text, "Здравствуйте");
    assert_eq!(
        names(&letter),
        ["Счёт.pdf", "../evil/../setup.exe", "apple.pdf", "Вложено.eml"]
    );
    assert!(letter.attachments[3].bytes.starts_with(b"From: x@y.example"));
}

#[test]
fn what_is_no_letter_is_said() {
    let trouble = |raw: &[u8]| read(raw, now()).expect_err("trouble");
    assert_eq!(trouble(b""), Trouble::NoLetter);
    assert_eq!(trouble(b"\n\n\n"), Trouble::NoLetter);
    assert_eq!(trouble(&[0xff; 4000]), Trouble::NoLetter);
    assert_eq!(
        trouble("Просто текст без заголовков\nи ещё строка".as_bytes()),
        Trouble::NoLetter
    );
    assert_eq!(trouble(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 outlook"), Trouble::Outlook);
    assert_eq!(
        trouble(b"Subject: x\r\nDate: Fri, 20 Nov 2026 12:30:00 +0500\r\n\r\n"),
        Trouble::NoFrom
    );
    assert_eq!(trouble(b"From: a@b.example\r\nSubject: x\r\n\r\n"), Trouble::NoDate);
    let late = b"From: a@b.example\r\nDate: Fri, 20 Nov 2099 12:30:00 +0500\r\n\r\n";
    assert_eq!(trouble(late), Trouble::NoDate);
}

#[test]
fn letters_that_were_cut_or_came_out_of_a_mailbox_are_read() {
    let raw = format!(
        "\u{feff}From MAILER Fri Nov 20\r\n{HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nначало"
    );
    assert_eq!(read(raw.as_bytes(), now()).expect("a letter").text, "начало");
    let no_id = "From: a@b.example\r\nDate: Fri, 20 Nov 2026 12:30:00 +0500\r\n\r\nтекст";
    let one = read(no_id.as_bytes(), now()).expect("a letter").message_id;
    assert!(one.starts_with("sha256:"));
    assert_eq!(one, read(no_id.as_bytes(), now()).expect("a letter").message_id);
}

#[test]
fn long_texts_are_cut_and_it_is_known() {
    let letter = parsed(&format!("\r\n{}", "слово ".repeat(40_000)));
    assert!(letter.is_cut);
    assert_eq!(letter.text.chars().count(), 200_000);
    assert!(!parsed("\r\nкоротко").is_cut);
}

#[test]
fn letters_within_letters_are_as_deep_as_anybody_says() {
    let start = Instant::now();
    // So deep that whoever followed it would run out of stack.
    let inner = "Content-Type: message/rfc822\r\n\r\n".repeat(200_000);
    let letter = parsed(&inner);
    assert_eq!(letter.attachments.len(), 1);
    let mut nested = String::new();
    for at in 0..2000 {
        let _ = write!(
            nested,
            "Content-Type: multipart/mixed; boundary=b{at}\r\n\r\n--b{at}\r\n"
        );
    }
    assert!(parsed(&nested).is_cut);
    let many = format!(
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n{}",
        "--b\r\n\r\nx\r\n".repeat(100_000)
    );
    assert!(parsed(&many).text.len() < 10_000);
    assert!(start.elapsed().as_secs() < 30, "{:?}", start.elapsed());
}

#[test]
fn ten_thousand_broken_letters_break_nothing() {
    let seeds = [
        super::incoming("1", "Добрый день"),
        super::with_file("2"),
        WHOLE.to_owned(),
    ];
    let mut random = StdRng::seed_from_u64(7);
    let start = Instant::now();
    for round in 0..10_000 {
        let mut raw = seeds[round % seeds.len()].clone().into_bytes();
        for _ in 0..random.random_range(1..12) {
            let at = random.random_range(0..raw.len());
            match random.random_range(0..5) {
                0 => raw[at] = random.random(),
                1 => raw.truncate(at.max(1)),
                2 => {
                    let end = (at + random.random_range(0..40)).min(raw.len());
                    let piece = raw[at..end].to_vec();
                    raw.splice(at..at, piece);
                }
                3 => {
                    let end = (at + random.random_range(0..40)).min(raw.len());
                    raw.drain(at..end);
                    if raw.is_empty() {
                        raw.push(b'x');
                    }
                }
                _ => {
                    let marks: [&[u8]; 6] = [b"\r\n\r\n", b"--b", b"=?utf-8?B?", b"<style>", b"&#x", b"\0"];
                    raw.splice(at..at, marks[random.random_range(0..marks.len())].iter().copied());
                }
            }
        }
        if let Ok(letter) = read(&raw, now()) {
            assert!(letter.text.chars().count() <= 200_000 && !letter.text.contains('\0'));
            assert!(!letter.subject.contains(['\0', '\n']) && letter.subject.chars().count() <= 1000);
            assert!(!letter.message_id.is_empty());
        }
    }
    assert!(start.elapsed().as_secs() < 120, "{:?}", start.elapsed());
}

const WHOLE: &str = "From: =?windows-1251?Q?=CF=B8=F2=F0?= <a@b.example>\r\nTo: c@d.example, \"D\" <e@f.example>\r\n\
    Subject: =?utf-8?Q?=D0=9A=D0=9F?=\r\nDate: Fri, 20 Nov 2026 12:30:00 +0500\r\nMessage-ID: <w@b.example>\r\n\
    Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n\
    --a\r\nContent-Type: text/plain; charset=koi8-r; format=flowed\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
    =E4=CF=C2=D2=D9=CA =\r\n=C4=C5=CE=D8\r\n--a\r\nContent-Type: text/html; charset=utf-8\r\n\r\n\
    <html><style>p{}</style><body><p>Добрый&nbsp;день<br><blockquote>&#171;цитата&raquo;</blockquote></p></body></html>\r\n--a--\r\n\
    --b\r\nContent-Type: image/png\r\nContent-ID: <x>\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n\
    --b\r\nContent-Type: message/rfc822\r\n\r\nFrom: x@y.example\r\n\r\ninner\r\n--b--\r\n";
