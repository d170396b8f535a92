//! A cluster for one run of the tests.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::{Cluster, Settings};

const PREFIX: &str = "proficrm-test-";

/// Starts a cluster that may lose everything, and removes those of test runs that have ended.
pub(crate) fn throw_away(name: &str) -> Result<Cluster> {
    Cluster::start(settings(&folder(name)?))
}

/// Fast and careless.
pub(super) fn settings(data_dir: &Path) -> Settings {
    Settings {
        durable: false,
        max_connections: 200,
        ..Settings::new(data_dir.to_path_buf(), None)
    }
}

/// A folder that the server's user can reach, whatever the mode of temporary folders here.
pub(super) fn folder(name: &str) -> Result<PathBuf> {
    let parent = Path::new("/var/tmp");
    for entry in fs::read_dir(parent)?.flatten() {
        let file_name = entry.file_name();
        let run = file_name.to_str().and_then(|text| text.strip_prefix(PREFIX));
        let Some(pid) = run.and_then(|text| text.split('-').next()) else {
            continue;
        };
        if !Path::new("/proc").join(pid).exists() {
            // Another user's leftovers stay; they are that user's to remove.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    let folder = parent.join(format!("{PREFIX}{}-{name}", std::process::id()));
    fs::create_dir_all(&folder)?;
    fs::set_permissions(&folder, Permissions::from_mode(0o755))?;
    Ok(folder)
}
