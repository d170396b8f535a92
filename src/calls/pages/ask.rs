//! `POST /phone/call/`: the button beside a number.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::bar;
use crate::app::App;
use crate::calls::actions;
use crate::calls::model::Wanted;
use crate::companies;
use crate::error::Error;
use crate::values::{CallId, CompanyId, ContactId};
use crate::web::{Form, Html, Path, Viewer, flash, is_htmx, own_path, see_other_with};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct CallForm {
    phone: String,
    /// «number company contact», as the buttons of pages send all three, «-» for none.
    whom: String,
    company_id: String,
    contact_id: String,
    /// The same press of the button.
    key: String,
    /// Where to go back to, for a browser without a script.
    back: String,
}

impl CallForm {
    /// A button's three words as the fields that older pages send.
    fn spread(mut self) -> Self {
        let mut words = self.whom.split(' ');
        if let (true, Some(phone)) = (self.phone.is_empty(), words.next()) {
            self.phone = phone.trim_start_matches("tel:").to_owned();
            self.company_id = words.next().unwrap_or_default().to_owned();
            self.contact_id = words.next().unwrap_or_default().to_owned();
        }
        self
    }
}

/// Asks the phone. A script is answered as JSON, with the words of the older CRM; a plain form goes back to its page.
pub(super) async fn create(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
    Form(form): Form<CallForm>,
) -> Html {
    let form = form.spread();
    let wants_json = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.contains("application/json"));
    let back = if form.back.is_empty() {
        form.company_id
            .parse()
            .map_or_else(|_| "/".to_owned(), companies::paths::show)
    } else {
        own_path(&form.back).to_owned()
    };
    if form.phone.trim().is_empty() {
        let refused = json!({"ok": false, "detail": "phone is required"});
        return Ok(answer(StatusCode::BAD_REQUEST, &refused));
    }
    let wanted = Wanted {
        phone: form.phone.clone(),
        company: form.company_id.parse::<CompanyId>().ok(),
        contact: form.contact_id.parse::<ContactId>().ok(),
        key: form.key.parse::<Uuid>().ok(),
    };
    match actions::ask(&app, &viewer.actor()?, &wanted).await {
        Ok(asked) if wants_json => {
            let mut body = json!({"ok": true, "id": asked.id, "phone": asked.phone.trim_start_matches('+')});
            if asked.is_same {
                body["dedup"] = json!(true);
            }
            Ok(answer(StatusCode::OK, &body))
        }
        Ok(_) => see_other_with(&back, &flash("success", "Номер отправлен на телефон.")),
        Err(Error::Invalid(errors)) => {
            let sentence = errors.sentences().collect::<Vec<_>>().join(" ");
            if wants_json {
                return Ok(answer(
                    StatusCode::BAD_REQUEST,
                    &json!({"ok": false, "detail": sentence}),
                ));
            }
            see_other_with(&back, &flash("error", sentence))
        }
        Err(error) => Err(error.into()),
    }
}

fn answer(status: StatusCode, body: &serde_json::Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

/// `POST /calls/<uuid>/cancel/`
pub(super) async fn cancel(State(app): State<App>, viewer: Viewer, headers: HeaderMap, Path(id): Path<CallId>) -> Html {
    let is_done = actions::cancel(&app, &viewer.actor()?, id).await?;
    if is_htmx(&headers) {
        return bar::draw(&app, &viewer).await;
    }
    let word = if is_done {
        flash("success", "Запрос отменён.")
    } else {
        flash("info", "Номер уже на телефоне: отменить можно только там.")
    };
    see_other_with("/", &word)
}

/// `POST /calls/<uuid>/put-away/`
pub(super) async fn put_away(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
    Path(id): Path<CallId>,
) -> Html {
    actions::put_away(&app, &viewer.actor()?, id).await?;
    if is_htmx(&headers) {
        return bar::draw(&app, &viewer).await;
    }
    see_other_with("/", &flash("info", "Звонок убран с экрана."))
}
