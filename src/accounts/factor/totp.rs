//! Codes of a moment: RFC 6238 with what every authenticator app takes for granted (SHA-1, 30 seconds, 6 digits).

use std::fmt;

use chrono::{DateTime, Utc};
use form_urlencoded::byte_serialize;
use ring::hmac;
use subtle::ConstantTimeEq as _;

/// How long a code stands, in seconds.
const STEP: i64 = 30;
/// How many steps a phone's clock may be early or late.
const DRIFT: i64 = 1;
const DIGITS: usize = 6;
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// What a phone and the server share; 160 bits, as RFC 4226 asks for.
#[derive(Clone)]
pub(in crate::accounts) struct Secret(Vec<u8>);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// A fresh one.
    pub(in crate::accounts) fn new() -> Self {
        Self(rand::random::<[u8; 20]>().to_vec())
    }

    /// As it was sealed.
    pub(in crate::accounts) fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// For sealing.
    pub(in crate::accounts) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// For typing into an app by hand: Base32 in groups of four.
    pub(in crate::accounts) fn typed(&self) -> String {
        let letters = base32(&self.0);
        let groups: Vec<_> = letters
            .as_bytes()
            .chunks(4)
            .map(|group| String::from_utf8_lossy(group).into_owned())
            .collect();
        groups.join(" ")
    }

    /// The address that a camera reads. Latin letters keep the picture coarse enough for a poor camera.
    pub(in crate::accounts) fn uri(&self, username: &str, host: &str) -> String {
        let encode = |text: &str| byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20");
        let label = encode(&format!("{username}@{host}"));
        let secret = base32(&self.0);
        format!("otpauth://totp/CRM%20PROFI:{label}?secret={secret}&issuer=CRM%20PROFI")
    }

    /// The step whose code this is, near `now` and later than `last`, the newest one that was used. All steps are
    /// computed and compared in constant time.
    pub(in crate::accounts) fn step(&self, code: &str, now: DateTime<Utc>, last: i64) -> Option<i64> {
        let present = step_of(now);
        let mut found = None;
        for step in present - DRIFT..=present + DRIFT {
            let is_same: bool = self.code(step).as_bytes().ct_eq(code.as_bytes()).into();
            if is_same && step > last && found.is_none() {
                found = Some(step);
            }
        }
        found
    }

    /// The code of a step.
    pub(in crate::accounts) fn code(&self, step: i64) -> String {
        let number = self.number(step) % 10_u32.pow(u32::try_from(DIGITS).unwrap_or_default());
        format!("{number:0>DIGITS$}")
    }

    /// The dynamic truncation of RFC 4226.
    fn number(&self, step: i64) -> u32 {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let bytes = tag.as_ref();
        let at = usize::from(bytes[bytes.len() - 1] & 15);
        let four = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
        u32::from_be_bytes(four) & 0x7fff_ffff
    }
}

/// The number of a moment's step.
pub(in crate::accounts) fn step_of(now: DateTime<Utc>) -> i64 {
    now.timestamp().div_euclid(STEP)
}

/// Whether this looks like a code of an app; spaces have gone already.
pub(in crate::accounts) fn is_code(typed: &str) -> bool {
    typed.len() == DIGITS && typed.bytes().all(|byte| byte.is_ascii_digit())
}

/// RFC 4648 without the padding, which apps do not want.
pub(super) fn base32(bytes: &[u8]) -> String {
    let mut out = String::new();
    for chunk in bytes.chunks(5) {
        let mut five = [0; 8];
        five[3..3 + chunk.len()].copy_from_slice(chunk);
        let bits = u64::from_be_bytes(five);
        let letters = (chunk.len() * 8).div_ceil(5);
        for place in 0..letters {
            let value = (bits >> (35 - 5 * place)) & 31;
            out.push(char::from(ALPHABET[usize::try_from(value).unwrap_or_default()]));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> Secret {
        Secret::from_bytes(b"12345678901234567890".to_vec())
    }

    #[test]
    fn codes_are_those_of_rfc_4226() {
        let codes = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489",
        ];
        for (step, code) in (0..).zip(codes) {
            assert_eq!(secret().code(step), code, "{step}");
        }
    }

    #[test]
    fn codes_are_those_of_rfc_6238() {
        // The appendix has eight digits; an app shows the last six.
        for (at, code) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            let now = DateTime::from_timestamp(at, 0).expect("a moment");
            assert_eq!(secret().code(step_of(now)), code[2..], "{at}");
        }
    }

    #[test]
    fn a_clock_may_be_one_step_off_and_no_code_counts_twice() {
        let now = DateTime::from_timestamp(1_111_111_111, 0).expect("a moment");
        let present = step_of(now);
        for step in present - 1..=present + 1 {
            assert_eq!(secret().step(&secret().code(step), now, 0), Some(step));
        }
        for step in [present - 2, present + 2] {
            assert_eq!(secret().step(&secret().code(step), now, 0), None);
        }
        let used = secret().code(present);
        assert_eq!(secret().step(&used, now, present), None);
        assert_eq!(secret().step(&secret().code(present - 1), now, present), None);
        assert_eq!(
            secret().step(&secret().code(present + 1), now, present),
            Some(present + 1)
        );
    }

    #[test]
    fn letters_are_those_of_rfc_4648() {
        for (bytes, letters) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(bytes.as_bytes()), letters);
        }
        assert_eq!(secret().typed(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
    }

    #[test]
    fn a_secret_does_not_print() {
        assert_eq!(format!("{:?}", secret()), "Secret(…)");
    }
}
