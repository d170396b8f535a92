//! Periodic work of all rooms.

use std::time::Duration;

use crate::jobs::{self, Periodic};
use crate::{
    accounts, budget, bulk, calls, companies, duplicates, exports, files, imports, merges, notifications, phones,
    settings, system, tasks, trash,
};

/// All of it.
pub(super) fn periodic() -> Vec<Periodic> {
    let mut works = errands();
    works.extend(shared());
    works.extend(forgetting());
    works.extend(of_calls());
    works
}

/// What each process does: for itself, or under a lock of its own.
fn errands() -> Vec<Periodic> {
    vec![
        Periodic {
            name: "watch_standing",
            label: "Обзор состояния системы",
            every: Duration::from_secs(30),
            is_shared: false,
            run: |app| Box::pin(async move { system::refresh(&app).await }),
        },
        Periodic {
            name: "nightly_copy",
            label: "Ночная резервная копия: проверка, не пора ли",
            every: Duration::from_mins(1),
            is_shared: false,
            run: |app| Box::pin(async move { system::nightly(&app).await }),
        },
        Periodic {
            name: "gather_words",
            label: "Сбор слов для поиска",
            every: Duration::from_secs(30),
            is_shared: false,
            run: |app| Box::pin(async move { companies::gather_words(&app).await }),
        },
        Periodic {
            name: "find_duplicates",
            label: "Поиск дубликатов",
            every: Duration::from_secs(30),
            is_shared: false,
            run: |app| Box::pin(async move { duplicates::find(&app).await }),
        },
        Periodic {
            name: "remind_of_tasks",
            label: "Напоминания о сроках задач",
            every: Duration::from_secs(30),
            is_shared: false,
            run: |app| Box::pin(async move { tasks::remind(&app).await }),
        },
        Periodic {
            name: "repeat_tasks",
            label: "Повторы задач",
            every: Duration::from_secs(30),
            is_shared: false,
            run: |app| Box::pin(async move { tasks::bring_forth(&app).await }),
        },
        Periodic {
            name: "merge_dictionaries",
            label: "Слияние записей справочников",
            every: Duration::from_secs(10),
            is_shared: false,
            run: |app| Box::pin(async move { settings::finish_merges(&app).await }),
        },
        Periodic {
            name: "go_on_with_imports",
            label: "Продолжение прерванных загрузок",
            every: Duration::from_secs(5),
            is_shared: false,
            run: |app| Box::pin(async move { imports::go_on(&app).await }),
        },
    ]
}

/// What one process does for all.
fn shared() -> Vec<Periodic> {
    vec![
        Periodic {
            name: "remind_of_contracts",
            label: "Напоминания о договорах, которые кончаются",
            every: Duration::from_mins(15),
            is_shared: true,
            run: |app| Box::pin(async move { companies::remind_of_contracts(&app).await }),
        },
        Periodic {
            name: "end_exports",
            label: "Учёт прерванных выгрузок",
            every: Duration::from_mins(1),
            is_shared: true,
            run: |app| Box::pin(async move { exports::bury_dead(&app).await }),
        },
        Periodic {
            name: "clean_sessions",
            label: "Уборка сеансов и счётчиков входа",
            every: Duration::from_hours(1),
            is_shared: true,
            run: |app| Box::pin(async move { accounts::clean(&app).await }),
        },
        Periodic {
            name: "clear_files",
            label: "Уборка ненужных файлов",
            every: Duration::from_mins(10),
            is_shared: true,
            run: |app| Box::pin(async move { files::clean(&app).await }),
        },
        Periodic {
            name: "purge_trash",
            label: "Очистка корзины",
            every: Duration::from_hours(1),
            is_shared: true,
            run: |app| Box::pin(async move { trash::purge(&app).await }),
        },
    ]
}

/// What one process forgets for all, since nobody needs it any more.
fn forgetting() -> Vec<Periodic> {
    vec![
        Periodic {
            name: "forget_merges",
            label: "Уборка объединений, которые уже не отменить",
            every: Duration::from_hours(1),
            is_shared: true,
            run: |app| Box::pin(async move { merges::clean(&app).await }),
        },
        Periodic {
            name: "forget_bulk_acts",
            label: "Уборка старых массовых действий",
            every: Duration::from_hours(1),
            is_shared: true,
            run: |app| Box::pin(async move { bulk::clean(&app).await }),
        },
        Periodic {
            name: "forget_task_acts",
            label: "Уборка старых массовых действий с задачами",
            every: Duration::from_hours(1),
            is_shared: true,
            run: |app| Box::pin(async move { tasks::forget(&app).await }),
        },
        Periodic {
            name: "forget_notifications",
            label: "Уборка прочитанных уведомлений",
            every: Duration::from_hours(1),
            is_shared: true,
            run: |app| Box::pin(async move { notifications::clean(&app).await }),
        },
        Periodic {
            name: "forget_jobs",
            label: "Уборка выполненных заданий очереди",
            every: Duration::from_hours(1),
            is_shared: true,
            run: |app| Box::pin(async move { jobs::clean(&app).await }),
        },
        Periodic {
            name: "forget_openings",
            label: "Уборка счёта открытых карточек",
            every: Duration::from_hours(1),
            is_shared: true,
            run: |app| Box::pin(async move { budget::clean(&app).await }),
        },
        Periodic {
            name: "forget_imports",
            label: "Уборка файлов и прежних значений загрузок",
            every: Duration::from_hours(1),
            is_shared: true,
            run: |app| Box::pin(async move { imports::clean(&app).await }),
        },
    ]
}

/// What keeps calls and phones going.
fn of_calls() -> Vec<Periodic> {
    vec![
        Periodic {
            name: "watch_calls",
            label: "Звонки: истёкшие запросы и телефоны, которые ждут",
            every: Duration::from_secs(1),
            is_shared: false,
            run: |app| Box::pin(async move { calls::tick(&app).await }),
        },
        Periodic {
            name: "clean_calls",
            label: "Уборка старых запросов на звонок",
            every: Duration::from_hours(1),
            is_shared: true,
            run: |app| Box::pin(async move { calls::clean(&app).await }),
        },
        Periodic {
            name: "clean_phones",
            label: "Уборка записей телефонов",
            every: Duration::from_hours(1),
            is_shared: true,
            run: |app| Box::pin(async move { phones::clean(&app).await }),
        },
    ]
}
