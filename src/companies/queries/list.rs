//! The list: filters, orders and search that a million companies stand.
//!
//! `QueryBuilder`, so that the planner sees only the filters that are set; never a prepared generic plan, so that it
//! sees how frequent the searched words are.

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use sqlx::{PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

use super::conditions::{push_conditions, push_where};
use super::rows::rows;
use super::{Sql, groups, tasked};
use crate::companies::listed::{Filter, Listed, Sort, Tasks};
use crate::companies::search::Terms;
use crate::db::{Cursor, Place};
use crate::values::{SphereId, UserId, time};

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
            is_backward: order.place.is_backward(),
            cursor: match order.place {
                Place::First => None,
                Place::After(cursor) | Place::Before(cursor) => Some(cursor),
            },
            rows: order.limit(),
            most: order.most,
            part: Part::All,
        };
        wanted.keys(conn).await?
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

/// Which rows of an order are read: those without a date stand behind all others in either direction, so that they are
/// read by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    All,
    Dated,
    Undated,
}

impl Part {
    /// What is true of its rows.
    fn condition(self) -> &'static str {
        match self {
            Self::All => "true",
            Self::Dated => "company.contract_until IS NOT NULL",
            Self::Undated => "company.contract_until IS NULL",
        }
    }
}

/// What a page is picked by.
#[derive(Clone, Copy)]
struct Wanted<'a> {
    filter: &'a Filter,
    terms: Option<&'a Terms>,
    /// Whether rows are read against the list's direction.
    is_backward: bool,
    /// Beyond which row; `None`: from the end where reading begins.
    cursor: Option<&'a Cursor>,
    rows: i64,
    most: Most,
    part: Part,
}

impl Wanted<'_> {
    /// Keys of a page.
    async fn keys(&self, conn: &mut PgConnection) -> Sql<Vec<Uuid>> {
        if self.filter.sort != Sort::Contract {
            return self.keys_of_part(conn).await;
        }
        let parts: &[Part] = match (self.is_backward, self.cursor) {
            (false, Some(cursor)) if cursor.key.is_empty() => &[Part::Undated],
            (false, _) => &[Part::Dated, Part::Undated],
            (true, Some(cursor)) if cursor.key.is_empty() => &[Part::Undated, Part::Dated],
            (true, _) => &[Part::Dated],
        };
        let mut picked = Vec::new();
        for (place, part) in parts.iter().enumerate() {
            let missing = self.rows - i64::try_from(picked.len()).unwrap_or(i64::MAX);
            if missing <= 0 {
                break;
            }
            let wanted = Self {
                part: *part,
                rows: missing,
                cursor: self.cursor.filter(|_| place == 0),
                ..*self
            };
            picked.extend(wanted.keys_of_part(conn).await?);
        }
        Ok(picked)
    }

    /// Keys of a page of one part.
    async fn keys_of_part(&self, conn: &mut PgConnection) -> Sql<Vec<Uuid>> {
        match self.walk(conn).await? {
            Some(picked) => Ok(picked),
            None => self.pick(conn, None).await,
        }
    }

    /// Keys of a page by walking along the list's order; `None`: the planner's way is better.
    ///
    /// Of several words the planner believes that they meet by chance, and reads all companies with «детский сад» out
    /// of the index. How often they really meet is known of some companies; beside other conditions a look at the
    /// beginning of the order tells it.
    async fn walk(&self, conn: &mut PgConnection) -> Sql<Option<Vec<Uuid>>> {
        if !self.terms.is_some_and(Terms::has_several_words) || self.most.is_soon_read(self.rows) {
            return Ok(None);
        }
        if self.filter.has_only_words() && self.most.part.is_some() {
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
        if within.is_none() && self.filter.tasks == Some(Tasks::Without) {
            return self.pick_without_tasks(conn).await;
        }
        let sort = self.filter.sort;
        let is_descending = self.filter.is_descending != self.is_backward;
        let push_tail = |query: &mut QueryBuilder<Postgres>, has_cursor: bool, limit: i64| {
            if let Some(cursor) = self.cursor.filter(|_| has_cursor) {
                push_cursor(query, (sort, self.part), is_descending, cursor);
            }
            push_order(query, (sort.column(), "company.id"), is_descending);
            query.push(" LIMIT ").push(limit);
        };
        let few = match self.filter.due() {
            Some(due) if within.is_none() => tasked::due_if_few(conn, due).await?,
            _ => None,
        };
        let is_walked = match &few {
            Some(few) => tasked::is_soon_met(few.len(), self.rows, estimate(conn).await?),
            None => false,
        };
        let mut query = QueryBuilder::new("SELECT company.id FROM ");
        match within {
            Some(most) => {
                query.push("(SELECT * FROM companies AS company WHERE ");
                query.push(self.part.condition());
                push_tail(&mut query, true, most);
                query.push(") AS company");
            }
            None => {
                query.push("companies AS company");
            }
        }
        match &few {
            // These are the companies with such tasks: asked for the tasks as well, the planner would join all of them.
            Some(_) => push_where(&mut query, &self.filter.clone().whatever_tasks(), self.terms),
            None => push_where(&mut query, self.filter, self.terms),
        }
        query.push(" AND ").push(self.part.condition());
        if let Some(few) = few {
            // Each of them is looked up, or met on a walk along the order, which a truth value cannot be looked up by.
            query.push(" AND (company.id = ANY(").push_bind(few);
            query.push(if is_walked { ")) IS TRUE" } else { "))" });
        }
        push_tail(&mut query, within.is_none(), self.rows);
        // Without filters there is nothing that the planner should see; a walk has one plan.
        let is_plain = self.filter.has_only_words() && (self.terms.is_none() || within.is_some());
        query
            .build_query_scalar()
            .persistent(is_plain)
            .fetch_all(&mut *conn)
            .await
    }

    /// The same of companies without open tasks.
    async fn pick_without_tasks(&self, conn: &mut PgConnection) -> Sql<Vec<Uuid>> {
        let mut picked = self.pick_beside(conn, tasked::Among::First, self.rows).await?;
        let missing = self.rows - i64::try_from(picked.len()).unwrap_or(i64::MAX);
        if missing > 0 {
            picked.extend(self.pick_beside(conn, tasked::Among::Others, missing).await?);
        }
        Ok(picked)
    }

    async fn pick_beside(&self, conn: &mut PgConnection, among: tasked::Among, rows: i64) -> Sql<Vec<Uuid>> {
        let any = self.filter.clone().whatever_tasks();
        let (sort, is_descending) = (self.filter.sort, self.filter.is_descending != self.is_backward);
        let mut query = QueryBuilder::new("SELECT id FROM (SELECT company.id, ");
        query.push(sort.column()).push(" AS key FROM companies AS company");
        push_where(&mut query, &any, self.terms);
        query.push(" AND ").push(self.part.condition());
        if let Some(cursor) = self.cursor {
            push_cursor(&mut query, (sort, self.part), is_descending, cursor);
        }
        push_order(&mut query, (sort.column(), "company.id"), is_descending);
        among.push(&mut query);
        push_order(&mut query, ("key", "id"), is_descending);
        query.push(" LIMIT ").push(rows);
        query.build_query_scalar().persistent(false).fetch_all(conn).await
    }

    /// The same of one sphere, whose companies lie together in the order of the list.
    async fn pick_of_sphere(&self, conn: &mut PgConnection, sphere: SphereId) -> Sql<Vec<Uuid>> {
        let is_descending = self.filter.is_descending != self.is_backward;
        let columns = ("link.company_updated_at", "link.company_id");
        let mut query = QueryBuilder::new(
            "SELECT link.company_id FROM company_sphere_links AS link
             JOIN companies AS company ON company.id = link.company_id",
        );
        push_conditions(&mut query, self.filter, self.terms);
        query.push(" AND link.sphere_id = ").push_bind(sphere.0);
        if let Some(cursor) = self.cursor {
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

/// How many companies a person answers for.
pub(in crate::companies) async fn count_of(conn: &mut PgConnection, person: UserId) -> Sql<i64> {
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM companies WHERE responsible_id = $1"#,
        person.0,
    );
    count.fetch_one(conn).await
}

/// About how many companies there are, as the planner believes.
pub(in crate::companies) async fn estimate(conn: &mut PgConnection) -> Sql<i64> {
    let count =
        sqlx::query_scalar!(r#"SELECT reltuples::bigint AS "count!" FROM pg_class WHERE oid = 'companies'::regclass"#,);
    count.fetch_one(conn).await
}

fn push_cursor(query: &mut QueryBuilder<Postgres>, (sort, part): (Sort, Part), is_descending: bool, cursor: &Cursor) {
    if part == Part::Undated {
        query
            .push(if is_descending {
                " AND company.id < "
            } else {
                " AND company.id > "
            })
            .push_bind(cursor.id);
        return;
    }
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
