use std::time::Duration;

use super::{Copies, Database, Job, Metrics};

#[test]
fn numbers_are_written_as_prometheus_reads_them() {
    let metrics = Metrics::default();
    let under_way = metrics.enter();
    metrics.answered("GET", Some("/companies/{id}/"), 200, Duration::from_millis(7));
    metrics.answered("BREW", None, 404, Duration::from_secs(20));
    metrics.set_job(Job {
        name: "clean",
        runs: 3,
        failures: 1,
        succeeded_at: Some(1_700_000_000),
        took: Some(Duration::from_millis(1500)),
    });
    metrics.set_database(Database {
        is_up: false,
        size: 5,
        idle: 2,
        max: 20,
    });
    metrics.waited(Duration::from_millis(3));
    let copies = Copies {
        made_at: Some(1_700_000_001),
        bytes: 4096,
        is_failed: true,
    };
    metrics.set_copies(copies, true);
    let text = metrics.encode(1_600_000_000).expect("a text");
    for line in [
        "crm_build_info{version=\"",
        "crm_http_requests_total{method=\"GET\",route=\"/companies/{id}/\",status=\"2xx\"} 1\n",
        "crm_http_requests_total{method=\"other\",route=\"none\",status=\"4xx\"} 1\n",
        "crm_http_request_duration_seconds_bucket{method=\"GET\",route=\"/companies/{id}/\",le=\"0.01\"} 1\n",
        "crm_http_request_duration_seconds_bucket{method=\"other\",route=\"none\",le=\"10\"} 0\n",
        "crm_http_request_duration_seconds_count{method=\"other\",route=\"none\"} 1\n",
        "crm_http_requests_in_flight 1\n",
        "crm_http_connections_held_back_total 0\n",
        "crm_db_up 0\n",
        "crm_db_pool_connections 5\n",
        "crm_db_pool_wait_seconds_bucket{le=\"0.01\"} 1\n",
        "crm_job_runs_total{job=\"clean\"} 3\n",
        "crm_job_failures_total{job=\"clean\"} 1\n",
        "crm_job_last_success_timestamp_seconds{job=\"clean\"} 1700000000\n",
        "crm_job_last_duration_seconds{job=\"clean\"} 1.5\n",
        "crm_backup_last_success_timestamp_seconds 1700000001\n",
        "crm_backup_last_failed 1\n",
        "crm_passive 1\n",
        "crm_process_start_time_seconds 1600000000\n",
    ] {
        assert!(text.contains(line), "no {line} in:\n{text}");
    }
    let memory = text
        .lines()
        .find_map(|line| line.strip_prefix("crm_process_resident_memory_bytes "))
        .and_then(|bytes| bytes.parse::<u64>().ok());
    assert!(memory > Some(1 << 20), "{memory:?}");
    drop(under_way);
    let text = metrics.encode(0).expect("a text");
    assert!(text.contains("crm_http_requests_in_flight 0\n"), "{text}");
}

#[test]
fn what_strangers_send_makes_no_new_series() {
    let metrics = Metrics::default();
    for number in 0..1000 {
        let method = format!("M{number}");
        metrics.answered(&method, None, 404, Duration::ZERO);
    }
    let text = metrics.encode(0).expect("a text");
    let series = |start: &str| text.lines().filter(|line| line.starts_with(start)).count();
    assert_eq!(series("crm_http_requests_total{"), 1, "{text}");
    assert_eq!(series("crm_http_request_duration_seconds_count{"), 1);
}
