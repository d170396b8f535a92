//! What an act on many companies changes: whose they are, status and spheres.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::companies::model::ties;
use crate::error::Result;
use crate::policy::{Actor, Ties};
use crate::values::{BranchId, CompanyId, SphereId, StatusId, UserId};

/// Whose a company is, its status and its spheres.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Marks {
    /// «Ответственный»
    pub(crate) responsible: Option<UserId>,
    /// «Филиал»
    pub(crate) branch: Option<BranchId>,
    /// «Статус»
    pub(crate) status: Option<StatusId>,
    /// «Сферы», sorted by key.
    pub(crate) spheres: Vec<SphereId>,
}

/// A company as an act on many sees it.
#[derive(Clone, Debug)]
pub(crate) struct Marked {
    /// Key.
    pub(crate) id: CompanyId,
    /// Grows with each change.
    pub(crate) version: i32,
    /// What may be changed.
    pub(crate) marks: Marks,
    created_by: Option<UserId>,
    leading_branch: Option<BranchId>,
}

impl Marked {
    /// How the actor is tied to this company.
    pub(crate) fn ties(&self, actor: &Actor) -> Ties {
        ties(actor, self.created_by, self.marks.responsible, self.leading_branch)
    }
}

/// Reads these companies, in the order of their keys, and locks them against other changes until the transaction ends.
/// Those that are gone are left out.
pub(crate) async fn lock_marks(conn: &mut PgConnection, ids: &[CompanyId]) -> Result<Vec<Marked>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    // Whoever waited for a lock sees the row as it is then, but its spheres as they were: they are read afterwards.
    let rows = sqlx::query!(
        r#"SELECT company.id, company.version, company.responsible_id, company.branch_id, company.status_id,
                  company.created_by, COALESCE(company.branch_id, person.branch_id) AS leading_branch
           FROM companies AS company
           LEFT JOIN users AS person ON person.id = company.responsible_id
           WHERE company.id = ANY($1)
           ORDER BY company.id
           FOR NO KEY UPDATE OF company"#,
        &ids,
    )
    .fetch_all(&mut *conn)
    .await?;
    let links = sqlx::query!(
        "SELECT company_id, sphere_id FROM company_sphere_links WHERE company_id = ANY($1) ORDER BY sphere_id",
        &ids,
    )
    .fetch_all(conn)
    .await?;
    let mut spheres: HashMap<Uuid, Vec<SphereId>> = HashMap::new();
    for link in links {
        spheres
            .entry(link.company_id)
            .or_default()
            .push(SphereId(link.sphere_id));
    }
    let rows = rows.into_iter();
    Ok(rows
        .map(|row| Marked {
            id: CompanyId(row.id),
            version: row.version,
            marks: Marks {
                responsible: row.responsible_id.map(UserId),
                branch: row.branch_id.map(BranchId),
                status: row.status_id.map(StatusId),
                spheres: spheres.remove(&row.id).unwrap_or_default(),
            },
            created_by: row.created_by.map(UserId),
            leading_branch: row.leading_branch.map(BranchId),
        })
        .collect())
}

/// Writes marks of locked companies; their versions grow, and they were updated at `now`. None of this is among the
/// words by which a company is found. Answers the new versions.
pub(crate) async fn write_marks(
    conn: &mut PgConnection,
    rows: &[(CompanyId, Marks)],
    now: DateTime<Utc>,
) -> Result<Vec<(CompanyId, i32)>> {
    let ids: Vec<Uuid> = rows.iter().map(|(id, _)| id.0).collect();
    let responsible: Vec<Option<i64>> = rows.iter().map(|(_, marks)| marks.responsible.map(|id| id.0)).collect();
    let branches: Vec<Option<i64>> = rows.iter().map(|(_, marks)| marks.branch.map(|id| id.0)).collect();
    let statuses: Vec<Option<i64>> = rows.iter().map(|(_, marks)| marks.status.map(|id| id.0)).collect();
    let written = sqlx::query!(
        "UPDATE companies AS company
         SET responsible_id = row.responsible, branch_id = row.branch, status_id = row.status,
             version = company.version + 1, updated_at = $5
         FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[]) AS row (id, responsible, branch, status)
         WHERE company.id = row.id
         RETURNING company.id, company.version",
        &ids,
        &responsible as &[Option<i64>],
        &branches as &[Option<i64>],
        &statuses as &[Option<i64>],
        now,
    )
    .fetch_all(&mut *conn)
    .await?;
    write_spheres(conn, &ids, rows).await?;
    Ok(written
        .into_iter()
        .map(|row| (CompanyId(row.id), row.version))
        .collect())
}

/// Only links that differ are written.
async fn write_spheres(conn: &mut PgConnection, ids: &[Uuid], rows: &[(CompanyId, Marks)]) -> Result<()> {
    let pairs = || {
        rows.iter()
            .flat_map(|(id, marks)| marks.spheres.iter().map(|sphere| (id.0, sphere.0)))
    };
    let (companies, spheres): (Vec<Uuid>, Vec<i64>) = pairs().unzip();
    sqlx::query!(
        "DELETE FROM company_sphere_links AS link
         WHERE link.company_id = ANY($1)
           AND NOT EXISTS (SELECT FROM unnest($2::uuid[], $3::bigint[]) AS kept (company, sphere)
                           WHERE kept.company = link.company_id AND kept.sphere = link.sphere_id)",
        ids,
        &companies,
        &spheres,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "INSERT INTO company_sphere_links (company_id, sphere_id)
         SELECT * FROM unnest($1::uuid[], $2::bigint[])
         ON CONFLICT DO NOTHING",
        &companies,
        &spheres,
    )
    .execute(conn)
    .await?;
    Ok(())
}
