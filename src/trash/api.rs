//! Companies and contacts deleted by programs: into the trash, as by people.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use super::actions;
use crate::api::{ApiError, Bearer, Doc, IdKind, IfMatch, Path, Query, no_content, upon_what_stands};
use crate::app::App;
use crate::policy::Action;
use crate::values::{CompanyId, ContactId};
use crate::web::{ApiMethod, Guard, Routes};
use crate::{companies, contacts};

/// What the log says when a program gives no reason.
const REASON: &str = "Удалено программой через API";

/// `DELETE /api/companies/<uuid>/`, `DELETE /api/contacts/<uuid>/`
pub(super) fn routes() -> Routes {
    let doc = |group| {
        Doc::new(group, "Удалить в корзину")
            .of(IdKind::Uuid)
            .query::<Reason>()
            .versioned()
    };
    Routes::new()
        .api(
            ApiMethod::Delete,
            "/api/companies/{id}/",
            Guard::Bearer(Action::DeleteCompany),
            delete_company,
        )
        .doc(doc("Компании"))
        .api(
            ApiMethod::Delete,
            "/api/contacts/{id}/",
            Guard::Bearer(Action::EditContact),
            delete_contact,
        )
        .doc(doc("Контакты"))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Reason {
    #[param(value_type = Option<String>, max_length = 500, pattern = "^[^\\u0000]*$")]
    reason: Option<String>,
}

impl Reason {
    fn text(&self) -> &str {
        let said = self.reason.as_deref().filter(|reason| !reason.trim().is_empty());
        said.unwrap_or(REASON)
    }
}

async fn delete_company(
    State(app): State<App>,
    bearer: Bearer,
    Path(id): Path<CompanyId>,
    seen: IfMatch,
    Query(reason): Query<Reason>,
) -> Result<Response, ApiError> {
    let seen = seen.and(None)?;
    let delete = || async {
        actions::delete_company(&app, &bearer.actor, (id, seen), reason.text(), true).await?;
        Ok(())
    };
    if upon_what_stands(seen, delete).await? {
        Ok(no_content())
    } else {
        Err(companies::stale(&app, &bearer, id).await)
    }
}

async fn delete_contact(
    State(app): State<App>,
    bearer: Bearer,
    Path(id): Path<ContactId>,
    seen: IfMatch,
    Query(reason): Query<Reason>,
) -> Result<Response, ApiError> {
    let seen = seen.and(None)?;
    let delete = || async {
        actions::delete_contact(&app, &bearer.actor, (id, seen), reason.text()).await?;
        Ok(())
    };
    if upon_what_stands(seen, delete).await? {
        Ok(no_content())
    } else {
        Err(contacts::stale(&app, &bearer, id).await)
    }
}
