//! The heading: which column means what.

use std::collections::HashMap;

use crate::imports::model::Kind;
use crate::values::text::fold;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::imports) enum Target {
    Id,
    /// Key of the record in the base that a file was taken out of: such a file is our own.
    OwnId,
    /// Key of a contact's company there.
    OwnCompany,
    Kind,
    CompanyName,
    LegalName,
    Inn,
    Kpp,
    Ogrn,
    Region,
    Address,
    Website,
    Status,
    Spheres,
    Activity,
    Cold,
    Director,
    Position,
    Responsible,
    /// With the kind of `contact_phones`.
    Phone(&'static str),
    /// With the kind of `contact_emails`.
    Email(&'static str),
    Note,
    FirstName,
    LastName,
    FullName,
    CreatedAt,
}

/// Folded headings. Of several columns with one meaning the first in this list is asked first.
const KNOWN: &[(&str, Target)] = &[
    ("id", Target::Id),
    ("id amocrm", Target::Id),
    ("id профи", Target::OwnId),
    ("id компании профи", Target::OwnCompany),
    ("тип", Target::Kind),
    ("название компании", Target::CompanyName),
    ("компания", Target::CompanyName),
    ("компания контакта", Target::CompanyName),
    ("наименование", Target::CompanyName),
    ("название", Target::CompanyName),
    ("юридическое название компании", Target::LegalName),
    ("юридическое название", Target::LegalName),
    ("инн", Target::Inn),
    ("кпп", Target::Kpp),
    ("огрн", Target::Ogrn),
    ("область", Target::Region),
    ("регион", Target::Region),
    ("адрес", Target::Address),
    ("web", Target::Website),
    ("сайт", Target::Website),
    ("сайт компании", Target::Website),
    ("статус", Target::Status),
    ("статус из скайнет", Target::Status),
    ("сферы деятельности", Target::Spheres),
    ("сферы", Target::Spheres),
    ("вид деятельности (скайнет)", Target::Activity),
    ("вид деятельности", Target::Activity),
    ("холодный звонок", Target::Cold),
    ("руководитель", Target::Director),
    ("должность", Target::Position),
    ("ответственный", Target::Responsible),
    ("ответственный за компанию", Target::Responsible),
    ("ответственный за контакт", Target::Responsible),
    ("рабочий телефон", Target::Phone("work")),
    ("телефон", Target::Phone("work")),
    ("рабочий прямой телефон", Target::Phone("work_direct")),
    ("мобильный телефон", Target::Phone("mobile")),
    ("домашний телефон", Target::Phone("home")),
    ("факс", Target::Phone("fax")),
    ("другой телефон", Target::Phone("other")),
    ("список телефонов (скайнет)", Target::Phone("other")),
    ("рабочий email", Target::Email("work")),
    ("email", Target::Email("work")),
    ("e-mail", Target::Email("work")),
    ("личный email", Target::Email("personal")),
    ("другой email", Target::Email("other")),
    ("примечание 1", Target::Note),
    ("примечание 2", Target::Note),
    ("примечание 3", Target::Note),
    ("примечание 4", Target::Note),
    ("примечание 5", Target::Note),
    ("последний комментарий (скайнет)", Target::Note),
    ("примечание", Target::Note),
    ("заметки", Target::Note),
    ("примечание к компании", Target::Note),
    ("примечание к контакту", Target::Note),
    ("имя", Target::FirstName),
    ("фамилия", Target::LastName),
    ("полное имя контакта", Target::FullName),
    ("полное имя", Target::FullName),
    ("основной контакт", Target::FullName),
    ("дата создания контакта", Target::CreatedAt),
    ("дата создания компании", Target::CreatedAt),
    ("дата создания", Target::CreatedAt),
];

/// Columns of which files of 2022 name the first, while its values stand in the third.
const DEALS: &str = "сделки";
const EDITED_AT: &str = "дата редактирования";
const EDITED_BY: &str = "кем редактирован";

/// A column with a meaning.
#[derive(Clone, Copy, Debug)]
struct Column {
    position: usize,
    rank: usize,
    /// Of whom alone it speaks: «… (компания)», «… (контакт)».
    kind: Option<Kind>,
}

/// The heading of a file.
#[derive(Debug)]
pub(in crate::imports) struct Head {
    names: Vec<String>,
    columns: HashMap<Target, Vec<Column>>,
}

impl Head {
    /// Reads the cells of the heading.
    pub(super) fn read(cells: &[impl AsRef<str>]) -> Self {
        let names: Vec<String> = cells.iter().map(|cell| squeeze(cell.as_ref())).collect();
        let mut columns: HashMap<Target, Vec<Column>> = HashMap::new();
        for (position, name) in names.iter().enumerate() {
            if let Some((target, rank, kind)) = meaning(name) {
                columns.entry(target).or_default().push(Column { position, rank, kind });
            }
        }
        for list in columns.values_mut() {
            list.sort_by_key(|column| (column.rank, column.position));
        }
        Self { names, columns }
    }

    /// How many columns there are.
    pub(super) fn width(&self) -> usize {
        self.names.len()
    }

    /// How many columns mean something.
    pub(super) fn known(&self) -> usize {
        self.columns.values().map(Vec::len).sum()
    }

    /// Whether the file has such a column.
    pub(in crate::imports) fn has(&self, target: Target) -> bool {
        self.columns.contains_key(&target)
    }

    /// Whether the file is an export of ours: its cells mean exactly what they say.
    pub(in crate::imports) fn is_own(&self) -> bool {
        self.has(Target::OwnId)
    }

    /// The headings as written; of equal ones the later get a number, «Товар.1».
    pub(in crate::imports) fn unique_names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::with_capacity(self.names.len());
        for name in &self.names {
            let numbered = (1..).map(|number| format!("{name}.{number}"));
            let free = std::iter::once(name.clone())
                .chain(numbered)
                .find(|name| !names.contains(name));
            names.extend(free);
        }
        names
    }

    /// The filled cells of that meaning in a row about `kind`, with their headings.
    pub(in crate::imports) fn cells<'a>(
        &'a self,
        row: &'a [impl AsRef<str>],
        target: Target,
        kind: Kind,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        let columns = self.columns.get(&target).map_or(&[][..], Vec::as_slice);
        columns
            .iter()
            .filter(move |column| column.kind.is_none_or(|of| of == kind))
            .map(|column| (self.names[column.position].as_str(), row[column.position].as_ref()))
            .filter(|(_, cell)| !cell.is_empty())
    }

    /// The first filled cell of that meaning; empty when there is none.
    pub(in crate::imports) fn cell<'a>(&'a self, row: &'a [impl AsRef<str>], target: Target, kind: Kind) -> &'a str {
        self.cells(row, target, kind).next().map_or("", |(_, cell)| cell)
    }

    /// Where «Сделки, Дата редактирования, Кем редактирован» stand side by side.
    pub(super) fn deals(&self) -> Option<usize> {
        let folded: Vec<String> = self.names.iter().map(|name| fold(name)).collect();
        folded
            .windows(3)
            .position(|three| three == [DEALS, EDITED_AT, EDITED_BY])
    }

    /// Puts the three headings in the order in which files of 2022 have the values.
    pub(super) fn rotate_deals(&mut self, at: usize) {
        self.names[at..at + 3].rotate_left(1);
    }
}

fn meaning(name: &str) -> Option<(Target, usize, Option<Kind>)> {
    let folded = fold(name);
    let (base, kind) = if let Some(base) = folded.strip_suffix("(компания)") {
        (base.trim_end(), Some(Kind::Company))
    } else if let Some(base) = folded.strip_suffix("(контакт)") {
        (base.trim_end(), Some(Kind::Contact))
    } else {
        (folded.as_str(), None)
    };
    let find = |text: &str| KNOWN.iter().position(|(known, _)| *known == text);
    // «Факс 2», «Телефон 3» of import templates.
    let unnumbered = base.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end();
    let numbered = || find(unnumbered).filter(|rank| matches!(KNOWN[*rank].1, Target::Phone(_) | Target::Email(_)));
    let rank = find(base).or_else(numbered)?;
    Some((KNOWN[rank].1, rank, kind))
}

/// One line without breaks and double spaces, no-break ones included.
fn squeeze(cell: &str) -> String {
    cell.split_whitespace().collect::<Vec<_>>().join(" ")
}
