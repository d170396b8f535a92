//! The log as a CSV file, piece after piece.

use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse as _;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use super::query::LogQuery;
use super::{field_label, who};
use crate::app::App;
use crate::audit::{self, LogFilter, LogRow};
use crate::error::{Error, Result};
use crate::policy::Actor;
use crate::values::text::csv_cell;
use crate::values::{Origin, time};
use crate::web::{Form, Html, Viewer};

const HEADING: [&str; 9] = [
    "Когда",
    "Кто",
    "Действие",
    "Что",
    "Номер",
    "Описание",
    "Изменения",
    "Адрес",
    "Устройство",
];

/// Between two pieces: the last row of the first.
type Last = Option<(DateTime<Utc>, Uuid)>;

/// `POST /settings/activity/export/`
pub(in crate::settings) async fn export(
    State(app): State<App>,
    viewer: Viewer,
    origin: Origin,
    Form(query): Form<LogQuery>,
) -> Html {
    let actor = viewer.actor()?;
    let zone = viewer.zone;
    let (filter, _) = query.filter(zone);
    audit::begin_export(&app, &actor, &origin, &filter).await?;
    let day = app.now().with_timezone(&zone).format("%Y-%m-%d");
    let pieces = futures::stream::try_unfold(Some(None), move |place: Option<Last>| {
        let (app, filter) = (app.clone(), filter.clone());
        async move {
            let Some(last) = place else { return Ok::<_, Error>(None) };
            let (bytes, next) = piece(&app, &actor, &filter, (last, zone)).await?;
            Ok(Some((bytes, next.map(Some))))
        }
    });
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"activity-{day}.csv\""),
        ),
    ];
    Ok((headers, Body::from_stream(pieces)).into_response())
}

async fn piece(app: &App, actor: &Actor, filter: &LogFilter, (last, zone): (Last, Tz)) -> Result<(Vec<u8>, Last)> {
    let rows = audit::exported(app, actor, filter, last).await?;
    let mut out = Vec::new();
    if last.is_none() {
        // By this mark Excel knows the encoding.
        out.extend_from_slice("\u{feff}".as_bytes());
    }
    let mut csv = csv::WriterBuilder::new()
        .delimiter(b';')
        .terminator(csv::Terminator::CRLF)
        .from_writer(out);
    if last.is_none() {
        csv.write_record(HEADING).map_err(anyhow::Error::from)?;
    }
    let next = rows.last().map(|row| (row.at, row.id));
    for row in rows {
        csv.write_record(cells(row, zone)).map_err(anyhow::Error::from)?;
    }
    let bytes = csv.into_inner().map_err(|error| anyhow::anyhow!("{error}"))?;
    Ok((bytes, next))
}

fn cells(row: LogRow, zone: Tz) -> [String; 9] {
    let change = |(field, old, new): &(String, String, String)| {
        format!("{}: «{old}» → «{new}»", field_label(&row.entity, field))
    };
    let changes: Vec<_> = row.changes.iter().map(change).collect();
    [
        time::date_time(row.at, zone),
        who(row.actor),
        audit::verb_label(&row.verb).to_owned(),
        audit::entity_label(&row.entity).to_owned(),
        row.entity_id,
        row.message,
        changes.join("; "),
        row.ip,
        row.user_agent,
    ]
    .map(|cell| csv_cell(&cell))
}
