//! What is written at a task, with files.

use axum::extract::State;
use chrono::{DateTime, Utc};

use super::show::{Refused, draw};
use crate::app::App;
use crate::error::Error;
use crate::files::{Attachments, Sent};
use crate::policy::{Action, Actor, Ties, may};
use crate::tasks::model::{Comment, CommentDraft};
use crate::tasks::{actions, paths};
use crate::values::{CommentId, TaskId, text};
use crate::web::{Html, Path, Viewer, flash, see_other_with};

/// A comment, ready to print.
pub(super) struct CommentView {
    pub(super) author: String,
    pub(super) initials: String,
    pub(super) text: String,
    pub(super) time: String,
    pub(super) files: Attachments,
    /// Where it is taken back, for whoever may.
    pub(super) delete: Option<String>,
}

impl CommentView {
    /// All of a task; `moment`: how a time is told.
    pub(super) fn all(
        comments: Vec<Comment>,
        whose: (&Actor, TaskId),
        moment: &impl Fn(DateTime<Utc>) -> String,
    ) -> Vec<Self> {
        let view = |comment: Comment| {
            let time = moment(comment.created_at);
            Self::new(comment, whose, time)
        };
        comments.into_iter().map(view).collect()
    }

    fn new(comment: Comment, (actor, task): (&Actor, TaskId), time: String) -> Self {
        let own = actor.is(comment.author);
        let author = if comment.author_name.is_empty() {
            "Система".to_owned()
        } else {
            comment.author_name
        };
        Self {
            initials: text::initials(&author),
            author,
            text: comment.text,
            time,
            files: Attachments::new(&comment.files),
            delete: may(actor, Action::DeleteNote, Ties { own, branch: false })
                .then(|| paths::uncomment(task, comment.id)),
        }
    }
}

/// `POST /tasks/<uuid>/comments/add/`
pub(super) async fn add(State(app): State<App>, viewer: Viewer, Path(id): Path<TaskId>, sent: Sent) -> Html {
    let complaint = sent.complaint();
    let draft = CommentDraft {
        text: sent.get("text").to_owned(),
        form_key: sent.get("form_key").parse().ok(),
        files: sent.files,
    };
    // A file that was not taken: nothing is written, and the form comes back with the rest.
    let added = match complaint {
        Some(error) => Err(error),
        None => actions::comment(&app, &viewer.actor()?, id, &draft).await,
    };
    match added {
        Ok(()) => see_other_with(&paths::show(id), &flash("success", "Комментарий добавлен.")),
        Err(Error::Invalid(errors)) => {
            let refused = Refused {
                comment: draft,
                errors,
                ..Refused::default()
            };
            draw(&app, &viewer, id, refused).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /tasks/<uuid>/comments/<uuid>/delete/`
pub(super) async fn delete(State(app): State<App>, viewer: Viewer, Path(key): Path<(TaskId, CommentId)>) -> Html {
    actions::uncomment(&app, &viewer.actor()?, key).await?;
    see_other_with(&paths::show(key.0), &flash("success", "Комментарий удалён."))
}
