//! Addresses of letters: a name and a mailbox, as headers have them and as people type them.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::model::MOST_ADDRESSES;
use crate::values::{Email, text};

/// The longest name, in characters.
const LONGEST_NAME: usize = 255;
/// The longest address, in characters.
const LONGEST_ADDRESS: usize = 320;

/// Whom a letter is from or for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mailbox {
    /// «Пётр Белозёров»; empty: the letter does not say.
    pub(super) name: String,
    /// As the letter has it.
    pub(super) address: String,
}

impl Mailbox {
    /// Out of a header: whatever is there, cleaned and cut.
    pub(super) fn new(name: &str, address: &str) -> Self {
        let cut = |typed: &str, most: usize| -> String { plain(typed).chars().take(most).collect() };
        let address = cut(address, LONGEST_ADDRESS);
        let name = cut(name.trim_matches(['"', '\'', ' ']), LONGEST_NAME);
        Self {
            // Some programs repeat the address where the name should be.
            name: if name.eq_ignore_ascii_case(&address) {
                String::new()
            } else {
                name
            },
            address,
        }
    }

    /// The name, or the address where there is none.
    pub(super) fn shown(&self) -> &str {
        if self.name.is_empty() {
            &self.address
        } else {
            &self.name
        }
    }

    /// By which it is compared.
    pub(super) fn key(&self) -> String {
        self.address.to_lowercase()
    }

    /// What stands behind the @, in lower case.
    pub(super) fn domain(&self) -> String {
        domain_of(&self.address)
    }
}

impl fmt::Display for Mailbox {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.name.is_empty() {
            to.write_str(&self.address)
        } else {
            write!(to, "{} <{}>", self.name, self.address)
        }
    }
}

/// What stands behind the @, in lower case.
pub(super) fn domain_of(address: &str) -> String {
    address
        .rsplit_once('@')
        .map(|(_, domain)| domain.to_lowercase())
        .unwrap_or_default()
}

/// One line without marks that turn the direction of reading.
fn plain(typed: &str) -> String {
    let is_mark = |c: &char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    let kept: String = typed.chars().filter(|c| !is_mark(c)).collect();
    text::line(&kept).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// «Пётр <a@b.example>, c@d.example», for a form and the log.
pub(super) fn joined(all: &[Mailbox]) -> String {
    all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Reads what was typed: addresses behind commas, semicolons or line ends, each with a name or without.
///
/// # Errors
/// A sentence about the first one that is none.
pub(super) fn parse(typed: &str) -> Result<Vec<Mailbox>, String> {
    let mut found = Vec::new();
    for piece in pieces(typed) {
        let (name, address) = match piece.rsplit_once('<') {
            Some((name, address)) => (name.trim(), address.trim_end_matches(['>', ' '])),
            None => ("", piece.as_str()),
        };
        let address =
            Email::parse(address).map_err(|sentence| format!("«{}»: {sentence}.", text::excerpt(&piece, 60)))?;
        found.push(Mailbox::new(name, address.as_str()));
    }
    if found.len() > MOST_ADDRESSES {
        return Err(format!("Адресов больше {MOST_ADDRESSES}: оставьте главные."));
    }
    Ok(found)
}

/// What stands between commas, semicolons and line ends that are neither in quotes nor in angle brackets.
fn pieces(typed: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let (mut is_quoted, mut is_bracketed) = (false, false);
    for c in typed.chars() {
        match c {
            '"' => is_quoted = !is_quoted,
            '<' => is_bracketed = true,
            '>' => is_bracketed = false,
            _ => (),
        }
        let ends = matches!(c, '\n' | '\r') || (matches!(c, ',' | ';') && !is_quoted && !is_bracketed);
        if ends {
            (is_quoted, is_bracketed) = (false, false);
            pieces.push(String::new());
        } else if let Some(last) = pieces.last_mut() {
            last.push(c);
        }
    }
    let pieces = pieces.into_iter().map(|piece| piece.trim().to_owned());
    pieces.filter(|piece| !piece.is_empty()).collect()
}
