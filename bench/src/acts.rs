//! Acts on many companies: told in seconds, since nobody does them sixteen at once.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use sqlx::{Connection as _, PgConnection};

use crate::browser::{Ask, Connection, Visitor};
use crate::server::Server;

/// So many companies get another status before it is merged back.
const MERGED: i64 = 20_000;

/// Measures acts and takes them back, so that the base is as it was.
pub(crate) async fn measure(server: &Server, url: &str, visitor: &Visitor) -> Result<()> {
    let mut conn = PgConnection::connect(url).await?;
    let mut browser = Connection::open(server.address, &visitor.cookie, false).await?;
    let times = "CREATE TEMP TABLE times AS SELECT id, updated_at FROM companies";
    sqlx::raw_sql(times).execute(&mut conn).await?;
    println!("| an act | companies | seconds |\n|---|---:|---:|");
    bulk(&mut conn, &mut browser, visitor).await?;
    merge(&mut conn, &mut browser, visitor).await?;
    // Else the next run's lists would begin with thousands of companies that are all alike.
    let order = "UPDATE companies SET updated_at = times.updated_at
                 FROM times WHERE times.id = companies.id AND times.updated_at <> companies.updated_at";
    sqlx::raw_sql(order).execute(&mut conn).await?;
    println!("\nResident after the acts, at most: {} MiB\n", server.most_resident());
    Ok(())
}

/// «Все по фильтру»: preview, run, undo.
async fn bulk(conn: &mut PgConnection, browser: &mut Connection, visitor: &Visitor) -> Result<()> {
    let (query, count): (String, i64) = sqlx::query_as(
        "SELECT format('status=%s&responsible=%s', status_id, responsible_id), count(*)
         FROM companies
         WHERE status_id IS NOT NULL AND responsible_id IS NOT NULL
         GROUP BY status_id, responsible_id
         HAVING count(*) <= 5000
         ORDER BY count(*) DESC
         LIMIT 1",
    )
    .fetch_optional(&mut *conn)
    .await?
    .context("every filter has more companies than one act may change")?;
    let status: String = sqlx::query_scalar(
        "SELECT id::text FROM company_statuses WHERE $1 NOT LIKE 'status=' || id || '&%' AND is_active LIMIT 1",
    )
    .bind(&query)
    .fetch_one(&mut *conn)
    .await?;
    let sphere: String = sqlx::query_scalar("SELECT id::text FROM company_spheres WHERE is_active LIMIT 1")
        .fetch_one(&mut *conn)
        .await?;
    let heir: String = sqlx::query_scalar(
        "SELECT id::text FROM users WHERE is_active AND role = 'manager' AND $1 NOT LIKE '%=' || id LIMIT 1",
    )
    .bind(&query)
    .fetch_one(&mut *conn)
    .await?;
    for (name, wish) in [
        ("another responsible", vec![("kind", "give"), ("to", heir.as_str())]),
        ("another status", vec![("kind", "status"), ("status", status.as_str())]),
        (
            "a sphere more",
            vec![("kind", "spheres"), ("step", "add"), ("sphere", sphere.as_str())],
        ),
    ] {
        let mut form = vec![
            ("csrf_token", visitor.token.as_str()),
            ("whole", "1"),
            ("query", query.as_str()),
            ("asked", "1"),
        ];
        form.extend(wish);
        let began = Instant::now();
        let act = browser.ask(Ask::form("/companies/bulk/", &form)).await?;
        let act = act.location().context("the act was refused")?;
        browser.ask(Ask::page(&act)).await?;
        tell(&format!("{name}: preview"), count, began);
        for verb in ["run", "undo"] {
            let began = Instant::now();
            let pressed = Ask::form(&format!("{act}{verb}/"), &[("csrf_token", visitor.token.as_str())]);
            ensure!(browser.ask(pressed).await?.location().is_some(), "{verb} was refused");
            tell(&format!("{name}: {verb}"), count, began);
        }
    }
    Ok(())
}

/// A status becomes one with another.
async fn merge(conn: &mut PgConnection, browser: &mut Connection, visitor: &Visitor) -> Result<()> {
    let heir: i64 = sqlx::query_scalar(
        "SELECT status_id FROM companies WHERE status_id IS NOT NULL GROUP BY status_id ORDER BY count(*) DESC LIMIT 1",
    )
    .fetch_one(&mut *conn)
    .await?;
    let old: i64 = sqlx::query_scalar("INSERT INTO company_statuses (name) VALUES ('Для замера') RETURNING id")
        .fetch_one(&mut *conn)
        .await?;
    let given = "UPDATE companies SET status_id = $1
                 WHERE id IN (SELECT id FROM companies WHERE status_id = $2 LIMIT $3)";
    let given = sqlx::query(given).bind(old).bind(heir).bind(MERGED).execute(&mut *conn);
    let count = i64::try_from(given.await?.rows_affected())?;
    let began = Instant::now();
    let form = [("csrf_token", visitor.token.as_str()), ("to", &heir.to_string())];
    let path = format!("/settings/dictionaries/statuses/{old}/remove/");
    let merged = browser.ask(Ask::form(&path, &form)).await?;
    ensure!(
        merged.location().is_some(),
        "merging was refused with {}",
        merged.status
    );
    let is_there = "SELECT EXISTS (SELECT FROM company_statuses WHERE id = $1)";
    while sqlx::query_scalar(is_there).bind(old).fetch_one(&mut *conn).await? {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    tell("a status merged into another", count, began);
    Ok(())
}

fn tell(name: &str, count: i64, began: Instant) {
    println!("| {name} | {count} | {:.2} |", began.elapsed().as_secs_f64());
}
