//! Secrets at rest: sealed with a key that is derived from the application's secret key and never stored, so that a
//! stolen database gives no codes.

use hmac::{Hmac, KeyInit as _, Mac as _};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;

use crate::values::UserId;

/// Stands before the nonce: another way of sealing would have another number.
const VERSION: u8 = 1;

/// Seals a secret for one person: the row of another one cannot be put in its place.
pub(in crate::accounts) fn seal(key: &SecretString, user: UserId, secret: &[u8]) -> Vec<u8> {
    let nonce: [u8; NONCE_LEN] = rand::random();
    let mut body = secret.to_vec();
    let sealed = sealing_key(key).seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), owner(user), &mut body);
    // Sealing fails only for texts of gigabytes.
    if sealed.is_err() {
        unreachable!("a short secret can be sealed");
    }
    [&[VERSION], nonce.as_slice(), &body].concat()
}

/// The secret; `None` when it was sealed with another key, for another person, or is damaged.
pub(in crate::accounts) fn open(key: &SecretString, user: UserId, sealed: &[u8]) -> Option<Vec<u8>> {
    let (version, rest) = sealed.split_first()?;
    let (nonce, body) = rest.split_at_checked(NONCE_LEN)?;
    if *version != VERSION {
        return None;
    }
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut body = body.to_vec();
    let opened = sealing_key(key).open_in_place(nonce, owner(user), &mut body).ok()?;
    Some(opened.to_vec())
}

fn sealing_key(key: &SecretString) -> LessSafeKey {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose_secret().as_bytes()).unwrap_or_else(|_| unreachable!());
    mac.update(b"second factor 1");
    let derived = mac.finalize().into_bytes();
    LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, &derived).unwrap_or_else(|_| unreachable!()))
}

fn owner(user: UserId) -> Aad<[u8; 8]> {
    Aad::from(user.0.to_be_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_opens_only_with_its_key_and_for_its_person() {
        let key: SecretString = "one key of at least thirty-two characters".to_owned().into();
        let other: SecretString = "another key of thirty-two characters or so".to_owned().into();
        let sealed = seal(&key, UserId(7), b"secret");
        assert_eq!(open(&key, UserId(7), &sealed).as_deref(), Some(b"secret".as_slice()));
        assert_eq!(open(&other, UserId(7), &sealed), None);
        assert_eq!(open(&key, UserId(8), &sealed), None);
        assert_ne!(seal(&key, UserId(7), b"secret"), sealed, "a nonce is never used twice");
        for cut in 0..sealed.len() {
            assert_eq!(open(&key, UserId(7), &sealed[..cut]), None, "{cut}");
        }
        let mut damaged = sealed;
        *damaged.last_mut().expect("a byte") ^= 1;
        assert_eq!(open(&key, UserId(7), &damaged), None);
    }
}
