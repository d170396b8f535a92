//! Files of notes, through HTTP.

use std::sync::Arc;

use chrono::TimeDelta;

use super::{Scene, scene};
use crate::app::App;
use crate::config::Config;
use crate::files;
use crate::notes::paths;
use crate::store::Store;
use crate::testing::{Answer, Client};
use crate::values::NoteId;

const PDF: &[u8] = b"%PDF-1.7 three pages of conditions";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and a few points";

impl Scene {
    async fn names(&self) -> Vec<String> {
        let sql = "SELECT name FROM files WHERE note_id IS NOT NULL ORDER BY note_id, position";
        sqlx::query_scalar(sql).fetch_all(&self.app.db).await.unwrap()
    }

    async fn keys(&self) -> Vec<String> {
        let sql = "SELECT key FROM files ORDER BY id";
        sqlx::query_scalar(sql).fetch_all(&self.app.db).await.unwrap()
    }

    /// How many of these keys have bytes.
    async fn bytes(&self, keys: &[String]) -> usize {
        let mut found = 0;
        for key in keys {
            found += usize::from(self.app.files.size(key).await.unwrap().is_some());
        }
        found
    }

    async fn newest(&self) -> NoteId {
        let sql = "SELECT max(id) FROM notes";
        NoteId(sqlx::query_scalar(sql).fetch_one(&self.app.db).await.unwrap())
    }

    /// The address by which the card's reader fetches the first file.
    async fn address(&self, browser: &mut Client) -> String {
        let card = browser.get(&format!("/companies/{}/", self.company)).await;
        card.attribute(".attachment", "href").expect("a link")
    }
}

fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.headers[name].to_str().unwrap()
}

#[tokio::test]
async fn a_note_carries_several_files_and_needs_no_words() {
    let scene = scene().await;
    let mut olga = scene.app.signed_in("olga").await;
    olga.post_files(
        &paths::add(scene.company),
        &[("text", "")],
        &[("КП № 7.pdf", PDF), ("фото.png", PNG)],
    )
    .await
    .expect_redirect();
    assert_eq!(scene.names().await, ["КП № 7.pdf", "фото.png"]);
    assert_eq!(scene.texts().await, [""]);
    let card = olga.get(&format!("/companies/{}/", scene.company)).await;
    card.expect(200).expect_text("КП № 7.pdf 34 Б");
    assert!(card.attribute(".thumb img", "src").unwrap().ends_with("/view/"));
    assert_eq!(crate::verify::broken(&scene.app).await, [""; 0]);
}

#[tokio::test]
async fn everybody_fetches_a_file_and_no_browser_takes_it_for_a_page() {
    let scene = scene().await;
    let mut olga = scene.app.signed_in("olga").await;
    olga.post_files(&paths::add(scene.company), &[], &[("Договор «А».pdf", PDF)])
        .await
        .expect_redirect();
    let mut reader = scene.app.signed_in("foreign_head").await;
    let path = scene.address(&mut reader).await;
    let file = reader.get(&path).await;
    file.expect(200);
    assert_eq!(file.bytes, PDF);
    assert_eq!(header(&file, "content-type"), "application/pdf");
    assert_eq!(header(&file, "content-security-policy"), "default-src 'none'; sandbox");
    assert_eq!(header(&file, "x-content-type-options"), "nosniff");
    assert_eq!(header(&file, "content-length"), PDF.len().to_string());
    assert_eq!(
        header(&file, "content-disposition"),
        "attachment; filename=\"_______ ___.pdf\"; \
         filename*=UTF-8''%D0%94%D0%BE%D0%B3%D0%BE%D0%B2%D0%BE%D1%80%20%C2%AB%D0%90%C2%BB.pdf"
    );
    reader.get(&format!("{path}view/")).await.expect(404);
    // What the browser has already is not sent again.
    let etag = file.headers["etag"].clone();
    reader.headers.insert("if-none-match", etag);
    let again = reader.get(&path).await;
    again.expect(304);
    assert!(again.bytes.is_empty());
}

#[tokio::test]
async fn what_is_not_a_paper_is_refused_with_a_sentence_and_nothing_else_is_lost() {
    let scene = scene().await;
    let mut olga = scene.app.signed_in("olga").await;
    let long = vec![b'a'; 20 * 1024 * 1024 + 1];
    let bad: [(&str, &[u8], &str); 7] = [
        ("вирус.exe", b"MZ", "программы, веб-страницы"),
        ("страница.html", b"<p>", "программы, веб-страницы"),
        ("рисунок.svg", b"<svg>", "программы, веб-страницы"),
        ("счёт.pdf", b"<html><script>", "не похоже на PDF"),
        ("список.txt", b" <!DOCTYPE html>", "не похоже на TXT"),
        ("пусто.pdf", b"", "он пуст"),
        ("много.txt", &long, "больше 20 МБ"),
    ];
    for (name, bytes, sentence) in bad {
        let page = olga
            .post_files(
                &paths::add(scene.company),
                &[("text", "важные слова")],
                &[("КП.pdf", PDF), (name, bytes)],
            )
            .await;
        page.expect(422).expect_text(name).expect_text(sentence);
        assert_eq!(page.texts("textarea"), ["важные слова"]);
        assert_eq!(page.texts(".upload .check"), ["КП.pdf"], "the good file stays chosen");
    }
    assert_eq!(scene.texts().await, [""; 0]);
}

#[tokio::test]
async fn a_refused_form_is_sent_again_with_the_files_it_already_brought() {
    let scene = scene().await;
    let mut olga = scene.app.signed_in("olga").await;
    let path = paths::add(scene.company);
    let long = "я".repeat(20_001);
    let page = olga.post_files(&path, &[("text", &long)], &[("КП.pdf", PDF)]).await;
    page.expect(422).expect_text("1 лишний знак");
    let kept = page.attribute("input[name=kept]", "value").unwrap();
    olga.post(&path, &[("text", "короче"), ("kept", &kept)])
        .await
        .expect_redirect();
    assert_eq!(scene.names().await, ["КП.pdf"]);
    // What a note holds is nobody's to take into another one.
    let again = olga.post(&path, &[("text", "ещё"), ("kept", &kept)]).await;
    again.expect(422).expect_text("Выберите их ещё раз");
}

#[tokio::test]
async fn a_file_sent_ahead_belongs_to_its_sender_until_a_note_holds_it() {
    let scene = scene().await;
    let mut olga = scene.app.signed_in("olga").await;
    let line = olga.post_files("/files/", &[], &[("снимок.png", PNG)]).await;
    line.expect(200);
    let id = line.attribute("input[name=kept]", "value").unwrap();
    let mut colleague = scene.app.signed_in("colleague").await;
    colleague.get(&format!("/files/{id}/")).await.expect(404);
    let taken = colleague
        .post(&paths::add(scene.company), &[("text", "моё"), ("kept", &id)])
        .await;
    taken.expect(422);
    olga.get(&format!("/files/{id}/view/")).await.expect(200);
    olga.post(&paths::add(scene.company), &[("kept", &id)])
        .await
        .expect_redirect();
    colleague.get(&format!("/files/{id}/view/")).await.expect(200);
    let refused = olga.post_files("/files/", &[], &[("a.exe", b"MZ")]).await;
    refused.expect(422);
    assert!(refused.text.contains("не принят"));
}

#[tokio::test]
async fn no_more_than_ten_files_come_to_a_note() {
    let scene = scene().await;
    let mut olga = scene.app.signed_in("olga").await;
    let eleven = vec![("a.pdf", PDF); 11];
    let page = olga
        .post_files(&paths::add(scene.company), &[("text", "а")], &eleven)
        .await;
    page.expect(422).expect_text("не больше 10 файлов");
    assert_eq!(page.texts(".upload").len(), 10);
    olga.post_files(&paths::add(scene.company), &[("text", "а")], &eleven[..10])
        .await
        .expect_redirect();
    let id = scene.newest().await;
    let fields = [("text", "а"), ("version", "1")];
    let page = olga
        .post_files(&paths::edit(scene.company, id), &fields, &eleven[..2])
        .await;
    page.expect(422).expect_text("не больше 10 файлов: 2 лишних файла");
}

#[tokio::test]
async fn editing_adds_and_removes_files_and_the_journal_tells_which() {
    let scene = scene().await;
    let mut olga = scene.app.signed_in("olga").await;
    olga.post_files(
        &paths::add(scene.company),
        &[("text", "а")],
        &[("старый.pdf", PDF), ("схема.png", PNG)],
    )
    .await
    .expect_redirect();
    let (id, keys) = (scene.newest().await, scene.keys().await);
    let path = paths::edit(scene.company, id);
    let form = olga.get(&path).await;
    let old = form.attribute("input[name=remove]", "value").unwrap();
    olga.post_files(
        &path,
        &[("text", "а"), ("version", "1"), ("remove", &old)],
        &[("новый.pdf", PDF)],
    )
    .await
    .expect_redirect();
    assert_eq!(scene.names().await, ["схема.png", "новый.pdf"]);
    let sql = "SELECT changes->'note_files'->>'new' FROM audit_events WHERE entity = 'note' AND verb = 'update'";
    let now: String = sqlx::query_scalar(sql).fetch_one(&scene.app.db).await.unwrap();
    assert_eq!(now, "схема.png (25 Б), новый.pdf (34 Б)");
    // A backup that has just read the rows still finds the bytes; an hour later they are gone.
    files::clean(&scene.app).await.unwrap();
    assert_eq!(scene.bytes(&keys).await, 2);
    scene.app.pass(TimeDelta::minutes(61));
    files::clean(&scene.app).await.unwrap();
    assert_eq!(scene.bytes(&keys).await, 1);
    assert_eq!(crate::verify::broken(&scene.app).await, [""; 0]);
}

#[tokio::test]
async fn a_second_edit_of_a_note_keeps_the_files_it_brought() {
    let scene = scene().await;
    let mut olga = scene.app.signed_in("olga").await;
    let id = scene.note(&mut olga, "начало").await;
    let path = paths::edit(scene.company, id);
    let one = [("text", "первый"), ("version", "1")];
    olga.post(&path, &one).await.expect_redirect();
    let two = [("text", "второй"), ("version", "1")];
    let page = olga.post_files(&path, &two, &[("КП.pdf", PDF)]).await;
    page.expect(409).expect_text("первый").expect_text("второй");
    let kept = page.attribute("input[name=kept]", "value").unwrap();
    let version = page.attribute("input[name=version]", "value").unwrap();
    olga.post(&path, &[("text", "второй"), ("version", &version), ("kept", &kept)])
        .await
        .expect_redirect();
    assert_eq!(scene.names().await, ["КП.pdf"]);
}

#[tokio::test]
async fn a_removed_note_takes_its_files_along() {
    let scene = scene().await;
    let mut olga = scene.app.signed_in("olga").await;
    olga.post_files(&paths::add(scene.company), &[], &[("КП.pdf", PDF)])
        .await
        .expect_redirect();
    let (id, keys) = (scene.newest().await, scene.keys().await);
    let path = scene.address(&mut olga).await;
    olga.post(&paths::delete(scene.company, id), &[])
        .await
        .expect_redirect();
    olga.get(&path).await.expect(404);
    scene.app.pass(TimeDelta::minutes(61));
    files::clean(&scene.app).await.unwrap();
    assert_eq!(scene.bytes(&keys).await, 0);
    let left: i64 = sqlx::query_scalar("SELECT (SELECT count(*) FROM files) + (SELECT count(*) FROM file_disposals)")
        .fetch_one(&scene.app.db)
        .await
        .unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn a_passive_copy_removes_nothing_from_a_store_that_the_working_one_may_use() {
    let scene = scene().await;
    let (key, store) = ("a".repeat(32), Store::in_shared_memory());
    let mut writer = store.write(&key).unwrap();
    writer.write(b"a").await.unwrap();
    writer.finish().await.unwrap();
    let sql = "INSERT INTO file_disposals (key, due_at) VALUES ($1, 'epoch')";
    sqlx::query(sql).bind(&key).execute(&scene.app.db).await.unwrap();
    let working = Config {
        passive: false,
        ..scene.app.config.as_ref().clone()
    };
    let mut app = App {
        files: store.clone(),
        ..scene.app.app.clone()
    };
    files::clean(&app).await.unwrap();
    assert!(store.size(&key).await.unwrap().is_some(), "CRM_PASSIVE=1");
    assert!(store.remove(&key, None).await.is_err());
    app.config = Arc::new(working);
    let restored = async |is: bool| {
        let sql = "UPDATE system_state SET is_passive = $1";
        sqlx::query(sql).bind(is).execute(&scene.app.db).await.unwrap();
    };
    restored(true).await;
    files::clean(&app).await.unwrap();
    assert!(store.size(&key).await.unwrap().is_some(), "restored");
    restored(false).await;
    files::clean(&app).await.unwrap();
    assert!(store.size(&key).await.unwrap().is_none());
}

#[tokio::test]
async fn files_that_no_note_took_go_after_a_day() {
    let scene = scene().await;
    let mut olga = scene.app.signed_in("olga").await;
    olga.post_files("/files/", &[], &[("КП.pdf", PDF)]).await.expect(200);
    let keys = scene.keys().await;
    scene.app.pass(TimeDelta::hours(23));
    files::clean(&scene.app).await.unwrap();
    assert_eq!(scene.bytes(&keys).await, 1);
    scene.app.pass(TimeDelta::hours(2));
    files::clean(&scene.app).await.unwrap();
    assert_eq!((scene.bytes(&keys).await, scene.keys().await.len()), (0, 0));
}

#[tokio::test]
async fn one_form_with_a_file_sent_twice_makes_one_note() {
    let scene = scene().await;
    let mut olga = scene.app.signed_in("olga").await;
    let key = crate::web::form_key();
    let fields = [("text", "раз"), ("form_key", key.as_str())];
    for _ in 0..2 {
        olga.post_files(&paths::add(scene.company), &fields, &[("КП.pdf", PDF)])
            .await
            .expect_redirect();
    }
    assert_eq!(scene.texts().await, ["раз"]);
    assert_eq!(scene.names().await, ["КП.pdf"]);
}

#[tokio::test]
async fn a_form_with_files_from_elsewhere_is_refused_before_anything_is_stored() {
    let scene = scene().await;
    let mut olga = scene.app.signed_in("olga").await;
    let body =
        "--limit\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n%PDF-\r\n--limit--\r\n";
    let kind = "multipart/form-data; boundary=limit".parse().unwrap();
    olga.headers.insert("content-type", kind);
    for path in [paths::add(scene.company), "/files/".to_owned()] {
        olga.send(axum::http::Method::POST, &path, body.into())
            .await
            .expect(403);
    }
    assert!(scene.keys().await.is_empty());
}
