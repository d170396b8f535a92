//! Whether this is a restored copy that sends nothing yet.

use sqlx::PgPool;

use super::queries;
use crate::audit::{self, Event};
use crate::db;
use crate::error::Result;
use crate::policy::Actor;

/// Whether this database was restored and has not been made a working one since.
pub(crate) async fn is_passive(pool: &PgPool) -> Result<bool> {
    let mut conn = pool.acquire().await?;
    Ok(db::is_passive(&mut conn).await?)
}

/// Makes a restored copy a working one; answers whether it was passive.
pub(crate) async fn make_working(pool: &PgPool, actor: &Actor) -> Result<bool> {
    let mut tx = pool.begin().await?;
    let was_passive = queries::become_working(&mut tx).await?;
    if was_passive {
        let message = "Восстановленная копия сделана рабочей: она снова отправляет письма и уведомления";
        audit::record(&mut tx, actor, Event::new("activate", "system", "", message)).await?;
    }
    tx.commit().await?;
    Ok(was_passive)
}
