//! The frame round every page, and the one who looks at it.

use std::sync::{Arc, OnceLock};

use chrono_tz::Tz;
use serde::Serialize;

use super::assets::{self, Assets};
use super::csrf;
use super::flash::Flash;
use crate::app::{App, Notice, Stamp, Standing};
use crate::error::{Error, Result};
use crate::policy::{Action, Actor, may_ever};
use crate::values::text::initials;

/// Which item of the menu is lit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    /// None of them.
    None,
    /// «Рабочий стол»
    Desk,
    /// «Задачи»
    Tasks,
    /// «Компании»
    Companies,
    /// «Контакты»
    Contacts,
    /// «Звонки»
    Calls,
    /// «Аналитика»
    Analytics,
    /// «Запросы на удаление»
    Deletions,
    /// «Настройки»
    Settings,
}

impl Section {
    fn name(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Desk => "desk",
            Self::Tasks => "tasks",
            Self::Companies => "companies",
            Self::Contacts => "contacts",
            Self::Calls => "calls",
            Self::Analytics => "analytics",
            Self::Deletions => "deletions",
            Self::Settings => "settings",
        }
    }
}

/// Whoever asks for a page. Made by the session middleware only.
#[derive(Clone)]
pub(crate) struct Viewer {
    /// `None`: not signed in.
    pub(crate) actor: Option<Actor>,
    /// «Имя Фамилия».
    pub(crate) name: String,
    /// The session's row, when there is one.
    pub(crate) session: Option<uuid::Uuid>,
    /// The token of this visitor's forms.
    pub(crate) csrf: String,
    /// In which this person reads times.
    pub(crate) zone: Tz,
    /// By which people, branches and dictionaries are kept in memory.
    pub(crate) stamp: Stamp,
    /// What the last request wanted to say.
    pub(crate) flashes: Vec<Flash>,
    /// How the installation stands.
    pub(crate) standing: Arc<Standing>,
    /// What the bell shows; hung up once somebody who has one is known to ask for a page.
    pub(crate) bell: Arc<OnceLock<BellView>>,
}

impl Viewer {
    /// A visitor who has not signed in; `seed` is the first-visit cookie.
    pub(crate) fn anonymous(app: &App, seed: &str) -> Self {
        Self {
            actor: None,
            name: String::new(),
            session: None,
            csrf: csrf::token(&app.secret_key, seed),
            zone: app.config.time_zone,
            stamp: Stamp::default(),
            flashes: Vec::new(),
            standing: Arc::default(),
            bell: Arc::default(),
        }
    }

    /// The signed-in one.
    ///
    /// # Errors
    /// Only on a public route, where nobody needs to be signed in.
    pub(crate) fn actor(&self) -> Result<Actor> {
        self.actor.ok_or(Error::Denied(Action::ViewBase))
    }

    /// The frame of a page.
    pub(crate) fn layout(&self, section: Section) -> Layout {
        let user = self.actor.map(|actor| LayoutUser {
            name: self.name.clone(),
            initials: initials(&self.name),
            role: actor.role.label().to_owned(),
            is_admin: may_ever(&actor, Action::ManageUsers),
            decides: may_ever(&actor, Action::DeleteCompany),
            leads: may_ever(&actor, Action::ViewAnalytics),
        });
        let notices = match &user {
            Some(user) if user.is_admin => self.standing.notices.clone(),
            _ => Vec::new(),
        };
        Layout {
            assets: assets::urls(),
            csrf: self.csrf.clone(),
            user,
            section,
            flashes: self.flashes.clone(),
            bell: self.bell.get().cloned().unwrap_or_default(),
            notices,
            search: String::new(),
        }
    }
}

/// What the frame shows.
#[derive(Clone)]
pub(crate) struct Layout {
    /// Addresses of the assets.
    pub(crate) assets: &'static Assets,
    /// The token of forms.
    pub(crate) csrf: String,
    /// The one who is signed in.
    pub(crate) user: Option<LayoutUser>,
    /// The lit item of the menu.
    pub(crate) section: Section,
    /// Messages on top.
    pub(crate) flashes: Vec<Flash>,
    /// The bell.
    pub(crate) bell: BellView,
    /// What administrators are told on every page.
    pub(crate) notices: Vec<Notice>,
    /// The text in the search box.
    pub(crate) search: String,
}

impl Layout {
    /// Whether this item of the menu is lit.
    pub(crate) fn is(&self, section: &str) -> bool {
        self.section.name() == section
    }
}

/// The bell in the frame, ready to print; scripts get the same as JSON.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct BellView {
    /// Unread notices; «99+» above that. Empty: none.
    pub(crate) count: String,
    /// The newest of them; empty: none.
    pub(crate) newest: String,
    /// When the newest happened, in microseconds; empty: none.
    pub(crate) until: String,
    /// Lines of the menu.
    pub(crate) items: Vec<BellLine>,
}

/// A line of the bell's menu.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct BellLine {
    /// What opens it by `POST`.
    pub(crate) open: String,
    /// Name of its sign.
    pub(crate) icon: &'static str,
    /// One line.
    pub(crate) title: String,
    /// One or two lines; may be empty.
    pub(crate) body: String,
    /// When, as people say it.
    pub(crate) at: String,
    /// «ещё 3», when it stands for several.
    pub(crate) more: String,
}

/// The signed-in person in the frame.
#[derive(Clone)]
pub(crate) struct LayoutUser {
    /// «Имя Фамилия»
    pub(crate) name: String,
    /// «ИФ»
    pub(crate) initials: String,
    /// The role's Russian name.
    pub(crate) role: String,
    /// Whether settings are shown.
    pub(crate) is_admin: bool,
    /// Whether requests for deletion are shown.
    pub(crate) decides: bool,
    /// Whether the calls of others are shown.
    pub(crate) leads: bool,
}

/// One option of a select.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Opt {
    /// What is sent.
    pub(crate) value: String,
    /// What is read.
    pub(crate) label: String,
    /// Whether it is chosen.
    pub(crate) selected: bool,
}

impl Opt {
    /// An option.
    pub(crate) fn new(value: impl ToString, label: impl Into<String>, selected: bool) -> Self {
        Self {
            value: value.to_string(),
            label: label.into(),
            selected,
        }
    }
}
