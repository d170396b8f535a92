//! Reading: every sum is compared before anything is done with an archive.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use sha2::{Digest as _, Sha256};

use super::manifest::{Entry, FORMAT, Manifest};
use super::{MANIFEST, MANIFEST_SUM, Progress};

/// A manifest of a million attachments is shorter.
const LONGEST_MANIFEST: u64 = 1 << 30;

/// Calls `visit` with the path and the bytes of each entry, in order.
pub(in crate::system) fn walk(
    file: &Path,
    progress: Progress<'_>,
    mut visit: impl FnMut(&str, &mut dyn Read) -> Result<()>,
) -> Result<()> {
    let opened = File::open(file).with_context(|| format!("{}: не открывается", file.display()))?;
    let total = opened.metadata()?.len();
    let mut tar = tar::Archive::new(BufReader::with_capacity(1 << 20, opened));
    let broken = || format!("{}: файл повреждён или это не копия CRM ПРОФИ", file.display());
    for entry in tar.entries().with_context(broken)? {
        let mut entry = entry.with_context(broken)?;
        let path = entry.path().with_context(broken)?.to_string_lossy().into_owned();
        ensure!(is_inside(&path), "{}: в архиве чужой путь «{path}»", file.display());
        let place = entry.raw_file_position();
        visit(&path, &mut entry)?;
        progress(place, total);
    }
    progress(total, total);
    Ok(())
}

/// Whether a path stays where it is put.
fn is_inside(path: &str) -> bool {
    let parts = Path::new(path).components();
    !path.is_empty()
        && parts
            .into_iter()
            .all(|part| matches!(part, std::path::Component::Normal(_)))
}

/// Reads an archive from beginning to end and compares all sums. Blocks.
///
/// # Errors
/// One sentence: what is wrong with the file.
pub(in crate::system) fn verify(file: &Path, progress: Progress<'_>) -> Result<Manifest> {
    let name = file.display();
    let mut found = HashMap::new();
    let mut manifest = None;
    let mut sum = String::new();
    walk(file, progress, |path, data| {
        match path {
            MANIFEST => {
                let mut text = Vec::new();
                data.take(LONGEST_MANIFEST).read_to_end(&mut text)?;
                manifest = Some(text);
            }
            MANIFEST_SUM => {
                data.take(64).read_to_string(&mut sum)?;
            }
            _ => {
                let entry = summed(path, data).with_context(|| format!("{name}: файл оборван"))?;
                found.insert(path.to_owned(), entry);
            }
        }
        Ok(())
    })?;
    let Some(text) = manifest else {
        bail!("{name}: файл оборван или это не копия CRM ПРОФИ: в нём нет описи")
    };
    ensure!(
        hex::encode(Sha256::digest(&text)) == sum,
        "{name}: копия повреждена: опись не сходится со своей суммой"
    );
    let manifest: Manifest = serde_json::from_slice(&text).with_context(|| format!("{name}: опись не читается"))?;
    ensure!(
        manifest.format <= FORMAT,
        "{name}: копию сделала более новая программа ({}); возьмите её",
        manifest.program
    );
    for entry in &manifest.entries {
        match found.remove(&entry.path) {
            Some(real) if real == *entry => (),
            Some(_) => bail!("{name}: копия повреждена: «{}» не сходится с описью", entry.path),
            None => bail!("{name}: копия повреждена: нет «{}»", entry.path),
        }
    }
    if let Some(path) = found.keys().next() {
        bail!("{name}: в копии лишнее: «{path}»");
    }
    Ok(manifest)
}

fn summed(path: &str, data: &mut dyn Read) -> Result<Entry> {
    let mut sum = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    let mut bytes = 0;
    loop {
        let count = data.read(&mut buffer)?;
        if count == 0 {
            break;
        }
        sum.update(&buffer[..count]);
        bytes += count as u64;
    }
    Ok(Entry {
        path: path.to_owned(),
        bytes,
        sha256: hex::encode(sum.finalize()),
    })
}
