//! In which encoding a file is written.

use std::borrow::Cow;

use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1251};

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
        let encoding = if bytes[0] == 0xFF { UTF_16LE } else { UTF_16BE };
        let text = encoding.decode_with_bom_removal(&bytes).0.into_owned();
        return (Encoding::Utf8, text.into_bytes());
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
