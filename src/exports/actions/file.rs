//! An export into a file, for the command line.

use std::path::Path;

use anyhow::Context as _;

use super::begin;
use super::run::{Out, Sent};
use crate::app::App;
use crate::exports::model::Wish;
use crate::policy::Actor;
use crate::values::Origin;

/// Writes an export into a new file, readable by its owner only; tells records done and records in all.
///
/// # Errors
/// One sentence for people; an unfinished file is removed.
pub(crate) async fn write_file(
    app: &App,
    wish: Wish,
    path: &Path,
    progress: &(dyn Fn(i64, i64) + Sync),
) -> anyhow::Result<Sent> {
    let file = tokio::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .await
        .with_context(|| format!("{}: не создаётся", path.display()))?;
    let worked = async {
        let begun = begin(app, &Actor::system(), &Origin::default(), wish).await?;
        let expected = begun.expected;
        begun
            .run
            .work(app, Out::File(file), &|done| progress(done, expected))
            .await
    };
    let sent = worked.await;
    if sent.is_err() {
        let _ = tokio::fs::remove_file(path).await;
    }
    Ok(sent?)
}
