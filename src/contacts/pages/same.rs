//! «Ещё у»: who else has a number that is being typed or shown.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use serde::Deserialize;
use sqlx::PgConnection;

use crate::app::App;
use crate::companies;
use crate::contacts::actions::{self, But};
use crate::contacts::model::Holder;
use crate::contacts::paths;
use crate::error::Result;
use crate::policy::Actor;
use crate::values::{CompanyId, ContactId, Phone};
use crate::web::assets::{self, Assets};
use crate::web::{Html, Query, Viewer, fragment};

/// Numbers of a form that others have too.
#[derive(Template)]
#[template(path = "contacts/_same.html")]
pub(super) struct Same {
    assets: &'static Assets,
    rows: Vec<(String, Vec<HolderView>)>,
}

impl askama::filters::HtmlSafe for Same {}

/// One who has a number too.
pub(crate) struct HolderView {
    pub(crate) href: String,
    pub(crate) name: String,
}

impl HolderView {
    pub(super) fn of(holder: &Holder) -> Self {
        let card = holder
            .company
            .as_ref()
            .map(|(company, _)| companies::paths::show(*company));
        let href = match (card, holder.contact) {
            (Some(card), Some(contact)) => format!("{card}#contact-{contact}"),
            (Some(card), None) => card,
            (None, contact) => contact.map(paths::show).unwrap_or_default(),
        };
        Self {
            href,
            name: holder.name(),
        }
    }
}

/// The holders of one number, ready to print.
pub(super) fn views(found: &BTreeMap<String, Vec<Holder>>, phone: &Phone) -> Vec<HolderView> {
    let holders = found.get(&phone.digits).into_iter().flatten();
    holders.map(HolderView::of).collect()
}

/// Others with a company's own numbers, one list for each; its own people do not count.
pub(crate) async fn also<'a>(
    conn: &mut PgConnection,
    actor: &Actor,
    phones: impl Iterator<Item = &'a Phone> + Clone,
    company: CompanyId,
) -> Result<Vec<Vec<HolderView>>> {
    let but = But {
        contact: None,
        company: Some(company),
    };
    let found = actions::same_phones(conn, actor, phones.clone(), but).await?;
    Ok(phones.map(|phone| views(&found, phone)).collect())
}

impl Same {
    /// Who else has these numbers, as typed.
    pub(super) async fn of(app: &App, actor: &Actor, typed: &[String], contact: Option<ContactId>) -> Result<Self> {
        let phones: Vec<Phone> = typed.iter().filter_map(|typed| Phone::read(typed)).collect();
        let but = But { contact, company: None };
        let mut conn = app.db.acquire().await?;
        let found = actions::same_phones(&mut conn, actor, &phones, but).await?;
        let rows = phones.iter().map(|phone| (phone.display(), views(&found, phone)));
        Ok(Self {
            assets: assets::urls(),
            rows: rows.filter(|(_, holders)| !holders.is_empty()).collect(),
        })
    }
}

/// What has been typed so far.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    phone: Vec<String>,
    but: Option<ContactId>,
}

/// `GET /contacts/same/`
pub(super) async fn index(State(app): State<App>, viewer: Viewer, Query(mut typed): Query<Typed>) -> Html {
    typed.phone.truncate(50);
    fragment(&Same::of(&app, &viewer.actor()?, &typed.phone, typed.but).await?)
}
