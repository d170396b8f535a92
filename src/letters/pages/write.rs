//! A letter is written down by hand, and changed.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use uuid::Uuid;

use crate::app::App;
use crate::audit;
use crate::companies;
use crate::error::{Error, FieldErrors, Result};
use crate::files::{FilesField, Sent, StoredFile};
use crate::letters::forms::LetterForm;
use crate::letters::model::{Direction, Letter};
use crate::letters::{actions, paths};
use crate::policy::{Action, check};
use crate::values::{CompanyId, FileId, LetterId};
use crate::web::versions::{self, VersionsPage};
use crate::web::{Html, Layout, Opt, Path, Section, Viewer, flash, page, page_with, see_other_with};

#[derive(Template)]
#[template(path = "letters/write.html")]
struct WritePage {
    layout: Layout,
    title: &'static str,
    action: String,
    /// Where letters are taken out of files; empty: this one is there already.
    by_file: String,
    back: String,
    card: String,
    company: String,
    form: LetterForm,
    directions: Vec<Opt>,
    /// Addresses that may be meant.
    known: Vec<String>,
    errors: FieldErrors,
    files: FilesField,
    /// Those that the letter holds, each to be kept or to go.
    stored: Vec<StoredItem>,
}

/// A file of the letter.
struct StoredItem {
    id: String,
    name: String,
    is_removed: bool,
}

impl WritePage {
    async fn new(
        app: &App,
        viewer: &Viewer,
        company: CompanyId,
        (form, errors): (LetterForm, FieldErrors),
    ) -> Result<Self> {
        let actor = viewer.actor()?;
        let mut conn = app.db.acquire().await?;
        let company = companies::find(&mut conn, &actor, company).await?;
        let (own, book) = actions::book(&mut conn, &actor, company.id).await?;
        let option =
            |direction: Direction| Opt::new(direction.code(), direction.label(), form.direction == direction.code());
        Ok(Self {
            layout: viewer.layout(Section::Companies),
            title: "Новое письмо",
            action: paths::write(company.id),
            by_file: paths::upload(company.id),
            back: paths::list(company.id),
            card: companies::paths::show(company.id),
            company: company.fields.name,
            directions: Direction::ALL.map(option).to_vec(),
            known: own.iter().chain(&book).map(ToString::to_string).collect(),
            files: FilesField::new(&form.files, errors.get("file")),
            form,
            errors,
            stored: Vec::new(),
        })
    }

    /// The same page for a letter that is already there.
    fn of(mut self, letter: &Letter, removed: &[FileId]) -> Self {
        self.title = "Письмо";
        self.action = paths::edit(letter.id);
        self.by_file.clear();
        self.back = paths::show(letter.id);
        let item = |file: &StoredFile| StoredItem {
            id: file.id.to_string(),
            name: file.name.clone(),
            is_removed: removed.contains(&file.id),
        };
        self.stored = letter.files.iter().map(item).collect();
        self
    }
}

/// `GET /companies/<uuid>/letters/new/`
pub(super) async fn new(State(app): State<App>, viewer: Viewer, Path(company): Path<CompanyId>) -> Html {
    let actor = viewer.actor()?;
    let mut conn = app.db.acquire().await?;
    let (own, _) = actions::book(&mut conn, &actor, company).await?;
    drop(conn);
    let mut form = LetterForm::empty(own.as_ref(), app.now(), viewer.zone);
    form.form_key = Uuid::new_v4().to_string();
    page(&WritePage::new(&app, &viewer, company, (form, FieldErrors::default())).await?)
}

/// `POST /companies/<uuid>/letters/new/`
pub(super) async fn create(State(app): State<App>, viewer: Viewer, Path(company): Path<CompanyId>, sent: Sent) -> Html {
    let actor = viewer.actor()?;
    let mut form = LetterForm::of(sent);
    let added = match form.parse(app.now(), viewer.zone) {
        Ok(draft) => actions::add(&app, &actor, company, (&draft, form.key())).await,
        Err(error) => Err(error),
    };
    match added {
        Ok(_) => see_other_with(&paths::list(company), &flash("success", "Письмо добавлено.")),
        Err(Error::Invalid(errors)) => {
            let page = WritePage::new(&app, &viewer, company, (form, errors)).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(error) => Err(error.into()),
    }
}

/// A letter that the viewer may change.
async fn editable(app: &App, viewer: &Viewer, id: LetterId) -> Result<Letter> {
    let actor = viewer.actor()?;
    let letter = actions::find(app, &actor, id).await?;
    check(&actor, Action::EditLetter, letter.ties(&actor))?;
    if letter.is_editable() {
        Ok(letter)
    } else {
        Err(Error::NotFound)
    }
}

/// `GET /letters/<uuid>/edit/`
pub(super) async fn edit(State(app): State<App>, viewer: Viewer, Path(id): Path<LetterId>) -> Html {
    let letter = editable(&app, &viewer, id).await?;
    let form = LetterForm::stored(&letter, viewer.zone);
    let shown = WritePage::new(&app, &viewer, letter.company, (form, FieldErrors::default())).await?;
    page(&shown.of(&letter, &[]))
}

const SAVED: &str = "Письмо сохранено.";

/// `POST /letters/<uuid>/edit/`
pub(super) async fn update(State(app): State<App>, viewer: Viewer, Path(id): Path<LetterId>, sent: Sent) -> Html {
    let letter = editable(&app, &viewer, id).await?;
    let mut form = LetterForm::of(sent);
    form.pick(&LetterForm::stored(&letter, viewer.zone));
    if form.picks.wants_form {
        return again(&app, &viewer, &letter, (form, FieldErrors::default()), StatusCode::OK).await;
    }
    match save(&app, &viewer, id, &mut form).await {
        Ok(()) => see_other_with(&paths::show(id), &flash("success", SAVED)),
        Err(Error::Invalid(errors)) => {
            again(&app, &viewer, &letter, (form, errors), StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(Error::Conflict(_)) => settle(&app, &viewer, id, form).await,
        Err(error) => Err(error.into()),
    }
}

async fn save(app: &App, viewer: &Viewer, id: LetterId, form: &mut LetterForm) -> Result<()> {
    let draft = form.parse(app.now(), viewer.zone)?;
    actions::edit(app, &viewer.actor()?, id, &draft).await
}

async fn again(
    app: &App,
    viewer: &Viewer,
    letter: &Letter,
    (form, errors): (LetterForm, FieldErrors),
    status: StatusCode,
) -> Html {
    let removed = form.removed.clone();
    let shown = WritePage::new(app, viewer, letter.company, (form, errors)).await?;
    page_with(status, &shown.of(letter, &removed))
}

/// Somebody else was quicker. When nobody has changed anything that the form shows, it is saved all the same; else both
/// versions are shown.
async fn settle(app: &App, viewer: &Viewer, id: LetterId, mut form: LetterForm) -> Html {
    let mut letter = editable(app, viewer, id).await?;
    let mut stored = LetterForm::stored(&letter, viewer.zone);
    let mut choices = versions::choices(form.rows(), stored.rows(), &form.seen);
    if versions::are_all_mine(&choices) {
        form.version = letter.version;
        match save(app, viewer, id, &mut form).await {
            Ok(()) => return see_other_with(&paths::show(id), &flash("success", SAVED)),
            Err(Error::Conflict(_)) => (),
            Err(error) => return Err(error.into()),
        }
        letter = editable(app, viewer, id).await?;
        stored = LetterForm::stored(&letter, viewer.zone);
        choices = versions::choices(form.rows(), stored.rows(), &form.seen);
    }
    for choice in &mut choices {
        choice.offers_both = choice.field == "text";
    }
    form.version = letter.version;
    form.seen = stored.seen;
    let page = VersionsPage {
        layout: viewer.layout(Section::Companies),
        title: letter.title(),
        crumbs: vec![
            (companies::paths::LIST.to_owned(), "Компании".to_owned()),
            (paths::list(letter.company), letter.company_name.clone()),
        ],
        action: paths::edit(id),
        back: paths::show(id),
        saved_at: audit::last_saved(
            app,
            ("letter", id.to_string()),
            (letter.edited_at.unwrap_or(letter.recorded_at), viewer.zone),
        )
        .await?,
        hidden: form.pairs(),
        choices,
        has_form: true,
    };
    page_with(StatusCode::CONFLICT, &page)
}
