//! The list: filters, orders and search that a million companies stand.
//!
//! `QueryBuilder`, so that the planner sees only the filters that are set; never a prepared generic plan, so that it
//! sees how frequent the searched words are.

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use sqlx::{PgConnection, Postgres, QueryBuilder, Row as _};
use uuid::Uuid;

use super::Sql;
use crate::companies::model::{Filter, Listed, Sort};
use crate::companies::search::Terms;
use crate::db::{Cursor, Place};
use crate::values::{CompanyId, time};

/// Rows of a page and one more, in reading order of `place`.
pub(in crate::companies) async fn list(
    conn: &mut PgConnection,
    filter: &Filter,
    terms: Option<&Terms>,
    place: &Place,
    limit: i64,
) -> Sql<Vec<Listed>> {
    let mut query = QueryBuilder::new("WITH picked AS MATERIALIZED (SELECT company.id FROM companies AS company");
    push_where(&mut query, filter, terms);
    let (column, is_descending) = (filter.sort.column(), filter.is_descending != place.is_backward());
    if let Place::After(cursor) | Place::Before(cursor) = place {
        push_cursor(&mut query, filter.sort, is_descending, cursor);
    }
    push_order(&mut query, column, is_descending);
    query.push(" LIMIT ").push_bind(limit + 1).push(")");
    query.push(ROWS);
    push_order(&mut query, column, is_descending);
    let rows = query.build().persistent(false).fetch_all(conn).await?;
    rows.iter().map(listed).collect()
}

/// Companies whose names look alike, best first: for a search that found nothing.
pub(in crate::companies) async fn similar(
    conn: &mut PgConnection,
    filter: &Filter,
    name_key: &str,
    limit: i64,
) -> Sql<Vec<Listed>> {
    let mut query = QueryBuilder::new(
        "WITH picked AS MATERIALIZED (SELECT company.id, strict_word_similarity(",
    );
    query.push_bind(name_key).push(", company.name_key) AS likeness FROM companies AS company");
    push_where(&mut query, filter, None);
    query.push(" AND company.name_key %> ").push_bind(name_key);
    query.push(" ORDER BY likeness DESC, company.id LIMIT ").push_bind(limit).push(")");
    query.push(ROWS).push(" ORDER BY picked.likeness DESC, company.id");
    let rows = query.build().persistent(false).fetch_all(conn).await?;
    rows.iter().map(listed).collect()
}

/// How many companies pass the filter, counted no further than `most`.
pub(in crate::companies) async fn count_up_to(
    conn: &mut PgConnection,
    filter: &Filter,
    terms: Option<&Terms>,
    most: i64,
) -> Sql<i64> {
    let mut query = QueryBuilder::new("SELECT count(*) FROM (SELECT FROM companies AS company");
    push_where(&mut query, filter, terms);
    query.push(" LIMIT ").push_bind(most).push(") AS counted");
    query.build_query_scalar().persistent(false).fetch_one(conn).await
}

/// About how many companies there are, as the planner believes.
pub(in crate::companies) async fn estimate(conn: &mut PgConnection) -> Sql<i64> {
    let count = sqlx::query_scalar!(
        r#"SELECT reltuples::bigint AS "count!" FROM pg_class WHERE oid = 'companies'::regclass"#,
    );
    count.fetch_one(conn).await
}

/// What a row shows; joined after the page is picked, so that only its rows pay for it.
const ROWS: &str = "
    SELECT company.id, company.name, company.address, company.inn, company.lead_state, company.contract_until,
           company.created_at, company.updated_at, company.name_key,
           status.name AS status, status.tone AS status_tone, person.name AS responsible, branch.name AS branch,
           ARRAY(SELECT sphere.name FROM company_sphere_links AS link
                 JOIN company_spheres AS sphere ON sphere.id = link.sphere_id
                 WHERE link.company_id = company.id ORDER BY sphere.name) AS spheres
    FROM picked
    JOIN companies AS company ON company.id = picked.id
    LEFT JOIN company_statuses AS status ON status.id = company.status_id
    LEFT JOIN users AS person ON person.id = company.responsible_id
    LEFT JOIN branches AS branch ON branch.id = company.branch_id";

fn push_where(query: &mut QueryBuilder<Postgres>, filter: &Filter, terms: Option<&Terms>) {
    query.push(" WHERE true");
    if let Some(terms) = terms {
        query.push(" AND company.search @@ ").push_bind(terms.query.clone()).push("::tsquery");
    }
    push_ids(query, "company.status_id", filter.statuses.iter().map(|id| id.0), false);
    push_ids(query, "company.responsible_id", filter.responsible.iter().map(|id| id.0), filter.no_responsible);
    push_ids(query, "company.branch_id", filter.branches.iter().map(|id| id.0), filter.no_branch);
    if !filter.spheres.is_empty() {
        let spheres: Vec<i64> = filter.spheres.iter().map(|id| id.0).collect();
        query.push(" AND EXISTS (SELECT FROM company_sphere_links AS link WHERE link.company_id = company.id");
        query.push(" AND link.sphere_id = ANY(").push_bind(spheres).push("))");
    }
    if !filter.contract_types.is_empty() {
        query.push(" AND company.contract_type = ANY(").push_bind(filter.contract_types.clone()).push(")");
    }
    if let Some(is_cold) = filter.is_cold {
        query.push(" AND company.lead_state = ").push_bind(if is_cold { "cold" } else { "warm" });
    }
    if filter.sort == Sort::Contract {
        query.push(" AND company.contract_until IS NOT NULL");
    }
}

/// One key is an equation, so that an index on it gives the order too; several are a set; `or_none` adds the rows
/// without any.
fn push_ids(
    query: &mut QueryBuilder<Postgres>,
    column: &'static str,
    ids: impl Iterator<Item = i64>,
    or_none: bool,
) {
    let ids: Vec<i64> = ids.collect();
    match (ids.as_slice(), or_none) {
        ([], false) => {}
        ([], true) => {
            query.push(" AND ").push(column).push(" IS NULL");
        }
        ([one], false) => {
            query.push(" AND ").push(column).push(" = ").push_bind(*one);
        }
        (_, false) => {
            query.push(" AND ").push(column).push(" = ANY(").push_bind(ids).push(")");
        }
        (_, true) => {
            query.push(" AND (").push(column).push(" IS NULL OR ").push(column);
            query.push(" = ANY(").push_bind(ids).push("))");
        }
    }
}

fn push_cursor(query: &mut QueryBuilder<Postgres>, sort: Sort, is_descending: bool, cursor: &Cursor) {
    let sign = if is_descending { " < (" } else { " > (" };
    query.push(" AND (").push(sort.column()).push(", company.id)").push(sign);
    match sort {
        Sort::Updated | Sort::Created => query.push_bind(moment(&cursor.key)),
        Sort::Name | Sort::Inn => query.push_bind(cursor.key.clone()),
        Sort::Contract => query.push_bind(day(&cursor.key)),
    };
    query.push(", ").push_bind(cursor.id).push(")");
}

fn push_order(query: &mut QueryBuilder<Postgres>, column: &'static str, is_descending: bool) {
    let direction = if is_descending { " DESC" } else { " ASC" };
    query.push(" ORDER BY ").push(column).push(direction).push(", company.id").push(direction);
}

fn moment(key: &str) -> DateTime<Utc> {
    time::from_micros(key).unwrap_or_default()
}

fn day(key: &str) -> NaiveDate {
    key.parse().ok().filter(|day: &NaiveDate| (1..=9999).contains(&day.year())).unwrap_or_default()
}

fn listed(row: &sqlx::postgres::PgRow) -> Sql<Listed> {
    Ok(Listed {
        id: CompanyId(row.try_get::<Uuid, _>("id")?),
        name: row.try_get("name")?,
        address: row.try_get("address")?,
        inn: row.try_get("inn")?,
        is_cold: row.try_get::<&str, _>("lead_state")? == "cold",
        contract_until: row.try_get("contract_until")?,
        created_at: row.try_get("created_at")?,
        updated_at: row.try_get("updated_at")?,
        name_key: row.try_get("name_key")?,
        status: row.try_get::<Option<_>, _>("status")?.unwrap_or_default(),
        status_tone: row.try_get::<Option<_>, _>("status_tone")?.unwrap_or_default(),
        responsible: row.try_get::<Option<_>, _>("responsible")?.unwrap_or_default(),
        branch: row.try_get::<Option<_>, _>("branch")?.unwrap_or_default(),
        spheres: row.try_get("spheres")?,
    })
}
