//! The server: routers merged, jobs started, connections accepted, everything ended in order.

mod accept;
mod contract;
mod docs;
mod health;
mod metrics;
#[cfg(test)]
mod tests;
mod words;
mod works;

use anyhow::{Context as _, Result};
use axum::Router;
use axum::middleware::from_fn_with_state;
use tokio_util::sync::CancellationToken;

use crate::app::{App, Clock};
use crate::config::Config;
use crate::web::{self, RouteInfo, Routes};
use crate::{
    accounts, analytics, budget, bulk, calendar, calls, card, companies, contacts, dashboard, db, dictionaries,
    duplicates, exports, files, imports, jobs, letters, notes, notifications, phones, search, settings, system,
    task_import, tasks, trash, views,
};

pub(crate) use health::check as healthcheck;

/// All routes of the program, in the order of the rooms.
pub(crate) fn routes() -> Routes {
    Routes::new()
        .merge(health::routes())
        .merge(web::assets::routes())
        .merge(accounts::routes())
        .merge(notifications::routes())
        .merge(dictionaries::routes())
        .merge(views::routes())
        .merge(files::routes())
        .merge(companies::routes())
        .merge(bulk::routes())
        .merge(contacts::routes())
        .merge(notes::routes())
        .merge(letters::routes())
        .merge(tasks::routes())
        .merge(calendar::routes())
        .merge(task_import::routes())
        .merge(phones::routes())
        .merge(calls::routes())
        .merge(imports::routes())
        .merge(trash::routes())
        .merge(duplicates::routes())
        .merge(exports::routes())
        .merge(search::routes())
        .merge(analytics::routes())
        .merge(card::routes())
        .merge(dashboard::routes())
        .merge(settings::routes())
        .merge(contract::routes())
}

/// The finished router with all its layers.
pub(crate) fn router(app: &App) -> Router {
    let (routers, _) = routes().into_parts();
    let api = routers
        .api
        .layer(from_fn_with_state(app.clone(), budget::watch_calls))
        .layer(from_fn_with_state(app.clone(), accounts::bear));
    let shared = routers
        .shared_api
        .layer(from_fn_with_state(app.clone(), accounts::bear_or_recognise));
    let pages = routers
        .pages
        // Named, or it would lose its layers in being merged: an unknown page has its frame and its bell, too.
        .fallback(|| async { axum::http::StatusCode::NOT_FOUND })
        .layer(from_fn_with_state(app.clone(), budget::watch))
        .layer(from_fn_with_state(app.clone(), notifications::ring))
        .layer(from_fn_with_state(app.clone(), accounts::recognise));
    let router = pages.merge(api).merge(shared).merge(routers.open_api);
    web::finish(router.with_state(app.clone()), app)
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
    let mut background = tokio::spawn(jobs::run(app.clone(), works::periodic(), stop.clone()));
    let waking = tokio::spawn(calls::wake_phones(app.clone(), stop.clone()));
    tracing::info!("CRM ПРОФИ: {}", app.config.public_url);
    if app.config.passive {
        tracing::info!("CRM_PASSIVE=1: эта копия не отправляет писем и уведомлений");
    } else if system::is_passive(&app.db).await.map_err(anyhow::Error::from)? {
        tracing::warn!("база восстановлена из копии и ничего не отправляет, пока её не сделают рабочей");
    }
    let watching = metrics::serve(watched, &app, stop.clone());
    let limits = accept::Limits::default();
    accept::allow_files(limits);
    let accepting = tokio::spawn(accept::run(
        listener,
        router(&app),
        limits,
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
    waking.await.context("the waking of phones panicked")?;
    if !background.is_finished() {
        background.await.context("the background jobs panicked")?;
    }
    database.close().await;
    tracing::info!("stopped");
    Ok(())
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
