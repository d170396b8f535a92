//! The places where a store may be, and how each is opened.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
#[cfg(test)]
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ClientOptions, ObjectStore, RetryConfig};
use secrecy::ExposeSecret as _;

use crate::config::{Config, S3};

/// Where a store is.
pub(super) enum Place {
    /// A folder of this machine.
    Folder(PathBuf),
    /// A bucket elsewhere.
    Bucket(S3),
    /// Nowhere that lasts; perhaps as if another installation used it too.
    #[cfg(test)]
    Memory { is_shared: bool },
}

impl Place {
    pub(super) fn of(config: &Config) -> Self {
        match &config.s3 {
            Some(s3) => Self::Bucket(s3.clone()),
            None => Self::Folder(config.data_dir.join("files")),
        }
    }

    pub(super) fn describe(&self) -> String {
        match self {
            Self::Folder(folder) => format!("папка {}", folder.display()),
            Self::Bucket(s3) => match &s3.endpoint {
                Some(endpoint) => format!("хранилище S3 {endpoint}, корзина {}", s3.bucket),
                None => format!("хранилище Amazon S3, корзина {}", s3.bucket),
            },
            #[cfg(test)]
            Self::Memory { .. } => "память".to_owned(),
        }
    }

    pub(super) fn folder(&self) -> Option<&std::path::Path> {
        match self {
            Self::Folder(folder) => Some(folder),
            Self::Bucket(_) => None,
            #[cfg(test)]
            Self::Memory { .. } => None,
        }
    }

    /// Whether another installation may keep its files here too.
    pub(super) fn is_shared(&self) -> bool {
        match self {
            Self::Folder(_) => false,
            Self::Bucket(_) => true,
            #[cfg(test)]
            Self::Memory { is_shared } => *is_shared,
        }
    }

    pub(super) fn open(&self) -> Result<Arc<dyn ObjectStore>> {
        match self {
            Self::Folder(folder) => {
                make(folder).with_context(|| format!("папку {} не удаётся создать", folder.display()))?;
                // A row of the database may name a file only when the file outlives a power cut.
                let store = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
                Ok(Arc::new(store))
            }
            Self::Bucket(s3) => Ok(Arc::new(bucket(s3)?)),
            #[cfg(test)]
            Self::Memory { .. } => Ok(Arc::new(InMemory::new())),
        }
    }

    /// A process that was killed while it wrote left its bytes beside the place where they were to be.
    pub(super) fn remove_half_written(&self, path: &Path) -> std::io::Result<()> {
        let Self::Folder(folder) = self else { return Ok(()) };
        match std::fs::remove_file(folder.join(format!("{path}#1"))) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

/// Makes the folder; nobody else on the machine reads clients' papers.
fn make(folder: &std::path::Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

fn bucket(s3: &S3) -> Result<object_store::aws::AmazonS3> {
    // Whoever comes first sets it for the process: always ring, as for the database.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = ClientOptions::new()
        .with_connect_timeout(Duration::from_secs(5))
        .with_timeout(Duration::from_mins(1));
    let retry = RetryConfig {
        max_retries: 3,
        retry_timeout: Duration::from_secs(20),
        ..RetryConfig::default()
    };
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(&s3.bucket)
        .with_region(&s3.region)
        .with_access_key_id(s3.access_key.expose_secret())
        .with_secret_access_key(s3.secret_key.expose_secret())
        // Every compatible store knows this way; not all know how to delete many at once.
        .with_disable_bulk_delete(true)
        .with_client_options(client)
        .with_retry(retry);
    if let Some(endpoint) = &s3.endpoint {
        builder = builder
            .with_endpoint(endpoint)
            .with_allow_http(endpoint.starts_with("http://"));
    }
    Ok(builder.build()?)
}
