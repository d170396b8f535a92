//! Lists of tasks: the page is picked from an index first, names are joined to its rows only.

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

impl Wanted<'_> {
    fn order(&self) -> Order {
        self.filter.standing.order()
    }

    /// The column of the order.
    fn key(&self) -> &'static str {
        match self.order() {
            Order::Due => "due_key",
            Order::Closed => "closed_at",
        }
    }

    fn push_where(&self, query: &mut QueryBuilder<Postgres>) {
        match self.filter.standing {
            Standing::All => (),
            Standing::Open => {
                query.push(OPEN);
            }
            Standing::One(status) => {
                query.push(" AND status = ").push_bind(status.code());
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
        if let Some(words) = &self.words {
            query.push(" AND search @@ ").push_bind(words.clone()).push("::tsquery");
        }
    }
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

/// A page of tasks and one more, in the reading order of `place`.
pub(in crate::tasks) async fn list(
    conn: &mut PgConnection,
    wanted: &Wanted<'_>,
    place: &Place,
    limit: i64,
) -> Sql<Vec<Task>> {
    let mut query = QueryBuilder::new("WITH picked AS MATERIALIZED (SELECT * FROM tasks WHERE true");
    wanted.push_where(&mut query);
    let key = wanted.key();
    // Dates rise, days of finishing fall.
    let rises = (wanted.order() == Order::Due) != place.is_backward();
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
    query.push(limit + 1).push(") ").push(SHOWN);
    query.push(format_args!(" ORDER BY task.{key} {direction}, task.id {direction}"));
    let rows: Vec<Row> = query.build_query_as().persistent(false).fetch_all(conn).await?;
    Ok(rows.into_iter().map(Task::from).collect())
}

/// How many there are, at most `most`.
pub(in crate::tasks) async fn count(conn: &mut PgConnection, wanted: &Wanted<'_>, most: i64) -> Sql<i64> {
    let mut query = QueryBuilder::new("SELECT count(*) FROM (SELECT FROM tasks WHERE true");
    wanted.push_where(&mut query);
    query.push(" LIMIT ").push(most).push(") AS found");
    query.build_query_scalar().persistent(false).fetch_one(conn).await
}

/// Tasks that others set for a person and that the person has not begun, the latest first.
pub(in crate::tasks) async fn new_for(conn: &mut PgConnection, person: UserId, limit: i64) -> Sql<Vec<Task>> {
    let mut query = QueryBuilder::new("WITH picked AS MATERIALIZED (SELECT * FROM tasks WHERE status = 'new'");
    query.push(" AND assignee_id = ").push_bind(person.0);
    query.push(" AND author_id IS DISTINCT FROM ").push_bind(person.0);
    query
        .push(" ORDER BY created_at DESC, id DESC LIMIT ")
        .push(limit)
        .push(") ");
    query.push(SHOWN).push(" ORDER BY task.created_at DESC, task.id DESC");
    let rows: Vec<Row> = query.build_query_as().fetch_all(conn).await?;
    Ok(rows.into_iter().map(Task::from).collect())
}

/// How many of [`new_for`] there are, at most `most`.
pub(in crate::tasks) async fn count_new_for(conn: &mut PgConnection, person: UserId, most: i64) -> Sql<i64> {
    let mut query = QueryBuilder::new("SELECT count(*) FROM (SELECT FROM tasks WHERE status = 'new'");
    query.push(" AND assignee_id = ").push_bind(person.0);
    query.push(" AND author_id IS DISTINCT FROM ").push_bind(person.0);
    query.push(" LIMIT ").push(most).push(") AS found");
    query.build_query_scalar().fetch_one(conn).await
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

/// Tasks of these keys, those that are there, by their dates.
pub(in crate::tasks) async fn by_ids(conn: &mut PgConnection, ids: &[Uuid]) -> Sql<Vec<Task>> {
    let mut query = QueryBuilder::new("WITH picked AS MATERIALIZED (SELECT * FROM tasks WHERE id = ANY(");
    query
        .push_bind(ids.to_vec())
        .push(")) ")
        .push(SHOWN)
        .push(" ORDER BY task.due_key, task.id");
    let rows: Vec<Row> = query.build_query_as().fetch_all(conn).await?;
    Ok(rows.into_iter().map(Task::from).collect())
}
