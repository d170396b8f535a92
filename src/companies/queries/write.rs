//! Writing one company.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::Sql;
use crate::companies::model::Fields;
use crate::policy::Actor;
use crate::values::text::{address_key, name_key};
use crate::values::{BranchId, CompanyId, UserId};

/// Inserts a company of the actor's, without phones, e-mails and spheres.
pub(in crate::companies) async fn insert(
    conn: &mut PgConnection,
    id: CompanyId,
    fields: &Fields,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Sql<()> {
    sqlx::query!(
        "INSERT INTO companies (id, name, legal_name, inn, kpp, ogrn, address, website, activity_kind, lead_state,
                                contract_type, contract_until, contact_name, contact_position, time_zone,
                                working_hours, status_id, responsible_id, branch_id, created_by, name_key,
                                address_key, created_at, updated_at, contract_amount, region_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $18, $20, $21,
                 $22, $22, $23::bigint::numeric / 100, $24)",
        id.0,
        fields.name,
        fields.legal_name,
        fields.inn,
        fields.kpp,
        fields.ogrn,
        fields.address,
        fields.website,
        fields.activity_kind,
        fields.lead_state,
        fields.contract_type,
        fields.contract_until,
        fields.contact_name,
        fields.contact_position,
        fields.time_zone,
        fields.working_hours,
        fields.status.map(|status| status.0),
        actor.user.map(|user| user.0),
        actor.branch.map(|branch| branch.0),
        name_key(&fields.name),
        address_key(&fields.address),
        now,
        fields.contract_amount.map(|sum| sum.0),
        fields.region.map(|region| region.0),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes all fields when the company still has `version`; answers whether it had.
pub(in crate::companies) async fn update(
    conn: &mut PgConnection,
    id: CompanyId,
    version: i32,
    fields: &Fields,
) -> Sql<bool> {
    let done = sqlx::query!(
        "UPDATE companies
         SET name = $3, legal_name = $4, inn = $5, kpp = $6, ogrn = $7, address = $8, website = $9,
             activity_kind = $10, lead_state = $11, contract_type = $12, contract_until = $13, contact_name = $14,
             contact_position = $15, time_zone = $16, working_hours = $17, status_id = $18, name_key = $19,
             address_key = $20, contract_amount = $21::bigint::numeric / 100, region_id = $22,
             version = version + 1
         WHERE id = $1 AND version = $2",
        id.0,
        version,
        fields.name,
        fields.legal_name,
        fields.inn,
        fields.kpp,
        fields.ogrn,
        fields.address,
        fields.website,
        fields.activity_kind,
        fields.lead_state,
        fields.contract_type,
        fields.contract_until,
        fields.contact_name,
        fields.contact_position,
        fields.time_zone,
        fields.working_hours,
        fields.status.map(|status| status.0),
        name_key(&fields.name),
        address_key(&fields.address),
        fields.contract_amount.map(|sum| sum.0),
        fields.region.map(|region| region.0),
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Replaces phones, e-mails and spheres.
pub(in crate::companies) async fn replace_children(conn: &mut PgConnection, id: CompanyId, fields: &Fields) -> Sql<()> {
    sqlx::query!("DELETE FROM company_phones WHERE company_id = $1", id.0)
        .execute(&mut *conn)
        .await?;
    for (position, row) in (0_i32..).zip(&fields.phones) {
        sqlx::query!(
            "INSERT INTO company_phones (company_id, position, e164, extension, raw, digits, comment)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            id.0,
            position,
            row.phone.e164,
            row.phone.extension,
            row.phone.raw,
            row.phone.digits,
            row.comment,
        )
        .execute(&mut *conn)
        .await?;
    }
    sqlx::query!("DELETE FROM company_emails WHERE company_id = $1", id.0)
        .execute(&mut *conn)
        .await?;
    for (position, row) in (0_i32..).zip(&fields.emails) {
        sqlx::query!(
            "INSERT INTO company_emails (company_id, position, value, comment) VALUES ($1, $2, $3, $4)",
            id.0,
            position,
            row.value.as_str(),
            row.comment,
        )
        .execute(&mut *conn)
        .await?;
    }
    let spheres: Vec<i64> = fields.spheres.iter().map(|sphere| sphere.0).collect();
    sqlx::query!("DELETE FROM company_sphere_links WHERE company_id = $1", id.0)
        .execute(&mut *conn)
        .await?;
    sqlx::query!(
        "INSERT INTO company_sphere_links (company_id, sphere_id) SELECT $1, unnest($2::bigint[])",
        id.0,
        &spheres,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Gives a company to a person and to that person's branch.
pub(in crate::companies) async fn transfer(
    conn: &mut PgConnection,
    id: CompanyId,
    to: UserId,
    branch: Option<BranchId>,
) -> Sql<()> {
    sqlx::query!(
        "UPDATE companies SET responsible_id = $2, branch_id = $3, version = version + 1 WHERE id = $1",
        id.0,
        to.0,
        branch.map(|branch| branch.0),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Marks a company as one that is not called, or takes the mark off.
pub(in crate::companies) async fn set_do_not_call(
    conn: &mut PgConnection,
    id: CompanyId,
    reason: Option<&str>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Sql<()> {
    sqlx::query!(
        "UPDATE companies
         SET do_not_call_at = $2, do_not_call_by = $3, do_not_call_reason = $4, version = version + 1
         WHERE id = $1",
        id.0,
        reason.map(|_| now),
        actor.user.filter(|_| reason.is_some()).map(|user| user.0),
        reason.unwrap_or_default(),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Something on the card changed: it is updated now, and found by its present words.
pub(in crate::companies) async fn touch(conn: &mut PgConnection, id: CompanyId, now: DateTime<Utc>) -> Sql<()> {
    sqlx::query!(
        "UPDATE companies SET updated_at = $2, search = company_search(companies) WHERE id = $1",
        id.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}
