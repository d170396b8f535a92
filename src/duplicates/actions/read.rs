//! Looking at duplicates.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::app::App;
use crate::companies;
use crate::db::{Page, Place};
use crate::duplicates::model::{Filter, Progress, Shown};
use crate::duplicates::queries;
use crate::error::Result;
use crate::merges::{self, Merge};
use crate::policy::{Action, Actor, Ties, check};
use crate::values::CompanyId;

/// Groups of one page.
const PAGE: i64 = 25;

/// A page of groups, the strongest first.
pub(crate) async fn list(app: &App, actor: &Actor, filter: &Filter, place: &Place) -> Result<Page<Shown>> {
    check(actor, Action::ViewBase, Ties::default())?;
    let mut conn = app.db.acquire().await?;
    let rows = queries::list(&mut conn, filter, place, PAGE).await?;
    let limit = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let mut page = place.page(rows, limit, Shown::cursor);
    let ids: Vec<_> = page.rows.iter().map(|group| group.id).collect();
    let mut members = queries::members(&mut conn, &ids).await?;
    let all: Vec<CompanyId> = members.values().flatten().map(|member| member.id).collect();
    let editable = companies::among(&mut conn, actor, &all, Action::MergeCompanies).await?;
    for group in &mut page.rows {
        group.members = members.remove(&group.id).unwrap_or_default();
        for member in &mut group.members {
            member.is_editable = editable.contains(&member.id);
        }
        group.members.sort_by_key(|member| !member.is_editable);
    }
    Ok(page)
}

/// How far the search has come.
pub(crate) async fn progress(app: &App, actor: &Actor) -> Result<Progress> {
    check(actor, Action::ViewBase, Ties::default())?;
    let mut conn = app.db.acquire().await?;
    Ok(queries::progress(&mut conn).await?)
}

/// Merges into this company that can still be taken back, the newest first.
pub(crate) async fn open_merges(conn: &mut PgConnection, company: CompanyId, now: DateTime<Utc>) -> Result<Vec<Merge>> {
    merges::of_record(conn, company.0, now).await
}
