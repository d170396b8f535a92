//! Phones of two generations, as their apps go on over a bad line, and the person whose phones they are.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::Result;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use crate::wire::{Answer, chance, exchange};

/// After which an app tries again.
const PAUSE: Duration = Duration::from_millis(50);

/// Tries again as apps and browsers do, by the next of these ports each time, until there is an answer.
async fn until_answered(ports: &[u16], target: &str, heads: &[String], body: &str) -> Answer {
    for port in ports.iter().cycle() {
        match exchange(*port, target, heads, body).await {
            Ok(answer) if answer.status < 500 && answer.status != 429 => return answer,
            _ => tokio::time::sleep(PAUSE).await,
        }
    }
    unreachable!("there is a port")
}

/// What stood on the screens of all phones.
#[derive(Default)]
pub(crate) struct Screens {
    /// How often each phone was told of each call.
    pub(crate) told: HashMap<(String, String), usize>,
    /// Phones on which each number was opened for dialling, each time that it was.
    pub(crate) dialled: HashMap<String, Vec<String>>,
    /// Polls of older phones that were not answered, or not wholly.
    pub(crate) unheard: usize,
}

/// How an app answers for what it was given.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum App {
    /// Confirms by a call of its own.
    Confirms,
    /// Confirms by its next poll.
    ConfirmsByPoll,
    /// Knows nothing of confirming, nor of the same call coming twice.
    Older,
}

/// What the apps of one person's five phones are.
const APPS: [App; 5] = [
    App::Confirms,
    App::Older,
    App::ConfirmsByPoll,
    App::Older,
    App::Confirms,
];

/// A phone that has signed in.
pub(crate) struct Phone {
    device: String,
    app: App,
    port: u16,
    heads: [String; 2],
    /// Calls whose number was opened once; the app keeps them over restarts.
    taken: HashSet<String>,
    screens: Arc<Mutex<Screens>>,
}

/// The app of a phone by its name.
pub(crate) fn app_of(device: &str) -> App {
    let at = device.rsplit('-').next().and_then(|at| at.parse::<usize>().ok());
    APPS[at.expect("a phone's number")]
}

impl Phone {
    /// The phones of a person, half of them at each process.
    pub(crate) async fn of(username: &str, password: &str, ports: &[u16], screens: &Arc<Mutex<Screens>>) -> Vec<Self> {
        let json = "Content-Type: application/json".to_owned();
        let mut phones = Vec::new();
        for at in 0..APPS.len() {
            let port = ports[at % ports.len()];
            let login = format!(r#"{{"username":"{username}","password":"{password}"}}"#);
            let tokens = until_answered(&[port], "POST /api/token/", std::slice::from_ref(&json), &login).await;
            assert_eq!(tokens.status, 200, "{}", tokens.body);
            let bearer = format!("Authorization: Bearer {}", tokens.value("access"));
            let phone = Self {
                device: format!("{username}-{at}"),
                app: APPS[at],
                port,
                heads: [json.clone(), bearer],
                taken: HashSet::new(),
                screens: Arc::clone(screens),
            };
            let who = format!(r#"{{"device_id":"{}","device_name":"T"}}"#, phone.device);
            assert_eq!(phone.say("devices/register/", &who).await.status, 200);
            phones.push(phone);
        }
        phones
    }

    async fn say(&self, what: &str, body: &str) -> Answer {
        let target = format!("POST /api/phone/{what}");
        until_answered(&[self.port], &target, &self.heads, body).await
    }

    fn on_screens(&self, note: impl FnOnce(&mut Screens)) {
        note(&mut self.screens.lock().unwrap_or_else(PoisonError::into_inner));
    }

    async fn poll(&self, last: Option<&str>) -> Result<Answer> {
        let mut target = format!("GET /api/phone/calls/pull/?device_id={}", self.device);
        if self.app != App::Older {
            target.push_str("&ack=1&wait_seconds=25");
        }
        if let Some(last) = last {
            target.push_str("&last_id=");
            target.push_str(last);
        }
        exchange(self.port, &target, &self.heads, "").await
    }

    /// Asks, dials and reports until the day is over.
    pub(crate) async fn live(mut self, mut is_over: watch::Receiver<bool>) {
        // Confirmed by the next poll, and spoken of after it.
        let mut last: Option<String> = None;
        loop {
            let answer = tokio::select! {
                answer = self.poll(last.as_deref()) => answer,
                _ = is_over.wait_for(|is_over| *is_over) => break,
            };
            let Ok(answer) = answer else {
                self.on_screens(|screens| screens.unheard += usize::from(self.app == App::Older));
                tokio::time::sleep(PAUSE).await;
                continue;
            };
            match answer.status {
                200 => {
                    if let Some(last) = last.take() {
                        self.report(&last).await;
                    }
                    last = self.take(answer.value("id")).await;
                }
                204 => {
                    if let Some(last) = last.take() {
                        self.report(&last).await;
                    }
                }
                429 | 503 => tokio::time::sleep(PAUSE * 10).await,
                status => panic!("{}: {status} {}", self.device, answer.body),
            }
        }
        if let Some(last) = last {
            self.report(&last).await;
        }
    }

    /// What a phone does with a call that it is told; answers the one that its next poll is to confirm.
    async fn take(&mut self, id: String) -> Option<String> {
        let is_new = self.taken.insert(id.clone());
        self.on_screens(|screens| {
            *screens.told.entry((self.device.clone(), id.clone())).or_default() += 1;
            if is_new || self.app == App::Older {
                screens.dialled.entry(id.clone()).or_default().push(self.device.clone());
            }
        });
        match self.app {
            // The app ends before it confirms; started again, it is told again.
            App::Confirms if is_new && number(&id).is_multiple_of(5) => None,
            App::Confirms => {
                let answer = self.say("calls/ack/", &format!(r#"{{"id":"{id}"}}"#)).await;
                assert_eq!(answer.status, 200, "{}", answer.body);
                self.report(&id).await;
                None
            }
            App::ConfirmsByPoll => Some(id),
            App::Older => {
                self.report(&id).await;
                None
            }
        }
    }

    /// Says how the call went: in an order of its own, and some of it twice.
    async fn report(&self, id: &str) {
        let end = end_of(id);
        let said: &[(u8, &str)] = match (self.app, number(id) % 4) {
            (App::Older, 0) => &[(0, end)],
            (App::Older, 1) => &[(0, "unknown"), (0, end), (0, end)],
            (App::Older, _) => &[(0, end), (0, "unknown")],
            (_, 0) => &[(1, "dialing"), (2, "talking"), (3, end)],
            (_, 1) => &[(3, end), (1, "dialing"), (2, "talking")],
            (_, 2) => &[(2, "talking"), (3, end), (3, end), (1, "dialing")],
            _ => &[(4, "unknown"), (1, "no_answer"), (3, end)],
        };
        for (seq, status) in said {
            let seq = if *seq == 0 {
                String::new()
            } else {
                format!(r#","seq":{seq}"#)
            };
            let body = format!(r#"{{"call_request_id":"{id}","call_status":"{status}"{seq}}}"#);
            let answer = self.say("calls/update/", &body).await;
            assert_eq!(answer.status, 200, "{}", answer.body);
        }
    }
}

/// A call's key as a number that looks like chance.
fn number(id: &str) -> u64 {
    chance(
        id.bytes()
            .fold(0, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte))),
    )
}

/// How a call ends, whatever order that is said in.
pub(crate) fn end_of(id: &str) -> &'static str {
    ["connected", "busy", "rejected"][usize::try_from(number(id) / 4 % 3).unwrap_or(0)]
}

/// A person at a page, whose requests go to whichever process is there.
pub(crate) struct Desk {
    ports: [u16; 2],
    heads: [String; 3],
    csrf: String,
}

impl Desk {
    /// Signs in by the page.
    pub(crate) async fn of(username: &str, password: &str, ports: [u16; 2]) -> Self {
        let mut cookies = BTreeMap::new();
        let login = visit(&ports, "GET /login/", &mut cookies, "").await;
        let form = format!("csrf_token={}&username={username}&password={password}", csrf(&login));
        visit(&ports, "POST /login/", &mut cookies, &form).await;
        let page = visit(&ports, "GET /account/password/", &mut cookies, "").await;
        let [cookie, kind] = heads(&cookies);
        Self {
            ports,
            heads: [cookie, kind, "Accept: application/json".to_owned()],
            csrf: csrf(&page),
        }
    }

    /// Presses the button beside a number twice, through both processes at once; answers the one call that is meant.
    pub(crate) async fn click(&self, phone: &str) -> String {
        let key = uuid::Uuid::new_v4();
        let form = format!("csrf_token={}&phone=%2B{phone}&key={key}", self.csrf);
        let [here, there] = self.ports;
        let (form, heads) = (&form, &self.heads);
        let press = |ports: [u16; 2]| async move {
            let answer = until_answered(&ports, "POST /phone/call/", heads, form).await;
            assert_eq!(answer.status, 200, "{}", answer.body);
            answer.value("id")
        };
        let (one, other) = tokio::join!(press([here, there]), press([there, here]));
        assert_eq!(one, other, "one click is one request");
        one
    }
}

fn heads(cookies: &BTreeMap<String, String>) -> [String; 2] {
    let all: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    [
        format!("Cookie: {}", all.join("; ")),
        "Content-Type: application/x-www-form-urlencoded".to_owned(),
    ]
}

async fn visit(ports: &[u16], target: &str, cookies: &mut BTreeMap<String, String>, form: &str) -> Answer {
    let answer = until_answered(ports, target, &heads(cookies), form).await;
    assert!(answer.status < 400, "{target}: {}", answer.status);
    cookies.extend(answer.cookies());
    answer
}

fn csrf(page: &Answer) -> String {
    let token = page.body.split(r#"name="csrf_token" value=""#).nth(1);
    let token = token.and_then(|rest| rest.split('"').next());
    token.expect("a form").to_owned()
}
