//! The heading: which column means what.

use std::collections::{HashMap, HashSet};

use super::meaning::{self, Deal, File, Meant, Target};
use crate::imports::model::Kind;
use crate::imports::options::Mapping;
use crate::values::text::fold;

/// Columns of which files of 2022 name the first, while its values stand in the third.
const DEALS: &str = "сделки";
const EDITED_AT: &str = "дата редактирования";
const EDITED_BY: &str = "кем редактирован";

/// Headings that amoCRM's files have, and hardly any others.
const OF_AMO: &[&str] = &[
    "тип",
    "полное имя контакта",
    "полное имя (контакт)",
    "название (компания)",
    "название сделки",
    "дата создания контакта",
    "кем создан контакт",
    "рабочий прямой телефон",
    "рабочий телефон (контакт)",
    "рабочий телефон (компания)",
    "юридическое название компании",
    "основной контакт",
    "id профи",
];

/// Of whom a reader wants to know, and whether columns without an owner are about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::imports) struct View {
    pub(in crate::imports) kind: Kind,
    /// «Рабочий телефон» without «(компания)» beside a person is the person's.
    has_plain_channels: bool,
}

impl View {
    /// A row about this alone.
    pub(in crate::imports) fn of(kind: Kind) -> Self {
        Self {
            kind,
            has_plain_channels: true,
        }
    }

    /// A company in a row that may name a person too.
    pub(in crate::imports) fn company_beside(has_person: bool) -> Self {
        Self {
            kind: Kind::Company,
            has_plain_channels: !has_person,
        }
    }

    fn sees(self, target: Target, kind: Option<Kind>) -> bool {
        let is_channel = matches!(target, Target::Phone(_) | Target::Email(_) | Target::Position);
        match kind {
            None => self.has_plain_channels || !is_channel,
            Some(of) => of == self.kind,
        }
    }
}

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
    is_paired: bool,
}

impl Head {
    /// Reads the cells of the heading.
    pub(super) fn read(cells: &[impl AsRef<str>]) -> Self {
        let names: Vec<String> = cells.iter().map(|cell| squeeze(cell.as_ref())).collect();
        let file = File::of(&names);
        let meanings: Vec<_> = names.iter().map(|name| meaning::of_heading(name, file)).collect();
        Self::of(names, meanings)
    }

    /// The same, when somebody has said what the columns mean.
    pub(super) fn mapped(self, mapping: &Mapping) -> Self {
        let code = |position: usize| mapping.columns.get(position).map_or("", String::as_str);
        let meant = |position| meaning::by_code(code(position)).map(|choice| (choice.meant, position));
        let meanings = (0..self.names.len()).map(meant).collect();
        Self::of(self.names, meanings)
    }

    fn of(names: Vec<String>, meanings: Vec<Option<(Meant, usize)>>) -> Self {
        let mut columns: HashMap<Target, Vec<Column>> = HashMap::new();
        for (position, meaning) in meanings.into_iter().enumerate() {
            if let Some((Meant { target, kind }, rank)) = meaning {
                columns.entry(target).or_default().push(Column { position, rank, kind });
            }
        }
        for list in columns.values_mut() {
            list.sort_by_key(|column| (column.rank, column.position));
        }
        let mut head = Self {
            names,
            columns,
            is_paired: false,
        };
        head.is_paired = head.pairs();
        if head.is_paired {
            head.give_number_away();
        }
        head
    }

    /// Whether a row may hold a company and a person of it, or a deal.
    fn pairs(&self) -> bool {
        use Target::{Address, Inn, Kpp, LegalName, Ogrn, Region, Spheres, Status, Website};
        if self.has(Target::Kind) || self.is_own() {
            return false;
        }
        if self.has(Target::Deal(Deal::Name)) || self.has(Target::Deal(Deal::Stage)) {
            return true;
        }
        let any = |targets: &[Target]| targets.iter().any(|target| self.has(*target));
        let has_company_alone = self
            .columns
            .values()
            .flatten()
            .any(|column| column.kind == Some(Kind::Company))
            || any(&[Inn, Kpp, LegalName, Ogrn, Region, Address, Website, Status, Spheres]);
        any(&[Target::FullName, Target::FirstName, Target::LastName])
            && any(&[Target::CompanyName, Inn])
            && has_company_alone
    }

    /// «ID» of a list of companies with «Основной контакт» is the company's, else the person's.
    fn give_number_away(&mut self) {
        let is_company = self.names.iter().any(|name| fold(name).starts_with("основной контакт"));
        let kind = if is_company { Kind::Company } else { Kind::Contact };
        for column in self.columns.get_mut(&Target::Id).into_iter().flatten() {
            column.kind = column.kind.or(Some(kind));
        }
    }

    /// Whether a row may hold several records.
    pub(in crate::imports) fn is_paired(&self) -> bool {
        self.is_paired
    }

    /// How many columns there are.
    pub(in crate::imports) fn width(&self) -> usize {
        self.names.len()
    }

    /// How many columns mean something.
    pub(in crate::imports) fn known(&self) -> usize {
        self.columns.values().map(Vec::len).sum()
    }

    /// Whether amoCRM wrote it.
    pub(in crate::imports) fn is_of_amo(&self) -> bool {
        self.names.iter().any(|name| OF_AMO.contains(&fold(name).as_str()))
    }

    /// Whether the file has such a column.
    pub(in crate::imports) fn has(&self, target: Target) -> bool {
        self.columns.contains_key(&target)
    }

    /// Whether the file is an export of ours: its cells mean exactly what they say.
    pub(in crate::imports) fn is_own(&self) -> bool {
        self.has(Target::OwnId)
    }

    /// Whether the file names companies or people.
    pub(super) fn has_names(&self) -> bool {
        let names = [
            Target::CompanyName,
            Target::FullName,
            Target::FirstName,
            Target::LastName,
        ];
        names.into_iter().any(|target| self.has(target))
    }

    /// The headings as written.
    pub(in crate::imports) fn names(&self) -> &[String] {
        &self.names
    }

    /// Codes of what the columns mean; empty for those that mean nothing.
    pub(in crate::imports) fn codes(&self) -> Vec<&'static str> {
        let mut codes = vec![""; self.names.len()];
        for (target, columns) in &self.columns {
            for column in columns {
                let (target, kind) = (*target, column.kind);
                codes[column.position] = meaning::code_of(Meant { target, kind });
            }
        }
        codes
    }

    /// The headings as written; of equal ones the later get a number, «Товар.1».
    pub(in crate::imports) fn unique_names(&self) -> Vec<String> {
        let mut taken: HashSet<String> = HashSet::with_capacity(self.names.len());
        let mut next: HashMap<&str, usize> = HashMap::new();
        let mut names = Vec::with_capacity(self.names.len());
        for name in &self.names {
            let mut free = name.clone();
            while !taken.insert(free.clone()) {
                let number = next.entry(name).or_insert(1);
                free = format!("{name}.{number}");
                *number += 1;
            }
            names.push(free);
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
        self.seen(row, target, View::of(kind))
    }

    /// The filled cells of that meaning that a view sees, with their headings.
    pub(in crate::imports) fn seen<'a>(
        &'a self,
        row: &'a [impl AsRef<str>],
        target: Target,
        view: View,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        let columns = self.columns.get(&target).map_or(&[][..], Vec::as_slice);
        columns
            .iter()
            .filter(move |column| view.sees(target, column.kind))
            .map(|column| (self.names[column.position].as_str(), row[column.position].as_ref()))
            .filter(|(_, cell)| !cell.is_empty())
    }

    /// The first filled cell of that meaning; empty when there is none.
    pub(in crate::imports) fn cell<'a>(&'a self, row: &'a [impl AsRef<str>], target: Target, kind: Kind) -> &'a str {
        self.cells(row, target, kind).next().map_or("", |(_, cell)| cell)
    }

    /// Whether a phone or an e-mail of this kind alone is filled.
    pub(in crate::imports) fn has_own(&self, row: &[impl AsRef<str>], kind: Kind) -> bool {
        let channels = self
            .columns
            .iter()
            .filter(|(target, _)| matches!(target, Target::Phone(_) | Target::Email(_)));
        channels
            .flat_map(|(_, columns)| columns)
            .any(|column| column.kind == Some(kind) && !row[column.position].as_ref().is_empty())
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

/// One line without breaks and double spaces, no-break ones included.
fn squeeze(cell: &str) -> String {
    cell.split_whitespace().collect::<Vec<_>>().join(" ")
}
