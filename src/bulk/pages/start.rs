//! `POST /companies/bulk/`: from ticked rows of the list to an act that can be looked at.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;

use crate::accounts::Person;
use crate::app::App;
use crate::bulk::actions::{self, Chosen};
use crate::bulk::model::{Step, Wish};
use crate::bulk::paths;
use crate::companies;
use crate::dictionaries::{Dictionaries, Sphere};
use crate::error::{Error, FieldErrors, Result};
use crate::values::{CompanyId, SphereId, StatusId, UserId, text};
use crate::web::{Form, Html, Layout, Opt, Section, Viewer, flash, page_with, see_other, see_other_with};

/// What the list sends, and then the form that asks for the rest.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    /// Ticked rows.
    id: Vec<String>,
    /// Keys of many rows, parted by commas: «все на этой странице», and what this form carries on.
    ids: String,
    /// The same, of rows that were ticked on other pages of the list.
    others: String,
    /// «все по фильтру»
    whole: Option<String>,
    /// The list's query.
    query: String,
    /// `give`, `status`, `spheres`; empty: not said yet.
    kind: String,
    to: String,
    status: String,
    step: String,
    sphere: Vec<String>,
    /// Sent by the form, not by the list: what is missing is said.
    asked: Option<String>,
}

/// «Без статуса»
const NONE: &str = "none";

#[derive(Template)]
#[template(path = "bulk/start.html")]
struct StartPage {
    layout: Layout,
    title: String,
    /// «12 компаний»
    count: String,
    kind: String,
    ids: String,
    is_whole: bool,
    query: String,
    back: String,
    people: Vec<Opt>,
    statuses: Vec<Opt>,
    steps: Vec<Opt>,
    spheres: Vec<Opt>,
    errors: FieldErrors,
}

impl Typed {
    fn chosen(&self) -> Chosen {
        let lists = [&self.ids, &self.others];
        let several = lists.into_iter().flat_map(|ids| ids.split(','));
        let several = several.filter_map(|id| id.trim().parse().ok());
        let single = self.id.iter().filter_map(|id| id.parse().ok());
        Chosen {
            ids: several.chain(single).collect::<Vec<CompanyId>>(),
            is_whole: self.whole.is_some(),
            query: query_of(&self.query),
        }
    }

    /// # Errors
    /// [`Error::Invalid`], at what is missing.
    fn wish(&self) -> Result<Wish> {
        match self.kind.as_str() {
            "give" => {
                let to = self.to.parse().map(UserId).map(Wish::Give);
                to.map_err(|_| Error::field("to", "Выберите, кому передать."))
            }
            "status" if self.status == NONE => Ok(Wish::Status(None)),
            "status" => {
                let status = self.status.parse().map(StatusId);
                let status = status.map_err(|_| Error::field("status", "Выберите статус."))?;
                Ok(Wish::Status(Some(status)))
            }
            "spheres" => {
                let step = Step::ALL.into_iter().find(|step| step.code() == self.step);
                let step = step.ok_or_else(|| Error::field("step", "Выберите, что сделать со сферами."))?;
                let mut spheres: Vec<SphereId> = self.sphere.iter().filter_map(|id| id.parse().ok()).collect();
                spheres.sort_unstable();
                spheres.dedup();
                if spheres.is_empty() {
                    return Err(Error::field("sphere", "Выберите хотя бы одну сферу."));
                }
                Ok(Wish::Spheres(step, spheres))
            }
            _ => Err(Error::field("kind", "Выберите, что сделать.")),
        }
    }
}

/// A list's query as the list itself writes it.
fn query_of(query: &str) -> String {
    let address = companies::list_address(query);
    address.split_once('?').map_or("", |(_, query)| query).to_owned()
}

/// `POST /companies/bulk/`
pub(super) async fn start(State(app): State<App>, viewer: Viewer, Form(typed): Form<Typed>) -> Html {
    let actor = viewer.actor()?;
    let chosen = typed.chosen();
    let back = companies::list_address(&typed.query);
    let count = match actions::count(&app, &actor, &chosen).await {
        Ok(count) => count,
        Err(Error::Invalid(errors)) => {
            let sentence = errors.sentences().collect::<Vec<_>>().join(" ");
            return see_other_with(&back, &flash("warning", sentence));
        }
        Err(other) => return Err(other.into()),
    };
    let errors = if typed.asked.is_some() {
        let drafted = match typed.wish() {
            Ok(wish) => actions::draft(&app, &actor, &chosen, &wish).await,
            Err(error) => Err(error),
        };
        match drafted {
            Ok(id) => return see_other(&paths::show(id)),
            Err(Error::Invalid(errors)) => errors,
            Err(other) => return Err(other.into()),
        }
    } else {
        FieldErrors::default()
    };
    let offers = actions::offers(&app, &actor).await?;
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let drawn = StartPage::of(&viewer, typed, (chosen, count), offers);
    page_with(status, &StartPage { back, errors, ..drawn })
}

impl StartPage {
    fn of(
        viewer: &Viewer,
        typed: Typed,
        (chosen, count): (Chosen, usize),
        (people, dictionaries): (Vec<Person>, Dictionaries),
    ) -> Self {
        let none = Opt::new(NONE, "Без статуса", typed.status == NONE);
        let statuses = dictionaries.statuses.iter().filter(|status| status.is_active);
        let ids = chosen.ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
        Self {
            layout: viewer.layout(Section::Companies),
            title: title(&typed.kind).to_owned(),
            count: text::count(
                i64::try_from(count).unwrap_or(i64::MAX),
                ["компания", "компании", "компаний"],
            ),
            ids: if chosen.is_whole { String::new() } else { ids },
            is_whole: chosen.is_whole,
            query: chosen.query,
            back: String::new(),
            people: people
                .into_iter()
                .map(|person| Opt::new(person.id, person.name, person.id.to_string() == typed.to))
                .collect(),
            statuses: std::iter::once(none)
                .chain(statuses.map(|row| Opt::new(row.id, &row.name, row.id.to_string() == typed.status)))
                .collect(),
            steps: Step::ALL
                .map(|step| Opt::new(step.code(), step.label(), is_step(&typed, step)))
                .to_vec(),
            spheres: dictionaries.spheres.iter().map(|row| sphere(&typed, row)).collect(),
            kind: typed.kind,
            errors: FieldErrors::default(),
        }
    }
}

fn sphere(typed: &Typed, sphere: &Sphere) -> Opt {
    let label = if sphere.is_active {
        sphere.name.clone()
    } else {
        format!("{} (можно только убрать)", sphere.name)
    };
    Opt::new(sphere.id, label, typed.sphere.contains(&sphere.id.to_string()))
}

fn is_step(typed: &Typed, step: Step) -> bool {
    typed.step == step.code() || (typed.step.is_empty() && step == Step::Add)
}

fn title(kind: &str) -> &'static str {
    match kind {
        "give" => "Передать компании",
        "status" => "Изменить статус",
        "spheres" => "Изменить сферы",
        _ => "Что сделать с компаниями?",
    }
}
