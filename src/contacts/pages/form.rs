//! The form of a contact: new, known, refused, overtaken by somebody else.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;

use crate::app::App;
use crate::companies;
use crate::contacts::forms::{ContactForm, TypedRow};
use crate::contacts::model::{Contact, EmailKind, Fields, PhoneKind};
use crate::contacts::{actions, paths};
use crate::error::{Error, FieldErrors, Result};
use crate::policy::{Action, Actor, check};
use crate::values::{CompanyId, ContactId, time};
use crate::web::{Form, Html, Layout, Opt, Path, Section, Viewer, flash, form_key, page, page_with, see_other_with};

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
    conflict: Option<ConflictView>,
    /// Where a known contact is deleted; empty: a new one.
    delete: String,
}

/// One row of phones or e-mails.
struct RowView {
    id: String,
    kinds: Vec<Opt>,
    value: String,
    comment: String,
    error: String,
}

/// Two texts of one contact side by side.
struct ConflictView {
    saved_at: String,
    /// Label, mine, theirs.
    rows: Vec<(&'static str, String, String)>,
}

impl ConflictView {
    fn new(mine: &Fields, theirs: &Contact, saved_at: String) -> Self {
        let pairs = mine.rows().into_iter().zip(theirs.fields.rows());
        let differ = pairs.filter(|((_, _, mine), (_, _, theirs))| mine != theirs);
        let rows = differ
            .map(|((_, label, mine), (_, _, theirs))| (label, mine, theirs))
            .collect();
        Self { saved_at, rows }
    }
}

impl EditPage {
    fn new(viewer: &Viewer, place: Place, form: ContactForm, errors: FieldErrors) -> Self {
        let phone_kinds = |code: &str| options(PhoneKind::ALL.map(|kind| (kind.code(), kind.label())), code);
        let email_kinds = |code: &str| options(EmailKind::ALL.map(|kind| (kind.code(), kind.label())), code);
        Self {
            layout: viewer.layout(Section::Companies),
            title: place.title,
            action: place.action,
            back: place.back,
            phones: row_views("phone", &form.phone_rows(), phone_kinds, &errors),
            emails: row_views("email", &form.email_rows(), email_kinds, &errors),
            blank_phone: RowView::blank("phone-__n__".to_owned(), phone_kinds("")),
            blank_email: RowView::blank("email-__n__".to_owned(), email_kinds("")),
            form,
            errors,
            conflict: None,
            delete: place.delete,
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
struct Place {
    title: String,
    action: String,
    back: Option<(String, String)>,
    delete: String,
}

/// The form of a new contact; only for those who may send it.
async fn place_of_new(app: &App, actor: &Actor, id: CompanyId) -> Result<Place> {
    let mut conn = app.db.acquire().await?;
    let company = companies::find(&mut conn, actor, id).await?;
    check(actor, Action::EditContact, company.ties(actor))?;
    let back = Some((paths::list(id), company.fields.name));
    Ok(Place {
        title: "Новый контакт".to_owned(),
        action: paths::new(id),
        back,
        delete: String::new(),
    })
}

/// The form of a known contact; only for those who may send it.
async fn place_of(app: &App, actor: &Actor, contact: &Contact) -> Result<Place> {
    let (title, action) = (contact.fields.name(), paths::edit(contact.id));
    let Some(id) = contact.company else {
        check(actor, Action::EditContact, contact.ties(actor))?;
        return Ok(Place {
            title,
            action,
            back: None,
            delete: paths::delete(contact.id),
        });
    };
    let mut conn = app.db.acquire().await?;
    let company = companies::find(&mut conn, actor, id).await?;
    check(actor, Action::EditContact, company.ties(actor))?;
    Ok(Place {
        title,
        action,
        back: Some((paths::list(id), company.fields.name)),
        delete: paths::delete(contact.id),
    })
}

/// `GET /companies/{id}/contacts/new/`
pub(super) async fn new(State(app): State<App>, viewer: Viewer, Path(id): Path<CompanyId>) -> Html {
    let place = place_of_new(&app, &viewer.actor()?, id).await?;
    let form = ContactForm {
        form_key: form_key(),
        ..ContactForm::default()
    };
    page(&EditPage::new(&viewer, place, form, FieldErrors::default()))
}

/// `POST /companies/{id}/contacts/new/`
pub(super) async fn create(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<CompanyId>,
    Form(form): Form<ContactForm>,
) -> Html {
    let actor = viewer.actor()?;
    match actions::create(&app, &actor, id, &form, form.form_key.parse().ok()).await {
        Ok(_) => see_other_with(&paths::list(id), &flash("success", "Контакт добавлен.")),
        Err(Error::Invalid(errors)) => {
            let place = place_of_new(&app, &actor, id).await?;
            page_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &EditPage::new(&viewer, place, form, errors),
            )
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /contacts/{id}/edit/`
pub(super) async fn edit(State(app): State<App>, viewer: Viewer, Path(id): Path<ContactId>) -> Html {
    let actor = viewer.actor()?;
    let contact = actions::find(&app, &actor, id).await?;
    let place = place_of(&app, &actor, &contact).await?;
    page(&EditPage::new(
        &viewer,
        place,
        ContactForm::of(&contact),
        FieldErrors::default(),
    ))
}

/// `POST /contacts/{id}/edit/`
pub(super) async fn update(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<ContactId>,
    Form(mut form): Form<ContactForm>,
) -> Html {
    let actor = viewer.actor()?;
    let error = match actions::update(&app, &actor, id, &form).await {
        Ok(contact) => {
            let path = contact.company.map_or_else(|| paths::edit(id), paths::list);
            return see_other_with(&path, &flash("success", "Контакт сохранён."));
        }
        Err(error) => error,
    };
    let stored = actions::find(&app, &actor, id).await?;
    let place = place_of(&app, &actor, &stored).await?;
    match error {
        Error::Invalid(errors) => page_with(
            StatusCode::UNPROCESSABLE_ENTITY,
            &EditPage::new(&viewer, place, form, errors),
        ),
        Error::Conflict(_) => {
            // Sent again, the form says: I have seen the other text and mean mine.
            form.version = stored.version;
            let mine = form.parse()?;
            let saved_at = time::relative(stored.updated_at, app.now(), viewer.zone);
            let mut conflicting = EditPage::new(&viewer, place, form, FieldErrors::default());
            conflicting.conflict = Some(ConflictView::new(&mine, &stored, saved_at));
            page_with(StatusCode::CONFLICT, &conflicting)
        }
        other => Err(other.into()),
    }
}
