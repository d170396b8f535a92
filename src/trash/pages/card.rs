//! What a company's card says of its deletion.

use askama::Template;
use sqlx::PgConnection;

use crate::app::App;
use crate::error::Result;
use crate::policy::{Action, Actor, Ties, may};
use crate::trash::{actions, paths, queries};
use crate::values::{CompanyId, time};
use crate::web::Viewer;
use crate::web::assets::{self, Assets};

/// Where a deleted company lies, for those who may look there; `None`: in the trash it is not, or not for them.
///
/// # Errors
/// Those of the database.
pub(crate) async fn place_of(app: &App, actor: &Actor, id: CompanyId) -> Result<Option<String>> {
    if !may(actor, Action::ManageTrash, Ties::default()) {
        return Ok(None);
    }
    let item = queries::is_trashed(&mut *app.db.acquire().await?, id.0).await?;
    Ok(item.map(paths::item))
}

/// The banners of a card, and the button that its reader may press.
#[derive(Template)]
#[template(path = "trash/_card.html")]
pub(crate) struct CardNotice {
    assets: &'static Assets,
    csrf: String,
    pending: Option<Pending>,
    refused: Option<Refused>,
    /// Address and label.
    pub(crate) button: Option<(String, &'static str)>,
}

impl askama::filters::HtmlSafe for CardNotice {}

struct Pending {
    requester: String,
    reason: String,
    at: String,
    /// For those who decide.
    decide: Option<String>,
    /// For the one who asks.
    withdraw: Option<String>,
}

struct Refused {
    decider: String,
    note: String,
    at: String,
}

/// Reads it for one card.
pub(crate) async fn card_notice(
    app: &App,
    conn: &mut PgConnection,
    viewer: &Viewer,
    company: CompanyId,
    ties: Ties,
) -> Result<CardNotice> {
    let actor = viewer.actor()?;
    let may_delete = may(&actor, Action::DeleteCompany, ties);
    let may_ask = may(&actor, Action::RequestDeletion, ties);
    let request = actions::pending_of(conn, &actor, company).await?;
    let refusal = if may_ask && request.is_none() {
        actions::refusal(app, conn, &actor, company).await?
    } else {
        None
    };
    let button = if may_delete {
        Some((paths::delete(company), "Удалить"))
    } else if may_ask && request.is_none() {
        Some((paths::ask(company), "Запросить удаление"))
    } else {
        None
    };
    let relative = |at| time::relative(at, app.now(), viewer.zone);
    Ok(CardNotice {
        assets: assets::urls(),
        csrf: viewer.csrf.clone(),
        pending: request.map(|request| {
            let address = paths::request(company, request.id);
            let is_own = actor.is(request.requested_by)
                && may(
                    &actor,
                    Action::RequestDeletion,
                    Ties {
                        own: true,
                        branch: false,
                    },
                );
            Pending {
                at: relative(request.created_at),
                withdraw: is_own.then(|| format!("{address}withdraw/")),
                decide: may_delete.then_some(address),
                requester: request.requester,
                reason: request.reason,
            }
        }),
        refused: refusal.map(|refusal| Refused {
            at: relative(refusal.decided_at),
            decider: refusal.decider,
            note: refusal.note,
        }),
        button,
    })
}
