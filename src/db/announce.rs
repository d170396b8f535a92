//! Words to all processes on the database: what has changed, by ids alone.

use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::values::UserId;

/// The channel of the words.
pub(crate) const EVENTS: &str = "crm_events";

/// Something that open pages may want to know at once. Whoever hears it reads the rows themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "about", content = "id", rename_all = "snake_case")]
pub(crate) enum Happened {
    /// A person's notices have changed: a new one, or one was read.
    Bell(UserId),
    /// A session was ended.
    SessionEnded(Uuid),
    /// A person's calls or phones have changed: one was asked for, taken, ended, connected.
    Call(UserId),
    /// Something was put into the queue of jobs.
    Queued,
    /// Nothing: a sign of life of the channel.
    Pulse,
    /// Words may have been missed: everybody looks again. Never sent, only told within a process.
    #[serde(skip)]
    Anything,
}

/// Tells all processes, this one too, when the transaction commits.
pub(crate) async fn announce(conn: &mut PgConnection, events: &[Happened]) -> Result<(), sqlx::Error> {
    let words: Vec<String> = events
        .iter()
        .filter_map(|event| serde_json::to_string(event).ok())
        .collect();
    if words.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        r#"SELECT pg_notify($1, word)::text AS "said" FROM unnest($2::text[]) AS words (word)"#,
        EVENTS,
        &words,
    )
    .fetch_all(conn)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_carry_ids_and_nothing_else() {
        let said = |event| serde_json::to_string(&event).unwrap();
        assert_eq!(said(Happened::Bell(UserId(5))), r#"{"about":"bell","id":5}"#);
        assert_eq!(said(Happened::Pulse), r#"{"about":"pulse"}"#);
        let session = Happened::SessionEnded(Uuid::from_u128(7));
        assert_eq!(serde_json::from_str::<Happened>(&said(session)).unwrap(), session);
        assert!(serde_json::from_str::<Happened>(r#"{"about":"anything"}"#).is_err());
    }
}
