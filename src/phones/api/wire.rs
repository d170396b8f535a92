//! What phones send and are answered, beside calls: the shapes that the handlers write and the contract shows.

use serde::Serialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

/// A phone is known.
#[derive(Serialize, ToSchema)]
#[schema(as = PhoneRegistered)]
pub(super) struct Registered {
    pub(super) ok: bool,
    pub(super) device_id: String,
}

/// A sign of life was heard.
#[derive(Serialize, ToSchema)]
#[schema(as = PhoneAlive)]
pub(super) struct Alive {
    pub(super) ok: bool,
    pub(super) device_id: String,
    pub(super) app_version: String,
    #[schema(format = DateTime)]
    pub(super) last_seen_at: String,
}

/// So many lines were kept.
#[derive(Serialize, ToSchema)]
#[schema(as = PhoneLinesSaved)]
pub(super) struct Saved {
    pub(super) ok: bool,
    pub(super) saved: usize,
}

/// Measurements of an app.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only described: any shape of an item is kept")]
pub(super) struct PhoneTelemetry {
    /// До 64 знаков; что не текст, не сохраняется.
    device_id: Option<Value>,
    /// `ts`, `type`, `endpoint`, `http_code`, `value_ms` каждого замера; всё прочее сохраняется как есть.
    #[schema(max_items = 100)]
    items: Vec<Value>,
}

/// Lines of an app, in one bundle or several.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only described: older apps send more than that")]
pub(super) enum PhoneLogs {
    /// One.
    One(PhoneLogBundle),
    /// Several.
    Many(Vec<PhoneLogBundle>),
}

/// What an app wrote since the last time.
#[derive(Serialize, ToSchema)]
pub(super) struct PhoneLogBundle {
    /// До 64 знаков; что не текст, не сохраняется.
    device_id: Option<Value>,
    /// Когда записано по часам телефона; не проверяется.
    ts: Option<Value>,
    /// До 64 знаков; что не текст, не сохраняется.
    level_summary: Option<Value>,
    /// До 64 знаков; что не текст, не сохраняется.
    source: Option<Value>,
    #[schema(max_length = 50_000)]
    payload: String,
}

/// A secret for a picture that a phone reads.
#[derive(Serialize, ToSchema)]
#[schema(as = PhonePicture)]
pub(super) struct NewPicture {
    pub(super) token: String,
    #[schema(format = DateTime)]
    pub(super) expires_at: String,
}

/// Of which picture.
#[derive(IntoParams)]
#[expect(dead_code, reason = "only described")]
pub(super) struct WhichPicture {
    /// Секрет, который выдал `qr/create/`.
    token: String,
}

/// How a picture stands.
#[derive(Serialize, ToSchema)]
#[schema(as = PhonePictureStatus)]
pub(super) struct PictureStatus {
    /// `pending`, `used` or `expired`.
    pub(super) status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub(super) expires_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub(super) used_at: Option<String>,
}

/// Tokens for what a camera read.
#[derive(Serialize, ToSchema)]
#[schema(as = PhoneTokens)]
pub(super) struct Exchanged {
    pub(super) access: String,
    pub(super) refresh: String,
    pub(super) username: String,
    pub(super) is_admin: bool,
}

/// Who has signed in.
#[derive(Serialize, ToSchema)]
#[schema(as = PhoneUser)]
pub(super) struct Who {
    pub(super) username: String,
    pub(super) is_admin: bool,
}

/// Signed out.
#[derive(Serialize, ToSchema)]
#[schema(as = PhoneSignedOut)]
pub(super) struct SignedOut {
    pub(super) ok: bool,
    pub(super) message: &'static str,
}

/// All signed out.
#[derive(Serialize, ToSchema)]
#[schema(as = PhonesSignedOut)]
pub(super) struct AllSignedOut {
    pub(super) ok: bool,
    pub(super) message: &'static str,
    /// Sessions that were ended.
    pub(super) blacklisted: usize,
}

/// The app that is offered.
#[derive(Serialize, ToSchema)]
#[schema(as = PhoneApp)]
pub(super) struct Latest {
    pub(super) version_name: String,
    pub(super) version_code: i64,
    pub(super) sha256: String,
    pub(super) size_bytes: i64,
    pub(super) size_display: String,
    /// Good for an hour, without signing in.
    pub(super) download_url: String,
    #[schema(format = DateTime)]
    pub(super) uploaded_at: String,
}
