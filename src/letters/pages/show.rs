//! `/letters/<uuid>/`: one letter, whole.

use askama::Template;
use axum::extract::State;

use super::card::DocumentView;
use crate::app::App;
use crate::files::Attachments;
use crate::letters::address::Mailbox;
use crate::letters::model::{Direction, Letter, Source};
use crate::letters::{actions, paths};
use crate::policy::{Action, may};
use crate::values::{LetterId, time};
use crate::web::{Html, Layout, Path, Section, Viewer, flash, page, see_other_with};
use crate::{companies, contacts};

#[derive(Template)]
#[template(path = "letters/show.html")]
struct ShowPage {
    layout: Layout,
    title: String,
    is_in: bool,
    direction: &'static str,
    is_erased: bool,
    /// Address and name of the card.
    company: (String, String),
    contact: Option<(String, String)>,
    from: Vec<Mailbox>,
    to: Vec<Mailbox>,
    cc: Vec<Mailbox>,
    sent: String,
    recorded: String,
    author: String,
    edited: Option<String>,
    text: String,
    is_cut: bool,
    left_out: String,
    files: Attachments,
    document: Option<DocumentView>,
    /// How it came here.
    origin: &'static str,
    /// Opens the writer's own mail program.
    reply: Option<(&'static str, String)>,
    edit: Option<String>,
    delete: Option<String>,
    /// The letters of the card.
    back: String,
}

/// `GET /letters/<uuid>/`
pub(super) async fn show(State(app): State<App>, viewer: Viewer, Path(id): Path<LetterId>) -> Html {
    let actor = viewer.actor()?;
    let letter = actions::find(&app, &actor, id).await?;
    let ties = letter.ties(&actor);
    let (document, attached) = letter.parts();
    let content = &letter.content;
    let may_edit = letter.is_editable() && may(&actor, Action::EditLetter, ties);
    page(&ShowPage {
        layout: viewer.layout(Section::Companies),
        title: letter.title(),
        is_in: content.direction == Direction::In,
        direction: content.direction.label(),
        is_erased: letter.is_erased,
        company: (companies::paths::show(letter.company), letter.company_name.clone()),
        contact: letter
            .contact
            .as_ref()
            .map(|(id, name)| (contacts::paths::show(*id), name.clone())),
        from: vec![content.from.clone()],
        to: content.to.clone(),
        cc: content.cc.clone(),
        sent: time::date_time(content.sent_at, viewer.zone),
        recorded: time::relative(letter.recorded_at, app.now(), viewer.zone),
        author: letter.author_name.clone(),
        edited: letter.edited_at.map(|at| time::relative(at, app.now(), viewer.zone)),
        text: content.text.clone(),
        is_cut: letter.is_cut,
        left_out: letter.left_out.clone(),
        files: Attachments::new(attached),
        document: document.map(DocumentView::new),
        origin: match letter.source {
            Source::Hand => "Вписано вручную",
            Source::File => "Добавлено из файла",
        },
        reply: reply(&letter),
        edit: may_edit.then(|| paths::edit(id)),
        delete: may(&actor, Action::DeleteLetter, ties).then(|| paths::delete(id)),
        back: paths::list(letter.company),
    })
}

/// `POST /letters/<uuid>/delete/`
pub(super) async fn delete(State(app): State<App>, viewer: Viewer, Path(id): Path<LetterId>) -> Html {
    let company = actions::delete(&app, &viewer.actor()?, id).await?;
    see_other_with(&paths::list(company), &flash("success", "Письмо удалено."))
}

/// What the button says and opens; `None`: there is no address to write to.
fn reply(letter: &Letter) -> Option<(&'static str, String)> {
    let content = &letter.content;
    let (label, to) = match content.direction {
        Direction::In => ("Ответить", Some(&content.from)),
        Direction::Out => ("Написать ещё", content.to.first()),
    };
    let to = to.filter(|mailbox| mailbox.address.contains('@'))?;
    let is_reply = content
        .subject
        .get(..3)
        .is_some_and(|start| start.eq_ignore_ascii_case("re:"));
    let subject = if is_reply || content.subject.is_empty() {
        content.subject.clone()
    } else {
        format!("Re: {}", content.subject)
    };
    let address = format!("mailto:{}?subject={}", escaped(&to.address), escaped(&subject));
    Some((label, address))
}

/// RFC 6068: mail programs know no «+» for a space.
fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~@".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push_str(&hex::encode_upper([byte]));
        }
        out
    })
}
