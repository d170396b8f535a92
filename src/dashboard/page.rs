//! `/`: the desk of a person, of a branch, or of everybody.
//!
//! Five queries beside the session's: a page of each of three dates, new tasks, contracts; and one count for each block
//! of tasks with more than the desk shows.

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
use crate::tasks::{self, Block, Calendar, Filter, Reader, Scope, TaskRow, When, due};
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

async fn blocks(app: &App, viewer: &Viewer, reader: Reader<'_>, (scope, here): (Scope, &str)) -> Result<Vec<Tasks>> {
    let of = |when| Filter {
        scope,
        when,
        ..Filter::default()
    };
    let dated = [
        (When::Overdue, "overdue", "Просрочено", SHOWN, "Ничего не просрочено."),
        (When::Today, "today", "На сегодня", TODAY, "На сегодня задач нет."),
        (When::Week, "week", "На неделю", SHOWN, "На ближайшую неделю задач нет."),
    ];
    let mut blocks = Vec::new();
    for (when, code, title, most, blank) in dated {
        let filter = of(when);
        let found = tasks::block(app, reader, &filter, most).await?;
        blocks.push(
            block(
                app,
                viewer,
                found,
                ((code, title, blank), tasks::address(&filter), (here, scope)),
            )
            .await?,
        );
    }
    if scope == Scope::Mine {
        let found = tasks::new_for(app, reader.actor, SHOWN).await?;
        let words = ("new", "Новые назначения", "Новых задач от коллег нет.");
        let url = "/tasks/?scope=mine&status=new".to_owned();
        blocks.push(block(app, viewer, found, (words, url, (here, scope))).await?);
    }
    Ok(blocks)
}

type Words = (&'static str, &'static str, &'static str);

async fn block(
    app: &App,
    viewer: &Viewer,
    found: Block,
    ((code, title, blank), url, (here, scope)): (Words, String, (&str, Scope)),
) -> Result<Tasks> {
    let shown = i64::try_from(found.tasks.len()).unwrap_or(i64::MAX);
    Ok(Tasks {
        code,
        title,
        count: found.words(),
        has_more: found.count > shown,
        url,
        rows: tasks::rows(app, viewer, found.tasks, (here, scope != Scope::Mine)).await?,
        blank,
    })
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
