//! The form of a contact: new, known, refused.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;

use super::conflict;
use super::same::Same;
use super::section;
use crate::app::App;
use crate::companies;
use crate::contacts::forms::{ContactForm, TypedRow};
use crate::contacts::model::{Contact, EmailKind, PhoneKind};
use crate::contacts::{actions, paths};
use crate::error::{Error, FieldErrors, Result};
use crate::policy::{Action, Actor, check};
use crate::values::{CompanyId, ContactId, text};
use crate::web::versions::Picked;
use crate::web::{Flash, Form, Html, Layout, Opt, Path, Viewer, flash, form_key, page, page_with, see_other_with};

/// Rows that wait for more numbers on a page without script.
const SPARE_ROWS: usize = 2;

#[derive(Template)]
#[template(path = "contacts/edit.html")]
struct EditPage {
    layout: Layout,
    title: String,
    action: String,
    /// Where «Отмена» and the crumbs lead: the card and its name; none for a contact without a company.
    back: Option<(String, String)>,
    form: ContactForm,
    phones: Vec<RowView>,
    emails: Vec<RowView>,
    blank_phone: RowView,
    blank_email: RowView,
    errors: FieldErrors,
    /// Where a known contact is deleted; empty: a new one.
    delete: String,
    /// Where it goes over to another company; empty: a new one.
    relocate: String,
    /// Where the mark «Не звонить» is set; empty: a new one.
    do_not_call: String,
    /// Why nobody calls them; `None`: people do.
    no_call: Option<String>,
    /// The contact itself, whose numbers are not others'; empty: a new one.
    but: String,
    same: Same,
}

/// One row of phones or e-mails.
struct RowView {
    id: String,
    kinds: Vec<Opt>,
    value: String,
    comment: String,
    error: String,
}

impl EditPage {
    fn new(viewer: &Viewer, place: Place, form: ContactForm, errors: FieldErrors, same: Same) -> Self {
        let phone_kinds = |code: &str| options(PhoneKind::ALL.map(|kind| (kind.code(), kind.label())), code);
        let email_kinds = |code: &str| options(EmailKind::ALL.map(|kind| (kind.code(), kind.label())), code);
        Self {
            layout: viewer.layout(section(place.company)),
            title: place.title,
            action: place.action,
            back: place.back,
            phones: row_views("phone", &form.phone_rows(), phone_kinds, &errors),
            emails: row_views("email", &form.email_rows(), email_kinds, &errors),
            blank_phone: RowView::blank("phone-__n__".to_owned(), phone_kinds("")),
            blank_email: RowView::blank("email-__n__".to_owned(), email_kinds("")),
            form,
            errors,
            delete: place.id.map(paths::delete).unwrap_or_default(),
            relocate: place.id.map(paths::relocate).unwrap_or_default(),
            do_not_call: place.id.map(paths::do_not_call).unwrap_or_default(),
            no_call: place.no_call,
            but: place.id.map(|id| id.to_string()).unwrap_or_default(),
            same,
        }
    }
}

impl RowView {
    fn blank(id: String, kinds: Vec<Opt>) -> Self {
        Self {
            id,
            kinds,
            value: String::new(),
            comment: String::new(),
            error: String::new(),
        }
    }
}

fn options<const N: usize>(kinds: [(&str, &str); N], chosen: &str) -> Vec<Opt> {
    kinds
        .into_iter()
        .map(|(code, label)| Opt::new(code, label, code == chosen))
        .collect()
}

/// The typed rows in their places, so that each finds its sentence, and spare ones.
fn row_views(
    name: &str,
    typed: &[TypedRow<'_>],
    kinds: impl Fn(&str) -> Vec<Opt>,
    errors: &FieldErrors,
) -> Vec<RowView> {
    let view = |(place, row): (usize, &TypedRow<'_>)| {
        let id = format!("{name}-{place}");
        let error = errors.get(&id).to_owned();
        RowView {
            kinds: kinds(row.kind),
            value: row.value.to_owned(),
            comment: row.comment.to_owned(),
            error,
            id,
        }
    };
    let written = typed.iter().rposition(|row| !row.is_blank()).map_or(0, |last| last + 1);
    let spare = (written..written + SPARE_ROWS).map(|place| RowView::blank(format!("{name}-{place}"), kinds("")));
    typed.iter().take(written).enumerate().map(view).chain(spare).collect()
}

/// What the page is about.
pub(super) struct Place {
    title: String,
    action: String,
    pub(super) back: Option<(String, String)>,
    company: Option<CompanyId>,
    /// `None`: a new contact.
    id: Option<ContactId>,
    /// Why nobody calls them.
    no_call: Option<String>,
}

/// The form of a new contact; only for those who may send it.
async fn place_of_new(app: &App, actor: &Actor, company: Option<CompanyId>) -> Result<Place> {
    let title = "Новый контакт".to_owned();
    let Some(id) = company else {
        return Ok(Place {
            title,
            action: paths::NEW_PERSON.to_owned(),
            back: None,
            company: None,
            id: None,
            no_call: None,
        });
    };
    let mut conn = app.db.acquire().await?;
    let found = companies::find(&mut conn, actor, id).await?;
    check(actor, Action::EditContact, found.ties(actor))?;
    Ok(Place {
        title,
        action: paths::new(id),
        back: Some((paths::list(id), found.fields.name)),
        company,
        id: None,
        no_call: None,
    })
}

/// The form of a known contact; only for those who may send it.
pub(super) async fn place_of(app: &App, actor: &Actor, contact: &Contact) -> Result<Place> {
    let mut place = Place {
        title: contact.fields.name(),
        action: paths::edit(contact.id),
        back: None,
        company: contact.company,
        id: Some(contact.id),
        no_call: contact.do_not_call.as_ref().map(|mark| mark.reason.clone()),
    };
    let Some(id) = contact.company else {
        check(actor, Action::EditPerson, contact.ties(actor))?;
        return Ok(place);
    };
    let mut conn = app.db.acquire().await?;
    let company = companies::find(&mut conn, actor, id).await?;
    check(actor, Action::EditContact, company.ties(actor))?;
    place.back = Some((paths::list(id), company.fields.name));
    Ok(place)
}

/// The page with what is typed, and with those who have its numbers too.
async fn draw(app: &App, viewer: &Viewer, place: Place, form: ContactForm, errors: FieldErrors) -> Result<EditPage> {
    let same = Same::of(app, &viewer.actor()?, &form.phone, place.id).await?;
    Ok(EditPage::new(viewer, place, form, errors, same))
}

async fn show_new(app: &App, viewer: &Viewer, company: Option<CompanyId>) -> Html {
    let place = place_of_new(app, &viewer.actor()?, company).await?;
    let form = ContactForm {
        form_key: form_key(),
        ..ContactForm::default()
    };
    page(&draw(app, viewer, place, form, FieldErrors::default()).await?)
}

async fn save_new(app: &App, viewer: &Viewer, company: Option<CompanyId>, form: ContactForm) -> Html {
    let actor = viewer.actor()?;
    match actions::create(app, &actor, company, &form, form.form_key.parse().ok()).await {
        Ok(created) => {
            let lone = || created.map_or_else(|| paths::PEOPLE.to_owned(), paths::show);
            let path = company.map_or_else(lone, paths::list);
            see_other_with(&path, &word(app, &actor, created, "Контакт добавлен.").await?)
        }
        Err(Error::Invalid(errors)) => refuse_new(app, viewer, company, form, errors).await,
        Err(error) => Err(error.into()),
    }
}

/// The form of a new contact comes back.
pub(super) async fn refuse_new(
    app: &App,
    viewer: &Viewer,
    company: Option<CompanyId>,
    form: ContactForm,
    errors: FieldErrors,
) -> Html {
    let place = place_of_new(app, &viewer.actor()?, company).await?;
    let page = draw(app, viewer, place, form, errors).await?;
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// The word after saving; it names those who have the same numbers.
pub(super) async fn word(app: &App, actor: &Actor, saved: Option<ContactId>, done: &str) -> Result<Flash> {
    let Some(id) = saved else {
        return Ok(flash("success", done));
    };
    let contact = actions::find(app, actor, id).await?;
    let mut conn = app.db.acquire().await?;
    let shared = actions::shared_phones(&mut conn, actor, id, &contact.fields).await?;
    Ok(match shared {
        Some(shared) => flash("info", text::excerpt(&format!("{done} {shared}"), 400)),
        None => flash("success", done),
    })
}

/// `GET /companies/{id}/contacts/new/`
pub(super) async fn new(State(app): State<App>, viewer: Viewer, Path(id): Path<CompanyId>) -> Html {
    show_new(&app, &viewer, Some(id)).await
}

/// `POST /companies/{id}/contacts/new/`
pub(super) async fn create(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<CompanyId>,
    Form(form): Form<ContactForm>,
) -> Html {
    save_new(&app, &viewer, Some(id), form).await
}

/// `GET /contacts/new/`
pub(super) async fn new_person(State(app): State<App>, viewer: Viewer) -> Html {
    show_new(&app, &viewer, None).await
}

/// `POST /contacts/new/`
pub(super) async fn create_person(State(app): State<App>, viewer: Viewer, Form(form): Form<ContactForm>) -> Html {
    save_new(&app, &viewer, None, form).await
}

/// `GET /contacts/{id}/edit/`
pub(super) async fn edit(State(app): State<App>, viewer: Viewer, Path(id): Path<ContactId>) -> Html {
    let actor = viewer.actor()?;
    let contact = actions::find(&app, &actor, id).await?;
    let place = place_of(&app, &actor, &contact).await?;
    let form = ContactForm {
        seen: conflict::fingerprint(&contact),
        ..ContactForm::of(&contact)
    };
    page(&draw(&app, &viewer, place, form, FieldErrors::default()).await?)
}

/// `POST /contacts/{id}/edit/`
pub(super) async fn update(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<ContactId>,
    Picked(mut form, picks): Picked<ContactForm>,
) -> Html {
    let actor = viewer.actor()?;
    if picks.wants_form || picks.theirs().next().is_some() {
        let stored = actions::find(&app, &actor, id).await?;
        let present = ContactForm::of(&stored);
        picks.theirs().for_each(|field| form.take(field, &present));
        if picks.wants_form {
            let place = place_of(&app, &actor, &stored).await?;
            return page(&draw(&app, &viewer, place, form, FieldErrors::default()).await?);
        }
    }
    match actions::update(&app, &actor, id, &form).await {
        Ok(contact) => saved(&app, &actor, &contact).await,
        Err(Error::Invalid(errors)) => {
            let stored = actions::find(&app, &actor, id).await?;
            let place = place_of(&app, &actor, &stored).await?;
            let page = draw(&app, &viewer, place, form, errors).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(Error::Conflict(_)) => conflict::settle(&app, &viewer, id, form).await,
        Err(error) => Err(error.into()),
    }
}

/// Back to the card, or to the contact itself when it has no company.
pub(super) async fn saved(app: &App, actor: &Actor, contact: &Contact) -> Html {
    let path = contact.company.map_or_else(|| paths::show(contact.id), paths::list);
    see_other_with(&path, &word(app, actor, Some(contact.id), "Контакт сохранён.").await?)
}
