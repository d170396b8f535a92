//! `/api/contacts/`; a contact is deleted in `trash`.

mod wire;

use axum::extract::State;
use axum::http::StatusCode;

use self::wire::{ContactBody, ContactInput, ContactRow, ListQuery, Ordering, READ_ONLY};
use super::actions::{self, Made};
use super::forms::ContactForm;
use super::model::{Contact, PeopleFilter};
use crate::api::{
    self, ApiError, Bearer, Doc, Here, IdKind, IfMatch, Json, Once, PageOf, Path, Query, Sent, as_seen, item, json,
    page_size, place, upon_what_stands,
};
use crate::app::App;
use crate::error::Error;
use crate::policy::Action;
use crate::values::{CompanyId, ContactId};
use crate::web::{ApiMethod, Guard, Routes};

const GROUP: &str = "Контакты";

/// Names of fields: those of the action, those of the API.
const NAMES: &[(&str, &str)] = &[
    ("phone-", "phones[{row}].number"),
    ("email-", "emails[{row}].value"),
    ("company_id", "company"),
];

/// `/api/contacts/…`, but for deleting.
pub(super) fn routes() -> Routes {
    const ALL: &str = "/api/contacts/";
    const ONE: &str = "/api/contacts/{id}/";
    let change = |summary| {
        Doc::new(GROUP, summary)
            .of(IdKind::Uuid)
            .body::<ContactInput>("Contact", &[])
            .answers::<ContactBody>(200)
            .versioned()
    };
    Routes::new()
        .api(ApiMethod::Get, ALL, Guard::Bearer(Action::ViewBase), list)
        .doc(
            Doc::new(GROUP, "Список с поиском")
                .query::<ListQuery>()
                .answers::<PageOf<ContactRow>>(200),
        )
        .api(ApiMethod::Post, ALL, Guard::Bearer(Action::EditContact), create)
        .doc(
            Doc::new(GROUP, "Создать")
                .body::<ContactInput>("Contact", &[])
                .answers::<ContactBody>(201)
                .once()
                .fails(&[404, 409]),
        )
        .api(ApiMethod::Get, ONE, Guard::Bearer(Action::ViewBase), show)
        .doc(
            Doc::new(GROUP, "Один контакт")
                .of(IdKind::Uuid)
                .answers::<ContactBody>(200),
        )
        .api(ApiMethod::Put, ONE, Guard::Bearer(Action::EditContact), update)
        .doc(change("Записать"))
        .api(ApiMethod::Patch, ONE, Guard::Bearer(Action::EditContact), update)
        .doc(change("Изменить переданные поля"))
}

/// `GET /api/contacts/`
async fn list(State(app): State<App>, bearer: Bearer, here: Here, Query(query): Query<ListQuery>) -> Json {
    let place = place(query.cursor.as_deref())?;
    let size = page_size(query.page_size)?;
    let filter = PeopleFilter {
        company: query.company.map(CompanyId),
        is_rising: query.ordering == Some(Ordering::Updated),
        ..PeopleFilter::read(query.search.as_deref().unwrap_or_default(), false)
    };
    let page = actions::list(&app, &bearer.actor, &filter, (&place, size)).await?;
    json(&here.page(page, |person| ContactRow::from(&person.contact)))
}

/// 409 to whoever deletes a contact as it was before, with the contact as it stands.
pub(crate) async fn stale(app: &App, bearer: &Bearer, id: ContactId) -> ApiError {
    match actions::find(app, &bearer.actor, id).await {
        Ok(contact) => api::stale(&ContactBody::from(&contact)),
        Err(error) => error.into(),
    }
}

fn told(status: StatusCode, contact: &Contact) -> Json {
    item(status, contact.version, &ContactBody::from(contact))
}

/// `GET /api/contacts/<uuid>/`
async fn show(State(app): State<App>, bearer: Bearer, Path(id): Path<ContactId>) -> Json {
    told(StatusCode::OK, &actions::find(&app, &bearer.actor, id).await?)
}

/// `POST /api/contacts/`
async fn create(State(app): State<App>, bearer: Bearer, once: Once, sent: Sent) -> Json {
    let input: ContactInput = sent.read()?;
    let company = input.company.clone().map(CompanyId).or(None);
    let form = input.over(ContactForm::default());
    let made = actions::make(&app, &bearer.actor, company, &form, once.key()).await;
    let made = match made {
        Err(Error::NotFound) if company.is_some() => Err(Error::field("company", "Такой компании нет.")),
        other => other,
    };
    let (Made::Now(id) | Made::Before(id)) = made.map_err(|error| ApiError::from(error).renamed(NAMES))?;
    told(StatusCode::CREATED, &actions::find(&app, &bearer.actor, id).await?)
}

/// `PUT` and `PATCH /api/contacts/<uuid>/`: no field must be there, so that both mean the same.
async fn update(
    State(app): State<App>,
    bearer: Bearer,
    Path(id): Path<ContactId>,
    seen: IfMatch,
    mut sent: Sent,
) -> Json {
    let version = seen.and(sent.version()?)?;
    let is_made = upon_what_stands(version, || write(&app, &bearer, (id, version), sent.clone())).await?;
    let contact = actions::find(&app, &bearer.actor, id).await?;
    if is_made {
        return told(StatusCode::OK, &contact);
    }
    let sent = sent.without(READ_ONLY);
    let meant = ContactBody::with(&contact, sent.clone().read()?);
    Err(sent.late(&ContactBody::from(&contact), meant.as_ref()))
}

async fn write(
    app: &App,
    bearer: &Bearer,
    (id, version): (ContactId, Option<i32>),
    mut sent: Sent,
) -> Result<(), ApiError> {
    let contact = actions::find(app, &bearer.actor, id).await?;
    as_seen(version, contact.version)?;
    sent.echo(&ContactBody::from(&contact), READ_ONLY)?;
    let input: ContactInput = sent.read()?;
    let company = input.company.clone().map(CompanyId).or(contact.company);
    let form = input.over(ContactForm::of(&contact));
    let known = Some(version.unwrap_or(contact.version));
    let written = actions::write(app, &bearer.actor, (id, known), (&form, company)).await;
    written.map_err(|error| ApiError::from(error).renamed(NAMES))
}
