//! SQL of the dictionaries.

use sqlx::PgConnection;

use super::actions::{ContractType, Sphere, Status};

type Sql<T> = Result<T, sqlx::Error>;

pub(super) async fn statuses(conn: &mut PgConnection) -> Sql<Vec<Status>> {
    let rows = sqlx::query_as!(
        Status,
        "SELECT id, name, tone, is_active FROM company_statuses ORDER BY position, name",
    );
    rows.fetch_all(conn).await
}

pub(super) async fn spheres(conn: &mut PgConnection) -> Sql<Vec<Sphere>> {
    let rows = sqlx::query_as!(Sphere, "SELECT id, name, is_active FROM company_spheres ORDER BY name");
    rows.fetch_all(conn).await
}

pub(super) async fn contract_types(conn: &mut PgConnection) -> Sql<Vec<ContractType>> {
    let rows = sqlx::query_as!(
        ContractType,
        "SELECT code, name, is_active FROM contract_types ORDER BY position, name",
    );
    rows.fetch_all(conn).await
}
