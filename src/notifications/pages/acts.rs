//! Opening notices and marking them read.

use axum::extract::State;
use serde::Deserialize;
use uuid::Uuid;

use crate::app::App;
use crate::notifications::{actions, paths};
use crate::values::time;
use crate::web::{Form, Html, Path, Viewer, flash, see_other, see_other_with};

/// `POST /notifications/read-all/`
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct ReadAllForm {
    /// When the newest one happened that the page showed, in microseconds.
    until: String,
    /// The page to go back to.
    back: String,
}

/// `POST /notifications/<id>/open/`: reading changes something, so that no link may do it.
pub(super) async fn open(State(app): State<App>, viewer: Viewer, Path(id): Path<Uuid>) -> Html {
    let url = actions::open(&app, &viewer.actor()?, id).await?;
    see_other(own_path(&url))
}

/// `POST /notifications/<id>/read/`
pub(super) async fn read(State(app): State<App>, viewer: Viewer, Path(id): Path<Uuid>) -> Html {
    actions::read(&app, &viewer.actor()?, id).await?;
    see_other(paths::LIST)
}

/// `POST /notifications/read-all/`
pub(super) async fn read_all(State(app): State<App>, viewer: Viewer, Form(form): Form<ReadAllForm>) -> Html {
    actions::read_all(&app, &viewer.actor()?, time::from_micros(&form.until)).await?;
    see_other_with(own_path(&form.back), &flash("success", "Все уведомления прочитаны."))
}

/// A path of ours, or the list: nobody is sent elsewhere.
fn own_path(path: &str) -> &str {
    let is_own = path.starts_with('/')
        && !path.starts_with("//")
        && path.bytes().all(|byte| (33..127).contains(&byte) && byte != b'\\');
    if is_own { path } else { paths::LIST }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_host() {
        assert_eq!(own_path("/companies/?responsible=1"), "/companies/?responsible=1");
        for bad in [
            "",
            "//evil.example/",
            "/\\evil.example",
            "https://evil.example/",
            "/a\r\nb",
            "/а",
        ] {
            assert_eq!(own_path(bad), "/notifications/", "{bad:?}");
        }
    }
}
