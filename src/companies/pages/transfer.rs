//! `/companies/<uuid>/transfer/`: another responsible.

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;

use crate::accounts::{self, Directory};
use crate::app::App;
use crate::companies::actions;
use crate::companies::model::Company;
use crate::companies::paths;
use crate::error::Error;
use crate::policy::{Action, check};
use crate::values::{CompanyId, UserId};
use crate::web::{
    Form, Html, Layout, Opt, Path, Section, SmallForm, Viewer, flash, page_with, present, see_other_with,
};

#[derive(Template)]
#[template(path = "companies/transfer.html")]
struct TransferPage {
    layout: Layout,
    company: String,
    action: String,
    back: String,
    /// The responsible that is there now; empty: nobody.
    present: String,
    /// Their key, which the next save has seen.
    seen: String,
    heirs: Vec<Opt>,
    error: String,
    /// Somebody else was quicker: the name of the one who was wanted.
    wanted: Option<String>,
    /// The form stands in the card, where «Отмена» takes it away again.
    is_inline: bool,
}

/// `POST /companies/<uuid>/transfer/`
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct TransferForm {
    responsible_id: String,
    #[serde(deserialize_with = "present")]
    seen: Option<String>,
}

/// Those to whom a company can be given.
pub(crate) fn heir_options(directory: &Directory, company: &Company) -> Vec<Opt> {
    let present = company.responsible.as_ref().map(|person| person.id);
    let others = directory.owners().filter(|person| Some(person.id) != present);
    others
        .map(|person| Opt::new(person.id, format!("{} ({})", person.name, person.role.label()), false))
        .collect()
}

async fn show(app: &App, viewer: &Viewer, id: CompanyId, draw: SmallForm) -> Html {
    let directory = accounts::directory(app, viewer.stamp).await?;
    let (actor, mut conn) = (viewer.actor()?, app.db.acquire().await?);
    let company = actions::find(&mut conn, &actor, id).await?;
    check(&actor, Action::TransferCompany, company.ties(&actor))?;
    let mut heirs = heir_options(&directory, &company);
    for heir in &mut heirs {
        heir.selected = draw.typed.as_ref() == Some(&heir.value);
    }
    let wanted = heirs.iter().find(|heir| heir.selected).map(|heir| heir.label.clone());
    let present = company.responsible;
    page_with(
        draw.status,
        &TransferPage {
            layout: viewer.layout(Section::Companies),
            company: company.fields.name,
            action: paths::transfer(id),
            back: paths::show(id),
            seen: present.as_ref().map(|person| person.id.to_string()).unwrap_or_default(),
            present: present.map(|person| person.name).unwrap_or_default(),
            heirs,
            wanted: wanted.filter(|_| draw.is_late()),
            error: draw.error,
            is_inline: draw.is_inline,
        },
    )
}

/// `GET /companies/<uuid>/transfer/`
pub(super) async fn edit(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<CompanyId>,
    headers: HeaderMap,
) -> Html {
    show(&app, &viewer, id, SmallForm::opened(&headers)).await
}

/// `POST /companies/<uuid>/transfer/`
pub(super) async fn update(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<CompanyId>,
    Form(form): Form<TransferForm>,
) -> Html {
    let to = form.responsible_id.parse().map(UserId);
    let to = to.map_err(|_| Error::field("responsible_id", "Выберите, кому передать компанию."));
    let transferred = match to {
        Ok(to) => actions::transfer(&app, &viewer.actor()?, id, to, form.seen.as_deref()).await,
        Err(error) => Err(error),
    };
    match transferred {
        Ok(()) => see_other_with(&paths::show(id), &flash("success", "Компания передана.")),
        Err(error) => {
            let draw = SmallForm::again(error, "responsible_id", form.responsible_id)?;
            show(&app, &viewer, id, draw).await
        }
    }
}
