//! Letters on a company's card: the form and the items of the timeline.

use askama::Template;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::error::Result;
use crate::files::{Attachments, FilesField, StoredFile};
use crate::letters::address::Mailbox;
use crate::letters::model::{Direction, Letter};
use crate::letters::{actions, paths};
use crate::policy::{Action, Actor, may};
use crate::values::{CompanyId, LetterId, UserId, text, time};
use crate::web::Viewer;
use crate::web::assets::{self, Assets};

/// So many characters of a letter are seen before it is opened.
const SEEN: usize = 320;

/// The form above the letters of a card.
#[derive(Template)]
#[template(path = "letters/_composer.html")]
pub(crate) struct Composer {
    assets: &'static Assets,
    csrf: String,
    action: String,
    by_hand: String,
    files: FilesField,
}

impl askama::filters::HtmlSafe for Composer {}

/// The form of new letters.
pub(crate) fn composer(viewer: &Viewer, company: CompanyId) -> Composer {
    Composer {
        assets: assets::urls(),
        csrf: viewer.csrf.clone(),
        action: paths::upload(company),
        by_hand: paths::write(company),
        files: FilesField::letters(&[], ""),
    }
}

/// A letter in a card's timeline.
#[derive(Template)]
#[template(path = "letters/_item.html")]
pub(crate) struct LetterItem {
    assets: &'static Assets,
    csrf: String,
    id: LetterId,
    at: DateTime<Utc>,
    is_in: bool,
    direction: &'static str,
    from: String,
    to: String,
    /// All addresses, for whoever points at them.
    whole: String,
    subject: String,
    url: String,
    /// The beginning, in one line.
    beginning: String,
    /// All of it that the timeline shows; empty: the beginning is all.
    text: String,
    /// It goes on where the letter is read.
    goes_on: bool,
    author: String,
    time: String,
    exact_time: String,
    files: Attachments,
    document: Option<DocumentView>,
    is_erased: bool,
    edit: Option<String>,
    delete: Option<String>,
}

/// The saved letter itself.
pub(super) struct DocumentView {
    pub(super) href: String,
    pub(super) size: String,
}

impl DocumentView {
    pub(super) fn new(file: &StoredFile) -> Self {
        Self {
            href: crate::files::href(file),
            size: text::size(file.size),
        }
    }
}

impl askama::filters::HtmlSafe for LetterItem {}

impl LetterItem {
    /// Its place in the timeline; [`of_company`] goes on from it.
    pub(crate) fn place(&self) -> (DateTime<Utc>, LetterId) {
        (self.at, self.id)
    }

    fn new(letter: &Letter, (viewer, actor): (&Viewer, &Actor), now: DateTime<Utc>) -> Self {
        let content = &letter.content;
        let ties = letter.ties(actor);
        let beginning = text::excerpt(&content.text, SEEN);
        let is_all = !letter.is_cut && content.text.chars().count() <= SEEN && content.text.lines().count() <= 4;
        let (document, attached) = letter.parts();
        let may_edit = letter.is_editable() && may(actor, Action::EditLetter, ties);
        Self {
            assets: assets::urls(),
            csrf: viewer.csrf.clone(),
            id: letter.id,
            at: content.sent_at,
            is_in: content.direction == Direction::In,
            direction: content.direction.label(),
            from: content.from.shown().to_owned(),
            to: shown(&content.to),
            whole: whole(letter),
            subject: letter.title(),
            url: paths::show(letter.id),
            beginning: if is_all { String::new() } else { beginning },
            text: content.text.clone(),
            goes_on: letter.is_cut,
            author: letter.author_name.clone(),
            time: time::relative(content.sent_at, now, viewer.zone),
            exact_time: time::date_time(content.sent_at, viewer.zone),
            files: Attachments::new(attached),
            document: document.map(DocumentView::new),
            is_erased: letter.is_erased,
            edit: may_edit.then(|| paths::edit(letter.id)),
            delete: may(actor, Action::DeleteLetter, ties).then(|| paths::delete(letter.id)),
        }
    }
}

/// «Пётр Белозёров и ещё 2»
fn shown(all: &[Mailbox]) -> String {
    match all {
        [] => String::new(),
        [one] => one.shown().to_owned(),
        [one, rest @ ..] => format!("{} и ещё {}", one.shown(), rest.len()),
    }
}

fn whole(letter: &Letter) -> String {
    let content = &letter.content;
    let to = crate::letters::address::joined(&content.to);
    format!("{} → {to}", content.from)
}

/// The newest letters of a company, or all that one person put in; `before`: those older than this
/// [`LetterItem::place`].
pub(crate) async fn of_company(
    conn: &mut PgConnection,
    (viewer, now): (&Viewer, DateTime<Utc>),
    company: CompanyId,
    by: Option<UserId>,
    page: (Option<(DateTime<Utc>, LetterId)>, i64),
) -> Result<Vec<LetterItem>> {
    let actor = viewer.actor()?;
    let letters = actions::of_company(conn, (&actor, company), by, page).await?;
    Ok(letters
        .iter()
        .map(|letter| LetterItem::new(letter, (viewer, &actor), now))
        .collect())
}
