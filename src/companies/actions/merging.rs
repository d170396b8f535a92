//! What has to be done here when cards become one, and when they are parted again.

use std::collections::BTreeSet;

use sqlx::PgConnection;
use uuid::Uuid;

use crate::companies::model::ties;
use crate::companies::queries;
use crate::error::Result;
use crate::policy::{Action, Actor, may};
use crate::values::CompanyId;

/// Those of these companies to which the actor may do `action`.
pub(crate) async fn among(
    conn: &mut PgConnection,
    actor: &Actor,
    ids: &[CompanyId],
    action: Action,
) -> Result<BTreeSet<CompanyId>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let stakes = queries::stakes(conn, &ids).await?.into_iter();
    let allowed = stakes.filter(|(_, row)| {
        let ties = ties(actor, row.created_by, row.responsible, row.leading_branch);
        may(actor, action, ties)
    });
    Ok(allowed.map(|(id, _)| id).collect())
}
