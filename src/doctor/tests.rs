//! What doctor says of surroundings that are well, and of those that are not.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;

use super::{Finding, Verdict, database, installation, machine, network};
use crate::config::Config;
use crate::testing::TestApp;

#[track_caller]
fn finding<'a>(findings: &'a [Finding], code: &str) -> &'a Finding {
    let found = findings.iter().find(|finding| finding.code == code);
    found.unwrap_or_else(|| panic!("no «{code}» in {findings:?}"))
}

#[track_caller]
fn verdict(findings: &[Finding], code: &str) -> Verdict {
    let found = finding(findings, code);
    let is_advised = !found.advice.is_empty() && found.advice.ends_with(['.', '…']);
    assert_eq!(found.verdict != Verdict::Well, is_advised, "{found:?}");
    found.verdict
}

/// The application's configuration with a data folder of its own.
fn place(app: &TestApp) -> (Config, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut config = app.app.config.as_ref().clone();
    config.data_dir = folder.path().to_owned();
    config.passive = false;
    (config, folder)
}

#[tokio::test]
async fn a_fresh_base_is_well_in_everything() {
    let app = TestApp::new().await;
    let (config, _folder) = place(&app);
    let mut findings = database::look(&app.db).await;
    findings.extend(installation::look(&app.db, &config, &app.files, true).await);
    assert_eq!(findings.len(), 10);
    for finding in findings {
        assert_eq!(finding.verdict, Verdict::Well, "{finding:?}");
    }
}

#[tokio::test]
async fn a_log_without_its_guard_and_a_base_of_another_version_are_failures() {
    let app = TestApp::new().await;
    sqlx::raw_sql(
        "ALTER TABLE audit_events DISABLE TRIGGER audit_events_append_only;
         DELETE FROM _sqlx_migrations WHERE version = (SELECT max(version) FROM _sqlx_migrations)",
    )
    .execute(&mut crate::db::owner(&app.app.db).await.expect("the owner"))
    .await
    .expect("spoilt");
    let findings = database::look(&app.app.db).await;
    assert_eq!(verdict(&findings, "audit"), Verdict::Failure);
    assert_eq!(verdict(&findings, "migrations"), Verdict::Failure);
    assert_eq!(verdict(&findings, "clocks"), Verdict::Well);
}

#[tokio::test]
async fn a_key_that_others_can_read_is_a_failure() {
    let app = TestApp::new().await;
    let (mut config, folder) = place(&app);
    config.secret_key = None;
    assert_eq!(verdict(&machine::look(&config), "secret_key"), Verdict::Warning);
    let key = folder.path().join("secret.key");
    fs::write(&key, "k".repeat(43)).expect("written");
    for (mode, expected) in [(0o600, Verdict::Well), (0o640, Verdict::Failure)] {
        fs::set_permissions(&key, fs::Permissions::from_mode(mode)).expect("a mode");
        assert_eq!(verdict(&machine::look(&config), "secret_key"), expected, "{mode:o}");
    }
    assert_eq!(verdict(&machine::look(&config), "data_folder"), Verdict::Well);
    assert_eq!(verdict(&machine::look(&config), "restore"), Verdict::Well);
    fs::write(folder.path().join("restore.unfinished"), "/copies/a.tar").expect("written");
    let findings = machine::look(&config);
    assert_eq!(verdict(&findings, "restore"), Verdict::Failure);
    assert!(finding(&findings, "restore").text.contains("/copies/a.tar"));
}

#[tokio::test]
async fn files_without_bytes_and_bytes_without_files_are_found() {
    let app = TestApp::new().await;
    let (config, _folder) = place(&app);
    let row = "WITH company AS (INSERT INTO companies (id, name, name_key)
                                VALUES (gen_random_uuid(), 'Ромашка', 'ромашка') RETURNING id),
                    note AS (INSERT INTO notes (company_id, text) SELECT id, 'Слова' FROM company RETURNING id)
               INSERT INTO files (id, note_id, key, name, size, content_type, sha256)
               SELECT gen_random_uuid(), id, $1, 'a.pdf', 1, '', repeat('b', 64) FROM note";
    let keys = ["a".repeat(32), "b".repeat(32), "c".repeat(32)];
    sqlx::query(row).bind(&keys[0]).execute(&app.db).await.expect("a file");
    for key in &keys[..2] {
        let mut writer = app.files.write(key).expect("a store");
        writer.write(b"a").await.expect("a byte");
        writer.finish().await.expect("bytes");
    }
    let findings = installation::look(&app.db, &config, &app.files, true).await;
    assert_eq!(verdict(&findings, "files"), Verdict::Warning);
    assert!(finding(&findings, "files").text.contains("никому не известны 1"));
    sqlx::query(row).bind(&keys[2]).execute(&app.db).await.expect("a file");
    for is_deep in [true, false] {
        let findings = installation::look(&app.db, &config, &app.files, is_deep).await;
        assert_eq!(verdict(&findings, "files"), Verdict::Failure);
        assert!(
            finding(&findings, "files").text.contains("2\u{a0}файла"),
            "{findings:?}"
        );
    }
    // Bytes that wait for their removal are known.
    sqlx::query("INSERT INTO file_disposals (key, due_at) VALUES ($1, now())")
        .bind(&keys[1])
        .execute(&app.db)
        .await
        .expect("a disposal");
    let found = crate::files::inspect(&app.db, &app.files, true).await.expect("looked");
    assert_eq!((found.without_bytes, found.without_row), (1, 0));
}

#[tokio::test]
async fn copies_that_are_old_failed_or_missing_are_told_with_what_to_do() {
    let app = TestApp::new().await;
    let (mut config, _folder) = place(&app);
    let look =
        async |config: &Config| verdict(&installation::look(&app.db, config, &app.files, false).await, "backups");
    assert_eq!(look(&config).await, Verdict::Well, "nothing to copy");
    app.person("admin", crate::policy::Role::Admin, None).await;
    assert_eq!(look(&config).await, Verdict::Well, "the first night is still to come");
    config.backup_at = None;
    assert_eq!(look(&config).await, Verdict::Warning, "nobody makes any");
    let add = async |state: &str, age: &str| {
        let sql = "INSERT INTO system_copies (id, kind, state, started_at)
                   VALUES (gen_random_uuid(), 'manual', $1, now() - $2::interval)";
        let added = sqlx::query(sql).bind(state).bind(age).execute(&app.db).await;
        added.expect("a copy");
    };
    add("done", "50 hours").await;
    assert_eq!(look(&config).await, Verdict::Warning);
    add("done", "2 hours").await;
    assert_eq!(look(&config).await, Verdict::Well);
    add("failed", "1 hour").await;
    assert_eq!(look(&config).await, Verdict::Failure);
    config.passive = true;
    let findings = installation::look(&app.db, &config, &app.files, false).await;
    assert_eq!(verdict(&findings, "passive"), Verdict::Warning);
}

#[tokio::test]
async fn a_port_that_somebody_else_has_and_an_open_address_are_told() {
    let app = TestApp::new().await;
    let (mut config, _folder) = place(&app);
    let stranger = TcpListener::bind("127.0.0.1:0").expect("a port");
    config.listen = stranger.local_addr().expect("an address");
    let answering = std::thread::spawn(move || {
        use std::io::Write as _;
        let (mut stream, _) = stranger.accept().expect("asked");
        stream.write_all(b"220 mail ESMTP\r\n").expect("answered");
    });
    assert_eq!(verdict(&network::look(&config), "listen"), Verdict::Failure);
    answering.join().expect("no panic");
    for (url, expected) in [
        ("http://127.0.0.1:8000", Verdict::Well),
        ("http://crm.company.ru", Verdict::Warning),
        ("https://crm.company.ru", Verdict::Well),
    ] {
        url.clone_into(&mut config.public_url);
        assert_eq!(verdict(&network::look(&config), "public_url"), expected, "{url}");
    }
    config.trusted_proxies.clear();
    assert_eq!(verdict(&network::look(&config), "public_url"), Verdict::Warning);
    config.metrics_listen = Some(([0, 0, 0, 0], 0).into());
    assert_eq!(verdict(&network::look(&config), "metrics_reach"), Verdict::Warning);
}
