//! The cold mark of a contact and of a company's main number.

use axum::extract::State;

use crate::app::App;
use crate::calls::actions;
use crate::companies;
use crate::error::Error;
use crate::values::{CompanyId, ContactId};
use crate::web::{Html, Path, Viewer, flash, see_other_with};

/// `POST /companies/<uuid>/cold-call/toggle/`: marks the main number's call. There is no taking it off.
pub(super) async fn company(State(app): State<App>, viewer: Viewer, Path(id): Path<CompanyId>) -> Html {
    let marked = actions::mark_cold(&app, &viewer.actor()?, id, None).await.map(|_| id);
    answer(marked, &companies::paths::show(id))
}

/// `POST /contacts/<uuid>/cold-call/toggle/`
pub(super) async fn contact(State(app): State<App>, viewer: Viewer, Path(id): Path<ContactId>) -> Html {
    let back = crate::contacts::paths::show(id);
    answer(actions::mark_contact_cold(&app, &viewer.actor()?, id).await, &back)
}

fn answer(marked: Result<CompanyId, Error>, back: &str) -> Html {
    match marked {
        Ok(company) => see_other_with(
            &companies::paths::show(company),
            &flash("success", "Холодный звонок отмечен."),
        ),
        Err(Error::Invalid(errors)) => {
            let sentence = errors.sentences().collect::<Vec<_>>().join(" ");
            see_other_with(back, &flash("warning", sentence))
        }
        Err(error) => Err(error.into()),
    }
}
