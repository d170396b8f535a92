//! Browsers that a login knows: a cookie of marks, one per login that signed in there, without naming anybody.
//!
//! A mark gives no right but tries of its own (decision 0018).

use axum::extract::FromRequestParts;
use axum::http::HeaderValue;
use axum::http::request::Parts;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;

use super::limits::login_key;
use super::sessions::{cookie, read_cookie};
use crate::app::App;
use crate::web::csrf;

/// A mark counts for this many days after the last sign-in: as long as browsers keep a cookie.
const DAYS: i64 = 400;
/// The most people of one browser that are remembered, the latest first.
const PEOPLE: usize = 5;

/// The cookie as it was sent; empty: none.
#[derive(Clone, Debug, Default)]
pub(crate) struct KnownDevice(String);

struct Mark<'a> {
    nonce: &'a str,
    day: i64,
    seal: &'a str,
}

impl<'a> Mark<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let (nonce, rest) = text.split_once('.')?;
        let (day, seal) = rest.split_once('.')?;
        let day = day.parse().ok()?;
        Some(Self { nonce, day, seal })
    }

    fn is_of(&self, key: &SecretString, login: &str) -> bool {
        csrf::equal(
            self.seal.as_bytes(),
            seal(key, (self.nonce, self.day), login).as_bytes(),
        )
    }
}

fn seal(key: &SecretString, (nonce, day): (&str, i64), login: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose_secret().as_bytes()).unwrap_or_else(|_| unreachable!());
    mac.update(b"known device:");
    mac.update(format!("{nonce}.{day}.{login}").as_bytes());
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}

fn today(now: DateTime<Utc>) -> i64 {
    now.timestamp().div_euclid(24 * 3600)
}

impl KnownDevice {
    /// The mark of this login, when it signed in here not too long ago.
    pub(super) fn mark(&self, key: &SecretString, username: &str, now: DateTime<Utc>) -> Option<&str> {
        let login = login_key(username);
        let young = today(now) - DAYS..=today(now) + 1;
        let mut marks = self.0.split('~').take(PEOPLE).filter_map(Mark::read);
        let own = marks.find(|mark| young.contains(&mark.day) && mark.is_of(key, &login))?;
        Some(own.nonce)
    }

    /// The cookie's value after this login has signed in.
    pub(super) fn remember(&self, key: &SecretString, username: &str, now: DateTime<Utc>) -> String {
        let login = login_key(username);
        let fresh = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 16]>());
        let nonce = self.mark(key, username, now).unwrap_or(&fresh);
        let day = today(now);
        let own = format!("{nonce}.{day}.{}", seal(key, (nonce, day), &login));
        let others = self
            .0
            .split('~')
            .take(PEOPLE)
            .filter(|text| Mark::read(text).is_some_and(|mark| mark.nonce != nonce && text.len() < 100));
        std::iter::once(own.as_str())
            .chain(others)
            .take(PEOPLE)
            .collect::<Vec<_>>()
            .join("~")
    }
}

fn name(app: &App) -> &'static str {
    if app.config.is_https() {
        "__Host-crm_device"
    } else {
        "crm_device"
    }
}

/// The `Set-Cookie` of this value.
pub(super) fn set_known(app: &App, value: &str) -> HeaderValue {
    cookie(app, name(app), value, DAYS * 24 * 3600)
}

impl FromRequestParts<App> for KnownDevice {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        Ok(Self(
            read_cookie(&parts.headers, name(app)).unwrap_or_default().to_owned(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn key() -> SecretString {
        "a key of tests".to_owned().into()
    }

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000, 0).expect("a moment")
    }

    #[test]
    fn a_mark_counts_for_its_login_only_and_not_for_ever() {
        let device = KnownDevice(KnownDevice::default().remember(&key(), "Ivanova", now()));
        assert!(device.mark(&key(), " ivanova", now()).is_some());
        assert_eq!(device.mark(&key(), "petrov", now()), None);
        assert_eq!(device.mark(&"another key".to_owned().into(), "ivanova", now()), None);
        assert!(!device.0.to_lowercase().contains("ivanova"));
        let late = now() + TimeDelta::days(DAYS + 1);
        assert_eq!(device.mark(&key(), "ivanova", late), None);
    }

    #[test]
    fn a_browser_keeps_its_mark_and_remembers_the_latest_people() {
        let mut device = KnownDevice::default();
        for login in ["a", "b", "c", "d", "e", "f"] {
            device = KnownDevice(device.remember(&key(), login, now()));
        }
        assert_eq!(device.mark(&key(), "a", now()), None);
        let mark = device.mark(&key(), "b", now()).expect("a mark").to_owned();
        let again = KnownDevice(device.remember(&key(), "b", now()));
        assert_eq!(again.mark(&key(), "b", now()), Some(mark.as_str()));
        assert_eq!(again.0.split('~').count(), PEOPLE);
    }

    #[test]
    fn a_forged_cookie_is_no_mark() {
        let real = KnownDevice::default().remember(&key(), "ivanova", now());
        let (nonce, rest) = real.split_once('.').expect("parts");
        for forged in [
            String::new(),
            "~~~".to_owned(),
            format!("x{nonce}.{rest}"),
            real.replacen('.', ".1", 1),
        ] {
            assert_eq!(
                KnownDevice(forged.clone()).mark(&key(), "ivanova", now()),
                None,
                "{forged}"
            );
        }
    }
}
