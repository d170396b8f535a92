//! In which order a run walks through a file: a company, then its people, so that most cards are written once, with the
//! words of all who belong to them.
//!
//! Companies come in the order of the file, and a contact after the last company of the file that is called as it names
//! its own: what a row comes to hardly ever depends on it (decision 0022).

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use uuid::Uuid;

use crate::imports::judge::DEEPEST;
use crate::imports::model::Kind;
use crate::imports::reading::{Place, Row, Table, Target};
use crate::imports::rows::Reader;

/// What decides about a row's place.
struct Entry {
    place: Place,
    kind: Option<Kind>,
    /// Of the company's name; `None`: the row names none.
    company: Option<u64>,
    /// amoCRM's number of a contact.
    number: Option<u64>,
    own: Option<(Uuid, Option<Uuid>)>,
}

/// A place in the walk; smaller ones come first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    level: usize,
    /// Of companies: their own row; of contacts: the row of their company.
    company: usize,
    is_contact: bool,
}

impl Rank {
    /// Behind all companies.
    const LAST: Self = Self {
        level: usize::MAX,
        company: usize::MAX,
        is_contact: true,
    };
}

/// The rows of a file in the order of the walk.
pub(super) fn of(table: &Table, reader: &Reader<'_>) -> Vec<Place> {
    let mut rows = table.rows();
    let mut entries = Vec::new();
    loop {
        let place = rows.place();
        let Some(row) = rows.next() else { break };
        entries.push(entry(reader, &row, place));
    }
    let ranks = ranks(&entries);
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by_key(|at| ranks[*at]);
    order.into_iter().map(|at| entries[at].place).collect()
}

fn entry(reader: &Reader<'_>, row: &Row<'_>, place: Place) -> Entry {
    let kind = reader.kind(row);
    let is_own = reader.is_own();
    let own = match reader.own_keys(row) {
        (Some(id), head) if is_own && kind == Some(Kind::Company) => Some((id, head)),
        _ => None,
    };
    // People of our own file know their company by its key, which may mean another one of the same name.
    let company = kind.filter(|_| !is_own).map(|kind| reader.company_key(row, kind));
    let number = reader.cell(row, Target::Id).filter(|_| kind == Some(Kind::Contact));
    Entry {
        place,
        kind,
        company: company.filter(|key| !key.is_empty()).map(|key| hash(&key)),
        number: number.map(hash),
        own,
    }
}

/// Texts of one hash only let a contact come later than it might.
fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

fn ranks(entries: &[Entry]) -> Vec<Rank> {
    let levels = levels(entries);
    let mut companies: HashMap<u64, Rank> = HashMap::new();
    let mut numbers: HashMap<u64, usize> = HashMap::new();
    let mut ranks = vec![Rank::LAST; entries.len()];
    for (at, entry) in entries.iter().enumerate() {
        if entry.kind == Some(Kind::Contact) {
            entry
                .number
                .into_iter()
                .for_each(|number| *numbers.entry(number).or_default() += 1);
            continue;
        }
        ranks[at] = Rank {
            level: levels.get(&at).copied().unwrap_or(0),
            company: at,
            is_contact: false,
        };
        if let Some(key) = entry.company {
            let last = companies.entry(key).or_insert(ranks[at]);
            *last = ranks[at].max(*last);
        }
    }
    for (at, entry) in entries.iter().enumerate() {
        // Of several rows about one person the first leads, whatever companies they name.
        let is_repeated = entry.number.is_some_and(|number| numbers.get(&number) != Some(&1));
        if entry.kind != Some(Kind::Contact) || is_repeated {
            continue;
        }
        if let Some(company) = entry.company.and_then(|key| companies.get(&key)) {
            ranks[at] = Rank {
                is_contact: true,
                ..*company
            };
        }
    }
    ranks
}

/// Of our own file, rows of companies that stand under others of it, and how deep: their heads are to be written first.
fn levels(entries: &[Entry]) -> HashMap<usize, usize> {
    let own = || {
        entries
            .iter()
            .enumerate()
            .filter_map(|(at, entry)| Some((at, entry.own?)))
    };
    let heads: HashMap<Uuid, Option<Uuid>> = own().map(|(_, keys)| keys).collect();
    let depth = |id: Uuid| {
        let above = std::iter::successors(heads.get(&id).copied().flatten(), |head| {
            heads.get(head).copied().flatten()
        });
        above.filter(|head| heads.contains_key(head)).take(DEEPEST).count()
    };
    let depths = own().map(|(at, (id, _))| (at, depth(id)));
    depths.filter(|(_, depth)| *depth > 0).collect()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    /// Lines in the order of the walk.
    fn walk(file: &str) -> Vec<i32> {
        let table = Table::open(file.as_bytes().to_vec(), None).expect("a table");
        let reader = Reader::new(&table.head, chrono_tz::Tz::UTC, DateTime::UNIX_EPOCH);
        let order = of(&table, &reader);
        order
            .into_iter()
            .map(|place| table.row(place).expect("a row").line)
            .collect()
    }

    #[test]
    fn people_come_right_after_the_last_company_of_their_name() {
        let file = "ID,Тип,Имя,Название компании\n\
                    1,контакт,Анна,Ромашка\n\
                    2,компания,,Лютик\n\
                    3,контакт,Олег,ООО «Лютик»\n\
                    4,контакт,Ян,Нигде\n\
                    5,компания,,Ромашка\n\
                    6,контакт,Яна,\n\
                    7,компания,,Лютик\n\
                    8,контакт,Пётр,Лютик\n\
                    ,,,\n\
                    9,компания,,Роза\n";
        assert_eq!(walk(file), [3, 6, 2, 8, 4, 9, 10, 11, 5, 7]);
    }

    #[test]
    fn a_person_of_several_rows_is_led_by_the_first() {
        let file = "ID,Тип,Имя,Название компании\n\
                    1,контакт,Анна,Ромашка\n\
                    1,контакт,Анна,Лютик\n\
                    2,контакт,Олег,Ромашка\n\
                    3,компания,,Лютик\n\
                    4,компания,,Ромашка\n";
        assert_eq!(walk(file), [5, 6, 4, 2, 3]);
    }

    #[test]
    fn heads_of_our_own_file_come_before_what_stands_under_them_and_people_last() {
        let id = |n: u8| format!("0190aaaa-0000-7000-8000-00000000000{n}");
        let (one, two, three) = (id(1), id(2), id(3));
        let file = format!(
            "ID ПРОФИ,Тип,Имя,Название компании,ID головной организации ПРОФИ\n\
             {one},компания,,Цех,{two}\n\
             {three},контакт,Анна,Завод,\n\
             {two},компания,,Завод,\n"
        );
        assert_eq!(walk(&file), [4, 2, 3]);
    }
}
