//! Lists of tasks: the page is picked from an index first, names are joined to its rows only.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

use super::{Row, Sql};
use crate::db::Place;
use crate::tasks::model::{Filter, Order, Standing, Task, When};
use crate::values::{CompanyId, TaskId, UserId, time};

/// What a filter means for one reader at one moment.
pub(in crate::tasks) struct Wanted<'a> {
    /// As it was asked.
    pub(in crate::tasks) filter: &'a Filter,
    /// The first and the last moment that fit.
    pub(in crate::tasks) bounds: (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
    /// For whom; `None`: for anybody.
    pub(in crate::tasks) people: Option<Vec<i64>>,
    /// Set by this person for others.
    pub(in crate::tasks) given_by: Option<UserId>,
    /// A `tsquery` of the title; `None`: any.
    pub(in crate::tasks) words: Option<String>,
}

/// Open ones; spelled as the partial indexes are.
const OPEN: &str = " AND status IN ('new', 'in_progress')";
/// Set by somebody else; spelled as the partial index is.
const FROM_OTHERS: &str = " AND author_id IS DISTINCT FROM assignee_id";

/// So many of a list's nearest tasks are looked through for words first: common ones need no more.
const NEAR: i64 = 1_000;
/// So many tasks with rarer words are looked at.
const KNOWN: i64 = 5_000;
/// When there are more, they are looked for among so many of the list's nearest.
const FAR: i64 = 10_000;

impl Wanted<'_> {
    fn order(&self) -> Order {
        self.filter.order()
    }

    /// All but the words.
    fn push_where(&self, query: &mut QueryBuilder<Postgres>) {
        match self.filter.standing {
            Standing::All => (),
            Standing::Open => {
                query.push(OPEN);
            }
            Standing::One(status) => {
                query.push(format_args!(" AND status = '{}'", status.code()));
                query.push(if status.is_open() {
                    OPEN
                } else {
                    " AND closed_at IS NOT NULL"
                });
            }
        }
        if let Some(people) = &self.people {
            if let [person] = people.as_slice() {
                query.push(" AND assignee_id = ").push_bind(*person);
            } else {
                query
                    .push(" AND assignee_id = ANY(")
                    .push_bind(people.clone())
                    .push(")");
            }
        }
        if let Some(author) = self.given_by {
            query.push(" AND author_id = ").push_bind(author.0);
            query.push(" AND assignee_id <> ").push_bind(author.0);
        }
        let (from, until) = self.bounds;
        if let Some(from) = from {
            query.push(" AND due_key >= ").push_bind(from);
        }
        if let Some(until) = until {
            query.push(" AND due_key < ").push_bind(until);
        } else if self.filter.when == When::Later {
            query.push(" AND due_key < 'infinity'");
        }
        if self.filter.when == When::Never {
            query.push(" AND due_key = 'infinity'");
        }
        self.push_rest(query);
    }

    fn push_rest(&self, query: &mut QueryBuilder<Postgres>) {
        if self.filter.is_from_others {
            query.push(FROM_OTHERS);
        }
        let kinds: Vec<i64> = self.filter.kinds.iter().map(|kind| kind.0).collect();
        if !kinds.is_empty() {
            query.push(" AND type_id = ANY(").push_bind(kinds).push(")");
        }
        if let Some(company) = self.filter.company {
            query.push(" AND company_id = ").push_bind(company.0);
        }
        if self.filter.is_urgent {
            query.push(" AND is_urgent");
        }
    }

    /// What comes after or before a place, in which order; at most so many.
    fn push_order(&self, query: &mut QueryBuilder<Postgres>, place: &Place, limit: i64) {
        let key = self.order().column();
        let rises = self.order().rises() != place.is_backward();
        if let Place::After(cursor) | Place::Before(cursor) = place {
            query.push(format_args!(" AND ({key}, id) {} (", if rises { '>' } else { '<' }));
            match time::from_micros(&cursor.key) {
                Some(at) => query.push_bind(at),
                None => query.push("'infinity'::timestamptz"),
            };
            query.push(", ").push_bind(cursor.id).push(")");
        }
        self.push_direction(query, rises);
        query.push(" LIMIT ").push(limit);
    }

    fn push_direction(&self, query: &mut QueryBuilder<Postgres>, rises: bool) {
        let key = self.order().column();
        let direction = if rises { "ASC" } else { "DESC" };
        query.push(format_args!(" ORDER BY {key} {direction}, id {direction}"));
    }
}

/// The keys of a page of tasks and one more, by any column that has an index with the key; in the reading order of `place`.
pub(in crate::tasks) async fn list_by(
    conn: &mut PgConnection,
    wanted: &Wanted<'_>,
    (key, rises): (&'static str, bool),
    (place, limit): (&Place, i64),
) -> Sql<Vec<Uuid>> {
    let mut query = QueryBuilder::new("SELECT id FROM tasks WHERE true");
    wanted.push_where(&mut query);
    if let Some(words) = &wanted.words {
        query.push(" AND search @@ ").push_bind(words.clone()).push("::tsquery");
    }
    let rises = rises != place.is_backward();
    if let Place::After(cursor) | Place::Before(cursor) = place {
        query.push(format_args!(" AND ({key}, id) {} (", if rises { '>' } else { '<' }));
        match time::from_micros(&cursor.key) {
            Some(at) => query.push_bind(at),
            None => query.push("'infinity'::timestamptz"),
        };
        query.push(", ").push_bind(cursor.id).push(")");
    }
    let direction = if rises { "ASC" } else { "DESC" };
    query.push(format_args!(" ORDER BY {key} {direction}, id {direction} LIMIT "));
    query.push(limit + 1);
    query.build_query_scalar().persistent(false).fetch_all(conn).await
}

/// Names and ties of picked rows.
const SHOWN: &str = "SELECT task.id, task.title, task.description, task.status, task.is_urgent, task.company_id,
           COALESCE(company.name, '') AS company_name, COALESCE(company.branch_id, owner.branch_id) AS company_branch,
           task.type_id, task.author_id, COALESCE(author.name, '') AS author_name, task.assignee_id,
           assignee.name AS assignee_name, assignee.branch_id AS assignee_branch, task.due_at, task.is_all_day,
           task.closed_at, task.result, task.series_id, task.occurrence, task.created_at, task.updated_at, task.version
    FROM picked AS task
    JOIN users AS assignee ON assignee.id = task.assignee_id
    LEFT JOIN users AS author ON author.id = task.author_id
    LEFT JOIN companies AS company ON company.id = task.company_id
    LEFT JOIN users AS owner ON owner.id = company.responsible_id";

/// The keys of a page of tasks and of one more, in the reading order of `place`; and whether all were looked through.
pub(in crate::tasks) async fn page(
    conn: &mut PgConnection,
    wanted: &Wanted<'_>,
    place: &Place,
    limit: i64,
) -> Sql<(Vec<Uuid>, bool)> {
    if wanted.words.is_some() {
        return by_words(conn, wanted, place, limit + 1).await;
    }
    let mut query = QueryBuilder::new("SELECT id FROM tasks WHERE true");
    wanted.push_where(&mut query);
    wanted.push_order(&mut query, place, limit + 1);
    let ids = query.build_query_scalar().persistent(false).fetch_all(conn).await?;
    Ok((ids, true))
}

/// The same of those with certain words. Words that many tasks have are met soon on the way through the list; of others the
/// index knows all tasks. Words that are common, but not here, are looked for on a part of the way only.
async fn by_words(conn: &mut PgConnection, wanted: &Wanted<'_>, place: &Place, limit: i64) -> Sql<(Vec<Uuid>, bool)> {
    let words = wanted.words.as_deref().unwrap_or_default();
    let ids = on_the_way(conn, (wanted, words), place, limit).await?;
    if i64::try_from(ids.len()).unwrap_or(i64::MAX) >= limit {
        return Ok((ids, true));
    }
    let key = wanted.order().column();
    let mut query = QueryBuilder::new("WITH known AS MATERIALIZED (SELECT * FROM tasks WHERE search @@ ");
    query.push_bind(words).push("::tsquery LIMIT ").push(KNOWN + 1);
    query.push(format_args!(
        "), found AS (SELECT id, {key} FROM known AS tasks WHERE true"
    ));
    wanted.push_where(&mut query);
    wanted.push_order(&mut query, place, limit);
    query.push(") SELECT (SELECT count(*) FROM known), ARRAY(SELECT id FROM found");
    wanted.push_direction(&mut query, wanted.order().rises() != place.is_backward());
    query.push(")");
    let (known, ids): (i64, Vec<Uuid>) = query.build_query_as().persistent(false).fetch_one(&mut *conn).await?;
    if known <= KNOWN {
        return Ok((ids, true));
    }
    let mut query = QueryBuilder::new("SELECT count(*), COALESCE((array_agg(id) FILTER (WHERE search @@ ");
    query.push_bind(words);
    query.push(format_args!(
        "::tsquery))[1:{limit}], '{{}}') FROM (SELECT id, search FROM tasks WHERE true"
    ));
    wanted.push_where(&mut query);
    wanted.push_order(&mut query, place, FAR);
    query.push(") AS near");
    let (near, ids): (i64, Vec<Uuid>) = query.build_query_as().persistent(false).fetch_one(conn).await?;
    let is_page = i64::try_from(ids.len()).unwrap_or(i64::MAX) >= limit;
    Ok((ids, is_page || near < FAR))
}

/// Those with the words among the nearest of the list.
async fn on_the_way(
    conn: &mut PgConnection,
    (wanted, words): (&Wanted<'_>, &str),
    place: &Place,
    limit: i64,
) -> Sql<Vec<Uuid>> {
    let mut query = QueryBuilder::new("SELECT id FROM (SELECT id, search FROM tasks WHERE true");
    wanted.push_where(&mut query);
    wanted.push_order(&mut query, place, NEAR);
    query.push(") AS near WHERE search @@ ").push_bind(words);
    query.push("::tsquery LIMIT ").push(limit);
    query.build_query_scalar().persistent(false).fetch_all(conn).await
}

/// The keys of the first tasks of each of these and how many there are, at most `most`. Words are not looked for. A statement
/// that is asked again and again is planned once for all values: each part of it walks an index, whatever they are.
pub(in crate::tasks) async fn heads(
    conn: &mut PgConnection,
    wanted: &[(Wanted<'_>, i64)],
    (most, is_kept): (i64, bool),
) -> Sql<Vec<(i64, Vec<Uuid>)>> {
    let mut query = QueryBuilder::new("");
    for (place, (wanted, shown)) in wanted.iter().enumerate() {
        if place > 0 {
            query.push(" UNION ALL ");
        }
        query.push(format_args!(
            "SELECT {place} AS place, count(*), COALESCE((array_agg(id))[1:{shown}], '{{}}')
             FROM (SELECT id FROM tasks WHERE true"
        ));
        wanted.push_where(&mut query);
        wanted.push_order(&mut query, &Place::First, most);
        query.push(") AS head");
    }
    query.push(" ORDER BY place");
    let rows: Vec<(i32, i64, Vec<Uuid>)> = query.build_query_as().persistent(is_kept).fetch_all(conn).await?;
    Ok(rows.into_iter().map(|(_, count, ids)| (count, ids)).collect())
}

/// Tasks of a company: open ones by their dates, then closed ones, the latest first.
pub(in crate::tasks) async fn of_company(conn: &mut PgConnection, company: CompanyId, limit: i64) -> Sql<Vec<Task>> {
    let mut query = QueryBuilder::new("WITH picked AS MATERIALIZED (SELECT * FROM tasks WHERE company_id = ");
    query.push_bind(company.0);
    query
        .push(" ORDER BY closed_at DESC NULLS FIRST, due_key, id LIMIT ")
        .push(limit)
        .push(") ");
    query
        .push(SHOWN)
        .push(" ORDER BY task.closed_at DESC NULLS FIRST, task.due_key, task.id");
    let rows: Vec<Row> = query.build_query_as().fetch_all(conn).await?;
    Ok(rows.into_iter().map(Task::from).collect())
}

/// Open tasks with a time, not only a day, from one moment to another: key, title, whose, when.
pub(in crate::tasks) async fn due_between(
    conn: &mut PgConnection,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    limit: i64,
) -> Sql<Vec<(TaskId, String, UserId, DateTime<Utc>)>> {
    let rows = sqlx::query!(
        r#"SELECT id, title, assignee_id, due_at AS "due_at!" FROM tasks
           WHERE status IN ('new', 'in_progress') AND due_key > $1 AND due_key <= $2 AND NOT is_all_day
           ORDER BY due_key, id
           LIMIT $3"#,
        from,
        to,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter();
    Ok(rows
        .map(|row| (TaskId(row.id), row.title, UserId(row.assignee_id), row.due_at))
        .collect())
}

/// Tasks of these keys, those that are there, in this order.
pub(in crate::tasks) async fn by_ids(conn: &mut PgConnection, ids: &[Uuid]) -> Sql<Vec<Task>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = QueryBuilder::new("WITH picked AS (SELECT * FROM tasks WHERE id = ANY(");
    query.push_bind(ids.to_vec()).push(")) ").push(SHOWN);
    let rows: Vec<Row> = query.build_query_as().fetch_all(conn).await?;
    let mut found: HashMap<Uuid, Task> = rows.into_iter().map(|row| (row.id, Task::from(row))).collect();
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}
