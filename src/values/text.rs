//! Texts: comparing, searching, counting and shortening them in Russian.

pub(crate) use super::keys::{address_key, is_short_form, name_key};

const NO_BREAK_SPACE: char = '\u{a0}';

/// Lower case, ё→е: two texts that fold to the same are the same to a reader.
pub(crate) fn fold(text: &str) -> String {
    // Letter by letter, as Postgres does: `str::to_lowercase` makes two characters of «İ» and minds the end of a word.
    text.chars()
        .filter_map(|c| c.to_lowercase().next())
        .map(|c| if c == 'ё' { 'е' } else { c })
        .collect()
}

/// By what names of a list are told apart: case, «ё» and spaces make no difference to a reader.
pub(crate) fn list_key(name: &str) -> String {
    fold(name).split_whitespace().collect()
}

/// A name in quotes, unless it has quotes of its own: «Ромашка», but НАО «Ромашка».
pub(crate) fn quoted(name: &str) -> String {
    if name.contains(['«', '»', '"', '„', '“', '”']) {
        name.to_owned()
    } else {
        format!("«{name}»")
    }
}

/// The words to search by; the twin of `text_words` in the database.
pub(crate) fn words(text: &str) -> Vec<String> {
    fold(text)
        .split(|c: char| !matches!(c, '0'..='9' | 'a'..='z' | 'а'..='я'))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The keys of a keyboard in both layouts, place by place.
const LATIN_KEYS: &str = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>~";
const CYRILLIC_KEYS: &str = "йцукенгшщзхъфывапролджэячсмитьбюёЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮЁ";

/// The same keys pressed in the other layout: «hjvfirf» → «ромашка».
///
/// `None` when there are no letters or letters of both alphabets.
pub(crate) fn swap_layout(text: &str) -> Option<String> {
    let latin = text.chars().any(|c| c.is_ascii_alphabetic());
    let cyrillic = text.chars().any(|c| CYRILLIC_KEYS.contains(c));
    let (from, to) = match (latin, cyrillic) {
        (true, false) => (LATIN_KEYS, CYRILLIC_KEYS),
        (false, true) => (CYRILLIC_KEYS, LATIN_KEYS),
        _ => return None,
    };
    let swap = |c: char| {
        from.chars()
            .zip(to.chars())
            .find_map(|(key, other)| (key == c).then_some(other))
            .unwrap_or(c)
    };
    Some(text.chars().map(swap).collect())
}

/// The form of a noun that goes with a number: `["компания", "компании", "компаний"]`.
pub(crate) fn plural(n: i64, forms: [&'static str; 3]) -> &'static str {
    let [one, few, many] = forms;
    let n = n.unsigned_abs();
    match (n % 100, n % 10) {
        (11..=14, _) => many,
        (_, 1) => one,
        (_, 2..=4) => few,
        _ => many,
    }
}

/// «2:13», «1:02:13»: how long a talk was.
pub(crate) fn duration(seconds: i32) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

/// «1 234 компании», with spaces that do not break.
pub(crate) fn count(n: i64, forms: [&'static str; 3]) -> String {
    format!("{}{NO_BREAK_SPACE}{}", number(n), plural(n, forms))
}

/// «1 234», with spaces that do not break.
pub(crate) fn number(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut out = String::from(if n < 0 { "−" } else { "" });
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(NO_BREAK_SPACE);
        }
        out.push(digit);
    }
    out
}

/// The first letters of the first two words of a name, for a round badge.
pub(crate) fn initials(name: &str) -> String {
    name.split_whitespace()
        .filter_map(|word| word.chars().find(|c| c.is_alphanumeric()))
        .take(2)
        .flat_map(char::to_uppercase)
        .collect()
}

/// At most `n` characters in one line, cut between words where possible.
pub(crate) fn excerpt(text: &str, n: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= n {
        return line;
    }
    let head: String = line.chars().take(n.saturating_sub(1)).collect();
    let next_is_space = line.chars().nth(n.saturating_sub(1)).is_some_and(char::is_whitespace);
    let whole = match head.rsplit_once(' ') {
        Some((words, _)) if !next_is_space && words.chars().count() * 2 > n => words,
        _ => &head,
    };
    let whole = whole.trim_end_matches([' ', ',', ';', ':', '.', '-', '–', '—']);
    if n == 0 { String::new() } else { format!("{whole}…") }
}

/// «412 КБ», «1,4 МБ», «3,0 ГБ»
pub(crate) fn size(bytes: i64) -> String {
    const MB: i64 = 1024 * 1024;
    let tenths = |unit: i64| {
        let tenths = (i128::from(bytes) * 10 + i128::from(unit / 2)) / i128::from(unit);
        format!("{},{}", tenths / 10, tenths % 10)
    };
    match bytes {
        ..1024 => format!("{bytes} Б"),
        1024..MB => format!("{} КБ", (bytes + 512) / 1024),
        MB..0x4000_0000 => format!("{} МБ", tenths(MB)),
        _ => format!("{} ГБ", tenths(1024 * MB)),
    }
}

/// With this the first row of an export begins, which says whose copy it is.
pub(crate) const WATERMARK: &str = "EXPORT_ID=";

/// A cell of a CSV file that no spreadsheet takes for a formula. Phones keep their `+`.
pub(crate) fn csv_cell(text: &str) -> String {
    if is_formula(text) || is_guarded(text) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// What [`csv_cell`] was given.
pub(crate) fn unguarded_cell(cell: &str) -> &str {
    if is_guarded(cell) { &cell[1..] } else { cell }
}

fn is_formula(text: &str) -> bool {
    let is_phone = |line: &str| {
        let number = line.split_once(" доб. ").map_or(line, |(number, _)| number);
        let rest = &line[number.len()..];
        number.chars().all(|c| c.is_ascii_digit() || "+ ()-".contains(c))
            && rest.trim_start_matches(" доб. ").bytes().all(|c| c.is_ascii_digit())
    };
    text.starts_with(['=', '-', '@', '\t', '\r']) || (text.starts_with('+') && !text.split('\n').all(is_phone))
}

/// Whether an apostrophe in front is, or would be taken for, the guard of a cell.
fn is_guarded(text: &str) -> bool {
    text.strip_prefix('\'')
        .is_some_and(|rest| rest.starts_with(['=', '+', '-', '@', '\t', '\r', '\'']))
}

/// A phone or an address with its comment on one line of a cell, as exports have them.
pub(crate) fn with_comment(value: &str, comment: &str) -> String {
    let comment = comment.replace(COMMENT, " – ");
    let is_plain = !value.contains(COMMENT) && !value.ends_with(COMMENT.trim_end());
    if comment.is_empty() && is_plain {
        return value.to_owned();
    }
    format!("{value}{COMMENT}{comment}").trim_end().to_owned()
}

/// What [`with_comment`] was given.
pub(crate) fn split_comment(line: &str) -> (&str, &str) {
    let line = line.trim();
    let bare = line.strip_suffix(COMMENT.trim_end()).map(|value| (value, ""));
    bare.or_else(|| line.rsplit_once(COMMENT)).unwrap_or((line, ""))
}

/// «изменено» → «Изменено»
pub(crate) fn capital(words: &str) -> String {
    let mut chars = words.chars();
    chars
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Names in one cell, as exports have them: parted by semicolons, quoted where one holds a semicolon or a quote.
pub(crate) fn join_list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let quoted = |name: &str| {
        if name.contains([';', '"']) {
            format!("\"{}\"", name.replace('"', "\"\""))
        } else {
            name.to_owned()
        }
    };
    names.map(quoted).collect::<Vec<_>>().join("; ")
}

/// The names that [`join_list`] was given.
pub(crate) fn split_list(cell: &str) -> Vec<String> {
    let mut names = vec![String::new()];
    let mut is_quoted = false;
    let mut chars = cell.chars().peekable();
    while let Some(c) = chars.next() {
        let Some(name) = names.last_mut() else { break };
        match c {
            '"' if is_quoted && chars.peek() == Some(&'"') => {
                chars.next();
                name.push('"');
            }
            '"' if is_quoted || name.trim().is_empty() => is_quoted = !is_quoted,
            ';' if !is_quoted => names.push(String::new()),
            _ => name.push(c),
        }
    }
    let trimmed = names.iter().map(|name| name.trim().to_owned());
    trimmed.filter(|name| !name.is_empty()).collect()
}

/// What ends a cell into which not all notes would go, as exports have it.
pub(crate) const NO_ROOM: &str = "\n\n… остальные заметки в ячейку не поместились";

/// Between a phone and its comment.
const COMMENT: &str = " — ";

/// What was typed into a field of one line: control characters become spaces, the ends are trimmed.
pub(crate) fn line(typed: &str) -> String {
    let spaced: String = typed.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.trim().to_owned()
}

/// What was typed into a field of many lines: browsers send «\r\n», which is one line end; other control characters go.
pub(crate) fn lines(typed: &str) -> String {
    let unified = typed.replace("\r\n", "\n").replace('\r', "\n");
    let kept: String = unified
        .chars()
        .filter(|c| matches!(c, '\n' | '\t') || !c.is_control())
        .collect();
    kept.trim_matches('\n').trim_end().to_owned()
}
