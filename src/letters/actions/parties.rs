//! Who is who in a letter: which way it went, and which contact took part.

use sqlx::PgConnection;

use crate::error::Result;
use crate::letters::address::{Mailbox, domain_of};
use crate::letters::model::{Content, Direction};
use crate::letters::queries;
use crate::values::{CompanyId, ContactId};

/// Where anybody may have an address: such a domain says nothing of its owner.
const PUBLIC: &[&str] = &[
    "mail.ru",
    "inbox.ru",
    "list.ru",
    "bk.ru",
    "internet.ru",
    "xmail.ru",
    "yandex.ru",
    "ya.ru",
    "yandex.com",
    "yandex.by",
    "yandex.kz",
    "gmail.com",
    "googlemail.com",
    "rambler.ru",
    "lenta.ru",
    "autorambler.ru",
    "myrambler.ru",
    "ro.ru",
    "outlook.com",
    "hotmail.com",
    "live.com",
    "live.ru",
    "msn.com",
    "icloud.com",
    "me.com",
    "mac.com",
    "yahoo.com",
    "proton.me",
    "protonmail.com",
    "vk.com",
    "ngs.ru",
    "e1.ru",
    "qip.ru",
    "pochta.ru",
    "nextmail.ru",
    "tut.by",
    "ukr.net",
];

/// Addresses of both sides, in lower case.
#[derive(Debug, Default)]
pub(super) struct Parties {
    /// Those of the company, and of its people with whose they are.
    pub(super) company: Vec<(String, Option<ContactId>)>,
    /// The company's site.
    pub(super) site: String,
    /// Those of our users.
    pub(super) own: Vec<String>,
}

impl Parties {
    /// As the base knows them.
    pub(super) async fn of(conn: &mut PgConnection, company: CompanyId) -> Result<Self> {
        Ok(Self {
            company: queries::addresses(conn, company).await?,
            site: queries::site(conn, company).await?,
            own: queries::own_addresses(conn).await?,
        })
    }

    /// Which way a letter went; `None`: the addresses do not tell.
    pub(super) fn direction(&self, from: &Mailbox, to: &[&Mailbox]) -> Option<Direction> {
        if self.is_company(from) {
            return Some(Direction::In);
        }
        if self.is_own(from) {
            return Some(Direction::Out);
        }
        let is_to_company = to.iter().any(|mailbox| self.is_company(mailbox));
        let is_to_us = to.iter().any(|mailbox| self.is_own(mailbox));
        match (is_to_company, is_to_us) {
            (true, false) => Some(Direction::Out),
            (false, true) => Some(Direction::In),
            _ => None,
        }
    }

    /// The contact whose address took part, the other side's first.
    pub(super) fn contact(&self, content: &Content) -> Option<ContactId> {
        let from = std::iter::once(&content.from);
        let to = content.to.iter().chain(&content.cc);
        let all: Vec<&Mailbox> = match content.direction {
            Direction::In => from.chain(to).collect(),
            Direction::Out => to.chain(from).collect(),
        };
        all.into_iter().find_map(|mailbox| {
            let key = mailbox.key();
            let mut known = self.company.iter().filter(|(address, _)| *address == key);
            known.find_map(|(_, contact)| *contact)
        })
    }

    fn is_company(&self, mailbox: &Mailbox) -> bool {
        let (key, domain) = (mailbox.key(), mailbox.domain());
        self.company.iter().any(|(address, _)| *address == key)
            || (is_telling(&domain)
                && !self.own_domains().any(|own| own == domain)
                && (self.company.iter().any(|(address, _)| domain_of(address) == domain)
                    || site_domain(&self.site) == domain))
    }

    fn is_own(&self, mailbox: &Mailbox) -> bool {
        let (key, domain) = (mailbox.key(), mailbox.domain());
        self.own.contains(&key) || self.own_domains().any(|own| own == domain)
    }

    fn own_domains(&self) -> impl Iterator<Item = String> {
        self.own
            .iter()
            .map(|address| domain_of(address))
            .filter(|domain| is_telling(domain))
    }
}

fn is_telling(domain: &str) -> bool {
    !domain.is_empty() && !PUBLIC.contains(&domain)
}

/// «www.romashka.example/about» → «romashka.example»
fn site_domain(site: &str) -> String {
    let site = site.trim().to_lowercase();
    let bare = site.split_once("://").map_or(site.as_str(), |(_, rest)| rest);
    let host = bare.split(['/', '?', '#', ':']).next().unwrap_or(bare);
    host.strip_prefix("www.").unwrap_or(host).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parties() -> Parties {
        Parties {
            company: vec![
                ("info@romashka.example".to_owned(), None),
                ("petr@mail.ru".to_owned(), Some(ContactId::new())),
            ],
            site: "https://www.Romashka-Trade.example/about".to_owned(),
            own: vec!["ivanova@profi.example".to_owned(), "boss@gmail.com".to_owned()],
        }
    }

    #[test]
    fn addresses_and_domains_tell_which_way_a_letter_went() {
        use Direction::{In, Out};
        for (from, to, way) in [
            ("info@romashka.example", "ivanova@profi.example", Some(In)),
            ("Sales@ROMASHKA.example", "x@y.example", Some(In)),
            ("a@romashka-trade.example", "x@y.example", Some(In)),
            ("petr@mail.ru", "x@y.example", Some(In)),
            ("ivanova@profi.example", "info@romashka.example", Some(Out)),
            ("new@profi.example", "x@y.example", Some(Out)),
            ("boss@gmail.com", "x@y.example", Some(Out)),
            // A public domain is nobody's.
            ("other@mail.ru", "x@y.example", None),
            ("other@gmail.com", "x@y.example", None),
            // Unknown from, known to.
            ("own@gmail.com", "info@romashka.example", Some(Out)),
            ("new@gmail.com", "ivanova@profi.example", Some(In)),
            ("x@y.example", "z@y.example", None),
        ] {
            let (from, to) = (Mailbox::new("", from), Mailbox::new("", to));
            assert_eq!(parties().direction(&from, &[&to]), way, "{from} → {to}");
        }
    }
}
