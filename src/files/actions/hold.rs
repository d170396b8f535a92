//! Bytes that another room keeps for a while: no file of a note stands for them, only the disposal that says when they go.

use chrono::{DateTime, Utc};
use futures::TryStreamExt as _;
use sqlx::PgConnection;

use crate::app::App;
use crate::error::{Error, Result};
use crate::files::queries;
use crate::store::Writer;

/// Handed to the store at once.
const PIECE: usize = 1024 * 1024;

/// Puts bytes into the store until `due`. Answers their key.
///
/// # Errors
/// The database's, the store's.
pub(crate) async fn hold_bytes(app: &App, bytes: &[u8], due: DateTime<Utc>) -> Result<String> {
    let mut holding = Holding::begin(app, due).await?;
    for piece in bytes.chunks(PIECE) {
        holding.write(piece).await?;
    }
    holding.finish().await
}

/// Bytes of another room on their way into the store, piece by piece. Dropped in the middle, they leave nothing that their
/// disposal does not clear.
pub(crate) struct Holding {
    key: String,
    writer: Writer,
}

impl Holding {
    /// Begins; they go at `due`, unless [`hold_until`] says otherwise.
    ///
    /// # Errors
    /// The database's, the store's.
    pub(crate) async fn begin(app: &App, due: DateTime<Utc>) -> Result<Self> {
        let key = hex::encode(rand::random::<[u8; 16]>());
        queries::dispose(&mut *app.db.acquire().await?, std::slice::from_ref(&key), due).await?;
        let writer = app.files.write(&key)?;
        Ok(Self { key, writer })
    }

    /// Goes on.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.writer.write(bytes).await
    }

    /// Ends well; answers their key.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn finish(self) -> Result<String> {
        self.writer.finish().await?;
        Ok(self.key)
    }
}

/// Says anew when held bytes go. `false`: they are gone.
///
/// # Errors
/// The database's.
pub(crate) async fn hold_until(conn: &mut PgConnection, key: &str, due: DateTime<Utc>) -> Result<bool> {
    Ok(queries::put_off(conn, key, due).await?)
}

/// Held bytes, whole; `None`: they are gone.
///
/// # Errors
/// The store's.
pub(crate) async fn held_bytes(app: &App, key: &str) -> Result<Option<Vec<u8>>> {
    let Some(mut reading) = app.files.read(key).await? else {
        return Ok(None);
    };
    let mut bytes = Vec::with_capacity(usize::try_from(reading.size).unwrap_or(0));
    let broken = |error: object_store::Error| Error::StoreUnavailable(error.to_string());
    while let Some(piece) = reading.pieces.try_next().await.map_err(broken)? {
        bytes.extend_from_slice(&piece);
    }
    Ok(Some(bytes))
}
