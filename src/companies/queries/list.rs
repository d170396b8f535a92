//! The list: filters, orders and search that a million companies stand.
//!
//! `QueryBuilder`, so that the planner sees only the filters that are set; never a prepared generic plan, so that it
//! sees how frequent the searched words are.

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use sqlx::{PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

use super::rows::rows;
use super::{Sql, groups};
use crate::companies::listed::{Filter, Listed, Sort};
use crate::companies::search::Terms;
use crate::db::{Cursor, Place};
use crate::values::{SphereId, time};

/// Which page of a list, and what its order needs to know.
pub(in crate::companies) struct Order<'a> {
    pub(in crate::companies) place: &'a Place,
    /// Rows of a page.
    pub(in crate::companies) size: i64,
    /// The values of a grouped order, one after another.
    pub(in crate::companies) groups: &'a [Option<i64>],
    /// How many companies hold all searched words, at most.
    pub(in crate::companies) most: Most,
}

/// What a search can find.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::companies) struct Most {
    /// Companies with all the words, at most.
    pub(in crate::companies) found: f64,
    /// All companies; 0: unknown.
    pub(in crate::companies) of: f64,
    /// Of companies that were looked at, the part with all the words, from 0 to 1.
    pub(in crate::companies) part: Option<f64>,
}

impl Most {
    /// Whether reading all that is found from the index costs less than walking until a page of `rows` is full.
    fn is_soon_read(self, rows: i64) -> bool {
        let walked = f64::from(i32::try_from(rows).unwrap_or(i32::MAX)) * self.of / self.found.max(1.0);
        self.of > 0.0 && self.found <= walked
    }

    /// How many rows of the order to walk through for a page of `rows`, when that costs less than reading all that is
    /// found from the index: half as much for each row, since the order's index and the companies in it lie together.
    fn walk(self, rows: i64) -> Option<i64> {
        let part = self.part?;
        let walked = f64::from(i32::try_from(rows).unwrap_or(i32::MAX)) / part.max(f64::EPSILON);
        if walked > 2.0 * part * self.of {
            return None;
        }
        // The sample may be wrong by half; few different limits are few statements to prepare.
        let mut limits = (PROBED.ilog2()..=WALKED.ilog2()).map(|bits| 1_i32 << bits);
        limits.find(|limit| f64::from(*limit) >= walked * 2.0).map(i64::from)
    }
}

impl Order<'_> {
    /// One row more than a page has tells that there is another page.
    pub(super) fn limit(&self) -> i64 {
        self.size + 1
    }
}

/// Rows of a page and one more, in reading order of its place.
pub(in crate::companies) async fn list(
    conn: &mut PgConnection,
    filter: &Filter,
    terms: Option<&Terms>,
    order: &Order<'_>,
) -> Sql<Vec<Listed>> {
    let picked = if filter.sort.is_grouped() {
        groups::pick(conn, filter, terms, order).await?
    } else {
        let wanted = Wanted {
            filter,
            terms,
            place: order.place,
            rows: order.limit(),
            most: order.most,
        };
        match wanted.walk(conn).await? {
            Some(picked) => picked,
            None => wanted.pick(conn, None).await?,
        }
    };
    rows(conn, &picked).await
}

/// Rows of the order that are looked at to guess how frequent matches are.
const PROBED: i64 = 256;
/// A page that is expected within so many rows of the order is found sooner by walking than in the index: each row
/// that is looked at costs about the same, and the index has `rows × companies / expected` of them.
const PROMISING: i64 = 2_600;
/// Rows of the order that are walked through on such a promise.
const NEAR: i64 = 4_096;
/// Rows of the order that are walked through at most, since an expectation may be wrong; a power of two.
const WALKED: i64 = 32_768;

/// What a page is picked by.
struct Wanted<'a> {
    filter: &'a Filter,
    terms: Option<&'a Terms>,
    place: &'a Place,
    rows: i64,
    most: Most,
}

impl Wanted<'_> {
    /// Keys of a page by walking along the list's order; `None`: the planner's way is better.
    ///
    /// Of several words the planner believes that they meet by chance, and reads all companies with «детский сад» out
    /// of the index. How often they really meet is known of some companies; beside other conditions a look at the
    /// beginning of the order tells it.
    async fn walk(&self, conn: &mut PgConnection) -> Sql<Option<Vec<Uuid>>> {
        if !self.terms.is_some_and(Terms::has_several_words) || self.most.is_soon_read(self.rows) {
            return Ok(None);
        }
        if self.filter.has_only_order() && self.most.part.is_some() {
            return match self.most.walk(self.rows) {
                Some(within) => self.walk_through(conn, within).await,
                None => Ok(None),
            };
        }
        let picked = self.pick(conn, Some(PROBED)).await?;
        let found = i64::try_from(picked.len()).unwrap_or(i64::MAX);
        match found {
            found if found >= self.rows => Ok(Some(picked)),
            found if found * PROMISING >= self.rows * PROBED => self.walk_through(conn, NEAR).await,
            _ => Ok(None),
        }
    }

    /// Keys of a page of those that lie near in the list's order; `None`: they do not fill it.
    async fn walk_through(&self, conn: &mut PgConnection, within: i64) -> Sql<Option<Vec<Uuid>>> {
        let picked = self.pick(conn, Some(within)).await?;
        let is_full = i64::try_from(picked.len()).is_ok_and(|found| found >= self.rows);
        Ok(is_full.then_some(picked))
    }

    /// Keys of a page; with `within`, only of those among the first so many rows of the order.
    async fn pick(&self, conn: &mut PgConnection, within: Option<i64>) -> Sql<Vec<Uuid>> {
        if let (None, Sort::Updated, [sphere]) = (within, self.filter.sort, self.filter.spheres.as_slice()) {
            return self.pick_of_sphere(conn, *sphere).await;
        }
        let (sort, place) = (self.filter.sort, self.place);
        let is_descending = self.filter.is_descending != place.is_backward();
        let push_tail = |query: &mut QueryBuilder<Postgres>, has_cursor: bool, limit: i64| {
            if let (true, Place::After(cursor) | Place::Before(cursor)) = (has_cursor, place) {
                push_cursor(query, sort, is_descending, cursor);
            }
            push_order(query, (sort.column(), "company.id"), is_descending);
            query.push(" LIMIT ").push(limit);
        };
        let few = match self.filter.overdue_before {
            Some(begins) if within.is_none() => overdue_if_few(conn, begins).await?,
            _ => None,
        };
        let mut query = QueryBuilder::new("SELECT company.id FROM ");
        match within {
            Some(most) => {
                query.push("(SELECT * FROM companies AS company WHERE ");
                query.push(sort.condition());
                push_tail(&mut query, true, most);
                query.push(") AS company");
            }
            None => {
                query.push("companies AS company");
            }
        }
        push_where(&mut query, self.filter, self.terms);
        if let Some(few) = few {
            query.push(" AND company.id = ANY(").push_bind(few).push(")");
        }
        push_tail(&mut query, within.is_none(), self.rows);
        // Without filters there is nothing that the planner should see; a walk has one plan.
        let is_plain = self.filter.has_only_order() && (self.terms.is_none() || within.is_some());
        query
            .build_query_scalar()
            .persistent(is_plain)
            .fetch_all(&mut *conn)
            .await
    }

    /// The same of one sphere, whose companies lie together in the order of the list.
    async fn pick_of_sphere(&self, conn: &mut PgConnection, sphere: SphereId) -> Sql<Vec<Uuid>> {
        let is_descending = self.filter.is_descending != self.place.is_backward();
        let columns = ("link.company_updated_at", "link.company_id");
        let mut query = QueryBuilder::new(
            "SELECT link.company_id FROM company_sphere_links AS link
             JOIN companies AS company ON company.id = link.company_id",
        );
        push_conditions(&mut query, self.filter, self.terms);
        query.push(" AND link.sphere_id = ").push_bind(sphere.0);
        if let Place::After(cursor) | Place::Before(cursor) = self.place {
            push_beyond(&mut query, columns, is_descending);
            query
                .push_bind(moment(&cursor.key))
                .push(", ")
                .push_bind(cursor.id)
                .push(")");
        }
        push_order(&mut query, columns, is_descending);
        query.push(" LIMIT ").push(self.rows);
        query.build_query_scalar().persistent(false).fetch_all(conn).await
    }
}

/// Companies with overdue tasks when there are so few that their list costs less than walking past all others.
async fn overdue_if_few(conn: &mut PgConnection, begins: DateTime<Utc>) -> Sql<Option<Vec<Uuid>>> {
    const FEW: i64 = 2_000;
    let row = sqlx::query!(
        r#"SELECT count(*) AS "tasks!",
                  COALESCE(array_agg(DISTINCT company_id) FILTER (WHERE company_id IS NOT NULL), '{}') AS "companies!"
           FROM (SELECT company_id FROM tasks
                 WHERE status IN ('new', 'in_progress') AND due_key < $1
                 ORDER BY due_key, id LIMIT $2) AS overdue"#,
        begins,
        FEW + 1,
    )
    .fetch_one(conn)
    .await?;
    Ok((row.tasks <= FEW).then_some(row.companies))
}

/// Companies whose names look alike, best first: for a search that found nothing.
pub(in crate::companies) async fn similar(
    conn: &mut PgConnection,
    filter: &Filter,
    name_key: &str,
    limit: i64,
) -> Sql<Vec<Listed>> {
    let mut query = QueryBuilder::new("SELECT id FROM (SELECT company.id, company.name_key FROM companies AS company");
    push_where(&mut query, filter, None);
    // A common word with a typing error is alike to thousands of names; a page of them needs no best among all.
    query
        .push(" AND company.name_key %> ")
        .push_bind(name_key)
        .push(" LIMIT 200) AS alike");
    query
        .push(" ORDER BY strict_word_similarity(")
        .push_bind(name_key)
        .push(", name_key) DESC, id LIMIT ");
    query.push_bind(limit);
    let picked = query
        .build_query_scalar()
        .persistent(false)
        .fetch_all(&mut *conn)
        .await?;
    rows(conn, &picked).await
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

/// Keys of the companies that pass the filter, in no order, `most` of them.
pub(in crate::companies) async fn pick(
    conn: &mut PgConnection,
    filter: &Filter,
    terms: Option<&Terms>,
    most: i64,
) -> Sql<Vec<Uuid>> {
    let mut query = QueryBuilder::new("SELECT company.id FROM companies AS company");
    push_where(&mut query, filter, terms);
    query.push(" LIMIT ").push_bind(most);
    query.build_query_scalar().persistent(false).fetch_all(conn).await
}

/// About how many companies there are, as the planner believes.
pub(in crate::companies) async fn estimate(conn: &mut PgConnection) -> Sql<i64> {
    let count =
        sqlx::query_scalar!(r#"SELECT reltuples::bigint AS "count!" FROM pg_class WHERE oid = 'companies'::regclass"#,);
    count.fetch_one(conn).await
}

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
fn push_conditions(query: &mut QueryBuilder<Postgres>, filter: &Filter, terms: Option<&Terms>) {
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
    if let Some(begins) = filter.overdue_before {
        query
            .push(" AND EXISTS (SELECT FROM tasks AS task WHERE task.company_id = company.id")
            .push(" AND task.status IN ('new', 'in_progress') AND task.due_key < ")
            .push_bind(begins)
            .push(")");
    }
    query.push(" AND ").push(filter.sort.condition());
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

fn push_cursor(query: &mut QueryBuilder<Postgres>, sort: Sort, is_descending: bool, cursor: &Cursor) {
    push_beyond(query, (sort.column(), "company.id"), is_descending);
    match sort {
        Sort::Updated | Sort::Created => query.push_bind(moment(&cursor.key)),
        Sort::Name | Sort::Inn => query.push_bind(cursor.key.clone()),
        Sort::Contract => query.push_bind(day(&cursor.key)),
        // Walked through by `groups`.
        Sort::Status | Sort::Responsible | Sort::Branch => unreachable!("a grouped order has its own cursor"),
    };
    query.push(", ").push_bind(cursor.id).push(")");
}

/// Only rows beyond a place in the order of a column and a key; their values follow.
fn push_beyond(query: &mut QueryBuilder<Postgres>, (column, key): (&'static str, &'static str), is_descending: bool) {
    let sign = if is_descending { ") < (" } else { ") > (" };
    query.push(" AND (").push(column).push(", ").push(key).push(sign);
}

fn push_order(query: &mut QueryBuilder<Postgres>, (column, key): (&'static str, &'static str), is_descending: bool) {
    let direction = if is_descending { " DESC" } else { " ASC" };
    query.push(" ORDER BY ").push(column).push(direction);
    query.push(", ").push(key).push(direction);
}

pub(super) fn moment(key: &str) -> DateTime<Utc> {
    time::from_micros(key).unwrap_or_default()
}

fn day(key: &str) -> NaiveDate {
    key.parse()
        .ok()
        .filter(|day: &NaiveDate| (1..=9999).contains(&day.year()))
        .unwrap_or_default()
}
