//! The list in the order of a dictionary: one index range after another.
//!
//! No index knows the order of statuses, people or branches, and sorting a million rows by it takes a second. But each
//! value's rows lie together in an index, the newest first: so the values are walked through in their order, and reading
//! stops when the page is full.

use sqlx::{PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

use super::Sql;
use super::conditions::push_where;
use super::list::{Order, moment};
use crate::companies::listed::{Filter, GroupPlace, Sort};
use crate::companies::search::Terms;
use crate::db::{Cursor, Place};

/// So many values are asked for at once: most of a long list of people have no rows at all.
const AT_ONCE: usize = 16;

/// Keys of a page's rows and one more, in reading order of `order.place`.
pub(super) async fn pick(
    conn: &mut PgConnection,
    filter: &Filter,
    terms: Option<&Terms>,
    order: &Order<'_>,
) -> Sql<Vec<Uuid>> {
    let walk = Walk {
        filter,
        terms,
        is_backward: order.place.is_backward(),
    };
    let mut groups: Vec<Option<i64>> = order.groups.to_vec();
    if filter.is_descending != walk.is_backward {
        groups.reverse();
    }
    let mut picked = Vec::new();
    if let Place::After(cursor) | Place::Before(cursor) = order.place {
        let place = GroupPlace::read(&cursor.key);
        let at = place.and_then(|place| Some((groups.iter().position(|group| *group == place.group)?, place)));
        // A value that is no longer there, or a cursor of another order: from the beginning.
        if let Some((at, place)) = at {
            picked = walk.rest(conn, &place, cursor, order.limit()).await?;
            groups.drain(..=at);
        }
    }
    for values in groups.chunk_by(|one, other| one.is_some() && other.is_some()) {
        for values in values.chunks(AT_ONCE) {
            let missing = order.limit() - i64::try_from(picked.len()).unwrap_or(i64::MAX);
            if missing <= 0 {
                return Ok(picked);
            }
            picked.extend(walk.beginnings(conn, values, missing).await?);
        }
    }
    Ok(picked)
}

struct Walk<'a> {
    filter: &'a Filter,
    terms: Option<&'a Terms>,
    is_backward: bool,
}

impl Walk<'_> {
    fn column(&self) -> &'static str {
        self.filter.sort.column()
    }

    /// The rest of one group after the cursor.
    async fn rest(&self, conn: &mut PgConnection, place: &GroupPlace, cursor: &Cursor, limit: i64) -> Sql<Vec<Uuid>> {
        let mut query = QueryBuilder::new("SELECT company.id FROM companies AS company");
        push_where(&mut query, self.filter, self.terms);
        match place.group {
            Some(id) => query.push(" AND ").push(self.column()).push(" = ").push_bind(id),
            None => query.push(" AND ").push(self.column()).push(" IS NULL"),
        };
        let sign = if self.is_backward { ") > (" } else { ") < (" };
        query
            .push(" AND (company.updated_at, company.id")
            .push(sign)
            .push_bind(moment(&place.updated_at))
            .push(", ")
            .push_bind(cursor.id)
            .push(")");
        self.push_order(&mut query, place.group.is_none());
        query.push(" LIMIT ").push_bind(limit);
        query.build_query_scalar().persistent(false).fetch_all(conn).await
    }

    /// The first rows of these groups: of several, or of the one without a value.
    async fn beginnings(&self, conn: &mut PgConnection, groups: &[Option<i64>], limit: i64) -> Sql<Vec<Uuid>> {
        let keys: Vec<i64> = groups.iter().filter_map(|group| *group).collect();
        if keys.is_empty() {
            let mut query = QueryBuilder::new("SELECT company.id FROM companies AS company");
            push_where(&mut query, self.filter, self.terms);
            query.push(" AND ").push(self.column()).push(" IS NULL");
            self.push_order(&mut query, true);
            query.push(" LIMIT ").push_bind(limit);
            return query.build_query_scalar().persistent(false).fetch_all(conn).await;
        }
        let mut query = QueryBuilder::new("SELECT picked.id FROM unnest(");
        query
            .push_bind(keys)
            .push("::bigint[]) WITH ORDINALITY AS value (key, place) CROSS JOIN LATERAL (")
            .push("SELECT company.id, company.updated_at FROM companies AS company");
        push_where(&mut query, self.filter, self.terms);
        query.push(" AND ").push(self.column()).push(" = value.key");
        self.push_order(&mut query, false);
        query.push(" LIMIT ").push_bind(limit).push(") AS picked");
        query.push(if self.is_backward {
            " ORDER BY value.place, picked.updated_at, picked.id"
        } else {
            " ORDER BY value.place, picked.updated_at DESC, picked.id DESC"
        });
        query.push(" LIMIT ").push_bind(limit);
        query.build_query_scalar().persistent(false).fetch_all(conn).await
    }

    /// Rows without a value are equal in it, but the planner sees that the index has their order only when it is told
    /// to order by the value as well.
    fn push_order(&self, query: &mut QueryBuilder<Postgres>, is_empty: bool) {
        query.push(" ORDER BY ");
        if is_empty {
            query
                .push(self.column())
                .push(if self.is_backward { " DESC, " } else { ", " });
        }
        query.push(if self.is_backward {
            "company.updated_at, company.id"
        } else {
            "company.updated_at DESC, company.id DESC"
        });
    }
}

/// Of all values of a dictionary, in its order, those that the filter lets through; rows without a value come last.
pub(in crate::companies) fn groups(filter: &Filter, all: impl Iterator<Item = i64>) -> Vec<Option<i64>> {
    let (wanted, or_none): (Vec<i64>, bool) = match filter.sort {
        Sort::Status => (filter.statuses.iter().map(|id| id.0).collect(), false),
        Sort::Responsible => (
            filter.responsible.iter().map(|id| id.0).collect(),
            filter.no_responsible,
        ),
        Sort::Branch => (filter.branches.iter().map(|id| id.0).collect(), filter.no_branch),
        _ => return Vec::new(),
    };
    let is_free = wanted.is_empty() && !or_none;
    all.filter(|id| is_free || wanted.contains(id))
        .map(Some)
        .chain((is_free || or_none).then_some(None))
        .collect()
}
