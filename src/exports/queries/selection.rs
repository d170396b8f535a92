//! Which records an export takes: keys in order, read by a cursor within one snapshot.

use sqlx::{PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

use super::Sql;
use crate::companies::Selected;
use crate::contacts::{self, PeopleFilter};

/// The records that a list shows, and those that belong to them.
#[derive(Debug)]
pub(in crate::exports) enum Selection {
    /// Companies of the list and their people; of the whole list also people without a company.
    Companies(Box<Selected>),
    /// People of the list and their companies.
    People(PeopleFilter),
}

impl Selection {
    fn push_companies(&self, query: &mut QueryBuilder<Postgres>) {
        query.push(" FROM companies AS company");
        match self {
            Self::Companies(selected) => selected.push_where(query),
            Self::People(filter) => {
                query.push(" WHERE company.id IN (SELECT company_id FROM contacts WHERE id IN (");
                contacts::push_people(query, filter);
                query.push("))");
            }
        }
    }

    fn push_contacts(&self, query: &mut QueryBuilder<Postgres>) {
        query.push(" FROM contacts AS contact");
        match self {
            Self::Companies(selected) if selected.is_everything() => {}
            Self::Companies(selected) => {
                query.push(" JOIN companies AS company ON company.id = contact.company_id");
                selected.push_where(query);
            }
            Self::People(filter) => {
                query.push(" WHERE contact.id IN (");
                contacts::push_people(query, filter);
                query.push(")");
            }
        }
    }
}

/// How many companies and how many people there are.
pub(in crate::exports) async fn count(conn: &mut PgConnection, selection: &Selection) -> Sql<(i64, i64)> {
    let mut companies = QueryBuilder::new("SELECT count(*)");
    selection.push_companies(&mut companies);
    let mut contacts = QueryBuilder::new("SELECT count(*)");
    selection.push_contacts(&mut contacts);
    Ok((
        companies
            .build_query_scalar()
            .persistent(false)
            .fetch_one(&mut *conn)
            .await?,
        contacts.build_query_scalar().persistent(false).fetch_one(conn).await?,
    ))
}

/// Opens the cursor over the keys of companies, the latest changed first, or of people, company by company.
pub(in crate::exports) async fn open(conn: &mut PgConnection, selection: &Selection, of_contacts: bool) -> Sql<()> {
    let mut query = QueryBuilder::new("DECLARE picked NO SCROLL CURSOR FOR SELECT ");
    if of_contacts {
        query.push("contact.id");
        selection.push_contacts(&mut query);
        query.push(" ORDER BY contact.company_id, contact.last_name, contact.first_name, contact.id");
    } else {
        query.push("company.id");
        selection.push_companies(&mut query);
        query.push(" ORDER BY company.updated_at DESC, company.id DESC");
    }
    query.build().persistent(false).execute(conn).await?;
    Ok(())
}

/// The next thousand keys; none at the end.
pub(in crate::exports) async fn fetch(conn: &mut PgConnection) -> Sql<Vec<Uuid>> {
    sqlx::query_scalar("FETCH 1000 FROM picked").fetch_all(conn).await
}

/// Closes the cursor.
pub(in crate::exports) async fn close(conn: &mut PgConnection) -> Sql<()> {
    sqlx::query("CLOSE picked").execute(conn).await?;
    Ok(())
}

/// Whoever takes the bytes slowly keeps a snapshot open: for so long at most between two reads.
pub(in crate::exports) async fn prepare(conn: &mut PgConnection) -> Sql<()> {
    for setting in [
        "SET idle_in_transaction_session_timeout = '20min'",
        "SET statement_timeout = '2min'",
    ] {
        sqlx::query(setting).execute(&mut *conn).await?;
    }
    Ok(())
}

/// From now on the base stands still for this session.
pub(in crate::exports) async fn take_snapshot(conn: &mut PgConnection) -> Sql<()> {
    let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    sqlx::query(begin).execute(conn).await?;
    Ok(())
}

/// The session lives on, its snapshot does not.
pub(in crate::exports) async fn drop_snapshot(conn: &mut PgConnection) -> Sql<()> {
    sqlx::query("COMMIT").execute(conn).await?;
    Ok(())
}
