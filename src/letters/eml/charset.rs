//! Bytes to letters: what a header says of them, and what old mail programs leave unsaid.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use encoding_rs::{Encoding, KOI8_R, UTF_8, WINDOWS_1251};

/// As many mistakes as mail programs make.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Letters of bytes in the charset of this name; of none, or of one that nobody knows: what they look like.
pub(super) fn decode(label: Option<&str>, bytes: &[u8]) -> String {
    let named = label.and_then(|label| Encoding::for_label(label.trim_matches(['"', '\'', ' ']).as_bytes()));
    match named {
        // Many say UTF-8 or ASCII and send what they have.
        Some(encoding) if encoding != UTF_8 || std::str::from_utf8(bytes).is_ok() => {
            encoding.decode(bytes).0.into_owned()
        }
        _ => guessed(bytes).decode(bytes).0.into_owned(),
    }
}

/// UTF-8 if it can be; of the two old Russian ones that in which more small letters come out than capital ones.
fn guessed(bytes: &[u8]) -> &'static Encoding {
    if std::str::from_utf8(bytes).is_ok() {
        return UTF_8;
    }
    let count = |from: u8, to: u8| bytes.iter().filter(|byte| (from..=to).contains(*byte)).count();
    if count(0xc0, 0xdf) > count(0xe0, 0xff) {
        KOI8_R
    } else {
        WINDOWS_1251
    }
}

/// Bytes of base64, whatever stands between its letters.
pub(super) fn base64(bytes: &[u8]) -> Vec<u8> {
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let mut letters: Vec<u8> = bytes.iter().copied().filter(is_letter).collect();
    if letters.len() % 4 == 1 {
        letters.pop();
    }
    LENIENT.decode(&letters).unwrap_or_default()
}

/// Bytes of quoted-printable; `is_word`: of an encoded word, where «_» is a space.
pub(super) fn quoted(bytes: &[u8], is_word: bool) -> Vec<u8> {
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'=' => {
                let rest = &bytes[at..];
                let blank = rest
                    .iter()
                    .take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r'))
                    .count();
                if let (Some(high), Some(low)) = (digit(rest.first()), digit(rest.get(1))) {
                    out.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
                    at += 2;
                } else if rest.get(blank) == Some(&b'\n') {
                    at += blank + 1;
                } else {
                    out.push(b'=');
                }
            }
            b'_' if is_word => out.push(b' '),
            other => out.push(*other),
        }
    }
    out
}

/// A block of headers as text: bytes that no charset was named for are letters, and encoded words that a program cut in the
/// middle of a letter are whole again.
pub(super) fn mended(head: &[u8]) -> String {
    let text = decode(None, head);
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(start) = rest.find("=?") {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let Some((first, length)) = Word::read(rest) else {
            out.push_str("=?");
            rest = &rest[2..];
            continue;
        };
        let mut bytes = first.bytes;
        let mut end = length;
        let mut is_one = true;
        while let Some((next, length)) = following(&rest[end..], &first.charset) {
            bytes.extend(next);
            end += length;
            is_one = false;
        }
        if is_one {
            out.push_str(&rest[..end]);
        } else {
            let letters = decode(Some(&first.charset), &bytes);
            out.push_str("=?utf-8?B?");
            out.push_str(&LENIENT.encode(letters));
            out.push_str("?=");
        }
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

/// Text in which encoded words stand where none should, as in names of files.
pub(super) fn words(text: &str) -> String {
    let text = mended(text.as_bytes());
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(start) = rest.find("=?") {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        if let Some((word, length)) = Word::read(rest) {
            out.push_str(&decode(Some(&word.charset), &word.bytes));
            rest = &rest[length..];
        } else {
            out.push_str("=?");
            rest = &rest[2..];
        }
    }
    out.push_str(rest);
    out
}

/// The bytes of an encoded word of this charset behind nothing but spaces, and how long all that is.
fn following(rest: &str, charset: &str) -> Option<(Vec<u8>, usize)> {
    let start = rest.trim_start();
    let blank = rest.len() - start.len();
    let (word, length) = Word::read(start).filter(|_| blank > 0)?;
    word.charset
        .eq_ignore_ascii_case(charset)
        .then(|| (word.bytes, blank + length))
}

/// «=?utf-8?B?…?=»
struct Word {
    charset: String,
    bytes: Vec<u8>,
}

impl Word {
    /// The word at the start of this text, and its length.
    fn read(text: &str) -> Option<(Self, usize)> {
        let inner = text.strip_prefix("=?")?;
        // A charset is short; no end is looked for far away.
        let (charset, rest) = inner.split_at_checked(inner.bytes().take(60).position(|byte| byte == b'?')?)?;
        let encoding = rest.as_bytes().get(1)?.to_ascii_lowercase();
        let data = rest.get(2..)?.strip_prefix('?')?;
        let length = data.find("?=")?;
        let data = &data[..length];
        if charset.is_empty() || data.contains('\n') {
            return None;
        }
        let bytes = match encoding {
            b'b' => base64(data.as_bytes()),
            b'q' => quoted(data.as_bytes(), true),
            _ => return None,
        };
        // A language may follow the charset: «utf-8*ru».
        let name = charset.split('*').next().unwrap_or(charset).to_owned();
        let whole = 2 + charset.len() + 3 + length + 2;
        Some((Self { charset: name, bytes }, whole))
    }
}
