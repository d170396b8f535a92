//! The installation: where files lie and whether all are there, copies, passivity.

use sqlx::PgPool;

use super::database::unknown;
use super::{Finding, Thing};
use crate::app::Clock;
use crate::config::Config;
use crate::store::Store;
use crate::system::{self, CopyHealth};
use crate::values::text;
use crate::{db, files};

/// What needs the tables of this version; a database of another one is told elsewhere.
pub(super) async fn look(pool: &PgPool, config: &Config, store: &Store, is_deep: bool) -> Vec<Finding> {
    const COPIES: Thing = ("backups", "резервные копии");
    const PASSIVE: Thing = ("passive", "отправка писем и уведомлений");
    const FILES: Thing = ("files", "строки и байты файлов");
    if !matches!(db::is_current(pool).await, Ok(true)) {
        return Vec::new();
    }
    let health = system::copy_health(pool).await;
    let mut findings = vec![
        match health {
            Ok(Some(health)) => copies(COPIES, &health, config),
            Ok(None) => Finding::well(COPIES, "журнала копий ещё нет"),
            Err(error) => unknown(COPIES, &error),
        },
        match system::is_passive(pool).await {
            Ok(is_restored) => passive(PASSIVE, is_restored, config),
            Err(error) => unknown(PASSIVE, &error),
        },
    ];
    if store.folder().is_none_or(std::path::Path::exists) {
        findings.push(match files::inspect(pool, store, is_deep).await {
            Ok(found) => compared(FILES, found, is_deep),
            Err(error) => unknown(FILES, &error),
        });
    }
    findings
}

/// The store of files; a folder that nobody has needed yet is not made.
pub(super) async fn store(store: &Store) -> Finding {
    const THING: Thing = ("store", "файлы заметок");
    if store.folder().is_some_and(|folder| !folder.exists()) {
        return Finding::well(THING, format!("{}, появится с первым файлом", store.describe()));
    }
    match files::look(store).await {
        Ok(text) => Finding::well(THING, text),
        Err(error) => {
            let advice = if store.folder().is_some() {
                "Проверьте права на папку и свободное место."
            } else {
                "Проверьте, что хранилище отвечает, и ключи в CRM_FILES_S3_…."
            };
            Finding::failure(THING, format!("{}: {error}", store.describe()), advice)
        }
    }
}

fn copies(thing: Thing, health: &CopyHealth, config: &Config) -> Finding {
    let now = Clock::System.now();
    let make = "Сделайте копию: proficrm backup или кнопка в «Настройки → Система».";
    if let Some(failure) = &health.failure {
        let advice = "Устраните причину и сделайте копию: proficrm backup или кнопка в «Настройки → Система».";
        return Finding::failure(thing, format!("последняя не удалась: {failure}"), advice);
    }
    match health.copied_at {
        Some(at) => {
            let text = format!("последней {}", system::days_or_hours(now - at));
            if now - at > system::OLD {
                Finding::warning(thing, text, make)
            } else {
                Finding::well(thing, text)
            }
        }
        None if !health.has_data => Finding::well(thing, "копировать пока нечего"),
        None if config.backup_at.is_none() => Finding::warning(
            thing,
            "ни одной, и ночные выключены",
            "Включите их (CRM_BACKUP_AT=03:30) или делайте копии сами: proficrm backup.",
        ),
        None if health.installed_at.is_some_and(|at| now - at < system::OLD) => {
            Finding::well(thing, "первая будет ночью")
        }
        None => Finding::warning(thing, "ни одной", make),
    }
}

fn passive(thing: Thing, is_restored: bool, config: &Config) -> Finding {
    if config.passive {
        let advice = "Если эта база рабочая, уберите CRM_PASSIVE и перезапустите программу.";
        Finding::warning(thing, "выключена: CRM_PASSIVE=1", advice)
    } else if is_restored {
        let advice = "Если прежняя база больше не работает, выполните proficrm make-working.";
        Finding::warning(thing, "выключена: база восстановлена из копии", advice)
    } else {
        Finding::well(thing, "включена")
    }
}

fn compared(thing: Thing, found: files::Inspection, is_deep: bool) -> Finding {
    let what = if is_deep { "все" } else { "выборка" };
    let text = format!(
        "{what}: {} и {} в хранилище",
        text::count(found.files, ["файл", "файла", "файлов"]),
        text::count(found.keys, ["объект", "объекта", "объектов"])
    );
    if found.without_bytes > 0 {
        let advice = "Верните пропавшие байты из копии: распакуйте её папку files в папку данных.";
        Finding::failure(thing, format!("{text}; без байтов {}", found.without_bytes), advice)
    } else if found.without_row > 0 {
        let advice = if is_deep {
            "Лишние объекты занимают место и никому не нужны; остались от прерванного восстановления или чужой базы."
        } else {
            "Узнайте, сколько их всего: proficrm doctor --deep."
        };
        Finding::warning(
            thing,
            format!("{text}; никому не известны {}", found.without_row),
            advice,
        )
    } else {
        Finding::well(thing, text)
    }
}
