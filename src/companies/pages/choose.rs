//! A piece of a form: companies that a search found, one of which is chosen.

use askama::Template;

use crate::accounts;
use crate::app::App;
use crate::companies::actions;
use crate::error::Result;
use crate::policy::Action;
use crate::values::CompanyId;
use crate::web::Viewer;

/// What is being chosen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chooser<'a> {
    /// What was typed.
    pub(crate) q: &'a str,
    /// The name of the field that carries the chosen company's key.
    pub(crate) field: &'static str,
    /// What was chosen before the form came back.
    pub(crate) chosen: Option<CompanyId>,
    /// A company that cannot be meant.
    pub(crate) but: Option<CompanyId>,
    /// What the chosen one is needed for: others are shown, but cannot be chosen.
    pub(crate) action: Action,
}

/// The companies that were found, as a list of radio buttons.
#[derive(Template)]
#[template(path = "companies/_choices.html")]
pub(crate) struct Choices {
    field: &'static str,
    rows: Vec<Row>,
    /// Whether anything was looked for.
    is_asked: bool,
}

impl askama::filters::HtmlSafe for Choices {}

struct Row {
    id: CompanyId,
    name: String,
    about: String,
    is_chosen: bool,
    may: bool,
}

impl Choices {
    /// Looks for what was typed.
    pub(crate) async fn find(app: &App, viewer: &Viewer, chooser: Chooser<'_>) -> Result<Self> {
        let found = actions::choose(app, &viewer.actor()?, chooser.q, chooser.action).await?;
        let found = found.into_iter().filter(|row| Some(row.company.id) != chooser.but);
        let directory = accounts::directory(app, viewer.stamp).await?;
        let row = |actions::Choice { company, may }| {
            let inn = (!company.inn.is_empty()).then(|| format!("ИНН {}", company.inn));
            let responsible = directory.person(company.responsible_id).to_owned();
            let about = [inn, Some(company.address), Some(responsible)];
            let about = about.into_iter().flatten().filter(|part| !part.is_empty());
            Row {
                about: about.collect::<Vec<_>>().join(" · "),
                is_chosen: may && chooser.chosen == Some(company.id),
                id: company.id,
                name: company.name,
                may,
            }
        };
        Ok(Self {
            field: chooser.field,
            rows: found.map(row).collect(),
            is_asked: !chooser.q.trim().is_empty(),
        })
    }
}
