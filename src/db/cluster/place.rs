//! Where the private cluster lives, and which system user runs it.

use std::fs::{self, DirBuilder, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use sha2::{Digest, Sha256};

/// The longest socket folder: the kernel allows 108 bytes for the whole address.
const LONGEST_SOCKET_FOLDER: usize = 107 - "/.s.PGSQL.5432".len();

/// What the caller decides about the cluster.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// The folder of all our data; the cluster gets `postgres` inside it.
    pub(crate) data_dir: PathBuf,
    /// The folder with `initdb` and `postgres`, when the operator names one.
    pub(crate) pg_bin: Option<PathBuf>,
    /// Whether a power cut may cost nothing. Only throw-away clusters say no.
    pub(crate) durable: bool,
    /// How many connections the server accepts.
    pub(crate) max_connections: u32,
    /// Further server settings, applied last.
    pub(crate) extra: Vec<(String, String)>,
}

impl Settings {
    /// What people's data deserves.
    pub(crate) fn new(data_dir: PathBuf, pg_bin: Option<PathBuf>) -> Self {
        Self {
            data_dir,
            pg_bin,
            durable: true,
            max_connections: 100,
            extra: Vec::new(),
        }
    }
}

/// The unprivileged user that runs the server when we are root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct User {
    pub(super) uid: u32,
    pub(super) gid: u32,
}

/// The folders of one cluster and the user they belong to.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) root: PathBuf,
    pub(super) socket_dir: PathBuf,
    /// `None` when the server runs as we do.
    pub(super) user: Option<User>,
}

impl Place {
    /// Chooses the folders for `data_dir`. The server's own are made by whoever holds the lock.
    pub(super) fn choose(data_dir: &Path) -> Result<Self> {
        let usual = data_dir.join("postgres");
        fs::create_dir_all(&usual).with_context(|| format!("cannot make {}", usual.display()))?;
        let usual = usual
            .canonicalize()
            .with_context(|| format!("cannot open {}", usual.display()))?;
        let root = if rustix::process::geteuid().is_root() {
            root_for_dropped_user(usual)?
        } else {
            usual
        };
        let user = server_user(&root.join("data"))?;
        Ok(Self {
            socket_dir: socket_dir(&root),
            root,
            user,
        })
    }

    /// The folder PostgreSQL calls its data directory.
    pub(super) fn data(&self) -> PathBuf {
        self.root.join("data")
    }

    /// What the server says.
    pub(super) fn log(&self) -> PathBuf {
        self.root.join("server.log")
    }

    /// Held while the server is started or stopped.
    pub(super) fn lock(&self) -> PathBuf {
        self.root.join("lock")
    }

    /// The socket clients connect to.
    pub(super) fn socket(&self) -> PathBuf {
        self.socket_dir.join(".s.PGSQL.5432")
    }

    /// The major version of the cluster that already lives here.
    pub(super) fn existing_major(&self) -> Result<Option<u32>> {
        let file = self.data().join("PG_VERSION");
        match fs::read_to_string(&file) {
            Ok(text) => text
                .trim()
                .parse()
                .map(Some)
                .with_context(|| format!("{} does not hold a version", file.display())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                bail!(
                    "{} belongs to another user: start the program as the user who made it",
                    self.data().display()
                )
            }
            Err(error) => Err(error).with_context(|| format!("cannot read {}", file.display())),
        }
    }

    /// Makes a folder that only the server's user may enter.
    pub(super) fn make_private(&self, dir: &Path) -> Result<()> {
        let expected = self.user.map_or(rustix::process::geteuid().as_raw(), |user| user.uid);
        if !dir.exists() {
            self.give_new(dir)?;
        }
        // Somebody else may have made it first, in /tmp or as another user.
        let found = fs::symlink_metadata(dir)?;
        ensure!(
            found.is_dir() && found.uid() == expected,
            "{} belongs to another user: remove it, or start the program as the user who made it",
            dir.display()
        );
        if found.mode() & 0o777 != 0o700 {
            fs::set_permissions(dir, Permissions::from_mode(0o700))?;
        }
        Ok(())
    }

    /// Makes a folder under another name and gives it away before it gets its own: nobody ever finds it half made.
    fn give_new(&self, dir: &Path) -> Result<()> {
        let name = dir.file_name().unwrap_or_default().to_string_lossy();
        let new = dir.with_file_name(format!(".{name}.{}", rand::random::<u64>()));
        DirBuilder::new()
            .mode(0o700)
            .create(&new)
            .with_context(|| format!("cannot make {}", dir.display()))?;
        if let Some(user) = self.user {
            chown(&new, Some(user.uid), Some(user.gid))
                .with_context(|| format!("cannot give {} away", dir.display()))?;
        }
        match fs::rename(&new, dir) {
            Err(error) if dir.exists() => {
                tracing::debug!(%error, "another process made the folder first");
                fs::remove_dir(&new).with_context(|| format!("cannot remove {}", new.display()))
            }
            made => made.with_context(|| format!("cannot make {}", dir.display())),
        }
    }
}

/// As root the server runs as somebody else, who must be able to walk to its folder.
fn root_for_dropped_user(usual: PathBuf) -> Result<PathBuf> {
    fs::set_permissions(&usual, Permissions::from_mode(0o755))?;
    let Some(closed) = closed_folder(&usual) else {
        return Ok(usual);
    };
    if usual.join("data").exists() {
        // Made by the user who owns the closed folder, hence reachable for that user.
        return Ok(usual);
    }
    let root = PathBuf::from(format!("/var/lib/proficrm-{}", short_hash(&usual)));
    fs::create_dir_all(&root).with_context(|| format!("cannot make {}", root.display()))?;
    fs::set_permissions(&root, Permissions::from_mode(0o755))?;
    tracing::info!(
        folder = %root.display(),
        closed = %closed.display(),
        "the database lives in its own folder, because the data folder is closed to other users"
    );
    Ok(root)
}

/// The nearest folder on the way to `path` that other users may not walk through.
fn closed_folder(path: &Path) -> Option<PathBuf> {
    path.ancestors()
        .find(|dir| fs::metadata(dir).is_ok_and(|found| found.mode() & 0o001 == 0))
        .map(Path::to_path_buf)
}

/// Whoever owns the cluster; for a new one `postgres`, else `nobody`.
fn server_user(data: &Path) -> Result<Option<User>> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    if let Ok(found) = fs::metadata(data) {
        ensure!(
            found.uid() != 0,
            "{} belongs to root, and PostgreSQL refuses to run as root",
            data.display()
        );
        return Ok(Some(User {
            uid: found.uid(),
            gid: found.gid(),
        }));
    }
    let passwd = fs::read_to_string("/etc/passwd").context("cannot read /etc/passwd")?;
    let user = find_user(&passwd, "postgres").or_else(|| find_user(&passwd, "nobody"));
    ensure!(
        user.is_some(),
        "PostgreSQL refuses to run as root, and this system has neither a user postgres nor nobody"
    );
    Ok(user)
}

pub(super) fn find_user(passwd: &str, name: &str) -> Option<User> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        if fields.next() != Some(name) {
            return None;
        }
        let uid = fields.nth(1)?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        Some(User { uid, gid })
    })
}

/// Inside the root when the address stays short enough, else below /tmp.
pub(super) fn socket_dir(root: &Path) -> PathBuf {
    let inside = root.join("run");
    let path = inside.as_os_str();
    // PostgreSQL reads the setting as a list, in which commas and quotes have a meaning.
    let plain = path.to_str().is_some_and(|text| !text.contains([',', '"']));
    if plain && path.len() <= LONGEST_SOCKET_FOLDER {
        inside
    } else {
        PathBuf::from(format!("/tmp/proficrm-{}", short_hash(root)))
    }
}

fn short_hash(path: &Path) -> String {
    hex::encode(&Sha256::digest(path.as_os_str().as_encoded_bytes())[..6])
}
