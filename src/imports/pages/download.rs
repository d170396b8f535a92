//! The report of one import as a file.

use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse as _;

use crate::app::App;
use crate::error::Error;
use crate::imports::actions;
use crate::imports::model::Import;
use crate::imports::report::{self, Reader};
use crate::values::{ImportId, time};
use crate::web::{Html, Path, Viewer};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// `GET /settings/import/{id}/report.csv`
pub(super) async fn csv(State(app): State<App>, viewer: Viewer, Path(id): Path<ImportId>) -> Html {
    let actor = viewer.actor()?;
    let import = actions::find(&app, &actor, id).await?;
    let pieces = futures::stream::try_unfold(Some(None), move |place: Option<Option<i32>>| {
        let app = app.clone();
        async move {
            let Some(from) = place else { return Ok::<_, Error>(None) };
            let (bytes, next) = report::piece(&app, &actor, (id, Reader::Person), from).await?;
            Ok(Some((bytes, next.map(Some))))
        }
    });
    let headers = headers(&viewer, &import, ("text/csv; charset=utf-8", "csv"));
    Ok((headers, Body::from_stream(pieces)).into_response())
}

/// `GET /settings/import/{id}/report.xlsx`
pub(super) async fn xlsx(State(app): State<App>, viewer: Viewer, Path(id): Path<ImportId>) -> Html {
    let actor = viewer.actor()?;
    let import = actions::find(&app, &actor, id).await?;
    let book = report::sheet(&app, &actor, &import).await?;
    Ok((headers(&viewer, &import, (XLSX, "xlsx")), book).into_response())
}

fn headers(viewer: &Viewer, import: &Import, (kind, ending): (&str, &str)) -> [(header::HeaderName, String); 2] {
    let day = time::date(import.started_at.with_timezone(&viewer.zone).date_naive());
    let word = if import.is_dry_run { "check" } else { "import" };
    [
        (header::CONTENT_TYPE, kind.to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{word}-{day}.{ending}\""),
        ),
    ]
}
