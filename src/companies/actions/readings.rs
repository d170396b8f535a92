//! The ways in which a search text may be meant, one after another until one of them finds something.

use std::sync::Arc;

use sqlx::PgConnection;

use super::words::{self, Known};
use crate::app::App;
use crate::companies::search::Terms;
use crate::companies::vocabulary::Vocabulary;
use crate::error::Result;

/// How something was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Meant {
    /// By what was typed.
    AsTyped,
    /// By the other keyboard layout: the text as it was meant.
    OtherLayout(String),
    /// By known words that are near: the text as it was probably meant.
    Corrected(String),
    /// Not at all; these names look alike.
    Similar,
}

/// All readings of a text, the likeliest first. Each is worked out when it is asked for.
pub(crate) struct Readings {
    vocabulary: Arc<Vocabulary>,
    typed: Terms,
    /// As typed, its beginnings replaced by known words; `None` when that is the same.
    quick: Option<Terms>,
    swapped: Option<Terms>,
    /// Whether the other layout comes before what was typed.
    is_swapped_first: bool,
    next: Step,
}

#[derive(Clone, Copy)]
enum Step {
    SwappedFirst,
    Quick,
    Typed,
    Corrected,
    SwappedLast,
    End,
}

impl Readings {
    /// Finds out which of the words are known.
    pub(super) fn of(vocabulary: Arc<Vocabulary>, typed: Terms) -> Self {
        let known = Known::of(&vocabulary, &typed);
        let swapped = typed.swapped();
        let is_swapped_first = swapped.as_ref().is_some_and(|swapped| known.prefers(swapped, &typed));
        let quick = known.put_into(typed.clone());
        Self {
            vocabulary,
            quick: (quick != typed).then_some(quick),
            typed,
            swapped,
            is_swapped_first,
            next: Step::SwappedFirst,
        }
    }

    /// The next reading; `None` when there are no more.
    pub(crate) async fn next(&mut self, conn: &mut PgConnection) -> Result<Option<(Terms, Meant)>> {
        loop {
            let (reading, next) = match self.next {
                Step::SwappedFirst => (self.swapped_if(self.is_swapped_first), Step::Quick),
                Step::Quick => (self.quick.take().map(as_typed), Step::Typed),
                // A word of a minute ago may not be known yet.
                Step::Typed => (Some(as_typed(self.typed.clone())), Step::Corrected),
                Step::Corrected => {
                    let corrected = words::corrected(conn, &self.typed).await?;
                    let reading = corrected.map(|terms| (terms.clone(), Meant::Corrected(terms.typed)));
                    (reading, Step::SwappedLast)
                }
                Step::SwappedLast => (self.swapped_if(!self.is_swapped_first), Step::End),
                Step::End => return Ok(None),
            };
            self.next = next;
            if let Some((terms, meant)) = reading {
                return Ok(Some((self.on_its_way(terms), meant)));
            }
        }
    }

    /// The same search with the way on which its words are best looked up.
    pub(crate) fn on_its_way(&self, terms: Terms) -> Terms {
        self.vocabulary.on_its_way(terms)
    }

    fn swapped_if(&self, is_its_turn: bool) -> Option<(Terms, Meant)> {
        let swapped = self.swapped.clone().filter(|_| is_its_turn)?;
        let meant = Meant::OtherLayout(swapped.typed.clone());
        Some((swapped, meant))
    }
}

/// All readings of a text. Asked for before a connection is: it may need one of its own.
pub(crate) async fn readings(app: &App, typed: Terms) -> Result<Readings> {
    let vocabulary = words::vocabulary(app).await?;
    Ok(Readings::of(vocabulary, typed))
}

fn as_typed(terms: Terms) -> (Terms, Meant) {
    (terms, Meant::AsTyped)
}
