//! Addresses of sites as people write them, with or without «https://».

use std::net::Ipv4Addr;

use super::email::domain_fits;

/// Where a link to a site leads; `None`: what was written is no address of one.
pub(crate) fn site_url(written: &str) -> Option<String> {
    let written = written.trim();
    let bare = ["https://", "http://"].iter().find_map(|scheme| {
        let head = written.get(..scheme.len())?;
        head.eq_ignore_ascii_case(scheme).then(|| &written[scheme.len()..])
    });
    let rest = bare.unwrap_or(written);
    let is_torn = rest
        .chars()
        .any(|c| c.is_whitespace() || c.is_control() || "<>\"\\".contains(c));
    let authority = rest.split(['/', '?', '#']).next()?;
    let (host, port) = authority.split_once(':').unwrap_or((authority, "80"));
    let is_host = domain_fits(&host.to_lowercase()) || host.parse::<Ipv4Addr>().is_ok();
    let is_site = !is_torn && is_host && port.parse::<u16>().is_ok();
    is_site.then(|| match bare {
        Some(_) => written.to_owned(),
        None => format!("https://{written}"),
    })
}
