//! The app: versions come, are offered, are withdrawn, and reach people and phones.

use std::io::Write as _;

use axum::http::Method;
use chrono::TimeDelta;
use sha2::{Digest as _, Sha256};

use crate::phones::manifest::tests::packed;
use crate::policy::Role;
use crate::testing::{Answer, Client, TestApp};

const PAGE: &str = "/settings/phones/app/";
const LATEST: &str = "/api/phone/app/latest/";

/// An archive of these files.
fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive
            .start_file(*name, zip::write::SimpleFileOptions::default())
            .expect("a file");
        archive.write_all(bytes).expect("bytes");
    }
    archive.finish().expect("an archive").into_inner()
}

/// An app of this version.
fn app_of(package: &str, code: u32, name: &str) -> Vec<u8> {
    let manifest = packed(true, (package, code, name));
    archive(&[("AndroidManifest.xml", &manifest), ("classes.dex", b"dex\n035\0")])
}

async fn upload(admin: &mut Client, bytes: &[u8]) -> Answer {
    admin.post_files(PAGE, &[], &[("app-release.apk", bytes)]).await
}

/// What an administrator can do, and a phone of another person.
async fn office() -> (TestApp, Client, Client) {
    let app = TestApp::new().await;
    app.person("root", Role::Admin, None).await;
    app.person("anna", Role::Manager, None).await;
    let admin = app.signed_in("root").await;
    let (phone, _) = app.program("anna").await;
    (app, admin, phone)
}

#[tokio::test]
async fn the_greatest_version_that_is_offered_reaches_people_and_phones() {
    let (app, mut admin, mut phone) = office().await;
    let none = phone.get(LATEST).await;
    assert_eq!(none.expect(404).json()["detail"], "Приложение ещё не загружено.");
    admin.get(PAGE).await.expect_text("Приложение ещё не загружено");
    let new = app_of("ru.example.dialer", 12, "0.12.0");
    assert_eq!(upload(&mut admin, &new).await.expect_redirect(), PAGE);
    // An older one that comes later is kept and changes nothing.
    upload(&mut admin, &app_of("ru.example.dialer", 9, "0.9.0"))
        .await
        .expect_redirect();
    let states = admin.get(PAGE).await.texts("tbody .badge");
    assert_eq!(states, ["текущая", "прежняя"]);
    let latest = phone.get(LATEST).await.expect(200).json();
    let sum = hex::encode(Sha256::digest(&new));
    assert_eq!(latest["version_name"], "0.12.0");
    assert_eq!(latest["version_code"], 12);
    assert_eq!(latest["sha256"], sum.as_str());
    assert_eq!(latest["size_bytes"], new.len());
    assert!(latest["size_display"].is_string() && latest["uploaded_at"].is_string());
    let keys = latest.as_object().map(serde_json::Map::len);
    assert_eq!(keys, Some(7), "nothing beside the older CRM's words");
    // A browser on the phone, in which nobody has signed in.
    let address = latest["download_url"].as_str().expect("an address");
    let address = address.strip_prefix("http://127.0.0.1:8000").expect("ours");
    let mut stranger = app.browser();
    let file = stranger.get(address).await;
    file.expect(200);
    assert_eq!(file.bytes, new);
    assert_eq!(file.headers["content-type"], "application/vnd.android.package-archive");
    assert_eq!(file.headers["content-length"], new.len().to_string().as_str());
    assert_eq!(file.headers["x-content-type-options"], "nosniff");
    assert_eq!(
        file.headers["content-disposition"],
        "attachment; filename=\"crm-profi-0.12.0-12.apk\""
    );
    // A person's own page leads to the same.
    let mut browser = app.signed_in("anna").await;
    let page = browser.get("/mobile-app/").await;
    page.expect_text("0.12.0 (сборка 12)").expect_text(&sum);
    let link = page
        .attribute("a[href^='/mobile-app/download/']", "href")
        .expect("a link");
    assert_eq!(browser.get(&link).await.expect(200).bytes, new);
    app.browser().get(&link).await.expect_redirect();
}

#[tokio::test]
async fn a_link_is_good_for_an_hour_and_only_as_we_made_it() {
    let (app, mut admin, mut phone) = office().await;
    upload(&mut admin, &app_of("ru.example.dialer", 1, "1"))
        .await
        .expect_redirect();
    let latest = phone.get(LATEST).await.expect(200).json();
    let address = latest["download_url"].as_str().expect("an address");
    let address = address.strip_prefix("http://127.0.0.1:8000").expect("ours").to_owned();
    let mut stranger = app.browser();
    app.pass(TimeDelta::minutes(59));
    stranger.get(&address).await.expect(200);
    let parts: Vec<&str> = address
        .trim_matches('/')
        .rsplit('/')
        .next()
        .expect("a link")
        .split('.')
        .collect();
    let later = parts[1].parse::<i64>().expect("a time") + 86_400;
    for changed in [
        format!("{}.{later}.{}", parts[0], parts[2]),
        format!("{}.{}.{}", uuid::Uuid::nil().simple(), parts[1], parts[2]),
        format!("{}.{}.{}", parts[0], parts[1], "0".repeat(64)),
        format!("{}.{}", parts[0], parts[1]),
        "слово".to_owned(),
    ] {
        let changed: String = form_urlencoded::byte_serialize(changed.as_bytes()).collect();
        stranger.get(&format!("/mobile-app/get/{changed}/")).await.expect(404);
    }
    app.pass(TimeDelta::minutes(2));
    stranger.get(&address).await.expect(404);
}

#[tokio::test]
async fn what_is_no_app_or_no_update_is_refused_at_the_field_and_leaves_nothing() {
    let (app, mut admin, _) = office().await;
    upload(&mut admin, &app_of("ru.example.dialer", 7, "0.7"))
        .await
        .expect_redirect();
    let manifest = packed(true, ("ru.example.dialer", 8, "0.8"));
    for (bytes, words) in [
        (b"PK\x03\x04 and no more".to_vec(), "не приложение Android"),
        (archive(&[("AndroidManifest.xml", &manifest)]), "не приложение Android"),
        (archive(&[("classes.dex", b"dex")]), "не приложение Android"),
        (
            archive(&[("AndroidManifest.xml", b"<manifest/>"), ("classes.dex", b"dex")]),
            "не читается номер версии",
        ),
        (app_of("ru.example.dialer", 7, "0.7"), "уже раздаётся"),
        (app_of("ru.other.app", 8, "0.8"), "Это другое приложение"),
    ] {
        upload(&mut admin, &bytes).await.expect(422).expect_text(words);
    }
    let nothing = admin.post_files(PAGE, &[], &[]).await;
    nothing.expect(422).expect_text("Выберите файл");
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM app_releases")
        .fetch_one(&app.db)
        .await
        .unwrap();
    assert_eq!(count, 1);
}

#[tokio::test]
async fn a_withdrawn_version_reaches_nobody_and_comes_back_while_its_bytes_are_there() {
    let (app, mut admin, mut phone) = office().await;
    upload(&mut admin, &app_of("ru.example.dialer", 7, "0.7"))
        .await
        .expect_redirect();
    upload(&mut admin, &app_of("ru.example.dialer", 8, "0.8"))
        .await
        .expect_redirect();
    let page = admin.get(PAGE).await;
    let withdraw = page.attribute("form[action$='/withdraw/']", "action").expect("a form");
    let link = page
        .attribute("a[href^='/mobile-app/download/']", "href")
        .expect("a link");
    for _ in 0..2 {
        assert_eq!(admin.post(&withdraw, &[]).await.expect_redirect(), PAGE);
    }
    assert_eq!(phone.get(LATEST).await.expect(200).json()["version_code"], 7);
    admin.get(&link).await.expect(404);
    assert_eq!(admin.get(PAGE).await.texts("tbody .badge"), ["отозвана", "текущая"]);
    let back = withdraw.replace("/withdraw/", "/bring-back/");
    admin.post(&back, &[]).await.expect_redirect();
    admin.get(&link).await.expect(200);
    // A month later the bytes of a withdrawn one are cleared away; those that are offered stay for years.
    admin.post(&withdraw, &[]).await.expect_redirect();
    app.pass(TimeDelta::days(31));
    crate::files::clean(&app).await.expect("cleared");
    let mut admin = app.signed_in("root").await;
    admin.post(&back, &[]).await.expect_redirect();
    admin.get(PAGE).await.expect_text("отозвана");
    let other = admin
        .get(PAGE)
        .await
        .attribute("a[href^='/mobile-app/download/']", "href");
    admin.get(&other.expect("a link")).await.expect(200);
    let verbs: Vec<String> =
        sqlx::query_scalar("SELECT verb FROM audit_events WHERE entity = 'app_release' ORDER BY at, id")
            .fetch_all(&app.db)
            .await
            .unwrap();
    assert_eq!(verbs, ["upload", "upload", "withdraw", "restore", "withdraw"]);
    let (mut phone, _) = app.program("anna").await;
    let answer = phone.call(Method::GET, LATEST, serde_json::Value::Null).await;
    assert_eq!(answer.expect(200).json()["version_name"], "0.7");
}
