//! Keys of counters: what is counted and for whom. A login stands in them as a hash: any text may be typed there.

use std::net::IpAddr;

use sha2::{Digest as _, Sha256};

use crate::values::UserId;

/// A login, known or not, as keys name it.
pub(in crate::accounts) fn login_key(username: &str) -> String {
    // As Postgres folds when it looks the login up: letter by letter, «İ» being an «i» without the dot above. Otherwise
    // another spelling of one login would have free tries of its own.
    let folded: String = username
        .trim()
        .chars()
        .flat_map(char::to_lowercase)
        .filter(|c| *c != '\u{307}')
        .collect();
    hex::encode(Sha256::digest(folded))
}

pub(super) fn login(username: &str) -> String {
    format!("user:{}", login_key(username))
}

pub(super) fn here(username: &str, ip: &str) -> String {
    format!("here:{}:{}", login_key(username), network(ip))
}

pub(super) fn device(username: &str, mark: &str) -> String {
    format!("device:{}:{mark}", login_key(username))
}

pub(super) fn address(ip: &str) -> String {
    format!("ip:{}", network(ip))
}

pub(super) fn code(id: UserId) -> String {
    format!("code:{id}")
}

pub(super) fn own(id: UserId) -> String {
    format!("own:{id}")
}

/// An address as it is counted: every home has 2⁶⁴ addresses of IPv6, so these count by their network.
pub(crate) fn network(ip: &str) -> String {
    match ip.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        Ok(address) => address.to_string(),
        Err(_) => ip.to_owned(),
    }
}

/// What a key speaks of.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::accounts) enum Locked {
    /// An address or a network.
    Address(String),
    /// A login's hash at an address.
    Here(String, String),
    /// A login's hash anywhere.
    Login(String),
    /// A login's hash in a known browser.
    Device(String),
    /// Codes of a person.
    Code(UserId),
    /// The present password of a person.
    Own(UserId),
}

impl Locked {
    /// From a key; `None` for one of another version of the program.
    pub(in crate::accounts) fn read(key: &str) -> Option<Self> {
        let (kind, rest) = key.split_once(':')?;
        let parts = || rest.split_once(':').map(|(one, two)| (one.to_owned(), two.to_owned()));
        let person = || rest.parse().ok().map(UserId);
        match kind {
            "ip" => Some(Self::Address(rest.to_owned())),
            "here" => parts().map(|(login, address)| Self::Here(login, address)),
            "user" => Some(Self::Login(rest.to_owned())),
            "device" => parts().map(|(login, _)| Self::Device(login)),
            "code" => person().map(Self::Code),
            "own" => person().map(Self::Own),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_home_of_ipv6_is_one_address_and_a_mapped_one_is_the_old_one() {
        for (ip, counted) in [
            ("203.0.113.7", "203.0.113.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2::ffff", "2001:db8:1:2::/64"),
            ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
            ("::ffff:203.0.113.7", "203.0.113.7"),
            ("", ""),
        ] {
            assert_eq!(network(ip), counted, "{ip}");
        }
    }

    #[test]
    fn keys_are_read_back() {
        let hash = login_key("ivanova");
        for (key, read) in [
            (address("2001:db8::1"), Locked::Address("2001:db8:0:0::/64".to_owned())),
            (
                here("ivanova", "2001:db8::1"),
                Locked::Here(hash.clone(), "2001:db8:0:0::/64".to_owned()),
            ),
            (login("Ivanova "), Locked::Login(hash.clone())),
            (device("ivanova", "mark"), Locked::Device(hash)),
            (code(UserId(7)), Locked::Code(UserId(7))),
            (own(UserId(7)), Locked::Own(UserId(7))),
        ] {
            assert_eq!(Locked::read(&key), Some(read), "{key}");
        }
        assert_eq!(Locked::read("pair:of an older version"), None);
    }
}
