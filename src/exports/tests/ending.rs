//! However an export ends, it is written down.

use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::mpsc;

use super::{ended, execute, value, wish};
use crate::error::Error;
use crate::exports::actions::{Begun, Out, begin};
use crate::exports::{Format, What, bury_dead, write_file};
use crate::policy::Actor;
use crate::testing::TestApp;
use crate::values::Origin;

const MANY: &str = "INSERT INTO companies (id, name, name_key, address)
                    SELECT gen_random_uuid(), 'Ромашка ' || n, n::text, repeat('а', 400) FROM generate_series(1, 4000) n";

async fn begun(app: &TestApp, format: Format) -> Result<Begun, Error> {
    begin(&app.app, &Actor::system(), &Origin::default(), wish(What::Both, format)).await
}

#[tokio::test]
async fn an_export_that_nobody_takes_to_its_end_is_written_down_as_broken() {
    let app = TestApp::new().await;
    execute(&app, MANY).await;
    for format in [Format::Csv, Format::Xlsx] {
        let (pieces, mut inbox) = mpsc::channel(1);
        let begun = begun(&app, format).await.expect("an export");
        assert_eq!(
            value(&app, "SELECT state FROM exports ORDER BY id DESC LIMIT 1").await,
            "running"
        );
        let twin = app.app.clone();
        let work = tokio::spawn(async move { begun.run.work(&twin, Out::Browser(pieces), &|_| ()).await });
        inbox.recv().await.expect("a piece").expect("bytes");
        drop(inbox);
        work.await.expect("no panic").expect_err("a broken export");
        ended(&app).await;
        let told = "SELECT concat_ws('|', state, failure, expected, bytes > 0) FROM exports ORDER BY id DESC LIMIT 1";
        assert_eq!(value(&app, told).await, "broken|Получатель закрыл соединение|4000|t");
    }
}

#[tokio::test]
async fn two_exports_run_at_once_and_a_third_waits() {
    let app = TestApp::new().await;
    let first = begun(&app, Format::Csv).await.expect("the first");
    let second = begun(&app.twin(), Format::Csv).await.expect("the second");
    let Err(Error::Invalid(errors)) = begun(&app, Format::Csv).await else {
        panic!("a third");
    };
    assert!(errors.get("").contains("две другие выгрузки"));
    let (pieces, mut inbox) = mpsc::channel(1);
    let work = first.run.work(&app.app, Out::Browser(pieces), &|_| ());
    let (worked, ()) = tokio::join!(work, async { while inbox.recv().await.is_some() {} });
    worked.expect("the first export");
    // The end of a session is noticed a moment later.
    for _ in 0..100 {
        if begun(&app, Format::Csv).await.is_ok() {
            drop(second);
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the turn never comes back");
}

#[tokio::test]
async fn an_export_whose_process_is_gone_is_written_down_as_broken_and_a_living_one_is_left_alone() {
    let app = TestApp::new().await;
    drop(begun(&app, Format::Csv).await.expect("one that dies"));
    let living = begun(&app, Format::Csv).await.expect("one that lives");
    app.pass(TimeDelta::minutes(2));
    for _ in 0..100 {
        bury_dead(&app.app).await.expect("a look");
        if value(&app, "SELECT state FROM exports WHERE id = 1").await == "broken" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let told = "SELECT string_agg(state || failure, '|' ORDER BY id) FROM exports";
    assert_eq!(
        value(&app, told).await,
        "brokenПрограмму остановили во время выгрузки|running"
    );
    drop(living);
}

#[tokio::test]
async fn a_command_never_writes_over_a_file_and_leaves_no_half_of_one() {
    let app = TestApp::new().await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("out.csv");
    let mut bad = wish(What::Both, Format::Csv);
    bad.reason.clear();
    write_file(&app.app, bad, &path, &|_, _| ())
        .await
        .expect_err("no reason");
    assert!(!path.exists());
    write_file(&app.app, wish(What::Both, Format::Csv), &path, &|_, _| ())
        .await
        .expect("a file");
    let written = std::fs::read(&path).expect("a file");
    write_file(&app.app, wish(What::Both, Format::Csv), &path, &|_, _| ())
        .await
        .expect_err("a file in the way");
    assert_eq!(std::fs::read(&path).expect("the file"), written);
}
