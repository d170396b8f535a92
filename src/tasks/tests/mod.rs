//! Tasks through their pages.

mod due;
mod files;
mod killed;
mod many;
mod organisation;
mod pages;
mod repeating;
mod working;

use uuid::Uuid;

use crate::policy::{Actor, Role};
use crate::testing::{Answer, Client, TestApp};
use crate::values::TaskId;

/// A head, a manager of the same branch and one of another, each in a browser.
struct Team {
    app: TestApp,
    head: Client,
    manager: Client,
    stranger: Client,
    manager_actor: Actor,
    stranger_actor: Actor,
}

async fn team() -> Team {
    let app = TestApp::new().await;
    let (here, there) = (app.branch("ekb").await, app.branch("tmn").await);
    app.person("head", Role::SalesHead, Some(here)).await;
    let manager_actor = app.person("manager", Role::Manager, Some(here)).await;
    let stranger_actor = app.person("stranger", Role::Manager, Some(there)).await;
    Team {
        head: app.signed_in("head").await,
        manager: app.signed_in("manager").await,
        stranger: app.signed_in("stranger").await,
        app,
        manager_actor,
        stranger_actor,
    }
}

/// Sets a task through the form and answers its key.
async fn set(browser: &mut Client, fields: &[(&str, &str)]) -> TaskId {
    let key = Uuid::new_v4().to_string();
    let fields: Vec<_> = fields.iter().copied().chain([("form_key", key.as_str())]).collect();
    let led = browser.post("/tasks/new/", &fields).await.expect_redirect();
    led.trim_start_matches("/tasks/")
        .trim_end_matches('/')
        .parse()
        .expect("a task's address")
}

/// A page that is there.
async fn shown(browser: &mut Client, path: &str) -> Answer {
    let page = browser.get(path).await;
    page.expect(200);
    page
}

/// Titles of the tasks on a page, in reading order.
async fn titles(browser: &mut Client, path: &str) -> Vec<String> {
    shown(browser, path).await.texts(".task .row-link")
}
