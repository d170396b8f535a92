//! Copies that the server makes by itself, and what administrators are told of them.

use std::fs;
use std::sync::Arc;

use chrono::{TimeDelta, TimeZone as _, Utc};

use super::Place;
use crate::app::App;
use crate::config::Config;
use crate::policy::Role;
use crate::system::{Kind, State, copies, nightly, refresh};
use crate::testing::TestApp;

impl Place {
    /// The application with this place's data folder, on a server that has been up for a while.
    fn server(&self) -> App {
        App {
            config: Arc::new(self.config.clone()),
            started_at: self.app.started_at - TimeDelta::days(1),
            ..self.app.app.clone()
        }
    }

    /// Moves the clock to that hour of Moscow's on that day of November 2026.
    fn at(&self, day: u32, hour: u32, minute: u32) {
        let moment = Utc
            .with_ymd_and_hms(2026, 11, day, hour, minute, 0)
            .single()
            .expect("a moment")
            - TimeDelta::hours(3);
        self.app.pass(moment - self.app.now());
    }

    /// Names of the files in the folder of copies.
    fn files(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(super::super::folder(&self.config)) else {
            return Vec::new();
        };
        let name = |entry: fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
        let mut names: Vec<_> = entries.flatten().map(name).collect();
        names.sort();
        names
    }

    /// Kind and state of each copy of the journal, the oldest first.
    async fn journal(&self) -> Vec<String> {
        sqlx::query_scalar("SELECT kind || ' ' || state FROM system_copies ORDER BY started_at, id")
            .fetch_all(&self.app.db)
            .await
            .expect("the journal")
    }
}

/// Waits until a copy that was begun in the background has ended.
async fn ended(app: &TestApp) {
    for _ in 0..200 {
        let running: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM system_copies WHERE state = 'running')")
            .fetch_one(&app.db)
            .await
            .expect("an answer");
        if !running {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the copy does not end");
}

#[tokio::test]
async fn each_night_has_one_copy_however_many_processes_there_are_and_the_newest_are_kept() {
    let mut place = Place::new().await;
    place.config.backup_keep = 2;
    let (one, two) = (place.server(), place.server());
    place.at(24, 3, 29);
    nightly(&one).await.expect("made up for: there is none yet");
    assert_eq!(place.journal().await, ["nightly done"]);
    for day in 24..=26 {
        place.at(day, 3, 30);
        let (first, second) = tokio::join!(nightly(&one), nightly(&two));
        first.expect("one");
        second.expect("two");
        nightly(&two).await.expect("not again");
    }
    assert_eq!(place.journal().await, ["nightly done"; 4]);
    assert_eq!(
        place.files(),
        [
            "proficrm-20261125T003000Z-nightly.tar",
            "proficrm-20261126T003000Z-nightly.tar"
        ]
    );
    // Others are not its business.
    fs::write(
        super::super::folder(&place.config).join("proficrm-20200101T000000Z-manual.tar"),
        "",
    )
    .expect("a file");
    place.at(27, 3, 45);
    nightly(&one).await.expect("late, but in time");
    assert_eq!(place.files().len(), 3);
}

#[tokio::test]
async fn a_missed_night_is_made_up_for_when_the_last_copy_is_a_day_old_and_the_server_has_settled() {
    let place = Place::new().await;
    let server = place.server();
    place.at(24, 3, 31);
    nightly(&server).await.expect("made");
    // Off at night; a copy of yesterday evening is fresh enough.
    place.at(24, 20, 0);
    place.copy("evening.tar").await;
    place.at(25, 10, 0);
    nightly(&server).await.expect("not needed");
    assert_eq!(place.journal().await, ["nightly done", "manual done"]);
    place.at(25, 20, 30);
    let fresh = App {
        started_at: place.app.now() - TimeDelta::minutes(4),
        ..server.clone()
    };
    nightly(&fresh).await.expect("not yet");
    assert_eq!(place.journal().await.len(), 2);
    nightly(&server).await.expect("made up for");
    assert_eq!(place.journal().await, ["nightly done", "manual done", "nightly done"]);
    place.at(25, 21, 30);
    nightly(&server).await.expect("once");
    assert_eq!(place.journal().await.len(), 3);
}

#[tokio::test]
async fn off_is_off_and_an_empty_base_has_nothing_to_copy() {
    let app = TestApp::new().await;
    let folder = tempfile::tempdir().expect("a folder");
    let config = Config {
        data_dir: folder.path().to_owned(),
        ..app.config.as_ref().clone()
    };
    let server = App {
        config: Arc::new(config.clone()),
        started_at: app.started_at - TimeDelta::days(1),
        ..app.app.clone()
    };
    nightly(&server).await.expect("nothing to copy");
    app.person("ivanova", Role::Manager, None).await;
    let off = Config {
        backup_at: None,
        ..config
    };
    nightly(&App {
        config: Arc::new(off),
        ..server.clone()
    })
    .await
    .expect("off");
    assert!(!folder.path().join("backups").exists());
    nightly(&server).await.expect("made");
    assert!(folder.path().join("backups").exists());
}

#[tokio::test]
async fn a_failure_is_written_down_told_and_tried_again_an_hour_later() {
    let place = Place::new().await;
    let server = place.server();
    let folder = super::super::folder(&place.config);
    fs::write(&folder, "not a folder").expect("a file in the way");
    place.at(24, 3, 30);
    nightly(&server).await.expect_err("no folder");
    let notice = server.standing.read().notices.last().cloned().expect("told");
    assert_eq!(
        (notice.tone, notice.text.as_str()),
        ("error", "Резервная копия не удалась, а другой нет.")
    );
    place.at(24, 4, 20);
    nightly(&server).await.expect("not yet");
    assert_eq!(place.journal().await, ["nightly failed"]);
    place.at(24, 4, 31);
    nightly(&server).await.expect_err("still no folder");
    fs::remove_file(&folder).expect("out of the way");
    place.at(24, 5, 32);
    nightly(&server).await.expect("the third time");
    assert_eq!(
        place.journal().await,
        ["nightly failed", "nightly failed", "nightly done"]
    );
    assert!(!server.standing.read().is_copy_failed);
    let failure: String = sqlx::query_scalar("SELECT failure FROM system_copies WHERE state = 'failed' LIMIT 1")
        .fetch_one(&place.app.db)
        .await
        .expect("a failure");
    assert!(failure.contains("backups"), "{failure}");
}

#[tokio::test]
async fn a_copy_whose_process_was_killed_is_seen_as_broken_off_and_made_again() {
    let place = Place::new().await;
    let server = place.server();
    place.at(24, 3, 30);
    let slot = place.app.now();
    sqlx::query("INSERT INTO system_copies (id, kind, slot, started_at) VALUES (gen_random_uuid(), 'nightly', $1, $1)")
        .bind(slot)
        .execute(&place.app.db)
        .await
        .expect("what a killed process left");
    // While somebody holds the lock it may still be running.
    let mut other = crate::db::owner(&place.app.db).await.expect("the owner");
    assert!(super::super::copies_turn(&mut other).await);
    refresh(&server).await.expect("looked");
    assert_eq!(place.journal().await, ["nightly running"]);
    sqlx::query("SELECT pg_advisory_unlock_all()")
        .execute(&mut other)
        .await
        .expect("let go");
    refresh(&server).await.expect("looked");
    assert_eq!(place.journal().await, ["nightly failed"]);
    let folder = super::super::folder(&place.config);
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join(".proficrm-20261124T003000Z-nightly.tar.partial"), "half").expect("written");
    place.at(24, 4, 31);
    nightly(&server).await.expect("again");
    assert_eq!(place.journal().await, ["nightly failed", "nightly done"]);
    assert_eq!(place.files(), ["proficrm-20261124T013100Z-nightly.tar"]);
}

#[tokio::test]
async fn a_copy_older_than_two_days_is_told_to_administrators_and_nobody_else() {
    let place = Place::new().await;
    place.app.person("admin", Role::Admin, None).await;
    let server = place.server();
    place.at(24, 3, 30);
    nightly(&server).await.expect("made");
    place.at(26, 3, 30);
    refresh(&server).await.expect("looked");
    let texts = || {
        let standing = server.standing.read();
        let texts: Vec<_> = standing.notices.iter().map(|notice| notice.text.as_str()).collect();
        texts.join(" ")
    };
    assert!(!texts().contains("Самой новой"), "{}", texts());
    place.at(26, 5, 0);
    refresh(&server).await.expect("looked");
    assert!(
        texts().contains("Самой новой резервной копии уже 2\u{a0}дня."),
        "{}",
        texts()
    );
    for (login, is_admin) in [("admin", true), ("ivanova", false)] {
        let page = place.app.signed_in(login).await.get("/companies/?all=1").await;
        page.expect(200);
        assert_eq!(page.page().contains("Самой новой резервной копии"), is_admin, "{login}");
    }
}

#[tokio::test]
async fn an_administrator_makes_a_copy_from_the_page_and_sees_it() {
    let place = Place::new().await;
    let me = place.app.person("admin", Role::Admin, None).await;
    let mut browser = place.app.browser_of(crate::server::router(&place.server()));
    browser
        .sign_in("admin", crate::testing::PASSWORD)
        .await
        .expect_redirect();
    browser
        .get("/settings/system/")
        .await
        .expect(200)
        .expect_text("Копий пока нет");
    let to = browser.post("/settings/system/backup/", &[]).await.expect_redirect();
    assert_eq!(to, "/settings/system/");
    ended(&place.app).await;
    let listed = copies(&place.server(), &me).await.expect("copies");
    assert_eq!(listed.len(), 1);
    let copy = &listed[0].copy;
    assert_eq!(
        (copy.kind, copy.state, listed[0].is_here),
        (Kind::Manual, State::Done, true)
    );
    assert!(copy.rows > 3 && copy.files == 1 && copy.bytes > 1000, "{copy:?}");
    let page = browser.get("/settings/system/").await;
    page.expect(200)
        .expect_text("По просьбе")
        .expect_text("Готова")
        .expect_text("1 файл");
    browser
        .fragment("/settings/system/copies/")
        .await
        .expect(200)
        .expect_text("По просьбе");
    let told: i64 = sqlx::query_scalar("SELECT count(*) FROM audit_events WHERE verb = 'backup'")
        .fetch_one(&place.app.db)
        .await
        .expect("a number");
    assert_eq!(told, 1);
    // Two at once: the second is told so.
    let mut other = crate::db::owner(&place.app.db).await.expect("the owner");
    while !super::super::copies_turn(&mut other).await {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    browser.post("/settings/system/backup/", &[]).await.expect_redirect();
    browser.get("/settings/system/").await.expect_text("Копия уже делается");
}

#[tokio::test]
async fn a_restored_copy_says_so_on_every_page_until_it_is_made_a_working_one() {
    let app = TestApp::new().await;
    app.person("admin", Role::Admin, None).await;
    let config = Config {
        passive: false,
        ..app.config.as_ref().clone()
    };
    let server = App {
        config: Arc::new(config),
        ..app.app.clone()
    };
    sqlx::query("UPDATE system_state SET is_passive = true, restored_from = 'a.tar', restored_at = now()")
        .execute(&app.db)
        .await
        .expect("passive");
    refresh(&server).await.expect("looked");
    assert!(server.outward().await.expect("an answer").is_none());
    let mut browser = app.browser_of(crate::server::router(&server));
    browser
        .sign_in("admin", crate::testing::PASSWORD)
        .await
        .expect_redirect();
    browser
        .get("/companies/")
        .await
        .expect_text("База восстановлена из резервной копии и пассивна");
    browser
        .get("/settings/system/")
        .await
        .expect_text("«a.tar»")
        .expect_text("Сделать рабочей");
    browser
        .post("/settings/system/make-working/", &[])
        .await
        .expect_redirect();
    assert!(server.outward().await.expect("an answer").is_some());
    browser.get("/companies/").await.expect_no_text("пассивна");
}
