//! A name and a number in one line of the card.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::form;
use super::list::{self, QuickView};
use crate::app::App;
use crate::contacts::forms::ContactForm;
use crate::contacts::model::PhoneKind;
use crate::contacts::{actions, paths};
use crate::error::{Error, FieldErrors};
use crate::values::{CompanyId, Phone};
use crate::web::{Form, Html, Path, Viewer, form_key, is_htmx, page_with, see_other_with};

/// What was typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct QuickForm {
    name: String,
    phone: String,
    form_key: String,
}

impl QuickForm {
    /// «Фамилия Имя Отчество»; one word alone is a first name.
    fn whole(&self) -> ContactForm {
        let name = self.name.trim();
        let (last_name, first_name) = name.split_once(char::is_whitespace).unwrap_or(("", name));
        // In Russia mobile numbers begin with a nine.
        let is_mobile = Phone::read(&self.phone).is_some_and(|phone| phone.e164.starts_with("+79"));
        let kind = if is_mobile { PhoneKind::Mobile } else { PhoneKind::Work };
        ContactForm {
            last_name: last_name.to_owned(),
            first_name: first_name.trim().to_owned(),
            phone: vec![self.phone.clone()],
            phone_kind: vec![kind.code().to_owned()],
            form_key: self.form_key.clone(),
            ..ContactForm::default()
        }
    }

    fn view(self, company: CompanyId, errors: &FieldErrors) -> QuickView {
        let name_errors = ["last_name", "first_name", ""].map(|field| errors.get(field));
        let name_error = name_errors.into_iter().find(|sentence| !sentence.is_empty());
        QuickView {
            action: paths::quick(company),
            form_key: self.form_key,
            name: self.name,
            phone: self.phone,
            name_error: name_error.unwrap_or_default().to_owned(),
            phone_error: errors.get("phone-0").to_owned(),
            is_focused: true,
        }
    }
}

/// `POST /companies/{id}/contacts/quick/`
pub(super) async fn create(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<CompanyId>,
    headers: HeaderMap,
    Form(typed): Form<QuickForm>,
) -> Html {
    let actor = viewer.actor()?;
    let whole = typed.whole();
    let created = actions::create(&app, &actor, Some(id), &whole, whole.form_key.parse().ok()).await;
    let (status, view) = match created {
        Ok(_) if is_htmx(&headers) => {
            let next = QuickForm {
                form_key: form_key(),
                ..QuickForm::default()
            };
            (StatusCode::OK, next.view(id, &FieldErrors::default()))
        }
        Ok(created) => {
            let word = form::word(&app, &actor, created, "Контакт добавлен.").await?;
            return see_other_with(&paths::list(id), &word);
        }
        Err(Error::Invalid(errors)) if is_htmx(&headers) => (StatusCode::UNPROCESSABLE_ENTITY, typed.view(id, &errors)),
        // Without a script the whole form takes over, with what was typed.
        Err(Error::Invalid(errors)) => return form::refuse_new(&app, &viewer, Some(id), whole, errors).await,
        Err(error) => return Err(error.into()),
    };
    let mut conn = app.db.acquire().await?;
    let contacts = list::fragment(&mut conn, &viewer, id, true).await?;
    page_with(status, &contacts.with_quick(view))
}
