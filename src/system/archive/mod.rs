//! The archive of one copy: a tar whose last entries say what is in it.
//!
//! `files/…` as they lie in the data folder, `database/<table>/<number>.copy.gz` (Postgres' own COPY text, cut into
//! pieces), perhaps `secret.key`, then `manifest.json` and `manifest.sha256`. Ordinary programs open it:
//! `tar xf`, then `cat database/companies/*.gz | gunzip`.

mod manifest;
mod read;
mod write;

pub(super) use manifest::{Applied, FORMAT, Manifest, Sequence, Table};
pub(super) use read::{verify, walk};
pub(super) use write::{Order, Writer, write_orders};

/// Where pieces of tables lie.
pub(super) const DATABASE: &str = "database/";
/// Where attachments lie.
pub(super) const FILES: &str = "files/";
/// The secret key, when it was asked for.
pub(super) const KEY: &str = "secret.key";
const MANIFEST: &str = "manifest.json";
const MANIFEST_SUM: &str = "manifest.sha256";

/// Reports bytes done and bytes in all.
pub(crate) type Progress<'a> = &'a (dyn Fn(u64, u64) + Send + Sync);
