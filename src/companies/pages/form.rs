//! The full form: new and edit.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use uuid::Uuid;

use super::conflict::{self, Question};
use super::duplicates::Row;
use crate::app::App;
use crate::companies::actions::{self, Created};
use crate::companies::forms::{CompanyForm, Pair};
use crate::companies::model::{Company, Fields, lead_state_label};
use crate::companies::paths;
use crate::companies::single::Single;
use crate::dictionaries::{self, Dictionaries};
use crate::error::{Error, FieldErrors, Result};
use crate::policy::{Action, Actor, may};
use crate::values::{CompanyId, Inn, Kpp, Ogrn, time};
use crate::web::versions::{self, Picked};
use crate::web::{Form, Html, Layout, Opt, Path, Section, Viewer, flash, form_key, page_with, see_other_with};

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
}

/// What can be chosen.
pub(super) struct Options {
    pub(super) statuses: Vec<Opt>,
    pub(super) spheres: Vec<Opt>,
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
}

impl Shown {
    fn new() -> Self {
        let title = "Новая компания".to_owned();
        let (errors, twins) = (FieldErrors::default(), Vec::new());
        Self {
            id: None,
            title,
            may_cool: true,
            errors,
            twins,
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
    match actions::create(&app, &actor, &fields, key.into(), form.is_wilful.is_some()).await? {
        Created::At(id) => see_other_with(&paths::show(id), &flash("success", "Компания создана.")),
        Created::Twins(twins) => {
            let shown = Shown {
                twins: twins.into_iter().map(Row::from).collect(),
                ..Shown::new()
            };
            show(&viewer, StatusCode::UNPROCESSABLE_ENTITY, form, &dictionaries, shown)
        }
    }
}

/// The form of a company, with what was typed into it.
fn show_known(
    viewer: &Viewer,
    company: Company,
    form: CompanyForm,
    dictionaries: &Dictionaries,
    errors: FieldErrors,
) -> Html {
    let actor = viewer.actor()?;
    let ties = company.ties(&actor);
    if !may(&actor, Action::EditCompany, ties) {
        return Err(Error::Denied(Action::EditCompany).into());
    }
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let shown = Shown {
        id: Some(company.id),
        title: company.fields.name,
        may_cool: may(&actor, Action::CoolCompany, ties),
        errors,
        twins: Vec::new(),
    };
    show(viewer, status, form, dictionaries, shown)
}

/// `GET /companies/<uuid>/edit/`
pub(super) async fn edit(State(app): State<App>, viewer: Viewer, Path(id): Path<CompanyId>) -> Html {
    let (actor, mut conn) = (viewer.actor()?, app.db.acquire().await?);
    let company = actions::find(&mut conn, &actor, id).await?;
    let dictionaries = dictionaries::all(&mut conn).await?;
    let form = form_of(&company, &dictionaries);
    show_known(&viewer, company, form, &dictionaries, FieldErrors::default())
}

fn form_of(company: &Company, dictionaries: &Dictionaries) -> CompanyForm {
    CompanyForm {
        seen: Some(conflict::fingerprint(&company.fields, dictionaries)),
        ..CompanyForm::of(&company.fields, company.version)
    }
}

/// `POST /companies/<uuid>/edit/`
pub(super) async fn update(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<CompanyId>,
    Picked(mut form, picks): Picked<CompanyForm>,
) -> Html {
    let actor = viewer.actor()?;
    let (company, dictionaries) = stored(&app, &actor, id).await?;
    let present = CompanyForm::of(&company.fields, company.version);
    form.known_site.clone_from(&present.website);
    for field in picks.theirs().filter_map(Single::find) {
        field.take(&present, &mut form);
    }
    if picks.wants_form {
        return show_known(&viewer, company, form, &dictionaries, FieldErrors::default());
    }
    let fields = match form.parse(&dictionaries) {
        Ok(fields) => fields,
        Err(Error::Invalid(errors)) => return show_known(&viewer, company, form, &dictionaries, errors),
        Err(error) => return Err(error.into()),
    };
    match actions::update(&app, &actor, id, form.version, &fields).await {
        Ok(()) => saved(id),
        Err(Error::Invalid(errors)) => show_known(&viewer, company, form, &dictionaries, errors),
        Err(Error::Conflict(_)) => settle(&app, &viewer, id, form, &fields).await,
        Err(error) => Err(error.into()),
    }
}

async fn stored(app: &App, actor: &Actor, id: CompanyId) -> Result<(Company, Dictionaries)> {
    let mut conn = app.db.acquire().await?;
    let company = actions::find(&mut conn, actor, id).await?;
    Ok((company, dictionaries::all(&mut conn).await?))
}

fn saved(id: CompanyId) -> Html {
    see_other_with(&paths::show(id), &flash("success", "Изменения сохранены."))
}

/// Somebody else was quicker. When they changed nothing that the form shows, it is saved all the same; else both versions
/// are shown, field by field.
async fn settle(app: &App, viewer: &Viewer, id: CompanyId, mut form: CompanyForm, fields: &Fields) -> Html {
    let actor = viewer.actor()?;
    let (mut company, dictionaries) = stored(app, &actor, id).await?;
    let seen = form.seen.take().unwrap_or_default();
    let mut choices = conflict::choices(fields, &company.fields, &seen, &dictionaries);
    if versions::are_all_mine(&choices) {
        match actions::update(app, &actor, id, company.version, fields).await {
            Ok(()) => return saved(id),
            Err(Error::Conflict(_)) => (),
            Err(error) => return Err(error.into()),
        }
        company = stored(app, &actor, id).await?.0;
        choices = conflict::choices(fields, &company.fields, &seen, &dictionaries);
    }
    form.version = company.version;
    form.seen = Some(conflict::fingerprint(&company.fields, &dictionaries));
    let question = Question {
        action: paths::edit(id),
        hidden: form.pairs(),
        choices,
        has_form: true,
    };
    conflict::ask(app, viewer, &company, question).await
}
