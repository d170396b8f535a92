//! `/companies/export/`: what, in which file, what for; and the file itself.

use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::http::{StatusCode, Uri, header};
use axum::response::IntoResponse as _;
use serde::Deserialize;
use tokio::sync::mpsc;

use crate::app::App;
use crate::companies;
use crate::contacts;
use crate::error::{Error, FieldErrors};
use crate::exports::actions::{self, Begun, Out};
use crate::exports::model::{Format, List, What, Wish};
use crate::exports::paths;
use crate::values::{Origin, text};
use crate::web::{Form, Html, Layout, Section, Viewer, page_with};

#[derive(Template)]
#[template(path = "exports/form.html")]
struct FormPage {
    layout: Layout,
    /// The list that is taken away.
    back: (String, &'static str),
    filter: String,
    whats: Vec<Choice>,
    formats: Vec<Choice>,
    reason: String,
    list: &'static str,
    query: String,
    errors: FieldErrors,
    log: &'static str,
}

struct Choice {
    code: &'static str,
    label: &'static str,
    about: String,
    is_chosen: bool,
}

/// What was sent.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    what: String,
    format: String,
    reason: String,
    list: String,
    query: String,
}

impl Typed {
    /// Of a page that has just been opened, from the address of a list.
    fn of_list(uri: &Uri) -> Self {
        let query = uri.query().unwrap_or_default();
        let list = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "list");
        let list = List::read(list.map(|(_, value)| value.into_owned()).unwrap_or_default().as_str());
        Self {
            what: String::from(match list {
                List::Companies => What::Both.code(),
                List::People => What::Contacts.code(),
            }),
            format: Format::Xlsx.code().to_owned(),
            reason: String::new(),
            list: list.code().to_owned(),
            query: query.to_owned(),
        }
    }

    fn wish(&self, viewer: &Viewer) -> Wish {
        Wish {
            what: What::from_code(&self.what).unwrap_or(What::Both),
            format: Format::from_code(&self.format).unwrap_or(Format::Csv),
            list: List::read(&self.list),
            query: self.query.clone(),
            reason: self.reason.clone(),
            zone: viewer.zone,
        }
    }
}

/// `GET /companies/export/`, with the query of a list.
pub(super) async fn show(State(app): State<App>, viewer: Viewer, origin: Origin, uri: Uri) -> Html {
    let typed = Typed::of_list(&uri);
    actions::refuse(&app, &viewer.actor()?, &origin, &typed.wish(&viewer)).await?;
    draw(&app, &viewer, StatusCode::OK, (&typed, FieldErrors::default())).await
}

/// `POST /companies/export/`
pub(super) async fn create(State(app): State<App>, viewer: Viewer, origin: Origin, Form(typed): Form<Typed>) -> Html {
    let actor = viewer.actor()?;
    let wish = typed.wish(&viewer);
    actions::refuse(&app, &actor, &origin, &wish).await?;
    let format = wish.format;
    match actions::begin(&app, &actor, &origin, wish).await {
        Ok(begun) => Ok(download(app, format, begun)),
        Err(Error::Invalid(errors)) => draw(&app, &viewer, StatusCode::UNPROCESSABLE_ENTITY, (&typed, errors)).await,
        Err(error) => Err(error.into()),
    }
}

/// The file, given away as it is made; the export goes on to its end by itself, so that whatever becomes of the
/// connection is written down.
fn download(app: App, format: Format, begun: Begun) -> axum::response::Response {
    let (pieces, mut inbox) = mpsc::channel(4);
    let headers = [
        (header::CONTENT_TYPE, format.content_type().to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}\"", begun.file_name),
        ),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    tokio::spawn(async move {
        // How it ended stands in the log of exports.
        let _ = begun.run.work(&app, Out::Browser(pieces), &|_| ()).await;
    });
    // Compression asks once more after the end, which an unfolded stream does not bear.
    let pieces = futures::stream::poll_fn(move |context| inbox.poll_recv(context));
    let mut response = (headers, Body::from_stream(pieces)).into_response();
    if format == Format::Xlsx {
        // Packed already: nothing is to be packed once more on its way.
        response.headers_mut().insert(
            header::CONTENT_SECURITY_POLICY,
            header::HeaderValue::from_static("default-src 'none'"),
        );
    }
    response
}

async fn draw(app: &App, viewer: &Viewer, status: StatusCode, (typed, errors): (&Typed, FieldErrors)) -> Html {
    let wish = typed.wish(viewer);
    let outlook = actions::outlook(app, &viewer.actor()?, (wish.list, &wish.query)).await?;
    let what = |what: What| Choice {
        code: what.code(),
        label: what.label(),
        about: text::count(outlook.counts.of(what), ["запись", "записи", "записей"]),
        is_chosen: what == wish.what,
    };
    let format = |format: Format| Choice {
        code: format.code(),
        label: format.label(),
        about: format.about().to_owned(),
        is_chosen: format == wish.format,
    };
    let (section, back) = match wish.list {
        List::Companies => (Section::Companies, (companies::list_address(&typed.query), "Компании")),
        List::People => (Section::Contacts, (contacts::paths::PEOPLE.to_owned(), "Контакты")),
    };
    page_with(
        status,
        &FormPage {
            layout: viewer.layout(section),
            back,
            filter: outlook.filter,
            whats: What::ALL.map(what).into(),
            formats: Format::ALL.map(format).into(),
            reason: typed.reason.clone(),
            list: wish.list.code(),
            query: typed.query.clone(),
            errors,
            log: paths::LOG,
        },
    )
}
