//! Reading the dictionaries. They are small and change rarely: always read whole.

use sqlx::PgConnection;

use super::queries;
use crate::audit::{self, Event};
use crate::error::Result;
use crate::policy::Actor;
use crate::values::{SphereId, StatusId};

/// «Статус»
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Status {
    /// Key.
    pub(crate) id: StatusId,
    /// Name.
    pub(crate) name: String,
    /// Tone of the badge.
    pub(crate) tone: String,
    /// Whether it may be chosen anew.
    pub(crate) is_active: bool,
}

/// «Сфера»
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sphere {
    /// Key.
    pub(crate) id: SphereId,
    /// Name.
    pub(crate) name: String,
    /// Whether it may be chosen anew.
    pub(crate) is_active: bool,
}

/// «Вид договора»
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ContractType {
    /// Key.
    pub(crate) code: String,
    /// Name.
    pub(crate) name: String,
    /// Whether it may be chosen anew.
    pub(crate) is_active: bool,
}

/// All of them, in the order people see.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dictionaries {
    /// «Статусы»
    pub(crate) statuses: Vec<Status>,
    /// «Сферы»
    pub(crate) spheres: Vec<Sphere>,
    /// «Виды договора»
    pub(crate) contract_types: Vec<ContractType>,
}

/// Reads all dictionaries.
pub(crate) async fn all(conn: &mut PgConnection) -> Result<Dictionaries> {
    Ok(Dictionaries {
        statuses: queries::statuses(conn).await?,
        spheres: queries::spheres(conn).await?,
        contract_types: queries::contract_types(conn).await?,
    })
}

/// Which dictionary a name belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    /// «Статусы»
    Status,
    /// «Сферы»
    Sphere,
}

/// Keys of these names, each with its name; names that are missing are added at the end of the list.
pub(crate) async fn ensure(
    conn: &mut PgConnection,
    actor: &Actor,
    kind: Named,
    names: &[String],
) -> Result<Vec<(String, i64)>> {
    let found = match kind {
        Named::Status => queries::add_statuses(conn, names).await?,
        Named::Sphere => queries::add_spheres(conn, names).await?,
    };
    for (name, id, _) in found.iter().filter(|(.., is_new)| *is_new) {
        let (entity, word) = match kind {
            Named::Status => ("company_status", "Добавлен статус"),
            Named::Sphere => ("company_sphere", "Добавлена сфера"),
        };
        audit::record(
            conn,
            actor,
            Event::new("create", entity, id, format!("{word} «{name}»")),
        )
        .await?;
    }
    Ok(found.into_iter().map(|(name, id, _)| (name, id)).collect())
}
