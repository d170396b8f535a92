//! The list's address: everything that is chosen lives in it.

use serde::Deserialize;

use crate::companies::listed::{Days, Filter, Sort, Tasks};
use crate::companies::paths;
use crate::companies::search::LONGEST;
use crate::dictionaries::{Heirs, Kind};
use crate::values::{BranchId, RegionId, SphereId, StatusId, UserId};

/// Parameters of the list, named as the older CRM names them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::companies) struct ListQuery {
    q: String,
    status: Vec<String>,
    sphere: Vec<String>,
    responsible: Vec<String>,
    branch: Vec<String>,
    contract_type: Vec<String>,
    cold_call: String,
    do_not_call: String,
    region: Vec<String>,
    tasks: String,
    /// What the addresses of the older CRM say instead of `tasks=overdue`.
    overdue: String,
    sort: String,
    dir: String,
    pub(super) after: Option<String>,
    pub(super) before: Option<String>,
}

impl ListQuery {
    /// Entries of dictionaries that became one with others are read as these, so that old addresses work on.
    pub(super) fn renew(&mut self, heirs: &Heirs) {
        for (kind, values) in [
            (Kind::Status, &mut self.status),
            (Kind::Sphere, &mut self.sphere),
            (Kind::Contract, &mut self.contract_type),
            (Kind::Region, &mut self.region),
        ] {
            let mut seen = Vec::new();
            for value in values.iter() {
                let value = heirs.current(kind, value);
                if !seen.iter().any(|known| known == value) {
                    seen.push(value.to_owned());
                }
            }
            *values = seen;
        }
    }

    /// What it means; values that mean nothing are left out.
    pub(super) fn filter(&self) -> Filter {
        let sort = Sort::read(&self.sort);
        Filter {
            q: self.q.trim().chars().take(LONGEST).collect(),
            statuses: ids(&self.status).map(StatusId).collect(),
            spheres: ids(&self.sphere).map(SphereId).collect(),
            responsible: ids(&self.responsible).map(UserId).collect(),
            no_responsible: self.responsible.iter().any(|value| value == super::NONE),
            branches: ids(&self.branch).map(BranchId).collect(),
            no_branch: self.branch.iter().any(|value| value == super::NONE),
            contract_types: self
                .contract_type
                .iter()
                .filter(|code| !code.is_empty())
                .cloned()
                .collect(),
            is_cold: yes_or_no(&self.cold_call),
            do_not_call: yes_or_no(&self.do_not_call),
            regions: ids(&self.region).map(RegionId).collect(),
            no_region: self.region.iter().any(|value| value == super::NONE),
            tasks: self.tasks(),
            days: Days::default(),
            is_descending: match self.dir.as_str() {
                "asc" => false,
                "desc" => true,
                _ => sort.is_descending_by_default(),
            },
            sort,
        }
    }

    fn tasks(&self) -> Option<Tasks> {
        Tasks::read(&self.tasks).or_else(|| (self.overdue == "1").then_some(Tasks::Overdue))
    }

    /// Leaves out values that mean nothing today: no company has them. Where nothing else was asked for, they stay, and
    /// nothing is found: a filter that has lost its meaning must not become all companies.
    pub(super) fn retain(&mut self, is_known: impl Fn(&str, &str) -> bool) {
        let lists = [
            ("status", &mut self.status),
            ("sphere", &mut self.sphere),
            ("responsible", &mut self.responsible),
            ("branch", &mut self.branch),
            ("contract_type", &mut self.contract_type),
            ("region", &mut self.region),
        ];
        let has_meaning = |(name, values): &(&str, &mut Vec<String>)| values.iter().any(|value| is_known(name, value));
        if !lists.iter().any(has_meaning) {
            return;
        }
        for (name, values) in lists {
            values.retain(|value| is_known(name, value));
        }
    }

    fn pairs(&self) -> Vec<(&'static str, &str)> {
        let lists = [
            ("status", &self.status),
            ("sphere", &self.sphere),
            ("responsible", &self.responsible),
            ("branch", &self.branch),
            ("contract_type", &self.contract_type),
            ("region", &self.region),
        ];
        let lists = lists
            .into_iter()
            .flat_map(|(name, values)| values.iter().map(move |value| (name, value.as_str())));
        let single = [
            ("q", self.q.trim()),
            ("cold_call", &self.cold_call),
            ("do_not_call", &self.do_not_call),
            ("tasks", self.tasks().map_or("", Tasks::code)),
            ("sort", &self.sort),
            ("dir", &self.dir),
        ];
        single
            .into_iter()
            .chain(lists)
            .filter(|(_, value)| !value.is_empty())
            .collect()
    }

    /// The same list at another place.
    pub(super) fn with(&self, name: &'static str, value: &str) -> String {
        address(paths::LIST, self.pairs().into_iter().chain([(name, value)]))
    }

    /// The same list from its beginning without one value.
    fn without(&self, name: &str, value: &str) -> String {
        let is_other = |pair: &(&str, &str)| *pair != (name, value) && !(name == "q" && pair.0 == "q");
        let left: Vec<_> = self.pairs().into_iter().filter(is_other).collect();
        if left.is_empty() {
            return paths::ALL.to_owned();
        }
        address(paths::LIST, left.into_iter())
    }

    /// The same list from its beginning in another order.
    fn ordered(&self, sort: Sort, direction: &'static str) -> String {
        let kept = self
            .pairs()
            .into_iter()
            .filter(|(name, _)| *name != "sort" && *name != "dir");
        address(paths::LIST, kept.chain([("sort", sort.code()), ("dir", direction)]))
    }

    /// The query of this very page, for coming back to it.
    pub(super) fn here(&self) -> String {
        let place = [("after", &self.after), ("before", &self.before)];
        let place = place
            .into_iter()
            .filter_map(|(name, cursor)| Some((name, cursor.as_deref()?)));
        let address = address("", self.pairs().into_iter().chain(place));
        address.trim_start_matches('?').to_owned()
    }

    /// Where the list is counted.
    pub(super) fn count_url(&self) -> String {
        address("/companies/count/", self.pairs().into_iter())
    }
}

/// The query of a list, wherever it comes from.
pub(super) fn read(query: &str) -> ListQuery {
    let mut read = ListQuery::default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let value = value.into_owned();
        match name.as_ref() {
            "q" => read.q = value,
            "status" => read.status.push(value),
            "sphere" => read.sphere.push(value),
            "responsible" => read.responsible.push(value),
            "branch" => read.branch.push(value),
            "contract_type" => read.contract_type.push(value),
            "cold_call" => read.cold_call = value,
            "do_not_call" => read.do_not_call = value,
            "region" => read.region.push(value),
            "tasks" => read.tasks = value,
            "overdue" => read.overdue = value,
            "sort" => read.sort = value,
            "dir" => read.dir = value,
            _ => (),
        }
    }
    read
}

/// The list of this query from its beginning, written in one way only.
pub(crate) fn list_address(query: &str) -> String {
    match canonical(&read(query).filter()) {
        query if query.is_empty() => paths::ALL.to_owned(),
        query => format!("{}?{query}", paths::LIST),
    }
}

/// A filter as a query, in which what means nothing is left out and everything has its place: two queries of one
/// meaning become the same.
pub(super) fn canonical(filter: &Filter) -> String {
    let sorted = |ids: &mut dyn Iterator<Item = i64>| {
        let mut ids: Vec<i64> = ids.collect();
        ids.sort_unstable();
        ids.dedup();
        ids.into_iter().map(|id| id.to_string()).collect::<Vec<_>>()
    };
    let none = |is_wanted: bool| is_wanted.then(|| super::NONE.to_owned());
    let mut contracts = filter.contract_types.clone();
    contracts.sort_unstable();
    contracts.dedup();
    let (sort, is_descending) = (filter.sort, filter.is_descending);
    let is_turned = is_descending != sort.is_descending_by_default();
    let lists = [
        ("q", Vec::from_iter((!filter.q.is_empty()).then(|| filter.q.clone()))),
        ("status", sorted(&mut filter.statuses.iter().map(|id| id.0))),
        ("sphere", sorted(&mut filter.spheres.iter().map(|id| id.0))),
        ("responsible", sorted(&mut filter.responsible.iter().map(|id| id.0))),
        ("responsible", Vec::from_iter(none(filter.no_responsible))),
        ("branch", sorted(&mut filter.branches.iter().map(|id| id.0))),
        ("branch", Vec::from_iter(none(filter.no_branch))),
        ("contract_type", contracts),
        ("cold_call", Vec::from_iter(filter.is_cold.map(digit))),
        ("do_not_call", Vec::from_iter(filter.do_not_call.map(digit))),
        ("region", sorted(&mut filter.regions.iter().map(|id| id.0))),
        ("region", Vec::from_iter(none(filter.no_region))),
        (
            "tasks",
            Vec::from_iter(filter.tasks.map(|tasks| tasks.code().to_owned())),
        ),
        (
            "sort",
            Vec::from_iter((is_turned || sort != Sort::default()).then(|| sort.code().to_owned())),
        ),
        (
            "dir",
            Vec::from_iter(is_turned.then(|| String::from(if is_descending { "desc" } else { "asc" }))),
        ),
    ];
    let pairs = lists
        .iter()
        .flat_map(|(name, values)| values.iter().map(move |value| (*name, value)));
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

fn digit(is_wanted: bool) -> String {
    String::from(if is_wanted { "1" } else { "0" })
}

fn yes_or_no(digit: &str) -> Option<bool> {
    match digit {
        "1" => Some(true),
        "0" => Some(false),
        _ => None,
    }
}

fn ids(values: &[String]) -> impl Iterator<Item = i64> + '_ {
    values.iter().filter_map(|value| value.parse().ok())
}

fn address<'a>(path: &str, pairs: impl Iterator<Item = (&'static str, &'a str)>) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish();
    if query.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{query}")
    }
}

/// An active filter.
pub(super) struct Chip {
    pub(super) text: String,
    pub(super) clear: String,
}

impl Chip {
    pub(super) fn new(query: &ListQuery, name: &str, value: &str, text: &str) -> Self {
        Self {
            text: text.to_owned(),
            clear: query.without(name, value),
        }
    }
}

/// A heading that orders the list.
pub(super) struct SortHead {
    pub(super) url: String,
    /// `asc`, `desc`, or empty.
    pub(super) direction: &'static str,
}

impl SortHead {
    pub(super) fn of(query: &ListQuery, filter: &Filter, sort: Sort) -> Self {
        let is_this = filter.sort == sort;
        let name = |is_descending| if is_descending { "desc" } else { "asc" };
        let next = if is_this {
            !filter.is_descending
        } else {
            sort.is_descending_by_default()
        };
        Self {
            url: query.ordered(sort, name(next)),
            direction: if is_this { name(filter.is_descending) } else { "" },
        }
    }
}
