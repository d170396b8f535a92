//! What the browser tells its console: errors, warnings, refusals of the content security policy.

use std::sync::{Arc, Mutex};

use anyhow::Result;
use chromiumoxide::Page;
use chromiumoxide::cdp::browser_protocol::log::{EventEntryAdded, LogEntry, LogEntryLevel, LogEntrySource};
use chromiumoxide::cdp::browser_protocol::page::{EventJavascriptDialogOpening, HandleJavaScriptDialogParams};
use chromiumoxide::cdp::js_protocol::runtime::{ConsoleApiCalledType, EventConsoleApiCalled, EventExceptionThrown};
use futures::StreamExt as _;

/// The one address that is asked for although nothing is there.
pub(crate) const MISSING: &str = "/no-such-page/";

/// Refused forms and pages that do not exist are answered by a status that the browser calls a failure.
fn is_refusal(entry: &LogEntry) -> bool {
    let is_missing = entry.url.as_deref().is_some_and(|url| url.ends_with(MISSING));
    let has = |status| entry.text.contains(status);
    entry.source == LogEntrySource::Network
        && (has("status of 422") || has("status of 409") || has("status of 404") && is_missing)
}

/// Listens to a tab from now on.
pub(crate) async fn collect(page: &Page) -> Result<Arc<Mutex<Vec<String>>>> {
    let all = Arc::new(Mutex::new(Vec::new()));
    let tell = |all: &Arc<Mutex<Vec<String>>>| {
        let all = Arc::clone(all);
        move |text: String| all.lock().map(|mut all| all.push(text)).unwrap_or_default()
    };

    let (mut entries, add) = (page.event_listener::<EventEntryAdded>().await?, tell(&all));
    tokio::spawn(async move {
        while let Some(event) = entries.next().await {
            let entry = &event.entry;
            let is_loud = matches!(entry.level, LogEntryLevel::Error | LogEntryLevel::Warning);
            if is_loud && !is_refusal(entry) {
                add(format!(
                    "{:?}: {} ({})",
                    entry.source,
                    entry.text,
                    entry.url.as_deref().unwrap_or("no address")
                ));
            }
        }
    });
    let (mut thrown, add) = (page.event_listener::<EventExceptionThrown>().await?, tell(&all));
    tokio::spawn(async move {
        while let Some(event) = thrown.next().await {
            let details = &event.exception_details;
            let told = details.exception.as_ref().and_then(|value| value.description.clone());
            add(format!("exception: {}", told.unwrap_or_else(|| details.text.clone())));
        }
    });
    let (mut calls, add) = (page.event_listener::<EventConsoleApiCalled>().await?, tell(&all));
    tokio::spawn(async move {
        while let Some(event) = calls.next().await {
            if matches!(
                event.r#type,
                ConsoleApiCalledType::Error | ConsoleApiCalledType::Warning
            ) {
                let words: Vec<_> = event.args.iter().map(|arg| format!("{:?}", arg.value)).collect();
                add(format!("console: {}", words.join(" ")));
            }
        }
    });
    // A dialog of the browser would stop everything. The only one that we know guards half-written forms.
    let (mut dialogs, add, own) = (
        page.event_listener::<EventJavascriptDialogOpening>().await?,
        tell(&all),
        page.clone(),
    );
    tokio::spawn(async move {
        while let Some(event) = dialogs.next().await {
            add(format!("a dialog of the browser: {:?} {}", event.r#type, event.message));
            let _ = own.execute(HandleJavaScriptDialogParams::new(true)).await;
        }
    });
    page.enable_runtime().await?;
    page.enable_log().await?;
    Ok(all)
}
