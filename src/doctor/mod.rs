//! `doctor`: whether the program's surroundings are well. It looks and changes nothing, and migrates nothing either.

mod machine;
#[cfg(test)]
mod tests;

use std::io::Write as _;

use anyhow::{Result, bail};
use sqlx::PgPool;

use crate::config::Config;
use crate::store::Store;
use crate::{db, files};

/// How well a thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Well,
    /// Works today; look at it.
    Warning,
    /// Does not work, or data may be lost.
    Failure,
}

/// One looked-at thing: how it is, its name, what was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Finding {
    verdict: Verdict,
    name: &'static str,
    text: String,
}

impl Finding {
    fn new(verdict: Verdict, name: &'static str, text: impl Into<String>) -> Self {
        let text = text.into();
        Self { verdict, name, text }
    }

    fn mark(&self) -> &'static str {
        match self.verdict {
            Verdict::Well => "ok",
            Verdict::Warning => "ВНИМАНИЕ",
            Verdict::Failure => "ОШИБКА",
        }
    }
}

/// Looks at everything and prints a line for each.
///
/// # Errors
/// One sentence when something does not work.
pub(crate) async fn run(config: Config) -> Result<()> {
    let mut findings = machine::look(&config);
    let is_made = config.database_url.is_some() || config.data_dir.join("postgres").exists();
    // Connecting to a private Postgres that is not there would make it.
    if is_made {
        match db::connect(&config).await {
            Ok(database) => {
                findings.extend(look_at(&database.pool).await);
                database.close().await;
            }
            Err(error) => findings.push(Finding::new(Verdict::Failure, "база данных", format!("{error:#}"))),
        }
    } else {
        let text = "ещё нет, её создаст первый запуск";
        findings.push(Finding::new(Verdict::Warning, "база данных", text));
    }
    findings.push(store_of_files(&Store::of(&config)).await);
    let mut out = std::io::stdout();
    for finding in &findings {
        writeln!(out, "{:<9} {}: {}", finding.mark(), finding.name, finding.text)?;
    }
    let failures = findings.iter().filter(|finding| finding.verdict == Verdict::Failure);
    match failures.count() {
        0 => Ok(()),
        count => bail!("Не в порядке: {count}. Подробности в строках с пометкой ОШИБКА."),
    }
}

/// The database: each look is a query of its own, so that one that fails hides no other.
async fn look_at(pool: &PgPool) -> Vec<Finding> {
    let looks = [
        ("версия базы", version(pool).await),
        ("русские буквы в базе", letters(pool).await),
        ("миграции", migrations(pool).await),
        ("часы", clocks(pool).await),
        ("журнал действий", audit(pool).await),
        ("размер базы", size(pool).await),
    ];
    let finding = |(name, look): (_, Result<(Verdict, String), sqlx::Error>)| match look {
        Ok((verdict, text)) => Finding::new(verdict, name, text),
        Err(error) => Finding::new(Verdict::Failure, name, format!("не удалось узнать ({error})")),
    };
    looks.into_iter().map(finding).collect()
}

/// The store of files; a folder that nobody has needed yet is not made.
async fn store_of_files(store: &Store) -> Finding {
    const NAME: &str = "файлы заметок";
    if store.folder().is_some_and(|folder| !folder.exists()) {
        return Finding::new(
            Verdict::Well,
            NAME,
            format!("{}, появится с первым файлом", store.describe()),
        );
    }
    match files::look(store).await {
        Ok(text) => Finding::new(Verdict::Well, NAME, text),
        Err(error) => Finding::new(Verdict::Failure, NAME, format!("{}: {error}", store.describe())),
    }
}

type Look = Result<(Verdict, String), sqlx::Error>;

async fn version(pool: &PgPool) -> Look {
    let number: i32 = sqlx::query_scalar("SELECT current_setting('server_version_num')::int")
        .fetch_one(pool)
        .await?;
    Ok(match number / 10_000 {
        major @ ..15 => (Verdict::Failure, format!("PostgreSQL {major}, нужен 15 или новее")),
        major => (Verdict::Well, format!("PostgreSQL {major}")),
    })
}

async fn letters(pool: &PgPool) -> Look {
    let folds: bool = sqlx::query_scalar("SELECT lower('ЁЖ') = 'ёж'").fetch_one(pool).await?;
    Ok(if folds {
        (Verdict::Well, "различаются".to_owned())
    } else {
        (
            Verdict::Failure,
            "локаль их не различает: создайте базу с LC_CTYPE 'C.UTF-8'".to_owned(),
        )
    })
}

async fn migrations(pool: &PgPool) -> Look {
    let is_migrated: bool = sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NOT NULL")
        .fetch_one(pool)
        .await?;
    Ok(if !is_migrated {
        let text = "база пуста; их применит первый запуск или proficrm migrate";
        (Verdict::Warning, text.to_owned())
    } else if db::is_current(pool).await? {
        (Verdict::Well, "применены все".to_owned())
    } else {
        let text = "база другой версии, чем программа; запустите proficrm migrate";
        (Verdict::Failure, text.to_owned())
    })
}

/// Sessions, limits and jobs compare times of both.
async fn clocks(pool: &PgPool) -> Look {
    let before = crate::app::Clock::System.now();
    let theirs: chrono::DateTime<chrono::Utc> = sqlx::query_scalar("SELECT clock_timestamp()").fetch_one(pool).await?;
    let apart = (theirs - before).num_milliseconds().abs();
    Ok(match apart {
        ..=2_000 => (Verdict::Well, "идут вместе с часами базы".to_owned()),
        _ => (
            if apart > 60_000 {
                Verdict::Failure
            } else {
                Verdict::Warning
            },
            format!(
                "расходятся с часами базы на {} с; включите синхронизацию времени",
                apart / 1000
            ),
        ),
    })
}

async fn audit(pool: &PgPool) -> Look {
    let guards: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM pg_trigger
         WHERE tgrelid = to_regclass('audit_events') AND tgenabled = 'O'
           AND tgname IN ('audit_events_append_only', 'audit_events_no_truncate')",
    )
    .fetch_one(pool)
    .await?;
    let mut conn = pool.acquire().await?;
    Ok(if guards != 2 {
        (Verdict::Failure, "защита записей от изменений снята".to_owned())
    } else if db::is_guarded(&mut conn).await? {
        (Verdict::Well, "записи нельзя изменить или удалить".to_owned())
    } else {
        let text = format!(
            "от изменений его защищают только триггеры: у пользователя базы нет права создавать роли. Выполните от имени \
             администратора сервера: {} — и перезапустите программу",
            db::recipe(&mut conn).await?
        );
        (Verdict::Warning, text)
    })
}

async fn size(pool: &PgPool) -> Look {
    let bytes: i64 = sqlx::query_scalar("SELECT pg_database_size(current_database())")
        .fetch_one(pool)
        .await?;
    Ok((Verdict::Well, machine::size(bytes.unsigned_abs())))
}
