//! Passwords: argon2id (RFC 9106), and what makes one acceptable.

use std::sync::LazyLock;

use anyhow::{Context as _, anyhow};
use argon2::{Argon2, PasswordHash, PasswordHasher as _, PasswordVerifier as _};

use crate::app::App;
use crate::error::Result;

/// The shortest password, in characters.
pub(crate) const MIN: usize = 10;
/// The longest password, in characters; more only costs time.
pub(crate) const MAX: usize = 256;
/// Stated beside every password field.
pub(crate) const RULE: &str = "Не короче 10 знаков, не из списка частых и не похож на логин.";

/// Verified when there is no user, so that the answer takes as long.
static DUMMY: LazyLock<String> = LazyLock::new(|| hash_now("no such user").unwrap_or_default());

/// Passwords that guessing starts with.
const COMMON: &[&str] = &[
    "1234567890",
    "0123456789",
    "0987654321",
    "1q2w3e4r5t",
    "qwertyuiop",
    "йцукенгшщз",
    "password12",
    "password123",
    "qwerty12345",
    "qwerty123456",
    "1234567890a",
    "12345678910",
    "123456789012",
    "1111111111",
    "0000000000",
    "пароль12345",
    "парольпароль",
    "passwordpassword",
    "administrator",
    "adminadmin",
    "admin12345",
    "q1w2e3r4t5",
    "1qaz2wsx3edc",
    "zaq12wsxcde3",
    "iloveyou12",
    "letmein123",
    "welcome123",
    "changeme123",
];

/// A sentence when the password will not do.
pub(crate) fn weakness(password: &str, username: &str) -> Option<&'static str> {
    let length = password.chars().count();
    let folded = password.to_lowercase();
    let username = username.to_lowercase();
    if length < MIN {
        Some("Пароль короче 10 знаков.")
    } else if length > MAX {
        Some("Пароль длиннее 256 знаков.")
    } else if COMMON.contains(&folded.as_str()) || has_few_characters(&folded) {
        Some("Такой пароль подберут первым. Придумайте другой.")
    } else if !username.is_empty() && (folded.contains(&username) && length < username.chars().count() + 6) {
        Some("Пароль слишком похож на логин.")
    } else {
        None
    }
}

fn has_few_characters(password: &str) -> bool {
    let mut seen: Vec<char> = password.chars().collect();
    seen.sort_unstable();
    seen.dedup();
    seen.len() < 4
}

/// The hash to store.
pub(crate) async fn hash(app: &App, password: &str) -> Result<String> {
    let password = password.to_owned();
    on_a_free_core(app, move || hash_now(&password)).await?
}

/// Whether the password is right; `stored` is `None` for a user who is unknown or may not sign in.
pub(crate) async fn verify(app: &App, password: &str, stored: Option<String>) -> Result<bool> {
    let password = password.to_owned();
    on_a_free_core(app, move || {
        let (hash, is_real) = match &stored {
            Some(hash) if !hash.is_empty() => (hash.as_str(), true),
            _ => (DUMMY.as_str(), false),
        };
        let Ok(parsed) = PasswordHash::new(hash) else {
            return false;
        };
        Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok() && is_real
    })
    .await
}

fn hash_now(password: &str) -> Result<String> {
    let hashed = Argon2::default().hash_password(password.as_bytes());
    Ok(hashed.map_err(|error| anyhow!("argon2: {error}"))?.to_string())
}

async fn on_a_free_core<T: Send + 'static>(app: &App, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let _permit = app.hashing.acquire().await.context("the hashing semaphore is closed")?;
    Ok(tokio::task::spawn_blocking(work).await.context("hashing was cut off")?)
}

#[cfg(test)]
mod tests {
    use super::weakness;

    #[test]
    fn weak_passwords_are_named() {
        for weak in ["short", "1234567890", "aaaaaaaaaaaa", "ivanova.a12"] {
            assert!(weakness(weak, "ivanova.a").is_some(), "{weak}");
        }
        assert_eq!(weakness("семь красных кленов", "ivanova.a"), None);
    }
}
