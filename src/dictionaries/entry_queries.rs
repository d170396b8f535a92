//! SQL that is the same for all dictionaries, but for the table and the columns that only some have.

use sqlx::{AssertSqlSafe, PgConnection, Postgres, QueryBuilder};

use super::entries::{Entry, Kind};
use super::model::Terms;
use crate::values::Money;

type Sql<T> = Result<T, sqlx::Error>;

#[derive(sqlx::FromRow)]
struct Row {
    key: String,
    name: String,
    tone: String,
    is_important: bool,
    time_zone: String,
    is_annual: bool,
    warning_days: i32,
    danger_days: i32,
    warning_kopecks: i64,
    danger_kopecks: i64,
    is_active: bool,
    version: i32,
}

impl From<Row> for Entry {
    fn from(row: Row) -> Self {
        Self {
            key: row.key,
            name: row.name,
            tone: row.tone,
            is_important: row.is_important,
            time_zone: row.time_zone,
            terms: Terms {
                is_annual: row.is_annual,
                warning_days: row.warning_days,
                danger_days: row.danger_days,
                warning_amount: Money(row.warning_kopecks),
                danger_amount: Money(row.danger_kopecks),
            },
            is_active: row.is_active,
            version: row.version,
        }
    }
}

fn key(kind: Kind) -> &'static str {
    if kind == Kind::Contract { "code" } else { "id" }
}

/// All entries in the order people see.
pub(super) async fn list(conn: &mut PgConnection, kind: Kind) -> Sql<Vec<Entry>> {
    let important = if kind == Kind::Sphere { "is_important" } else { "false" };
    let zone = if kind == Kind::Region { "time_zone" } else { "''" };
    let terms = if kind == Kind::Contract {
        "is_annual, warning_days, danger_days, (warning_amount * 100)::bigint AS warning_kopecks,
         (danger_amount * 100)::bigint AS danger_kopecks"
    } else {
        "false AS is_annual, 0 AS warning_days, 0 AS danger_days, 0::bigint AS warning_kopecks,
         0::bigint AS danger_kopecks"
    };
    let sql = format!(
        "SELECT {}::text AS key, name, tone, {important} AS is_important, {zone} AS time_zone, {terms},
                is_active, version
         FROM {}
         ORDER BY position, name",
        key(kind),
        kind.table(),
    );
    let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(sql)).fetch_all(conn).await?;
    Ok(rows.into_iter().map(Entry::from).collect())
}

/// Keeps the order of a dictionary until the transaction ends.
pub(super) async fn lock(conn: &mut PgConnection, kind: Kind) -> Sql<()> {
    sqlx::query("SELECT pg_advisory_xact_lock(hashtext($1))")
        .bind(kind.table())
        .execute(conn)
        .await?;
    Ok(())
}

/// Names and values of the columns, told to `each`.
fn columns(kind: Kind, entry: &Entry, mut each: impl FnMut(&'static str, Value)) {
    each("name", Value::Text(entry.name.clone()));
    each("tone", Value::Text(entry.tone.clone()));
    each("is_active", Value::Flag(entry.is_active));
    match kind {
        Kind::Status | Kind::Task => (),
        Kind::Sphere => each("is_important", Value::Flag(entry.is_important)),
        Kind::Region => each("time_zone", Value::Text(entry.time_zone.clone())),
        Kind::Contract => {
            each("is_annual", Value::Flag(entry.terms.is_annual));
            each("warning_days", Value::Days(entry.terms.warning_days));
            each("danger_days", Value::Days(entry.terms.danger_days));
            each("warning_amount", Value::Sum(entry.terms.warning_amount));
            each("danger_amount", Value::Sum(entry.terms.danger_amount));
        }
    }
}

enum Value {
    Text(String),
    Flag(bool),
    Days(i32),
    Sum(Money),
}

impl Value {
    fn bind(self, sql: &mut QueryBuilder<Postgres>) {
        match self {
            Self::Text(text) => sql.push_bind(text),
            Self::Flag(flag) => sql.push_bind(flag),
            Self::Days(days) => sql.push_bind(days),
            Self::Sum(money) => sql.push_bind(money.0).push("::numeric / 100"),
        };
    }
}

/// Adds an entry at the end and answers its key.
pub(super) async fn insert(conn: &mut PgConnection, kind: Kind, entry: &Entry) -> Sql<String> {
    let mut names = Vec::new();
    let mut values = Vec::new();
    if kind == Kind::Contract {
        names.push("code");
        values.push(Value::Text(entry.key.clone()));
    }
    columns(kind, entry, |name, value| {
        names.push(name);
        values.push(value);
    });
    let table = kind.table();
    let mut sql = QueryBuilder::new(format!("INSERT INTO {table} ({}, position) SELECT ", names.join(", ")));
    for value in values {
        value.bind(&mut sql);
        sql.push(", ");
    }
    sql.push(format!(
        "COALESCE(max(position), 0) + 1 FROM {table} RETURNING {}::text",
        key(kind)
    ));
    sql.build_query_scalar().fetch_one(conn).await
}

/// Changes an entry that is still of this version.
pub(super) async fn update(conn: &mut PgConnection, kind: Kind, entry: &Entry) -> Sql<bool> {
    let mut sql = QueryBuilder::new(format!("UPDATE {} SET version = version + 1", kind.table()));
    columns(kind, entry, |name, value| {
        sql.push(", ").push(name).push(" = ");
        value.bind(&mut sql);
    });
    sql.push(format!(" WHERE {}::text = ", key(kind)))
        .push_bind(entry.key.clone())
        .push(" AND version = ")
        .push_bind(entry.version);
    Ok(sql.build().execute(conn).await?.rows_affected() == 1)
}

/// Gives all entries their places.
pub(super) async fn order(conn: &mut PgConnection, kind: Kind, keys: &[String]) -> Sql<()> {
    let sql = format!(
        "UPDATE {} AS entry SET position = wanted.place
         FROM unnest($1::text[]) WITH ORDINALITY AS wanted (key, place)
         WHERE entry.{}::text = wanted.key AND entry.position <> wanted.place",
        kind.table(),
        key(kind),
    );
    sqlx::query(AssertSqlSafe(sql)).bind(keys).execute(conn).await?;
    Ok(())
}

/// Keeps everybody from giving this entry to a record until the transaction ends; `false`: there is none.
pub(super) async fn hold(conn: &mut PgConnection, kind: Kind, entry: &str) -> Sql<bool> {
    let sql = format!("SELECT FROM {} WHERE {}::text = $1 FOR UPDATE", kind.table(), key(kind));
    let found = sqlx::query(AssertSqlSafe(sql)).bind(entry).fetch_all(conn).await?;
    Ok(!found.is_empty())
}

/// Takes an entry out of what can be chosen.
pub(super) async fn hide(conn: &mut PgConnection, kind: Kind, entry: &str) -> Sql<()> {
    let sql = format!(
        "UPDATE {} SET is_active = false, version = version + 1 WHERE {}::text = $1",
        kind.table(),
        key(kind),
    );
    sqlx::query(AssertSqlSafe(sql)).bind(entry).execute(conn).await?;
    Ok(())
}

pub(super) async fn delete(conn: &mut PgConnection, kind: Kind, entry: &str) -> Sql<()> {
    let sql = format!("DELETE FROM {} WHERE {}::text = $1", kind.table(), key(kind));
    sqlx::query(AssertSqlSafe(sql)).bind(entry).execute(conn).await?;
    Ok(())
}
