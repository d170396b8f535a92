//! Files at a task.

use chrono::TimeDelta;

use super::{Team, set, shown, team};
use crate::files;
use crate::testing::Client;
use crate::values::TaskId;
use crate::verify::broken;

const PDF: &[u8] = b"%PDF-1.7 three pages of conditions";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and a few points";

impl Team {
    async fn keys(&self) -> Vec<String> {
        let sql = "SELECT key FROM files WHERE comment_id IS NOT NULL ORDER BY position";
        sqlx::query_scalar(sql).fetch_all(&self.app.db).await.expect("keys")
    }

    /// How many of these keys have bytes, an hour after what has been done.
    async fn bytes_left(&self, keys: &[String]) -> usize {
        self.app.pass(TimeDelta::minutes(61));
        files::clean(&self.app).await.expect("cleaned");
        let mut found = 0;
        for key in keys {
            found += usize::from(self.app.files.size(key).await.expect("an answer").is_some());
        }
        found
    }
}

/// A task with a comment that is two files and no words.
async fn with_files(browser: &mut Client, fields: &[(&str, &str)]) -> TaskId {
    let id = set(browser, fields).await;
    let add = format!("/tasks/{id}/comments/add/");
    browser
        .post_files(&add, &[("text", "")], &[("КП № 7.pdf", PDF), ("фото.png", PNG)])
        .await
        .expect_redirect();
    id
}

#[tokio::test]
async fn a_comment_carries_several_files_and_needs_no_words() {
    let mut team = team().await;
    let id = with_files(&mut team.manager, &[("title", "Согласовать")]).await;
    let page = shown(&mut team.stranger, &format!("/tasks/{id}/")).await;
    page.expect_text("КП № 7.pdf 34 Б").expect_text("фото.png");
    page.expect_text("Файлы: пусто → КП № 7.pdf (34 Б), фото.png (25 Б)");
    assert!(
        page.attribute(".thumb img", "src")
            .expect("a picture")
            .ends_with("/view/")
    );
    let path = page.attribute(".attachment", "href").expect("a link");
    let file = team.stranger.get(&path).await;
    file.expect(200);
    assert!(
        file.headers["content-disposition"]
            .to_str()
            .expect("a name")
            .starts_with("attachment")
    );
    assert_eq!(file.headers["content-security-policy"], "default-src 'none'; sandbox");
    assert_eq!(broken(&team.app).await, [""; 0]);
    // Neither words nor a file are no comment; a file that is not taken keeps the words.
    let add = format!("/tasks/{id}/comments/add/");
    team.manager.post(&add, &[("text", " ")]).await.expect(422);
    let fields = [("text", "Смотрите схему")];
    let refused = team.manager.post_files(&add, &fields, &[("схема.exe", PDF)]).await;
    refused.expect(422).expect_text("Смотрите схему");
}

#[tokio::test]
async fn an_own_comment_goes_with_its_files_and_anothers_stays() {
    let mut team = team().await;
    let id = with_files(&mut team.manager, &[("title", "Согласовать")]).await;
    let keys = team.keys().await;
    let path = format!("/tasks/{id}/");
    let page = shown(&mut team.manager, &path).await;
    let delete = page
        .attribute(
            "form[action$='/delete/'] [data-confirm-title='Удалить комментарий?']",
            "type",
        )
        .map(|_| page.attributes("form[action*='/comments/']", "action"))
        .expect("a button")
        .into_iter()
        .find(|action| action.ends_with("/delete/"))
        .expect("a form");
    assert!(!shown(&mut team.head, &path).await.page().contains(&delete));
    team.head
        .post(&delete, &[])
        .await
        .expect(403)
        .expect_text("только её автор");
    assert_eq!(team.keys().await.len(), 2);
    team.manager.post(&delete, &[]).await.expect_redirect();
    assert!(team.keys().await.is_empty());
    shown(&mut team.manager, &path)
        .await
        .expect_text("Удалён комментарий к задаче «Согласовать»");
    assert_eq!(team.bytes_left(&keys).await, 0);
    team.manager.post(&delete, &[]).await.expect(404);
    assert_eq!(broken(&team.app).await, [""; 0]);
}

#[tokio::test]
async fn files_go_with_their_task() {
    let mut team = team().await;
    let id = with_files(&mut team.manager, &[("title", "Согласовать")]).await;
    let keys = team.keys().await;
    team.manager
        .post(&format!("/tasks/{id}/delete/"), &[])
        .await
        .expect_redirect();
    assert_eq!(team.bytes_left(&keys).await, 0);
    let left = "SELECT (SELECT count(*) FROM files) + (SELECT count(*) FROM file_disposals)";
    let left: i64 = sqlx::query_scalar(left)
        .fetch_one(&team.app.db)
        .await
        .expect("a number");
    assert_eq!(left, 0);
}

#[tokio::test]
async fn files_of_tasks_go_to_the_trash_and_come_back_with_their_company() {
    let mut team = team().await;
    let company = team
        .app
        .company("Лютик")
        .of(&team.manager_actor)
        .create(&team.app)
        .await;
    let key = company.to_string();
    let id = with_files(&mut team.manager, &[("title", "Согласовать"), ("company_id", &key)]).await;
    let note = format!("/companies/{company}/notes/add/");
    team.manager
        .post_files(&note, &[], &[("Счёт.pdf", PDF)])
        .await
        .expect_redirect();
    let keys = team.keys().await;
    let gone = [("reason", "Дубль"), ("sure", "1")];
    team.head
        .post(&format!("/companies/{company}/delete/"), &gone)
        .await
        .expect_redirect();
    let all = "SELECT count(*) FROM files";
    let count: i64 = sqlx::query_scalar(all).fetch_one(&team.app.db).await.expect("a number");
    assert_eq!(count, 0);
    assert_eq!(team.bytes_left(&keys).await, 2);
    let found = files::inspect(&team.app.db, &team.app.files, true)
        .await
        .expect("looked");
    assert_eq!((found.keys, found.without_row), (3, 0), "the trash knows its files");
    let said: String = sqlx::query_scalar("SELECT contents->>'files' FROM trash")
        .fetch_one(&team.app.db)
        .await
        .expect("contents");
    assert_eq!(said, "3", "those of notes and those of comments");
    let trashed: uuid::Uuid = sqlx::query_scalar("SELECT id FROM trash")
        .fetch_one(&team.app.db)
        .await
        .expect("a row");
    team.app.person("chief", crate::policy::Role::Admin, None).await;
    let mut chief = team.app.signed_in("chief").await;
    chief
        .post(&format!("/settings/trash/{trashed}/restore/"), &[])
        .await
        .expect_redirect();
    shown(&mut team.manager, &format!("/tasks/{id}/"))
        .await
        .expect_text("КП № 7.pdf");
    assert_eq!(team.keys().await, keys);
    assert_eq!(broken(&team.app).await, [""; 0]);
}
