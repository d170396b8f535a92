//! `/login/second-factor/`: a second factor that the role needs, set up before the session.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;

use super::code::begin_again;
use super::door::{Door, let_in};
use super::sign_in::Next;
use crate::accounts::actions::{self, Draft};
use crate::app::App;
use crate::error::{Error, FieldErrors};
use crate::web::{Form, Html, Layout, Picture, Query, Section, Viewer, csrf, own_path, page, page_with, see_other};

#[derive(Template)]
#[template(path = "accounts/enrol.html")]
struct EnrolPage {
    layout: Layout,
    draft: Draft,
    /// What a camera reads.
    picture: Picture,
    next: String,
    errors: FieldErrors,
}

#[derive(Template)]
#[template(path = "accounts/enrolled.html")]
struct EnrolledPage {
    layout: Layout,
    codes: Vec<String>,
    next: String,
}

/// What was typed.
#[derive(Deserialize)]
pub(super) struct EnrolForm {
    #[serde(default)]
    code: String,
    #[serde(default)]
    next: String,
}

/// `GET /login/second-factor/`
pub(super) async fn show(State(app): State<App>, viewer: Viewer, door: Door, Query(query): Query<Next>) -> Html {
    if viewer.actor.is_some() {
        return see_other(own_path(&query.next));
    }
    match actions::enrolment(&app, &door.pending).await? {
        Some(draft) => page(&EnrolPage {
            layout: viewer.layout(Section::None),
            picture: Picture::of(&draft.uri)?,
            draft,
            next: own_path(&query.next).to_owned(),
            errors: FieldErrors::default(),
        }),
        None => begin_again(&app),
    }
}

/// `POST /login/second-factor/`: the recovery codes are shown here and never again.
pub(super) async fn create(State(app): State<App>, viewer: Viewer, door: Door, Form(form): Form<EnrolForm>) -> Html {
    let next = own_path(&form.next).to_owned();
    match actions::enrol(&app, &door.pending, &form.code, door.visitor()).await {
        Ok((opened, codes)) => {
            // The forms of this page belong to the session that it brings.
            let layout = Layout {
                csrf: csrf::token(&app.secret_key, &opened.session),
                ..viewer.layout(Section::None)
            };
            let mut response = page(&EnrolledPage { layout, codes, next })?;
            let_in(&app, &mut response, &opened);
            Ok(response)
        }
        Err(Error::Invalid(errors)) => match actions::enrolment(&app, &door.pending).await? {
            Some(draft) => page_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &EnrolPage {
                    layout: viewer.layout(Section::None),
                    picture: Picture::of(&draft.uri)?,
                    draft,
                    next,
                    errors,
                },
            ),
            None => begin_again(&app),
        },
        Err(Error::NotFound) => begin_again(&app),
        Err(error) => Err(error.into()),
    }
}
