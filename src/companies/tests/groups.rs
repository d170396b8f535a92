use super::listing::{crowd, follow};
use crate::policy::Role;
use crate::testing::TestApp;

/// A crowd whose companies differ in status, responsible and branch, and many of which have none.
async fn crowd_in_groups(app: &TestApp) {
    let (b, a) = (app.branch("b").await, app.branch("a").await);
    let mut people = Vec::new();
    for name in ["Яна", "анна", "one"] {
        people.push(app.person(name, Role::Manager, None).await.user.expect("a person").0);
    }
    crowd(app, 230).await;
    sqlx::query(
        "UPDATE companies
         SET status_id = (ARRAY[3, 1, NULL, 2])[1 + inn::int], search = company_search(companies),
             responsible_id = ($1::bigint[])[length(name) - 9 + length(inn) * (right(name, 1) = '3')::int],
             branch_id = CASE right(name, 1) WHEN '1' THEN NULL WHEN '2' THEN $2 ELSE $3 END::bigint",
    )
    .bind(people)
    .bind(b.0)
    .bind(a.0)
    .execute(&app.app.db)
    .await
    .expect("values");
}

/// Names of the rows that pass `wanted`, in the order of `place` and the newest first within each.
async fn in_groups(app: &TestApp, place: &str, dir: &str, wanted: &str) -> String {
    let sql = format!(
        "SELECT COALESCE(string_agg(name, '|' ORDER BY {place} {dir}, updated_at DESC, id DESC), '')
         FROM companies WHERE {wanted}"
    );
    let names = sqlx::query_scalar(sqlx::AssertSqlSafe(sql));
    names.fetch_one(&app.app.db).await.expect("the order")
}

#[tokio::test]
async fn orders_of_dictionaries_show_each_row_once_there_and_back() {
    let app = TestApp::new().await;
    crowd_in_groups(&app).await;
    let mut browser = app.signed_in("one").await;
    let orders = [
        ("status", "(SELECT position FROM company_statuses WHERE id = status_id)"),
        (
            "responsible",
            "(SELECT fold_text(name) FROM users WHERE id = responsible_id)",
        ),
        ("branch", "(SELECT name FROM branches WHERE id = branch_id)"),
    ];
    let filters = [
        ("", "true"),
        ("&status=1&status=2", "status_id IN (1, 2)"),
        ("&branch=none&q=комп", "branch_id IS NULL"),
        ("&responsible=none", "responsible_id IS NULL"),
    ];
    for ((sort, place), dir) in orders.iter().flat_map(|order| [(order, "asc"), (order, "desc")]) {
        for (filter, wanted) in filters {
            let start = format!("/companies/?sort={sort}&dir={dir}{filter}");
            let (there, last) = follow(&mut browser, &start, "next").await;
            let rows = there.concat();
            assert_eq!(rows.join("|"), in_groups(&app, place, dir, wanted).await, "{start}");
            let (mut back, _) = follow(&mut browser, &last, "prev").await;
            back.reverse();
            assert_eq!(back.concat(), rows, "{start}: the way back");
        }
    }
}
