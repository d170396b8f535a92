//! Phones as a table with a button in each row.

use askama::Template;

use crate::app::App;
use crate::error::{Error, Result};
use crate::phones::model::Phone;
use crate::values::{PhoneId, time};
use crate::web::assets::{self, Assets};
use crate::web::{Html, Viewer, flash, see_other_with};

/// The table.
#[derive(Template)]
#[template(path = "phones/_list.html")]
pub(super) struct PhoneList {
    assets: &'static Assets,
    csrf: String,
    /// Whose phones they are is said, too.
    is_of_all: bool,
    pub(super) rows: Vec<Row>,
}

impl askama::filters::HtmlSafe for PhoneList {}

/// A phone, ready to print.
pub(super) struct Row {
    title: String,
    device_id: String,
    person: String,
    version: String,
    ip: String,
    trouble: String,
    tone: &'static str,
    state: &'static str,
    seen: String,
    /// What it wrote; empty: not for this reader.
    show: String,
    take_off: String,
}

/// The table for this reader; `base` is where a phone's addresses begin.
pub(super) fn phone_list(app: &App, viewer: &Viewer, phones: Vec<Phone>, (base, is_of_all): (&str, bool)) -> PhoneList {
    let address = |id: PhoneId, end: &str| format!("{base}{id}/{end}");
    let row = |phone: Phone| {
        let (tone, state) = match (phone.session, phone.is_online) {
            (None, _) => ("danger", "нужно подключить заново"),
            (Some(_), true) => ("done", "на связи"),
            (Some(_), false) => ("neutral", "не на связи"),
        };
        Row {
            title: phone.title(),
            seen: time::relative(phone.last_seen_at, app.now(), viewer.zone),
            show: if is_of_all {
                address(phone.id, "")
            } else {
                String::new()
            },
            take_off: address(phone.id, "take-off/"),
            device_id: phone.device_id,
            person: phone.person,
            version: phone.app_version,
            ip: phone.ip,
            trouble: phone.trouble,
            tone,
            state,
        }
    };
    PhoneList {
        assets: assets::urls(),
        csrf: viewer.csrf.clone(),
        is_of_all,
        rows: phones.into_iter().map(row).collect(),
    }
}

/// Back to the list with a word on what was taken off; somebody may have been quicker.
pub(super) fn answer(taken_off: Result<Phone>, back: &str) -> Html {
    let word = match taken_off {
        Ok(phone) => flash("success", format!("«{}» отключён.", phone.title())),
        Err(Error::NotFound) => flash("info", "Этот телефон уже отключён."),
        Err(error) => return Err(error.into()),
    };
    see_other_with(back, &word)
}
