//! `/mobile-app/`: one's own phones, and connecting one more.

use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse as _;
use serde::Deserialize;

use super::list::{PhoneList, answer, phone_list};
use crate::app::App;
use crate::error::{Error, Result};
use crate::phones::model::Release;
use crate::phones::{actions, paths};
use crate::values::{PhoneId, text, time};
use crate::web::{Html, Layout, Path, Picture, Query, Section, Viewer, fragment, page};

const PAGE: &str = "/mobile-app/";
const PHONES: &str = "/mobile-app/phones/";

#[derive(Template)]
#[template(path = "phones/mine.html")]
struct MinePage {
    layout: Layout,
    phones: PhoneList,
    server: String,
    login: String,
    picture: Option<Shown>,
    latest: Option<Latest>,
}

/// The app that is offered.
struct Latest {
    title: String,
    size: String,
    sha256: String,
    uploaded: String,
    download: String,
    /// What a phone's camera reads to get it without signing in.
    picture: Picture,
}

fn latest(app: &App, viewer: &Viewer, release: &Release) -> Result<Latest> {
    let address = paths::get(&actions::link(app, release));
    Ok(Latest {
        title: release.title(),
        size: text::size(release.size),
        sha256: release.sha256.clone(),
        uploaded: time::date_time(release.uploaded_at, viewer.zone),
        download: paths::download(release.id),
        picture: Picture::of(&format!("{}{address}", app.config.public_url))?,
    })
}

/// A picture to connect by.
struct Shown {
    picture: Picture,
    token: String,
    until: String,
}

async fn render(app: &App, viewer: &Viewer, picture: Option<Shown>) -> Html {
    let actor = viewer.actor()?;
    let phones = actions::mine(app, &actor).await?;
    let release = actions::current(app).await?;
    page(&MinePage {
        latest: release.map(|release| latest(app, viewer, &release)).transpose()?,
        layout: viewer.layout(Section::None),
        phones: phone_list(app, viewer, phones, (PHONES, false)),
        server: app.config.public_url.clone(),
        login: actions::login(app, &actor).await?,
        picture,
    })
}

/// `GET /mobile-app/`
pub(super) async fn show(State(app): State<App>, viewer: Viewer) -> Html {
    render(&app, &viewer, None).await
}

/// `GET /mobile-app/phones/`: the table alone, for a page that waits for a phone to come.
pub(super) async fn list(State(app): State<App>, viewer: Viewer) -> Html {
    let phones = actions::mine(&app, &viewer.actor()?).await?;
    fragment(&phone_list(&app, &viewer, phones, (PHONES, false)))
}

/// `POST /mobile-app/connect/`: the same page with a picture. Each one is read once.
pub(super) async fn connect(State(app): State<App>, viewer: Viewer) -> Html {
    let (token, pairing) = actions::begin_pairing(&app, &viewer.actor()?).await?;
    let shown = Shown {
        picture: Picture::of(&token)?,
        until: time::clock(pairing.expires_at, viewer.zone),
        token,
    };
    render(&app, &viewer, Some(shown)).await
}

#[derive(Deserialize)]
pub(super) struct PictureQuery {
    #[serde(default)]
    token: String,
}

/// `GET /mobile-app/qr.png?token=…`: the picture as a file; its content is the bare secret.
pub(super) async fn picture(State(app): State<App>, viewer: Viewer, Query(query): Query<PictureQuery>) -> Html {
    let found = actions::pairing(&app, &viewer.actor()?, &query.token).await?;
    if found.is_none_or(|pairing| pairing.is_over || pairing.used_at.is_some()) {
        return Err(Error::NotFound.into());
    }
    let png = Picture::png(&query.token)?;
    Ok((StatusCode::OK, [(header::CONTENT_TYPE, "image/png")], png).into_response())
}

/// `POST /mobile-app/phones/<id>/take-off/`
pub(super) async fn take_off(State(app): State<App>, viewer: Viewer, Path(id): Path<PhoneId>) -> Html {
    answer(actions::take_off(&app, &viewer.actor()?, id).await, PAGE)
}
