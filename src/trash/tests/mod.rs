//! Deleting, bringing back, erasing.

mod erasing;
mod files;
mod keeping;
mod property;
mod requests;

use sqlx::AssertSqlSafe;
use uuid::Uuid;

use crate::policy::{Actor, Role};
use crate::testing::{Client, TestApp};
use crate::values::CompanyId;

/// A branch with its manager `ivanova` and director, and an administrator.
struct Office {
    app: TestApp,
    manager: Actor,
    admin: Client,
}

async fn office() -> Office {
    let app = TestApp::new().await;
    let branch = app.branch("ekb").await;
    let manager = app.person("ivanova", Role::Manager, Some(branch)).await;
    app.person("director", Role::BranchDirector, Some(branch)).await;
    app.person("admin", Role::Admin, None).await;
    let admin = app.signed_in("admin").await;
    Office { app, manager, admin }
}

impl Office {
    /// A company with phones, e-mails, a sphere, two contacts with theirs, and notes, one of them pinned.
    async fn full_card(&self, name: &str) -> CompanyId {
        let id = self
            .app
            .company(name)
            .inn("6671234561")
            .of(&self.manager)
            .create(&self.app)
            .await;
        let key = Uuid::now_v7().simple().to_string();
        let sql = format!(
            "UPDATE companies SET status_id = 2, contract_type = 'frame', address = 'Екатеринбург, Хохрякова, 74',
                    raw_fields = '{{\"Имя\": \"Поле\"}}' WHERE id = '{id}';
             INSERT INTO company_phones (company_id, position, e164, raw, digits, comment)
             VALUES ('{id}', 0, '+73432871240', '8 343 287-12-40', '3432871240', 'приёмная'), ('{id}', 1, '', 'нет', '', '');
             INSERT INTO company_emails (company_id, position, value) VALUES ('{id}', 0, 'a{key}@romashka.example');
             INSERT INTO company_sphere_links (company_id, sphere_id) VALUES ('{id}', 3), ('{id}', 4);
             INSERT INTO contacts (id, company_id, last_name, first_name, position, imported_fields)
             SELECT gen_random_uuid(), '{id}', last, 'Пётр', 'Снабженец', '{{\"position\": \"Снабженец\"}}'
             FROM unnest(ARRAY['Белозёров', 'Тарасенко']) AS last;
             INSERT INTO contact_phones (contact_id, position, kind, e164, raw, digits)
             SELECT id, 0, 'mobile', '+79126001122', '+7 912 600-11-22', '9126001122' FROM contacts WHERE company_id = '{id}';
             INSERT INTO contact_emails (contact_id, position, value)
             SELECT id, 0, 'belozerov@romashka.example' FROM contacts WHERE company_id = '{id}';
             INSERT INTO notes (company_id, author_id, text, pinned_at)
             SELECT '{id}', (SELECT id FROM users WHERE username = 'ivanova'), 'Звонил Белозёрову, ' || n,
                    CASE n WHEN 3 THEN now() END
             FROM generate_series(1, 5) AS n;
             UPDATE companies SET search = company_search(companies) WHERE id = '{id}'"
        );
        sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&self.app.app.db)
            .await
            .expect("a card");
        id
    }

    async fn execute(&self, sql: String) {
        sqlx::raw_sql(AssertSqlSafe(sql))
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

    async fn delete(&mut self, id: CompanyId) {
        let answer = self
            .admin
            .post(
                &format!("/companies/{id}/delete/"),
                &[("reason", "Организация закрылась"), ("sure", "1")],
            )
            .await;
        assert_eq!(answer.expect_redirect(), "/companies/");
    }

    /// The address of what lies in the trash.
    async fn in_trash(&self, entity_id: Uuid) -> String {
        let id = self
            .value(&format!("SELECT id FROM trash WHERE entity_id = '{entity_id}'"))
            .await;
        format!("/settings/trash/{id}/")
    }

    async fn restore(&mut self, entity_id: Uuid) -> String {
        let path = self.in_trash(entity_id).await;
        self.admin.post(&format!("{path}restore/"), &[]).await.expect_redirect()
    }

    /// A hash of each table, but for the log and the trash. Versions and times of change of branches do not count.
    async fn hashes(&self) -> Vec<(String, String)> {
        self.hashes_but(|table| match table {
            "companies" => {
                "CASE WHEN t.head_company_id IS NULL AND t.name NOT LIKE 'Филиал%' THEN '{}' ELSE '{version,updated_at}' END::text[]"
            }
            _ => "'{}'::text[]",
        })
        .await
    }

    /// A hash of each table, but for the log, the trash and the columns that `but` names.
    async fn hashes_but(&self, but: impl Fn(&str) -> &'static str) -> Vec<(String, String)> {
        let tables: Vec<String> = sqlx::query_scalar(
            "SELECT relname::text FROM pg_class
             WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
               AND relname NOT IN ('audit_events', 'notifications', 'trash', 'sessions', '_sqlx_migrations')
             ORDER BY 1",
        )
        .fetch_all(&self.app.app.db)
        .await
        .expect("tables");
        let mut hashes = Vec::new();
        for table in tables {
            let but = but(&table);
            let sql = format!(
                "SELECT md5(string_agg((to_jsonb(t) - {but})::text, '|' ORDER BY (to_jsonb(t) - {but})::text)) FROM {table} AS t"
            );
            let hash = self.value(&sql).await;
            hashes.push((table, hash));
        }
        hashes
    }
}
