//! The pages: uploading, watching, reading the report.

use axum::body::Body;
use axum::http::{Method, header};

use super::{counts, execute, file, generated, import, report, value};
use crate::policy::Role;
use crate::testing::{Answer, Client, TestApp};

const INDEX: &str = "/settings/import/";

/// Sends a file as the form does.
async fn upload(browser: &mut Client, token: &str, bytes: &[u8]) -> Answer {
    upload_as(browser, token, bytes, &[]).await
}

/// Sends a file with other fields of the form.
pub(super) async fn upload_as(browser: &mut Client, token: &str, bytes: &[u8], fields: &[(&str, &str)]) -> Answer {
    let mut body = Vec::new();
    let mut part = |name: &str, extra: &str, value: &[u8]| {
        let head = format!("--line\r\nContent-Disposition: form-data; name=\"{name}\"{extra}\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(value);
        body.extend_from_slice(b"\r\n");
    };
    part("csrf_token", "", token.as_bytes());
    part("file", "; filename=\"выгрузка.csv\"", bytes);
    part("time_zone", "", b"Europe/Moscow");
    for (name, value) in fields {
        part(name, "", value.as_bytes());
    }
    body.extend_from_slice(b"--line--\r\n");
    let kind = "multipart/form-data; boundary=line".parse().expect("a value");
    browser.headers.insert(header::CONTENT_TYPE, kind);
    let answer = browser.send(Method::POST, INDEX, Body::from(body)).await;
    browser.headers.remove(header::CONTENT_TYPE);
    answer
}

/// The page of an import that has ended.
pub(super) async fn ended(browser: &mut Client, path: &str) -> Answer {
    for _ in 0..200 {
        let answer = browser.get(path).await;
        if answer.attribute("#import-result", "hx-trigger").is_none() {
            return answer;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the import does not end");
}

#[tokio::test]
async fn an_administrator_checks_then_imports_then_reads() {
    let app = TestApp::new().await;
    app.person("admin", Role::Admin, None).await;
    let mut browser = app.signed_in("admin").await;
    let form = browser.get(INDEX).await;
    form.expect(200)
        .expect_text("Загрузок ещё не было")
        .expect_text("100 000 строк");
    let check = upload(&mut browser, &form.csrf(), &generated(120, true))
        .await
        .expect_redirect();
    let page = ended(&mut browser, &check).await;
    page.expect_text("ничего не записано").expect_text("Добавлено");
    assert_eq!(value(&app, "SELECT count(*) FROM companies").await, "0");

    let path = browser
        .post(&format!("{check}run/"), &[("csrf_token", &form.csrf())])
        .await
        .expect_redirect();
    let page = ended(&mut browser, &path).await;
    page.expect_text("выгрузка.csv")
        .expect_text("Готово")
        .expect_text("Всё вышло так, как показала проверка");
    browser.get(&check).await.expect_text("Файл по ней уже загружали");
    assert_eq!(page.texts("tbody tr").len(), 50);
    let next = page.attribute("a[rel=next]", "href").expect("a next page");
    let second = browser.get(&next).await;
    assert_ne!(second.texts("tbody tr")[0], page.texts("tbody tr")[0]);
    let back = second.attribute("a[rel=prev]", "href").expect("a way back");
    assert_eq!(browser.get(&back).await.texts("tbody tr"), page.texts("tbody tr"));
    let skipped = browser.get(&format!("{path}?verdict=skipped")).await;
    assert!(skipped.texts("tbody .badge").iter().all(|badge| badge == "Пропущено"));

    let report = browser.get(&format!("{path}report.csv")).await;
    report.expect(200);
    assert!(
        report
            .text
            .starts_with("\u{feff}Строка;Решение;Запись;ID;Поле;Было;Стало;Пояснение\r\n")
    );
    browser.get(&format!("{path}report.xlsx")).await.expect(200);
    browser
        .get(&format!("{path}undo/"))
        .await
        .expect_text("Посмотреть, что изменится");
    browser
        .get(INDEX)
        .await
        .expect_text("выгрузка.csv")
        .expect_text("Проверка");
}

#[tokio::test]
async fn a_wrong_file_comes_back_with_a_sentence() {
    let app = TestApp::new().await;
    app.person("admin", Role::Admin, None).await;
    let mut browser = app.signed_in("admin").await;
    let token = browser.get(INDEX).await.csrf();
    upload(&mut browser, &token, b"PK\x03\x04 and no more")
        .await
        .expect(422)
        .expect_text("повреждена");
    upload(&mut browser, &token, b"GIF89a\x00\x01")
        .await
        .expect(422)
        .expect_text("не похоже на таблицу");
    upload(&mut browser, &token, b"")
        .await
        .expect(422)
        .expect_text("Файл пуст");
    assert_eq!(value(&app, "SELECT count(*) FROM imports").await, "0");
}

#[tokio::test]
async fn a_file_without_our_token_is_not_read() {
    let app = TestApp::new().await;
    app.person("admin", Role::Admin, None).await;
    let mut browser = app.signed_in("admin").await;
    upload(&mut browser, "чужой", &file(&["1,компания,,,,Ромашка"]))
        .await
        .expect(403);
    assert_eq!(value(&app, "SELECT count(*) FROM imports").await, "0");
}

#[tokio::test]
async fn only_administrators_import() {
    let app = TestApp::new().await;
    app.person("boss", Role::GroupManager, None).await;
    let mut browser = app.signed_in("boss").await;
    browser.get(INDEX).await.expect(403);
    let token = browser.get("/account/password/").await.csrf();
    upload(&mut browser, &token, &file(&["1,компания,,,,Ромашка"]))
        .await
        .expect(403);
    browser
        .get("/settings/import/00000000-0000-0000-0000-000000000000/")
        .await
        .expect(403);
}

#[tokio::test]
async fn a_changed_row_says_so_once_and_leads_to_its_cards() {
    let app = TestApp::new().await;
    app.person("admin", Role::Admin, None).await;
    let rows =
        |position: &str| format!("1,компания,,,,Ромашка,,,,Тула,500100\n2,контакт,,Анна,Ким,Ромашка,,,{position}");
    import(&app, file(&rows("a@example.ru").lines().collect::<Vec<_>>())).await;
    let text = rows("b@example.ru")
        .replace("Тула", "Тверь")
        .replace("500100", "500200");
    let summary = import(&app, file(&text.lines().collect::<Vec<_>>())).await;
    assert_eq!(counts(&summary), [0, 2, 0, 0, 0], "{}", report(&app, &summary).await);
    let mut browser = app.signed_in("admin").await;
    let page = browser.get(&format!("/settings/import/{}/", summary.id)).await;
    assert_eq!(page.texts("tbody .badge"), ["Обновлено", "Обновлено"]);
    page.expect_text("Адрес, ИНН").expect_no_text("Изменено: ");
    let contact = value(&app, "SELECT id FROM contacts").await;
    let link = page.attribute(&format!("tbody a[href='/contacts/{contact}/']"), "href");
    assert!(link.is_some(), "{}", page.text);
    page.expect_text("В ИНН должно быть 10 цифр (организация) или 12 (ИП). Записано как есть");
    execute(&app, "UPDATE companies SET inn = '7707083893'").await;
    let summary = import(
        &app,
        file(&text.replace("500200", "500300").lines().collect::<Vec<_>>()),
    )
    .await;
    let text = report(&app, &summary).await;
    assert!(text.contains("12 (ИП). Не записано"), "{text}");
}
