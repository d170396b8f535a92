//! Duplicates through the pages.

mod finding;
mod merging;
mod people;
mod splitting;

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

    /// A company with phones, e-mails, spheres, two contacts with theirs, notes, one of them pinned and one with a file, and
    /// tasks: open and done ones, one with a comment and a file, two of a series; a phone and a contact are common to all such cards.
    pub(super) async fn full_card(&self, name: &str, seed: u32) -> CompanyId {
        let owner = self.manager.user.expect("a person");
        let id = self.app.company(name).of(&self.manager).create(&self.app).await;
        let [key, at_task] = [(); 2].map(|()| uuid::Uuid::now_v7().simple().to_string());
        self.execute(format!(
            "UPDATE companies SET inn = '66712345{seed:02}', address = 'Хохрякова, {seed}', address_key = 'хохрякова {seed}',
                    website = 'site{seed}.example', amocrm_company_id = {seed}, raw_fields = '{{\"Имя\": \"Поле\"}}'
             WHERE id = '{id}';
             INSERT INTO company_phones (company_id, position, e164, raw, digits, comment)
             VALUES ('{id}', 0, '+73432871240', '8 343 287-12-40', '3432871240', 'приёмная'),
                    ('{id}', 1, '+734328712{seed:02}', '8 343 287-12-{seed:02}', '34328712{seed:02}', '');
             INSERT INTO company_emails (company_id, position, value)
             VALUES ('{id}', 0, 'info@romashka.example'), ('{id}', 1, 'a{key}@romashka.example');
             INSERT INTO company_sphere_links (company_id, sphere_id) VALUES ('{id}', 1), ('{id}', 1 + {seed} % 4 + 1);
             INSERT INTO contacts (id, company_id, last_name, first_name, position, created_by, created_at)
             SELECT gen_random_uuid(), '{id}', last, 'Пётр', 'Снабженец', {owner}, '2026-01-01'
             FROM unnest(ARRAY['Белозёров', 'Тарасенко{seed}']) AS last;
             INSERT INTO contact_phones (contact_id, position, kind, e164, raw, digits)
             SELECT id, 1, 'mobile', '+79126001122', '+7 912 600-11-22', '9126001122' FROM contacts WHERE company_id = '{id}';
             INSERT INTO contact_emails (contact_id, position, value)
             SELECT id, 1, 'belozerov{seed}@romashka.example' FROM contacts WHERE company_id = '{id}';
             INSERT INTO notes (company_id, author_id, text, pinned_at, created_at)
             SELECT '{id}', {owner}, 'Звонил, ' || n, CASE n WHEN 3 THEN now() END, '2026-01-01'
             FROM generate_series(1, 5) AS n;
             INSERT INTO task_series (id, rule, starts_at, zone, title, company_id, author_id, assignee_id, reached, next_at)
             VALUES (gen_random_uuid(), 'FREQ=WEEKLY', '2026-11-02 10:00', 'Europe/Moscow', 'Сверка', '{id}', {owner},
                     {owner}, '2026-11-09 10:00', '2026-11-16 07:00Z');
             INSERT INTO tasks (id, title, status, company_id, author_id, assignee_id, due_at, closed_at, result, series_id,
                                occurrence, created_at, updated_at)
             SELECT gen_random_uuid(), title, status, '{id}', {owner}, {owner}, ('2026-11-0' || n || ' 10:00Z')::timestamptz,
                    CASE status WHEN 'done' THEN timestamptz '2026-11-03' END, CASE status WHEN 'done' THEN 'Готово' ELSE '' END,
                    (SELECT series.id FROM task_series AS series WHERE title = 'Сверка' AND company_id = '{id}'),
                    CASE title WHEN 'Сверка' THEN timestamp '2026-11-02' + (n - 2) * interval '1 day' END, '2026-11-01', '2026-11-01'
             FROM (VALUES ('Сверка', 'done', 2), ('Сверка', 'new', 9)) AS row (title, status, n);
             INSERT INTO tasks (id, title, status, company_id, author_id, assignee_id, created_at, updated_at)
             VALUES (gen_random_uuid(), 'Выставить счёт {seed}', 'in_progress', '{id}', {owner}, {owner}, '2026-11-01', '2026-11-01');
             INSERT INTO task_comments (id, task_id, author_id, text, created_at)
             SELECT gen_random_uuid(), id, {owner}, 'Ждём оплату', '2026-11-01' FROM tasks
             WHERE company_id = '{id}' AND status = 'in_progress';
             INSERT INTO files (id, note_id, comment_id, key, name, size, content_type, sha256)
             SELECT gen_random_uuid(), note, comment, key, 'Счёт.pdf', 1, 'application/pdf', repeat('b', 64)
             FROM (SELECT max(id) AS note, NULL::uuid AS comment, '{key}' AS key FROM notes WHERE company_id = '{id}'
                   UNION ALL
                   SELECT NULL, comment.id, '{at_task}' FROM task_comments AS comment
                   JOIN tasks AS task ON task.id = task_id WHERE company_id = '{id}') AS place;
             UPDATE companies SET search = company_search(companies) WHERE id = '{id}'"
        ))
        .await;
        for key in [&key, &at_task] {
            let mut writer = self.app.files.write(key).expect("a store");
            writer.write(b"a").await.expect("a byte");
            writer.finish().await.expect("bytes");
        }
        id
    }

    /// Tables that have this word in any text or JSON.
    pub(super) async fn tables_with(&self, word: &str) -> Vec<String> {
        let columns: Vec<(String, String)> = sqlx::query_as(
            "SELECT table_name::text, column_name::text FROM information_schema.columns
             WHERE table_schema = 'public' AND (data_type IN ('text', 'jsonb', 'tsvector') OR data_type = 'ARRAY')",
        )
        .fetch_all(&self.app.app.db)
        .await
        .expect("columns");
        let mut found = Vec::new();
        for (table, column) in columns {
            let count = format!("SELECT count(*) FROM {table} WHERE {column}::text ILIKE '%{word}%'");
            if self.value(&count).await != "0" {
                found.push(format!("{table}.{column}"));
            }
        }
        found
    }

    /// A hash of each table, but for the log and what merges and the search for duplicates keep for themselves. Versions
    /// do not count: forms that are open must not take the card for the one they show.
    pub(super) async fn hashes(&self) -> Vec<(String, String)> {
        let tables: Vec<String> = sqlx::query_scalar(
            "SELECT relname::text FROM pg_class
             WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
               AND relname NOT IN ('audit_events', 'sessions', '_sqlx_migrations', 'submitted_forms', 'merges',
                                   'merged_records', 'duplicate_pairs', 'duplicate_groups', 'duplicate_members',
                                   'duplicate_passes')
             ORDER BY 1",
        )
        .fetch_all(&self.app.app.db)
        .await
        .expect("tables");
        let mut hashes = Vec::new();
        for table in tables {
            let sql = format!(
                "SELECT md5(string_agg((to_jsonb(t) - 'version')::text, '|' ORDER BY (to_jsonb(t) - 'version')::text))
                 FROM {table} AS t"
            );
            let hash = self.value(&sql).await;
            hashes.push((table, hash));
        }
        hashes
    }
}
