//! `/contacts/`: all people, at companies and without one; and the page of one of them.

use askama::Template;
use axum::extract::State;
use serde::Deserialize;

use super::list::{ContactView, with_same};
use crate::app::App;
use crate::companies;
use crate::contacts::model::{PeopleFilter, Person};
use crate::contacts::{actions, paths};
use crate::db::{PAGE, Place};
use crate::error::Error;
use crate::merges;
use crate::policy::{Action, may_ever};
use crate::values::{ContactId, time};
use crate::web::{Html, Layout, Path, Query, Section, Viewer, flash, page, see_other_with};

#[derive(Template)]
#[template(path = "contacts/index.html")]
struct IndexPage {
    layout: Layout,
    q: String,
    is_lone: bool,
    rows: Vec<Row>,
    /// Where this list is taken away as a file, for those who may.
    export: Option<String>,
    prev: Option<String>,
    next: Option<String>,
}

struct Row {
    contact: ContactView,
    show: String,
    company: Option<(String, String)>,
    updated: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ListQuery {
    q: String,
    lone: Option<String>,
    after: Option<String>,
    before: Option<String>,
}

/// `GET /contacts/`
pub(super) async fn index(State(app): State<App>, viewer: Viewer, Query(query): Query<ListQuery>) -> Html {
    let filter = PeopleFilter::read(&query.q, query.lone.is_some());
    let place = Place::read(query.after.as_deref(), query.before.as_deref());
    let actor = viewer.actor()?;
    let found = actions::list(&app, &actor, &filter, (&place, PAGE)).await?;
    let row = |person: Person| Row {
        show: paths::show(person.contact.id),
        company: person
            .contact
            .company
            .map(|company| (companies::paths::show(company), person.company_name)),
        updated: time::relative(person.contact.updated_at, app.now(), viewer.zone),
        contact: ContactView::from(person.contact),
    };
    let address = |page: &str, name: &str, value: &str| {
        let mut pairs = form_urlencoded::Serializer::new(String::new());
        if !filter.q.is_empty() {
            pairs.append_pair("q", &filter.q);
        }
        if filter.is_lone {
            pairs.append_pair("lone", "1");
        }
        format!("{page}?{}", pairs.append_pair(name, value).finish())
    };
    page(&IndexPage {
        layout: viewer.layout(Section::Contacts),
        rows: found.rows.into_iter().map(row).collect(),
        export: may_ever(&actor, Action::ExportBase).then(|| address(companies::paths::EXPORT, "list", "people")),
        prev: found.before.map(|cursor| address(paths::PEOPLE, "before", &cursor)),
        next: found.after.map(|cursor| address(paths::PEOPLE, "after", &cursor)),
        is_lone: filter.is_lone,
        q: filter.q.clone(),
    })
}

#[derive(Template)]
#[template(path = "contacts/show.html")]
struct ShowPage {
    layout: Layout,
    contact: ContactView,
    note: String,
    company: Option<(String, String)>,
    relocate: String,
    /// Where the mark «Не звонить» is set.
    do_not_call: String,
    /// Who marked it and when.
    marked: Option<(String, String)>,
    may_edit: bool,
    created: String,
    /// Names of those that became part of it, until when they can be parted, and where.
    merges: Vec<(String, String, String)>,
}

/// `GET /contacts/{id}/`
pub(super) async fn show(State(app): State<App>, viewer: Viewer, Path(id): Path<ContactId>) -> Html {
    let actor = viewer.actor()?;
    let contact = match actions::find(&app, &actor, id).await {
        Err(Error::NotFound) => return to_heir(&app, id).await,
        found => found?,
    };
    let may_edit = actions::may_edit(&app, &actor, &contact).await?;
    let mut conn = app.db.acquire().await?;
    let company = match contact.company {
        Some(company) => {
            let name = companies::find(&mut conn, &actor, company).await?.fields.name;
            Some((companies::paths::show(company), name))
        }
        None => None,
    };
    let note = contact.fields.note.clone();
    let mark = contact.do_not_call.clone();
    let marked = mark.map(|mark| (mark.by, time::relative(mark.at, app.now(), viewer.zone)));
    let created = time::relative(contact.updated_at, app.now(), viewer.zone);
    let merges = merges::of_record(&mut conn, id.0, app.now()).await?;
    let merges = merges.into_iter().filter(|_| may_edit).map(|merge| {
        let until = time::date(merge.until.with_timezone(&viewer.zone).date_naive());
        let names = format!("«{}»", merge.names().1.join("», «"));
        (names, until, format!("/duplicates/merges/{}/", merge.id))
    });
    let merges = merges.collect();
    let mut views = with_same(&mut conn, &viewer, vec![contact], None).await?;
    let Some(contact) = views.pop() else {
        return Err(Error::NotFound.into());
    };
    page(&ShowPage {
        layout: viewer.layout(Section::Contacts),
        contact,
        note,
        company,
        relocate: paths::relocate(id),
        do_not_call: paths::do_not_call(id),
        marked,
        may_edit,
        created,
        merges,
    })
}

/// The old address of a contact that has become part of another leads there.
async fn to_heir(app: &App, id: ContactId) -> Html {
    let mut conn = app.db.acquire().await?;
    let heir = actions::heir(&mut conn, id).await?.ok_or(Error::NotFound)?;
    see_other_with(
        &paths::show(heir),
        &flash("info", "Контакт, который вы открыли, объединён с этим."),
    )
}
