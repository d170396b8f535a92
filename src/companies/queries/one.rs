//! Reading one company.

use sqlx::PgConnection;
use uuid::Uuid;

use super::Sql;
use crate::companies::DoNotCall;
use crate::companies::model::{Company, CompanyEmail, CompanyPhone, Fields, Named};
use crate::dictionaries::Terms;
use crate::values::{BranchId, CompanyId, Email, Money, Phone, RegionId, SphereId, StatusId, UserId};

/// What rights depend on.
pub(in crate::companies) struct Locked {
    pub(in crate::companies) created_by: Option<UserId>,
    pub(in crate::companies) responsible: Option<UserId>,
    pub(in crate::companies) leading_branch: Option<BranchId>,
}

/// Locks a company against other changes until the transaction ends; tells its name, too.
pub(in crate::companies) async fn lock(conn: &mut PgConnection, id: CompanyId) -> Sql<Option<(Locked, String)>> {
    let row = sqlx::query!(
        r#"SELECT company.name AS "name!", company.created_by, company.responsible_id,
                  COALESCE(company.branch_id, person.branch_id) AS leading_branch
           FROM companies AS company
           LEFT JOIN users AS person ON person.id = company.responsible_id
           WHERE company.id = $1
           FOR NO KEY UPDATE OF company"#,
        id.0,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| {
        let locked = Locked {
            created_by: row.created_by.map(UserId),
            responsible: row.responsible_id.map(UserId),
            leading_branch: row.leading_branch.map(BranchId),
        };
        (locked, row.name)
    }))
}

/// What the rights to each of these companies depend on.
pub(in crate::companies) async fn stakes(conn: &mut PgConnection, ids: &[Uuid]) -> Sql<Vec<(CompanyId, Locked)>> {
    let rows = sqlx::query!(
        r#"SELECT company.id AS "id!", company.created_by, company.responsible_id,
                  COALESCE(company.branch_id, person.branch_id) AS leading_branch
           FROM companies AS company
           LEFT JOIN users AS person ON person.id = company.responsible_id
           WHERE company.id = ANY($1)"#,
        ids,
    )
    .fetch_all(conn)
    .await?;
    let stakes = rows.into_iter().map(|row| {
        let locked = Locked {
            created_by: row.created_by.map(UserId),
            responsible: row.responsible_id.map(UserId),
            leading_branch: row.leading_branch.map(BranchId),
        };
        (CompanyId(row.id), locked)
    });
    Ok(stakes.collect())
}

#[expect(clippy::too_many_lines, reason = "one statement and its fields")]
/// Reads a company with all that its card shows: one row, its phones, its e-mails.
pub(in crate::companies) async fn find(conn: &mut PgConnection, id: CompanyId) -> Sql<Option<Company>> {
    let row = sqlx::query!(
        r#"SELECT company.name AS "name!", company.legal_name AS "legal_name!", company.inn AS "inn!",
                  company.kpp AS "kpp!", company.ogrn AS "ogrn!", company.address AS "address!",
                  company.website AS "website!", company.activity_kind AS "activity_kind!",
                  company.lead_state AS "lead_state!", company.contract_type AS "contract_type?",
                  company.contract_until AS "contract_until?", company.contact_name AS "contact_name!",
                  company.contact_position AS "contact_position!", company.time_zone AS "time_zone!",
                  company.working_hours AS "working_hours!", company.status_id AS "status_id?",
                  company.head_company_id AS "head_company_id?", company.responsible_id AS "responsible_id?",
                  company.branch_id AS "branch_id?", company.created_by AS "created_by?",
                  company.version AS "version!", company.created_at AS "created_at!",
                  company.updated_at AS "updated_at!",
                  (company.contract_amount * 100)::bigint AS "contract_kopecks?", company.region_id AS "region_id?",
                  status.name AS "status_name?", status.tone AS "status_tone?",
                  contract.name AS "contract_name?", contract.tone AS "contract_tone?", contract.is_annual AS "is_annual?",
                  contract.warning_days AS "warning_days?", contract.danger_days AS "danger_days?",
                  (contract.warning_amount * 100)::bigint AS "warning_kopecks?",
                  (contract.danger_amount * 100)::bigint AS "danger_kopecks?", head.name AS "head_name?",
                  person.name AS "person_name?", person.branch_id AS "person_branch?",
                  creator.name AS "creator_name?", branch.name AS "branch_name?", region.name AS "region_name?",
                  region.tone AS "region_tone?",
                  region.time_zone AS "region_zone?", company.do_not_call_at AS "do_not_call_at?",
                  company.do_not_call_reason AS "do_not_call_reason!",
                  -- Each column says whether it may be missing: what sqlx reads from the plan depends on the order of joins.
                  (SELECT marker.name FROM users AS marker WHERE marker.id = company.do_not_call_by) AS "marker_name?",
                  ARRAY(SELECT sphere.id FROM company_sphere_links AS link
                        JOIN company_spheres AS sphere ON sphere.id = link.sphere_id
                        WHERE link.company_id = company.id ORDER BY sphere.id) AS "sphere_ids!",
                  ARRAY(SELECT sphere.name FROM company_sphere_links AS link
                        JOIN company_spheres AS sphere ON sphere.id = link.sphere_id
                        WHERE link.company_id = company.id
                        ORDER BY sphere.is_important DESC, sphere.position, sphere.name) AS "sphere_names!",
                  ARRAY(SELECT sphere.tone FROM company_sphere_links AS link
                        JOIN company_spheres AS sphere ON sphere.id = link.sphere_id
                        WHERE link.company_id = company.id
                        ORDER BY sphere.is_important DESC, sphere.position, sphere.name) AS "sphere_tones!",
                  ARRAY(SELECT sphere.is_important FROM company_sphere_links AS link
                        JOIN company_spheres AS sphere ON sphere.id = link.sphere_id
                        WHERE link.company_id = company.id
                        ORDER BY sphere.is_important DESC, sphere.position, sphere.name) AS "sphere_flags!"
           FROM companies AS company
           LEFT JOIN company_statuses AS status ON status.id = company.status_id
           LEFT JOIN contract_types AS contract ON contract.code = company.contract_type
           LEFT JOIN companies AS head ON head.id = company.head_company_id
           LEFT JOIN users AS person ON person.id = company.responsible_id
           LEFT JOIN users AS creator ON creator.id = company.created_by
           LEFT JOIN regions AS region ON region.id = company.region_id
           LEFT JOIN branches AS branch ON branch.id = company.branch_id
           WHERE company.id = $1"#,
        id.0,
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let terms = Terms::default();
    let branch = named(row.branch_id.map(BranchId), row.branch_name);
    Ok(Some(Company {
        id,
        status_name: row.status_name.unwrap_or_default(),
        status_tone: row.status_tone.unwrap_or_default(),
        contract_name: row.contract_name.unwrap_or_default(),
        contract_tone: row.contract_tone.unwrap_or_default(),
        contract_terms: Terms {
            is_annual: row.is_annual.unwrap_or_default(),
            warning_days: row.warning_days.unwrap_or(terms.warning_days),
            danger_days: row.danger_days.unwrap_or(terms.danger_days),
            warning_amount: row.warning_kopecks.map_or(terms.warning_amount, Money),
            danger_amount: row.danger_kopecks.map_or(terms.danger_amount, Money),
        },
        region_name: row.region_name.unwrap_or_default(),
        region_tone: row.region_tone.unwrap_or_default(),
        region_zone: row.region_zone.unwrap_or_default(),
        spheres: spheres(row.sphere_names, row.sphere_tones, row.sphere_flags),
        head: named(row.head_company_id.map(CompanyId), row.head_name),
        do_not_call: row.do_not_call_at.map(|at| DoNotCall {
            at,
            by: row.marker_name.unwrap_or_default(),
            reason: row.do_not_call_reason,
        }),
        responsible: named(row.responsible_id.map(UserId), row.person_name),
        created_by: named(row.created_by.map(UserId), row.creator_name),
        leading_branch: row.branch_id.or(row.person_branch).map(BranchId),
        branch,
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
        fields: Fields {
            name: row.name,
            legal_name: row.legal_name,
            inn: row.inn,
            kpp: row.kpp,
            ogrn: row.ogrn,
            address: row.address,
            website: row.website,
            activity_kind: row.activity_kind,
            lead_state: row.lead_state,
            contract_type: row.contract_type,
            contract_until: row.contract_until,
            contract_amount: row.contract_kopecks.map(Money),
            region: row.region_id.map(RegionId),
            contact_name: row.contact_name,
            contact_position: row.contact_position,
            time_zone: row.time_zone,
            working_hours: row.working_hours,
            status: row.status_id.map(StatusId),
            phones: phones(conn, id).await?,
            emails: emails(conn, id).await?,
            spheres: row.sphere_ids.into_iter().map(SphereId).collect(),
        },
    }))
}

/// Why a company is not called; `None`: it is.
pub(in crate::companies) async fn do_not_call_reason(conn: &mut PgConnection, id: CompanyId) -> Sql<Option<String>> {
    let reason = sqlx::query_scalar!(
        "SELECT do_not_call_reason FROM companies WHERE id = $1 AND do_not_call_at IS NOT NULL",
        id.0,
    );
    reason.fetch_optional(conn).await
}

/// Name, tone and importance of each.
fn spheres(names: Vec<String>, tones: Vec<String>, flags: Vec<bool>) -> Vec<(String, String, bool)> {
    let rest = tones.into_iter().zip(flags);
    let spheres = names.into_iter().zip(rest);
    spheres
        .map(|(name, (tone, is_important))| (name, tone, is_important))
        .collect()
}

fn named<I>(id: Option<I>, name: Option<String>) -> Option<Named<I>> {
    id.map(|id| Named {
        id,
        name: name.unwrap_or_default(),
    })
}

async fn phones(conn: &mut PgConnection, id: CompanyId) -> Sql<Vec<CompanyPhone>> {
    let rows = sqlx::query!(
        "SELECT e164, extension, raw, digits, comment
         FROM company_phones
         WHERE company_id = $1
         ORDER BY position, id",
        id.0,
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter();
    Ok(rows
        .map(|row| CompanyPhone {
            phone: Phone {
                raw: row.raw,
                e164: row.e164,
                extension: row.extension,
                digits: row.digits,
            },
            comment: row.comment,
        })
        .collect())
}

async fn emails(conn: &mut PgConnection, id: CompanyId) -> Sql<Vec<CompanyEmail>> {
    let rows = sqlx::query!(
        "SELECT value, comment FROM company_emails WHERE company_id = $1 ORDER BY position, id",
        id.0,
    )
    .fetch_all(conn)
    .await?;
    let email = |value: String, comment| Email::parse(&value).ok().map(|value| CompanyEmail { value, comment });
    Ok(rows
        .into_iter()
        .filter_map(|row| email(row.value, row.comment))
        .collect())
}
