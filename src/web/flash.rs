//! A word after a redirect, carried by a short-lived cookie.

use axum::http::HeaderValue;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The cookie's name.
pub(crate) const COOKIE: &str = "crm_flash";

/// One message on top of the next page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Flash {
    /// `info`, `success`, `warning` or `error`.
    pub(crate) tone: &'static str,
    /// A Russian sentence.
    pub(crate) text: String,
}

/// A message of this tone.
pub(crate) fn flash(tone: &'static str, text: impl Into<String>) -> Flash {
    Flash {
        tone,
        text: text.into(),
    }
}

impl Flash {
    /// The `Set-Cookie` that carries it.
    pub(crate) fn set_cookie(&self) -> Option<HeaderValue> {
        let value = URL_SAFE_NO_PAD.encode(format!("{}:{}", self.tone, self.text));
        HeaderValue::from_str(&format!("{COOKIE}={value}; Path=/; Max-Age=60; HttpOnly; SameSite=Lax")).ok()
    }

    /// From the cookie's value.
    pub(crate) fn read(value: &str) -> Option<Self> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(value).ok()?).ok()?;
        let (tone, text) = text.split_once(':')?;
        let tone = ["info", "success", "warning", "error"]
            .into_iter()
            .find(|known| *known == tone)?;
        Some(Self {
            tone,
            text: text.to_owned(),
        })
    }
}

/// The `Set-Cookie` that removes a shown one.
pub(crate) fn clear_cookie() -> HeaderValue {
    HeaderValue::from_static("crm_flash=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax")
}
