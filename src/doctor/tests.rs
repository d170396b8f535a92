//! What doctor says of surroundings that are well, and of those that are not.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::{Finding, Verdict, look_at, machine};
use crate::testing::TestApp;

#[track_caller]
fn verdict(findings: &[Finding], name: &str) -> Verdict {
    let found = findings.iter().find(|finding| finding.name == name);
    found.unwrap_or_else(|| panic!("no «{name}» in {findings:?}")).verdict
}

#[tokio::test]
async fn a_fresh_base_is_well_in_everything() {
    let app = TestApp::new().await;
    for finding in look_at(&app.app.db).await {
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
    let findings = look_at(&app.app.db).await;
    assert_eq!(verdict(&findings, "журнал действий"), Verdict::Failure);
    assert_eq!(verdict(&findings, "миграции"), Verdict::Failure);
    assert_eq!(verdict(&findings, "часы"), Verdict::Well);
}

#[tokio::test]
async fn a_key_that_others_can_read_is_a_failure() {
    let app = TestApp::new().await;
    let folder = tempfile::tempdir().expect("a folder");
    let mut config = app.app.config.as_ref().clone();
    config.secret_key = None;
    config.data_dir = folder.path().to_owned();
    assert_eq!(verdict(&machine::look(&config), "секретный ключ"), Verdict::Warning);
    let key = folder.path().join("secret.key");
    fs::write(&key, "k".repeat(43)).expect("written");
    for (mode, expected) in [(0o600, Verdict::Well), (0o640, Verdict::Failure)] {
        fs::set_permissions(&key, fs::Permissions::from_mode(mode)).expect("a mode");
        assert_eq!(verdict(&machine::look(&config), "секретный ключ"), expected, "{mode:o}");
    }
    assert_eq!(verdict(&machine::look(&config), "папка данных"), Verdict::Well);
}

#[test]
fn sizes_are_told_as_people_tell_them() {
    assert_eq!(machine::size(1_503_238_553), "1,3 ГБ");
    assert_eq!(machine::size(52_428_800), "50,0 МБ");
}
