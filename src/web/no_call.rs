//! «Не звонить»: the page that marks a company or a person, with the reason.

use askama::Template;
use serde::Deserialize;

use super::small_form::SmallForm;
use super::{Html, Layout, page_with};

/// What is sent to mark, and to take the mark off.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct NoCallForm {
    /// As typed.
    pub(crate) reason: String,
    /// The reason that was on the screen; empty: no mark.
    pub(crate) seen: String,
}

/// The mark of one card.
#[derive(Template)]
#[template(path = "components/do_not_call.html")]
pub(crate) struct NoCallPage {
    pub(crate) layout: Layout,
    /// Addresses and names of what stands above.
    pub(crate) crumbs: Vec<(String, String)>,
    /// Who is not called.
    pub(crate) name: String,
    /// «Почему этой компании не звонят»
    pub(crate) question: &'static str,
    /// Where the form is sent.
    pub(crate) action: String,
    /// The card.
    pub(crate) back: String,
    /// The reason that the base holds now, which the next save has seen; empty: no mark.
    pub(crate) seen: String,
    /// How it is drawn.
    pub(crate) draw: SmallForm,
}

impl NoCallPage {
    /// The page itself.
    pub(crate) fn answer(&self) -> Html {
        page_with(self.draw.status, self)
    }

    fn reason(&self) -> &str {
        self.draw.typed.as_deref().unwrap_or(&self.seen)
    }
}
