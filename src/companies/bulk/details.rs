//! SQL of what only our own files say of companies: few imports write it, and most records have none of it.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Field, Record, do_not_call_reason};
use crate::companies::queries;
use crate::error::Result;

const DETAILS: [Field; 8] = [
    Field::Region,
    Field::Head,
    Field::ContractType,
    Field::ContractUntil,
    Field::ContractAmount,
    Field::DoNotCall,
    Field::TimeZone,
    Field::WorkingHours,
];

/// Waits for everybody else who changes head organisations, until the transaction ends.
pub(crate) async fn lock_heads(conn: &mut PgConnection) -> Result<()> {
    Ok(queries::lock_heads(conn).await?)
}

/// Whether a record has any of it.
pub(super) fn has_details(record: &Record) -> bool {
    DETAILS.iter().any(|field| !record.values[*field as usize].is_empty())
}

/// Writes it where it differs from what is there. A mark «Не звонить» keeps its day and its author.
pub(super) async fn write(conn: &mut PgConnection, records: &[&Record]) -> Result<()> {
    if records.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = records.iter().map(|record| record.id).collect();
    let text = |field: Field| {
        let values = records.iter().map(|record| record.values[field as usize].as_str());
        values.collect::<Vec<_>>()
    };
    let marks = text(Field::DoNotCall);
    let marked: Vec<bool> = marks.iter().map(|mark| !mark.is_empty()).collect();
    let reasons: Vec<&str> = marks.iter().map(|mark| do_not_call_reason(mark)).collect();
    let since: Vec<Option<DateTime<Utc>>> = records.iter().map(|record| record.do_not_call_at).collect();
    sqlx::query!(
        "UPDATE companies AS company
         SET region_id = row.region, head_company_id = row.head, contract_type = row.contract_type,
             contract_until = row.until, contract_amount = row.amount, time_zone = row.zone, working_hours = row.hours,
             do_not_call_at = CASE WHEN row.is_marked THEN COALESCE(company.do_not_call_at, row.since, now()) END,
             do_not_call_by = CASE WHEN row.is_marked THEN company.do_not_call_by END,
             do_not_call_reason = row.reason
         FROM (
             SELECT id, NULLIF(region, '')::bigint AS region, NULLIF(head, '')::uuid AS head,
                    NULLIF(contract_type, '') AS contract_type, NULLIF(until, '')::date AS until,
                    NULLIF(amount, '')::numeric AS amount, zone, hours, is_marked, reason, since
             FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                         $9::boolean[], $10::text[], $11::timestamptz[])
                  AS row (id, region, head, contract_type, until, amount, zone, hours, is_marked, reason, since)
         ) AS row
         WHERE company.id = row.id
           AND (company.region_id, company.head_company_id, company.contract_type, company.contract_until,
                company.contract_amount, company.time_zone, company.working_hours,
                company.do_not_call_at IS NOT NULL, company.do_not_call_reason)
               IS DISTINCT FROM
               (row.region, row.head, row.contract_type, row.until, row.amount, row.zone, row.hours, row.is_marked,
                row.reason)",
        &ids,
        &text(Field::Region) as &[&str],
        &text(Field::Head) as &[&str],
        &text(Field::ContractType) as &[&str],
        &text(Field::ContractUntil) as &[&str],
        &text(Field::ContractAmount) as &[&str],
        &text(Field::TimeZone) as &[&str],
        &text(Field::WorkingHours) as &[&str],
        &marked,
        &reasons as &[&str],
        &since as &[Option<DateTime<Utc>>],
    )
    .execute(conn)
    .await?;
    Ok(())
}
