//! Making, finding and changing a contact.

use sqlx::PgConnection;
use uuid::Uuid;

use super::relocate::relocate_in;
use crate::app::App;
use crate::audit::{self, Event};
use crate::companies;
use crate::contacts::forms::ContactForm;
use crate::contacts::model::{Contact, Fields};
use crate::contacts::{paths, queries};
use crate::db::snapshot::Part;
use crate::db::submitted::{self, Key};
use crate::error::{Error, Result};
use crate::policy::{Action, Actor, Ties, check};
use crate::values::{CompanyId, ContactId};

/// What belongs to a contact, and contacts to a company.
pub(crate) const PARTS: [Part; 3] = [
    Part::new("contacts", "company_id", "companies"),
    Part::new("contact_phones", "contact_id", "contacts"),
    Part::new("contact_emails", "contact_id", "contacts"),
];

const STALE: &str = "Контакт только что изменил кто-то другой. Откройте его заново.";

/// The most contacts a card shows.
const ON_CARD: i64 = 200;

/// Makes a contact at a company, or without one; `None` when this very form had already made it.
///
/// # Errors
/// [`Error::Denied`] to those who may not change the company, [`Error::Invalid`] with sentences at fields.
pub(crate) async fn create(
    app: &App,
    actor: &Actor,
    company: Option<CompanyId>,
    form: &ContactForm,
    form_key: Option<Uuid>,
) -> Result<Option<ContactId>> {
    let key = form_key.unwrap_or_else(Uuid::new_v4);
    Ok(match make(app, actor, company, form, key.into()).await? {
        Made::Now(id) => Some(id),
        Made::Before(_) => None,
    })
}

/// Which contact came of a wish to make one.
pub(crate) enum Made {
    /// A new one.
    Now(ContactId),
    /// That of an earlier arrival.
    Before(ContactId),
}

/// As [`create`], and tells which one an earlier arrival made.
///
/// # Errors
/// Those of [`create`].
pub(crate) async fn make(
    app: &App,
    actor: &Actor,
    company: Option<CompanyId>,
    form: &ContactForm,
    key: Key,
) -> Result<Made> {
    let mut tx = app.begin().await?;
    if let Some(company) = company {
        companies::admit(&mut tx, actor, company, Action::EditContact).await?;
    } else {
        // Whoever makes a person owns it.
        let (own, branch) = (true, false);
        check(actor, Action::EditPerson, Ties { own, branch })?;
    }
    let fields = form.parse()?;
    let user = actor.user.ok_or(Error::Denied(Action::EditContact))?;
    let key = submitted::key_of(key, &format!("{fields:?}"));
    if let Some(made) = submitted::claim(&mut tx, key, user).await? {
        let id = made.strip_prefix(paths::PEOPLE).and_then(|rest| rest.strip_suffix('/'));
        return Ok(Made::Before(id.and_then(|id| id.parse().ok()).ok_or(Error::NotFound)?));
    }
    let id = queries::insert(&mut tx, actor, company, &fields, app.now()).await?;
    submitted::settle(&mut tx, key, &paths::show(id)).await?;
    let event = Event::new("create", "contact", id, format!("Добавлен контакт «{}»", fields.name()))
        .on(company)
        .with(Fields::changes(&Fields::default(), &fields));
    audit::record(&mut tx, actor, event).await?;
    if let Some(company) = company {
        companies::touch(&mut tx, company, app.now()).await?;
    }
    tx.commit().await?;
    Ok(Made::Now(id))
}

/// A contact that the actor may change; locked until the transaction ends by the lock of its company.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Denied`].
pub(crate) async fn admit(conn: &mut PgConnection, actor: &Actor, id: ContactId) -> Result<Contact> {
    let company = queries::company_of(conn, id).await?.ok_or(Error::NotFound)?;
    // The company's lock comes first: whoever holds it alone changes its contacts.
    if let Some(company) = company {
        companies::admit(conn, actor, company, Action::EditContact).await?;
    }
    let contact = queries::find(conn, id).await?.ok_or(Error::NotFound)?;
    if contact.company != company {
        return Err(Error::Conflict(
            "Контакт только что перевели в другую компанию. Откройте его заново.",
        ));
    }
    if company.is_none() {
        check(actor, Action::EditPerson, contact.ties(actor))?;
    }
    Ok(contact)
}

/// Changes a contact; the same words sent twice change it once.
///
/// # Errors
/// [`Error::Conflict`] when somebody changed it meanwhile; else as [`create`].
pub(crate) async fn update(app: &App, actor: &Actor, id: ContactId, form: &ContactForm) -> Result<Contact> {
    let mut tx = app.begin().await?;
    let after = update_in(&mut tx, app, actor, (id, Some(form.version)), form).await?;
    tx.commit().await?;
    Ok(after)
}

/// Changes a contact and moves it to another company, or out of its own, at once or not at all; `version: None`: whatever
/// it is now.
///
/// # Errors
/// Those of [`update`] and of [`super::relocate`].
pub(crate) async fn write(
    app: &App,
    actor: &Actor,
    (id, version): (ContactId, Option<i32>),
    (form, company): (&ContactForm, Option<CompanyId>),
) -> Result<()> {
    let mut tx = app.begin().await?;
    let before = queries::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    // Words that stand so already are no change, but whoever has seen another version is told.
    if version.is_some_and(|version| version != before.version) {
        return Err(Error::Conflict(STALE));
    }
    let version = if before.company == company {
        version
    } else {
        relocate_in(&mut tx, app, actor, (id, version), company).await?;
        None
    };
    update_in(&mut tx, app, actor, (id, version), form).await?;
    tx.commit().await?;
    Ok(())
}

/// [`update`] within the caller's transaction; `version: None`: whatever it is now.
async fn update_in(
    conn: &mut PgConnection,
    app: &App,
    actor: &Actor,
    (id, version): (ContactId, Option<i32>),
    form: &ContactForm,
) -> Result<Contact> {
    let company = queries::company_of(conn, id).await?.ok_or(Error::NotFound)?;
    // The company's lock comes first: whoever holds it alone changes its contacts.
    if let Some(company) = company {
        companies::admit(conn, actor, company, Action::EditContact).await?;
    }
    let before = queries::find(conn, id).await?.ok_or(Error::NotFound)?;
    if company.is_none() {
        check(actor, Action::EditPerson, before.ties(actor))?;
    }
    let fields = form.parse()?;
    let changes = Fields::changes(&before.fields, &fields);
    let version = version.unwrap_or(before.version);
    if changes.is_empty() {
        return Ok(before);
    }
    let is_current = before.version == version && before.company == company;
    if !is_current || !queries::update(conn, id, version, &fields, app.now()).await? {
        return Err(Error::Conflict(STALE));
    }
    let event = Event::new("update", "contact", id, format!("Изменён контакт «{}»", fields.name()))
        .on(company)
        .with(changes);
    audit::record(conn, actor, event).await?;
    if let Some(company) = company {
        companies::touch(conn, company, app.now()).await?;
    }
    queries::find(conn, id).await?.ok_or(Error::NotFound)
}

/// One contact.
pub(crate) async fn find(app: &App, actor: &Actor, id: ContactId) -> Result<Contact> {
    check(actor, Action::ViewBase, Ties::default())?;
    let mut conn = app.db.acquire().await?;
    queries::find(&mut conn, id).await?.ok_or(Error::NotFound)
}

/// The contacts of a company by last, then first name; at most as many as a card shows.
pub(crate) async fn of_company(conn: &mut PgConnection, actor: &Actor, company: CompanyId) -> Result<Vec<Contact>> {
    check(actor, Action::ViewBase, Ties::default())?;
    Ok(queries::of_company(conn, company, ON_CARD).await?)
}
