//! What people do with letters.

mod moving;
mod parties;
mod read;
mod upload;
mod write;

pub(crate) use moving::{Moved, PARTS, Passed, count_with_person, erase, move_all, move_back, pass_back, pass_on};
pub(crate) use read::authors;
pub(super) use read::{book, find, of_company};
pub(super) use upload::{Outcome, take_all};
pub(super) use write::{add, delete, edit};

use sqlx::PgConnection;

use super::model::{Letter, title};
use super::queries;
use crate::audit::Event;
use crate::error::{Error, Result};
use crate::files::{self, Holder};
use crate::values::text::excerpt;
use crate::values::{CompanyId, ContactId, LetterId};

/// An event of a letter; erasing its person erases the words of the event too.
fn event(
    verb: &'static str,
    id: LetterId,
    (company, contact): (CompanyId, Option<ContactId>),
    message: impl Into<String>,
) -> Event<'static> {
    let event = Event::new(verb, "letter", id, message).on(Some(company));
    match contact {
        Some(contact) => event.mentioning(contact),
        None => event,
    }
}

/// The subject as a sentence of the log has it.
fn named(subject: &str) -> String {
    format!("«{}»", excerpt(&title(subject, false), 120))
}

async fn find_in(conn: &mut PgConnection, id: LetterId) -> Result<Letter> {
    let letter = queries::find(conn, id).await?.ok_or(Error::NotFound)?;
    let [letter] = with_files(conn, [letter]).await?;
    Ok(letter)
}

/// The same letters, each with its files: one query for all of them.
async fn with_files<L: AsMut<[Letter]>>(conn: &mut PgConnection, mut letters: L) -> Result<L> {
    let holders: Vec<Holder> = letters
        .as_mut()
        .iter()
        .map(|letter| Holder::Letter(letter.id))
        .collect();
    let mut found = files::of(conn, &holders).await?;
    for letter in letters.as_mut() {
        letter.files = found.remove(&Holder::Letter(letter.id)).unwrap_or_default();
    }
    Ok(letters)
}
