//! `/companies/<uuid>/letters/upload/`: letters out of files.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;

use crate::app::App;
use crate::companies;
use crate::error::Result;
use crate::files::{FilesField, Sent, StoredFile};
use crate::letters::actions::{self, Outcome};
use crate::letters::model::Direction;
use crate::letters::paths;
use crate::values::{CompanyId, text};
use crate::web::{Flash, Html, Layout, Path, Section, Viewer, flash, page, page_with, see_other_with};

#[derive(Template)]
#[template(path = "letters/upload.html")]
struct UploadPage {
    layout: Layout,
    action: String,
    by_hand: String,
    /// The letters of the card.
    back: String,
    company: String,
    files: FilesField,
    /// Letters that are written, and those that had been before: address, subject, whether it was there.
    done: Vec<(String, String, bool)>,
    refused: Vec<String>,
    undecided: Vec<Question>,
}

/// Which way did it go?
struct Question {
    id: String,
    name: String,
    subject: String,
    from: String,
    to: String,
}

impl UploadPage {
    async fn new(app: &App, viewer: &Viewer, company: CompanyId, error: &str) -> Result<Self> {
        let mut conn = app.db.acquire().await?;
        let company = companies::find(&mut conn, &viewer.actor()?, company).await?;
        Ok(Self {
            layout: viewer.layout(Section::Companies),
            action: paths::upload(company.id),
            by_hand: paths::write(company.id),
            back: paths::list(company.id),
            company: company.fields.name,
            files: FilesField::letters(&[], error),
            done: Vec::new(),
            refused: Vec::new(),
            undecided: Vec::new(),
        })
    }
}

/// `GET /companies/<uuid>/letters/upload/`
pub(super) async fn new(State(app): State<App>, viewer: Viewer, Path(company): Path<CompanyId>) -> Html {
    page(&UploadPage::new(&app, &viewer, company, "").await?)
}

/// `POST /companies/<uuid>/letters/upload/`
pub(super) async fn create(State(app): State<App>, viewer: Viewer, Path(company): Path<CompanyId>, sent: Sent) -> Html {
    let actor = viewer.actor()?;
    let chosen = |file: &StoredFile| {
        let field = format!("direction-{}", file.id);
        let said = sent.pairs().find(|(name, _)| *name == field);
        said.and_then(|(_, value)| Direction::read(value))
    };
    let outcomes = actions::take_all(&app, &actor, company, &sent.files, chosen).await?;
    if outcomes.is_empty() && sent.refused.is_empty() {
        let page = UploadPage::new(&app, &viewer, company, "Выберите файл письма .eml.").await?;
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let is_whole = |outcome: &Outcome| matches!(outcome, Outcome::Added(..) | Outcome::Known(..));
    if sent.refused.is_empty() && outcomes.iter().all(is_whole) {
        let (path, said) = said(company, &outcomes);
        return see_other_with(&path, &said);
    }
    let mut page = UploadPage::new(&app, &viewer, company, "").await?;
    page.refused.clone_from(&sent.refused);
    for (file, outcome) in sent.files.iter().zip(outcomes) {
        match outcome {
            Outcome::Added(id, subject) => page.done.push((paths::show(id), subject, false)),
            Outcome::Known(id, subject) => page.done.push((paths::show(id), subject, true)),
            Outcome::Refused(sentence) => page.refused.push(sentence),
            Outcome::Undecided { from, to, subject } => page.undecided.push(Question {
                id: file.id.to_string(),
                name: file.name.clone(),
                subject,
                from,
                to,
            }),
        }
    }
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// Where whoever sent letters goes that were all taken, and what is said there.
fn said(company: CompanyId, outcomes: &[Outcome]) -> (String, Flash) {
    if let [Outcome::Known(id, _)] = outcomes {
        let said = "Это письмо уже есть в карточке: вот оно.";
        return (paths::show(*id), flash("info", said));
    }
    let added = outcomes
        .iter()
        .filter(|outcome| matches!(outcome, Outcome::Added(..)))
        .count();
    let number = |count: usize| {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        text::count(count, ["письмо", "письма", "писем"])
    };
    let known = outcomes.len() - added;
    let sentence = match (added, known) {
        (1, 0) => "Письмо добавлено.".to_owned(),
        (added, 0) => format!("Добавлено {}.", number(added)),
        (0, known) => format!("Все эти письма, {known}, уже есть в карточке."),
        (added, known) => format!("Добавлено {}. Уже были в карточке: {known}.", number(added)),
    };
    (paths::list(company), flash("success", sentence))
}
