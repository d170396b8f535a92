//! A saved letter is read: bytes in, words and attachments out. No I/O, no panics, time in proportion to the size.
//!
//! Headers are read by `mail-parser`. The tree of parts is walked here, to a bounded depth: that crate follows letters
//! inside letters as deep as a file says, and what is nested too deep cannot be let go of without a stack to match.

mod charset;
mod html;
mod mime;
mod plain;

use chrono::{DateTime, Datelike as _, TimeDelta, Utc};
use mail_parser::{Address, Message, MessageParser};
use sha2::{Digest as _, Sha256};

use super::address::{Mailbox, joined};
use super::model::{LONGEST_SUBJECT, LONGEST_TEXT, MOST_ADDRESSES};
use crate::values::text;

pub(super) use mime::Attachment;

/// The longest key, in characters.
const LONGEST_KEY: usize = 1000;

/// A letter out of a file.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) from: Mailbox,
    pub(super) to: Vec<Mailbox>,
    pub(super) cc: Vec<Mailbox>,
    pub(super) subject: String,
    pub(super) sent_at: DateTime<Utc>,
    pub(super) text: String,
    /// The text went on.
    pub(super) is_cut: bool,
    /// By which the same letter is known again.
    pub(super) message_id: String,
    pub(super) attachments: Vec<Attachment>,
    /// Names of attachments that are over the limit.
    pub(super) left_out: Vec<String>,
}

/// Why a file is no letter that could be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Of classic Outlook.
    Outlook,
    /// Nothing in it looks like a letter.
    NoLetter,
    /// It does not say who wrote it.
    NoFrom,
    /// It does not say when it was sent, or what it says cannot be.
    NoDate,
}

impl Trouble {
    /// For whoever sent the file of this name.
    pub(super) fn sentence(self, name: &str) -> String {
        match self {
            Self::Outlook => format!(
                "«{name}»: это формат MSG старого Outlook. Откройте письмо в новом Outlook или в веб-почте и сохраните его \
                 как EML либо впишите письмо вручную."
            ),
            Self::NoLetter => {
                format!("«{name}»: это не похоже на письмо или файл повреждён. Сохраните письмо ещё раз как EML.")
            }
            Self::NoFrom => format!("«{name}»: в письме нет адреса отправителя. Впишите его вручную."),
            Self::NoDate => format!("«{name}»: в письме нет даты отправки, которой можно верить. Впишите его вручную."),
        }
    }
}

/// Reads a saved letter.
///
/// # Errors
/// What is wrong with it.
pub(super) fn read(raw: &[u8], now: DateTime<Utc>) -> Result<Parsed, Trouble> {
    if raw.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return Err(Trouble::Outlook);
    }
    let raw = without_envelope(raw);
    let (head, _) = mime::split_head(raw);
    let head = charset::mended(head);
    let message = MessageParser::default()
        .parse_headers(head.as_bytes())
        .ok_or(Trouble::NoLetter)?;
    if message.from().is_none() && message.date().is_none() && message.subject().is_none() {
        return Err(Trouble::NoLetter);
    }
    let from = sender(&message).ok_or(Trouble::NoFrom)?;
    let sent_at = moment(&message, now).ok_or(Trouble::NoDate)?;
    let to = mailboxes(message.all_to());
    let cc = mailboxes(message.all_cc());
    let subject = message.subject().unwrap_or_default();
    let subject: String = text::line(&plain::visible(subject))
        .chars()
        .take(LONGEST_SUBJECT)
        .collect();
    let body = mime::read(raw);
    let words = plain::tidy(&body.text);
    let length = words.chars().count();
    let is_cut = body.is_cut || length > LONGEST_TEXT;
    let words: String = words.chars().take(LONGEST_TEXT).collect();
    let key = message
        .message_id()
        .map(|id| id.trim().trim_matches(['<', '>']))
        .filter(|id| !id.is_empty());
    let message_id = match key {
        Some(id) if id.chars().count() <= LONGEST_KEY => id.to_owned(),
        _ => own_key(&[&sent_at.to_rfc3339(), &from.address, &joined(&to), &subject, &words]),
    };
    Ok(Parsed {
        from,
        to,
        cc,
        subject,
        sent_at,
        text: words,
        is_cut,
        message_id,
        attachments: body.attachments,
        left_out: body.left_out,
    })
}

/// Without what mail programs put in front: a mark of UTF-8, blank lines, the line of a mailbox.
fn without_envelope(raw: &[u8]) -> &[u8] {
    let raw = raw.strip_prefix(b"\xef\xbb\xbf").unwrap_or(raw).trim_ascii_start();
    if !raw.starts_with(b"From ") && !raw.starts_with(b">From ") {
        return raw;
    }
    let end = raw
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(raw.len(), |at| at + 1);
    &raw[end..]
}

/// For a letter without a key of its own.
fn own_key(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    format!("sha256:{}", hex::encode(hash.finalize()))
}

fn sender(message: &Message<'_>) -> Option<Mailbox> {
    let named = [message.from(), message.sender()];
    let found = named.into_iter().flatten().flat_map(|address| mailboxes([address]));
    found.into_iter().find(|mailbox| mailbox.address.contains('@'))
}

fn mailboxes<'a>(headers: impl IntoIterator<Item = &'a Address<'a>>) -> Vec<Mailbox> {
    let mut found: Vec<Mailbox> = Vec::new();
    for address in headers.into_iter().flat_map(Address::iter) {
        if found.len() == MOST_ADDRESSES {
            break;
        }
        let mailbox = Mailbox::new(
            address.name().unwrap_or_default(),
            address.address().unwrap_or_default(),
        );
        if !mailbox.shown().is_empty() {
            found.push(mailbox);
        }
    }
    found
}

/// When it was sent, if that can be.
fn moment(message: &Message<'_>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let date = message.date().filter(|date| date.is_valid())?;
    let moment = DateTime::from_timestamp(date.to_timestamp(), 0)?;
    (moment.year() >= 1980 && moment <= now + TimeDelta::days(1)).then_some(moment)
}
