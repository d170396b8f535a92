//! What the columns of an unknown file may mean: by the words of their headings, then by what stands in them.

use super::head::Head;
use super::meaning;
use crate::values::text::fold;
use crate::values::{Email, Inn, Ogrn, Phone};

/// So many values of a column are shown.
pub(super) const SHOWN: usize = 10;
/// So many are looked at.
const LOOKED_AT: usize = 200;

/// A column as the mapping page shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(in crate::imports) struct Column {
    /// The heading as written; may be empty.
    pub(in crate::imports) heading: String,
    /// Some of its values, each once.
    pub(in crate::imports) samples: Vec<String>,
    /// Code of what it probably means; empty: nobody knows.
    pub(in crate::imports) guess: String,
}

/// Words of headings, from the surest to the vaguest, and the code of what they mean. `{}` is the company or the person.
const WORDS: &[(&[&str], &str)] = &[
    (&["инн/кпп", "инн", "inn", "налоговый номер"], "company.inn"),
    (&["кпп", "kpp"], "company.kpp"),
    (&["огрн", "ogrn"], "company.ogrn"),
    (&["воронк", "pipeline"], "deal.pipeline"),
    (&["этап", "стадия", "stage"], "deal.stage"),
    (&["бюджет", "сумма сделк"], "deal.budget"),
    (&["название сделки", "сделка", "deal name"], "deal.name"),
    (&["моб", "сотов", "mobile"], "{}.mobile"),
    (&["телефон", "тел.", "phone", "тел"], "{}.phone"),
    (&["почт", "mail", "e-mail", "емейл", "имейл"], "{}.email"),
    (&["сайт", "web", "www", "url", "домен"], "company.website"),
    (
        &["юр. назв", "юридическ назв", "полное наименован", "legal"],
        "company.legal_name",
    ),
    (&["руководител", "директор"], "company.director"),
    (&["ответствен", "менеджер", "manager", "owner"], "row.responsible"),
    (&["фамили", "last name", "surname"], "contact.last_name"),
    (
        &["фио", "ф.и.о", "контактное лицо", "контакт", "full name", "contact"],
        "contact.full_name",
    ),
    (&["имя", "first name"], "contact.first_name"),
    (&["должност", "position", "job"], "row.position"),
    (
        &[
            "компани",
            "организац",
            "контрагент",
            "наименован",
            "назван",
            "клиент",
            "фирма",
            "company",
        ],
        "company.name",
    ),
    (&["адрес", "address"], "company.address"),
    (&["регион", "област", "город", "region", "city"], "company.region"),
    (&["статус", "status"], "company.status"),
    (&["сфер", "отрасл", "industry"], "company.spheres"),
    (&["вид деятельн", "оквэд"], "company.activity"),
    (
        &["коммент", "примечан", "заметк", "описан", "note", "comment"],
        "row.note",
    ),
    (&["дата созд", "создан", "created"], "row.created_at"),
    (&["тип", "type"], "row.kind"),
];

/// The columns of a file with some of their values; `rows`: the beginning of it.
pub(super) fn columns<'a>(head: &Head, rows: impl Iterator<Item = Vec<std::borrow::Cow<'a, str>>>) -> Vec<Column> {
    let mut values: Vec<Vec<String>> = vec![Vec::new(); head.width()];
    for row in rows {
        for (seen, cell) in values.iter_mut().zip(row) {
            if !cell.is_empty() && seen.len() < LOOKED_AT && !seen.iter().any(|known| *known == cell) {
                seen.push(cell.into_owned());
            }
        }
    }
    let known = head.codes();
    let mut codes: Vec<String> = Vec::with_capacity(known.len());
    for (place, code) in known.iter().enumerate() {
        let code = match *code {
            "" => by_words(&head.names()[place]).map_or_else(String::new, str::to_owned),
            code => code.to_owned(),
        };
        let code = match code.as_str() {
            "" => by_values(&values[place]).to_owned(),
            _ => code,
        };
        // A second column of a meaning that takes one is rather something else.
        let takes_one = meaning::by_code(&code).is_some_and(|choice| takes_one(choice.code));
        codes.push(if takes_one && codes.contains(&code) {
            String::new()
        } else {
            code
        });
    }
    let has_person = codes.iter().any(|code| {
        matches!(
            code.as_str(),
            "contact.full_name" | "contact.first_name" | "contact.last_name"
        )
    });
    let owner = if has_person { "contact" } else { "company" };
    let columns = head.names().iter().zip(codes).zip(values);
    let columns = columns.map(|((heading, code), mut values)| {
        values.truncate(SHOWN);
        let code = code.replace("{}", owner);
        let code = if code == "company.mobile" {
            "company.phone".to_owned()
        } else {
            code
        };
        Column {
            heading: heading.clone(),
            samples: values,
            guess: code,
        }
    });
    columns.collect()
}

fn takes_one(code: &str) -> bool {
    let may_repeat = ["phone", "mobile", "email", "note", "home", "fax"];
    !may_repeat.iter().any(|part| code.contains(part))
}

fn by_words(heading: &str) -> Option<&'static str> {
    let folded = fold(heading);
    let has = |words: &[&str]| {
        words.iter().any(|word| {
            // «инн» is a word of its own, not a piece of «длинный».
            let is_short = word.chars().count() <= 3;
            if is_short {
                folded.split(|c: char| !c.is_alphanumeric()).any(|part| part == *word)
            } else {
                folded.contains(word)
            }
        })
    };
    WORDS.iter().find(|(words, _)| has(words)).map(|(_, code)| *code)
}

/// Whether a value looks like something.
type Test<'a> = dyn Fn(&str) -> bool + 'a;

/// Most values of the column look like this.
fn by_values(values: &[String]) -> &'static str {
    let most = |is: &dyn Fn(&str) -> bool| {
        values.len() >= 2 && values.iter().filter(|value| is(value)).count() * 5 >= values.len() * 3
    };
    let tests: [(&'static str, &Test); 5] = [
        ("company.inn", &|value| Inn::read(value).is_valid() && value.len() <= 14),
        ("company.ogrn", &|value| {
            value.len() >= 13 && Ogrn::read(value).warning().is_none() && is_digits(value)
        }),
        ("{}.email", &|value| Email::parse(value).is_ok()),
        ("{}.phone", &is_phone),
        ("company.website", &|value| {
            value.starts_with("http") || value.starts_with("www.")
        }),
    ];
    tests.into_iter().find(|(_, is)| most(*is)).map_or("", |(code, _)| code)
}

fn is_digits(value: &str) -> bool {
    value.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_phone(value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    (10..=15).contains(&digits) && value.chars().count() <= 40 && {
        let phones = Phone::read_cell(value);
        phones.first().is_some_and(|phone| !phone.e164.is_empty())
    }
}
