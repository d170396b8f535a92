//! Duplicates through the pages.

mod finding;

use sqlx::AssertSqlSafe;

use crate::policy::{Actor, Role};
use crate::testing::{Client, TestApp};
use crate::values::CompanyId;
use crate::values::text::{address_key, name_key};

/// A team of one branch and its administrator.
pub(super) struct Team {
    pub(super) app: TestApp,
    pub(super) manager: Actor,
    pub(super) stranger: Actor,
    pub(super) admin: Client,
}

pub(super) async fn team() -> Team {
    let app = TestApp::new().await;
    let (here, there) = (app.branch("ekb").await, app.branch("tmn").await);
    let manager = app.person("ivanova", Role::Manager, Some(here)).await;
    let stranger = app.person("petrov", Role::Manager, Some(there)).await;
    app.person("admin", Role::Admin, None).await;
    let admin = app.signed_in("admin").await;
    Team {
        app,
        manager,
        stranger,
        admin,
    }
}

impl Team {
    pub(super) async fn execute(&self, sql: String) {
        sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&self.app.app.db)
            .await
            .expect("a change");
    }

    pub(super) async fn value(&self, sql: &str) -> String {
        let sql = format!("SELECT COALESCE(({sql})::text, '')");
        sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_one(&self.app.app.db)
            .await
            .expect("a value")
    }

    /// A company of nobody with this ИНН, КПП, address, phone and e-mail; empty: without.
    pub(super) async fn card(&self, name: &str, [inn, kpp, address, phone, email]: [&str; 5]) -> CompanyId {
        let id = self.app.company(name).inn(inn).create(&self.app).await;
        let (name_key, address_key) = (name_key(name), address_key(address));
        self.execute(format!(
            "UPDATE companies SET kpp = '{kpp}', address = '{address}', address_key = '{address_key}',
                    name_key = '{name_key}' WHERE id = '{id}';
             INSERT INTO company_phones (company_id, position, e164, raw, digits)
             SELECT '{id}', 0, '+7{phone}', '{phone}', '{phone}' WHERE '{phone}' <> '';
             INSERT INTO company_emails (company_id, position, value) SELECT '{id}', 0, '{email}' WHERE '{email}' <> '';
             UPDATE companies SET search = company_search(companies) WHERE id = '{id}'"
        ))
        .await;
        id
    }

    pub(super) async fn find(&self) {
        crate::duplicates::find(&self.app).await.expect("a pass");
    }

    /// How many groups there are, and of how many cards.
    pub(super) async fn groups(&self) -> String {
        self.value(
            "SELECT string_agg(size::text, ' ' ORDER BY size)
             FROM (SELECT count(*) AS size FROM duplicate_members GROUP BY group_id) AS sizes",
        )
        .await
    }
}
