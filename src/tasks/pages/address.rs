//! The list's address: everything that is chosen lives in it.

use chrono::NaiveDate;
use serde::Deserialize;

use crate::policy::{Actor, Reach, nearest};
use crate::tasks::model::{Filter, Scope, Standing, When};
use crate::tasks::paths;
use crate::values::{TaskTypeId, UserId, time};

/// Parameters of the list.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ListQuery {
    scope: String,
    status: String,
    when: String,
    /// A day, «ГГГГ-ММ-ДД».
    from: String,
    /// The last one of several days.
    to: String,
    kind: Vec<String>,
    person: Vec<String>,
    company: String,
    urgent: String,
    /// `others`: set by somebody else than who they are for.
    by: String,
    q: String,
    /// What the addresses of the older CRM say instead of `scope` and `when`.
    mine: String,
    today: String,
    overdue: String,
    /// Rows are to be ticked.
    pub(super) pick: String,
    pub(super) after: Option<String>,
    pub(super) before: Option<String>,
}

/// The tab that a person's list opens with: the own tasks, the branch's, or all.
pub(crate) fn nearest_scope(actor: &Actor) -> Scope {
    match nearest(actor) {
        Reach::All => Scope::All,
        Reach::Branch | Reach::Led => Scope::Branch,
        Reach::Never | Reach::Own => Scope::Mine,
    }
}

impl ListQuery {
    /// From the query of an address.
    pub(super) fn read(query: &str) -> Self {
        let mut read = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let value = value.into_owned();
            match &*name {
                "scope" => read.scope = value,
                "status" => read.status = value,
                "when" => read.when = value,
                "from" => read.from = value,
                "to" => read.to = value,
                "kind" => read.kind.push(value),
                "person" => read.person.push(value),
                "company" => read.company = value,
                "urgent" => read.urgent = value,
                "by" => read.by = value,
                "q" => read.q = value,
                "mine" => read.mine = value,
                "today" => read.today = value,
                "overdue" => read.overdue = value,
                _ => (),
            }
        }
        read
    }

    /// What it means; values that mean nothing are left out.
    pub(super) fn filter(&self, actor: &Actor) -> Filter {
        let scope = Scope::ALL.into_iter().find(|scope| scope.code() == self.scope);
        let scope = scope.or_else(|| (self.mine == "1").then_some(Scope::Mine));
        let scope = scope.filter(|scope| *scope != Scope::Branch || actor.branch.is_some());
        let named = When::NAMED.into_iter().find(|(_, code, _)| *code == self.when);
        Filter {
            scope: scope.unwrap_or_else(|| nearest_scope(actor)),
            standing: Standing::from_code(&self.status).unwrap_or_default(),
            when: named.map_or_else(|| self.older().unwrap_or_else(|| self.days()), |(when, ..)| when),
            kinds: self
                .kind
                .iter()
                .filter_map(|kind| kind.parse().ok())
                .map(TaskTypeId)
                .collect(),
            people: self
                .person
                .iter()
                .filter_map(|person| person.parse().ok())
                .map(UserId)
                .collect(),
            company: self.company.parse().ok(),
            is_urgent: self.urgent == "1",
            is_from_others: self.by == BY_OTHERS,
            q: self.q.trim().chars().take(200).collect(),
        }
    }

    /// The date of an address of the older CRM.
    fn older(&self) -> Option<When> {
        if self.overdue == "1" {
            Some(When::Overdue)
        } else {
            (self.today == "1").then_some(When::Today)
        }
    }

    /// Between two days; one of them may be missing.
    fn days(&self) -> When {
        let from = time::parse_date(&self.from);
        let to = time::parse_date(&self.to);
        match (from, to) {
            (None, None) => When::Any,
            (from, to) => {
                let from = from.unwrap_or(NaiveDate::MIN.max(EARLIEST));
                let to = to.unwrap_or(LATEST);
                When::Days(from.min(to), to.max(from))
            }
        }
    }
}

const BY_OTHERS: &str = "others";
const EARLIEST: NaiveDate = NaiveDate::from_ymd_opt(2000, 1, 1).expect("a day");
const LATEST: NaiveDate = NaiveDate::from_ymd_opt(2099, 12, 31).expect("a day");

/// The address of a filter's list; it names the scope, so that it is the same list for whoever opens it.
pub(crate) fn address(filter: &Filter) -> String {
    with(filter, &[])
}

/// The same with more.
pub(super) fn with(filter: &Filter, more: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("scope", filter.scope.code());
    if filter.standing != Standing::Open {
        query.append_pair("status", filter.standing.code());
    }
    match filter.when {
        When::Any => (),
        When::Days(from, to) => {
            query.append_pair("from", &from.to_string());
            query.append_pair("to", &to.to_string());
        }
        when => {
            let named = When::NAMED.into_iter().find(|(named, ..)| *named == when);
            query.append_pair("when", named.map_or("", |(_, code, _)| code));
        }
    }
    for kind in &filter.kinds {
        query.append_pair("kind", &kind.to_string());
    }
    for person in &filter.people {
        query.append_pair("person", &person.to_string());
    }
    if let Some(company) = filter.company {
        query.append_pair("company", &company.to_string());
    }
    if filter.is_urgent {
        query.append_pair("urgent", "1");
    }
    if filter.is_from_others {
        query.append_pair("by", BY_OTHERS);
    }
    if !filter.q.is_empty() {
        query.append_pair("q", &filter.q);
    }
    for (name, value) in more {
        query.append_pair(name, value);
    }
    format!("{}?{}", paths::LIST, query.finish())
}
