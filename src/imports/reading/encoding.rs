//! In which encoding a file is written.

use std::borrow::Cow;
use std::collections::VecDeque;

use encoding_rs::{UTF_8, WINDOWS_1251};

/// How cells are decoded. Both keep commas, quotes and line ends as single ASCII bytes, so that
/// the file is cut into cells before it is decoded and never held twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    Windows1251,
}

impl Encoding {
    /// The text of a cell; `None` when its bytes are damaged.
    pub(super) fn decode(self, bytes: &[u8]) -> Option<Cow<'_, str>> {
        match self {
            Self::Utf8 => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
            Self::Windows1251 => Some(WINDOWS_1251.decode_without_bom_handling(bytes).0),
        }
    }
}

/// The encoding of a file, and its bytes without the mark in front. «Юникод» of Excel becomes UTF-8.
pub(super) fn detect(mut bytes: Vec<u8>) -> (Encoding, Vec<u8>) {
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        let is_little = bytes[0] == 0xFF;
        narrow(&mut bytes, is_little);
        return (Encoding::Utf8, bytes);
    }
    if bytes.starts_with(&[0xEF, 0xBB, 0xBF]) {
        bytes.drain(..3);
        return (Encoding::Utf8, bytes);
    }
    let encoding = if is_utf8(&bytes) {
        Encoding::Utf8
    } else {
        Encoding::Windows1251
    };
    (encoding, bytes)
}

/// UTF-16 after its mark as UTF-8, in the same place: a copy would be a second file in memory. Only texts of nothing but
/// rare signs grow, and wait for room.
fn narrow(bytes: &mut Vec<u8>, is_little: bool) {
    let mut waiting: VecDeque<u8> = VecDeque::new();
    let mut written = 0;
    let mut read = 2;
    while read + 1 < bytes.len() {
        let unit = |at: usize| {
            let pair = [*bytes.get(at)?, *bytes.get(at + 1)?];
            Some(if is_little {
                u16::from_le_bytes(pair)
            } else {
                u16::from_be_bytes(pair)
            })
        };
        let units = [unit(read), unit(read + 2)].into_iter().flatten();
        let c = char::decode_utf16(units).next().and_then(Result::ok);
        let c = c.unwrap_or(char::REPLACEMENT_CHARACTER);
        read += if c.len_utf16() == 2 { 4 } else { 2 };
        waiting.extend(c.encode_utf8(&mut [0; 4]).as_bytes());
        while written < read
            && let Some(byte) = waiting.pop_front()
        {
            bytes[written] = byte;
            written += 1;
        }
    }
    bytes.truncate(written);
    bytes.extend(waiting);
}

/// Valid throughout, or with a heading that can be nothing else: one damaged row must not turn the
/// other rows into nonsense.
fn is_utf8(bytes: &[u8]) -> bool {
    if Encoding::Utf8.decode(bytes).is_some() {
        return true;
    }
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let head = &bytes[..end];
    !head.is_ascii()
        && UTF_8
            .decode_without_bom_handling_and_without_replacement(head)
            .is_some()
}
