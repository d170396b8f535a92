//! Migrations on a real Postgres, and the twins of functions that live there.

mod samples;

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use sqlx::migrate::Migrator;
use sqlx::{AssertSqlSafe, PgPool};

use self::samples::SAMPLES;
use super::migrate::{is_current, migrate};
use crate::testing::{blank, migrated};
use crate::values::text;

static MIGRATOR: Migrator = sqlx::migrate!();

fn scripts() -> Vec<(String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
    let entries = std::fs::read_dir(folder)
        .expect("the folder")
        .map(|entry| entry.expect("an entry").path());
    let mut scripts: Vec<_> = entries
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, std::fs::read_to_string(&path).expect("a text"))
        })
        .collect();
    scripts.sort();
    scripts
}

async fn execute(pool: &PgPool, sql: String) {
    let mut owner = super::owner(pool).await.expect("the owner");
    sqlx::raw_sql(AssertSqlSafe(sql.clone()))
        .execute(&mut owner)
        .await
        .unwrap_or_else(|error| panic!("{error}: {sql}"));
}

async fn names(pool: &PgPool, sql: &'static str) -> Vec<String> {
    sqlx::query_scalar(sql).fetch_all(pool).await.expect("names")
}

#[test]
fn migrations_are_named_by_moment_verb_and_object_and_say_why() {
    const VERBS: [&str; 8] = ["create", "add", "drop", "rename", "fill", "change", "index", "seed"];
    let mut moments = BTreeSet::new();
    for (name, text) in scripts() {
        let (moment, rest) = name.split_at_checked(14).expect("a moment");
        let read = chrono::NaiveDateTime::parse_from_str(moment, "%Y%m%d%H%M%S");
        assert!(
            moment.bytes().all(|byte| byte.is_ascii_digit()) && read.is_ok(),
            "{name}: YYYYMMDDHHMMSS"
        );
        let words: Vec<_> = rest.strip_suffix(".sql").expect("one direction").split('_').collect();
        assert!(
            words[0].is_empty() && VERBS.contains(&words[1]) && words.len() > 2,
            "{name}: _verb_object"
        );
        assert!(text.starts_with("-- Why: "), "{name}: the first line says why");
        assert!(moments.insert(moment.to_owned()), "{name}: another one has this moment");
    }
}

#[tokio::test]
async fn every_foreign_key_has_an_index_that_begins_with_its_columns() {
    let pool = migrated().await;
    let bare = names(
        &pool,
        "SELECT con.conname::text FROM pg_constraint AS con
         WHERE con.contype = 'f' AND con.connamespace = 'public'::regnamespace
           AND NOT EXISTS (
               SELECT FROM pg_index AS ind
               WHERE ind.indrelid = con.conrelid
                 AND (ind.indkey::smallint[])[0:cardinality(con.conkey) - 1] @> con.conkey
                 -- A partial index serves only when it holds every row that refers.
                 AND (ind.indpred IS NULL
                      OR pg_get_expr(ind.indpred, ind.indrelid) = '(' || (
                          SELECT attname FROM pg_attribute
                          WHERE attrelid = con.conrelid AND attnum = con.conkey[1]) || ' IS NOT NULL)'))",
    )
    .await;
    assert!(bare.is_empty(), "without an index: {bare:?}");
}

#[tokio::test]
async fn constraints_have_the_names_that_people_gave() {
    let pool = migrated().await;
    // PRIMARY KEY → _pkey, FOREIGN KEY → _fkey, UNIQUE → _key, CHECK → _check, after the table's name.
    let strange = names(
        &pool,
        "SELECT conname::text FROM pg_constraint AS con JOIN pg_class AS class ON class.oid = con.conrelid
         WHERE con.connamespace = 'public'::regnamespace AND class.relname <> '_sqlx_migrations'
           AND NOT (starts_with(conname, class.relname || '_') AND conname ~ (CASE contype
                    WHEN 'p' THEN '_pkey$' WHEN 'f' THEN '_fkey$' WHEN 'u' THEN '_key$'
                    WHEN 'c' THEN '_check$' ELSE '.' END))",
    )
    .await;
    assert!(strange.is_empty(), "{strange:?}");
    // A name that Postgres invented stands in no script.
    let all: String = scripts().into_iter().map(|(_, text)| text).collect();
    let all: Vec<_> = all.split_whitespace().collect();
    let given = names(
        &pool,
        "SELECT conname::text FROM pg_constraint AS con JOIN pg_class AS class ON class.oid = con.conrelid
         WHERE con.connamespace = 'public'::regnamespace AND class.relname <> '_sqlx_migrations'",
    )
    .await;
    for name in given {
        let is_given = all.windows(2).any(|pair| pair == ["CONSTRAINT", name.as_str()]);
        assert!(is_given, "{name}: Postgres made this name up");
    }
}

#[tokio::test]
async fn migrating_twice_changes_nothing() {
    let pool = blank().await;
    migrate(&pool).await.expect("the first time");
    assert!(is_current(&pool).await.expect("an answer"));
    let before = names(
        &pool,
        "SELECT version || ' ' || installed_on FROM _sqlx_migrations ORDER BY 1",
    )
    .await;
    migrate(&pool).await.expect("the second time");
    let after = names(
        &pool,
        "SELECT version || ' ' || installed_on FROM _sqlx_migrations ORDER BY 1",
    )
    .await;
    assert_eq!(before, after);
    assert_eq!(before.len(), MIGRATOR.iter().count());
}

#[tokio::test]
async fn two_processes_that_start_at_once_migrate_once() {
    let pool = blank().await;
    let (one, two) = tokio::join!(migrate(&pool), migrate(&pool));
    one.expect("one");
    two.expect("two");
    let count = names(&pool, "SELECT version::text FROM _sqlx_migrations").await.len();
    assert_eq!(count, MIGRATOR.iter().count());
}

#[tokio::test]
async fn a_newer_database_is_refused_in_plain_words() {
    let pool = migrated().await;
    execute(
        &pool,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (29990101000000, 'from tomorrow', true, '', 0)"
            .to_owned(),
    )
    .await;
    let error = migrate(&pool).await.expect_err("a newer database").to_string();
    assert!(
        error.contains("База данных новее этой программы") && error.contains("29990101000000"),
        "{error}"
    );
    assert!(
        !is_current(&pool).await.expect("an answer"),
        "health must not call it current"
    );
}

#[tokio::test]
async fn a_migration_that_was_rewritten_is_refused_in_plain_words() {
    let pool = migrated().await;
    execute(
        &pool,
        "UPDATE _sqlx_migrations SET checksum = '\\x00' WHERE version = 20261123100300".to_owned(),
    )
    .await;
    let error = migrate(&pool).await.expect_err("another build").to_string();
    assert!(error.contains("база и программа из разных сборок"), "{error}");
}

#[tokio::test]
async fn every_migration_goes_through_on_a_base_with_rows() {
    let pool = blank().await;
    let samples: BTreeMap<i64, &str> = SAMPLES.iter().copied().collect();
    for migration in MIGRATOR.iter() {
        execute(&pool, migration.sql.as_str().to_owned()).await;
        if let Some(sample) = samples.get(&migration.version) {
            execute(&pool, (*sample).to_owned()).await;
        }
    }
    let empty: Vec<String> = names(
        &pool,
        "SELECT table_name::text FROM information_schema.tables
         WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
           AND (xpath('/row/c/text()', query_to_xml('SELECT count(*) AS c FROM ' || table_name, false, true, '')))[1]::text
               = '0'",
    )
    .await;
    assert_eq!(empty, ["setup_links"], "a table without a sample row proves nothing");
    execute(
        &pool,
        "UPDATE companies SET search = company_search(companies)".to_owned(),
    )
    .await;
    let words = names(&pool, "SELECT search::text FROM companies WHERE name_key = 'елочка'").await;
    for word in [
        "елочка",
        "7707083893",
        "9123456789",
        "3456789",
        "искусница",
        "3430000000",
    ] {
        assert!(words[0].contains(&format!("'{word}'")), "{word} is not among {words:?}");
    }
}

#[tokio::test]
async fn texts_are_folded_and_cut_into_words_alike_here_and_there() {
    let mut samples: Vec<String> = [
        "",
        " ",
        "ООО «Ёлочка-Сервис»",
        "ЁЖ ёж Ёж",
        "Ижевск, ул. Пушкинская, д. 5/2, к.3",
        "a-b_c.d",
        "ABC абв 123",
        "info@Example.RU",
        "tab\tи\nстрока",
        "№ 5",
        "Ёлки-палки",
        "Straße ẞ",
        "İstanbul",
        "ΑΒΓΣ",
        "ǅ",
        "і ї є ґ Ў",
        "е\u{308}",
        "½ ² ٣ Ⅷ",
        "ЪЬЫ",
        "\u{a0}неразрывный\u{a0}",
        "🙂 смайл",
        "ﬁ",
        "K Å",
        "Ꙑ ѣ",
    ]
    .map(str::to_owned)
    .to_vec();
    let mut runner = TestRunner::deterministic();
    let russian = proptest::string::string_regex("[ёЁа-яА-Яa-zA-Z0-9 .,«»\"'()№/_\\-]{0,40}").expect("a pattern");
    let anything = any::<String>().prop_map(|text| text.replace('\0', ""));
    for _ in 0..400 {
        samples.push(russian.new_tree(&mut runner).expect("a tree").current());
        samples.push(anything.new_tree(&mut runner).expect("a tree").current());
    }
    let pool = migrated().await;
    let rows: Vec<(String, String, Vec<String>)> = sqlx::query_as(
        "SELECT sample, fold_text(sample), text_words(sample)
         FROM unnest($1::text[]) WITH ORDINALITY AS samples (sample, number) ORDER BY number",
    )
    .bind(&samples)
    .fetch_all(&pool)
    .await
    .expect("the database's answers");
    assert_eq!(rows.len(), samples.len());
    for (sample, folded, words) in rows {
        assert_eq!(text::words(&sample), words, "words of {sample:?}");
        // Old and rare letters may be folded by one Unicode version and not by another: nobody searches by them.
        if sample
            .chars()
            .all(|c| c.is_ascii() || ('\u{400}'..='\u{45f}').contains(&c) || "«»№İΣ".contains(c))
        {
            assert_eq!(text::fold(&sample), folded, "fold of {sample:?}");
        }
    }
}
