//! Pages of tasks, and their pieces of other pages.

mod address;
mod comments;
mod conflict;
mod form;
mod index;
mod many;
mod row;
mod show;
mod week;
mod work;

use crate::files;
use crate::policy::Action::{
    AddTask, CommentTask, DeleteNote, EditTask, MoveTask, RunBulkAct, UndoBulkAct, ViewBase, WorkTask,
};
use crate::tasks::actions::{Calendar, Reader};
use crate::web::{Guard, Routes, Viewer};

pub(crate) use address::{address, nearest_scope};
pub(crate) use row::{TaskRow, TasksFragment, fragment, rows};

/// `/tasks/…`
pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/tasks/", Guard::May(ViewBase), index::index)
        .get("/tasks/week/", Guard::May(ViewBase), week::week)
        .get("/tasks/new/", Guard::May(AddTask), form::new)
        .post("/tasks/new/", Guard::May(AddTask), form::create)
        .get("/tasks/due/", Guard::May(ViewBase), form::due_words)
        .get("/tasks/companies/", Guard::May(AddTask), form::companies)
        .get("/tasks/many/new/", Guard::May(MoveTask), many::new)
        .post("/tasks/many/", Guard::May(MoveTask), many::prepare)
        .get("/tasks/many/{id}/", Guard::May(UndoBulkAct), many::show)
        .post("/tasks/many/{id}/run/", Guard::May(RunBulkAct), many::run)
        .post("/tasks/many/{id}/undo/", Guard::May(UndoBulkAct), many::undo)
        .get("/tasks/{id}/", Guard::May(ViewBase), show::show)
        .get("/tasks/{id}/edit/", Guard::May(EditTask), form::edit)
        .post("/tasks/{id}/edit/", Guard::May(EditTask), form::update)
        .post("/tasks/{id}/status/", Guard::May(WorkTask), work::status)
        .post("/tasks/{id}/complete/", Guard::May(WorkTask), work::complete)
        .post("/tasks/{id}/move/", Guard::May(MoveTask), work::shift)
        .post_upload(
            "/tasks/{id}/comments/add/",
            Guard::May(CommentTask),
            comments::add,
            files::FORM_LIMIT,
        )
        .post(
            "/tasks/{id}/comments/{comment}/delete/",
            Guard::May(DeleteNote),
            comments::delete,
        )
        .post("/tasks/{id}/delete/", Guard::May(EditTask), work::delete)
}

/// On whose calendar a page is drawn.
fn calendar(app: &crate::app::App, viewer: &Viewer) -> Calendar {
    Calendar {
        now: app.now(),
        zone: viewer.zone,
    }
}

/// Whoever looks.
fn reader<'a>(app: &crate::app::App, viewer: &Viewer, actor: &'a crate::policy::Actor) -> Reader<'a> {
    Reader {
        actor,
        stamp: viewer.stamp,
        calendar: calendar(app, viewer),
    }
}
