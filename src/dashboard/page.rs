//! `/`: the desk of a person, of a branch, or of everybody.
//!
//! Three queries beside the session's, whatever there is to do: which tasks stand first in each block and how many it has,
//! what these tasks say, contracts.

use askama::Template;
use axum::extract::State;
use chrono::{Days, NaiveDate};
use serde::Deserialize;

use crate::accounts;
use crate::app::App;
use crate::companies::{self, ContractWarning, contract_warnings};
use crate::dictionaries;
use crate::error::Result;
use crate::policy::Actor;
use crate::tasks::{self, Calendar, Filter, Reader, Scope, TaskRow, When, due};
use crate::values::{UserId, text, time};
use crate::web::{Html, Layout, Query, Section, Viewer, page};

/// So many tasks of a block are shown; its heading leads to all of them.
const SHOWN: i64 = 10;
/// So many of today are.
const TODAY: i64 = 30;
/// Contracts that end within so many days.
const AHEAD: u64 = 30;
/// So many contracts are shown.
const CONTRACTS: i64 = 20;

#[derive(Template)]
#[template(path = "dashboard/show.html")]
struct DeskPage {
    layout: Layout,
    greeting: String,
    today: String,
    tabs: Vec<Tab>,
    blocks: Vec<Tasks>,
    contracts: Vec<Contract>,
    has_more_contracts: bool,
    /// Nothing is left to do.
    is_clear: bool,
    new: String,
}

struct Tab {
    label: &'static str,
    url: String,
    is_current: bool,
}

/// A block of tasks.
struct Tasks {
    code: &'static str,
    title: &'static str,
    count: String,
    has_more: bool,
    url: String,
    rows: Vec<TaskRow>,
    blank: &'static str,
}

struct Contract {
    url: String,
    name: String,
    until: String,
    responsible: String,
    warnings: Vec<ContractWarning>,
}

/// Whose desk.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct DeskQuery {
    scope: String,
}

/// `GET /`
pub(super) async fn show(State(app): State<App>, viewer: Viewer, Query(query): Query<DeskQuery>) -> Html {
    let actor = viewer.actor()?;
    let scopes = scopes(&actor);
    let scope = scopes.iter().copied().find(|scope| scope.code() == query.scope);
    let scope = scope.unwrap_or_else(|| first(&actor));
    let calendar = Calendar {
        now: app.now(),
        zone: viewer.zone,
    };
    let reader = Reader {
        actor: &actor,
        stamp: viewer.stamp,
        calendar,
    };
    let here = address(scope);
    let blocks = blocks(&app, &viewer, reader, (scope, &here)).await?;
    let today = due::wall(calendar.now, calendar.zone).date();
    let (contracts, has_more_contracts) = contracts(&app, &viewer, &actor, (scope, today)).await?;
    let tab = |other: &Scope| Tab {
        label: if *other == Scope::Mine {
            "Мой день"
        } else {
            other.label()
        },
        url: address(*other),
        is_current: *other == scope,
    };
    page(&DeskPage {
        layout: viewer.layout(Section::Desk),
        greeting: greeting(&viewer, calendar),
        today: due::Due::day(today, viewer.zone).in_full(viewer.zone),
        tabs: scopes.iter().map(tab).collect(),
        is_clear: contracts.is_empty() && blocks.iter().all(|block| block.rows.is_empty()),
        blocks,
        contracts,
        has_more_contracts,
        new: format!("/tasks/new/?{}", back(&here)),
    })
}

fn back(here: &str) -> String {
    form_urlencoded::Serializer::new(String::new())
        .append_pair("back", here)
        .finish()
}

fn address(scope: Scope) -> String {
    format!("/?scope={}", scope.code())
}

/// The desks a person can look at.
fn scopes(actor: &Actor) -> Vec<Scope> {
    match tasks::nearest_scope(actor) {
        Scope::All if actor.branch.is_some() => vec![Scope::Mine, Scope::Branch, Scope::All],
        Scope::All => vec![Scope::Mine, Scope::All],
        Scope::Branch => vec![Scope::Mine, Scope::Branch],
        Scope::Mine | Scope::Given => vec![Scope::Mine],
    }
}

/// The one that opens: a head's is the branch's.
fn first(actor: &Actor) -> Scope {
    match tasks::nearest_scope(actor) {
        Scope::Branch => Scope::Branch,
        _ => Scope::Mine,
    }
}

fn greeting(viewer: &Viewer, calendar: Calendar) -> String {
    use chrono::Timelike as _;
    let hour = due::wall(calendar.now, calendar.zone).hour();
    let words = match hour {
        5..=10 => "Доброе утро",
        11..=16 => "Добрый день",
        17..=22 => "Добрый вечер",
        _ => "Доброй ночи",
    };
    let name = viewer.name.split_whitespace().next().unwrap_or_default();
    if name.is_empty() {
        words.to_owned()
    } else {
        format!("{words}, {name}")
    }
}

/// What a block is called, how many of its tasks are shown, and what it says when there are none.
type Words = (&'static str, &'static str, i64, &'static str);

async fn blocks(app: &App, viewer: &Viewer, reader: Reader<'_>, (scope, here): (Scope, &str)) -> Result<Vec<Tasks>> {
    let of = |when| Filter {
        scope,
        when,
        ..Filter::default()
    };
    let dated: [(Filter, Words); 3] = [
        (
            of(When::Overdue),
            ("overdue", "Просрочено", SHOWN, "Ничего не просрочено."),
        ),
        (of(When::Today), ("today", "На сегодня", TODAY, "На сегодня задач нет.")),
        (
            of(When::Week),
            ("week", "На неделю", SHOWN, "На ближайшую неделю задач нет."),
        ),
    ];
    let new = (
        Filter::new_for_me(),
        ("new", "Новые назначения", SHOWN, "Новых задач от коллег нет."),
    );
    let all: Vec<_> = dated.into_iter().chain((scope == Scope::Mine).then_some(new)).collect();
    let wanted: Vec<_> = all
        .iter()
        .map(|(filter, (_, _, most, _))| (filter.clone(), *most))
        .collect();
    let found = tasks::blocks(app, reader, &wanted).await?;
    let mut blocks = Vec::new();
    for ((filter, (code, title, most, blank)), found) in all.into_iter().zip(found) {
        blocks.push(Tasks {
            code,
            title,
            count: found.words(),
            has_more: found.count > most,
            url: tasks::address(&filter),
            rows: tasks::rows(app, viewer, found.tasks, (here, scope != Scope::Mine)).await?,
            blank,
        });
    }
    Ok(blocks)
}

/// Contracts of the people of this desk that end soon.
async fn contracts(
    app: &App,
    viewer: &Viewer,
    actor: &Actor,
    (scope, today): (Scope, NaiveDate),
) -> Result<(Vec<Contract>, bool)> {
    let directory = accounts::directory(app, viewer.stamp).await?;
    let is_of = |person: &&accounts::Person| match scope {
        Scope::Mine | Scope::Given => actor.is(Some(person.id)),
        Scope::Branch => actor.is_of(person.branch),
        Scope::All => true,
    };
    let people: Vec<UserId> = directory.people.iter().filter(is_of).map(|person| person.id).collect();
    let until = today.checked_add_days(Days::new(AHEAD)).unwrap_or(today);
    let mut conn = app.db.acquire().await?;
    let mut found = companies::ending(&mut conn, actor, &people, (today, until), CONTRACTS + 1).await?;
    let has_more = found.len() > usize::try_from(CONTRACTS).unwrap_or(usize::MAX);
    found.truncate(usize::try_from(CONTRACTS).unwrap_or(usize::MAX));
    let dictionaries = dictionaries::kept(app, viewer.stamp).await?;
    let contract = |ending: companies::Ending| {
        let types = dictionaries.contract_types.iter();
        let terms = types
            .into_iter()
            .find(|kind| Some(&kind.code) == ending.contract_type.as_ref());
        let terms = terms.map(|kind| kind.terms).unwrap_or_default();
        Contract {
            url: companies::paths::show(ending.id),
            name: ending.name,
            until: time::date(ending.until),
            warnings: contract_warnings(&terms, Some(ending.until), ending.amount, today),
            responsible: if scope == Scope::Mine {
                String::new()
            } else {
                text::excerpt(&ending.responsible, 40)
            },
        }
    };
    Ok((found.into_iter().map(contract).collect(), has_more))
}
