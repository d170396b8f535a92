//! Keys by which two spellings of one company name or one address are recognised as the same.

use super::text::fold;

/// Legal forms written out, folded.
const LONG_FORMS: &[&str] = &[
    "общество с ограниченной ответственностью",
    "общество с дополнительной ответственностью",
    "непубличное акционерное общество",
    "публичное акционерное общество",
    "открытое акционерное общество",
    "закрытое акционерное общество",
    "акционерное общество",
    "индивидуальный предприниматель",
    "глава крестьянского фермерского хозяйства",
    "крестьянское фермерское хозяйство",
    "федеральное государственное унитарное предприятие",
    "государственное унитарное предприятие",
    "муниципальное унитарное предприятие",
    "федеральное государственное бюджетное учреждение",
    "федеральное государственное автономное учреждение",
    "федеральное государственное казенное учреждение",
    "федеральное казенное учреждение",
    "государственное бюджетное учреждение",
    "государственное автономное учреждение",
    "государственное казенное учреждение",
    "муниципальное бюджетное учреждение",
    "муниципальное автономное учреждение",
    "муниципальное казенное учреждение",
    "муниципальное бюджетное общеобразовательное учреждение",
    "муниципальное автономное общеобразовательное учреждение",
    "муниципальное бюджетное дошкольное образовательное учреждение",
    "муниципальное автономное дошкольное образовательное учреждение",
    "автономная некоммерческая организация",
    "товарищество собственников жилья",
    "товарищество собственников недвижимости",
    "садовое некоммерческое товарищество",
];

/// Legal forms in short, folded; «ООО» is often typed in the Latin layout.
const SHORT_FORMS: &[&str] = &[
    "ооо",
    "оао",
    "зао",
    "пао",
    "ао",
    "нао",
    "ип",
    "одо",
    "кфх",
    "фгуп",
    "гуп",
    "муп",
    "фгбу",
    "фгау",
    "фгку",
    "фку",
    "гбу",
    "гау",
    "гку",
    "мбу",
    "мау",
    "мку",
    "фгбоу",
    "фгаоу",
    "гбоу",
    "гаоу",
    "гбпоу",
    "гапоу",
    "мбоу",
    "маоу",
    "мкоу",
    "мбдоу",
    "мадоу",
    "мкдоу",
    "гбуз",
    "гауз",
    "гкуз",
    "мбуз",
    "ано",
    "нко",
    "тсж",
    "тсн",
    "снт",
    "тоо",
    "ooo",
    "oao",
    "zao",
    "pao",
    "llc",
    "ltd",
];

/// Short forms typed with dots; only in front, where they are no one's initials.
const DOTTED_FORMS: &[[&str; 3]] = &[["о", "о", "о"], ["о", "а", "о"], ["з", "а", "о"], ["п", "а", "о"]];

/// Whether a folded word is a legal form in short, «ооо».
pub(crate) fn is_short_form(word: &str) -> bool {
    SHORT_FORMS.contains(&word)
}

/// A company name without its legal form, quotes and punctuation: «ООО "Ромашка"» → «ромашка».
///
/// A name that is nothing but a legal form stays whole.
pub(crate) fn name_key(name: &str) -> String {
    let folded = compose(&fold(name));
    let all: Vec<&str> = folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let mut rest: &[&str] = &all;
    while let Some(shorter) = without_form(rest) {
        rest = shorter;
    }
    if rest.is_empty() { all.join(" ") } else { rest.join(" ") }
}

fn without_form<'a, 'b>(words: &'a [&'b str]) -> Option<&'a [&'b str]> {
    let (first, last) = (words.first()?, words.last()?);
    if SHORT_FORMS.contains(first) {
        return Some(&words[1..]);
    }
    if SHORT_FORMS.contains(last) {
        return Some(&words[..words.len() - 1]);
    }
    if DOTTED_FORMS.iter().any(|form| words.starts_with(form)) {
        return Some(&words[3..]);
    }
    LONG_FORMS.iter().find_map(|form| {
        let form: Vec<&str> = form.split(' ').collect();
        words
            .strip_prefix(form.as_slice())
            .or_else(|| words.strip_suffix(form.as_slice()))
    })
}

/// Words of an address that add nothing to it.
const NOISE: &[&str] = &[
    "г",
    "гор",
    "город",
    "ул",
    "улица",
    "д",
    "дом",
    "рф",
    "россия",
    "российская",
    "федерация",
    "индекс",
    "адрес",
];

/// Words of an address and the form in which they are compared.
const ADDRESS_WORDS: &[(&str, &str)] = &[
    ("пр-т", "проспект"),
    ("пр-кт", "проспект"),
    ("просп", "проспект"),
    ("пр-д", "проезд"),
    ("пер", "переулок"),
    ("б-р", "бульвар"),
    ("бул", "бульвар"),
    ("бульв", "бульвар"),
    ("ш", "шоссе"),
    ("наб", "набережная"),
    ("пл", "площадь"),
    ("мкр", "микрорайон"),
    ("мкрн", "микрорайон"),
    ("мкр-н", "микрорайон"),
    ("р-н", "район"),
    ("обл", "область"),
    ("респ", "республика"),
    ("пос", "поселок"),
    ("п", "поселок"),
    ("с", "село"),
    ("дер", "деревня"),
    ("оф", "офис"),
    ("кв", "квартира"),
    ("каб", "кабинет"),
    ("пом", "помещение"),
    ("помещ", "помещение"),
    ("к", "корпус"),
    ("корп", "корпус"),
    ("стр", "строение"),
    ("лит", "литера"),
    ("литер", "литера"),
    ("эт", "этаж"),
];

/// An address without punctuation, postal code and words like «г», «ул», «дом»; other words in one spelling.
pub(crate) fn address_key(address: &str) -> String {
    let folded = compose(&fold(address));
    let mut out: Vec<String> = Vec::new();
    for token in folded.split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '/')) {
        for word in address_words(token.trim_matches(['-', '/'])) {
            match out.last_mut() {
                Some(house) if is_number(house) && is_house_letter(&word) => house.push_str(&word),
                _ => out.push(word),
            }
        }
    }
    out.join(" ")
}

/// The compared words of one token: «пр-т» → «проспект», «д5» → «5», «ростов-на-дону» → three words.
fn address_words(token: &str) -> Vec<String> {
    if let Some(word) = known_word(token) {
        return vec![word.to_owned()];
    }
    token
        .split('-')
        .flat_map(|part| {
            let digits_from = part.find(|c: char| c.is_ascii_digit()).unwrap_or(0);
            let (head, tail) = part.split_at(digits_from);
            let abbreviated = NOISE.contains(&head) || known_word(head).is_some();
            if abbreviated { vec![head, tail] } else { vec![part] }
        })
        .filter(|part| !part.is_empty() && !NOISE.contains(part) && !is_postal_code(part))
        .map(|part| known_word(part).unwrap_or(part).to_owned())
        .collect()
}

fn known_word(word: &str) -> Option<&'static str> {
    ADDRESS_WORDS
        .iter()
        .find_map(|(short, long)| (*short == word).then_some(*long))
}

fn is_number(word: &str) -> bool {
    word.bytes().all(|c| c.is_ascii_digit())
}

fn is_postal_code(word: &str) -> bool {
    word.len() == 6 && is_number(word)
}

/// Letters after a house number that mean no other word of an address («г» is a city, «к» a building).
fn is_house_letter(word: &str) -> bool {
    matches!(word, "а" | "б" | "в" | "е" | "ж" | "и")
}

/// Joins a letter and the mark that some systems store apart from it («й» of macOS).
fn compose(folded: &str) -> String {
    folded.replace("и\u{306}", "й").replace("е\u{308}", "е")
}
