//! `/api/phone/…` but for calls: what two generations of apps ask, word for word (the older CRM's §4.5–4.8).

mod wire;

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use self::wire::{
    Alive, AllSignedOut, Exchanged, Latest, NewPicture, PhoneLogs, PhoneTelemetry, PictureStatus, Registered, Saved,
    SignedOut, WhichPicture, Who,
};

use super::actions;
use super::model::{LONGEST_ID, LogLine, Registration};
use super::paths;
use crate::api::{ApiError, Bearer, Body, Doc, Json, Query, json};
use crate::app::{App, Rate};
use crate::error::{Error, FieldErrors};
use crate::policy::{Action, may_ever};
use crate::values::{Origin, text, time};
use crate::web::{ApiMethod, Guard, Routes};

const GROUP: &str = "Телефоны";

/// Signs of life.
const HEARTBEATS: Rate = Rate {
    name: "heartbeat",
    per_second: 0.5,
    burst: 30.0,
};
/// Lines of apps.
const LOGS: Rate = Rate {
    name: "phone-logs",
    per_second: 1.0,
    burst: 40.0,
};
/// Looks for a newer app.
const LOOKS: Rate = Rate {
    name: "app-latest",
    per_second: 1.0 / 6.0,
    burst: 10.0,
};
/// Pictures of one person.
const PICTURES: Rate = Rate {
    name: "qr-create",
    per_second: 0.1,
    burst: 1.0,
};
/// Pictures read from one address: nobody guesses 64 bytes, but nobody needs to try.
const READINGS: Rate = Rate {
    name: "qr-exchange",
    per_second: 0.5,
    burst: 30.0,
};
/// The most records of one batch.
const BATCH: usize = 100;
/// The longest text of a line.
const LONGEST: usize = 50_000;

/// Each address with the second one that newer apps know; the contract tells of the first.
macro_rules! both {
    ($routes:expr, $($method:ident $path:literal $guard:expr => $handler:path, $doc:expr);+ $(;)?) => {
        $routes
        $(
            .api(ApiMethod::$method, concat!("/api/phone/", $path), $guard, $handler)
            .doc($doc)
            .api(ApiMethod::$method, concat!("/api/v1/phone/", $path), $guard, $handler)
        )+
    };
}

/// All of it.
pub(super) fn routes() -> Routes {
    // The picture's two calls the page of the older CRM made, too.
    let (both_ways, phone) = (Guard::BearerOrPage(Action::UsePhone), Guard::Phone);
    let doc = |summary| Doc::new(GROUP, summary);
    both!(
        Routes::new(),
        Post "devices/register/" phone => register, doc("Назваться: с этого ключа телефон спрашивает о звонках")
            .body::<Registration>("PhoneRegistration", &["device_id"]).answers::<Registered>(200).fails(&[409]);
        Post "devices/heartbeat/" phone => heartbeat, doc("Знак жизни: что с приложением")
            .body::<Registration>("PhoneRegistration", &["device_id"]).answers::<Alive>(200).fails(&[409]);
        Post "telemetry/" phone => telemetry, doc("Замеры приложения")
            .body::<PhoneTelemetry>("PhoneTelemetry", &["items"]).answers::<Saved>(200);
        Post "logs/" phone => logs, doc("Журнал приложения: одна связка или список")
            .body::<PhoneLogs>("PhoneLogs", &[]).answers::<Saved>(200);
        Post "qr/create/" both_ways => create_picture, doc("Секрет для QR-кода: 5 минут, на один раз")
            .answers::<NewPicture>(200);
        Get "qr/status/" both_ways => picture_status, doc("Прочитан ли QR-код")
            .query::<WhichPicture>().answers::<PictureStatus>(200).fails(&[404]);
        Post "qr/exchange/" Guard::Public => exchange, doc("Секрет из QR-кода меняется на ключи")
            .body::<Exchange>("PhonePairing", &["token"]).answers::<Exchanged>(200);
        Get "user/info/" phone => user_info, doc("Кто вошёл").answers::<Who>(200);
        Post "logout/" phone => logout, doc("Выйти: ключ больше не действует").answers::<SignedOut>(200);
        Post "logout/all/" phone => logout_all, doc("Выйти на всех телефонах").answers::<AllSignedOut>(200);
        Get "app/latest/" phone => latest_app, doc("Какая версия приложения раздаётся")
            .answers::<Latest>(200).fails(&[404]);
    )
}

fn paced(app: &App, rate: Rate, key: impl ToString) -> Result<(), ApiError> {
    app.pace
        .count(rate, key)
        .map_err(|seconds| Error::TooMany(seconds).into())
}

async fn register(State(app): State<App>, bearer: Bearer, origin: Origin, Body(sent): Body<Registration>) -> Json {
    paced(&app, HEARTBEATS, bearer.session)?;
    let device_id = actions::register(&app, &bearer, &origin, &sent).await?;
    json(&Registered { ok: true, device_id })
}

async fn heartbeat(State(app): State<App>, bearer: Bearer, origin: Origin, Body(sent): Body<Registration>) -> Json {
    paced(&app, HEARTBEATS, bearer.session)?;
    let device_id = actions::heartbeat(&app, &bearer, &origin, &sent).await?;
    json(&Alive {
        ok: true,
        device_id,
        app_version: sent.app_version.unwrap_or_default(),
        last_seen_at: time::rfc3339(app.now()),
    })
}

/// `device_id`, where it is sent.
fn device_of(sent: &Value) -> Result<String, Error> {
    let id = sent.get("device_id").and_then(Value::as_str).unwrap_or_default();
    if id.chars().count() > LONGEST_ID {
        return Err(Error::field("device_id", format!("Не больше {LONGEST_ID} знаков.")));
    }
    Ok(id.to_owned())
}

async fn telemetry(State(app): State<App>, bearer: Bearer, Body(sent): Body<Value>) -> Json {
    paced(&app, LOGS, bearer.session)?;
    let items = sent.get("items").and_then(Value::as_array);
    let items = items.ok_or_else(|| Error::field("items", "This field is required."))?;
    let lines: Vec<LogLine> = items
        .iter()
        .map(|item| LogLine {
            kind: "telemetry",
            level: short(item.get("type")),
            source: short(item.get("endpoint")),
            payload: item.to_string(),
        })
        .collect();
    save(&app, &bearer, &device_of(&sent)?, ("items", lines)).await
}

async fn logs(State(app): State<App>, bearer: Bearer, Body(sent): Body<Value>) -> Json {
    paced(&app, LOGS, bearer.session)?;
    let bundles = match sent {
        Value::Array(bundles) => bundles,
        one => vec![one],
    };
    let mut lines = Vec::new();
    for bundle in &bundles {
        let payload = bundle.get("payload").and_then(Value::as_str);
        lines.push(LogLine {
            kind: "log",
            level: limited(bundle, "level_summary")?,
            source: limited(bundle, "source")?,
            payload: payload
                .ok_or_else(|| Error::field("payload", "This field is required."))?
                .to_owned(),
        });
    }
    let device_id = bundles.first().map(device_of).transpose()?.unwrap_or_default();
    save(&app, &bearer, &device_id, ("payload", lines)).await
}

async fn save(app: &App, bearer: &Bearer, device_id: &str, (field, lines): (&'static str, Vec<LogLine>)) -> Json {
    if lines.len() > BATCH {
        return Err(Error::field(field, format!("Не больше {BATCH} записей за раз.")).into());
    }
    if lines.iter().any(|line| line.payload.chars().count() > LONGEST) {
        return Err(Error::field(field, format!("Не больше {LONGEST} знаков.")).into());
    }
    actions::write(app, bearer, device_id, &lines).await?;
    json(&Saved {
        ok: true,
        saved: lines.len(),
    })
}

/// A word of telemetry, cut.
fn short(value: Option<&Value>) -> String {
    value
        .and_then(Value::as_str)
        .unwrap_or_default()
        .chars()
        .take(64)
        .collect()
}

fn limited(bundle: &Value, field: &'static str) -> Result<String, Error> {
    let text = bundle.get(field).and_then(Value::as_str).unwrap_or_default();
    let mut errors = FieldErrors::default();
    if text.chars().count() > 64 {
        errors.add(field, "Не больше 64 знаков.");
    }
    errors.or(text.to_owned())
}

async fn create_picture(State(app): State<App>, bearer: Bearer) -> Json {
    paced(&app, PICTURES, format!("{:?}", bearer.actor.user))?;
    let (token, pairing) = actions::begin_pairing(&app, &bearer.actor).await?;
    json(&NewPicture {
        token,
        expires_at: time::rfc3339(pairing.expires_at),
    })
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PictureQuery {
    token: String,
}

async fn picture_status(State(app): State<App>, bearer: Bearer, Query(query): Query<PictureQuery>) -> Json {
    if query.token.is_empty() {
        return Err(ApiError::because(StatusCode::BAD_REQUEST, "token is required"));
    }
    let Some(pairing) = actions::pairing(&app, &bearer.actor, &query.token).await? else {
        return crate::api::json_with(
            StatusCode::NOT_FOUND,
            &json!({"status": "not_found", "detail": "Такого QR-кода нет."}),
        );
    };
    let expires = time::rfc3339(pairing.expires_at);
    let (status, expires_at) = match pairing.used_at {
        Some(_) => ("used", None),
        None if pairing.is_over => ("expired", Some(expires)),
        None => ("pending", Some(expires)),
    };
    json(&PictureStatus {
        status,
        expires_at,
        used_at: pairing.used_at.map(time::rfc3339),
    })
}

#[derive(Deserialize, ToSchema)]
struct Exchange {
    #[schema(max_length = 128)]
    token: String,
}

async fn exchange(State(app): State<App>, origin: Origin, Body(sent): Body<Exchange>) -> Json {
    paced(&app, READINGS, &origin.ip)?;
    let refused = || ApiError::because(StatusCode::BAD_REQUEST, "Неверный или истекший токен");
    if sent.token.len() > 128 {
        return Err(refused());
    }
    match actions::connect(&app, sent.token.trim(), &origin).await {
        Ok((tokens, username)) => json(&Exchanged {
            access: tokens.access,
            refresh: tokens.refresh,
            username,
            is_admin: may_ever(&tokens.actor, Action::ManageUsers),
        }),
        Err(Error::NotFound) => Err(refused()),
        Err(error) => Err(error.into()),
    }
}

async fn user_info(State(app): State<App>, bearer: Bearer) -> Json {
    let username = actions::login(&app, &bearer.actor).await?;
    json(&Who {
        username,
        is_admin: may_ever(&bearer.actor, Action::ManageUsers),
    })
}

async fn logout(State(app): State<App>, bearer: Bearer) -> Json {
    actions::sign_out(&app, &bearer).await?;
    json(&SignedOut {
        ok: true,
        message: "Телефон отключён.",
    })
}

async fn logout_all(State(app): State<App>, bearer: Bearer) -> Json {
    let ended = actions::sign_all_out(&app, &bearer).await?;
    json(&AllSignedOut {
        ok: true,
        message: "Все телефоны отключены.",
        blacklisted: ended,
    })
}

/// The version that is offered, and where a browser gets it within the hour without signing in.
async fn latest_app(State(app): State<App>, bearer: Bearer) -> Json {
    paced(&app, LOOKS, bearer.session)?;
    let Some(release) = actions::current(&app).await? else {
        return Err(ApiError::because(StatusCode::NOT_FOUND, "Приложение ещё не загружено."));
    };
    let address = paths::get(&actions::link(&app, &release));
    json(&Latest {
        version_name: release.version_name,
        version_code: release.version_code,
        sha256: release.sha256,
        size_bytes: release.size,
        size_display: text::size(release.size),
        download_url: format!("{}{address}", app.config.public_url),
        uploaded_at: time::rfc3339(release.uploaded_at),
    })
}
