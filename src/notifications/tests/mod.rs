//! Notices, through HTTP.

mod contracts;
mod hooks;
mod live;
mod pages;
mod telling;

use sqlx::AssertSqlSafe;

use crate::policy::{Actor, Role};
use crate::testing::{Client, TestApp};
use crate::values::{BranchId, CompanyId, UserId};

/// A branch with two managers and a director, and an administrator.
struct Office {
    app: TestApp,
    here: BranchId,
    ivanova: Actor,
    petrov: Actor,
    director: Actor,
    admin: Actor,
}

async fn office() -> Office {
    let app = TestApp::new().await;
    let here = app.branch("ekb").await;
    Office {
        ivanova: app.person("ivanova", Role::Manager, Some(here)).await,
        petrov: app.person("petrov", Role::Manager, Some(here)).await,
        director: app.person("director", Role::BranchDirector, Some(here)).await,
        admin: app.person("admin", Role::Admin, None).await,
        here,
        app,
    }
}

fn id(actor: &Actor) -> UserId {
    actor.user.expect("a person")
}

impl Office {
    async fn company(&self, name: &str, owner: &Actor) -> CompanyId {
        self.app.company(name).of(owner).create(&self.app).await
    }

    async fn browser(&self, name: &str) -> Client {
        self.app.signed_in(name).await
    }

    async fn execute(&self, sql: String) {
        let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&self.app.app.db).await;
        done.expect("a change");
    }

    /// What a person was told, oldest first: «title | body | url», those that were read in brackets.
    async fn told(&self, actor: &Actor) -> Vec<String> {
        let told = sqlx::query_scalar(
            "SELECT CASE WHEN read_at IS NULL THEN line ELSE '(' || line || ')' END
             FROM notifications, LATERAL (SELECT concat_ws(' | ', title, body, url) AS line) AS text
             WHERE user_id = $1 ORDER BY created_at, id",
        );
        told.bind(id(actor).0).fetch_all(&self.app.app.db).await.expect("rows")
    }
}
