//! The server: routers merged, jobs started, connections accepted, everything ended in order.

mod accept;
mod health;
mod metrics;
#[cfg(test)]
mod tests;

use std::time::Duration;

use anyhow::{Context as _, Result};
use axum::Router;
use axum::middleware::from_fn_with_state;
use tokio_util::sync::CancellationToken;

use crate::app::{App, Clock};
use crate::config::Config;
use crate::jobs::Periodic;
use crate::web::{self, RouteInfo, Routes};
use crate::{
    accounts, budget, bulk, calendar, card, companies, contacts, dashboard, db, duplicates, exports, files, imports,
    jobs, merges, notes, notifications, search, settings, system, task_import, tasks, trash, views,
};

pub(crate) use health::check as healthcheck;

/// All routes of the program, in the order of the rooms.
pub(crate) fn routes() -> Routes {
    Routes::new()
        .merge(health::routes())
        .merge(web::assets::routes())
        .merge(accounts::routes())
        .merge(notifications::routes())
        .merge(views::routes())
        .merge(files::routes())
        .merge(companies::routes())
        .merge(bulk::routes())
        .merge(contacts::routes())
        .merge(notes::routes())
        .merge(tasks::routes())
        .merge(calendar::routes())
        .merge(task_import::routes())
        .merge(imports::routes())
        .merge(trash::routes())
        .merge(duplicates::routes())
        .merge(exports::routes())
        .merge(search::routes())
        .merge(card::routes())
        .merge(dashboard::routes())
        .merge(settings::routes())
}

/// The finished router with all its layers.
pub(crate) fn router(app: &App) -> Router {
    let (router, _) = routes().into_parts();
    let router = router
        .layer(from_fn_with_state(app.clone(), budget::watch))
        .layer(from_fn_with_state(app.clone(), notifications::ring))
        .layer(from_fn_with_state(app.clone(), accounts::recognise))
        .with_state(app.clone());
    web::finish(router, app)
}

/// All routes, for `routes --json`.
pub(crate) fn route_list() -> Vec<RouteInfo> {
    routes().into_parts().1
}

/// Serves until SIGINT or SIGTERM, then finishes what it has begun.
pub(crate) async fn serve(config: Config) -> Result<()> {
    system::check_finished(&config)?;
    let secret_key = crate::cli::secret_key(&config)?;
    // Bound first: a taken port is told at once, before a database is started for nothing.
    let listener = tokio::net::TcpListener::bind(config.listen)
        .await
        .with_context(|| format!("CRM_LISTEN: адрес {} занят или недоступен", config.listen))?;
    let watched = metrics::bind(&config).await?;
    let database = db::connect(&config).await?;
    if let Err(error) = system::upgrade(&database.pool, &config, Clock::System.now()).await {
        database.close().await;
        return Err(error);
    }
    let app = App::new(database.pool.clone(), config, Clock::System, secret_key);
    accounts::print_setup_link(&app).await.map_err(anyhow::Error::from)?;

    let stop = CancellationToken::new();
    let mut background = tokio::spawn(jobs::run(app.clone(), periodic(), stop.clone()));
    tracing::info!("CRM ПРОФИ: {}", app.config.public_url);
    if app.config.passive {
        tracing::info!("CRM_PASSIVE=1: эта копия не отправляет писем и уведомлений");
    } else if system::is_passive(&app.db).await.map_err(anyhow::Error::from)? {
        tracing::warn!("база восстановлена из копии и ничего не отправляет, пока её не сделают рабочей");
    }
    let watching = metrics::serve(watched, &app, stop.clone());
    let accepting = tokio::spawn(accept::run(
        listener,
        router(&app),
        accept::Limits::default(),
        app.metrics.traffic(),
        stop.clone(),
    ));
    tokio::select! {
        () = stopped_from_outside() => tracing::info!("stopping"),
        _ = &mut background => tracing::error!("the background jobs ended by themselves"),
    }
    stop.cancel();
    // Streams never end by themselves.
    app.live.close();
    accepting.await.context("the accept loop panicked")?;
    if let Some(watching) = watching {
        watching.await.context("the metrics listener panicked")?;
    }
    if !background.is_finished() {
        background.await.context("the background jobs panicked")?;
    }
    database.close().await;
    tracing::info!("stopped");
    Ok(())
}

/// All periodic work of all rooms.
fn periodic() -> Vec<Periodic> {
    let mut works = errands();
    works.extend(cleaning());
    works
}

/// What goes on by itself.
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
            name: "remind_of_contracts",
            label: "Напоминания о договорах, которые кончаются",
            every: Duration::from_mins(15),
            is_shared: true,
            run: |app| Box::pin(async move { companies::remind_of_contracts(&app).await }),
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
            name: "end_exports",
            label: "Учёт прерванных выгрузок",
            every: Duration::from_mins(1),
            is_shared: true,
            run: |app| Box::pin(async move { exports::bury_dead(&app).await }),
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

/// What takes away what nobody needs any more.
fn cleaning() -> Vec<Periodic> {
    vec![
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
            name: "forget_notifications",
            label: "Уборка прочитанных уведомлений",
            every: Duration::from_hours(1),
            is_shared: true,
            run: |app| Box::pin(async move { notifications::clean(&app).await }),
        },
        Periodic {
            name: "forget_task_acts",
            label: "Уборка старых массовых действий с задачами",
            every: Duration::from_hours(1),
            is_shared: true,
            run: |app| Box::pin(async move { tasks::forget(&app).await }),
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
        Periodic {
            name: "purge_trash",
            label: "Очистка корзины",
            every: Duration::from_hours(1),
            is_shared: true,
            run: |app| Box::pin(async move { trash::purge(&app).await }),
        },
    ]
}

async fn stopped_from_outside() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => (),
        _ = terminate.recv() => (),
    }
}
