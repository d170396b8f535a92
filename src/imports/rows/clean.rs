//! What programs did to texts, undone.

use std::borrow::Cow;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use crate::values::text::split_list;
use crate::values::time::parse_date;

/// A text on one line.
pub(super) fn line(cell: &str) -> String {
    unescape(cell).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text that keeps its lines.
pub(super) fn text(cell: &str) -> String {
    unescape(cell).trim().to_owned()
}

/// Without the apostrophe that guards a cell against spreadsheets, and with HTML entities resolved.
pub(super) fn unescape(cell: &str) -> Cow<'_, str> {
    let cell = match cell.strip_prefix('\'') {
        // «'70-е'» is quoted, not guarded.
        Some(rest) if !rest.contains('\'') => rest,
        _ => cell,
    };
    if !cell.contains('&') {
        return Cow::Borrowed(cell);
    }
    let mut out = String::with_capacity(cell.len());
    let mut rest = cell;
    while let Some(start) = rest.find('&') {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let resolved = rest
            .find(';')
            .filter(|end| *end <= 10)
            .and_then(|end| Some((entity(&rest[1..end])?, end)));
        let (character, end) = resolved.unwrap_or(('&', 0));
        // What a database does not keep is dropped.
        if character != '\0' {
            out.push(character);
        }
        rest = &rest[end + 1..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code);
    }
    Some(match name {
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        "lt" => '<',
        "gt" => '>',
        "nbsp" => ' ',
        "laquo" => '«',
        "raquo" => '»',
        "ndash" => '–',
        "mdash" => '—',
        "hellip" => '…',
        "numero" => '№',
        _ => return None,
    })
}

/// At most `most` characters, and whether any were cut.
pub(super) fn cut(text: String, most: usize) -> (String, bool) {
    match text.char_indices().nth(most) {
        Some((end, _)) => (text[..end].trim_end().to_owned(), true),
        None => (text, false),
    }
}

/// A cell with a registration number: Excel's «7707083893.0» mended, «7,70708E+09» given up.
pub(super) fn number(cell: &str) -> Result<&str, &'static str> {
    let cell = cell
        .strip_suffix(".0")
        .or_else(|| cell.strip_suffix(",0"))
        .unwrap_or(cell);
    let lower = cell.to_lowercase();
    let is_ruined = ["e+", "е+"].iter().any(|mark| lower.contains(mark)) && cell.contains([',', '.']);
    if is_ruined {
        Err("Число испорчено таблицей (вид «7,7E+09»), не записано")
    } else {
        Ok(cell)
    }
}

/// The first and the last day that a bare number of a spreadsheet is taken for: years 1954 to 2119.
const SERIAL_DAYS: std::ops::Range<f64> = 20_000.0..80_000.0;

/// «ДД.ММ.ГГГГ ЧЧ:ММ:СС», «ГГГГ-ММ-ДД ЧЧ:ММ», or a spreadsheet's number of days, «45292,5».
pub(super) fn moment(cell: &str) -> Option<NaiveDateTime> {
    let (date, time) = cell.split_once([' ', 'T']).unwrap_or((cell, "00:00:00"));
    if let Some(date) = parse_date(date) {
        let formats = ["%H:%M:%S", "%H:%M"];
        let mut times = formats.iter();
        let time = times.find_map(|format| NaiveTime::parse_from_str(time.trim(), format).ok())?;
        return Some(date.and_time(time));
    }
    let days: f64 = cell.replace(',', ".").parse().ok()?;
    if !SERIAL_DAYS.contains(&days) {
        return None;
    }
    let seconds = (days * 86_400.0).round();
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the range above is far from the ends of i64"
    )]
    let seconds = TimeDelta::seconds(seconds as i64);
    let epoch = NaiveDate::from_ymd_opt(1899, 12, 30)?.and_time(NaiveTime::MIN);
    epoch.checked_add_signed(seconds)
}

/// So many parts of a list may one name be made of.
const LONGEST_NAME: usize = 4;

/// What parts the names of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::imports) enum Cut {
    /// `;`, and `,` where the part is no known name itself.
    #[default]
    Loose,
    /// `;` alone, as in our own exports; names that hold it are quoted.
    Exact,
}

/// The names of a list; a known name may hold what parts others.
pub(in crate::imports) fn names(cell: &str, how: Cut, is_known: impl Fn(&str) -> bool) -> Vec<String> {
    if how == Cut::Exact && cell.contains('"') {
        return split_list(cell);
    }
    let mut found: Vec<String> = Vec::new();
    let mut add = |name: &str| {
        let name = name.trim();
        if !name.is_empty() && !found.iter().any(|known| known == name) {
            found.push(name.to_owned());
        }
    };
    let parts: Vec<&str> = cell.split([';', '\n']).collect();
    let mut rest = parts.as_slice();
    while let [part, after @ ..] = rest {
        let longest = (2..=rest.len().min(LONGEST_NAME)).rev();
        let mut known = longest.map(|length| (length, rest[..length].join(";")));
        if let Some((length, name)) = known.find(|(_, name)| is_known(name.trim())) {
            add(&name);
            rest = &rest[length..];
            continue;
        }
        if how == Cut::Exact || is_known(part.trim()) {
            add(part);
        } else {
            part.split(',').for_each(&mut add);
        }
        rest = after;
    }
    found
}

/// A full name as first name (with patronymic) and last name.
///
/// amoCRM writes «Имя Фамилия», people type «Фамилия Имя Отчество».
pub(in crate::imports) fn split_person(full: &str) -> (String, String) {
    let words: Vec<&str> = full.split_whitespace().collect();
    let owned = |first: &[&str], last: &[&str]| (first.join(" "), last.join(" "));
    match words.as_slice() {
        [first, patronymic, last] if is_patronymic(patronymic) => owned(&[first, patronymic], &[last]),
        [last, rest @ ..] if rest.len() >= 2 => owned(rest, &[last]),
        [first, patronymic] if is_patronymic(patronymic) => owned(&[first, patronymic], &[]),
        [last, first] if is_surname(last) && !is_surname(first) => owned(&[first], &[last]),
        [first, last @ ..] => owned(&[first], last),
        [] => owned(&[], &[]),
    }
}

fn is_patronymic(word: &str) -> bool {
    let word = word.to_lowercase();
    ["вич", "вна", "ична", "инична", "оглы", "кызы"]
        .iter()
        .any(|end| word.ends_with(end))
}

/// How surnames end.
const SURNAME_ENDS: &str = "ов ова ев ева ёв ёва ин ина ын ына ский ская цкий цкая ой ый ко ук юк ян дзе швили их ых \
                            ич ер ман";
/// First names that end like surnames.
const FIRST_NAMES: &str = "валентин валентина константин мартин ирина марина полина карина кристина екатерина нина \
                           галина арина дарина сабина регина антонина ангелина лев яков ян марьян севастьян касьян \
                           демьян емельян лукьян роман герман тимофей мадина альбина алина эвелина акулина павлина \
                           зинаида василина";

fn is_surname(word: &str) -> bool {
    let word = word.to_lowercase();
    let is_first_name = FIRST_NAMES.split_whitespace().any(|name| name == word);
    !is_first_name && SURNAME_ENDS.split_whitespace().any(|end| word.ends_with(end))
}
