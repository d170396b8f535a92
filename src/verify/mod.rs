//! `verify`: what must hold in the data, each check one query that finds the rows which break it.

use std::io::Write as _;

use anyhow::{Result, bail};

use crate::app::App;
use crate::files;

/// A Russian name, and a query that counts breaches.
const CHECKS: &[(&str, &str)] = &[
    (
        "поисковые слова компаний совпадают с карточками",
        "SELECT count(*) FROM companies WHERE search <> company_search(companies)",
    ),
    (
        "у каждой компании есть ключ названия",
        "SELECT count(*) FROM companies WHERE name_key = ''",
    ),
    (
        "головные организации не образуют круг",
        "WITH RECURSIVE chain AS (
             SELECT id AS start, head_company_id AS head, 1 AS depth
             FROM companies WHERE head_company_id IS NOT NULL
             UNION ALL
             SELECT chain.start, company.head_company_id, chain.depth + 1
             FROM chain JOIN companies AS company ON company.id = chain.head
             WHERE company.head_company_id IS NOT NULL AND chain.depth < 100
         )
         SELECT count(DISTINCT start) FROM chain WHERE head = start",
    ),
    (
        "телефоны компаний сравниваются по последним десяти цифрам",
        "SELECT count(*) FROM company_phones WHERE e164 <> '' AND digits <> right(ltrim(e164, '+'), 10)",
    ),
    (
        "телефоны контактов сравниваются по последним десяти цифрам",
        "SELECT count(*) FROM contact_phones WHERE e164 <> '' AND digits <> right(ltrim(e164, '+'), 10)",
    ),
    (
        "о каждой компании, созданной человеком, есть запись в журнале",
        "SELECT count(*) FROM companies AS company
         WHERE company.created_by IS NOT NULL AND company.raw_fields IS NULL AND company.imported_fields IS NULL
           AND EXISTS (SELECT FROM audit_events WHERE company_id = company.id)
           AND NOT EXISTS (SELECT FROM audit_events WHERE company_id = company.id AND verb = 'create')",
    ),
    (
        "у отключённых людей нет открытых сеансов",
        "SELECT count(*) FROM sessions JOIN users AS person ON person.id = sessions.user_id
         WHERE NOT person.is_active AND sessions.expires_at > now()",
    ),
    (
        "каждый запрос на звонок отдан не более чем одному телефону",
        "SELECT count(*) FROM (SELECT FROM call_steps WHERE step IN ('delivered', 'redelivered')
                               GROUP BY call_id HAVING count(DISTINCT device_id) > 1) AS twice",
    ),
    (
        "ни один запрос на звонок не отдан после своего срока",
        "SELECT count(*) FROM call_steps AS step JOIN call_requests AS call ON call.id = step.call_id
         WHERE step.step IN ('delivered', 'redelivered') AND step.at > call.expires_at",
    ),
    (
        "того, что лежит в корзине, нет в базе",
        "SELECT count(*) FROM trash
         WHERE (entity = 'company' AND EXISTS (SELECT FROM companies WHERE id = trash.entity_id))
            OR (entity = 'contact' AND EXISTS (SELECT FROM contacts WHERE id = trash.entity_id))",
    ),
    (
        "решения об удалении ждут только компании, которые есть",
        "SELECT count(*) FROM deletion_requests AS request
         WHERE request.status = 'pending' AND NOT EXISTS (SELECT FROM companies WHERE id = request.company_id)",
    ),
    (
        "в каждой заметке есть текст или файл",
        "SELECT count(*) FROM notes AS note
         WHERE note.text = '' AND NOT EXISTS (SELECT FROM files WHERE note_id = note.id)",
    ),
    (
        "у каждого письма из файла есть сам файл",
        "SELECT count(*) FROM letters AS letter
         WHERE letter.source = 'eml' AND NOT letter.is_erased
           AND NOT EXISTS (SELECT FROM files WHERE letter_id = letter.id)",
    ),
    (
        "байты приложенных файлов не ждут удаления",
        "SELECT count(*) FROM files JOIN file_disposals AS disposal ON disposal.key = files.key
         WHERE NOT files.is_lone",
    ),
    (
        "в каждом комментарии задачи есть текст или файл",
        "SELECT count(*) FROM task_comments AS comment
         WHERE comment.text = '' AND NOT EXISTS (SELECT FROM files WHERE comment_id = comment.id)",
    ),
    (
        "завершённые загрузки сходятся со своими строками",
        "SELECT count(*) FROM imports AS run
         WHERE run.state = 'done'
           AND (SELECT count(DISTINCT line) FROM import_rows WHERE import_id = run.id) <> run.rows_total",
    ),
];

/// The one check that asks the store too.
const BYTES: &str = "у каждого файла есть его байты";

/// Runs all checks and prints a line for each.
///
/// # Errors
/// One sentence when a check fails.
pub(crate) async fn run(app: &App) -> Result<()> {
    let mut broken = 0;
    for (name, count) in counts(app).await? {
        let mark = if count == 0 { "ok" } else { "НАРУШЕНО" };
        let tail = if count == 0 {
            String::new()
        } else {
            format!(" (строк: {count})")
        };
        writeln!(std::io::stdout(), "{mark:<9} {name}{tail}")?;
        broken += i32::from(count > 0);
    }
    if broken > 0 {
        bail!("Целостность данных нарушена: проверок не прошло {broken}.");
    }
    Ok(())
}

/// Each check and how many rows break it.
async fn counts(app: &App) -> Result<Vec<(&'static str, i64)>> {
    let mut conn = app.db.acquire().await?.detach();
    sqlx::query("SET statement_timeout = 0").execute(&mut conn).await?;
    let mut counts = Vec::new();
    for (name, sql) in CHECKS {
        counts.push((*name, sqlx::query_scalar(*sql).fetch_one(&mut conn).await?));
    }
    counts.push((BYTES, files::missing(app).await?));
    Ok(counts)
}

/// The checks that fail, for tests that end with a look at the whole base.
#[cfg(test)]
pub(crate) async fn broken(app: &App) -> Vec<&'static str> {
    let counts = counts(app).await.expect("the checks run");
    counts
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(name, _)| name)
        .collect()
}

#[cfg(test)]
mod tests;
