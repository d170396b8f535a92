//! Saved letters become letters of a company, each by itself: a bad one stops no other.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use tokio::sync::Semaphore;

use super::parties::Parties;
use super::{event, named};
use crate::app::App;
use crate::audit;
use crate::companies;
use crate::error::{Error, Result};
use crate::files::{self, Holder, StoredFile};
use crate::letters::address::Mailbox;
use crate::letters::eml::{self, Attachment, Parsed, Trouble};
use crate::letters::model::{Content, Direction, Source, changes, title};
use crate::letters::queries::{self, New};
use crate::policy::{Action, Actor, Ties, check};
use crate::values::{CompanyId, LetterId, text};

/// Letters that one process reads at once: each may be 25 MB, and as much again when it is decoded.
static READING: Semaphore = Semaphore::const_new(2);

const STORE_SILENT: &str = "хранилище файлов не отвечает. Остальное цело, попробуйте ещё раз через минуту.";

/// What became of a saved letter.
#[derive(Debug)]
pub(in crate::letters) enum Outcome {
    /// It is a letter of the company now.
    Added(LetterId, String),
    /// It had been one before.
    Known(LetterId, String),
    /// Somebody has to say which way it went; its file waits.
    Undecided { from: String, to: String, subject: String },
    /// A sentence: why not.
    Refused(String),
}

/// Takes saved letters in their order; `chosen` says which way those went of which a person has said it. The files of all
/// that are done with go.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Denied`] about the company; the database's.
pub(in crate::letters) async fn take_all(
    app: &App,
    actor: &Actor,
    company: CompanyId,
    files: &[StoredFile],
    chosen: impl Fn(&StoredFile) -> Option<Direction>,
) -> Result<Vec<Outcome>> {
    check(actor, Action::AddLetter, Ties::default())?;
    companies::find(&mut *app.db.acquire().await?, actor, company).await?;
    let mut outcomes = Vec::new();
    for file in files {
        let outcome = match take(app, actor, company, (file, chosen(file))).await {
            Err(Error::StoreUnavailable(cause)) => {
                tracing::error!(cause, "a letter could not be stored");
                outcomes.push(Outcome::Refused(format!("«{}»: {STORE_SILENT}", file.name)));
                continue;
            }
            Err(Error::Invalid(errors)) => Outcome::Refused(format!(
                "«{}»: {}",
                file.name,
                errors.sentences().collect::<Vec<_>>().join(" ")
            )),
            other => other?,
        };
        if matches!(outcome, Outcome::Known(..) | Outcome::Refused(_)) {
            files::discard(
                &mut *app.db.acquire().await?,
                actor,
                std::slice::from_ref(file),
                app.now(),
            )
            .await?;
        }
        outcomes.push(outcome);
    }
    Ok(outcomes)
}

async fn take(
    app: &App,
    actor: &Actor,
    company: CompanyId,
    (file, chosen): (&StoredFile, Option<Direction>),
) -> Result<Outcome> {
    let parsed = match parse(app, file).await? {
        Ok(parsed) => parsed,
        Err(sentence) => return Ok(Outcome::Refused(sentence)),
    };
    let mut conn = app.db.acquire().await?;
    if let Some(known) = known(&mut conn, company, &parsed.message_id).await? {
        return Ok(known);
    }
    let parties = Parties::of(&mut conn, company).await?;
    drop(conn);
    let to: Vec<&Mailbox> = parsed.to.iter().chain(&parsed.cc).collect();
    let Some(direction) = chosen.or_else(|| parties.direction(&parsed.from, &to)) else {
        return Ok(Outcome::Undecided {
            from: parsed.from.to_string(),
            to: parsed.to.first().map(ToString::to_string).unwrap_or_default(),
            subject: title(&parsed.subject, false),
        });
    };
    let mut left_out = parsed.left_out.clone();
    let attached = keep(app, actor, &parsed.attachments, &mut left_out).await?;
    let letter = Document {
        is_cut: parsed.is_cut,
        left_out: text::join_list(left_out.iter().map(String::as_str))
            .chars()
            .take(2000)
            .collect(),
        message_id: parsed.message_id.clone(),
        content: content(parsed, direction),
        files: std::iter::once(file.clone()).chain(attached).collect(),
    };
    write(app, actor, company, (letter, &parties)).await
}

fn content(parsed: Parsed, direction: Direction) -> Content {
    Content {
        direction,
        sent_at: parsed.sent_at,
        from: parsed.from,
        to: parsed.to,
        cc: parsed.cc,
        subject: parsed.subject,
        text: parsed.text,
    }
}

/// Reads a file; the inner error is a sentence.
async fn parse(app: &App, file: &StoredFile) -> Result<Result<Parsed, String>> {
    let is_outlook = file.content_type == "application/vnd.ms-outlook";
    if is_outlook || file.content_type != "message/rfc822" {
        let trouble = if is_outlook {
            Trouble::Outlook
        } else {
            Trouble::NoLetter
        };
        return Ok(Err(trouble.sentence(&file.name)));
    }
    let _turn = READING.acquire().await.map_err(anyhow::Error::from)?;
    let Some(bytes) = files::held_bytes(app, &file.key).await? else {
        return Ok(Err(Trouble::NoLetter.sentence(&file.name)));
    };
    let now: DateTime<Utc> = app.now();
    let read = tokio::task::spawn_blocking(move || eml::read(&bytes, now)).await;
    let read = read.unwrap_or_else(|error| {
        tracing::error!(%error, "a letter broke its reader");
        Err(Trouble::NoLetter)
    });
    Ok(read.map_err(|trouble| trouble.sentence(&file.name)))
}

/// Stores what is attached; what is not taken is named among what is left out.
async fn keep(
    app: &App,
    actor: &Actor,
    attachments: &[Attachment],
    left_out: &mut Vec<String>,
) -> Result<Vec<StoredFile>> {
    let mut kept = Vec::new();
    for attachment in attachments {
        match files::keep(app, actor, &attachment.name, &attachment.bytes).await {
            Ok(file) => kept.push(file),
            Err(Error::Invalid(_)) => left_out.push(text::line(&attachment.name)),
            Err(other) => return Err(other),
        }
    }
    Ok(kept)
}

async fn known(conn: &mut PgConnection, company: CompanyId, message_id: &str) -> Result<Option<Outcome>> {
    let found = queries::by_message(conn, company, message_id).await?;
    Ok(found.map(|(id, subject)| Outcome::Known(id, title(&subject, false))))
}

/// A letter that is about to be written.
struct Document {
    content: Content,
    is_cut: bool,
    left_out: String,
    message_id: String,
    /// The document itself first.
    files: Vec<StoredFile>,
}

async fn write(
    app: &App,
    actor: &Actor,
    company: CompanyId,
    (letter, parties): (Document, &Parties),
) -> Result<Outcome> {
    let mut tx = app.begin().await?;
    companies::admit(&mut tx, actor, company, Action::AddLetter).await?;
    if let Some(known) = known(&mut tx, company, &letter.message_id).await? {
        return Ok(known);
    }
    let content = &letter.content;
    let contact = parties.contact(content);
    let new = New {
        company,
        contact,
        source: Source::File,
        content,
        is_cut: letter.is_cut,
        left_out: &letter.left_out,
        message_id: Some(&letter.message_id),
    };
    let id = queries::insert(&mut tx, actor, &new, app.now()).await?;
    files::attach(&mut tx, actor, Holder::Letter(id), &letter.files).await?;
    let message = format!("Добавлено письмо {}", named(&content.subject));
    let mut empty = content.clone();
    empty.text.clear();
    let event = event("create", id, (company, contact), message).with(changes(None, Some((&empty, &letter.files))));
    audit::record(&mut tx, actor, event).await?;
    companies::touch(&mut tx, company, app.now()).await?;
    tx.commit().await?;
    Ok(Outcome::Added(id, title(&content.subject, false)))
}
