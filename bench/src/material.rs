//! What is asked for: names, numbers and keys out of the base itself.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use crate::base::USERNAME;
use crate::browser::Visitor;

/// How many of each kind.
const EACH: usize = 200;

/// Samples of everything people look for.
pub(crate) struct Material {
    pub(crate) cards: Vec<String>,
    /// Cards without a position of the person to speak to, so that what is written there can be taken away again.
    pub(crate) silent: Vec<String>,
    /// Addresses of further pages of a card's timeline.
    pub(crate) timelines: Vec<String>,
    /// Words that few cards have.
    pub(crate) rare: Vec<String>,
    pub(crate) inns: Vec<String>,
    /// As people typed them.
    pub(crate) phones: Vec<String>,
    /// Two words of a name, the later one first.
    pub(crate) reversed: Vec<String>,
    /// Last names of people.
    pub(crate) surnames: Vec<String>,
    /// Two neighbouring words of a note.
    pub(crate) note_words: Vec<String>,
    /// A status and a responsible with common companies, as a query.
    pub(crate) filters: Vec<String>,
    pub(crate) spheres: Vec<String>,
    /// Addresses of further pages of the list.
    pub(crate) next_pages: Vec<String>,
}

impl Material {
    pub(crate) async fn gather(url: &str, visitor: &Visitor) -> Result<Self> {
        let mut conn = PgConnection::connect(url).await?;
        let mut texts = async |sql: &str| {
            let sql = format!("{sql} LIMIT {EACH}");
            let found = sqlx::query_scalar::<_, String>(AssertSqlSafe(sql))
                .fetch_all(&mut conn)
                .await?;
            ensure!(!found.is_empty(), "the base has nothing to look for");
            anyhow::Ok(found)
        };
        Ok(Self {
            cards: texts("SELECT id::text FROM companies ORDER BY random()").await?,
            silent: texts("SELECT id::text FROM companies WHERE contact_position = '' ORDER BY random()").await?,
            timelines: texts(TIMELINES).await?,
            rare: texts(RARE).await?,
            inns: texts("SELECT inn FROM companies WHERE inn <> '' ORDER BY random()").await?,
            phones: texts("SELECT raw FROM company_phones WHERE digits <> '' ORDER BY random()").await?,
            reversed: texts(REVERSED).await?,
            surnames: texts("SELECT last_name FROM contacts TABLESAMPLE BERNOULLI (1) WHERE last_name <> ''").await?,
            note_words: texts(NOTE_WORDS).await?,
            filters: texts(FILTERS).await?,
            spheres: texts("SELECT id::text FROM company_spheres ORDER BY id").await?,
            next_pages: next_pages(visitor).await?,
        })
    }
}

const RARE: &str = "
    SELECT word
    FROM (SELECT DISTINCT unnest(text_words(name)) AS word FROM companies TABLESAMPLE BERNOULLI (1)) AS sample
    WHERE char_length(word) >= 6 AND word !~ '[0-9a-z]'
      AND (SELECT count(*) FROM (SELECT FROM companies WHERE search @@ (word || ':*')::tsquery LIMIT 101) AS few) <= 100
    ORDER BY random()";

const REVERSED: &str = "
    SELECT words[2] || ' ' || words[1]
    FROM (SELECT text_words(name_key) AS words FROM companies ORDER BY random() LIMIT 2000) AS sample
    WHERE cardinality(words) >= 2 AND char_length(words[1]) >= 3 AND char_length(words[2]) >= 3";

const NOTE_WORDS: &str = "
    SELECT words[2] || ' ' || words[3]
    FROM (SELECT text_words(text) AS words FROM notes TABLESAMPLE BERNOULLI (1) LIMIT 2000) AS sample
    WHERE cardinality(words) >= 3
    ORDER BY random()";

const TIMELINES: &str = "
    SELECT format('/companies/%s/?feed=notes&before=%s.notes.%s', company_id,
                  (extract(epoch FROM created_at) * 1000000)::bigint, id + 1)
    FROM notes TABLESAMPLE BERNOULLI (1)
    ORDER BY random()";

const FILTERS: &str = "
    SELECT format('status=%s&responsible=%s', status_id, responsible_id)
    FROM companies
    WHERE status_id IS NOT NULL AND responsible_id IS NOT NULL
    GROUP BY status_id, responsible_id
    ORDER BY random()";

/// Walks down the list by its own links.
async fn next_pages(visitor: &Visitor) -> Result<Vec<String>> {
    let mut pages = Vec::new();
    let mut page = visitor.read("/companies/?all=1").await?;
    while pages.len() < 30 {
        let mut links = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
        let Some(link) = links.find(|link| link.contains("after=")) else {
            break;
        };
        let link = link.replace("&#38;", "&").replace("&amp;", "&");
        page = visitor.read(&link).await?;
        pages.push(link);
    }
    ensure!(!pages.is_empty(), "the list has one page only");
    Ok(pages)
}

/// Makes the base as every run finds it, with so many tasks at least, and waits until the server is at rest.
pub(crate) async fn make_ready(url: &str, tasks: i64) -> Result<()> {
    clear(url).await?;
    fill_tasks(url, tasks).await?;
    settle(url).await
}

/// Takes away what an earlier run made, so that every run finds the same base.
pub(crate) async fn clear(url: &str) -> Result<()> {
    let mut conn = PgConnection::connect(url).await?;
    for made in [
        "DELETE FROM companies WHERE created_by = (SELECT id FROM users WHERE username = $1)",
        "DELETE FROM notes WHERE author_id = (SELECT id FROM users WHERE username = $1)",
        "UPDATE companies SET contact_position = '' WHERE contact_position LIKE 'Замер %' AND $1 <> ''",
    ] {
        let taken = sqlx::query(made).bind(USERNAME).execute(&mut conn).await;
        taken.context("taking away what an earlier run made")?;
    }
    // What autovacuum would do anyway, but in the middle of a row.
    sqlx::raw_sql("VACUUM ANALYZE").execute(&mut conn).await?;
    sqlx::raw_sql("CHECKPOINT").execute(&mut conn).await?;
    Ok(())
}

/// Waits until the server has done in the background what an earlier run left it to do.
pub(crate) async fn settle(url: &str) -> Result<()> {
    const LONGEST: Duration = Duration::from_mins(5);
    let began = Instant::now();
    let mut conn = PgConnection::connect(url).await?;
    let is_settled = "
        SELECT COALESCE((SELECT until FROM duplicate_passes) >= (SELECT max(updated_at) FROM companies), false)
           AND NOT EXISTS (SELECT FROM pg_stat_activity
                           WHERE state = 'active' AND pid <> pg_backend_pid() AND backend_type LIKE '%backend')";
    while !sqlx::query_scalar::<_, bool>(is_settled).fetch_one(&mut conn).await? {
        ensure!(began.elapsed() < LONGEST, "the server still works in the background");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    Ok(())
}

/// Fills the base with tasks up to so many: a fifth are open, due from ten days ago to two months ahead.
async fn fill_tasks(url: &str, count: i64) -> Result<()> {
    let mut conn = PgConnection::connect(url).await?;
    let present: i64 = sqlx::query_scalar("SELECT count(*) FROM tasks")
        .fetch_one(&mut conn)
        .await?;
    if present >= count {
        return Ok(());
    }
    println!("Filling {} tasks…", count - present);
    sqlx::query("SET statement_timeout = 0").execute(&mut conn).await?;
    sqlx::query(TASKS).bind(count - present).execute(&mut conn).await?;
    sqlx::query("ANALYZE tasks").execute(&mut conn).await?;
    Ok(())
}

const TASKS: &str = "
    WITH people AS (SELECT array_agg(id) AS ids FROM users WHERE is_active),
         cards AS (SELECT array_agg(id) AS ids FROM (SELECT id FROM companies LIMIT 50000) AS sample),
         drawn AS (SELECT n, random() < 0.8 AS is_closed, random() AS age, random() AS ahead FROM generate_series(1, $1) AS n)
    INSERT INTO tasks (id, title, status, company_id, author_id, assignee_id, due_at, closed_at, created_at, updated_at)
    SELECT gen_random_uuid(), 'Позвонить и узнать о решении ' || n, CASE WHEN is_closed THEN 'done' ELSE 'new' END,
           cards.ids[1 + n % cardinality(cards.ids)], people.ids[1 + n % cardinality(people.ids)],
           people.ids[1 + (n / 7) % cardinality(people.ids)],
           CASE WHEN is_closed THEN now() - age * interval '3 years' ELSE now() + (ahead * 70 - 10) * interval '1 day' END,
           CASE WHEN is_closed THEN now() - age * interval '3 years' END, now() - interval '3 years', now()
    FROM drawn, people, cards";
