//! `/contacts/<uuid>/merge/`: several contacts become one.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;

use crate::app::App;
use crate::contacts::{self, Contact};
use crate::duplicates::actions::{self, PeopleWish};
use crate::error::Error;
use crate::values::{ContactId, time};
use crate::web::{Form, Html, Layout, Path, Query, Section, Viewer, flash, page_with, see_other_with};

/// As on the page of companies.
const TAKE: &str = "take-";

#[derive(Template)]
#[template(path = "duplicates/people.html")]
struct PeoplePage {
    layout: Layout,
    name: String,
    back: String,
    action: String,
    /// Who looks like this one: key, name, what else tells them, whether chosen.
    candidates: Vec<(ContactId, String, String, bool)>,
    hidden: Vec<(&'static str, String)>,
    cards: Vec<PersonView>,
    rows: Vec<RowView>,
    /// What is said of equal phones and does not fit; empty: all fits.
    lost: String,
    error: String,
}

struct PersonView {
    id: ContactId,
    name: String,
    about: String,
    is_kept: bool,
}

struct RowView {
    name: String,
    label: &'static str,
    /// From whom, the value, whether chosen.
    options: Vec<(ContactId, String, bool)>,
}

/// `GET /contacts/<uuid>/merge/?with=`
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    with: Vec<ContactId>,
}

async fn show(app: &App, viewer: &Viewer, ids: &[ContactId], (status, error): (StatusCode, String)) -> Html {
    let actor = viewer.actor()?;
    let all = actions::people(app, &actor, ids).await?;
    let Some((first, _)) = all.first() else {
        return Err(Error::NotFound.into());
    };
    let candidates = actions::candidates(app, &actor, first).await?;
    let candidates = candidates.into_iter().map(|(contact, company)| {
        let is_chosen = ids.contains(&contact.id);
        (contact.id, contact.fields.name(), about(&contact, &company), is_chosen)
    });
    let page = PeoplePage {
        layout: viewer.layout(Section::Contacts),
        name: first.fields.name(),
        back: contacts::paths::show(first.id),
        action: format!("{}merge/", contacts::paths::show(first.id)),
        candidates: candidates.collect(),
        hidden: ids[1..].iter().map(|id| ("with", id.to_string())).collect(),
        lost: lost(&all),
        rows: if all.len() > 1 { rows(&all) } else { Vec::new() },
        cards: if all.len() > 1 { cards(&all) } else { Vec::new() },
        error,
    };
    page_with(status, &page)
}

fn about(contact: &Contact, company: &str) -> String {
    let fields = &contact.fields;
    let phones = fields
        .phones
        .iter()
        .map(|row| row.phone.display())
        .collect::<Vec<_>>()
        .join(", ");
    let emails = fields
        .emails
        .iter()
        .map(|row| row.value.clone())
        .collect::<Vec<_>>()
        .join(", ");
    let parts = [company, &fields.position, &phones, &emails];
    parts
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" · ")
}

/// Kept unless somebody says otherwise is the first with a company, so that nobody loses it by not looking.
fn cards(all: &[(Contact, String)]) -> Vec<PersonView> {
    let kept = all
        .iter()
        .position(|(contact, _)| contact.company.is_some())
        .unwrap_or(0);
    let view = |(at, (contact, company)): (usize, &(Contact, String))| PersonView {
        id: contact.id,
        name: contact.fields.name(),
        about: about(contact, company),
        is_kept: at == kept,
    };
    all.iter().enumerate().map(view).collect()
}

/// What is said of equal phones and e-mails and does not fit.
fn lost(all: &[(Contact, String)]) -> String {
    let Some(((first, _), others)) = all.split_first() else {
        return String::new();
    };
    let others: Vec<&Contact> = others.iter().map(|(contact, _)| contact).collect();
    contacts::lost_words(first, &others)
}

/// Fields of which there are several values.
fn rows(all: &[(Contact, String)]) -> Vec<RowView> {
    let values: Vec<_> = all
        .iter()
        .map(|(contact, _)| contacts::chosen_rows(&contact.fields))
        .collect();
    let mut rows = Vec::new();
    for (at, (field, label, _)) in values[0].iter().enumerate() {
        let mut options: Vec<(ContactId, String, bool)> = Vec::new();
        for ((contact, _), values) in all.iter().zip(&values) {
            let value = &values[at].2;
            if !value.is_empty() && options.iter().all(|(_, other, _)| other != value) {
                options.push((contact.id, value.clone(), options.is_empty()));
            }
        }
        if options.len() > 1 {
            rows.push(RowView {
                name: format!("{TAKE}{field}"),
                label,
                options,
            });
        }
    }
    rows
}

/// `GET /contacts/<uuid>/merge/`
pub(super) async fn ask(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<ContactId>,
    Query(asked): Query<Asked>,
) -> Html {
    let ids = together(id, &asked.with);
    show(&app, &viewer, &ids, (StatusCode::OK, String::new())).await
}

fn together(id: ContactId, with: &[ContactId]) -> Vec<ContactId> {
    let mut ids = vec![id];
    for other in with {
        if !ids.contains(other) {
            ids.push(*other);
        }
    }
    ids.truncate(5);
    ids
}

/// `POST /contacts/<uuid>/merge/`
pub(super) async fn merge(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<ContactId>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Html {
    let (mut kept, mut others, mut picks) = (None, Vec::new(), BTreeMap::new());
    for (name, value) in &pairs {
        let Ok(contact) = value.parse::<ContactId>() else {
            continue;
        };
        match name.as_str() {
            "with" => others.push(contact),
            "keep" => kept = Some(contact),
            name => {
                if let Some(field) = name.strip_prefix(TAKE) {
                    picks.insert(field.to_owned(), contact);
                }
            }
        }
    }
    let ids = together(id, &others);
    let kept = kept.filter(|kept| ids.contains(kept)).or(Some(id));
    let wish = PeopleWish { kept, ids, picks };
    match actions::merge_people(&app, &viewer.actor()?, &wish).await {
        Ok(()) => {
            let until = time::date(
                (app.now() + crate::merges::KEPT)
                    .with_timezone(&viewer.zone)
                    .date_naive(),
            );
            see_other_with(
                &contacts::paths::show(kept.unwrap_or(id)),
                &flash(
                    "success",
                    format!("Контакты объединены. До {until} их можно разъединить."),
                ),
            )
        }
        Err(Error::Invalid(errors)) => {
            let error = errors.sentences().collect::<Vec<_>>().join(" ");
            show(&app, &viewer, &wish.ids, (StatusCode::UNPROCESSABLE_ENTITY, error)).await
        }
        Err(error) => Err(error.into()),
    }
}
