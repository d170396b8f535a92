//! The full form: new, edit, and what to do when somebody else was quicker.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use uuid::Uuid;

use super::duplicates::Row;
use crate::app::App;
use crate::companies::actions::{self, Created};
use crate::companies::forms::{CompanyForm, Pair};
use crate::companies::model::{Fields, lead_state_label};
use crate::companies::paths;
use crate::dictionaries::{self, Dictionaries};
use crate::error::{Error, FieldErrors};
use crate::policy::{Action, may};
use crate::values::{CompanyId, Inn, Kpp, Ogrn, SphereId, StatusId, time};
use crate::web::{
    Form, Html, Layout, Opt, Path, Section, Viewer, flash, form_key, page_with, see_other, see_other_with,
};

#[derive(Template)]
#[template(path = "companies/form.html")]
struct FormPage {
    layout: Layout,
    title: String,
    /// Where the form is sent, and where «Отмена» leads.
    action: String,
    back: String,
    is_new: bool,
    id: String,
    form: CompanyForm,
    errors: FieldErrors,
    phones: Vec<Pair>,
    emails: Vec<Pair>,
    options: Options,
    hints: Hints,
    /// Cards so much alike that a second one needs a word.
    twins: Vec<Row>,
    /// Label, what the base holds now, what was typed: somebody else was quicker.
    conflict: Vec<(&'static str, String, String)>,
}

/// What can be chosen.
pub(super) struct Options {
    statuses: Vec<Opt>,
    spheres: Vec<Opt>,
    pub(super) contract_types: Vec<Opt>,
    pub(super) lead_states: Vec<Opt>,
    pub(super) regions: Vec<Opt>,
    pub(super) zones: Vec<Opt>,
}

/// Checksums that do not fit: said, never refused.
struct Hints {
    inn: &'static str,
    kpp: &'static str,
    ogrn: &'static str,
}

impl Options {
    pub(super) fn of(form: &CompanyForm, dictionaries: &Dictionaries, may_cool: bool) -> Self {
        let statuses = dictionaries.statuses.iter();
        let statuses = statuses.map(|row| (row.id.to_string(), &row.name, row.is_active));
        let spheres = dictionaries
            .spheres
            .iter()
            .map(|row| (row.id.to_string(), &row.name, row.is_active));
        let kinds = dictionaries
            .contract_types
            .iter()
            .map(|row| (row.code.clone(), &row.name, row.is_active));
        // A value that is no longer offered stays with those who have it.
        let option = |(value, name, is_active): (String, &String, bool), is_chosen: bool| {
            (is_active || is_chosen).then(|| Opt::new(value, name, is_chosen))
        };
        let states = if may_cool || form.lead_state == "cold" {
            &["warm", "cold"][..]
        } else {
            &["warm"][..]
        };
        Self {
            statuses: statuses
                .filter_map(|row| {
                    let is = row.0 == form.status;
                    option(row, is)
                })
                .collect(),
            spheres: spheres
                .filter_map(|row| {
                    let is = form.spheres.contains(&row.0);
                    option(row, is)
                })
                .collect(),
            contract_types: kinds
                .filter_map(|row| {
                    let is = row.0 == form.contract_type;
                    option(row, is)
                })
                .collect(),
            lead_states: states.iter().map(|code| state(code, &form.lead_state)).collect(),
            regions: dictionaries
                .regions
                .iter()
                .filter_map(|row| {
                    let is = row.id.to_string() == form.region;
                    option((row.id.to_string(), &row.name, row.is_active), is)
                })
                .collect(),
            zones: time::RUSSIAN_ZONES
                .iter()
                .map(|(zone, label)| Opt::new(zone, *label, *zone == form.time_zone))
                .collect(),
        }
    }
}

fn state(code: &str, chosen: &str) -> Opt {
    Opt::new(
        code,
        lead_state_label(code),
        code == chosen || (chosen.is_empty() && code == "warm"),
    )
}

/// What differs between pages of the same form.
struct Shown {
    id: Option<CompanyId>,
    title: String,
    may_cool: bool,
    errors: FieldErrors,
    twins: Vec<Row>,
    conflict: Vec<(&'static str, String, String)>,
}

impl Shown {
    fn new() -> Self {
        let title = "Новая компания".to_owned();
        let (errors, twins, conflict) = (FieldErrors::default(), Vec::new(), Vec::new());
        Self {
            id: None,
            title,
            may_cool: true,
            errors,
            twins,
            conflict,
        }
    }
}

fn show(viewer: &Viewer, status: StatusCode, form: CompanyForm, dictionaries: &Dictionaries, shown: Shown) -> Html {
    let hint = |warning: Option<&'static str>| warning.unwrap_or_default();
    let back = shown.id.map_or_else(|| paths::LIST.to_owned(), paths::show);
    page_with(
        status,
        &FormPage {
            layout: viewer.layout(Section::Companies),
            title: shown.title,
            action: shown.id.map_or_else(|| paths::NEW.to_owned(), paths::edit),
            back,
            is_new: shown.id.is_none(),
            id: shown.id.map(|id| id.to_string()).unwrap_or_default(),
            phones: form.phones(&shown.errors),
            emails: form.emails(&shown.errors),
            options: Options::of(&form, dictionaries, shown.may_cool),
            hints: Hints {
                inn: hint(Inn::read(&form.inn).warning()),
                kpp: hint(Kpp::read(&form.kpp).warning()),
                ogrn: hint(Ogrn::read(&form.ogrn).warning()),
            },
            errors: shown.errors,
            twins: shown.twins,
            conflict: shown.conflict,
            form,
        },
    )
}

/// `GET /companies/new/`
pub(super) async fn new(State(app): State<App>, viewer: Viewer) -> Html {
    let dictionaries = dictionaries::all(&mut *app.db.acquire().await?).await?;
    let form = CompanyForm {
        form_key: form_key(),
        ..CompanyForm::default()
    };
    show(&viewer, StatusCode::OK, form, &dictionaries, Shown::new())
}

/// `POST /companies/new/`
pub(super) async fn create(State(app): State<App>, viewer: Viewer, Form(form): Form<CompanyForm>) -> Html {
    let actor = viewer.actor()?;
    let dictionaries = dictionaries::all(&mut *app.db.acquire().await?).await?;
    let fields = match form.parse(&dictionaries) {
        Ok(fields) => fields,
        Err(Error::Invalid(errors)) => {
            let shown = Shown { errors, ..Shown::new() };
            return show(&viewer, StatusCode::UNPROCESSABLE_ENTITY, form, &dictionaries, shown);
        }
        Err(error) => return Err(error.into()),
    };
    let key: Uuid = form.form_key.parse().unwrap_or_else(|_| Uuid::new_v4());
    match actions::create(&app, &actor, &fields, key, form.is_wilful.is_some()).await? {
        Created::At(location) => see_other_with(&location, &flash("success", "Компания создана.")),
        Created::Twins(twins) => {
            let shown = Shown {
                twins: twins.into_iter().map(Row::from).collect(),
                ..Shown::new()
            };
            show(&viewer, StatusCode::UNPROCESSABLE_ENTITY, form, &dictionaries, shown)
        }
    }
}

/// `GET /companies/<uuid>/edit/`
pub(super) async fn edit(State(app): State<App>, viewer: Viewer, Path(id): Path<CompanyId>) -> Html {
    let (actor, mut conn) = (viewer.actor()?, app.db.acquire().await?);
    let company = actions::find(&mut conn, &actor, id).await?;
    let ties = company.ties(&actor);
    if !may(&actor, Action::EditCompany, ties) {
        return Err(Error::Denied(Action::EditCompany).into());
    }
    let dictionaries = dictionaries::all(&mut conn).await?;
    let form = CompanyForm::of(&company.fields, company.version);
    let may_cool = may(&actor, Action::CoolCompany, ties);
    let shown = Shown {
        id: Some(id),
        title: company.fields.name,
        may_cool,
        ..Shown::new()
    };
    show(&viewer, StatusCode::OK, form, &dictionaries, shown)
}

/// `POST /companies/<uuid>/edit/`
pub(super) async fn update(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<CompanyId>,
    Form(mut form): Form<CompanyForm>,
) -> Html {
    let (actor, mut conn) = (viewer.actor()?, app.db.acquire().await?);
    let dictionaries = dictionaries::all(&mut conn).await?;
    let parsed = form.parse(&dictionaries);
    let result = match &parsed {
        Ok(fields) => {
            drop(conn);
            let result = actions::update(&app, &actor, id, form.version, fields).await;
            conn = app.db.acquire().await?;
            result
        }
        Err(Error::Invalid(errors)) => Err(Error::Invalid(errors.clone())),
        Err(_) => return see_other(&paths::edit(id)),
    };
    let (status, errors) = match result {
        Ok(()) => return see_other_with(&paths::show(id), &flash("success", "Изменения сохранены.")),
        Err(Error::Invalid(errors)) => (StatusCode::UNPROCESSABLE_ENTITY, errors),
        Err(Error::Conflict(_)) => (StatusCode::CONFLICT, FieldErrors::default()),
        Err(error) => return Err(error.into()),
    };
    let company = actions::find(&mut conn, &actor, id).await?;
    let ties = company.ties(&actor);
    if !may(&actor, Action::EditCompany, ties) {
        return Err(Error::Denied(Action::EditCompany).into());
    }
    let conflict = match (&parsed, status) {
        (Ok(fields), StatusCode::CONFLICT) => {
            // The next save is meant: both versions were seen.
            form.version = company.version;
            differences(&company.fields, fields, &dictionaries)
        }
        _ => Vec::new(),
    };
    let may_cool = may(&actor, Action::CoolCompany, ties);
    let title = company.fields.name;
    show(
        &viewer,
        status,
        form,
        &dictionaries,
        Shown {
            id: Some(id),
            title,
            may_cool,
            errors,
            conflict,
            twins: Vec::new(),
        },
    )
}

/// The answer to a quick form that came too late: the full form with both versions, `wanted` put into it.
pub(super) async fn stale(
    app: &App,
    viewer: &Viewer,
    id: CompanyId,
    wanted: (Option<StatusId>, Vec<SphereId>),
) -> Html {
    let (actor, mut conn) = (viewer.actor()?, app.db.acquire().await?);
    let company = actions::find(&mut conn, &actor, id).await?;
    let dictionaries = dictionaries::all(&mut conn).await?;
    let mut fields = company.fields.clone();
    (fields.status, fields.spheres) = wanted;
    let shown = Shown {
        id: Some(id),
        may_cool: may(&actor, Action::CoolCompany, company.ties(&actor)),
        conflict: differences(&company.fields, &fields, &dictionaries),
        title: company.fields.name,
        ..Shown::new()
    };
    let form = CompanyForm::of(&fields, company.version);
    show(viewer, StatusCode::CONFLICT, form, &dictionaries, shown)
}

fn differences(now: &Fields, typed: &Fields, dictionaries: &Dictionaries) -> Vec<(&'static str, String, String)> {
    actions::with_labels(dictionaries, |labels| {
        let pairs = now.rows(labels).into_iter().zip(typed.rows(labels));
        let pairs = pairs.filter(|((_, _, now), (_, _, typed))| now != typed);
        pairs
            .map(|((_, label, now), (_, _, typed))| (label, now, typed))
            .collect()
    })
}
