//! `/companies/<uuid>/do-not-call/`: the mark «Не звонить» with its reason, and the end of it.

use axum::extract::State;
use axum::http::HeaderMap;

use crate::app::App;
use crate::companies::actions;
use crate::companies::paths;
use crate::error::Error;
use crate::policy::{Action, check};
use crate::values::CompanyId;
use crate::web::{Form, Html, NoCallForm, NoCallPage, Path, Section, SmallForm, Viewer, flash, see_other_with};

async fn show(app: &App, viewer: &Viewer, id: CompanyId, draw: SmallForm) -> Html {
    let (actor, mut conn) = (viewer.actor()?, app.db.acquire().await?);
    let company = actions::find(&mut conn, &actor, id).await?;
    check(&actor, Action::EditCompany, company.ties(&actor))?;
    let (back, name) = (paths::show(id), company.fields.name);
    NoCallPage {
        layout: viewer.layout(Section::Companies),
        crumbs: vec![
            (paths::LIST.to_owned(), "Компании".to_owned()),
            (back.clone(), name.clone()),
        ],
        name,
        question: "Почему этой компании не звонят",
        action: paths::do_not_call(id),
        back,
        seen: company.do_not_call.map(|mark| mark.reason).unwrap_or_default(),
        draw,
    }
    .answer()
}

/// `GET /companies/<uuid>/do-not-call/`
pub(super) async fn edit(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<CompanyId>,
    headers: HeaderMap,
) -> Html {
    show(&app, &viewer, id, SmallForm::opened(&headers)).await
}

/// `POST /companies/<uuid>/do-not-call/`
pub(super) async fn update(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<CompanyId>,
    Form(form): Form<NoCallForm>,
) -> Html {
    match actions::mark_do_not_call(&app, &viewer.actor()?, id, Some(&form.reason), &form.seen).await {
        Ok(()) => {
            let said = flash("success", "Отмечено: этой компании не звонят.");
            see_other_with(&paths::show(id), &said)
        }
        Err(error) => show(&app, &viewer, id, SmallForm::again(error, "reason", form.reason)?).await,
    }
}

/// `POST /companies/<uuid>/do-not-call/clear/`
pub(super) async fn clear(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<CompanyId>,
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
