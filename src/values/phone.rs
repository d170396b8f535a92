//! Phone numbers as people type them, with the form in which they are compared, shown and dialled.

use std::collections::HashSet;

/// The longest text kept of what was typed.
const LONGEST_RAW: usize = 120;
/// Fewer digits say too little to compare numbers by.
const FEWEST_DIGITS: usize = 7;
/// The beginnings of words after which an extension follows.
const EXTENSION_MARKS: [&str; 5] = ["доб", "доп", "вн", "ext", "#"];
/// Made-up numbers that people type to get past a form.
const MADE_UP: [&str; 3] = ["1234567890", "0123456789", "9876543210"];

/// One phone number; what could not be understood is still kept as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Phone {
    /// As typed, at most 120 characters.
    pub raw: String,
    /// «+79123456789», or empty when the number was not understood.
    pub e164: String,
    /// The extension, or empty.
    pub extension: String,
    /// The last ten digits, by which numbers are compared; empty when there are fewer than seven.
    pub digits: String,
}

impl Phone {
    /// Reads one number; `None` when nothing was typed.
    pub(crate) fn read(typed: &str) -> Option<Self> {
        let raw = clean(typed);
        if raw.is_empty() {
            return None;
        }
        let (number, extension) = split_extension(&raw);
        let e164 = read_number(number).unwrap_or_default();
        let all = if e164.is_empty() {
            only_digits(number)
        } else {
            only_digits(&e164)
        };
        let digits = if all.len() < FEWEST_DIGITS {
            String::new()
        } else {
            last_ten(&all).to_owned()
        };
        Some(Self {
            raw,
            e164,
            extension,
            digits,
        })
    }

    /// Reads all numbers of one table cell, each once.
    pub(crate) fn read_cell(cell: &str) -> Vec<Self> {
        let mut seen = HashSet::new();
        split_cell(cell)
            .iter()
            .filter_map(|piece| Self::read(piece))
            .filter(|phone| {
                let key = if phone.digits.is_empty() {
                    phone.raw.clone()
                } else {
                    format!("{}#{}", phone.digits, phone.extension)
                };
                seen.insert(key)
            })
            .collect()
    }

    /// «+7 (912) 345-67-89 доб. 123»; a foreign number in E.164, anything else as typed.
    pub(crate) fn display(&self) -> String {
        if self.e164.is_empty() {
            return self.raw.clone();
        }
        let number = match self.e164.strip_prefix("+7") {
            Some(d) if d.len() == 10 && d.is_ascii() => {
                format!("+7 ({}) {}-{}-{}", &d[..3], &d[3..6], &d[6..8], &d[8..])
            }
            _ => self.e164.clone(),
        };
        if self.extension.is_empty() {
            number
        } else {
            format!("{number} доб. {}", self.extension)
        }
    }

    /// What a `tel:` link dials.
    pub(crate) fn tel(&self) -> Option<String> {
        (!self.e164.is_empty()).then(|| self.e164.clone())
    }

    /// Digits nobody can be reached by, such as `9990000000`: equal ones prove no duplicate.
    pub(crate) fn is_junk(digits: &str) -> bool {
        let Some(last) = digits.chars().next_back() else {
            return true;
        };
        let equal = digits.chars().rev().take_while(|c| *c == last).count();
        digits.len() < FEWEST_DIGITS || equal >= 7 || MADE_UP.contains(&digits)
    }

    /// The digits to look a phone up by, when a search text looks like one; with its extension, when it has one.
    ///
    /// Ten or twelve bare digits may be an ИНН as well: the caller looks for both.
    pub(crate) fn query_digits(typed: &str) -> Option<String> {
        let typed = split_extension(typed.trim()).0.trim();
        let fits = |c: char| c.is_ascii_digit() || c.is_whitespace() || "+-()‑–".contains(c);
        if !typed.chars().all(fits) {
            return None;
        }
        let digits = only_digits(typed);
        let longest = if digits == typed { 12 } else { 15 };
        let digits = match digits.strip_prefix('7') {
            Some(rest) if typed.starts_with('+') => rest,
            _ => &digits,
        };
        (FEWEST_DIGITS..=longest)
            .contains(&digits.len())
            .then(|| last_ten(digits).to_owned())
    }
}

/// One line without the apostrophe by which spreadsheets mark a text.
fn clean(typed: &str) -> String {
    let line: String = typed.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let unwanted = |c: char| c.is_whitespace() || c == '\'' || c == '’';
    let cut: String = line.trim_start_matches(unwanted).chars().take(LONGEST_RAW).collect();
    cut.trim_end().to_owned()
}

/// The number and its extension; when in doubt there is no extension.
fn split_extension(raw: &str) -> (&str, String) {
    let mark = EXTENSION_MARKS
        .iter()
        .filter_map(|mark| Some((find_folded(raw, mark)?, mark.len())))
        .min();
    if let Some((at, length)) = mark {
        let (number, rest) = (&raw[..at], &raw[at + length..]);
        if only_digits(number).len() >= 5 {
            return (number, extension(rest));
        }
    }
    let bracketed = raw.strip_suffix(')').and_then(|open| open.rsplit_once('('));
    if let Some((number, inside)) = bracketed {
        let whole = read_number(number).is_some_and(|e164| e164.starts_with("+7"));
        if whole && inside.bytes().all(|c| c.is_ascii_digit()) {
            let sure = (1..=5).contains(&inside.len());
            return (number, if sure { inside.to_owned() } else { String::new() });
        }
    }
    (raw, String::new())
}

/// Where a word starting with the mark begins; a mark has as many bytes in either letter case.
fn find_folded(text: &str, mark: &str) -> Option<usize> {
    text.char_indices().map(|(at, _)| at).find(|at| {
        let inside_word = text[..*at].ends_with(char::is_alphabetic);
        let same = |part: &str| part.to_lowercase() == mark;
        !inside_word && text.get(*at..*at + mark.len()).is_some_and(same)
    })
}

/// The digits after an extension mark, unless something else stands among them.
fn extension(rest: &str) -> String {
    let digits = rest
        .trim_start_matches(char::is_alphabetic)
        .trim_start_matches([' ', '.', ':', '№', '-', '(', '='])
        .trim_end_matches([' ', ')', '.', ',', ';']);
    let sure = (1..=8).contains(&digits.len()) && digits.bytes().all(|c| c.is_ascii_digit());
    if sure { digits.to_owned() } else { String::new() }
}

/// The first number of a text in E.164; words before it («тел.») and after it do not matter.
fn read_number(text: &str) -> Option<String> {
    let start = text.find(|c: char| c.is_ascii_digit() || c == '+')?;
    let body = &text[start..];
    let end = body.find(|c| !in_number(c)).unwrap_or(body.len());
    let body = &body[..end];
    let digits = only_digits(body);
    if body.starts_with('+') {
        return international(&digits);
    }
    match (digits.len(), digits.as_bytes()) {
        (10, _) => Some(format!("+7{digits}")),
        (11, [b'7' | b'8', ..]) => Some(format!("+7{}", last_ten(&digits))),
        (13.., [b'8', b'1', b'0', ..]) => international(&digits[3..]),
        (12.., [b'0', b'0', ..]) => international(&digits[2..]),
        _ => None,
    }
}

fn international(digits: &str) -> Option<String> {
    match (digits.len(), digits.as_bytes()) {
        (11, [b'7', ..] | [b'8', b'9', ..]) | (12, [b'7', b'8', ..]) => Some(format!("+7{}", last_ten(digits))),
        (_, [] | [b'0' | b'7', ..]) => None,
        (8..=15, _) => Some(format!("+{digits}")),
        _ => None,
    }
}

fn in_number(c: char) -> bool {
    c.is_ascii_digit() || c.is_whitespace() || "+-().‐‑‒–—−".contains(c)
}

/// Cuts a cell into numbers; a piece that is no number of its own («доб. 12», «68») stays with the one before it.
fn split_cell(cell: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    for part in cell.split_inclusive([',', ';', '/', '\n', '\r', '|']) {
        let piece = part.trim_end_matches([',', ';', '/', '\n', '\r', '|']).trim();
        if piece.is_empty() {
            continue;
        }
        let dependent = only_digits(piece).len() < 5;
        match pieces.last_mut() {
            Some(last) if dependent => {
                last.push_str(", ");
                last.push_str(piece);
            }
            _ => pieces.extend(split_spaces(piece)),
        }
    }
    pieces
}

/// Numbers parted by spaces alone, when each of them is whole.
fn split_spaces(piece: &str) -> Vec<String> {
    let words: Vec<&str> = piece.split_whitespace().collect();
    if words.len() > 1 && words.iter().all(|word| read_number(word).is_some()) {
        words.into_iter().map(str::to_owned).collect()
    } else {
        vec![piece.to_owned()]
    }
}

fn only_digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn last_ten(digits: &str) -> &str {
    &digits[digits.len().saturating_sub(10)..]
}
