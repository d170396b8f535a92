//! A phone with the app on it: pairs by the picture's secret, asks what to call, confirms, and says how the call goes.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use crate::tab::LIMIT;

const DEVICE: &str = "b7c1d2e3f4051627";

/// A paired phone.
pub(crate) struct Handset {
    address: String,
    access: String,
}

impl Handset {
    /// What the app does once the camera has read a picture.
    pub(crate) fn pair(origin: &str, secret: &str, name: &str) -> Result<Self> {
        let mut phone = Self {
            address: origin.trim_start_matches("http://").to_owned(),
            access: String::new(),
        };
        let (status, tokens) = phone.send("POST /api/v1/phone/qr/exchange/", &json!({"token": secret}))?;
        ensure!(status == 200, "the picture is refused: {status} {tokens}");
        tokens["access"]
            .as_str()
            .context("a token")?
            .clone_into(&mut phone.access);
        let who = json!({"device_id": DEVICE, "device_name": name});
        let (status, said) = phone.send("POST /api/v1/phone/devices/register/", &who)?;
        ensure!(status == 200, "the phone is refused: {status} {said}");
        Ok(phone)
    }

    /// Asks once, and answers the call that it is given.
    pub(crate) fn poll(&self) -> Result<Option<Value>> {
        let target = format!("GET /api/v1/phone/calls/pull/?device_id={DEVICE}&ack=1&wait_seconds=0");
        let (status, command) = self.send(&target, &Value::Null)?;
        ensure!(matches!(status, 200 | 204), "a poll is refused: {status} {command}");
        Ok((status == 200).then_some(command))
    }

    /// Asks until there is a call.
    pub(crate) async fn wait(&self) -> Result<Value> {
        let until = Instant::now() + LIMIT;
        loop {
            if let Some(command) = self.poll()? {
                return Ok(command);
            }
            ensure!(Instant::now() < until, "no call came to the phone");
            // No more often than a phone may.
            tokio::time::sleep(Duration::from_millis(600)).await;
        }
    }

    /// Confirms that it has a call.
    pub(crate) fn confirm(&self, call: &Value) -> Result<()> {
        let (status, said) = self.send("POST /api/v1/phone/calls/ack/", &json!({"id": call["id"]}))?;
        ensure!(status == 200, "the phone may not confirm: {status} {said}");
        Ok(())
    }

    /// Says how a call goes, with more beside.
    pub(crate) fn report(&self, call: &Value, status: &str, mut more: Value) -> Result<()> {
        more["call_request_id"] = call["id"].clone();
        more["call_status"] = status.into();
        let (status, said) = self.send("POST /api/v1/phone/calls/update/", &more)?;
        ensure!(status == 200, "a report is refused: {status} {said}");
        Ok(())
    }

    fn send(&self, target: &str, body: &Value) -> Result<(u16, Value)> {
        let mut line = TcpStream::connect(&self.address)?;
        line.set_read_timeout(Some(LIMIT))?;
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let bearer = if self.access.is_empty() {
            String::new()
        } else {
            format!("Authorization: Bearer {}\r\n", self.access)
        };
        let length = body.len();
        write!(
            line,
            "{target} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Type: application/json\r\n\
             {bearer}Content-Length: {length}\r\n\r\n{body}",
            self.address
        )?;
        let mut answer = String::new();
        line.read_to_string(&mut answer)?;
        let (head, body) = answer.split_once("\r\n\r\n").context("an answer")?;
        let status = head.split(' ').nth(1).context("a status")?.parse()?;
        Ok((status, serde_json::from_str(body).unwrap_or(Value::Null)))
    }
}
