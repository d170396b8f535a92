//! `/settings/trash/<uuid>/`: a record in the trash, and bringing it back.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;

use super::index::by;
use crate::app::App;
use crate::error::{Error, FieldErrors};
use crate::trash::model::Restored;
use crate::trash::{actions, paths};
use crate::values::{Entity, TrashId, text, time};
use crate::web::{Html, Layout, Path, Section, Viewer, flash, page_with, see_other_with};
use crate::{companies, contacts};

#[derive(Template)]
#[template(path = "trash/item.html")]
struct ItemPage {
    layout: Layout,
    entity: &'static str,
    title: String,
    reason: String,
    deleted_by: String,
    deleted_at: String,
    purge_at: String,
    contents: Vec<String>,
    people: Vec<String>,
    facts: Vec<(&'static str, String)>,
    detached: String,
    /// Address and name.
    twins: Vec<(String, String)>,
    /// Where the contact's company lies.
    company_in_trash: Option<String>,
    restore: String,
    erase: String,
    errors: FieldErrors,
}

async fn render(app: &App, viewer: &Viewer, id: TrashId, errors: FieldErrors) -> Html {
    let item = actions::find(app, &viewer.actor()?, id).await?;
    let detached = i64::try_from(item.detached).unwrap_or(i64::MAX);
    let trashed = item.trashed;
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let page = ItemPage {
        layout: viewer.layout(Section::Settings),
        entity: trashed.entity.label(),
        contents: trashed.contents.words(trashed.entity),
        deleted_at: time::date_time(trashed.deleted_at, viewer.zone),
        purge_at: time::date(trashed.purge_at.with_timezone(&viewer.zone).date_naive()),
        deleted_by: by(trashed.deleted_by),
        title: trashed.title,
        reason: trashed.reason,
        people: item.people,
        facts: item.facts,
        detached: if detached == 0 {
            String::new()
        } else {
            text::count(detached, ["компания", "компании", "компаний"])
        },
        twins: item
            .twins
            .into_iter()
            .map(|twin| (companies::paths::show(twin.id), twin.name))
            .collect(),
        company_in_trash: item.company_in_trash.map(paths::item),
        restore: format!("{}restore/", paths::item(id)),
        erase: paths::erase(id),
        errors,
    };
    page_with(status, &page)
}

/// `GET /settings/trash/<uuid>/`
pub(super) async fn show(State(app): State<App>, viewer: Viewer, Path(id): Path<TrashId>) -> Html {
    render(&app, &viewer, id, FieldErrors::default()).await
}

/// `POST /settings/trash/<uuid>/restore/`
pub(super) async fn restore(State(app): State<App>, viewer: Viewer, Path(id): Path<TrashId>) -> Html {
    let restored = match actions::restore(&app, &viewer.actor()?, id).await {
        Ok(restored) => restored,
        Err(Error::Invalid(errors)) => return render(&app, &viewer, id, errors).await,
        Err(error) => return Err(error.into()),
    };
    let tone = if restored.twins.is_empty() && restored.losses.is_empty() {
        "success"
    } else {
        "warning"
    };
    let path = match (restored.entity, restored.company, restored.contact) {
        (Entity::Company, Some(company), _) => companies::paths::show(company),
        (_, Some(company), _) => contacts::paths::list(company),
        (_, None, Some(contact)) => contacts::paths::show(contact),
        (_, None, None) => paths::TRASH.to_owned(),
    };
    see_other_with(&path, &flash(tone, words(&restored)))
}

/// What became of it, in sentences.
fn words(restored: &Restored) -> String {
    let mut words = vec![match restored.entity {
        Entity::Company => "Компания возвращена из корзины со всей карточкой.".to_owned(),
        Entity::Contact => "Контакт возвращён из корзины.".to_owned(),
    }];
    if restored.attached > 0 {
        let attached = i64::try_from(restored.attached).unwrap_or(i64::MAX);
        let attached = text::count(attached, ["филиал", "филиала", "филиалов"]);
        words.push(format!("Снова головная организация: {attached}."));
    }
    if !restored.losses.is_empty() {
        words.push(format!(
            "Не вернулось, потому что этого больше нет в базе: {}.",
            restored.losses.join(", ")
        ));
    }
    if !restored.twins.is_empty() {
        words.push(format!(
            "Осторожно, есть такая же компания: «{}». Сверьте карточки.",
            restored.twins.join("», «")
        ));
    }
    words.join(" ")
}
