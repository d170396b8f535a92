//! The room's tests.

mod hand;
mod parsing;
mod people;
mod uploading;

use sqlx::AssertSqlSafe;

use super::paths;
use crate::policy::{Actor, Role};
use crate::testing::{Client, TestApp};
use crate::values::{CompanyId, ContactId, LetterId};

/// A company of Ольга's with an address, a contact with one, and people of ours with theirs.
struct Scene {
    app: TestApp,
    owner: Actor,
    company: CompanyId,
    contact: ContactId,
}

async fn scene() -> Scene {
    let app = TestApp::new().await;
    let (ekb, msk) = (app.branch("ekb").await, app.branch("msk").await);
    let owner = app.person("olga", Role::Manager, Some(ekb)).await;
    app.person("stranger", Role::Manager, Some(msk)).await;
    app.person("admin", Role::Admin, None).await;
    let company = app.company("ООО «Ромашка»").of(&owner).create(&app).await;
    let contact = ContactId::new();
    let scene = Scene {
        app,
        owner,
        company,
        contact,
    };
    scene
        .execute(&format!(
            "UPDATE users SET email = username || '@profi.example';
             INSERT INTO company_emails (company_id, position, value) VALUES ('{company}', 0, 'info@romashka.example');
             INSERT INTO contacts (id, company_id, last_name, first_name) VALUES ('{contact}', '{company}', 'Белозёров', 'Пётр');
             INSERT INTO contact_emails (contact_id, position, value) VALUES ('{contact}', 0, 'Belozerov@Romashka.example')"
        ))
        .await;
    scene
}

impl Scene {
    async fn execute(&self, sql: &str) {
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
            .execute(&self.app.app.db)
            .await
            .expect("a change");
    }

    async fn value(&self, sql: &str) -> String {
        let sql = format!("SELECT COALESCE(({sql})::text, '')");
        sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_one(&self.app.app.db)
            .await
            .expect("a value")
    }

    /// The only letter.
    async fn letter(&self) -> LetterId {
        self.value("SELECT id FROM letters").await.parse().expect("an id")
    }

    /// Sends one saved letter and expects that it is taken.
    async fn send(&self, browser: &mut Client, eml: &str) -> LetterId {
        let files = [("письмо.eml", eml.as_bytes())];
        let answer = browser.post_files(&paths::upload(self.company), &[], &files).await;
        assert_eq!(answer.expect_redirect(), paths::list(self.company));
        let newest = self.value("SELECT id FROM letters ORDER BY id DESC LIMIT 1").await;
        newest.parse().expect("an id")
    }
}

/// A letter of the contact's, as mail programs save it.
fn incoming(id: &str, text: &str) -> String {
    format!(
        "From: =?utf-8?B?0J/RkdGC0YAg0JHQtdC70L7Qt9GR0YDQvtCy?= <belozerov@romashka.example>\r\n\
         To: olga@profi.example\r\n\
         Subject: =?utf-8?B?0KHRh9GR0YI=?=\r\n\
         Date: Fri, 20 Nov 2026 12:30:00 +0500\r\n\
         Message-ID: <{id}@romashka.example>\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\
         \r\n\
         {text}\r\n"
    )
}

/// The same with a file.
fn with_file(id: &str) -> String {
    format!(
        "From: belozerov@romashka.example\r\nTo: olga@profi.example\r\nSubject: Offer\r\n\
         Date: Fri, 20 Nov 2026 12:30:00 +0500\r\nMessage-ID: <{id}@romashka.example>\r\n\
         Content-Type: multipart/mixed; boundary=\"b1\"\r\n\r\n\
         --b1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nСм. вложение\r\n\
         --b1\r\nContent-Type: application/pdf; name=\"=?utf-8?B?0KHRh9GR0YIucGRm?=\"\r\n\
         Content-Disposition: attachment; filename=\"=?utf-8?B?0KHRh9GR0YIucGRm?=\"\r\n\
         Content-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjcgdGhyZWUgcGFnZXM=\r\n--b1--\r\n"
    )
}
