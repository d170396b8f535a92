//! Whole rows put aside as JSON and brought back: what the trash is made of.
//!
//! Rooms say which rows belong to a record ([`Part`]); columns and references are read from the catalogue, so that a
//! migration which adds a column has nothing to do here. One that renames a table or a column rewrites the rows put aside.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

use crate::error::{Error, Result};

/// Rows that belong to a record: those of `table` whose `column` names a row of `parent` by its `id`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    /// Where they are.
    pub(crate) table: &'static str,
    /// Their reference.
    pub(crate) column: &'static str,
    /// To what; parents stand before their parts.
    pub(crate) parent: &'static str,
}

impl Part {
    /// See the fields.
    pub(crate) const fn new(table: &'static str, column: &'static str, parent: &'static str) -> Self {
        Self { table, column, parent }
    }
}

/// A record and its parts, those that are referred to first.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Snapshot(Vec<Taken>);

#[derive(Debug, Serialize, Deserialize)]
struct Taken {
    table: String,
    rows: Vec<Map<String, Value>>,
}

/// A reference to something that is gone. The column is empty now, or, where it cannot be, its row is left out.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Lost {
    /// Of which table.
    pub(crate) table: String,
    /// Which column.
    pub(crate) column: String,
    /// How many rows it was.
    pub(crate) rows: usize,
}

impl Snapshot {
    /// How many rows it has of each table.
    pub(crate) fn counts(&self) -> impl Iterator<Item = (&str, usize)> {
        self.0.iter().map(|taken| (taken.table.as_str(), taken.rows.len()))
    }

    /// All values of one column.
    pub(crate) fn values<'a>(&'a self, table: &'a str, column: &'a str) -> impl Iterator<Item = &'a Value> {
        let taken = self.0.iter().filter(move |taken| taken.table == table);
        taken.flat_map(move |taken| taken.rows.iter().filter_map(move |row| row.get(column)))
    }

    /// All texts of one column.
    pub(crate) fn texts<'a>(&'a self, table: &'a str, column: &'a str) -> impl Iterator<Item = &'a str> {
        self.values(table, column).filter_map(Value::as_str)
    }
}

/// Locks a record with its parts against everybody, and takes the rows out of their tables. `None`: no such record.
pub(crate) async fn take(
    conn: &mut PgConnection,
    parts: &[Part],
    root: &'static str,
    id: Uuid,
) -> Result<Option<Snapshot>> {
    let scopes = scopes(parts, root);
    for (table, scope) in &scopes {
        let sql = format!("SELECT FROM {table} WHERE {scope} FOR UPDATE");
        let locked = sqlx::query(AssertSqlSafe(sql)).bind(id).fetch_all(&mut *conn).await?;
        if *table == root && locked.is_empty() {
            return Ok(None);
        }
    }
    let mut snapshot = Snapshot::default();
    for (table, scope) in &scopes {
        let sql = format!(
            "SELECT COALESCE(jsonb_agg(to_jsonb(taken)), '[]') FROM (SELECT * FROM {table} WHERE {scope}) AS taken"
        );
        let rows: Value = sqlx::query_scalar(AssertSqlSafe(sql))
            .bind(id)
            .fetch_one(&mut *conn)
            .await?;
        let rows = serde_json::from_value(rows).map_err(anyhow::Error::from)?;
        snapshot.0.push(Taken {
            table: (*table).to_owned(),
            rows,
        });
    }
    for (table, scope) in scopes.iter().rev() {
        let sql = format!("DELETE FROM {table} WHERE {scope}");
        sqlx::query(AssertSqlSafe(sql)).bind(id).execute(&mut *conn).await?;
    }
    Ok(Some(snapshot))
}

/// The table and the key of a row that is gone → the key of the row that took its place.
pub(crate) type Heirs = HashMap<(String, String), String>;

/// Brings the rows back as they were, and says what they referred to that is gone; what has an heir refers to that.
///
/// # Errors
/// [`Error::Conflict`] when something else has taken their place meanwhile.
pub(crate) async fn put_back(conn: &mut PgConnection, snapshot: Snapshot, heirs: &Heirs) -> Result<Vec<Lost>> {
    let mut lost = Vec::new();
    for mut taken in snapshot.0 {
        for reference in references(conn, &taken.table).await? {
            pass_on(&mut taken.rows, &reference, heirs);
            let gone = gone(conn, &reference, &taken.rows).await?;
            let rows = let_go(&mut taken.rows, &reference, &gone);
            if rows > 0 {
                lost.push(Lost {
                    table: taken.table.clone(),
                    column: reference.column,
                    rows,
                });
            }
        }
        insert(conn, &taken).await?;
    }
    Ok(lost)
}

/// Columns of a row that were changed, each with its old and its new value.
pub(crate) type Changed = BTreeMap<String, (Value, Value)>;

/// What differs between two states of a row, but for these columns.
pub(crate) fn changed(before: &Map<String, Value>, after: &Map<String, Value>, but: &[&str]) -> Changed {
    let columns = before.iter().filter(|(column, _)| !but.contains(&column.as_str()));
    let columns = columns.filter_map(|(column, old)| {
        let new = after.get(column).unwrap_or(&Value::Null);
        (old != new).then(|| (column.clone(), (old.clone(), new.clone())))
    });
    columns.collect()
}

/// Gives a row its old values back where it still has the new ones; columns that belong `together` all or none. Answers
/// the columns that stay as they are, because somebody has changed them since or what they referred to is gone.
pub(crate) async fn revert(
    conn: &mut PgConnection,
    (table, id): (&'static str, Uuid),
    changed: &Changed,
    together: &[&[&str]],
    heirs: &Heirs,
) -> Result<Vec<String>> {
    let sql = format!("SELECT to_jsonb(present) FROM {table} AS present WHERE id = $1");
    let present: Option<Value> = sqlx::query_scalar(AssertSqlSafe(sql))
        .bind(id)
        .fetch_optional(&mut *conn)
        .await?;
    let present = present.as_ref().and_then(Value::as_object).cloned().unwrap_or_default();
    let is_free = |column: &str| {
        changed
            .get(column)
            .is_none_or(|(_, new)| present.get(column) == Some(new))
    };
    let goes_back = |column: &str| {
        let group = together.iter().find(|group| group.contains(&column));
        group.map_or_else(|| is_free(column), |group| group.iter().all(|column| is_free(column)))
    };
    let (back, mut left): (Vec<_>, Vec<_>) = changed.keys().cloned().partition(|column| goes_back(column));
    let old = back.iter().map(|column| (column.clone(), changed[column].0.clone()));
    let mut rows = vec![old.collect::<Map<String, Value>>()];
    for reference in references(conn, table).await? {
        pass_on(&mut rows, &reference, heirs);
        let gone = gone(conn, &reference, &rows).await?;
        if !gone.is_empty() {
            rows[0].remove(&reference.column);
            left.push(reference.column);
        }
    }
    if rows[0].is_empty() {
        return Ok(left);
    }
    let known: Vec<String> = sqlx::query_scalar!(
        r#"SELECT quote_ident(attname) AS "column!" FROM pg_attribute
           WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
             AND attname = ANY($2)"#,
        table,
        &rows[0].keys().cloned().collect::<Vec<_>>(),
    )
    .fetch_all(&mut *conn)
    .await?;
    let columns = known.join(", ");
    let sql = format!(
        "UPDATE {table} SET ({columns}) = (SELECT {columns} FROM jsonb_populate_record(NULL::{table}, $1)) WHERE id = $2"
    );
    let row = Value::Object(rows.remove(0));
    sqlx::query(AssertSqlSafe(sql)).bind(row).bind(id).execute(conn).await?;
    Ok(left)
}

/// The record's table and those of its parts, each with the condition that finds their rows by `$1`.
fn scopes(parts: &[Part], root: &'static str) -> Vec<(&'static str, String)> {
    let mut scopes = vec![(root, "id = $1".to_owned())];
    for part in parts {
        let parent = scopes.iter().find(|(table, _)| *table == part.parent);
        if let Some((table, scope)) = parent.filter(|_| part.table != root) {
            let scope = format!("{} IN (SELECT id FROM {table} WHERE {scope})", part.column);
            scopes.push((part.table, scope));
        }
    }
    scopes
}

async fn insert(conn: &mut PgConnection, taken: &Taken) -> Result<()> {
    let Some(first) = taken.rows.first() else {
        return Ok(());
    };
    // What was not there when the rows were taken gets its default; what is computed is computed.
    let columns: Vec<String> = sqlx::query_scalar!(
        r#"SELECT quote_ident(attname) AS "column!"
           FROM pg_attribute
           WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
             AND attname = ANY($2)
           ORDER BY attnum"#,
        taken.table,
        &first.keys().cloned().collect::<Vec<_>>(),
    )
    .fetch_all(&mut *conn)
    .await?;
    let columns = columns.join(", ");
    let table = table_name(conn, &taken.table).await?;
    let sql = format!(
        "INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE
         SELECT {columns} FROM jsonb_populate_recordset(NULL::{table}, $1)"
    );
    let rows = serde_json::to_value(&taken.rows).map_err(anyhow::Error::from)?;
    let inserted = sqlx::query(AssertSqlSafe(sql)).bind(rows).execute(conn).await;
    inserted.map_err(|error| match error.as_database_error() {
        Some(cause) if cause.is_unique_violation() => Error::Conflict(
            "Пока запись была в корзине, в базе появилась другая с тем же номером. Вернуть можно то, чего в базе нет.",
        ),
        _ => error.into(),
    })?;
    Ok(())
}

/// The table's name, fit for a statement.
async fn table_name(conn: &mut PgConnection, table: &str) -> Result<String> {
    let name = sqlx::query_scalar!(r#"SELECT $1::text::regclass::text AS "name!""#, table);
    Ok(name.fetch_one(conn).await?)
}

/// A column that refers to another table.
struct Reference {
    column: String,
    target: String,
    key: String,
    kind: String,
    is_nullable: bool,
}

async fn references(conn: &mut PgConnection, table: &str) -> Result<Vec<Reference>> {
    let references = sqlx::query_as!(
        Reference,
        r#"SELECT att.attname::text AS "column!", con.confrelid::regclass::text AS "target!",
                  quote_ident(key.attname) AS "key!", format_type(key.atttypid, NULL) AS "kind!",
                  NOT att.attnotnull AS "is_nullable!"
           FROM pg_constraint AS con
           JOIN pg_attribute AS att ON att.attrelid = con.conrelid AND att.attnum = con.conkey[1]
           JOIN pg_attribute AS key ON key.attrelid = con.confrelid AND key.attnum = con.confkey[1]
           WHERE con.contype = 'f' AND con.conrelid = $1::text::regclass AND cardinality(con.conkey) = 1
           ORDER BY con.conname"#,
        table,
    );
    Ok(references.fetch_all(conn).await?)
}

/// Which of the rows' references lead nowhere.
async fn gone(conn: &mut PgConnection, reference: &Reference, rows: &[Map<String, Value>]) -> Result<Vec<Value>> {
    let values = rows.iter().filter_map(|row| row.get(&reference.column));
    let mut values: Vec<&Value> = values.filter(|value| !value.is_null()).collect();
    values.sort_by_key(ToString::to_string);
    values.dedup();
    if values.is_empty() {
        return Ok(Vec::new());
    }
    let Reference { target, key, kind, .. } = reference;
    let sql = format!(
        "SELECT value FROM jsonb_array_elements($1) AS value
         WHERE NOT EXISTS (SELECT FROM {target} WHERE {key} = (value #>> '{{}}')::{kind})"
    );
    let values = serde_json::to_value(values).map_err(anyhow::Error::from)?;
    let gone = sqlx::query_scalar(AssertSqlSafe(sql)).bind(values);
    Ok(gone.fetch_all(conn).await?)
}

/// Lets these references lead to the heirs of what they led to. A row that says the same as another one is left out: a
/// record may have had both.
fn pass_on(rows: &mut Vec<Map<String, Value>>, reference: &Reference, heirs: &Heirs) {
    if heirs.is_empty() {
        return;
    }
    let mut is_changed = false;
    for value in rows.iter_mut().filter_map(|row| row.get_mut(&reference.column)) {
        let key = match &*value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => continue,
        };
        let Some(heir) = heirs.get(&(reference.target.clone(), key)) else {
            continue;
        };
        let number = value.is_number().then(|| heir.parse::<i64>().ok()).flatten();
        *value = number.map_or_else(|| Value::from(heir.as_str()), Value::from);
        is_changed = true;
    }
    if is_changed {
        let mut known: Vec<Map<String, Value>> = Vec::with_capacity(rows.len());
        for row in rows.drain(..) {
            if !known.contains(&row) {
                known.push(row);
            }
        }
        *rows = known;
    }
}

/// Empties these references, or leaves out the rows that cannot do without. Answers how many rows it was.
fn let_go(rows: &mut Vec<Map<String, Value>>, reference: &Reference, gone: &[Value]) -> usize {
    let is_gone = |row: &Map<String, Value>| row.get(&reference.column).is_some_and(|value| gone.contains(value));
    if reference.is_nullable {
        let mut count = 0;
        for row in rows.iter_mut().filter(|row| is_gone(row)) {
            row.insert(reference.column.clone(), Value::Null);
            count += 1;
        }
        return count;
    }
    let before = rows.len();
    rows.retain(|row| !is_gone(row));
    before - rows.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_through_their_parents() {
        const PARTS: &[Part] = &[
            Part::new("phones", "company_id", "companies"),
            Part::new("contacts", "company_id", "companies"),
            Part::new("mails", "contact_id", "contacts"),
        ];
        let whole = scopes(PARTS, "companies");
        assert_eq!(
            whole[3],
            (
                "mails",
                "contact_id IN (SELECT id FROM contacts WHERE company_id IN (SELECT id FROM companies WHERE id = $1))"
                    .to_owned()
            )
        );
        let contact = scopes(PARTS, "contacts");
        let tables: Vec<_> = contact.iter().map(|(table, _)| *table).collect();
        assert_eq!(tables, ["contacts", "mails"]);
    }
}
