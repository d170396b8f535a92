//! `/companies/duplicates/`: what looks like the company being typed; a fragment for htmx, JSON for everybody else.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse as _;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::companies::model::Twin;
use crate::companies::queries::Wanted;
use crate::companies::{actions, paths};
use crate::values::{CompanyId, Inn, Kpp, Phone, text};
use crate::web::{Html, Query, Viewer, assets, fragment, is_htmx};

/// What has been typed so far.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Typed {
    inn: String,
    kpp: String,
    name: String,
    address: String,
    phone: Vec<String>,
    email: Vec<String>,
    but: Option<CompanyId>,
}

impl Typed {
    fn wanted(&self) -> Wanted {
        let phones = self.phone.iter().flat_map(|typed| Phone::read_cell(typed));
        let name_key = text::name_key(&self.name);
        let address_key = text::address_key(&self.address);
        Wanted {
            inn: Inn::read(&self.inn).digits,
            kpp: Kpp::read(&self.kpp).digits,
            // Two letters match half the base; an address without a house matches a whole town.
            name_key: if name_key.chars().count() >= 3 {
                name_key
            } else {
                String::new()
            },
            address_key: if address_key.contains(|c: char| c.is_ascii_digit()) {
                address_key
            } else {
                String::new()
            },
            phones: phones
                .map(|phone| phone.digits)
                .filter(|digits| !Phone::is_junk(digits))
                .collect(),
            emails: self
                .email
                .iter()
                .map(|typed| typed.trim().to_lowercase())
                .filter(|it| it.len() > 3)
                .collect(),
            but: self.but,
        }
    }

    /// Which signs were asked for; the older CRM's `reasons`.
    fn asked(wanted: &Wanted) -> Vec<&'static str> {
        let asked = [
            (!wanted.inn.is_empty(), "ИНН"),
            (!wanted.kpp.is_empty(), "КПП"),
            (!wanted.name_key.is_empty(), "Название"),
            (!wanted.address_key.is_empty(), "Адрес"),
            (!wanted.phones.is_empty(), "Телефон"),
            (!wanted.emails.is_empty(), "E-mail"),
        ];
        asked
            .into_iter()
            .filter_map(|(is_asked, reason)| is_asked.then_some(reason))
            .collect()
    }
}

#[derive(Template)]
#[template(path = "companies/_duplicates.html")]
struct Duplicates {
    assets: &'static assets::Assets,
    twins: Vec<Row>,
    hidden: usize,
}

/// A look-alike with its address.
pub(super) struct Row {
    pub(super) url: String,
    pub(super) twin: Twin,
}

impl From<Twin> for Row {
    fn from(twin: Twin) -> Self {
        Self {
            url: paths::show(twin.id),
            twin,
        }
    }
}

#[derive(Serialize)]
struct Json {
    items: Vec<Item>,
    hidden_count: usize,
    reasons: Vec<&'static str>,
}

#[derive(Serialize)]
struct Item {
    id: CompanyId,
    name: String,
    inn: String,
    kpp: String,
    address: String,
    branch: String,
    responsible: String,
    url: String,
    #[serde(rename = "match")]
    reasons: Vec<&'static str>,
}

/// `GET /companies/duplicates/`
pub(super) async fn index(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
    Query(typed): Query<Typed>,
) -> Html {
    let wanted = typed.wanted();
    let reasons = Typed::asked(&wanted);
    let actor = viewer.actor()?;
    let (twins, hidden) = if reasons.is_empty() {
        (Vec::new(), 0)
    } else {
        actions::duplicates(&app, &actor, &wanted).await?
    };
    if is_htmx(&headers) {
        let twins = twins.into_iter().map(Row::from).collect();
        return fragment(&Duplicates {
            assets: assets::urls(),
            twins,
            hidden,
        });
    }
    let items = twins.into_iter().map(|twin| Item {
        url: paths::show(twin.id),
        id: twin.id,
        name: twin.name,
        inn: twin.inn,
        kpp: twin.kpp,
        address: twin.address,
        branch: twin.branch,
        responsible: twin.responsible,
        reasons: twin.reasons,
    });
    let json = Json {
        items: items.collect(),
        hidden_count: hidden,
        reasons,
    };
    let body = serde_json::to_string(&json).map_err(anyhow::Error::from)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], body).into_response())
}
