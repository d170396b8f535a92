//! Somebody else was quicker: both versions of a contact, field by field.

use axum::http::StatusCode;

use super::form::{place_of, saved};
use super::section;
use crate::app::App;
use crate::audit;
use crate::companies;
use crate::contacts::forms::ContactForm;
use crate::contacts::model::{Contact, Fields};
use crate::contacts::{actions, paths};
use crate::error::Error;
use crate::values::ContactId;
use crate::web::versions::{self, Row, VersionsPage};
use crate::web::{Html, Viewer, page_with};

fn rows(fields: &Fields) -> Vec<Row> {
    fields.rows().to_vec()
}

/// What the form of a contact shows, see [`versions::fingerprint`].
pub(super) fn fingerprint(contact: &Contact) -> String {
    versions::fingerprint(&rows(&contact.fields))
}

/// When nobody has changed anything that the form shows, it is saved all the same; else both versions are shown.
pub(super) async fn settle(app: &App, viewer: &Viewer, id: ContactId, mut form: ContactForm) -> Html {
    let actor = viewer.actor()?;
    let mine = form.parse()?;
    let mut stored = actions::find(app, &actor, id).await?;
    let mut choices = versions::choices(rows(&mine), rows(&stored.fields), &form.seen);
    if versions::are_all_mine(&choices) {
        form.version = stored.version;
        match actions::update(app, &actor, id, &form).await {
            Ok(contact) => return saved(app, &actor, &contact).await,
            Err(Error::Conflict(_)) => (),
            Err(error) => return Err(error.into()),
        }
        stored = actions::find(app, &actor, id).await?;
        choices = versions::choices(rows(&mine), rows(&stored.fields), &form.seen);
    }
    form.version = stored.version;
    form.seen = fingerprint(&stored);
    let place = place_of(app, &actor, &stored).await?;
    let back = place
        .back
        .map_or_else(|| (paths::show(id), stored.fields.name()), |(href, name)| (href, name));
    let list = if stored.company.is_some() {
        (companies::paths::LIST.to_owned(), "Компании".to_owned())
    } else {
        (paths::PEOPLE.to_owned(), "Контакты".to_owned())
    };
    let page = VersionsPage {
        layout: viewer.layout(section(stored.company)),
        title: stored.fields.name(),
        back: back.0.clone(),
        crumbs: vec![list, back],
        action: paths::edit(id),
        saved_at: audit::last_saved(app, ("contact", id.to_string()), (stored.updated_at, viewer.zone)).await?,
        hidden: form.pairs(),
        choices,
        has_form: true,
    };
    page_with(StatusCode::CONFLICT, &page)
}
