//! Copies made, spoilt, brought back.

mod automatic;

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use sqlx::postgres::PgPoolOptions;
use sqlx::{AssertSqlSafe, PgPool};
use tokio_util::sync::CancellationToken;

use super::{Kind, Wanted, check_finished, is_passive, make, make_working, restore, upgrade, verify};
use crate::config::Config;
use crate::policy::{Actor, Role};
use crate::testing::{TestApp, blank};

/// An application with people, a company and an attachment, and a data folder of its own.
struct Place {
    app: TestApp,
    config: Config,
    folder: tempfile::TempDir,
}

impl Place {
    async fn new() -> Self {
        let app = TestApp::new().await;
        let folder = tempfile::tempdir().expect("a folder");
        let mut config = app.app.config.as_ref().clone();
        config.data_dir = folder.path().join("data");
        fs::create_dir_all(config.data_dir.join("files/ab")).expect("a folder");
        fs::write(config.data_dir.join("files/ab/abcdef"), b"\x00\xff attached").expect("a file");
        let branch = app.branch("ekb").await;
        let owner = app.person("ivanova", Role::Manager, Some(branch)).await;
        app.signed_in("ivanova").await;
        for name in ["Ромашка", "Слэш \\ таб \t строка \n конец", "\\N"] {
            app.company(name).of(&owner).create(&app).await;
        }
        Self { app, config, folder }
    }

    async fn copy(&self, name: &str) -> PathBuf {
        let wanted = Wanted {
            kind: Kind::Manual,
            out: Some(self.folder.path().join(name)),
            secret_key: Some("ключ".repeat(10)),
        };
        let made = make(&self.app.db, &self.config, wanted, self.app.now(), &|_, _| ()).await;
        made.expect("a copy").path
    }

    /// A data folder with nothing in it.
    fn elsewhere(&self) -> Config {
        Config {
            data_dir: self.folder.path().join("elsewhere"),
            ..self.config.clone()
        }
    }
}

/// Another pool on the same database: a restore closes the one it is given.
fn again(pool: &PgPool) -> PgPool {
    PgPoolOptions::new()
        .max_connections(4)
        .connect_lazy_with(pool.connect_options().as_ref().clone())
}

/// A sum of every table but those that a restore changes, and of everything that guards them.
async fn fingerprint(pool: &PgPool) -> Vec<(String, String)> {
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
           AND relname NOT IN ('_sqlx_migrations', 'sessions', 'system_state', 'system_copies') ORDER BY 1",
    )
    .fetch_all(pool)
    .await
    .expect("tables");
    assert!(tables.len() > 10, "{tables:?}");
    let mut sums = Vec::new();
    for table in tables {
        let but = if table == "audit_events" {
            "WHERE entity <> 'system'"
        } else {
            ""
        };
        let sql = format!(
            "SELECT md5(COALESCE(string_agg(row::text, E'\\n' ORDER BY row::text), '')) FROM (SELECT * FROM {table} {but}) AS row"
        );
        let sum = sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_one(pool)
            .await
            .expect("a sum");
        sums.push((table, sum));
    }
    let shape: Vec<String> = sqlx::query_scalar(
        "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
         UNION ALL SELECT conrelid::regclass || ' ' || conname || pg_get_constraintdef(oid) FROM pg_constraint
                   WHERE connamespace = 'public'::regnamespace
         UNION ALL SELECT tgrelid::regclass || ' ' || tgname || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
         UNION ALL SELECT version || encode(checksum, 'hex') FROM _sqlx_migrations
         UNION ALL SELECT sequencename || ' ' || COALESCE(last_value, 0) FROM pg_sequences
         ORDER BY 1",
    )
    .fetch_all(pool)
    .await
    .expect("the shape");
    sums.push(("shape".to_owned(), shape.join("\n")));
    sums
}

#[tokio::test]
async fn a_restored_copy_has_every_row_file_and_guard_and_is_passive() {
    let place = Place::new().await;
    let before = fingerprint(&place.app.db).await;
    let file = place.copy("a.tar").await;
    let (config, target) = (place.elsewhere(), blank().await);
    let restored = restore(&again(&target), &config, (&file, false), place.app.now(), &|_, _| ())
        .await
        .expect("restored");
    assert_eq!((restored.files, restored.has_key, restored.before), (1, true, None));
    assert_eq!(fingerprint(&target).await, before);
    let attached = fs::read(config.data_dir.join("files/ab/abcdef")).expect("the file");
    assert_eq!(attached, b"\x00\xff attached");
    let key = fs::read_to_string(config.data_dir.join("secret.key")).expect("the key");
    assert_eq!(key, "ключ".repeat(10));
    let sessions: i64 = sqlx::query_scalar("SELECT count(*) FROM sessions")
        .fetch_one(&target)
        .await
        .expect("a number");
    assert_eq!(sessions, 0, "whoever had signed in there has not signed in here");
    assert!(is_passive(&target).await.expect("an answer"));
    upgrade(&target, &config, place.app.now()).await.expect("it starts");
    assert!(make_working(&target, &Actor::system()).await.expect("done"));
    assert!(!is_passive(&target).await.expect("an answer"));
    let told: i64 = sqlx::query_scalar("SELECT count(*) FROM audit_events WHERE entity = 'system'")
        .fetch_one(&target)
        .await
        .expect("a number");
    assert_eq!(told, 2, "the restore and the activation are in the log");
}

#[tokio::test]
async fn a_copy_made_while_people_write_shows_one_moment() {
    let place = Place::new().await;
    let mut owner = crate::db::owner(&place.app.db).await.expect("the owner");
    sqlx::raw_sql(
        "CREATE TABLE aa_left (n int); CREATE TABLE zz_right (n int); GRANT INSERT ON aa_left, zz_right TO PUBLIC",
    )
    .execute(&mut owner)
    .await
    .expect("tables");
    let is_over = AtomicBool::new(false);
    let writing = async {
        let mut number = 0;
        while !is_over.load(Ordering::Relaxed) {
            let mut tx = place.app.db.begin().await.expect("a transaction");
            for sql in ["INSERT INTO aa_left VALUES ($1)", "INSERT INTO zz_right VALUES ($1)"] {
                sqlx::query(sql).bind(number).execute(&mut *tx).await.expect("a row");
            }
            tx.commit().await.expect("committed");
            number += 1;
        }
        number
    };
    let copying = async {
        let file = place.copy("b.tar").await;
        is_over.store(true, Ordering::Relaxed);
        file
    };
    let (written, file) = tokio::join!(writing, copying);
    let manifest = super::archive::verify(&file, &|_, _| ()).expect("whole");
    let rows = |name: &str| {
        manifest
            .tables
            .iter()
            .find(|table| table.name == name)
            .expect("a table")
            .rows
    };
    assert_eq!(rows("aa_left"), rows("zz_right"), "of {written} rows");
}

/// A file of a note whose bytes lie elsewhere.
async fn attach_elsewhere(app: &TestApp, key: &str) {
    let sql =
        "WITH note AS (INSERT INTO notes (company_id, text) SELECT id, 'Слова' FROM companies LIMIT 1 RETURNING id)
         INSERT INTO files (id, note_id, key, name, size, content_type, sha256)
         SELECT gen_random_uuid(), id, $1, 'a.pdf', 1, '', repeat('b', 64) FROM note";
    sqlx::query(sql).bind(key).execute(&app.db).await.expect("a file");
}

#[tokio::test]
async fn attachments_that_a_copy_has_not_are_named_and_half_written_ones_left_out() {
    let place = Place::new().await;
    let key = "0".repeat(32);
    attach_elsewhere(&place.app, &key).await;
    fs::write(place.config.data_dir.join("files/ab/abcdef#1"), b"half").expect("a file");
    let file = place.copy("d.tar").await;
    let manifest = super::archive::verify(&file, &|_, _| ()).expect("whole");
    assert_eq!((manifest.files, manifest.absent_files), (1, vec![key]));
}

#[tokio::test]
async fn no_bytes_go_while_a_copy_is_made() {
    let app = TestApp::new().await;
    let mut copying = crate::db::owner(&app.db).await.expect("the owner");
    super::copies::hold_disposals(&mut copying).await.expect("held");
    let may = async || {
        let mut tx = app.db.begin().await.expect("a transaction");
        super::may_dispose(&mut tx).await.expect("an answer")
    };
    assert!(!may().await);
    sqlx::Connection::close(copying).await.expect("closed");
    // The server notices the end of a session in its own time.
    let mut again = crate::db::owner(&app.db).await.expect("the owner");
    super::copies::hold_disposals(&mut again).await.expect("free again");
    sqlx::query("SELECT pg_advisory_unlock_all()")
        .execute(&mut again)
        .await
        .expect("let go");
    assert!(may().await);
}

#[tokio::test]
async fn a_spoilt_or_cut_copy_is_refused_before_anything_is_touched() {
    let place = Place::new().await;
    let file = place.copy("c.tar").await;
    let whole = fs::read(&file).expect("bytes");
    let target = blank().await;
    let bad = place.folder.path().join("bad.tar");
    let places = (0..40).map(|step| 600 + step * (whole.len() - 600) / 40);
    for at in places {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x40;
        fs::write(&bad, &bytes).expect("written");
        let refused = verify(&bad, &|_, _| ());
        // Padding between entries carries nothing.
        if let Ok((rows, files, _)) = refused {
            assert_eq!(whole[at], 0, "byte {at} of {}: {rows} rows, {files} files", whole.len());
        }
    }
    for end in [0, 511, whole.len() / 3, whole.len() - 3000] {
        fs::write(&bad, &whole[..end]).expect("written");
        let refused = restore(
            &again(&target),
            &place.elsewhere(),
            (&bad, false),
            place.app.now(),
            &|_, _| (),
        )
        .await;
        let sentence = format!("{:#}", refused.err().expect("refused"));
        assert!(sentence.contains("bad.tar"), "{sentence}");
    }
    let tables: i64 = sqlx::query_scalar("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        .fetch_one(&target)
        .await
        .expect("a number");
    assert_eq!(tables, 0);
    assert!(!place.elsewhere().data_dir.exists());
}

#[tokio::test]
async fn a_base_with_data_is_replaced_only_on_demand_and_is_kept() {
    let place = Place::new().await;
    let file = place.copy("d.tar").await;
    let before = fingerprint(&place.app.db).await;
    sqlx::query("DELETE FROM company_words_gathered")
        .execute(&place.app.db)
        .await
        .expect("done");
    place.app.company("Новая").create(&place.app).await;
    let pool = again(&place.app.db);
    place.app.db.close().await;
    let now = place.app.now();
    let refused = restore(&again(&pool), &place.config, (&file, false), now, &|_, _| ()).await;
    let sentence = refused.err().expect("refused").to_string();
    assert!(sentence.contains("--replace"), "{sentence}");
    let restored = restore(&again(&pool), &place.config, (&file, true), now, &|_, _| ())
        .await
        .expect("replaced");
    assert_eq!(fingerprint(&pool).await, before);
    let kept = restored.before.expect("a copy of what was there");
    let back = blank().await;
    restore(&again(&back), &place.elsewhere(), (&kept, false), now, &|_, _| ())
        .await
        .expect("brought back");
    let names: i64 = sqlx::query_scalar("SELECT count(*) FROM companies WHERE name = 'Новая'")
        .fetch_one(&back)
        .await
        .expect("a number");
    assert_eq!(names, 1);
}

#[tokio::test]
async fn a_restore_broken_off_in_its_middle_keeps_the_program_from_starting_until_it_is_repeated() {
    let place = Place::new().await;
    let before = fingerprint(&place.app.db).await;
    let file = place.copy("e.tar").await;
    let (config, target) = (place.elsewhere(), blank().await);
    let killed = CancellationToken::new();
    let told = |done: u64, _: u64| {
        if done > 0 {
            killed.cancel();
        }
    };
    let (pool, now) = (again(&target), place.app.now());
    tokio::select! {
        biased;
        () = killed.cancelled() => (),
        _ = restore(&pool, &config, (&file, false), now, &told) => panic!("it was not broken off"),
    }
    let sentence = check_finished(&config).expect_err("unfinished").to_string();
    assert!(
        sentence.contains("e.tar") && sentence.contains("повторите"),
        "{sentence}"
    );
    let refused = upgrade(&target, &config, now)
        .await
        .expect_err("unfinished")
        .to_string();
    assert_eq!(refused, sentence);
    restore(&again(&target), &config, (&file, false), now, &|_, _| ())
        .await
        .expect("the second time");
    check_finished(&config).expect("finished");
    assert_eq!(fingerprint(&target).await, before);
}

#[tokio::test]
async fn an_older_base_with_data_is_copied_before_it_is_migrated_and_not_migrated_without() {
    let place = Place::new().await;
    // The last migration is undone: the state of yesterday.
    let mut owner = crate::db::owner(&place.app.db).await.expect("the owner");
    sqlx::raw_sql("DROP TABLE system_state; DELETE FROM _sqlx_migrations WHERE version = 20261125170000")
        .execute(&mut owner)
        .await
        .expect("older");
    let folder = super::folder(&place.config);
    fs::write(&folder, b"not a folder").expect("a file in the way");
    let now = place.app.now();
    let sentence = format!(
        "{:#}",
        upgrade(&place.app.db, &place.config, now).await.expect_err("no copy")
    );
    assert!(sentence.contains("CRM_BACKUP_BEFORE_MIGRATE"), "{sentence}");
    assert!(crate::db::is_behind(&place.app.db).await.expect("an answer"));
    fs::remove_file(&folder).expect("out of the way");
    let (one, two) = tokio::join!(
        upgrade(&place.app.db, &place.config, now),
        upgrade(&place.app.db, &place.config, now)
    );
    one.expect("one");
    two.expect("two");
    let copies: Vec<_> = fs::read_dir(&folder).expect("the folder").flatten().collect();
    assert_eq!(copies.len(), 1, "{copies:?}");
    // The older copy goes into this version.
    let target = blank().await;
    restore(
        &again(&target),
        &place.elsewhere(),
        (&copies[0].path(), false),
        now,
        &|_, _| (),
    )
    .await
    .expect("restored");
    assert!(crate::db::is_current(&target).await.expect("an answer"));
    assert!(is_passive(&target).await.expect("an answer"));
}
