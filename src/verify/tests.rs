//! The checks see what is broken, and nothing else.

use sqlx::AssertSqlSafe;

use super::{CHECKS, broken, run};
use crate::policy::Role;
use crate::testing::TestApp;

async fn execute(app: &TestApp, sql: &str) {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
        .execute(&app.app.db)
        .await
        .expect("SQL");
}

#[tokio::test]
async fn a_fresh_base_is_whole() {
    let app = TestApp::new().await;
    assert_eq!(broken(&app).await, [""; 0]);
    run(&app).await.expect("whole");
}

/// A part of a check's name, and what it must find.
const BREACHES: &[(&str, &str)] = &[
    (
        "поисковые слова",
        "UPDATE companies SET name = 'Переименована мимо программы'",
    ),
    ("ключ названия", "UPDATE companies SET name_key = ''"),
    (
        "не образуют круг",
        "WITH pair AS (SELECT min(id::text)::uuid AS one, max(id::text)::uuid AS two FROM companies)
             UPDATE companies SET head_company_id = CASE id WHEN one THEN two ELSE one END FROM pair",
    ),
    (
        "телефоны компаний",
        "INSERT INTO company_phones (company_id, position, raw, e164, digits)
             SELECT id, 0, '1', '+79120000000', '9120000001' FROM companies",
    ),
    (
        "телефоны контактов",
        "INSERT INTO contacts (id, company_id) SELECT gen_random_uuid(), id FROM companies;
             INSERT INTO contact_phones (contact_id, position, raw, e164, digits)
             SELECT id, 0, '1', '+79120000000', '9120000001' FROM contacts",
    ),
    (
        "есть запись в журнале",
        "INSERT INTO audit_events (id, verb, entity, entity_id, company_id)
             SELECT gen_random_uuid(), 'update', 'company', id::text, id FROM companies;
             UPDATE companies SET created_by = (SELECT min(id) FROM users)",
    ),
    (
        "нет в базе",
        "INSERT INTO trash (id, entity, entity_id, title, deleted_at, purge_at, contents, rows)
             SELECT gen_random_uuid(), 'company', id, name, now(), now(), '{}', '[]' FROM companies",
    ),
    (
        "решения об удалении",
        "INSERT INTO deletion_requests (company_id, company_name, reason, created_at)
             VALUES (gen_random_uuid(), 'Никто', 'Дубль', now())",
    ),
    (
        "есть текст или файл",
        "INSERT INTO notes (company_id, text) SELECT id, '' FROM companies",
    ),
    (
        "письма из файла",
        "INSERT INTO letters (id, company_id, direction, source, sent_at, from_name, from_address, subject, text)
             SELECT gen_random_uuid(), id, 'in', 'eml', now(), '', 'a@b.example', '', '' FROM companies LIMIT 1",
    ),
    (
        "не ждут удаления",
        "INSERT INTO notes (company_id, text) SELECT id, 'Слова' FROM companies LIMIT 1;
             INSERT INTO files (id, note_id, key, name, size, content_type, sha256)
             SELECT gen_random_uuid(), id, repeat('a', 32), 'a.pdf', 1, '', repeat('b', 64) FROM notes;
             INSERT INTO file_disposals VALUES (repeat('a', 32), now())",
    ),
    (
        "есть его байты",
        "INSERT INTO notes (company_id, text) SELECT id, 'Слова' FROM companies LIMIT 1;
             INSERT INTO files (id, note_id, key, name, size, content_type, sha256)
             SELECT gen_random_uuid(), id, repeat('a', 32), 'a.pdf', 1, '', repeat('b', 64) FROM notes",
    ),
    (
        "комментарии задачи",
        "INSERT INTO tasks (id, title, assignee_id) SELECT gen_random_uuid(), 'Дело', id FROM users LIMIT 1;
             INSERT INTO task_comments (id, task_id, text) SELECT gen_random_uuid(), id, '' FROM tasks",
    ),
    (
        "у отключённых людей",
        "INSERT INTO sessions (id, token_hash, user_id, expires_at)
             SELECT gen_random_uuid(), 'a', id, now() + interval '1 day' FROM users LIMIT 1;
             UPDATE users SET is_active = false",
    ),
    (
        "не более чем одному телефону",
        "INSERT INTO call_requests (id, user_id, created_by, phone, click_key, expires_at)
             SELECT gen_random_uuid(), id, id, '+79123456789', gen_random_uuid(), now() FROM users;
             INSERT INTO call_steps (call_id, step, device_id)
             SELECT id, 'delivered', gen_random_uuid() FROM call_requests CROSS JOIN generate_series(1, 2)",
    ),
    (
        "после своего срока",
        "INSERT INTO call_requests (id, user_id, created_by, phone, click_key, expires_at)
             SELECT gen_random_uuid(), id, id, '+79123456789', gen_random_uuid(), now() FROM users;
             INSERT INTO call_steps (call_id, step, at)
             SELECT id, 'delivered', now() + interval '1 minute' FROM call_requests",
    ),
    (
        "загрузки сходятся",
        "INSERT INTO imports (id, file_name, file_sha256, is_dry_run, state, rows_total)
             VALUES (gen_random_uuid(), 'a.csv', '', false, 'done', 3)",
    ),
];

#[tokio::test]
async fn every_check_finds_its_breach() {
    assert_eq!(
        BREACHES.len(),
        CHECKS.len() + 1,
        "each check has a breach that it finds"
    );
    for (part, sql) in BREACHES {
        let app = TestApp::new().await;
        app.person("petrov", Role::Manager, None).await;
        app.company("Ромашка").create(&app).await;
        app.company("Лютик").create(&app).await;
        assert_eq!(broken(&app).await, [""; 0]);
        execute(&app, sql).await;
        let found = broken(&app).await;
        assert!(
            found.iter().any(|name| name.contains(part)),
            "«{part}» is not among {found:?}"
        );
        run(&app).await.expect_err("broken");
    }
}
