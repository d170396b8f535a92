//! `/account/second-factor/…`: codes of the phone and recovery codes of one's own account.

use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse as _;
use serde::Deserialize;

use super::caller;
use crate::accounts::actions::{self, Draft, Status};
use crate::app::App;
use crate::error::{Error, FieldErrors};
use crate::values::{Origin, time};
use crate::web::{Form, Html, Layout, Picture, Section, Viewer, flash, page, page_with, see_other, see_other_with};

const PAGE: &str = "/account/second-factor/";
const SET_UP: &str = "/account/second-factor/set-up/";

#[derive(Template)]
#[template(path = "accounts/factor.html")]
struct FactorPage {
    layout: Layout,
    status: Status,
    /// «24.11.2026 12:30»; empty: off.
    since: String,
    errors: FieldErrors,
}

#[derive(Template)]
#[template(path = "accounts/factor_set_up.html")]
struct SetUpPage {
    layout: Layout,
    draft: Draft,
    /// What a camera reads.
    picture: Picture,
    errors: FieldErrors,
}

#[derive(Template)]
#[template(path = "accounts/recovery_codes.html")]
struct CodesPage {
    layout: Layout,
    codes: Vec<String>,
}

/// What was typed into the small forms of the page; each has one field of its own.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    password: String,
    codes_password: String,
    off_password: String,
    code: String,
}

async fn page_of(app: &App, viewer: &Viewer, errors: FieldErrors) -> Html {
    let status = actions::factor_status(app, &viewer.actor()?).await?;
    let code = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    page_with(
        code,
        &FactorPage {
            layout: viewer.layout(Section::None),
            since: status
                .turned_on_at
                .map(|at| time::date_time(at, viewer.zone))
                .unwrap_or_default(),
            status,
            errors,
        },
    )
}

/// `GET /account/second-factor/`
pub(super) async fn show(State(app): State<App>, viewer: Viewer) -> Html {
    page_of(&app, &viewer, FieldErrors::default()).await
}

/// `POST /account/second-factor/begin/`
pub(super) async fn begin(State(app): State<App>, viewer: Viewer, origin: Origin, Form(form): Form<Typed>) -> Html {
    match actions::begin_factor(&app, &caller(&viewer, &origin)?, &form.password).await {
        Ok(()) => see_other(SET_UP),
        Err(Error::Invalid(errors)) => page_of(&app, &viewer, errors).await,
        Err(error) => Err(error.into()),
    }
}

/// `GET /account/second-factor/set-up/`
pub(super) async fn set_up(State(app): State<App>, viewer: Viewer, origin: Origin) -> Html {
    match actions::factor_draft(&app, &caller(&viewer, &origin)?).await? {
        Some(draft) => page(&SetUpPage {
            layout: viewer.layout(Section::None),
            picture: Picture::of(&draft.uri)?,
            draft,
            errors: FieldErrors::default(),
        }),
        None => see_other(PAGE),
    }
}

/// `POST /account/second-factor/set-up/`: the codes are shown here and never again.
pub(super) async fn confirm(State(app): State<App>, viewer: Viewer, origin: Origin, Form(form): Form<Typed>) -> Html {
    let caller = caller(&viewer, &origin)?;
    match actions::confirm_factor(&app, &caller, &form.code).await {
        Ok(codes) => show_codes(&viewer, codes),
        Err(Error::Invalid(errors)) => {
            let draft = actions::factor_draft(&app, &caller).await?.ok_or(Error::NotFound)?;
            page_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &SetUpPage {
                    layout: viewer.layout(Section::None),
                    picture: Picture::of(&draft.uri)?,
                    draft,
                    errors,
                },
            )
        }
        Err(Error::NotFound) => see_other(PAGE),
        Err(error) => Err(error.into()),
    }
}

fn show_codes(viewer: &Viewer, codes: Vec<String>) -> Html {
    page(&CodesPage {
        layout: viewer.layout(Section::None),
        codes,
    })
}

/// `POST /account/second-factor/codes/`
pub(super) async fn codes(State(app): State<App>, viewer: Viewer, origin: Origin, Form(form): Form<Typed>) -> Html {
    match actions::renew_codes(&app, &caller(&viewer, &origin)?, &form.codes_password).await {
        Ok(codes) => show_codes(&viewer, codes),
        Err(Error::Invalid(errors)) => page_of(&app, &viewer, errors).await,
        Err(Error::NotFound) => see_other(PAGE),
        Err(error) => Err(error.into()),
    }
}

/// The codes that the page has just shown.
#[derive(Deserialize)]
pub(super) struct Shown {
    #[serde(default)]
    code: Vec<String>,
}

/// `POST /account/second-factor/codes/file/`: the shown codes as a file; nothing else than one's own codes is written.
pub(super) async fn file(State(app): State<App>, viewer: Viewer, Form(form): Form<Shown>) -> Html {
    if !actions::are_own_codes(&app, &viewer.actor()?, &form.code).await? {
        return see_other_with(
            PAGE,
            &flash("warning", "Эти коды уже не действуют. Получите новые и сохраните их."),
        );
    }
    let host = app.config.public_url.as_str();
    let text = format!(
        "CRM ПРОФИ, резервные коды\r\n{host}\r\nКаждый код действует один раз.\r\n\r\n{}\r\n",
        form.code.join("\r\n")
    );
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"crm-recovery-codes.txt\"",
        ),
    ];
    Ok((headers, text).into_response())
}

/// `POST /account/second-factor/turn-off/`
pub(super) async fn turn_off(State(app): State<App>, viewer: Viewer, origin: Origin, Form(form): Form<Typed>) -> Html {
    match actions::turn_factor_off(&app, &caller(&viewer, &origin)?, &form.off_password).await {
        Ok(()) => see_other_with(PAGE, &flash("success", "Второй фактор выключен.")),
        Err(Error::Invalid(errors)) => page_of(&app, &viewer, errors).await,
        Err(error) => Err(error.into()),
    }
}
