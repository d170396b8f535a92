//! Branches and users of the demo.

use anyhow::Context as _;
use sqlx::PgConnection;

use super::names::{BRANCHES, DemoUser, GROUP_MANAGER};

/// Who companies can belong to.
#[derive(Debug, Default)]
pub(super) struct Staff(Vec<Branch>);

/// A branch with the people who sell in it.
#[derive(Debug)]
pub(super) struct Branch {
    pub(super) id: i64,
    people: Vec<i64>,
}

impl Staff {
    /// The branch for a place of the demo list; with fewer branches in the base they are shared out in turn.
    pub(super) fn branch(&self, place: usize) -> Option<&Branch> {
        self.0.get(place % self.0.len().max(1))
    }
}

impl Branch {
    /// One of the people by a draw.
    pub(super) fn person(&self, draw: u64) -> Option<i64> {
        let count = u64::try_from(self.people.len()).ok().filter(|count| *count > 0)?;
        self.people.get(usize::try_from(draw % count).ok()?).copied()
    }
}

/// Makes the demo's branches and users when the base has no branch at all; answers how many of each.
pub(super) async fn create(conn: &mut PgConnection, password_hash: &str) -> anyhow::Result<(u64, u64)> {
    let has_branches = sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM branches) AS "has!""#)
        .fetch_one(&mut *conn)
        .await
        .context("looking for branches")?;
    if has_branches {
        return Ok((0, 0));
    }
    let mut users = 0;
    for (code, name, people) in BRANCHES {
        let branch_id = sqlx::query_scalar!(
            "INSERT INTO branches (code, name) VALUES ($1, $2) RETURNING id",
            code,
            name
        )
        .fetch_one(&mut *conn)
        .await
        .context("making a demo branch")?;
        for user in *people {
            users += create_user(conn, user, Some(branch_id), password_hash).await?;
        }
    }
    users += create_user(conn, &GROUP_MANAGER, None, password_hash).await?;
    Ok((BRANCHES.len() as u64, users))
}

/// A user who is there already stays as he is.
async fn create_user(
    conn: &mut PgConnection,
    (username, last_name, first_name, role): &DemoUser,
    branch_id: Option<i64>,
    password_hash: &str,
) -> anyhow::Result<u64> {
    let made = sqlx::query!(
        "INSERT INTO users (username, last_name, first_name, role, branch_id, email, password_hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT DO NOTHING",
        username,
        last_name,
        first_name,
        role,
        branch_id,
        format!("{username}@proficrm.example"),
        password_hash
    )
    .execute(conn)
    .await
    .context("making a demo user")?;
    Ok(made.rows_affected())
}

/// The branches in the order they were made, with their active people.
pub(super) async fn staff(conn: &mut PgConnection) -> anyhow::Result<Staff> {
    let branches = sqlx::query!(
        r#"
        SELECT branches.id, array_remove(array_agg(users.id ORDER BY users.id), NULL) AS "people!"
        FROM branches
        LEFT JOIN users ON users.branch_id = branches.id AND users.is_active
            AND users.role IN ('manager', 'sales_head', 'branch_director')
        GROUP BY branches.id
        ORDER BY branches.id
        "#
    )
    .fetch_all(conn)
    .await
    .context("reading branches")?;
    let branches = branches.into_iter().map(|row| Branch {
        id: row.id,
        people: row.people,
    });
    Ok(Staff(branches.collect()))
}
