//! Calls from the click to the word on them, as the page and two generations of phones see them.

mod ask;
mod bar;
mod cold;
mod faults;
mod merged;
mod older;
mod pull;
mod queue;
mod report;
mod settings;
mod wake;
mod word;

use axum::http::Method;
use serde_json::{Value, json};

use crate::testing::{Answer, Client, TestApp};

/// A phone that has signed in by password and said who it is.
pub(super) struct Phone {
    pub(super) client: Client,
    pub(super) refresh: String,
    pub(super) device: String,
}

impl Phone {
    /// The phone of this login.
    pub(super) async fn of(app: &TestApp, username: &str, device: &str) -> Self {
        let (client, refresh) = app.program(username).await;
        Self::with(client, refresh, device).await
    }

    /// A phone that signs in by these tokens.
    pub(super) async fn with(client: Client, refresh: String, device: &str) -> Self {
        let mut phone = Self {
            client,
            refresh,
            device: device.to_owned(),
        };
        let who = json!({"device_id": device, "device_name": "Модель Т"});
        let answer = phone
            .client
            .call(Method::POST, "/api/phone/devices/register/", who)
            .await;
        assert_eq!(answer.expect(200).json(), json!({"ok": true, "device_id": device}));
        phone
    }

    /// Asks for a call and does not wait; `more`: further parameters.
    pub(super) async fn pull(&mut self, more: &str) -> Answer {
        let address = format!("/api/phone/calls/pull/?device_id={}&wait_seconds=0{more}", self.device);
        self.client.get(&address).await
    }

    /// What it is given to call.
    #[track_caller]
    pub(super) fn given(answer: &Answer) -> Value {
        answer.expect(200).json()
    }

    /// Reports; `more` beside the call's key.
    pub(super) async fn report(&mut self, id: &Value, mut more: Value) -> Answer {
        more["call_request_id"] = id.clone();
        self.client.call(Method::POST, "/api/phone/calls/update/", more).await
    }

    /// Confirms.
    pub(super) async fn acknowledge(&mut self, id: &Value) -> Answer {
        self.client
            .call(Method::POST, "/api/phone/calls/ack/", json!({"id": id}))
            .await
    }
}

/// Presses the button beside a number, as the page's script does.
pub(super) async fn click(browser: &mut Client, fields: &[(&str, &str)]) -> Value {
    let json = "application/json".parse().expect("a value");
    browser.headers.insert("accept", json);
    let answer = browser.post("/phone/call/", fields).await;
    browser.headers.remove("accept");
    answer.expect(200).json()
}

/// A value of the only row of a table.
pub(super) async fn value(app: &TestApp, sql: &'static str) -> String {
    sqlx::query_scalar(sql).fetch_one(&app.db).await.expect("a value")
}

/// All calls were made so long ago and came to a phone.
pub(super) async fn ago(app: &TestApp, interval: &str) {
    sqlx::query("UPDATE call_requests SET created_at = now() - $1::text::interval, delivered_at = now()")
        .bind(interval)
        .execute(&app.db)
        .await
        .expect("calls");
}

/// The address of one's own calls of the month in which the newest one was made.
pub(super) async fn own_calls(app: &TestApp) -> String {
    let sql = "SELECT '/calls/?period=month&at=' || to_char(max(created_at) AT TIME ZONE 'Europe/Moscow', 'YYYY-MM')
               FROM call_requests";
    value(app, sql).await
}

/// The steps of all calls, in order.
pub(super) async fn steps(app: &TestApp) -> Vec<String> {
    sqlx::query_scalar("SELECT step FROM call_steps ORDER BY id")
        .fetch_all(&app.db)
        .await
        .expect("steps")
}
