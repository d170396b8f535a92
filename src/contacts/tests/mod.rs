//! The room's tests.

mod cold;
mod do_not_call;
mod forms;
mod pages;
mod people;
mod quick;
mod relocate;

use super::{fragment, paths};
use crate::policy::{Actor, Role};
use crate::testing::{Client, TestApp};
use crate::values::{CompanyId, ContactId};
use crate::web::Viewer;

/// A company of Ольга's in the branch `ekb`, people in and out of it.
struct Scene {
    app: TestApp,
    owner: Actor,
    company: CompanyId,
}

async fn scene() -> Scene {
    let app = TestApp::new().await;
    let (ekb, msk) = (app.branch("ekb").await, app.branch("msk").await);
    let owner = app.person("olga", Role::Manager, Some(ekb)).await;
    app.person("colleague", Role::Manager, Some(ekb)).await;
    app.person("head", Role::SalesHead, Some(ekb)).await;
    app.person("director", Role::BranchDirector, Some(ekb)).await;
    app.person("foreign_head", Role::SalesHead, Some(msk)).await;
    app.person("foreign_director", Role::BranchDirector, Some(msk)).await;
    app.person("group", Role::GroupManager, None).await;
    app.person("admin", Role::Admin, None).await;
    let company = app.company("ООО «Ромашка»").of(&owner).create(&app).await;
    Scene { app, owner, company }
}

impl Scene {
    /// Makes a contact through the page and answers its id.
    async fn contact(&self, browser: &mut Client, fields: &[(&str, &str)]) -> ContactId {
        let path = paths::new(self.company);
        assert_eq!(
            browser.post(&path, fields).await.expect_redirect(),
            paths::list(self.company)
        );
        let newest = "SELECT id FROM contacts ORDER BY created_at DESC, id DESC LIMIT 1";
        ContactId(sqlx::query_scalar(newest).fetch_one(&self.app.db).await.unwrap())
    }

    /// A person without a company, written straight into the base.
    async fn lone(&self, last_name: &str, phone: &str) -> ContactId {
        let id = ContactId::new();
        sqlx::query("INSERT INTO contacts (id, last_name, created_by, created_at) VALUES ($1, $2, $3, $4)")
            .bind(id.0)
            .bind(last_name)
            .bind(self.owner.user.map(|user| user.0))
            .bind(self.app.now())
            .execute(&self.app.db)
            .await
            .unwrap();
        if let Some(read) = crate::values::Phone::read(phone) {
            sqlx::query(
                "INSERT INTO contact_phones (contact_id, position, raw, digits, e164) VALUES ($1, 1, $2, $3, $4)",
            )
            .bind(id.0)
            .bind(phone)
            .bind(read.digits)
            .bind(read.e164)
            .execute(&self.app.db)
            .await
            .unwrap();
        }
        id
    }

    async fn version(&self, id: ContactId) -> i32 {
        let sql = "SELECT version FROM contacts WHERE id = $1";
        sqlx::query_scalar(sql)
            .bind(id.0)
            .fetch_one(&self.app.db)
            .await
            .unwrap()
    }

    async fn count(&self, table: &'static str) -> i64 {
        let sql = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
        sqlx::query_scalar(sql).fetch_one(&self.app.db).await.unwrap()
    }

    /// The card's piece as html.
    async fn shown(&self, may_edit: bool) -> String {
        let mut conn = self.app.conn().await;
        let viewer = Viewer {
            actor: Some(self.owner),
            ..Viewer::anonymous(&self.app, "seed")
        };
        fragment(&mut conn, &viewer, self.company, may_edit)
            .await
            .unwrap()
            .to_string()
    }
}
