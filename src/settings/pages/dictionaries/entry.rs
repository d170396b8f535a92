//! The form of one entry, and its place in the order.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use uuid::Uuid;

use super::kind_of;
use crate::app::App;
use crate::dictionaries::{self, EntryForm, Kind, NEUTRAL, Placed, Step, TONES, tone_label};
use crate::error::{Error, FieldErrors};
use crate::settings::pages::{Difference, differences};
use crate::settings::paths;
use crate::values::time;
use crate::web::{
    Form, Html, Layout, Opt, Path, Section, Viewer, flash, form_key, page_with, see_other, see_other_with,
};

/// What was typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::settings) struct Typed {
    name: String,
    tone: String,
    is_important: Option<String>,
    time_zone: String,
    is_annual: Option<String>,
    warning_days: String,
    danger_days: String,
    warning_amount: String,
    danger_amount: String,
    is_active: Option<String>,
    /// Of a saved entry: its number in the list.
    place: String,
    shown_place: String,
    version: i32,
    form_key: Option<Uuid>,
}

impl Typed {
    fn fresh() -> Self {
        let terms = dictionaries::Terms::default();
        Self {
            tone: NEUTRAL.to_owned(),
            time_zone: "Europe/Moscow".to_owned(),
            warning_days: terms.warning_days.to_string(),
            danger_days: terms.danger_days.to_string(),
            warning_amount: terms.warning_amount.to_string(),
            danger_amount: terms.danger_amount.to_string(),
            is_active: Some(String::new()),
            ..Self::default()
        }
    }

    fn form(&self) -> EntryForm {
        EntryForm {
            name: self.name.clone(),
            tone: self.tone.clone(),
            is_important: self.is_important.is_some(),
            time_zone: self.time_zone.clone(),
            is_annual: self.is_annual.is_some(),
            warning_days: self.warning_days.clone(),
            danger_days: self.danger_days.clone(),
            warning_amount: self.warning_amount.clone(),
            danger_amount: self.danger_amount.clone(),
            is_active: self.is_active.is_some(),
            place: self.place.clone(),
            shown_place: self.shown_place.clone(),
            version: self.version,
            form_key: self.form_key,
        }
    }
}

impl From<&Placed> for Typed {
    fn from(placed: &Placed) -> Self {
        let entry = &placed.entry;
        let flag = |is: bool| is.then(String::new);
        Self {
            name: entry.name.clone(),
            tone: entry.tone.clone(),
            is_important: flag(entry.is_important),
            time_zone: entry.time_zone.clone(),
            is_annual: flag(entry.terms.is_annual),
            warning_days: entry.terms.warning_days.to_string(),
            danger_days: entry.terms.danger_days.to_string(),
            warning_amount: entry.terms.warning_amount.to_string(),
            danger_amount: entry.terms.danger_amount.to_string(),
            is_active: flag(entry.is_active),
            place: placed.place.to_string(),
            shown_place: placed.place.to_string(),
            version: entry.version,
            form_key: None,
        }
    }
}

#[derive(Template)]
#[template(path = "settings/entry.html")]
struct EntryPage {
    layout: Layout,
    kind: Kind,
    list: String,
    /// The saved name; empty: a new entry.
    saved_name: String,
    /// «От 1 до 89», of a saved entry.
    places: String,
    tones: Vec<Opt>,
    zones: Vec<Opt>,
    typed: Typed,
    errors: FieldErrors,
    form_key: String,
    conflict: Vec<Difference>,
    reload: String,
    /// Where a saved entry goes; empty: a new one.
    remove: String,
}

impl EntryPage {
    fn new(viewer: &Viewer, kind: Kind, typed: Typed) -> Self {
        let tone = |(code, label): (&'static str, &'static str)| Opt::new(code, label, code == typed.tone);
        let zone = |(iana, label): &(&'static str, &'static str)| Opt::new(iana, *label, *iana == typed.time_zone);
        Self {
            layout: viewer.layout(Section::Settings),
            kind,
            list: paths::dictionary(kind),
            saved_name: String::new(),
            places: String::new(),
            tones: TONES.into_iter().map(tone).collect(),
            zones: time::RUSSIAN_ZONES.iter().map(zone).collect(),
            errors: FieldErrors::default(),
            form_key: typed.form_key.map_or_else(form_key, |key| key.to_string()),
            conflict: Vec::new(),
            reload: String::new(),
            remove: String::new(),
            typed,
        }
    }

    fn of(mut self, saved: &Placed) -> Self {
        let entry = &saved.entry;
        self.saved_name.clone_from(&entry.name);
        self.places = format!("От 1 до {}", saved.count);
        self.reload = paths::entry(self.kind, &entry.key, "edit");
        self.remove = paths::entry(self.kind, &entry.key, "remove");
        self
    }

    fn is(&self, code: &str) -> bool {
        self.kind.code() == code
    }
}

/// `GET /settings/dictionaries/{kind}/new/`
pub(in crate::settings) async fn new(viewer: Viewer, Path(code): Path<String>) -> Html {
    let page = EntryPage::new(&viewer, kind_of(&code)?, Typed::fresh());
    page_with(StatusCode::OK, &page)
}

/// `POST /settings/dictionaries/{kind}/new/`
pub(in crate::settings) async fn create(
    State(app): State<App>,
    viewer: Viewer,
    Path(code): Path<String>,
    Form(typed): Form<Typed>,
) -> Html {
    let kind = kind_of(&code)?;
    match dictionaries::create_entry(&app, &viewer.actor()?, kind, &typed.form()).await {
        Ok(_) => see_other_with(&paths::dictionary(kind), &flash("success", "Добавлено.")),
        Err(Error::Invalid(errors)) => {
            let mut page = EntryPage::new(&viewer, kind, typed);
            page.errors = errors;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /settings/dictionaries/{kind}/{key}/edit/`
pub(in crate::settings) async fn edit(
    State(app): State<App>,
    viewer: Viewer,
    Path((code, key)): Path<(String, String)>,
) -> Html {
    let kind = kind_of(&code)?;
    let saved = dictionaries::find_entry(&app, &viewer.actor()?, kind, &key).await?;
    let page = EntryPage::new(&viewer, kind, Typed::from(&saved)).of(&saved);
    page_with(StatusCode::OK, &page)
}

/// `POST /settings/dictionaries/{kind}/{key}/edit/`
pub(in crate::settings) async fn update(
    State(app): State<App>,
    viewer: Viewer,
    Path((code, key)): Path<(String, String)>,
    Form(mut typed): Form<Typed>,
) -> Html {
    let kind = kind_of(&code)?;
    let actor = viewer.actor()?;
    let refused = match dictionaries::update_entry(&app, &actor, kind, &key, &typed.form()).await {
        Ok(()) => return see_other_with(&paths::dictionary(kind), &flash("success", "Изменения сохранены.")),
        Err(error) => error,
    };
    let saved = dictionaries::find_entry(&app, &actor, kind, &key).await?;
    match refused {
        Error::Invalid(errors) => {
            let mut page = EntryPage::new(&viewer, kind, typed).of(&saved);
            page.errors = errors;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Error::Conflict(_) => {
            let conflict = against(kind, &typed, &saved);
            // Whoever saves again has seen both versions.
            typed.version = saved.entry.version;
            let mut page = EntryPage::new(&viewer, kind, typed).of(&saved);
            page.conflict = conflict;
            page_with(StatusCode::CONFLICT, &page)
        }
        error => Err(error.into()),
    }
}

/// Both versions, field by field, of the fields that entries of this kind have.
fn against(kind: Kind, typed: &Typed, saved: &Placed) -> Vec<Difference> {
    let saved = Typed::from(saved);
    let flag = |flag: &Option<String>| if flag.is_some() { "да" } else { "нет" }.to_owned();
    let pair = |label, of: fn(&Typed) -> &String| (label, of(typed).clone(), of(&saved).clone());
    let tone = |typed: &Typed| tone_label(&typed.tone).to_owned();
    let mut fields = vec![
        pair("Название", |typed| &typed.name),
        ("Цвет", tone(typed), tone(&saved)),
    ];
    match kind {
        Kind::Status | Kind::Task => (),
        Kind::Sphere => fields.push(("Важная", flag(&typed.is_important), flag(&saved.is_important))),
        Kind::Region => fields.push(pair("Часовой пояс", |typed| &typed.time_zone)),
        Kind::Contract => fields.extend([
            ("Годовой", flag(&typed.is_annual), flag(&saved.is_annual)),
            pair("Оранжевый, дней", |typed| &typed.warning_days),
            pair("Красный, дней", |typed| &typed.danger_days),
            pair("Оранжевый, ₽", |typed| &typed.warning_amount),
            pair("Красный, ₽", |typed| &typed.danger_amount),
        ]),
    }
    fields.push(("Можно выбрать", flag(&typed.is_active), flag(&saved.is_active)));
    differences(fields)
}

/// `POST /settings/dictionaries/{kind}/{key}/up/`
pub(in crate::settings) async fn up(app: State<App>, viewer: Viewer, path: Path<(String, String)>) -> Html {
    step(app, viewer, path, Step::Up).await
}

/// `POST /settings/dictionaries/{kind}/{key}/down/`
pub(in crate::settings) async fn down(app: State<App>, viewer: Viewer, path: Path<(String, String)>) -> Html {
    step(app, viewer, path, Step::Down).await
}

async fn step(State(app): State<App>, viewer: Viewer, Path((code, key)): Path<(String, String)>, step: Step) -> Html {
    let kind = kind_of(&code)?;
    dictionaries::move_entry(&app, &viewer.actor()?, kind, &key, step).await?;
    see_other(&paths::row(kind, &key))
}
