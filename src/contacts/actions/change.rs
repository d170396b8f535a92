//! Making, finding and changing a contact.

use sqlx::PgConnection;
use uuid::Uuid;

use crate::app::App;
use crate::audit::{self, Event};
use crate::companies;
use crate::contacts::forms::ContactForm;
use crate::contacts::model::{Contact, Fields};
use crate::contacts::{paths, queries};
use crate::db::snapshot::Part;
use crate::db::submitted;
use crate::error::{Error, Result};
use crate::policy::{Action, Actor, Ties, check};
use crate::values::{CompanyId, ContactId};

/// What belongs to a contact, and contacts to a company.
pub(crate) const PARTS: [Part; 3] = [
    Part::new("contacts", "company_id", "companies"),
    Part::new("contact_phones", "contact_id", "contacts"),
    Part::new("contact_emails", "contact_id", "contacts"),
];

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
    let mut tx = app.begin().await?;
    if let Some(company) = company {
        companies::admit(&mut tx, actor, company, Action::EditContact).await?;
    } else {
        // Whoever makes a person owns it.
        let (own, branch) = (true, false);
        check(actor, Action::EditPerson, Ties { own, branch })?;
    }
    let fields = form.parse()?;
    if let (Some(form_key), Some(user)) = (form_key, actor.user) {
        let key = submitted::key_of(form_key, &format!("{fields:?}"));
        if submitted::claim(&mut tx, key, user).await?.is_some() {
            return Ok(None);
        }
        let location = company.map_or_else(|| paths::PEOPLE.to_owned(), paths::list);
        submitted::settle(&mut tx, key, &location).await?;
    }
    let id = queries::insert(&mut tx, actor, company, &fields, app.now()).await?;
    let event = Event::new("create", "contact", id, format!("Добавлен контакт «{}»", fields.name()))
        .on(company)
        .with(Fields::changes(&Fields::default(), &fields));
    audit::record(&mut tx, actor, event).await?;
    if let Some(company) = company {
        companies::touch(&mut tx, company, app.now()).await?;
    }
    tx.commit().await?;
    Ok(Some(id))
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
    let company = queries::company_of(&mut tx, id).await?.ok_or(Error::NotFound)?;
    // The company's lock comes first: whoever holds it alone changes its contacts.
    if let Some(company) = company {
        companies::admit(&mut tx, actor, company, Action::EditContact).await?;
    }
    let before = queries::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    if company.is_none() {
        check(actor, Action::EditPerson, before.ties(actor))?;
    }
    let fields = form.parse()?;
    let changes = Fields::changes(&before.fields, &fields);
    if changes.is_empty() {
        return Ok(before);
    }
    let is_current = before.version == form.version && before.company == company;
    if !is_current || !queries::update(&mut tx, id, form.version, &fields, app.now()).await? {
        return Err(Error::Conflict(
            "Контакт только что изменил кто-то другой. Откройте его заново.",
        ));
    }
    let event = Event::new("update", "contact", id, format!("Изменён контакт «{}»", fields.name()))
        .on(company)
        .with(changes);
    audit::record(&mut tx, actor, event).await?;
    if let Some(company) = company {
        companies::touch(&mut tx, company, app.now()).await?;
    }
    let after = queries::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    tx.commit().await?;
    Ok(after)
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
