//! `/contacts/<uuid>/do-not-call/`: the mark «Не звонить» with its reason, and the end of it.

use axum::extract::State;
use axum::http::HeaderMap;

use super::form::place_of;
use super::section;
use crate::app::App;
use crate::contacts::{actions, paths};
use crate::error::Error;
use crate::values::ContactId;
use crate::web::{Form, Html, NoCallForm, NoCallPage, Path, SmallForm, Viewer, flash, see_other_with};

async fn show(app: &App, viewer: &Viewer, id: ContactId, draw: SmallForm) -> Html {
    let actor = viewer.actor()?;
    let contact = actions::find(app, &actor, id).await?;
    // Only for those who may send it.
    place_of(app, &actor, &contact).await?;
    let (back, name) = (paths::show(id), contact.fields.name());
    NoCallPage {
        layout: viewer.layout(section(contact.company)),
        crumbs: vec![
            (paths::PEOPLE.to_owned(), "Контакты".to_owned()),
            (back.clone(), name.clone()),
        ],
        name,
        question: "Почему этому человеку не звонят",
        action: paths::do_not_call(id),
        back,
        seen: contact.do_not_call.map(|mark| mark.reason).unwrap_or_default(),
        draw,
    }
    .answer()
}

/// `GET /contacts/<uuid>/do-not-call/`
pub(super) async fn edit(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<ContactId>,
    headers: HeaderMap,
) -> Html {
    show(&app, &viewer, id, SmallForm::opened(&headers)).await
}

/// `POST /contacts/<uuid>/do-not-call/`
pub(super) async fn update(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<ContactId>,
    Form(form): Form<NoCallForm>,
) -> Html {
    match actions::mark_do_not_call(&app, &viewer.actor()?, id, Some(&form.reason), &form.seen).await {
        Ok(()) => see_other_with(
            &paths::show(id),
            &flash("success", "Отмечено: этому человеку не звонят."),
        ),
        Err(error) => show(&app, &viewer, id, SmallForm::again(error, "reason", form.reason)?).await,
    }
}

/// `POST /contacts/<uuid>/do-not-call/clear/`
pub(super) async fn clear(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<ContactId>,
    Form(form): Form<NoCallForm>,
) -> Html {
    let said = match actions::mark_do_not_call(&app, &viewer.actor()?, id, None, &form.seen).await {
        Ok(()) => flash("success", "Отметка «Не звонить» снята."),
        // Whoever took the mark off had another reason before the eyes: the new one is shown first.
        Err(Error::Conflict(sentence)) => flash("warning", sentence),
        Err(error) => return Err(error.into()),
    };
    see_other_with(&paths::show(id), &said)
}
