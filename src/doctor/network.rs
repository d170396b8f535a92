//! Addresses: whether ours are free or ours, and how people reach them.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use super::{Finding, Thing};
use crate::config::Config;

const PATIENCE: Duration = Duration::from_secs(3);

pub(super) fn look(config: &Config) -> Vec<Finding> {
    let mut findings = vec![
        port(
            ("listen", "адрес сервера"),
            "CRM_LISTEN",
            config.listen,
            ("/health/live", "\"status\":\"ok\""),
        ),
        address(config),
    ];
    if let Some(listen) = config.metrics_listen {
        let thing = ("metrics", "адрес метрик");
        findings.push(port(
            thing,
            "CRM_METRICS_LISTEN",
            listen,
            ("/metrics", "crm_build_info"),
        ));
        if !listen.ip().is_loopback() {
            let advice = "Закройте этот адрес от чужих: /metrics не спрашивает пароля.";
            findings.push(Finding::warning(
                ("metrics_reach", "доступ к метрикам"),
                format!("{listen} виден снаружи"),
                advice,
            ));
        }
    }
    findings
}

/// Free, or taken by a server of ours: it answers `path` with these words.
fn port(thing: Thing, variable: &str, listen: SocketAddr, (path, words): (&str, &str)) -> Finding {
    match TcpListener::bind(listen) {
        Ok(_) => Finding::well(thing, format!("{listen} свободен, сервер не запущен")),
        Err(error) if error.kind() == ErrorKind::AddrInUse => match ask(listen, path) {
            Ok(answer) if answer.contains(words) => Finding::well(thing, format!("{listen}, сервер работает")),
            _ => {
                let advice = format!("Остановите ту программу или выберите другой адрес в {variable}.");
                Finding::failure(thing, format!("{listen} занят другой программой"), advice)
            }
        },
        Err(error) => {
            let advice = format!("Выберите в {variable} адрес этой машины и порт не меньше 1024.");
            Finding::failure(thing, format!("{listen} недоступен ({error})"), advice)
        }
    }
}

fn ask(mut address: SocketAddr, path: &str) -> std::io::Result<String> {
    if address.ip().is_unspecified() {
        address.set_ip(Ipv4Addr::LOCALHOST.into());
    }
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = Vec::new();
    stream.take(1 << 20).read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// How people's browsers come here.
fn address(config: &Config) -> Finding {
    const THING: Thing = ("public_url", "адрес для людей");
    let url = &config.public_url;
    let host = url.split("://").nth(1).unwrap_or_default();
    let is_local = ["127.0.0.1", "localhost", "[::1]"]
        .iter()
        .any(|name| host.starts_with(name));
    if is_local {
        Finding::well(THING, format!("{url}, только эта машина"))
    } else if !config.is_https() {
        let advice = "Поставьте перед программой веб-сервер с TLS и укажите CRM_PUBLIC_URL=https://….";
        Finding::warning(THING, format!("{url}: пароли идут по сети открыто"), advice)
    } else if config.trusted_proxies.is_empty() {
        let advice = "Укажите в CRM_TRUSTED_PROXIES адрес веб-сервера, который передаёт запросы программе.";
        let text = format!("{url}: программа не видит адресов людей, и попытки входа всех считаются вместе");
        Finding::warning(THING, text, advice)
    } else {
        Finding::well(THING, url.clone())
    }
}
