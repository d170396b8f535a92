//! Two processes, five phones each, a thousand requests: each comes to exactly one phone (the promise of calls).

use std::collections::HashMap;

use serde_json::Value;

use super::{Phone, click, value};
use crate::policy::Role;
use crate::testing::TestApp;

const PEOPLE: usize = 50;
const CLICKS: usize = 20;
const PHONES: usize = 5;

/// One person presses the button again and again; all phones ask at once, through both processes.
async fn day(app: &TestApp, other: &TestApp, username: String) -> Vec<(String, Vec<String>)> {
    let mut browser = app.signed_in(&username).await;
    let mut phones = Vec::new();
    // One sign-in for all of them: hashing takes longer than the whole rest.
    let (first, refresh) = app.program(&username).await;
    for at in 0..PHONES {
        let mut client = if at % 2 == 0 { app } else { other }.browser();
        client.headers.clone_from(&first.headers);
        phones.push(Phone::with(client, refresh.clone(), &format!("{username}-{at}")).await);
    }
    let mut given = Vec::new();
    for at in 0..CLICKS {
        let number = format!("+7912{at:07}");
        let asked = click(&mut browser, &[("phone", &number)]).await;
        let polls = phones.iter_mut().map(|phone| async {
            let answer = phone.pull(if at % 2 == 0 { "&ack=1" } else { "" }).await;
            (answer.status == 200).then(|| (phone.device.clone(), answer.json()))
        });
        let told: Vec<(String, Value)> = futures::future::join_all(polls).await.into_iter().flatten().collect();
        for (_, command) in &told {
            assert_eq!(command["id"], asked["id"]);
        }
        let devices = told.into_iter().map(|(device, _)| device).collect();
        given.push((asked["id"].as_str().expect("a key").to_owned(), devices));
    }
    given
}

#[tokio::test]
async fn each_of_a_thousand_requests_comes_to_exactly_one_phone() {
    let app = TestApp::new().await;
    let other = app.twin();
    let mut told = HashMap::new();
    for at in 0..PEOPLE {
        app.person(&format!("p{at}"), Role::Manager, None).await;
    }
    let days = (0..PEOPLE).map(|at| day(&app, &other, format!("p{at}")));
    let mut days: Vec<_> = days.collect();
    // A dozen people at a time.
    while !days.is_empty() {
        let some: Vec<_> = days.drain(..days.len().min(12)).collect();
        for day in futures::future::join_all(some).await {
            told.extend(day);
        }
    }
    assert_eq!(told.len(), PEOPLE * CLICKS);
    let doubled: Vec<_> = told.iter().filter(|(_, devices)| devices.len() > 1).collect();
    assert!(doubled.is_empty(), "two phones were told: {doubled:?}");
    // Two that ask at the same moment may both be sent away; the next poll brings it.
    let missed = told.values().filter(|devices| devices.is_empty()).count();
    assert!(
        missed < PEOPLE * CLICKS / 10,
        "{missed} requests came to no phone at once"
    );
    let two = "SELECT count(*)::text FROM (SELECT call_id FROM call_steps WHERE step LIKE '%delivered'
               GROUP BY call_id HAVING count(DISTINCT device_id) > 1) AS twice";
    assert_eq!(value(&app, two).await, "0");
}
