//! Acts on many companies, through HTTP and as a property.

mod acting;
mod restoring;
mod undoing;

use sqlx::AssertSqlSafe;

use crate::policy::{Actor, Role};
use crate::testing::{Answer, Client, TestApp};
use crate::values::{BranchId, CompanyId};

/// Two branches with a manager each, and a browser of the first one.
struct Office {
    app: TestApp,
    here: BranchId,
    ivanova: Actor,
    petrov: Actor,
    browser: Client,
}

async fn office() -> Office {
    let app = TestApp::new().await;
    let (here, there) = (app.branch("ekb").await, app.branch("tmn").await);
    let ivanova = app.person("ivanova", Role::Manager, Some(here)).await;
    let petrov = app.person("petrov", Role::Manager, Some(there)).await;
    let browser = app.signed_in("ivanova").await;
    Office {
        app,
        here,
        ivanova,
        petrov,
        browser,
    }
}

impl Office {
    async fn mine(&self, name: &str) -> CompanyId {
        self.app.company(name).of(&self.ivanova).create(&self.app).await
    }

    async fn foreign(&self, name: &str) -> CompanyId {
        self.app.company(name).of(&self.petrov).create(&self.app).await
    }

    async fn execute(&self, sql: String) {
        let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&self.app.app.db).await;
        done.expect("a change");
    }

    async fn value(&self, sql: &str) -> String {
        let sql = format!("SELECT COALESCE(({sql})::text, '')");
        let value = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&self.app.app.db).await;
        value.expect("a value")
    }

    /// Prepares an act on these companies; answers its address.
    async fn prepare(&mut self, ids: &[CompanyId], wish: &[(&str, &str)]) -> String {
        start(&mut self.browser, ids, wish).await.expect_redirect()
    }

    async fn press(&mut self, act: &str, verb: &str) -> Answer {
        let done = self.browser.post(&format!("{act}{verb}/"), &[]).await;
        assert_eq!(done.expect_redirect(), act);
        self.browser.get(act).await
    }
}

async fn start(browser: &mut Client, ids: &[CompanyId], wish: &[(&str, &str)]) -> Answer {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let mut fields: Vec<(&str, &str)> = ids.iter().map(|id| ("id", id.as_str())).collect();
    fields.push(("asked", "1"));
    fields.extend(wish);
    browser.post("/companies/bulk/", &fields).await
}

/// «Изменятся 2», «Уже так 1» …, but for the empty ones.
fn verdicts(page: &Answer) -> Vec<String> {
    let all = page.texts(".verdicts dt").into_iter().zip(page.texts(".verdicts dd"));
    all.filter(|(_, count)| count != "0")
        .map(|(label, count)| format!("{label} {count}"))
        .collect()
}
