//! `/metrics`: what it says, and what it must never say.

use std::time::Duration;

use crate::jobs::{self, Periodic};
use crate::policy::Role;
use crate::server::metrics;
use crate::testing::TestApp;
use tokio_util::sync::CancellationToken;

/// The value of this series; `None`: there is none.
fn value(text: &str, series: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix(series));
    line.and_then(|rest| rest.trim().parse().ok())
}

#[tokio::test]
async fn requests_are_counted_by_the_patterns_of_their_routes() {
    let app = TestApp::new().await;
    let owner = app.person("ivanova", Role::Manager, None).await;
    let company = app.company("Ромашка").of(&owner).create(&app).await;
    let mut browser = app.signed_in("ivanova").await;
    browser.get(&format!("/companies/{company}/")).await.expect(200);
    browser.get("/companies/?q=ромашка").await.expect(200);
    browser.get("/nowhere/ivanova/").await.expect(404);
    browser.get("/settings/").await.expect(403);
    let mut watcher = app.browser_of(metrics::router(&app));
    let answer = watcher.get("/metrics").await;
    let text = &answer.expect(200).text;
    assert_eq!(
        answer.headers["content-type"],
        "text/plain; version=0.0.4; charset=utf-8"
    );
    let card = "crm_http_requests_total{method=\"GET\",route=\"/companies/{id}/\",status=\"2xx\"}";
    assert_eq!(value(text, card), Some(1.0), "{text}");
    let denied = "crm_http_requests_total{method=\"GET\",route=\"/settings/\",status=\"4xx\"}";
    assert_eq!(value(text, denied), Some(1.0));
    let nowhere = "crm_http_requests_total{method=\"GET\",route=\"none\",status=\"4xx\"}";
    assert_eq!(value(text, nowhere), Some(1.0));
    assert_eq!(value(text, "crm_db_up"), Some(1.0));
    assert!(value(text, "crm_db_pool_wait_seconds_count") >= Some(3.0), "{text}");
    assert_eq!(value(text, "crm_http_requests_in_flight"), Some(0.0));
    for private in ["ivanova", "Ромашка", "ромашка", &company.to_string()] {
        assert!(!text.contains(private), "«{private}» in:\n{text}");
    }
    // The listener has nothing else, and the program's own has no metrics.
    watcher.get("/companies/").await.expect(404);
    browser.get("/metrics").await.expect(404);
}

#[tokio::test]
async fn jobs_are_told_with_their_successes_and_failures() {
    let app = TestApp::new().await;
    let works = vec![
        Periodic {
            name: "good",
            label: "Хорошая",
            every: Duration::from_hours(1),
            is_shared: false,
            run: |_| Box::pin(async { Ok(()) }),
        },
        Periodic {
            name: "bad",
            label: "Плохая",
            every: Duration::from_hours(1),
            is_shared: false,
            run: |_| Box::pin(async { Err(anyhow::anyhow!("диск полон").into()) }),
        },
    ];
    let stop = CancellationToken::new();
    let running = tokio::spawn(jobs::run(app.app.clone(), works, stop.clone()));
    while app.works.list().iter().filter(|work| work.runs > 0).count() < 2 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    stop.cancel();
    running.await.expect("no panic");
    let text = app.browser_of(metrics::router(&app)).get("/metrics").await.text;
    assert_eq!(value(&text, "crm_job_runs_total{job=\"good\"}"), Some(1.0), "{text}");
    assert_eq!(value(&text, "crm_job_failures_total{job=\"good\"}"), Some(0.0));
    assert_eq!(value(&text, "crm_job_failures_total{job=\"bad\"}"), Some(1.0));
    assert_eq!(
        value(&text, "crm_job_last_success_timestamp_seconds{job=\"bad\"}"),
        Some(0.0)
    );
    app.person("admin", Role::Admin, None).await;
    let page = app.signed_in("admin").await.get("/settings/system/").await;
    page.expect(200)
        .expect_text("Плохая")
        .expect_text("диск полон")
        .expect_text("Не удаётся");
}
