//! Reading the dictionaries. They are small and change rarely: always read whole.

use sqlx::PgConnection;

use super::queries;
use crate::error::Result;
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
