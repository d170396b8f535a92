//! The database: each look is a query of its own, so that one that fails hides no other.

use sqlx::PgPool;

use super::{Finding, Thing};
use crate::app::Clock;
use crate::db;
use crate::values::text;

/// A process of ours takes so many connections.
const OURS: i64 = 20;

type Look = Result<Finding, sqlx::Error>;

pub(super) async fn look(pool: &PgPool) -> Vec<Finding> {
    const VERSION: Thing = ("postgres", "версия базы");
    const LETTERS: Thing = ("letters", "русские буквы в базе");
    const MIGRATIONS: Thing = ("migrations", "миграции");
    const CLOCKS: Thing = ("clocks", "часы");
    const CONNECTIONS: Thing = ("connections", "соединения с базой");
    const AUDIT: Thing = ("audit", "журнал действий");
    const SIZE: Thing = ("database_size", "размер базы");
    let looks = [
        (VERSION, version(pool, VERSION).await),
        (LETTERS, letters(pool, LETTERS).await),
        (MIGRATIONS, migrations(pool, MIGRATIONS).await),
        (CLOCKS, clocks(pool, CLOCKS).await),
        (CONNECTIONS, connections(pool, CONNECTIONS).await),
        (AUDIT, audit(pool, AUDIT).await),
        (SIZE, size(pool, SIZE).await),
    ];
    let finding = |(thing, look): (Thing, Look)| look.unwrap_or_else(|error| unknown(thing, &error));
    looks.into_iter().map(finding).collect()
}

/// A look that the database did not let us have.
pub(super) fn unknown(thing: Thing, error: &impl std::fmt::Display) -> Finding {
    let advice = "Проверьте, что база отвечает и что у её пользователя есть права на схему.";
    Finding::failure(thing, format!("не удалось узнать ({error})"), advice)
}

async fn version(pool: &PgPool, thing: Thing) -> Look {
    let number: i32 = sqlx::query_scalar("SELECT current_setting('server_version_num')::int")
        .fetch_one(pool)
        .await?;
    Ok(match number / 10_000 {
        major @ ..15 => Finding::failure(
            thing,
            format!("PostgreSQL {major}"),
            "Перейдите на PostgreSQL 15 или новее.",
        ),
        major => Finding::well(thing, format!("PostgreSQL {major}")),
    })
}

async fn letters(pool: &PgPool, thing: Thing) -> Look {
    let folds: bool = sqlx::query_scalar("SELECT lower('ЁЖ') = 'ёж'").fetch_one(pool).await?;
    Ok(if folds {
        Finding::well(thing, "различаются")
    } else {
        let advice = "Создайте базу с LC_CTYPE 'C.UTF-8': поиск в этой не узнает больших русских букв.";
        Finding::failure(thing, "локаль их не различает", advice)
    })
}

async fn migrations(pool: &PgPool, thing: Thing) -> Look {
    let is_migrated: bool = sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NOT NULL")
        .fetch_one(pool)
        .await?;
    Ok(if !is_migrated {
        let advice = "Запустите proficrm или proficrm migrate: они применятся сами.";
        Finding::warning(thing, "база пуста", advice)
    } else if db::is_current(pool).await? {
        Finding::well(thing, "применены все")
    } else {
        let advice = "Запустите proficrm migrate; если база новее программы, возьмите более новую программу.";
        Finding::failure(thing, "база другой версии, чем программа", advice)
    })
}

/// Sessions, limits and jobs compare times of both.
async fn clocks(pool: &PgPool, thing: Thing) -> Look {
    let before = Clock::System.now();
    let theirs: chrono::DateTime<chrono::Utc> = sqlx::query_scalar("SELECT clock_timestamp()").fetch_one(pool).await?;
    let apart = (theirs - before).num_milliseconds().abs();
    let text = format!("расходятся с часами базы на {} с", apart / 1000);
    let advice = "Включите синхронизацию времени (NTP) на обеих машинах.";
    Ok(match apart {
        ..2_000 => Finding::well(thing, "идут вместе с часами базы"),
        2_000..60_000 => Finding::warning(thing, text, advice),
        _ => Finding::failure(thing, text, advice),
    })
}

async fn connections(pool: &PgPool, thing: Thing) -> Look {
    let (taken, allowed): (i64, i64) = sqlx::query_as(
        "SELECT (SELECT COALESCE(sum(numbackends), 0)::bigint FROM pg_stat_database),
                current_setting('max_connections')::bigint
                    - current_setting('superuser_reserved_connections')::bigint",
    )
    .fetch_one(pool)
    .await?;
    let text = format!("занято {taken} из {allowed}");
    Ok(if allowed < OURS {
        let advice = format!("Поднимите max_connections: программе нужно {OURS} соединений.");
        Finding::failure(thing, text, advice)
    } else if taken * 10 > allowed * 9 {
        let advice = "Поднимите max_connections или найдите, кто держит соединения (pg_stat_activity).";
        Finding::warning(thing, text, advice)
    } else {
        Finding::well(thing, text)
    })
}

async fn audit(pool: &PgPool, thing: Thing) -> Look {
    let guards: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM pg_trigger
         WHERE tgrelid = to_regclass('audit_events') AND tgenabled = 'O'
           AND tgname IN ('audit_events_append_only', 'audit_events_no_truncate')",
    )
    .fetch_one(pool)
    .await?;
    let mut conn = pool.acquire().await?;
    Ok(if guards != 2 {
        let advice = "Верните триггеры audit_events_append_only и audit_events_no_truncate и выясните, кто их снял.";
        Finding::failure(thing, "защита записей от изменений снята", advice)
    } else if db::is_guarded(&mut conn).await? {
        Finding::well(thing, "записи нельзя изменить или удалить")
    } else {
        let text = "от изменений его защищают только триггеры: у пользователя базы нет права создавать роли";
        let advice = format!(
            "Выполните от имени администратора сервера: {} — и перезапустите программу.",
            db::recipe(&mut conn).await?
        );
        Finding::warning(thing, text, advice)
    })
}

async fn size(pool: &PgPool, thing: Thing) -> Look {
    let bytes: i64 = sqlx::query_scalar("SELECT pg_database_size(current_database())")
        .fetch_one(pool)
        .await?;
    Ok(Finding::well(thing, text::size(bytes)))
}
