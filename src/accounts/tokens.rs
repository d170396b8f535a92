//! Tokens of the API: signed texts that name a session, in the shape of djangorestframework-simplejwt (decision 0030).
//!
//! An access token lives for minutes and is looked up with each call all the same, so that ending its session ends it at
//! once. A refresh token carries the session's secret and is good for as long as the session is.

use std::sync::LazyLock;

use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use uuid::Uuid;

use crate::api::AuthFailure;
use crate::error::Result;
use crate::values::UserId;

/// How long an access token is good for.
const ACCESS: TimeDelta = TimeDelta::minutes(15);
/// What stands in a refresh token, which really ends with its session: clients that look must not throw it away.
const REFRESH: TimeDelta = TimeDelta::days(3650);
/// How far clocks of two servers may differ.
const LEEWAY: TimeDelta = TimeDelta::seconds(5);
const ISSUER: &str = "crm-profi";
const AUDIENCE: &str = "api";

#[derive(Serialize, Deserialize)]
struct Claims {
    token_type: String,
    iss: String,
    aud: String,
    exp: i64,
    iat: i64,
    /// Of an access token: nothing but different. Of a refresh token: the session's secret.
    jti: String,
    /// A text, as in current versions of simplejwt.
    user_id: String,
    /// Of an access token: the session.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    sid: Option<Uuid>,
}

/// What an access token says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Access {
    /// The session.
    pub(crate) session: Uuid,
    /// Whose it is.
    pub(crate) user: UserId,
}

/// A new access token.
pub(super) fn access(key: &SecretString, session: Uuid, user: UserId, now: DateTime<Utc>) -> Result<String> {
    let jti = Uuid::new_v4().simple().to_string();
    sign(key, "access", (jti, Some(session)), user, (now, ACCESS))
}

/// The refresh token of a session with this secret.
pub(super) fn refresh(key: &SecretString, secret: &str, user: UserId, now: DateTime<Utc>) -> Result<String> {
    sign(key, "refresh", (secret.to_owned(), None), user, (now, REFRESH))
}

fn sign(
    key: &SecretString,
    kind: &str,
    (jti, sid): (String, Option<Uuid>),
    user: UserId,
    (now, life): (DateTime<Utc>, TimeDelta),
) -> Result<String> {
    let claims = Claims {
        token_type: kind.to_owned(),
        iss: ISSUER.to_owned(),
        aud: AUDIENCE.to_owned(),
        exp: (now + life).timestamp(),
        iat: now.timestamp(),
        jti,
        user_id: user.to_string(),
        sid,
    };
    let signing = EncodingKey::from_secret(&signing_key(key)).map_err(anyhow::Error::from)?;
    let signed = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &signing);
    Ok(signed.map_err(anyhow::Error::from)?)
}

/// What an access token says.
///
/// # Errors
/// [`AuthFailure::Expired`], or [`AuthFailure::Invalid`] for whatever else is wrong with it.
pub(super) fn read_access(key: &SecretString, token: &str, now: DateTime<Utc>) -> Result<Access, AuthFailure> {
    let claims = read(key, token, "access").ok_or(AuthFailure::Invalid)?;
    let user = claims.user_id.parse().map_err(|_| AuthFailure::Invalid)?;
    let session = claims.sid.ok_or(AuthFailure::Invalid)?;
    if claims.exp + LEEWAY.num_seconds() < now.timestamp() {
        return Err(AuthFailure::Expired);
    }
    Ok(Access { session, user })
}

/// The session's secret in a refresh token; `None`: it is none of ours.
pub(super) fn read_refresh(key: &SecretString, token: &str) -> Option<String> {
    read(key, token, "refresh").map(|claims| claims.jti)
}

fn read(key: &SecretString, token: &str, kind: &str) -> Option<Claims> {
    static RULES: LazyLock<Validation> = LazyLock::new(|| {
        // HS256 and nothing else, whatever the token's head says.
        let mut rules = Validation::new(Algorithm::HS256);
        rules.set_issuer(&[ISSUER]);
        rules.set_audience(&[AUDIENCE]);
        rules.set_required_spec_claims(&["exp", "iss", "aud"]);
        // Compared with the application's own clock.
        rules.validate_exp = false;
        rules
    });
    let checking = DecodingKey::from_secret(&signing_key(key)).ok()?;
    let read = jsonwebtoken::decode::<Claims>(token, &checking, &RULES).ok()?;
    Some(read.claims).filter(|claims| claims.token_type == kind)
}

/// A key of its own, so that no other use of the application's key signs tokens.
fn signing_key(key: &SecretString) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose_secret().as_bytes()).unwrap_or_else(|_| unreachable!());
    mac.update(b"api tokens");
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> SecretString {
        text.to_owned().into()
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    #[test]
    fn an_access_token_is_good_for_a_quarter_of_an_hour_and_for_its_key_alone() {
        let session = Uuid::from_u128(7);
        let token = access(&key("a"), session, UserId(5), at(0)).unwrap();
        let read = read_access(&key("a"), &token, at(905)).unwrap();
        assert_eq!((read.session, read.user), (session, UserId(5)));
        assert_eq!(
            read_access(&key("a"), &token, at(906)).unwrap_err(),
            AuthFailure::Expired
        );
        assert_eq!(read_access(&key("b"), &token, at(0)).unwrap_err(), AuthFailure::Invalid);
    }

    #[test]
    fn tokens_of_another_kind_algorithm_or_signature_are_refused() {
        let now = at(0);
        let token = refresh(&key("a"), "secret", UserId(5), now).unwrap();
        assert_eq!(read_refresh(&key("a"), &token).as_deref(), Some("secret"));
        assert_eq!(read_access(&key("a"), &token, now).unwrap_err(), AuthFailure::Invalid);
        let token = access(&key("a"), Uuid::from_u128(7), UserId(5), now).unwrap();
        assert_eq!(read_refresh(&key("a"), &token), None);
        let (body, signature) = token.rsplit_once('.').unwrap();
        let none = format!(
            "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{}.",
            body.split_once('.').unwrap().1
        );
        for forged in [
            format!("{body}."),
            none,
            format!("{body}.A{}", &signature[1..]),
            String::new(),
        ] {
            assert!(read_access(&key("a"), &forged, now).is_err(), "{forged}");
        }
        let other = Header::new(Algorithm::HS384);
        let claims: Claims = read(&key("a"), &token, "access").unwrap();
        let signing = EncodingKey::from_secret(&signing_key(&key("a"))).unwrap();
        let forged = jsonwebtoken::encode(&other, &claims, &signing).unwrap();
        assert!(read_access(&key("a"), &forged, now).is_err());
    }
}
