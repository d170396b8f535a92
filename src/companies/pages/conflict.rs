//! Somebody else was quicker: the page of two versions for the forms of a company.

use axum::http::StatusCode;

use crate::app::App;
use crate::audit;
use crate::companies::actions;
use crate::companies::model::{Company, Fields};
use crate::companies::paths;
use crate::dictionaries::Dictionaries;
use crate::web::versions::{self, Choice, Row, VersionsPage};
use crate::web::{Html, Section, Viewer, page_with};

fn rows(fields: &Fields, dictionaries: &Dictionaries) -> Vec<Row> {
    actions::with_labels(dictionaries, |labels| fields.rows(labels))
}

/// What a form of these fields shows, see [`versions::fingerprint`].
pub(super) fn fingerprint(fields: &Fields, dictionaries: &Dictionaries) -> String {
    versions::fingerprint(&rows(fields, dictionaries))
}

/// The fields that differ between what was typed and what the base holds.
pub(super) fn choices(mine: &Fields, theirs: &Fields, seen: &str, dictionaries: &Dictionaries) -> Vec<Choice> {
    versions::choices(rows(mine, dictionaries), rows(theirs, dictionaries), seen)
}

/// What the page is made of.
pub(super) struct Question {
    pub(super) action: String,
    /// What was typed, with the version that the base has now.
    pub(super) hidden: Vec<(&'static str, String)>,
    pub(super) choices: Vec<Choice>,
    pub(super) has_form: bool,
}

/// The page itself.
pub(super) async fn ask(app: &App, viewer: &Viewer, company: &Company, question: Question) -> Html {
    let back = paths::show(company.id);
    let crumbs = vec![
        (paths::LIST.to_owned(), "Компании".to_owned()),
        (back.clone(), company.fields.name.clone()),
    ];
    page_with(
        StatusCode::CONFLICT,
        &VersionsPage {
            layout: viewer.layout(Section::Companies),
            title: company.fields.name.clone(),
            crumbs,
            action: question.action,
            back,
            saved_at: audit::last_saved(
                app,
                ("company", company.id.to_string()),
                (company.updated_at, viewer.zone),
            )
            .await?,
            hidden: question.hidden,
            choices: question.choices,
            has_form: question.has_form,
        },
    )
}
