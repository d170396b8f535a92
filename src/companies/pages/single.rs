//! `/companies/<uuid>/fields/<name>/`: one field alone; a fragment in the card for htmx, a small page for everybody else.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::form::Options;
use crate::app::App;
use crate::companies::actions::{self, Saved, Wish};
use crate::companies::forms::{CompanyForm, Pair};
use crate::companies::model::{Company, field_label};
use crate::companies::paths;
use crate::companies::single::{Control, Single};
use crate::dictionaries::{self, Dictionaries};
use crate::error::{Error, FieldErrors, Result};
use crate::policy::{Action, Actor, may};
use crate::values::{CompanyId, Inn, Kpp, Ogrn};
use crate::web::assets::{self, Assets};
use crate::web::{
    Form, Html, Layout, Opt, Path, Section, Viewer, flash, is_htmx, page_with, see_other, see_other_with,
};

#[derive(Template)]
#[template(path = "companies/field.html")]
struct FieldPage {
    layout: Layout,
    company: String,
    part: FieldForm,
}

#[derive(Template)]
#[template(path = "companies/_field.html")]
struct FieldForm {
    assets: &'static Assets,
    csrf: String,
    action: String,
    back: String,
    is_inline: bool,
    field: Single,
    label: String,
    value: String,
    seen: String,
    hint: &'static str,
    blank: &'static str,
    options: Vec<Opt>,
    /// Rows of phones or e-mails.
    pairs: Vec<Pair>,
    error: String,
    /// What the base holds now and what was typed: somebody else was quicker.
    conflict: Option<(String, String)>,
}

impl askama::filters::HtmlSafe for FieldForm {}

/// A field on its way to the screen.
struct Shown {
    field: Single,
    /// Has what was typed; `None`: nothing was.
    typed: Option<CompanyForm>,
    errors: FieldErrors,
    conflict: Option<(String, String)>,
}

struct Asked<'a> {
    viewer: &'a Viewer,
    company: Company,
    dictionaries: Dictionaries,
    is_inline: bool,
}

impl Asked<'_> {
    fn show(&self, status: StatusCode, shown: Shown) -> Html {
        let layout = self.viewer.layout(Section::Companies);
        let id = self.company.id;
        let mut form = CompanyForm::of(&self.company.fields, self.company.version);
        if let Some(typed) = &shown.typed {
            shown.field.take(typed, &mut form);
        }
        let actor = self.viewer.actor()?;
        let may_cool = may(&actor, Action::CoolCompany, self.company.ties(&actor));
        let options = Options::of(&form, &self.dictionaries, may_cool);
        let (options, blank) = match shown.field.name {
            "contract_type" => (options.contract_types, "Нет"),
            "lead_state" => (options.lead_states, ""),
            "region" => (options.regions, "Не указан"),
            "time_zone" => (options.zones, "По региону или телефону"),
            "status" => (options.statuses, "Не выбран"),
            "spheres" => (options.spheres, ""),
            _ => (Vec::new(), ""),
        };
        let pairs = match shown.field.name {
            "phone" => form.phones(&shown.errors),
            "email" => form.emails(&shown.errors),
            _ => Vec::new(),
        };
        let part = FieldForm {
            assets: assets::urls(),
            csrf: layout.csrf.clone(),
            action: paths::field(id, shown.field.name),
            back: paths::show(id),
            is_inline: self.is_inline,
            field: shown.field,
            label: field_label(shown.field.name).to_owned(),
            value: shown.field.text(&form),
            seen: shown.field.value(&self.company.fields),
            hint: hint(shown.field.name, &form),
            blank,
            options,
            pairs,
            error: shown.errors.get(shown.field.name).to_owned(),
            conflict: shown.conflict,
        };
        if !self.is_inline {
            let company = self.company.fields.name.clone();
            return page_with(status, &FieldPage { layout, company, part });
        }
        let mut answer = page_with(status, &part)?;
        if status != StatusCode::OK {
            // The form asked for the cell of the card; it gets itself back.
            let itself = format!("#field-{}", shown.field.name);
            for (name, value) in [
                ("hx-retarget", itself.as_str()),
                ("hx-reselect", &itself),
                ("hx-reswap", "outerHTML"),
            ] {
                let value = HeaderValue::from_str(value).map_err(anyhow::Error::from)?;
                answer.headers_mut().insert(HeaderName::from_static(name), value);
            }
        }
        Ok(answer)
    }
}

/// How it is written; of a number, what is wrong with it, as the full form says.
fn hint(field: &str, form: &CompanyForm) -> &'static str {
    match field {
        "inn" => Inn::read(&form.inn).warning().unwrap_or_default(),
        "kpp" => Kpp::read(&form.kpp).warning().unwrap_or_default(),
        "ogrn" => Ogrn::read(&form.ogrn).warning().unwrap_or_default(),
        "working_hours" => "Например: пн–пт 9:00–18:00, обед 13–14",
        "contract_amount" => "В рублях. У годового договора: сколько осталось",
        _ => "",
    }
}

async fn asked<'a>(app: &App, viewer: &'a Viewer, id: CompanyId, is_inline: bool) -> Result<(Asked<'a>, Actor)> {
    let (actor, mut conn) = (viewer.actor()?, app.db.acquire().await?);
    let company = actions::find(&mut conn, &actor, id).await?;
    if !may(&actor, Action::EditCompany, company.ties(&actor)) {
        return Err(Error::Denied(Action::EditCompany));
    }
    let dictionaries = dictionaries::all(&mut conn).await?;
    let asked = Asked {
        viewer,
        company,
        dictionaries,
        is_inline,
    };
    Ok((asked, actor))
}

/// `GET /companies/<uuid>/fields/<name>/`
pub(super) async fn edit(
    State(app): State<App>,
    viewer: Viewer,
    Path((id, name)): Path<(CompanyId, String)>,
    headers: HeaderMap,
) -> Html {
    let (asked, _) = asked(&app, &viewer, id, is_htmx(&headers)).await?;
    let field = Single::find(&name).ok_or(Error::NotFound)?;
    let shown = Shown {
        field,
        typed: None,
        errors: FieldErrors::default(),
        conflict: None,
    };
    asked.show(StatusCode::OK, shown)
}

/// `POST /companies/<uuid>/fields/<name>/`
pub(super) async fn update(
    State(app): State<App>,
    viewer: Viewer,
    Path((id, name)): Path<(CompanyId, String)>,
    headers: HeaderMap,
    Form(sent): Form<CompanyForm>,
) -> Html {
    let (asked, actor) = asked(&app, &viewer, id, is_htmx(&headers)).await?;
    let field = Single::find(&name).ok_or(Error::NotFound)?;
    let mut form = CompanyForm::of(&asked.company.fields, asked.company.version);
    field.take(&sent, &mut form);
    // What is wrong with other fields is not this form's business: an import may have brought it.
    let (fields, errors) = form.read(&asked.dictionaries);
    let seen = sent.seen.clone();
    let mut shown = Shown {
        field,
        typed: Some(sent),
        errors: errors.at(field.name),
        conflict: None,
    };
    if !shown.errors.is_empty() {
        return asked.show(StatusCode::UNPROCESSABLE_ENTITY, shown);
    }
    match actions::update_field(&app, &actor, id, Wish { field, fields, seen }).await? {
        Saved::Done if asked.is_inline => see_other(&paths::show(id)),
        Saved::Done => see_other_with(&paths::show(id), &flash("success", "Изменения сохранены.")),
        Saved::Stale { theirs, mine } => {
            shown.conflict = Some((theirs, mine));
            // Read again: the form shows, and the next save has seen, what is there now.
            let (now, _) = self::asked(&app, &viewer, id, asked.is_inline).await?;
            now.show(StatusCode::CONFLICT, shown)
        }
    }
}
