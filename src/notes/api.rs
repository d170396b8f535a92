//! `/api/company-notes/`

use std::collections::BTreeSet;

use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::actions::{self, Made};
use super::model::{Draft, Filter, Note, parse_text};
use crate::api::{
    ApiError, Bearer, Doc, Field, Here, IdKind, IfMatch, Json, Once, PageOf, Path, Query, Sent, as_seen, item, json,
    no_content, page_size, place, stale, upon_what_stands,
};
use crate::app::App;
use crate::budget;
use crate::companies::Terms;
use crate::error::Error;
use crate::policy::Action;
use crate::values::{CompanyId, NoteId, Origin};
use crate::web::{ApiMethod, Guard, Routes};

const GROUP: &str = "Заметки";

/// `/api/company-notes/…`
pub(super) fn routes() -> Routes {
    const ALL: &str = "/api/company-notes/";
    const ONE: &str = "/api/company-notes/{id}/";
    let change = |summary, name, required| {
        Doc::new(GROUP, summary)
            .of(IdKind::Number)
            .body::<NoteInput>(name, required)
            .answers::<NoteBody>(200)
            .versioned()
    };
    Routes::new()
        .api(ApiMethod::Get, ALL, Guard::Bearer(Action::ViewBase), list)
        .doc(
            Doc::new(GROUP, "Список с поиском")
                .query::<ListQuery>()
                .answers::<PageOf<NoteBody>>(200),
        )
        .api(ApiMethod::Post, ALL, Guard::Bearer(Action::AddNote), create)
        .doc(
            Doc::new(GROUP, "Написать")
                .body::<NoteInput>("NewNote", &["company", "text"])
                .answers::<NoteBody>(201)
                .once()
                .fails(&[404, 409]),
        )
        .api(ApiMethod::Get, ONE, Guard::Bearer(Action::ViewBase), show)
        .doc(
            Doc::new(GROUP, "Одна заметка")
                .of(IdKind::Number)
                .answers::<NoteBody>(200),
        )
        .api(ApiMethod::Put, ONE, Guard::Bearer(Action::EditNote), replace)
        .doc(change("Записать", "NewNote", &["company", "text"]))
        .api(ApiMethod::Patch, ONE, Guard::Bearer(Action::EditNote), update)
        .doc(change("Изменить переданные поля", "NoteChange", &[]))
        .api(ApiMethod::Delete, ONE, Guard::Bearer(Action::DeleteNote), delete)
        .doc(Doc::new(GROUP, "Удалить свою").of(IdKind::Number).versioned())
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    #[param(value_type = Option<String>, pattern = "^[^\\u0000]*$")]
    search: Option<String>,
    #[param(value_type = Option<Ordering>, inline)]
    ordering: Option<Ordering>,
    company: Option<Uuid>,
    cursor: Option<String>,
    #[param(minimum = 1, maximum = 100)]
    page_size: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(as = NoteOrdering)]
enum Ordering {
    #[serde(rename = "-created_at")]
    Latest,
    #[serde(rename = "created_at")]
    Oldest,
}

#[derive(Debug, Serialize, ToSchema)]
struct NoteFile {
    id: Uuid,
    name: String,
    size: i64,
}

#[derive(Debug, Serialize, ToSchema)]
struct NoteBody {
    id: i64,
    company: Uuid,
    author: Option<i64>,
    text: String,
    is_pinned: bool,
    files: Vec<NoteFile>,
    version: i32,
    created_at: DateTime<Utc>,
    edited_at: Option<DateTime<Utc>>,
}

/// What can only be read, but for the version. A note stays at its company.
const READ_ONLY: &[&str] = &[
    "id",
    "company",
    "author",
    "is_pinned",
    "files",
    "created_at",
    "edited_at",
];

impl From<&Note> for NoteBody {
    fn from(note: &Note) -> Self {
        let files = note.files.iter().map(|file| NoteFile {
            id: file.id.0,
            name: file.name.clone(),
            size: file.size,
        });
        Self {
            id: note.id.0,
            company: note.company.0,
            author: note.author.map(|id| id.0),
            text: note.text.clone(),
            is_pinned: note.is_pinned,
            files: files.collect(),
            version: note.version,
            created_at: note.created_at,
            edited_at: note.edited_at,
        }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NoteInput {
    #[serde(default)]
    #[schema(value_type = Uuid, required = false)]
    company: Field<Uuid>,
    #[serde(default)]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 20000,
             pattern = "^[^\\u0000]*\\S[^\\u0000]*$")]
    text: Field<String>,
}

impl NoteInput {
    /// What a note is to say.
    fn over(self, note: &Note) -> String {
        let mut text = note.text.clone();
        self.text.write(&mut text);
        text
    }
}

/// `GET /api/company-notes/`
async fn list(
    State(app): State<App>,
    bearer: Bearer,
    origin: Origin,
    here: Here,
    Query(query): Query<ListQuery>,
) -> Json {
    let place = place(query.cursor.as_deref())?;
    let size = page_size(query.page_size)?;
    let terms = Terms::read(query.search.as_deref().unwrap_or_default());
    let filter = Filter {
        company: query.company.map(CompanyId),
        words: terms.map(|terms| terms.query),
        is_rising: query.ordering == Some(Ordering::Oldest),
    };
    let page = actions::list(&app, &bearer.actor, &filter, (&place, size)).await?;
    // Whole texts are a part of their cards, whichever way they are read.
    let cards: BTreeSet<Uuid> = page.rows.iter().map(|note| note.company.0).collect();
    budget::read(&app, &bearer, &origin, cards).await?;
    json(&here.page(page, |note| NoteBody::from(&note)))
}

fn told(status: StatusCode, note: &Note) -> Json {
    item(status, note.version, &NoteBody::from(note))
}

/// `GET /api/company-notes/<id>/`
async fn show(State(app): State<App>, bearer: Bearer, origin: Origin, Path(id): Path<NoteId>) -> Json {
    let note = actions::find_any(&app, &bearer.actor, id).await?;
    budget::read(&app, &bearer, &origin, [note.company.0]).await?;
    told(StatusCode::OK, &note)
}

/// `POST /api/company-notes/`
async fn create(State(app): State<App>, bearer: Bearer, once: Once, sent: Sent) -> Json {
    sent.must_have(&["company", "text"])?;
    let input: NoteInput = sent.read()?;
    let Field::Set(company) = input.company else {
        return Err(Error::field("company", "This field may not be null.").into());
    };
    let draft = Draft {
        text: input.text.or(None).unwrap_or_default(),
        ..Draft::default()
    };
    let made = actions::make(&app, &bearer.actor, CompanyId(company), (&draft, once.key())).await;
    let made = match made {
        Err(Error::NotFound) => return Err(Error::field("company", "Такой компании нет.").into()),
        other => other?,
    };
    let (Made::Now(id) | Made::Before(Some(id))) = made else {
        return Err(Error::NotFound.into());
    };
    told(StatusCode::CREATED, &actions::find_any(&app, &bearer.actor, id).await?)
}

/// `PUT /api/company-notes/<id>/`
async fn replace(State(app): State<App>, bearer: Bearer, Path(id): Path<NoteId>, seen: IfMatch, sent: Sent) -> Json {
    sent.must_have(&["company", "text"])?;
    change(&app, &bearer, id, seen, sent).await
}

/// `PATCH /api/company-notes/<id>/`
async fn update(State(app): State<App>, bearer: Bearer, Path(id): Path<NoteId>, seen: IfMatch, sent: Sent) -> Json {
    change(&app, &bearer, id, seen, sent).await
}

async fn change(app: &App, bearer: &Bearer, id: NoteId, seen: IfMatch, mut sent: Sent) -> Json {
    let version = seen.and(sent.version()?)?;
    let is_made = upon_what_stands(version, || write(app, bearer, (id, version), sent.clone())).await?;
    let note = actions::find_any(app, &bearer.actor, id).await?;
    if is_made {
        return told(StatusCode::OK, &note);
    }
    let sent = sent.without(READ_ONLY);
    let text = sent.clone().read::<NoteInput>()?.over(&note);
    let meant = parse_text(&text, note.files.len()).map(|text| NoteBody {
        text,
        ..NoteBody::from(&note)
    });
    Err(sent.late(&NoteBody::from(&note), meant.ok().as_ref()))
}

async fn write(
    app: &App,
    bearer: &Bearer,
    (id, version): (NoteId, Option<i32>),
    mut sent: Sent,
) -> Result<(), ApiError> {
    let note = actions::find_any(app, &bearer.actor, id).await?;
    as_seen(version, note.version)?;
    sent.echo(&NoteBody::from(&note), READ_ONLY)?;
    let draft = Draft {
        text: sent.read::<NoteInput>()?.over(&note),
        version: note.version,
        ..Draft::default()
    };
    Ok(actions::edit(app, &bearer.actor, (note.company, id), &draft).await?)
}

/// `DELETE /api/company-notes/<id>/`
async fn delete(State(app): State<App>, bearer: Bearer, Path(id): Path<NoteId>, seen: IfMatch) -> Json {
    let seen = seen.and(None)?;
    let note = actions::find_any(&app, &bearer.actor, id).await?;
    let delete = || async {
        actions::delete(&app, &bearer.actor, note.company, (id, seen)).await?;
        Ok(())
    };
    if upon_what_stands(seen, delete).await? {
        Ok(no_content())
    } else {
        let note = actions::find_any(&app, &bearer.actor, id).await?;
        Err(stale(&NoteBody::from(&note)))
    }
}
