//! What a company's card says of the cards that became part of it.

use askama::Template;
use sqlx::PgConnection;

use crate::app::App;
use crate::duplicates::{actions, paths};
use crate::error::{Error, Result};
use crate::policy::{Action, Ties, may};
use crate::values::{CompanyId, time};
use crate::web::assets::{self, Assets};
use crate::web::{Html, Viewer, flash, see_other_with};
use crate::{companies, merges};

/// The banners of a card, and the way to merge it.
#[derive(Template)]
#[template(path = "duplicates/_card.html")]
pub(crate) struct MergeNotice {
    assets: &'static Assets,
    merges: Vec<MergeView>,
    /// Where the card is made one with others; `None`: not by this reader.
    pub(crate) merge: Option<String>,
}

impl askama::filters::HtmlSafe for MergeNotice {}

struct MergeView {
    others: Vec<String>,
    at: String,
    until: String,
    url: String,
}

/// Reads it for one card.
pub(crate) async fn merge_notice(
    app: &App,
    conn: &mut PgConnection,
    viewer: &Viewer,
    (company, ties): (CompanyId, Ties),
) -> Result<MergeNotice> {
    let may_merge = may(&viewer.actor()?, Action::MergeCompanies, ties);
    let merges = if may_merge {
        actions::open_merges(conn, company, app.now()).await?
    } else {
        Vec::new()
    };
    let merges = merges.into_iter().map(|merge| MergeView {
        at: time::relative(merge.merged_at, app.now(), viewer.zone),
        until: time::date(merge.until.with_timezone(&viewer.zone).date_naive()),
        url: paths::merged(merge.id),
        others: merge.names().1.to_vec(),
    });
    Ok(MergeNotice {
        assets: assets::urls(),
        merges: merges.collect(),
        merge: may_merge.then(|| paths::merge(company, &[])),
    })
}

/// The old address of a card that has become part of another leads there.
///
/// # Errors
/// [`Error::NotFound`] when it is none of these.
pub(crate) async fn to_heir(app: &App, id: CompanyId) -> Html {
    let mut conn = app.db.acquire().await?;
    let heir = merges::heir(&mut conn, id.0).await?.ok_or(Error::NotFound)?;
    see_other_with(
        &companies::paths::show(CompanyId(heir)),
        &flash("info", "Карточка, которую вы открыли, объединена с этой."),
    )
}
