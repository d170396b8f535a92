//! SQL of comments.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::Sql;
use crate::policy::Actor;
use crate::tasks::model::Comment;
use crate::values::{CommentId, TaskId, UserId};

pub(in crate::tasks) async fn comments(conn: &mut PgConnection, task: TaskId, limit: i64) -> Sql<Vec<Comment>> {
    let rows = sqlx::query!(
        r#"SELECT comment.id, comment.author_id, COALESCE(author.name, '') AS "author!", comment.text,
                  comment.created_at
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
        id: CommentId(row.id),
        author: row.author_id.map(UserId),
        author_name: row.author,
        text: row.text,
        files: Vec::new(),
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
) -> Sql<CommentId> {
    let id = CommentId::new();
    sqlx::query!(
        "INSERT INTO task_comments (id, task_id, author_id, text, created_at) VALUES ($1, $2, $3, $4, $5)",
        id.0,
        task.0,
        actor.user.map(|user| user.0),
        text,
        now,
    )
    .execute(conn)
    .await?;
    Ok(id)
}

/// The keys of a task's comments.
pub(in crate::tasks) async fn comment_ids(conn: &mut PgConnection, task: TaskId) -> Sql<Vec<CommentId>> {
    let ids = sqlx::query_scalar!("SELECT id FROM task_comments WHERE task_id = $1", task.0);
    Ok(ids.fetch_all(conn).await?.into_iter().map(CommentId).collect())
}

/// One comment: who wrote it, and what.
pub(in crate::tasks) async fn comment(
    conn: &mut PgConnection,
    (task, id): (TaskId, CommentId),
) -> Sql<Option<(Option<UserId>, String)>> {
    let row = sqlx::query!(
        "SELECT author_id, text FROM task_comments WHERE task_id = $1 AND id = $2",
        task.0,
        id.0,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.author_id.map(UserId), row.text)))
}

pub(in crate::tasks) async fn delete_comment(conn: &mut PgConnection, id: CommentId) -> Sql<()> {
    sqlx::query!("DELETE FROM task_comments WHERE id = $1", id.0)
        .execute(conn)
        .await?;
    Ok(())
}
