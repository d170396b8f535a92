//! What people are told: a row for each notice and person, the bell in the frame, the page with all of them.
//!
//! Whoever changes something calls [`tell`] in the transaction of the change:
//!
//! ```ignore
//! let notice = Notice::new(Kind::TaskGiven, app.now())
//!     .to([assignee])                         // any number of people; the actor is left out
//!     .saying(format!("{title}, срок {due}")) // the title is the kind's, or `.titled(…)`
//!     .linking(paths::show(id))
//!     .about("task", id)                      // unread ones of a kind about one thing stand in the bell as one
//!     .once(format!("task:{id}:given"));      // told once to each person, whoever finds it again
//! notifications::tell(&mut tx, actor, notice).await?;
//! ```
//!
//! The row and the word to all processes (`db::announce`) are committed with the change or not at all. Rows wait for
//! whoever is away; open pages hear of them through `/events/` (decision 0026).

mod actions;
mod model;
mod pages;
mod paths;
mod queries;
mod ring;
#[cfg(test)]
mod tests;

pub(crate) use actions::{clean, forget, settle, tell, withdraw};
pub(crate) use model::{Kind, Notice};
pub(crate) use pages::routes;
pub(crate) use ring::ring;
