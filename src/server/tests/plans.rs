//! No hot page reads a table from its beginning to its end. Postgres itself counts what each page reads, on a base that
//! is large enough for its planner to see what an index is for.

use std::fmt::Write as _;

use crate::demo::{self, SeedOptions};
use crate::policy::Role;
use crate::testing::{Client, PASSWORD, TestApp};

/// Enough rows for a scan to be seen: of the companies, and of tables that have more of them.
const COMPANIES: u64 = 5_000;
/// Tables of fewer rows may be read whole: dictionaries, people.
const SMALL: i64 = 2_500;
/// Rows that a page may look at in one table: what is walked through in search of a full page, and some more.
const MOST: i64 = 1_900;

/// Rows read so far of each large table, from its beginning and by its indexes.
async fn counted(app: &TestApp) -> Vec<(String, i64, i64)> {
    sqlx::query_as(
        "SELECT relname::text, seq_tup_read,
                COALESCE(idx_tup_fetch, 0) + COALESCE((SELECT max(idx_tup_read) FROM pg_stat_user_indexes AS own
                                                       WHERE own.relid = tables.relid), 0)
         FROM pg_stat_user_tables AS tables
         WHERE (SELECT reltuples FROM pg_class WHERE oid = relid) >= $1
         ORDER BY relname",
    )
    .bind(SMALL)
    .fetch_all(&app.db)
    .await
    .unwrap()
}

/// Waits until the connections of a page are gone: they tell what they have read at the latest when they end.
async fn end(app: &TestApp, own: TestApp) {
    own.db.close().await;
    let open = "SELECT count(*) FROM pg_stat_activity
                WHERE datname = current_database() AND application_name = 'page of its own'";
    while sqlx::query_scalar::<_, i64>(open).fetch_one(&app.db).await.unwrap() > 0 {}
}

/// What this page reads too much of; empty: nothing.
async fn excess(app: &TestApp, admin: &Client, path: &str) -> String {
    let before = counted(app).await;
    let own = app.reconnected();
    let answer = admin.moved_to(&own).get(path).await;
    end(app, own).await;
    let mut found = String::new();
    if answer.status != 200 {
        let _ = write!(found, " answered {}", answer.status);
    }
    for ((table, scanned, read), (_, scanned_after, read_after)) in before.into_iter().zip(counted(app).await) {
        let (scanned, read) = (scanned_after - scanned, read_after - read);
        if scanned > MOST || read > 2 * MOST {
            let _ = write!(found, " {table}: {scanned} scanned, {read} by index;");
        }
    }
    found
}

async fn word(app: &TestApp, sql: &str) -> String {
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql.to_owned()))
        .fetch_one(&app.db)
        .await
        .unwrap()
}

/// Those who asked not to be called, and all others.
const NO_CALLS: [&str; 6] = [
    "/companies/?do_not_call=0",
    "/companies/?do_not_call=1",
    "/companies/?do_not_call=1&sort=name",
    "/companies/?do_not_call=1&sort=status",
    "/companies/?do_not_call=1&sphere=5",
    "/companies/count/?do_not_call=1",
];

/// What people work through all day.
const WORK: [&str; 10] = [
    "/",
    "/?scope=all",
    "/tasks/",
    "/tasks/?scope=all",
    "/tasks/?scope=all&when=overdue",
    "/tasks/week/",
    "/calls/",
    "/companies/?overdue=1",
    "/companies/?branch=1",
    "/companies/?contract_type=frame",
];

/// The timeline of a card in its parts.
const FEEDS: [&str; 5] = ["notes", "changes", "tasks", "calls", "letters"];

/// The list in all its orders and with all its filters, the searches, a card, what people type into forms, the logs.
#[expect(clippy::too_many_lines, reason = "one list")]
async fn paths(app: &TestApp) -> Vec<String> {
    let id = word(app, "SELECT id::text FROM companies ORDER BY id OFFSET 1234 LIMIT 1").await;
    let name = word(
        app,
        "SELECT (text_words(name_key))[1] FROM companies ORDER BY id OFFSET 1234 LIMIT 1",
    )
    .await;
    let inn = word(
        app,
        "SELECT inn FROM companies WHERE inn <> '' ORDER BY id OFFSET 77 LIMIT 1",
    )
    .await;
    let phone = word(
        app,
        "SELECT digits FROM company_phones WHERE digits <> '' ORDER BY id OFFSET 99 LIMIT 1",
    )
    .await;
    let person = word(app, "SELECT max(responsible_id)::text FROM companies").await;
    let encode = |text: &str| {
        form_urlencoded::Serializer::new(String::new())
            .append_pair("q", text)
            .finish()
    };
    let mut paths = vec![
        "/companies/?status=2".to_owned(),
        format!("/companies/?responsible={person}"),
        format!("/companies/?responsible={person}&status=2"),
        "/companies/?sphere=5".to_owned(),
        "/companies/?sphere=5&sphere=7".to_owned(),
        "/companies/?cold_call=1".to_owned(),
        format!("/companies/?do_not_call=1&responsible={person}"),
        "/companies/?region=1".to_owned(),
        "/companies/?region=none".to_owned(),
        format!("/companies/?region=1&responsible={person}"),
        "/companies/count/?region=1".to_owned(),
        // One word alone is walked to along the order: with so few companies that is all of them, and rightly so.
        format!("/companies/?{}", encode(&format!("ооо {name}"))),
        format!("/companies/?{}", encode(&inn)),
        format!("/companies/?{}", encode(&phone)),
        format!("/companies/{id}/"),
        format!("/companies/duplicates/?name=&inn={inn}&phone={phone}"),
        format!("/search/?{}", encode(&phone)),
        "/contacts/".to_owned(),
        "/companies/deletions/".to_owned(),
        "/companies/bulk/".to_owned(),
        "/settings/activity/".to_owned(),
        format!("/settings/activity/?person={person}"),
        "/settings/security/".to_owned(),
        "/settings/trash/".to_owned(),
        "/settings/users/".to_owned(),
    ];
    paths.extend(NO_CALLS.map(str::to_owned));
    paths.extend(WORK.map(str::to_owned));
    paths.extend(FEEDS.map(|feed| format!("/companies/{id}/?feed={feed}")));
    let surname = word(
        app,
        "SELECT last_name FROM contacts WHERE last_name <> '' ORDER BY id OFFSET 99 LIMIT 1",
    )
    .await;
    paths.push(format!("/contacts/?{}", encode(&surname)));
    for tasks in ["none", "today", "week", "overdue"] {
        paths.push(format!("/companies/?tasks={tasks}"));
        paths.push(format!("/companies/?tasks={tasks}&sort=name"));
        paths.push(format!("/companies/?tasks={tasks}&responsible={person}"));
    }
    for sort in [
        "updated_at",
        "created_at",
        "name",
        "inn",
        "contract_until",
        "status",
        "responsible",
        "branch",
    ] {
        paths.extend(["asc", "desc"].map(|direction| format!("/companies/?sort={sort}&dir={direction}")));
    }
    paths
}

/// Lists as programs ask for them.
async fn calls(app: &TestApp) -> Vec<String> {
    let company = word(app, "SELECT company_id::text FROM notes ORDER BY id OFFSET 77 LIMIT 1").await;
    let person = word(app, "SELECT max(responsible_id)::text FROM companies").await;
    let mut calls = vec![
        format!("/api/companies/?responsible={person}"),
        "/api/companies/?status=2&page_size=100".to_owned(),
        "/api/companies/?region=1&page_size=100".to_owned(),
        "/api/contacts/?page_size=100".to_owned(),
        "/api/contacts/?ordering=updated_at".to_owned(),
        format!("/api/contacts/?company={company}"),
        "/api/company-notes/?page_size=100".to_owned(),
        "/api/company-notes/?ordering=created_at".to_owned(),
        format!("/api/company-notes/?company={company}"),
        format!("/api/tasks/?company={company}"),
        format!("/api/tasks/?assigned_to={person}&ordering=due_at"),
    ];
    for ordering in ["updated_at", "created_at", "name", "inn"] {
        calls.extend(["", "-"].map(|sign| format!("/api/companies/?ordering={sign}{ordering}")));
    }
    for ordering in ["created_at", "due_at"] {
        calls.extend(["", "-"].map(|sign| format!("/api/tasks/?ordering={sign}{ordering}")));
    }
    calls
}

#[tokio::test]
async fn no_hot_page_reads_a_whole_table() {
    let app = TestApp::new().await;
    app.person("admin", Role::Admin, None).await;
    let mut conn = app.conn().await;
    // Analysing is for the owner of the tables.
    sqlx::query("RESET ROLE").execute(&mut *conn).await.unwrap();
    let options = SeedOptions {
        companies: COMPANIES,
        seed: 1,
        now: app.now(),
        password_hash: String::new(),
    };
    demo::seed(&mut conn, options, &|_| ()).await.unwrap();
    sqlx::query("VACUUM ANALYZE").execute(&mut *conn).await.unwrap();
    conn.close().await.unwrap();
    let mut admin = app.browser();
    admin.sign_in("admin", PASSWORD).await.expect_redirect();
    // What is read for the addresses must be told before pages are.
    let own = app.reconnected();
    let (paths, calls) = (paths(&own).await, calls(&own).await);
    end(&app, own).await;
    let (program, _) = app.program("admin").await;
    let pages = paths.iter().map(|path| (&admin, path));
    let mut broken = Vec::new();
    for (client, path) in pages.chain(calls.iter().map(|path| (&program, path))) {
        let excess = excess(&app, client, path).await;
        if !excess.is_empty() {
            broken.push(format!("{path}:{excess}"));
        }
    }
    assert!(broken.is_empty(), "these pages read too much:\n{}", broken.join("\n"));
    // The measure itself sees a scan.
    let before = counted(&app).await;
    let own = app.reconnected();
    let _: i64 = sqlx::query_scalar("SELECT count(*) FROM companies WHERE website LIKE '%нет такого%'")
        .fetch_one(&own.db)
        .await
        .unwrap();
    end(&app, own).await;
    assert_ne!(counted(&app).await, before, "a scan is counted");
}
