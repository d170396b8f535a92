//! Configuration: the only reader of the environment.
//!
//! Every variable is named in `.env.example`; a test holds the two lists together.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use chrono::NaiveTime;
use chrono_tz::Tz;
use ipnet::IpNet;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer};

/// All variables this program reads. Secrets may also come as `NAME_FILE`.
#[cfg(test)]
const VARIABLES: &[&str] = &[
    "DATABASE_URL",
    "CRM_DATA_DIR",
    "CRM_PG_BIN",
    "CRM_LISTEN",
    "CRM_PUBLIC_URL",
    "CRM_SECRET_KEY",
    "CRM_TIME_ZONE",
    "CRM_TRUSTED_PROXIES",
    "CRM_PASSIVE",
    "CRM_FCM_KEY",
    "CRM_FCM_URL",
    "CRM_FILES_S3_BUCKET",
    "CRM_FILES_S3_ENDPOINT",
    "CRM_FILES_S3_REGION",
    "CRM_FILES_S3_ACCESS_KEY",
    "CRM_FILES_S3_SECRET_KEY",
    "CRM_BACKUP_BEFORE_MIGRATE",
    "CRM_BACKUP_AT",
    "CRM_BACKUP_KEEP",
    "CRM_METRICS_LISTEN",
    "CRM_LOG",
    "CRM_LOG_FORMAT",
];

/// Everything the process was told at its start.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    /// `DATABASE_URL`; `None`: the embedded cluster under [`Config::data_dir`].
    pub(crate) database_url: Option<SecretString>,
    /// `CRM_DATA_DIR`, absolute.
    pub(crate) data_dir: PathBuf,
    /// `CRM_PG_BIN`: the folder of `initdb` and `postgres` for the embedded cluster.
    pub(crate) pg_bin: Option<PathBuf>,
    /// `CRM_LISTEN`.
    pub(crate) listen: SocketAddr,
    /// `CRM_PUBLIC_URL` without a trailing slash; by default `http://` and the listening address.
    pub(crate) public_url: String,
    /// `CRM_SECRET_KEY`; `None`: made once and kept in the data folder.
    pub(crate) secret_key: Option<SecretString>,
    /// `CRM_TIME_ZONE`: the zone of a person who has chosen none.
    pub(crate) time_zone: Tz,
    /// `CRM_TRUSTED_PROXIES`: networks whose `X-Forwarded-For` is believed.
    pub(crate) trusted_proxies: Vec<IpNet>,
    /// `CRM_PASSIVE=1`: a copy that never sends mail or push.
    pub(crate) passive: bool,
    /// `CRM_FCM_KEY` and `CRM_FCM_URL`; `None`: sleeping phones are not woken.
    pub(crate) fcm: Option<Fcm>,
    /// `CRM_FILES_S3_BUCKET` and its companions; `None`: files lie in the folder `files` of [`Config::data_dir`].
    pub(crate) s3: Option<S3>,
    /// `CRM_BACKUP_BEFORE_MIGRATE`: whether a base with data is copied before it is migrated.
    pub(crate) backup_before_migrate: bool,
    /// `CRM_BACKUP_AT`: when the nightly copy is made, on the clock of [`Config::time_zone`]; `None`: never.
    pub(crate) backup_at: Option<NaiveTime>,
    /// `CRM_BACKUP_KEEP`: how many nightly copies are kept.
    pub(crate) backup_keep: usize,
    /// `CRM_METRICS_LISTEN`: where `/metrics` is served; `None`: nowhere.
    pub(crate) metrics_listen: Option<SocketAddr>,
}

/// An S3-compatible store of files.
#[derive(Clone, Debug)]
pub(crate) struct S3 {
    /// `CRM_FILES_S3_BUCKET`
    pub(crate) bucket: String,
    /// `CRM_FILES_S3_ENDPOINT`; `None`: Amazon's own for the region.
    pub(crate) endpoint: Option<String>,
    /// `CRM_FILES_S3_REGION`, by default `us-east-1`, which most compatible stores expect.
    pub(crate) region: String,
    /// `CRM_FILES_S3_ACCESS_KEY`
    pub(crate) access_key: SecretString,
    /// `CRM_FILES_S3_SECRET_KEY`
    pub(crate) secret_key: SecretString,
}

/// A project of Firebase, by which sleeping phones are woken.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Fcm {
    /// Whose phones they are.
    #[serde(rename = "project_id")]
    pub(crate) project: String,
    /// Who sends.
    #[serde(rename = "client_email")]
    pub(crate) email: String,
    /// Which key of theirs it is; may be empty.
    #[serde(rename = "private_key_id", default)]
    pub(crate) key_id: String,
    /// An RSA key in PEM.
    #[serde(rename = "private_key", deserialize_with = "hidden")]
    pub(crate) key: SecretString,
    /// Where a word signed by it is changed for a token.
    #[serde(rename = "token_uri")]
    pub(crate) token_url: String,
    /// `CRM_FCM_URL`: where messages are sent, without a trailing slash.
    #[serde(skip)]
    pub(crate) url: String,
}

/// How the log looks; read before everything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// Coloured lines for people.
    Pretty,
    /// One JSON object a line.
    Json,
}

/// `CRM_LOG` (a tracing filter) and `CRM_LOG_FORMAT`.
///
/// # Errors
/// One sentence naming the variable.
pub(crate) fn log_settings() -> Result<(String, LogFormat)> {
    let format = match variable("CRM_LOG_FORMAT")?.as_deref() {
        None | Some("pretty") => LogFormat::Pretty,
        Some("json") => LogFormat::Json,
        Some(other) => bail!("CRM_LOG_FORMAT: «{other}» is neither pretty nor json"),
    };
    let filter = variable("CRM_LOG")?.unwrap_or_else(|| "info,sqlx=warn".to_owned());
    Ok((filter, format))
}

/// Reads `.env` when it is there; variables already set win.
///
/// # Errors
/// One sentence when the file exists and cannot be read.
pub(crate) fn load_dotenv() -> Result<()> {
    match dotenvy::dotenv() {
        Ok(_) => Ok(()),
        Err(error) if error.not_found() => Ok(()),
        Err(error) => bail!(".env: {error}"),
    }
}

impl Config {
    /// Reads and checks the environment.
    ///
    /// # Errors
    /// One sentence that names the variable at fault.
    pub(crate) fn from_env() -> Result<Self> {
        let listen: SocketAddr = parse("CRM_LISTEN", "127.0.0.1:8000", |text| {
            text.parse().context("is not an address like 127.0.0.1:8000")
        })?;
        let data_dir = variable("CRM_DATA_DIR")?.unwrap_or_else(|| "data".to_owned());
        let public_url = parse("CRM_PUBLIC_URL", &format!("http://{listen}"), public_url)?;
        Ok(Self {
            database_url: secret("DATABASE_URL")?.map(database_url).transpose()?,
            data_dir: std::path::absolute(Path::new(&data_dir)).context("CRM_DATA_DIR: is not a path")?,
            pg_bin: variable("CRM_PG_BIN")?.map(PathBuf::from),
            listen,
            public_url,
            secret_key: secret("CRM_SECRET_KEY")?.map(secret_key).transpose()?,
            time_zone: parse("CRM_TIME_ZONE", "Europe/Moscow", |text| {
                text.parse::<Tz>().ok().context("is not a time zone like Europe/Moscow")
            })?,
            trusted_proxies: parse("CRM_TRUSTED_PROXIES", "", networks)?,
            passive: parse("CRM_PASSIVE", "0", |text| match text {
                "0" | "" => Ok(false),
                "1" => Ok(true),
                other => bail!("«{other}» is neither 0 nor 1"),
            })?,
            fcm: fcm()?,
            s3: s3()?,
            backup_before_migrate: parse("CRM_BACKUP_BEFORE_MIGRATE", "on", |text| match text {
                "on" => Ok(true),
                "off" => Ok(false),
                other => bail!("«{other}» is neither on nor off"),
            })?,
            backup_at: parse("CRM_BACKUP_AT", "03:30", time_of_day)?,
            backup_keep: parse("CRM_BACKUP_KEEP", "14", |text| {
                let number = text.parse().ok().filter(|number| (1..=365).contains(number));
                number.context("is not a number from 1 to 365")
            })?,
            metrics_listen: variable("CRM_METRICS_LISTEN")?
                .map(|text| {
                    text.trim()
                        .parse()
                        .context("CRM_METRICS_LISTEN: is not an address like 127.0.0.1:9100")
                })
                .transpose()?,
        })
    }

    /// Whether browsers reach us by TLS, so that cookies must be `Secure`.
    pub(crate) fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

fn public_url(text: &str) -> Result<String> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let host = rest.map(|rest| rest.trim_end_matches('/')).unwrap_or_default();
    if host.is_empty() || host.contains(|c: char| "/?#\\@".contains(c) || c.is_whitespace() || c.is_control()) {
        bail!("«{text}» is not an address like https://crm.company.ru");
    }
    Ok(text.trim_end_matches('/').to_owned())
}

/// The key is the JSON that Firebase gives for a service account; nothing of it is ever repeated.
fn fcm() -> Result<Option<Fcm>> {
    let url = parse("CRM_FCM_URL", "https://fcm.googleapis.com", public_url)?;
    let key = secret("CRM_FCM_KEY")?.map(|text| fcm_key(text.expose_secret()));
    Ok(key.transpose()?.map(|key| Fcm { url, ..key }))
}

fn hidden<'de, D: Deserializer<'de>>(text: D) -> Result<SecretString, D::Error> {
    String::deserialize(text).map(SecretString::from)
}

fn fcm_key(text: &str) -> Result<Fcm> {
    let key: Fcm = serde_json::from_str(text)
        .map_err(|_| anyhow::anyhow!("CRM_FCM_KEY: is not the JSON key of a service account of Firebase"))?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-_.:".contains(c);
    if key.project.is_empty() || !key.project.chars().all(is_name) {
        bail!("CRM_FCM_KEY: project_id is not the name of a project");
    }
    let is_address = key.token_url.starts_with("https://") || key.token_url.starts_with("http://");
    if !is_address || key.token_url.contains(|c: char| c.is_whitespace() || c.is_control()) {
        bail!("CRM_FCM_KEY: token_uri is not an address");
    }
    if jsonwebtoken::EncodingKey::from_rsa_pem(key.key.expose_secret().as_bytes()).is_err() {
        bail!("CRM_FCM_KEY: private_key is not an RSA key in PEM");
    }
    Ok(key)
}

/// Either the bucket and both keys are set, or nothing is.
fn s3() -> Result<Option<S3>> {
    let endpoint = variable("CRM_FILES_S3_ENDPOINT")?
        .map(|text| s3_endpoint(&text))
        .transpose()?;
    let region = variable("CRM_FILES_S3_REGION")?;
    let (access_key, secret_key) = (secret("CRM_FILES_S3_ACCESS_KEY")?, secret("CRM_FILES_S3_SECRET_KEY")?);
    let Some(bucket) = variable("CRM_FILES_S3_BUCKET")? else {
        if endpoint.is_some() || region.is_some() || access_key.is_some() || secret_key.is_some() {
            bail!("CRM_FILES_S3_BUCKET: is not set, though other variables of the store are");
        }
        return Ok(None);
    };
    Ok(Some(S3 {
        bucket: bucket.trim().to_owned(),
        endpoint,
        region: region.map_or_else(|| "us-east-1".to_owned(), |region| region.trim().to_owned()),
        access_key: access_key.context("CRM_FILES_S3_ACCESS_KEY: is not set, though CRM_FILES_S3_BUCKET is")?,
        secret_key: secret_key.context("CRM_FILES_S3_SECRET_KEY: is not set, though CRM_FILES_S3_BUCKET is")?,
    }))
}

fn s3_endpoint(text: &str) -> Result<String> {
    public_url(text.trim()).map_err(|error| anyhow::anyhow!("CRM_FILES_S3_ENDPOINT: {error}"))
}

/// «03:30» or «off».
fn time_of_day(text: &str) -> Result<Option<NaiveTime>> {
    if text == "off" {
        return Ok(None);
    }
    let time = NaiveTime::parse_from_str(text, "%H:%M").ok();
    time.map(Some)
        .with_context(|| format!("«{text}» is neither a time like 03:30 nor off"))
}

fn networks(text: &str) -> Result<Vec<IpNet>> {
    let network = |part: &str| {
        let parsed = part
            .parse::<IpNet>()
            .or_else(|_| part.parse::<std::net::IpAddr>().map(IpNet::from));
        parsed
            .ok()
            .with_context(|| format!("«{part}» is not a network like 10.0.0.0/8"))
    };
    text.split([',', ' '])
        .filter(|part| !part.is_empty())
        .map(network)
        .collect()
}

fn secret_key(key: SecretString) -> Result<SecretString> {
    if key.expose_secret().len() < 32 {
        bail!("CRM_SECRET_KEY: is shorter than 32 characters");
    }
    Ok(key)
}

fn database_url(url: SecretString) -> Result<SecretString> {
    let text = url.expose_secret();
    if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
        bail!("DATABASE_URL: is not an address like postgres://user:password@host/database");
    }
    Ok(url)
}

fn parse<T>(name: &str, default: &str, read: impl FnOnce(&str) -> Result<T>) -> Result<T> {
    let text = variable(name)?.unwrap_or_else(|| default.to_owned());
    read(text.trim()).map_err(|error| anyhow::anyhow!("{name}: {error}"))
}

/// A secret, from `NAME` or from the file that `NAME_FILE` names.
fn secret(name: &str) -> Result<Option<SecretString>> {
    if let Some(value) = variable(name)? {
        return Ok(Some(value.into()));
    }
    let file_variable = format!("{name}_FILE");
    let Some(path) = variable(&file_variable)? else {
        return Ok(None);
    };
    let text = std::fs::read_to_string(&path).with_context(|| format!("{file_variable}: {path} cannot be read"))?;
    Ok(Some(text.trim_end_matches(['\n', '\r']).to_owned().into()))
}

#[expect(
    clippy::disallowed_methods,
    reason = "this module is the one reader of the environment"
)]
fn variable(name: &str) -> Result<Option<String>> {
    match std::env::var(name) {
        Ok(value) if value.trim().is_empty() => Ok(None),
        Ok(value) => Ok(Some(value)),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => bail!("{name}: is not readable text"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn env_example_lists_every_variable() {
        let example = include_str!("../.env.example");
        for name in VARIABLES {
            assert!(example.contains(&format!("{name}=")), ".env.example lacks {name}");
        }
        let listed = example
            .lines()
            .filter_map(|line| line.trim_start_matches(['#', ' ']).split_once('='));
        for name in listed.map(|(name, _)| name).filter(|name| !name.contains(' ')) {
            let plain = name.strip_suffix("_FILE").unwrap_or(name);
            assert!(VARIABLES.contains(&plain), ".env.example lists unknown {name}");
        }
    }

    #[test]
    fn public_url_must_be_an_origin() {
        assert_eq!(public_url("https://crm.example.ru/").unwrap(), "https://crm.example.ru");
        for bad in [
            "crm.example.ru",
            "https://",
            "ftp://x",
            "https://x/y",
            "https://x y",
            "https://x\ny",
            "https://x\\y",
            "https://a@b",
        ] {
            assert!(public_url(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_address_of_a_store_is_an_origin() {
        assert_eq!(
            s3_endpoint(" http://127.0.0.1:9000/ ").unwrap(),
            "http://127.0.0.1:9000"
        );
        let refused = s3_endpoint("minio:9000").unwrap_err().to_string();
        assert!(refused.starts_with("CRM_FILES_S3_ENDPOINT: "), "{refused}");
    }

    #[test]
    fn a_key_that_cannot_wake_phones_is_told_of_without_a_word_of_it() {
        let key = |project: &str, address: &str, pem: &str| {
            let key = serde_json::json!({"project_id": project, "client_email": "a@b", "private_key": pem,
                                         "token_uri": address});
            fcm_key(&key.to_string()).unwrap_err().to_string()
        };
        assert!(
            fcm_key("geheim")
                .unwrap_err()
                .to_string()
                .starts_with("CRM_FCM_KEY: is not")
        );
        assert!(key("a/../b", "https://x/token", "geheim").contains("project_id"));
        assert!(key("crm", "file:///token", "geheim").contains("token_uri"));
        let refused = key("crm", "https://x/token", "geheim");
        assert!(
            refused.contains("private_key") && !refused.contains("geheim"),
            "{refused}"
        );
    }

    #[test]
    fn a_nightly_copy_has_a_time_or_is_off() {
        assert_eq!(time_of_day("off").unwrap(), None);
        assert_eq!(time_of_day("3:05").unwrap(), NaiveTime::from_hms_opt(3, 5, 0));
        for bad in ["24:00", "3", "night", "03:30:15"] {
            assert!(time_of_day(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn proxies_are_addresses_or_networks() {
        assert_eq!(networks("10.0.0.0/8, 127.0.0.1").unwrap().len(), 2);
        assert!(networks("proxy").is_err());
    }
}
