//! SQL of comments.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::Sql;
use crate::policy::Actor;
use crate::tasks::model::Comment;
use crate::values::{CommentId, TaskId};

pub(in crate::tasks) async fn comments(conn: &mut PgConnection, task: TaskId, limit: i64) -> Sql<Vec<Comment>> {
    let rows = sqlx::query!(
        r#"SELECT COALESCE(author.name, '') AS "author!", comment.text, comment.created_at
           FROM task_comments AS comment
           LEFT JOIN users AS author ON author.id = comment.author_id
           WHERE comment.task_id = $1
           ORDER BY comment.created_at DESC, comment.id DESC
           LIMIT $2"#,
        task.0,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let comments = rows.into_iter().map(|row| Comment {
        author: row.author,
        text: row.text,
        created_at: row.created_at,
    });
    Ok(comments.collect())
}

pub(in crate::tasks) async fn add_comment(
    conn: &mut PgConnection,
    actor: &Actor,
    task: TaskId,
    text: &str,
    now: DateTime<Utc>,
) -> Sql<()> {
    sqlx::query!(
        "INSERT INTO task_comments (id, task_id, author_id, text, created_at) VALUES ($1, $2, $3, $4, $5)",
        CommentId::new().0,
        task.0,
        actor.user.map(|user| user.0),
        text,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}
