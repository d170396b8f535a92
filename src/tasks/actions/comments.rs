//! Writing at a task, with words and files.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::{event, lock};
use crate::app::App;
use crate::audit::{self, Changes};
use crate::db::submitted;
use crate::error::{Error, Result};
use crate::files::{self, Holder};
use crate::policy::{Action, Actor, Ties, check};
use crate::tasks::model::{Comment, CommentDraft, LONGEST_COMMENT};
use crate::tasks::{paths, queries};
use crate::values::{CommentId, TaskId, text};

/// So many comments a task's page shows.
const SHOWN: i64 = 200;

/// What was written at a task, the latest first, each with its files.
pub(crate) async fn comments(conn: &mut PgConnection, task: TaskId) -> Result<Vec<Comment>> {
    let mut comments = queries::comments(conn, task, SHOWN).await?;
    let holders: Vec<Holder> = comments.iter().map(|comment| Holder::Comment(comment.id)).collect();
    let mut found = files::of(conn, &holders).await?;
    for comment in &mut comments {
        comment.files = found.remove(&Holder::Comment(comment.id)).unwrap_or_default();
    }
    Ok(comments)
}

/// Writes at a task; the same form sent twice writes once.
///
/// # Errors
/// [`Error::Invalid`] when there is neither text nor a file, or too much of them.
pub(crate) async fn comment(app: &App, actor: &Actor, id: TaskId, draft: &CommentDraft) -> Result<()> {
    check(actor, Action::CommentTask, Ties::default())?;
    let words = parse(&draft.text, draft.files.len())?;
    files::check_count(draft.files.len())?;
    let mut tx = app.begin().await?;
    let task = lock(&mut tx, id).await?;
    if let (Some(form_key), Some(user)) = (draft.form_key, actor.user) {
        // The same files sent twice have other ids, but the same bytes.
        let files = draft.files.iter().map(|file| format!("{} {}", file.name, file.sha256));
        let content: Vec<_> = std::iter::once(words.clone()).chain(files).collect();
        let key = submitted::key_of(form_key, &content.join("\n"));
        if submitted::claim(&mut tx, key, user).await?.is_some() {
            return Ok(());
        }
        submitted::settle(&mut tx, key, &paths::show(id)).await?;
    }
    let comment = queries::add_comment(&mut tx, actor, id, &words, app.now()).await?;
    files::attach(&mut tx, actor, Holder::Comment(comment), &draft.files).await?;
    // The words themselves stand in the comment; once it goes, its event keeps them.
    let mut changes = Changes::default();
    changes.compare("task_files", "", &files::describe(&draft.files));
    let message = format!("Комментарий к задаче «{}»", text::excerpt(&task.title, 120));
    let event = event("comment", id, task.company, message).with(changes);
    audit::record(&mut tx, actor, event).await?;
    tx.commit().await?;
    Ok(())
}

/// Takes an own comment back.
///
/// # Errors
/// [`Error::Denied`] for another's, [`Error::NotFound`] when it is gone.
pub(crate) async fn uncomment(app: &App, actor: &Actor, (id, comment): (TaskId, CommentId)) -> Result<()> {
    let mut tx = app.begin().await?;
    let task = lock(&mut tx, id).await?;
    let found = queries::comment(&mut tx, (id, comment)).await?;
    let (author, words) = found.ok_or(Error::NotFound)?;
    let own = actor.is(author);
    check(actor, Action::DeleteNote, Ties { own, branch: false })?;
    let holder = Holder::Comment(comment);
    let held = files::of(&mut tx, &[holder]).await?.remove(&holder).unwrap_or_default();
    files::detach(&mut tx, holder, &held, app.now()).await?;
    queries::delete_comment(&mut tx, comment).await?;
    let mut changes = Changes::default();
    changes.compare("task_comment", &words, "");
    changes.compare("task_files", &files::describe(&held), "");
    let message = format!("Удалён комментарий к задаче «{}»", text::excerpt(&task.title, 120));
    let event = event("uncomment", id, task.company, message).with(changes);
    audit::record(&mut tx, actor, event).await?;
    tx.commit().await?;
    Ok(())
}

/// The files of all comments of a task that is to go.
pub(super) async fn drop_files(conn: &mut PgConnection, task: TaskId, now: DateTime<Utc>) -> Result<()> {
    let comments = queries::comment_ids(conn, task).await?;
    let holders: Vec<Holder> = comments.into_iter().map(Holder::Comment).collect();
    for (holder, held) in files::of(conn, &holders).await? {
        files::detach(conn, holder, &held, now).await?;
    }
    Ok(())
}

/// The words that are meant; a comment of files may do without.
fn parse(typed: &str, files: usize) -> Result<String> {
    let words = text::lines(typed);
    if words.trim().is_empty() {
        return if files > 0 {
            Ok(String::new())
        } else {
            Err(Error::field("text", "Напишите комментарий или приложите файл."))
        };
    }
    if words.chars().count() > LONGEST_COMMENT {
        return Err(Error::field("text", "Комментарий длиннее 5 000 знаков."));
    }
    Ok(words)
}
