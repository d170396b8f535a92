//! `/companies/<uuid>/do-not-call/`: the mark «Не звонить» with its reason, and the end of it.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;

use crate::app::App;
use crate::companies::actions::{self, Marked};
use crate::companies::paths;
use crate::error::Error;
use crate::policy::{Action, may};
use crate::values::CompanyId;
use crate::web::{Form, Html, Layout, Path, Section, Viewer, flash, is_htmx, page_with, see_other_with};

#[derive(Template)]
#[template(path = "companies/do_not_call.html")]
struct MarkPage {
    layout: Layout,
    company: String,
    action: String,
    back: String,
    reason: String,
    /// The reason that the base holds now, which the next save has seen.
    seen: String,
    error: String,
    /// Somebody else was quicker: `reason` is mine, `seen` is theirs.
    is_stale: bool,
    /// The form stands in the card, where «Отмена» takes it away again.
    is_inline: bool,
}

/// `POST /companies/<uuid>/do-not-call/`
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct MarkForm {
    reason: String,
    seen: String,
}

#[derive(Default)]
struct Shown {
    reason: Option<String>,
    error: String,
    is_stale: bool,
    is_inline: bool,
}

async fn show(app: &App, viewer: &Viewer, id: CompanyId, status: StatusCode, shown: Shown) -> Html {
    let (actor, mut conn) = (viewer.actor()?, app.db.acquire().await?);
    let company = actions::find(&mut conn, &actor, id).await?;
    if !may(&actor, Action::EditCompany, company.ties(&actor)) {
        return Err(Error::Denied(Action::EditCompany).into());
    }
    let seen = company.do_not_call.map(|mark| mark.reason).unwrap_or_default();
    page_with(
        status,
        &MarkPage {
            layout: viewer.layout(Section::Companies),
            company: company.fields.name,
            action: paths::do_not_call(id),
            back: paths::show(id),
            reason: shown.reason.unwrap_or_else(|| seen.clone()),
            seen,
            error: shown.error,
            is_stale: shown.is_stale,
            is_inline: shown.is_inline,
        },
    )
}

/// `GET /companies/<uuid>/do-not-call/`
pub(super) async fn edit(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<CompanyId>,
    headers: HeaderMap,
) -> Html {
    let shown = Shown {
        is_inline: is_htmx(&headers),
        ..Shown::default()
    };
    show(&app, &viewer, id, StatusCode::OK, shown).await
}

/// `POST /companies/<uuid>/do-not-call/`
pub(super) async fn update(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<CompanyId>,
    Form(form): Form<MarkForm>,
) -> Html {
    let marked = actions::mark_do_not_call(&app, &viewer.actor()?, id, Some(&form.reason), &form.seen).await;
    let (status, error) = match marked {
        Ok(Marked::Done) => {
            let said = flash("success", "Отмечено: этой компании не звонят.");
            return see_other_with(&paths::show(id), &said);
        }
        Ok(Marked::Stale(_)) => (StatusCode::CONFLICT, String::new()),
        Err(Error::Invalid(errors)) => (StatusCode::UNPROCESSABLE_ENTITY, errors.get("reason").to_owned()),
        Err(error) => return Err(error.into()),
    };
    let shown = Shown {
        reason: Some(form.reason),
        error,
        is_stale: status == StatusCode::CONFLICT,
        is_inline: false,
    };
    show(&app, &viewer, id, status, shown).await
}

/// `POST /companies/<uuid>/do-not-call/clear/`
pub(super) async fn clear(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<CompanyId>,
    Form(form): Form<MarkForm>,
) -> Html {
    match actions::mark_do_not_call(&app, &viewer.actor()?, id, None, &form.seen).await? {
        Marked::Done => {
            let said = flash("success", "Отметка «Не звонить» снята.");
            see_other_with(&paths::show(id), &said)
        }
        // Whoever took the mark off had another reason before the eyes: the new one is shown first.
        Marked::Stale(_) => {
            let said = flash(
                "warning",
                "Отметку только что изменил кто-то другой: прочитайте новую причину.",
            );
            see_other_with(&paths::show(id), &said)
        }
    }
}
