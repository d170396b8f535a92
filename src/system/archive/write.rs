//! Writing: under a hidden name first, renamed when everything lies on the disk.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Read, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use chrono::{DateTime, Utc};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc::Receiver;

use super::manifest::{Entry, Manifest};
use super::{MANIFEST, MANIFEST_SUM};

/// What the one who reads the database wants to have written.
pub(in crate::system) enum Order {
    /// A piece of a table: entry's path, text to be compressed.
    Piece(String, Vec<u8>),
    /// Bytes as they are.
    Plain(String, Vec<u8>),
    /// A file of the data folder: entry's path, where it lies.
    File(String, PathBuf),
}

/// An archive in the making. Dropping it unfinished leaves nothing behind.
pub(in crate::system) struct Writer {
    tar: tar::Builder<BufWriter<File>>,
    target: PathBuf,
    draft: Draft,
    moment: DateTime<Utc>,
    entries: Vec<Entry>,
}

/// The hidden name; removed unless it was renamed.
struct Draft(PathBuf);

impl Drop for Draft {
    fn drop(&mut self) {
        // Renamed or never made: nothing to remove.
        let _ = fs::remove_file(&self.0);
    }
}

impl Writer {
    /// Begins an archive; a file that exists is never overwritten.
    pub(in crate::system) fn create(target: &Path, moment: DateTime<Utc>) -> Result<Self> {
        if target.exists() {
            bail!("{}: такой файл уже есть", target.display());
        }
        let name = target.file_name().context("имя файла копии пустое")?.to_string_lossy();
        let draft = target.with_file_name(format!(".{name}.partial"));
        // What a killed process left.
        let _ = fs::remove_file(&draft);
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft);
        let file = file.with_context(|| format!("{}: файл копии не создаётся", target.display()))?;
        Ok(Self {
            tar: tar::Builder::new(BufWriter::with_capacity(1 << 20, file)),
            target: target.to_owned(),
            draft: Draft(draft),
            moment,
            entries: Vec::new(),
        })
    }

    /// Does one order.
    fn obey(&mut self, order: Order) -> Result<()> {
        match order {
            Order::Piece(path, text) => {
                let mut packed = GzEncoder::new(Vec::with_capacity(text.len() / 4), Compression::fast());
                packed.write_all(&text)?;
                let packed = packed.finish()?;
                self.add(path, &packed)
            }
            Order::Plain(path, bytes) => self.add(path, &bytes),
            Order::File(path, file) => self.add_file(path, &file),
        }
    }

    fn add(&mut self, path: String, bytes: &[u8]) -> Result<()> {
        let length = u64::try_from(bytes.len())?;
        self.append(&path, length, bytes)?;
        self.entries.push(Entry {
            path,
            bytes: length,
            sha256: hex::encode(Sha256::digest(bytes)),
        });
        Ok(())
    }

    /// A file that has gone since the folder was read is one that nobody refers to any more.
    fn add_file(&mut self, path: String, from: &Path) -> Result<()> {
        let file = match File::open(from) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error).with_context(|| format!("{}: не читается", from.display())),
        };
        let length = file.metadata()?.len();
        let mut reader = Summed {
            inner: file.take(length),
            sum: Sha256::new(),
            read: 0,
        };
        self.append(&path, length, &mut reader)?;
        if reader.read != length {
            bail!("{}: файл изменился, пока его копировали", from.display());
        }
        self.entries.push(Entry {
            path,
            bytes: length,
            sha256: hex::encode(reader.sum.finalize()),
        });
        Ok(())
    }

    fn append(&mut self, path: &str, length: u64, data: impl Read) -> Result<()> {
        let mut header = tar::Header::new_gnu();
        header.set_size(length);
        header.set_mode(0o600);
        header.set_mtime(self.moment.timestamp().unsigned_abs());
        self.tar.append_data(&mut header, path, data).map_err(told)
    }

    /// Writes the manifest, waits until everything lies on the disk, gives the archive its name. Answers its size.
    pub(in crate::system) fn finish(mut self, mut manifest: Manifest) -> Result<u64> {
        manifest.entries = std::mem::take(&mut self.entries);
        let text = serde_json::to_vec_pretty(&manifest)?;
        let sum = hex::encode(Sha256::digest(&text));
        self.append(MANIFEST, u64::try_from(text.len())?, text.as_slice())?;
        self.append(MANIFEST_SUM, u64::try_from(sum.len())?, sum.as_bytes())?;
        let file = self.tar.into_inner().map_err(told)?;
        let file = file.into_inner().map_err(|error| told(error.into_error()))?;
        file.sync_all().map_err(told)?;
        let bytes = file.metadata()?.len();
        // Unlike a rename, a link never takes the place of a file that appeared meanwhile.
        fs::hard_link(&self.draft.0, &self.target)
            .with_context(|| format!("{}: файл копии не создаётся", self.target.display()))?;
        drop(self.draft);
        if let Some(folder) = self.target.parent() {
            let folder = if folder.as_os_str().is_empty() {
                Path::new(".")
            } else {
                folder
            };
            File::open(folder)?.sync_all()?;
        }
        Ok(bytes)
    }
}

/// Obeys until the other side has no more orders. Blocks.
pub(in crate::system) fn write_orders(mut writer: Writer, mut orders: Receiver<Order>) -> Result<Writer> {
    while let Some(order) = orders.blocking_recv() {
        writer.obey(order)?;
    }
    Ok(writer)
}

/// The most usual cause in people's words.
fn told(error: io::Error) -> anyhow::Error {
    if error.kind() == io::ErrorKind::StorageFull {
        anyhow::anyhow!("на диске кончилось место")
    } else {
        error.into()
    }
}

/// Sums what is read through it.
struct Summed<R> {
    inner: R,
    sum: Sha256,
    read: u64,
}

impl<R: Read> Read for Summed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.sum.update(&buffer[..count]);
        self.read += count as u64;
        Ok(count)
    }
}
