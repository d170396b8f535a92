//! `/duplicates/`: groups of cards that look like one company.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;

use crate::accounts::{self, Directory};
use crate::app::App;
use crate::companies;
use crate::db::Place;
use crate::duplicates::model::{Filter, Member, Progress, Reason, Shown, strength_words};
use crate::duplicates::{actions, paths};
use crate::error::Error;
use crate::policy::{Action, Reach, may_ever, nearest};
use crate::values::{CompanyId, Phone, text, time};
use crate::web::{
    Form, Html, Layout, Opt, Query, Section, Viewer, flash, page_with, present, see_other, see_other_with,
};

/// A pass that has been at work for so long has died.
const LONGEST_PASS: TimeDelta = TimeDelta::minutes(20);

#[derive(Template)]
#[template(path = "duplicates/index.html")]
struct IndexPage {
    layout: Layout,
    reasons: Vec<Opt>,
    people: Vec<Opt>,
    branches: Vec<Opt>,
    is_filtered: bool,
    groups: Vec<Row>,
    prev: Option<String>,
    next: Option<String>,
    /// How fresh this is.
    standing: String,
    /// Nobody has looked yet, or somebody is looking now.
    is_waiting: bool,
    may_ask: bool,
    error: String,
    /// The query to come back to.
    back: String,
}

struct Row {
    key: String,
    tone: &'static str,
    strength: &'static str,
    reasons: Vec<&'static str>,
    cards: Vec<Card>,
    may_merge: bool,
}

struct Card {
    id: CompanyId,
    url: String,
    name: String,
    /// «ИНН 6671234561 · КПП 667101001 · Екатеринбург, Хохрякова, 74»
    about: String,
    owner: String,
    /// «2 контакта, 5 заметок»
    contents: String,
    updated: String,
    is_editable: bool,
    /// What is ticked before anybody has ticked anything: what is almost certain, and pairs; never another ИНН.
    is_ticked: bool,
}

/// `GET /duplicates/?reason=&responsible=&branch=`
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    reason: String,
    #[serde(deserialize_with = "present")]
    responsible: Option<String>,
    branch: String,
    after: Option<String>,
    before: Option<String>,
}

impl Asked {
    fn filter(&self, viewer: &Viewer) -> crate::error::Result<Filter> {
        let actor = viewer.actor()?;
        // Whoever may merge nothing but the own cards begins with these.
        let own = actor.user.filter(|_| nearest(&actor) == Reach::Own);
        Ok(Filter {
            reason: Reason::read(&self.reason),
            responsible: match &self.responsible {
                None => own,
                Some(typed) => typed.parse().ok(),
            },
            branch: self.branch.parse().ok(),
        })
    }

    fn query(&self, more: Option<(&str, &str)>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in [("reason", &self.reason), ("branch", &self.branch)] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        if let Some(responsible) = &self.responsible {
            query.append_pair("responsible", responsible);
        }
        if let Some((name, value)) = more {
            query.append_pair(name, value);
        }
        query.finish()
    }
}

fn options(directory: &Directory, filter: &Filter) -> [Vec<Opt>; 3] {
    let reasons = Reason::ALL.map(|reason| Opt::new(reason.code(), reason.label(), filter.reason == Some(reason)));
    let people = directory.people.iter();
    let people = people.filter(|person| person.is_active || filter.responsible == Some(person.id));
    let people = people.map(|row| Opt::new(row.id, &row.name, filter.responsible == Some(row.id)));
    let branches = directory.branches.iter();
    let branches = branches.map(|row| Opt::new(row.id, &row.name, filter.branch == Some(row.id)));
    [reasons.into(), people.collect(), branches.collect()]
}

async fn show(app: &App, viewer: &Viewer, asked: Asked, error: String) -> Html {
    let actor = viewer.actor()?;
    let filter = asked.filter(viewer)?;
    let place = Place::read(asked.after.as_deref(), asked.before.as_deref());
    let found = actions::list(app, &actor, &filter, &place).await?;
    let progress = actions::progress(app, &actor).await?;
    let directory = accounts::directory(app, viewer.stamp).await?;
    let [reasons, people, branches] = options(&directory, &filter);
    let way =
        |name: &str, cursor: Option<String>| Some(format!("{}?{}", paths::LIST, asked.query(Some((name, &cursor?)))));
    let status = if error.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    page_with(
        status,
        &IndexPage {
            layout: viewer.layout(Section::Companies),
            reasons,
            people,
            branches,
            is_filtered: filter != Filter::default(),
            prev: way("before", found.before),
            next: way("after", found.after),
            groups: found.rows.into_iter().map(|group| row(group, app, viewer)).collect(),
            standing: standing(&progress, app.now(), viewer),
            is_waiting: is_waiting(&progress, app.now()),
            may_ask: may_ever(&actor, Action::ManageSystem),
            error,
            back: asked.query(None),
        },
    )
}

fn is_waiting(progress: &Progress, now: DateTime<Utc>) -> bool {
    progress.whole_at.is_none() || progress.wanted_at.is_some() || is_running(progress, now)
}

fn is_running(progress: &Progress, now: DateTime<Utc>) -> bool {
    progress.begun_at.is_some_and(|at| now - at < LONGEST_PASS)
}

/// How fresh the list is.
fn standing(progress: &Progress, now: DateTime<Utc>, viewer: &Viewer) -> String {
    let whole = progress.whole_at.map(|at| {
        let seconds = (progress.whole_ms + 999) / 1000;
        format!(
            "Вся база сравнена: {} (за {})",
            time::relative(at, now, viewer.zone),
            text::count(seconds.max(1), ["секунду", "секунды", "секунд"])
        )
    });
    let running = if is_running(progress, now) {
        Some("сейчас идёт новое сравнение".to_owned())
    } else if progress.wanted_at.is_some() {
        Some("новое сравнение начнётся в течение минуты".to_owned())
    } else {
        None
    };
    let fresh = "изменённые карточки сравниваются в течение минуты";
    match (whole, running) {
        (None, _) => "Базу сравнивают в первый раз: загляните через минуту.".to_owned(),
        (Some(whole), Some(running)) => format!("{whole}, {running}."),
        (Some(whole), None) => format!("{whole}, {fresh}."),
    }
}

fn row(group: Shown, app: &App, viewer: &Viewer) -> Row {
    let (tone, strength) = strength_words(group.strength);
    let is_clear = group.strength >= 90 || group.members.len() == 2;
    // Another ИНН is most often another company, however alike the rest is.
    let inn = group.members.first().map(|first| first.inn.clone()).unwrap_or_default();
    let is_same = |member: &Member| inn.is_empty() || member.inn.is_empty() || member.inn == inn;
    let editable = group.members.iter().filter(|member| member.is_editable).count();
    Row {
        key: group.id.simple().to_string(),
        tone,
        strength,
        reasons: Reason::among(group.reasons).map(Reason::label).collect(),
        may_merge: editable > 1,
        cards: group
            .members
            .into_iter()
            .enumerate()
            .map(|(at, member)| {
                let is_ticked = is_clear && at < actions::MOST && is_same(&member);
                card(member, is_ticked, app, viewer)
            })
            .collect(),
    }
}

fn card(member: Member, is_ticked: bool, app: &App, viewer: &Viewer) -> Card {
    let labelled = |label: &str, value: &str| (!value.is_empty()).then(|| format!("{label}{value}"));
    let phone = Phone::read(&member.phone)
        .map(|phone| phone.display())
        .unwrap_or_default();
    let about = [
        labelled("ИНН ", &member.inn),
        labelled("КПП ", &member.kpp),
        labelled("", &phone),
        labelled("", &member.address),
    ];
    let contents = [
        (member.contacts, ["контакт", "контакта", "контактов"]),
        (member.notes, ["заметка", "заметки", "заметок"]),
    ];
    let contents = contents.into_iter().filter(|(count, _)| *count > 0);
    let contents: Vec<_> = contents.map(|(count, forms)| text::count(count, forms)).collect();
    let owner = [member.responsible, member.branch]
        .into_iter()
        .filter(|text| !text.is_empty());
    Card {
        id: member.id,
        url: companies::paths::show(member.id),
        about: about.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        owner: owner.collect::<Vec<_>>().join(", "),
        contents: contents.join(", "),
        updated: time::relative(member.updated_at, app.now(), viewer.zone),
        name: member.name,
        is_editable: member.is_editable,
        is_ticked,
    }
}

/// `GET /duplicates/`
pub(super) async fn index(State(app): State<App>, viewer: Viewer, Query(asked): Query<Asked>) -> Html {
    show(&app, &viewer, asked, String::new()).await
}

/// What is to be done with the ticked cards of a group.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ActForm {
    id: Vec<CompanyId>,
    /// `merge` or `deny`.
    act: String,
    /// The query of the list.
    back: String,
}

/// `POST /duplicates/`
pub(super) async fn act(State(app): State<App>, viewer: Viewer, Form(form): Form<ActForm>) -> Html {
    let said = match (form.act.as_str(), form.id.split_first()) {
        ("merge", Some(_)) if form.id.len() > actions::MOST => Err(Error::field(
            "ids",
            format!(
                "За один раз объединяют не больше {} карточек: снимите лишние отметки.",
                actions::MOST
            ),
        )),
        ("merge", Some((first, others))) if !others.is_empty() => {
            return see_other(&paths::merge(*first, others));
        }
        ("deny", Some((_, others))) if !others.is_empty() => actions::deny(&app, &viewer.actor()?, &form.id).await,
        _ => Err(Error::field("ids", "Отметьте хотя бы две карточки одной группы.")),
    };
    match said {
        Ok(()) => see_other_with(
            &format!("{}?{}", paths::LIST, form.back),
            &flash(
                "success",
                "Запомнили: это разные компании. Вернуть пару можно на странице «Не дубликаты».",
            ),
        ),
        Err(Error::Invalid(errors)) => {
            let asked = asked_in(&form.back);
            show(&app, &viewer, asked, errors.get("ids").to_owned()).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The list that an act began in.
fn asked_in(query: &str) -> Asked {
    let mut asked = Asked::default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match name.as_ref() {
            "reason" => asked.reason = value.into_owned(),
            "branch" => asked.branch = value.into_owned(),
            "responsible" => asked.responsible = Some(value.into_owned()),
            _ => (),
        }
    }
    asked
}

/// `POST /duplicates/find/`
pub(super) async fn find(State(app): State<App>, viewer: Viewer) -> Html {
    actions::ask(&app, &viewer.actor()?).await?;
    see_other_with(
        paths::LIST,
        &flash(
            "success",
            "Вся база будет сравнена заново: это начнётся в течение минуты.",
        ),
    )
}
