//! What the filters of a list mean in SQL.
//!
//! Pieces of a `QueryBuilder`, so that the planner sees only the filters that are set.

use sqlx::{Postgres, QueryBuilder};

use crate::companies::listed::{Filter, Tasks};
use crate::companies::search::Terms;

/// The `WHERE` of a query about `companies AS company`.
pub(in crate::companies) fn push_where(query: &mut QueryBuilder<Postgres>, filter: &Filter, terms: Option<&Terms>) {
    push_conditions(query, filter, terms);
    if !filter.spheres.is_empty() {
        let spheres: Vec<i64> = filter.spheres.iter().map(|id| id.0).collect();
        query.push(" AND EXISTS (SELECT FROM company_sphere_links AS link WHERE link.company_id = company.id");
        query.push(" AND link.sphere_id = ANY(").push_bind(spheres).push("))");
    }
}

/// All conditions but the spheres.
pub(super) fn push_conditions(query: &mut QueryBuilder<Postgres>, filter: &Filter, terms: Option<&Terms>) {
    query.push(" WHERE true");
    if let Some(terms) = terms {
        query.push(" AND ");
        terms.push_match(query, "company.search");
    }
    push_ids(query, "company.status_id", filter.statuses.iter().map(|id| id.0), false);
    push_ids(
        query,
        "company.responsible_id",
        filter.responsible.iter().map(|id| id.0),
        filter.no_responsible,
    );
    push_ids(
        query,
        "company.branch_id",
        filter.branches.iter().map(|id| id.0),
        filter.no_branch,
    );
    push_ids(
        query,
        "company.region_id",
        filter.regions.iter().map(|id| id.0),
        filter.no_region,
    );
    if !filter.contract_types.is_empty() {
        query
            .push(" AND company.contract_type = ANY(")
            .push_bind(filter.contract_types.clone())
            .push(")");
    }
    if let Some(is_cold) = filter.is_cold {
        query
            .push(" AND company.lead_state = ")
            .push_bind(if is_cold { "cold" } else { "warm" });
    }
    if let Some(is_marked) = filter.do_not_call {
        query.push(if is_marked {
            " AND company.do_not_call_at IS NOT NULL"
        } else {
            " AND company.do_not_call_at IS NULL"
        });
    }
    push_tasks(query, filter);
}

/// An index has the open tasks of each company by the moment when they are due.
fn push_tasks(query: &mut QueryBuilder<Postgres>, filter: &Filter) {
    const OPEN: &str = "(SELECT FROM tasks AS task WHERE task.company_id = company.id
                         AND task.status IN ('new', 'in_progress')";
    if filter.tasks == Some(Tasks::Without) {
        query.push(" AND NOT EXISTS ").push(OPEN).push(")");
    }
    if let Some((since, before)) = filter.due() {
        query.push(" AND EXISTS ").push(OPEN);
        query.push(" AND task.due_key < ").push_bind(before);
        if let Some(since) = since {
            query.push(" AND task.due_key >= ").push_bind(since);
        }
        query.push(")");
    }
}

/// One key is an equation, so that an index on it gives the order too; several are a set; `or_none` adds the rows
/// without any.
fn push_ids(query: &mut QueryBuilder<Postgres>, column: &'static str, ids: impl Iterator<Item = i64>, or_none: bool) {
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
            query
                .push(" AND ")
                .push(column)
                .push(" = ANY(")
                .push_bind(ids)
                .push(")");
        }
        (_, true) => {
            query.push(" AND (").push(column).push(" IS NULL OR ").push(column);
            query.push(" = ANY(").push_bind(ids).push("))");
        }
    }
}
