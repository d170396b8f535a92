//! `/tasks/`: the list.

use askama::Template;
use axum::extract::State;

use super::address::{ListQuery, address, with};
use super::reader;
use super::row::{Frame, TaskRow};
use crate::accounts;
use crate::app::App;
use crate::companies;
use crate::db::{PAGE, Place};
use crate::dictionaries;
use crate::error::Result;
use crate::policy::Actor;
use crate::tasks::actions;
use crate::tasks::actions::count_words;
use crate::tasks::model::{Filter, Order, Scope, Standing, Status, When};
use crate::values::time;
use crate::web::{Html, Layout, Opt, Query, Section, Viewer, page};

#[derive(Template)]
#[template(path = "tasks/index.html")]
struct IndexPage {
    layout: Layout,
    tabs: Vec<Tab>,
    whens: Vec<Tab>,
    chips: Vec<Chip>,
    filter: Filter,
    from: String,
    to: String,
    options: Options,
    rows: Vec<TaskRow>,
    prev: Option<String>,
    next: Option<String>,
    /// Rows are ticked, and this leads to what is done with all of them; `None`: where ticking begins.
    many: Option<String>,
    pick: String,
    /// All tasks were looked through for the words.
    is_whole: bool,
    /// This list without ticks.
    here: String,
    /// Where a new task is set; it leads back here.
    new: String,
}

/// A way to look at the list.
struct Tab {
    label: String,
    url: String,
    is_current: bool,
    count: String,
    class: &'static str,
}

/// An active filter.
struct Chip {
    text: String,
    clear: String,
}

struct Options {
    standings: Vec<Opt>,
    kinds: Vec<Opt>,
    people: Vec<Opt>,
}

/// `GET /tasks/`
pub(super) async fn index(State(app): State<App>, viewer: Viewer, Query(query): Query<ListQuery>) -> Html {
    let actor = viewer.actor()?;
    let filter = query.filter(&actor);
    let place = Place::read(query.after.as_deref(), query.before.as_deref());
    let reader = reader(&app, &viewer, &actor);
    let found = actions::list(&app, reader, &filter, (&place, PAGE)).await?;
    let page_of = found.page;
    let dictionaries = dictionaries::kept(&app, viewer.stamp).await?;
    let here = address(&filter);
    let picking = query.pick == "1";
    let more: &[(&str, &str)] = if picking { &[("pick", "1")] } else { &[] };
    let turn = |name: &'static str, cursor: &str| with(&filter, &[more, &[(name, cursor)]].concat());
    let frame = Frame {
        actor: &actor,
        dictionaries: &dictionaries,
        csrf: &viewer.csrf,
        back: &here,
        now: app.now(),
        zone: viewer.zone,
        shows_company: true,
        shows_person: filter.scope != Scope::Mine,
        picks: query.pick == "1",
    };
    let whens = whens(&app, reader, &filter).await?;
    let (from, to) = match filter.when {
        When::Days(from, to) => (from.to_string(), to.to_string()),
        _ => (String::new(), String::new()),
    };
    page(&IndexPage {
        layout: viewer.layout(Section::Tasks),
        tabs: tabs(&actor, &filter),
        whens,
        chips: chips(&app, &viewer, &actor, &filter).await?,
        options: options(&app, &viewer, &actor, &filter).await?,
        is_whole: found.is_whole,
        rows: page_of.rows.into_iter().map(|task| TaskRow::new(task, frame)).collect(),
        prev: page_of.before.map(|cursor| turn("before", &cursor)),
        next: page_of.after.map(|cursor| turn("after", &cursor)),
        many: picking.then(|| here.replacen("/tasks/?", "/tasks/many/new/?", 1)),
        pick: with(&filter, &[("pick", "1")]),
        new: new_address(&filter, &here),
        from,
        to,
        filter,
        here,
    })
}

fn new_address(filter: &Filter, here: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    if let Some(company) = filter.company {
        query.append_pair("company", &company.to_string());
    }
    query.append_pair("back", here);
    format!("{}?{}", crate::tasks::paths::NEW, query.finish())
}

fn tabs(actor: &Actor, filter: &Filter) -> Vec<Tab> {
    let scopes = Scope::ALL
        .into_iter()
        .filter(|scope| *scope != Scope::Branch || actor.branch.is_some());
    let tab = |scope: Scope| Tab {
        label: scope.label().to_owned(),
        url: address(&Filter {
            scope,
            people: Vec::new(),
            ..filter.clone()
        }),
        is_current: scope == filter.scope,
        count: String::new(),
        class: "",
    };
    scopes.map(tab).collect()
}

/// The dates with how many there are: of open ones, where they mean something, and without words, which would have to be
/// looked for in all of them.
async fn whens(app: &App, reader: actions::Reader<'_>, filter: &Filter) -> Result<Vec<Tab>> {
    if filter.order() != Order::Due {
        return Ok(Vec::new());
    }
    let counted = [When::Overdue, When::Today];
    let counts = if filter.standing == Standing::Open && filter.q.is_empty() {
        actions::count(app, reader, filter, &counted).await?
    } else {
        Vec::new()
    };
    let tab = |(when, label): (When, &str)| {
        let count = counted.iter().position(|counted| *counted == when);
        let count = count.and_then(|place| counts.get(place)).copied().unwrap_or_default();
        Tab {
            label: label.to_owned(),
            url: address(&Filter { when, ..filter.clone() }),
            is_current: when == filter.when,
            count: if count > 0 { count_words(count) } else { String::new() },
            class: if when == When::Overdue && count > 0 {
                "danger"
            } else {
                ""
            },
        }
    };
    let named = When::NAMED.into_iter().map(|(when, _, label)| (when, label));
    Ok(std::iter::once((When::Any, "Любой срок"))
        .chain(named)
        .map(tab)
        .collect())
}

async fn options(app: &App, viewer: &Viewer, actor: &Actor, filter: &Filter) -> Result<Options> {
    let dictionaries = dictionaries::kept(app, viewer.stamp).await?;
    let directory = accounts::directory(app, viewer.stamp).await?;
    let standings = [Standing::Open]
        .into_iter()
        .chain(Status::ALL.map(Standing::One))
        .chain([Standing::All]);
    let people = directory.people.iter().filter(|person| {
        let is_chosen = filter.people.contains(&person.id);
        is_chosen || (person.is_active && (filter.scope != Scope::Branch || actor.is_of(person.branch)))
    });
    Ok(Options {
        standings: standings
            .map(|standing| Opt::new(standing.code(), standing.label(), standing == filter.standing))
            .collect(),
        kinds: dictionaries
            .task_types
            .iter()
            .map(|kind| Opt::new(kind.id, &kind.name, filter.kinds.contains(&kind.id)))
            .collect(),
        people: people
            .map(|person| Opt::new(person.id, &person.name, filter.people.contains(&person.id)))
            .collect(),
    })
}

/// What narrows the list beside its tabs, each one click from gone.
async fn chips(app: &App, viewer: &Viewer, actor: &Actor, filter: &Filter) -> Result<Vec<Chip>> {
    let dictionaries = dictionaries::kept(app, viewer.stamp).await?;
    let directory = accounts::directory(app, viewer.stamp).await?;
    let mut chips = Vec::new();
    // The same filter but for one thing.
    let mut add = |text: String, without: &dyn Fn(&mut Filter)| {
        let mut rest = filter.clone();
        without(&mut rest);
        chips.push(Chip {
            text,
            clear: address(&rest),
        });
    };
    if !filter.q.is_empty() {
        add(format!("Поиск: {}", filter.q), &|rest| rest.q.clear());
    }
    if filter.standing != Standing::Open {
        let text = format!("Статус: {}", filter.standing.label());
        add(text, &|rest| rest.standing = Standing::Open);
    }
    if let When::Days(from, to) = filter.when {
        let text = format!("Срок: {} — {}", time::date(from), time::date(to));
        add(text, &|rest| rest.when = When::Any);
    }
    let chosen = |kind: &&dictionaries::TaskType| filter.kinds.contains(&kind.id);
    for kind in dictionaries.task_types.iter().filter(chosen) {
        let text = format!("Тип: {}", kind.name);
        add(text, &|rest| rest.kinds.retain(|other| *other != kind.id));
    }
    for person in &filter.people {
        let text = format!("Кому: {}", directory.person(Some(*person)));
        add(text, &|rest| rest.people.retain(|other| other != person));
    }
    if filter.is_urgent {
        add("Только срочные".to_owned(), &|rest| rest.is_urgent = false);
    }
    if filter.is_from_others {
        add("Поставили другие".to_owned(), &|rest| {
            rest.is_from_others = false;
        });
    }
    if let Some(name) = company_name(app, actor, filter).await? {
        add(format!("Компания: {name}"), &|rest| rest.company = None);
    }
    Ok(chips)
}

/// The company whose tasks are shown.
async fn company_name(app: &App, actor: &Actor, filter: &Filter) -> Result<Option<String>> {
    let Some(company) = filter.company else {
        return Ok(None);
    };
    let mut conn = app.db.acquire().await?;
    let found = companies::find(&mut conn, actor, company).await;
    Ok(Some(
        found.map_or_else(|_| "удалена".to_owned(), |company| company.fields.name),
    ))
}
