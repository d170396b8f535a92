//! Letters written down by hand: added, changed; and the removal of any letter.

use sqlx::PgConnection;
use uuid::Uuid;

use super::parties::Parties;
use super::{event, find_in, named};
use crate::app::App;
use crate::audit;
use crate::companies;
use crate::db::submitted;
use crate::error::{Error, Result};
use crate::files::{self, Holder, StoredFile};
use crate::letters::address::joined;
use crate::letters::model::{Content, Draft, Letter, Source, changes, check_words};
use crate::letters::paths;
use crate::letters::queries::{self, New};
use crate::policy::{Action, Actor, check, may};
use crate::values::{CompanyId, LetterId};

/// Writes a letter down; the same form sent twice writes once. Answers the letter, when it is known.
///
/// # Errors
/// [`Error::Invalid`] for what is missing or too long.
pub(in crate::letters) async fn add(
    app: &App,
    actor: &Actor,
    company: CompanyId,
    (draft, form_key): (&Draft, Uuid),
) -> Result<Option<LetterId>> {
    let mut tx = app.begin().await?;
    companies::admit(&mut tx, actor, company, Action::AddLetter).await?;
    check_words(&draft.content, draft.files.len())?;
    files::check_count(draft.files.len())?;
    let user = actor.user.ok_or(Error::Denied(Action::AddLetter))?;
    let key = submitted::key_of(form_key, &fingerprint(draft));
    if let Some(made) = submitted::claim(&mut tx, key, user).await? {
        return Ok(made
            .trim_end_matches('/')
            .rsplit('/')
            .next()
            .and_then(|id| id.parse().ok()));
    }
    let content = &draft.content;
    let contact = Parties::of(&mut tx, company).await?.contact(content);
    let new = New {
        company,
        contact,
        source: Source::Hand,
        content,
        is_cut: false,
        left_out: "",
        message_id: None,
    };
    let id = queries::insert(&mut tx, actor, &new, app.now()).await?;
    files::attach(&mut tx, actor, Holder::Letter(id), &draft.files).await?;
    // The words themselves stand in the letter; once it changes or goes, its event keeps them.
    let mut empty = content.clone();
    empty.text.clear();
    let message = format!("Добавлено письмо {}", named(&content.subject));
    let event = event("create", id, (company, contact), message).with(changes(None, Some((&empty, &draft.files))));
    audit::record(&mut tx, actor, event).await?;
    companies::touch(&mut tx, company, app.now()).await?;
    submitted::settle(&mut tx, key, &paths::show(id)).await?;
    tx.commit().await?;
    Ok(Some(id))
}

/// What two arrivals of one form have in common.
fn fingerprint(draft: &Draft) -> String {
    let content = &draft.content;
    // The same files sent twice have other ids, but the same bytes.
    let files = draft.files.iter().map(|file| format!("{} {}", file.name, file.sha256));
    let words = [
        content.direction.code().to_owned(),
        content.sent_at.to_rfc3339(),
        content.from.to_string(),
        joined(&content.to),
        joined(&content.cc),
        content.subject.clone(),
        content.text.clone(),
    ];
    words.into_iter().chain(files).collect::<Vec<_>>().join("\n")
}

/// Changes what was written down by hand; the same wish sent twice changes it once.
///
/// # Errors
/// [`Error::Conflict`] when somebody changed it meanwhile, [`Error::NotFound`] when it is gone or a document.
pub(in crate::letters) async fn edit(app: &App, actor: &Actor, id: LetterId, draft: &Draft) -> Result<()> {
    let mut tx = app.begin().await?;
    let before = lock(&mut tx, actor, id).await?;
    check(actor, Action::EditLetter, before.ties(actor))?;
    if !before.is_editable() {
        return Err(Error::NotFound);
    }
    let (removed, left): (Vec<_>, Vec<_>) = before
        .files
        .iter()
        .cloned()
        .partition(|file| draft.removed.contains(&file.id));
    let after: Vec<StoredFile> = left.into_iter().chain(draft.files.iter().cloned()).collect();
    check_words(&draft.content, after.len())?;
    files::check_count(after.len())?;
    if draft.content == before.content && removed.is_empty() && draft.files.is_empty() {
        return Ok(());
    }
    let contact = Parties::of(&mut tx, before.company).await?.contact(&draft.content);
    if !queries::update(&mut tx, (id, draft.version), (contact, &draft.content), app.now()).await? {
        return Err(Error::Conflict(
            "Письмо только что изменил кто-то другой. Откройте его заново.",
        ));
    }
    files::detach(&mut tx, Holder::Letter(id), &removed, app.now()).await?;
    files::attach(&mut tx, actor, Holder::Letter(id), &draft.files).await?;
    let old: (&Content, &[StoredFile]) = (&before.content, &before.files);
    let changes = changes(Some(old), Some((&draft.content, &after)));
    let mut event = event("update", id, (before.company, contact), "Изменено письмо").with(changes);
    if let Some((former, _)) = before.contact.filter(|(former, _)| Some(*former) != contact) {
        event = event.mentioning(former);
    }
    audit::record(&mut tx, actor, event).await?;
    companies::touch(&mut tx, before.company, app.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Removes an own letter. Whoever asks for another's is denied, and that is logged.
pub(in crate::letters) async fn delete(app: &App, actor: &Actor, id: LetterId) -> Result<CompanyId> {
    let mut tx = app.begin().await?;
    let before = lock(&mut tx, actor, id).await?;
    let company = before.company;
    let place = (company, before.contact.as_ref().map(|(contact, _)| *contact));
    if !may(actor, Action::DeleteLetter, before.ties(actor)) {
        let message = format!("Отказано в удалении чужого письма {}", named(&before.title()));
        audit::record(&mut tx, actor, event("delete_refused", id, place, message)).await?;
        tx.commit().await?;
        return Err(Error::Denied(Action::DeleteLetter));
    }
    files::detach(&mut tx, Holder::Letter(id), &before.files, app.now()).await?;
    queries::delete(&mut tx, id).await?;
    let changes = changes(Some((&before.content, &before.files)), None);
    let event = event("delete", id, place, "Удалено письмо").with(changes);
    audit::record(&mut tx, actor, event).await?;
    companies::touch(&mut tx, company, app.now()).await?;
    tx.commit().await?;
    Ok(company)
}

/// Locks the company, by which all changes of its letters stand in one line, and finds the letter behind it.
async fn lock(conn: &mut PgConnection, actor: &Actor, id: LetterId) -> Result<Letter> {
    let company = queries::company_of(conn, id).await?.ok_or(Error::NotFound)?;
    companies::admit(conn, actor, company, Action::ViewBase).await?;
    let letter = find_in(conn, id).await?;
    // A merge has moved it since it was looked for.
    if letter.company == company {
        Ok(letter)
    } else {
        Err(Error::NotFound)
    }
}
